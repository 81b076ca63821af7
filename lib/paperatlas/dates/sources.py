"""Where dates come from: any file of papers, the shipped table, and arXiv's public interface if asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from http.client import HTTPException
from pathlib import Path
from time import sleep
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pandas as pd

from paperatlas.dates.matching import Candidate
from paperatlas.errors import AtlasError
from paperatlas.folders import look_at, replacing
from paperatlas.readers import NO_ABSTRACT, Problem, Problems, find_sources, iter_papers
from paperatlas.shipped import data_path
from paperatlas.titles import normalise

# Sources without a file, by the names under which a command line or a notebook asks for them.
REFERENCE, ARXIV_API, ARXIV_ANSWERS = "reference table", "arXiv API", "arXiv API, answers on disk"
ADDRESS = "https://export.arxiv.org/api/query"
# arXiv's terms of use ask for no more than one request every three seconds, over one connection.
PAUSE = 3.0
_RETRIES = 4  # after a request that failed, each after twice the pause of the last
_MOST_RESULTS, _MOST_WORDS, _TIMEOUT = 10, 8, 30.0  # the last in seconds


class PaperSource:
    """Dates from papers: any file that `paperatlas.read_papers` reads, streamed past the corpus.

    Without abstracts in it a paper is dated only by the same title or by one with slight typing slips. ``name`` is
    what the source is called in ``date_source``, the file's name by default. A path without papers raises an
    `AtlasError`.
    """

    asks_for_each = False

    def __init__(self, path: str | Path, *, name: str | None = None) -> None:
        self.path = Path(path)
        self.name = name or self.path.name
        next(iter_papers(self.path, chunk=1, problems=[]))

    def candidates(self, _: pd.DataFrame, problems: Problems) -> Iterator[Candidate]:
        """All dated papers of the source, whatever is asked for; what could not be used is noted in `problems`."""
        dated = False
        for candidate in _dated(self.path, problems):
            dated = True
            yield candidate
        if not dated:
            raise AtlasError(f"{self.path} dates none of its papers; expected a column for date or year")

    def state(self) -> list[str] | None:
        """Hashes of the files; the dates are the same as long as these are."""
        return [known.sha256 for known in look_at(find_sources(self.path))]


def _dated(path: Path, problems: Problems) -> Iterator[Candidate]:
    """The dated papers of a file; whether one has an abstract is no matter of dates, and no problem."""
    found: list[Problem] = []
    for records in iter_papers(path, problems=found):
        dated = records.loc[records["published"].notna(), list(Candidate._fields)].fillna("")
        yield from map(Candidate._make, dated.itertuples(index=False, name=None))
    problems.extend(problem for problem in found if not problem.reason.startswith(NO_ABSTRACT))


class ArxivApi:
    """arXiv's public interface: one request at a time, and every answer, an Atom feed, is kept on disk.

    Off unless a reader passes it to `add_dates`. Each paper without a date costs one or two requests, for titles
    with all of its longest words, then with any of them. What was answered is never asked again. A request that
    fails for good raises an `AtlasError`; the answers before it are kept. ``cache`` is the folder for the answers, by
    default one in the project's cache; without ``ask`` the answers in it are taken, and no request is made.
    """

    asks_for_each = True
    name = ARXIV_API

    def __init__(self, *, cache: str | Path | None = None, ask: bool = True) -> None:
        from paperatlas.cache import cache_folder

        folder = cache or ((default := cache_folder()) and default / "arxiv")
        if folder is None:
            raise AtlasError("the arXiv API needs a folder for its answers; pass cache='some/folder'")
        self.ask, self._folder, self._asked = ask, Path(folder), False

    def candidates(self, papers: pd.DataFrame, problems: Problems) -> Iterator[Candidate]:
        """Publications whose titles are like those of `papers`."""
        from tqdm import tqdm

        # Without a terminal the bar would be noise.
        for title in tqdm(papers["title"], desc=self.name, unit="paper", disable=None if self.ask else True):
            words = _search_words(title)
            for joint in (" AND ", " OR ") if words else ():
                answer = self._answer(joint.join(f"ti:{word}" for word in words), problems)
                if answer is not None:
                    yield from _dated(answer, problems)
                    break

    def state(self) -> list[str] | None:
        """Names of the answers on disk; None while more may be asked for."""
        return None if self.ask else sorted(file.name for file in self._folder.glob("*.xml"))

    def _answer(self, query: str, problems: Problems) -> Path | None:
        """File of an answer that holds papers, asked for if it is not there, or was cut off."""
        kept = self._folder / f"{hashlib.sha256(query.encode()).hexdigest()[:32]}.xml"
        content = kept.read_bytes() if kept.is_file() else b""
        if not _whole(content):
            content = self._fetch(query, problems) if self.ask else b""
            if content:
                with replacing(kept) as part:
                    part.write_bytes(content)
        return kept if b"<entry" in content else None

    def _fetch(self, query: str, problems: Problems) -> bytes:
        """Answer to one query; nothing if the server refuses this query, which says nothing of others."""
        asked = urlencode({"search_query": query, "max_results": _MOST_RESULTS})
        request = Request(f"{ADDRESS}?{asked}", headers={"User-Agent": "paperatlas"})  # noqa: S310 - named by us
        for attempt in range(_RETRIES + 1):
            if self._asked:
                sleep(PAUSE * 2**attempt)
            self._asked = True
            try:
                with urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                    content: bytes = answer.read().strip()
                if _whole(content):
                    return content
                reason = repr(content[:60].decode("utf-8", "replace")) if content else "an empty answer"
            except HTTPError as error:
                reason = f"the answer {error.code}"
                if error.code == 400:
                    refused = f"expected an answer, found {reason}"
                    problems.add("", query[:80], refused, "date the paper by hand")
                    return b""
                if error.code < 500 and error.code != 429:
                    break
            except (OSError, HTTPException) as error:
                reason = str(getattr(error, "reason", "") or error)
        raise AtlasError(
            f"{ADDRESS}: expected an Atom feed, found {reason} (asked {attempt + 1} times for {query[:80]!r}); "
            "the answers before it are kept; run again later to go on from here"
        )


def _whole(content: bytes) -> bool:
    return b"<feed" in content[:2_000] and content.rstrip().endswith(b"</feed>")


def _search_words(title: str) -> list[str]:
    """Longest words of a title, without the signs that mean something in arXiv's queries; in order."""
    words = set(normalise(title).replace("+", " ").replace("#", " ").split())
    telling = {word for word in words if len(word) > 2} or words
    return sorted(sorted(telling, key=lambda word: (-len(word), word))[:_MOST_WORDS])


DateSource = PaperSource | ArxivApi


_BY_NAME: dict[str | Path, Callable[[], DateSource]] = {
    REFERENCE: lambda: PaperSource(data_path("reference", "dates.csv"), name=REFERENCE),
    ARXIV_API: ArxivApi,
    ARXIV_ANSWERS: lambda: ArxivApi(ask=False),
}


def choose_sources(sources: Sequence[DateSource | str | Path] | None) -> list[DateSource]:
    """Sources as objects; the shipped reference table alone for None."""
    return [
        _BY_NAME.get(source, partial(PaperSource, source))() if isinstance(source, str | Path) else source
        for source in ([REFERENCE] if sources is None else sources)
    ]
