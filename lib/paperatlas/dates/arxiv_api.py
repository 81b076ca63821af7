"""Dates from arXiv's public interface, asked politely through the ``arxiv`` client.

Off unless a reader passes it to `add_dates`. Needs the extra: ``pip install paperatlas[arxiv]``.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from paperatlas.dates.candidates import Candidate, DateSourceError
from paperatlas.dates.normalise import normalise
from paperatlas.readers.published import clean_arxiv_id
from paperatlas.readers import Problems
from paperatlas.readers.published import parse_published

ADDRESS = "https://export.arxiv.org/api/query"
# arXiv's terms of use ask for no more than one request every three seconds, over one connection.
PAUSE = 3.0
_MOST_RESULTS = 10
_MOST_WORDS = 8
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})


class ArxivApi:
    """arXiv's Atom interface: one request at a time, answers kept on disk.

    Each paper without a date costs one or two requests: for titles with all of its longest words and, if
    there is none, for titles with any of them. A run that was stopped goes on where it stopped, because
    answers are kept and asked for only once.

    Parameters
    ----------
    cache : str or Path, optional
        Folder for the answers; by default one in the project's cache.
    ask : bool
        False takes the answers on disk and makes no request.
    address : str, optional
        Where to ask; arXiv by default, another one in tests.
    pause : float, optional
        Seconds between two requests; the waits before retries are this times 2, 4, 8, …
    retries : int
        Further tries after a failed request (no connection, 429, 5xx, an answer that is not Atom).
    timeout : float
        Seconds to wait for an answer.
    progress : bool
        Show a progress bar on standard error.
    today : date, optional
        Later dates are refused; the present day by default.
    sleep : callable, optional
        How to wait before a retry.

    Raises
    ------
    DateSourceError
        If the ``arxiv`` client is not installed; while asking, if a request fails for good. The answers
        before that are kept.
    """

    asks_for_each = True
    name = "arXiv API"

    def __init__(
        self,
        *,
        cache: str | Path | None = None,
        ask: bool = True,
        address: str | None = None,
        pause: float | None = None,
        retries: int = 4,
        timeout: float = 30.0,
        progress: bool = True,
        today: date | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if cache is None:
            from paperatlas.cache import cache_folder

            folder = cache_folder()
            if folder is None:
                raise DateSourceError(
                    "the arXiv API needs a folder for its answers; pass cache='some/folder'"
                )
            cache = folder / "arxiv"
        self.cache = Path(cache)
        self.ask = ask
        self.address = address or ADDRESS
        self._pause = PAUSE if pause is None else pause
        self._retries, self._sleep = retries, sleep
        self._progress = progress
        self._today = today or date.today()
        try:
            self._arxiv: Any = import_module("arxiv")
        except ImportError as error:
            raise DateSourceError(
                "the arXiv API needs the arxiv client; install it with: pip install 'paperatlas[arxiv]'"
            ) from error
        self._client: Any = self._arxiv.Client(
            page_size=_MOST_RESULTS, delay_seconds=self._pause, num_retries=0
        )
        self._client.query_url_format = f"{self.address}?{{}}"
        _guard(self._client, timeout)

    def candidates(self, papers: pd.DataFrame, problems: Problems) -> Iterator[Candidate]:
        """Publications whose titles are like those of `papers`."""
        from tqdm import tqdm

        for title in tqdm(
            papers["title"], desc=self.name, unit="paper", disable=not (self._progress and self.ask)
        ):
            words = _search_words(title)
            for joint in (" AND ", " OR ") if words else ():
                found = self._ask(joint.join(f"ti:{word}" for word in words), problems)
                yield from found
                if found:
                    break

    def state(self) -> str | None:
        """Names of the answers on disk; None while more may be asked for."""
        return None if self.ask else repr(sorted(file.name for file in self.cache.glob("*.json")))

    def _ask(self, query: str, problems: Problems) -> list[Candidate]:
        kept = self.cache / f"{hashlib.sha256(query.encode()).hexdigest()[:32]}.json"
        try:
            answer = json.loads(kept.read_text(encoding="utf-8"))
            return [Candidate(*row) for row in answer["results"]]
        except (OSError, ValueError, KeyError, TypeError):
            pass  # never asked, or the file was cut off: ask (again)
        if not self.ask:
            return []
        if (rows := self._fetch(query, problems)) is None:
            return []
        self.cache.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        part.write_text(json.dumps({"query": query, "results": rows}), encoding="utf-8")
        part.replace(kept)
        return rows

    def _fetch(self, query: str, problems: Problems) -> list[Candidate] | None:
        """Answer to one query; None if the server refuses this query, which says nothing of others."""
        requests: Any = import_module("requests")
        search = self._arxiv.Search(query=query, max_results=_MOST_RESULTS)
        for attempt in range(self._retries + 1):
            if attempt:
                self._sleep(self._pause * 2**attempt)
            try:
                results = list(self._client.results(search))
            except self._arxiv.HTTPError as error:
                reason = f"the answer {error.status}"
                if error.status == 400:
                    problems.add(
                        "", query[:80], f"expected an answer, found {reason}", "date the paper by hand"
                    )
                    return None
                if error.status not in _RETRIED:
                    break
            except self._arxiv.ArxivError as error:
                reason = error.message
            except (_NotAtomError, requests.exceptions.RequestException) as error:
                reason = str(error) or type(error).__name__
            except (ValueError, AttributeError, KeyError, TypeError) as error:
                reason = f"an entry that is no arXiv record ({error})"
            else:
                return self._rows(results, problems)
        raise DateSourceError(
            f"{self.address}: expected an Atom feed, found {reason} (asked {attempt + 1} times for {query[:80]!r}); "
            "the answers before it are kept; run again later to go on from here"
        )

    def _rows(self, results: list[Any], problems: Problems) -> list[Candidate]:
        rows = []
        for result in results:
            try:
                published = parse_published(result.published, today=self._today)
            except ValueError as error:
                problems.add("", str(result.title), str(error), f"see {result.entry_id}")
                continue
            if published and result.title:
                rows.append(
                    Candidate(
                        result.title,
                        published,
                        result.summary or "",
                        clean_arxiv_id(result.entry_id),
                        result.journal_ref or "",
                    )
                )
        return rows


def _search_words(title: str) -> list[str]:
    """Longest words of a title, without the signs that mean something in arXiv's queries; in order."""
    words = set(normalise(title).replace("+", " ").replace("#", " ").split())
    telling = {word for word in words if len(word) > 2} or words
    return sorted(sorted(telling, key=lambda word: (-len(word), word))[:_MOST_WORDS])


class _NotAtomError(Exception):
    """An answer with status 200 that is no whole Atom feed."""


def _guard(client: Any, timeout: float) -> None:
    """Give the client a timeout, and keep it from taking rubbish for an empty result.

    The client waits for ever and reads a page that is not Atom as "nothing found".
    """
    adapters: Any = import_module("requests.adapters")

    class Guard(adapters.HTTPAdapter):  # type: ignore[misc]
        def send(self, request: Any, **options: Any) -> Any:
            options["timeout"] = timeout
            response = super().send(request, **options)
            if response.status_code == 200:
                body = response.content.strip()
                if not body:
                    raise _NotAtomError("an empty answer")
                if b"<feed" not in body[:2000] or not body.endswith(b"</feed>"):
                    raise _NotAtomError(f"{body[:60].decode('utf-8', errors='replace')!r}")
            return response

    for scheme in ("http://", "https://"):
        client._session.mount(scheme, Guard())
