"""The one shape that every reader gives: a record per paper, with what its source states, and the problems met.

Readers give an `Entry`, fields under the names that the source uses; here names become columns, values become text,
dates and ids get one form, and what is lacking or odd becomes a `Problem`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import pandas as pd

from paperatlas.readers.markup import parts_of, plain_text, without_rights
from paperatlas.readers.published import arxiv_id_of, clean_doi, stated_date
from paperatlas.shipped import rows_of

STATED = ["published", "arxiv_id", "doi", "authors", "venue", "url", "keywords", "citations", "key"]
COLUMNS = ["dump", "rank", "title", "abstract", *STATED, "line"]
MOST_COLUMNS = 2_000
LONGEST_TEXT = 1_000_000
NO_ABSTRACT = "no abstract"
# A source that is wrong throughout has one fault, not three million; the rest is counted.
MOST_PROBLEMS = 1_000
_SHOWN = 80

# Under which names sources keep what a paper has, in their plain form (lower case, letters and digits alone), the best
# first. A record takes the first that says something.
NAMES = {row["field"]: row["names"].split() for row in rows_of("fields")}
_KNOWN = {name for names in NAMES.values() for name in names}
# Anything may have a name and a description; with an abstract, the name is the title of a paper.
_ALSO_A_TITLE = ("paper", "name")
_NOT_PLAIN = re.compile(r"[\W_]+")
_NEVER_IN_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_AUTHOR_NUMBER = re.compile(r"\s\(\d+\)(?=;|$)")
_DIVIDER = re.compile(r"[;|]")
_COUNT = re.compile(r"(\d{1,9})(?:\.0)?", re.ASCII)
_PLACEHOLDER = re.compile(
    rf"\W*(?:{'|'.join(row['form'] for row in rows_of('placeholders') if row['of'] == 'abstract')})\W*",
    re.IGNORECASE,
)


class Problem(NamedTuple):
    """One thing in a source (a file, or a member of a packed one) that could not be used, or only in part.

    ``place`` says where in it ("line 12"; "" for the source as a whole), ``record`` is the title or text of what is
    meant, and ``kept`` is True if it is among the records all the same.
    """

    source: str
    place: str
    record: str
    reason: str
    remedy: str
    kept: bool = False

    def __str__(self) -> str:
        where = f"{self.source}, {self.place}" if self.place else self.source
        record = f": {self.record[:_SHOWN]!r}" if self.record else ""
        return f"{where}: {self.reason}{record}; {self.remedy}"


class Problems(list[Problem]):
    """The first problems of a source; one more after them counts those beyond."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self._beyond = 0

    def add(self, place: str, record: str, reason: str, remedy: str, *, kept: bool = False) -> None:
        """Note one problem."""
        problem = Problem(self.source, place, record, reason, remedy, kept)
        if len(self) >= MOST_PROBLEMS:
            self._beyond += 1
            problem = Problem(self.source, "", "", f"{self._beyond:,} more problems", "see those above")
            del self[MOST_PROBLEMS:]
        self.append(problem)


def problem_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Problems as a table: ``source``, ``place``, ``record``, ``reason``, ``remedy``."""
    return pd.DataFrame(problems, columns=list(Problem._fields), dtype="object").drop(columns="kept")


class Entry(NamedTuple):
    """One record as its source has it: fields under the source's own names, and the ``line`` (or other ``unit``).

    The text of search pages is ``verbatim``.
    """

    fields: Mapping[str, object]
    line: int
    unit: str = "line"
    verbatim: bool = False


def plain(name: str) -> str:
    """Name without case, blanks and punctuation."""
    return _NOT_PLAIN.sub("", name.casefold())


@lru_cache(maxsize=10_000)
def is_known(name: str) -> bool:
    """Whether a name stands for what a paper has."""
    return plain(name) in _KNOWN


@lru_cache(maxsize=1_000)
def roles_of(names: tuple[str, ...]) -> dict[str, list[str]]:
    """Which of these names may hold what, the best first: "Publication Title" a venue."""
    by_plain = {plain(name): name for name in reversed(names)}
    found = {role: [by_plain[name] for name in wanted if name in by_plain] for role, wanted in NAMES.items()}
    if not any("abstract" in plain(name) for name in found["abstract"]):
        found["title"] = [name for name in found["title"] if plain(name) not in _ALSO_A_TITLE]
    return {role: chosen for role, chosen in found.items() if chosen}


@lru_cache(maxsize=1_000)
def _own_names(names: tuple[str, ...]) -> dict[str, str]:
    """The user's own names, which stand for none of the roles, and the columns they become."""
    known = {name for chosen in roles_of(names).values() for name in chosen}
    own = {name: clean(name).strip() for name in names if name not in known}
    return {name: f"{column} (own)" if column in COLUMNS else column for name, column in own.items()}


def record_of(entry: Entry, problems: Problems, *, today: date) -> dict[str, object] | None:
    """Columns of one record, or None without a title; what is lacking or odd is noted in `problems`."""
    names, place = tuple(entry.fields), f"{entry.unit} {entry.line}"
    said = {role: [entry.fields[name] for name in chosen] for role, chosen in roles_of(names).items()}
    titles, abstracts = said.pop("title", []), said.pop("abstract", [])
    title, abstract = (_first_text(values, entry.verbatim) for values in (titles, abstracts))
    if not title:
        reason = "the title is an object" if titles and isinstance(titles[0], dict) else "no title"
        problems.add(place, abstract[:200], reason, "give it a title as text; the record was skipped")
        return None
    if not entry.verbatim:
        abstract = without_rights(abstract)
        abstract = "" if is_placeholder(abstract) else abstract
        if "\ufffd" in title + abstract:
            problems.add(place, title, "characters that cannot be read", "save the file as UTF-8", kept=True)
    if not abstract:
        remedy = "complete it; the paper is placed by its title alone"
        problems.add(place, title, NO_ABSTRACT, remedy, kept=True)
    stated, odd_date = _stated(said, today)
    if odd_date:
        year = stated["published"]
        taken = f"the year {year} was taken" if year else "the paper stays without a date"
        problems.add(place, title, odd_date, f"correct the date; {taken}", kept=True)
    own = {} if entry.verbatim else _own_names(names)
    return {
        "title": title,
        "abstract": abstract,
        **{name: text or None for name, text in stated.items()},
        "line": entry.line,
        **{column: _scalar(entry.fields[name]) for name, column in own.items()},
    }


def _stated(said: dict[str, list[object]], today: date) -> tuple[dict[str, str], str]:
    """What a record says beside title and abstract, in the form of the columns `STATED`, and what is odd in its date."""
    dates, years, months = (said.pop(role, []) for role in ("date", "year", "month"))
    texts = {role: list(filter(None, map(_joined, values))) for role, values in said.items()}
    addresses = [text for role in ("url", "doi", "id") for text in texts.get(role, ())]
    stated = {role: next(iter(texts.get(role, ())), "") for role in STATED}
    stated["url"] = stated["url"] or next((text for text in addresses if text.startswith("http")), "")
    # An arXiv id is meant by its field, or by an address, or if it is all that stands there.
    stated["arxiv_id"] = arxiv_id_of(" ".join(texts.get("arxiv_id", ())), " ".join(addresses))
    stated["doi"] = next(filter(None, map(clean_doi, texts.get("doi", ()))), "")
    for role in ("authors", "keywords"):
        stated[role] = "; ".join(filter(None, map(str.strip, _DIVIDER.split(stated[role]))))
    stated["authors"] = _AUTHOR_NUMBER.sub("", stated["authors"])
    count = _COUNT.fullmatch(stated["citations"].replace(",", ""))
    stated["citations"] = str(int(count[1])) if count else ""
    stated["published"], odd = stated_date(dates, years, months, stated["arxiv_id"], today=today)
    return stated, odd


def as_records(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Records as a table with the columns `COLUMNS` and the user's own; what is unknown is missing."""
    names = dict.fromkeys(chain(COLUMNS, *rows))
    table = pd.DataFrame.from_records(rows, columns=list(names)).astype(object)
    texts = dict.fromkeys(["dump", "title", "abstract", *STATED], "str")
    return table.astype({**texts, "rank": "int64", "line": "int64"})


def is_placeholder(abstract: str) -> bool:
    """Whether an abstract says only that there is none: "[No abstract available]", "N/A"."""
    return len(abstract) < 80 and _PLACEHOLDER.fullmatch(abstract) is not None


def clean(text: str) -> str:
    """Text that every table can store: no null characters, no halves of characters."""
    return text if text.isascii() and "\0" not in text else _NEVER_IN_TEXT.sub("\ufffd", text)


def written_out(value: object) -> object:
    """The list or object that a cell holds as text, in JSON or as Python prints it; any other value as it is."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or value[:1] + value[-1:] not in ("[]", "{}"):
        return value
    for read in (json.loads, ast.literal_eval):
        try:
            return read(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
    return value


def _first_text(values: Sequence[object], verbatim: bool) -> str:
    """The first value that says something; a text beyond all measure says nothing."""
    for text in (text for value in values for text in parts_of(value)[:1]):
        text = clean(text) if verbatim or len(text) <= LONGEST_TEXT else ""
        if shown := text.strip() if verbatim else plain_text(text):
            return shown
    return ""


def _joined(value: object) -> str:
    """A value as one text, the parts of a list divided by "; "."""
    return "; ".join(filter(None, (plain_text(clean(text[:LONGEST_TEXT])) for text in parts_of(value))))


def _scalar(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    return value if isinstance(value, int | float | bool) and abs(value) < 2**53 else _joined(value) or None
