"""The one shape that every reader gives: a record per paper, with what its source states."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import pandas as pd

from paperatlas.readers.identifiers import arxiv_id_of, clean_doi
from paperatlas.readers.markup import plain_text, without_rights
from paperatlas.readers.names import by_role, own_names
from paperatlas.readers.problems import NO_ABSTRACT, Problems
from paperatlas.readers.published import stated_date

STATED = ["published", "arxiv_id", "doi", "authors", "venue", "url", "keywords", "citations", "key"]
COLUMNS = ["dump", "rank", "title", "abstract", *STATED, "line"]
MOST_COLUMNS = 2_000
LONGEST_TEXT = 1_000_000

_TEXTS = ("authors", "url", "keywords", "citations", "key")
# Where an arXiv id is meant by its field, and where by its address, or if it is all that stands there.
_HOLD_ARXIV_IDS = (("arxiv_id",), ("url", "doi", "id"))
_NEVER_IN_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_PLACEHOLDER = re.compile(
    r"\W*(?:(?:no\s)?(?:abstracts?|summary)(?:\s(?:is|was|has been))?\s?"
    r"(?:not|un|none|to be)?\s?-?(?:available|provided|supplied|given|present|found|added)?(?:\sfor this \w+)?"
    r"|not? (?:available|applicable)|n\W?a|none|null|nil|nan|tba|tbd|missing|unknown|unavailable|empty)?\W*",
    re.IGNORECASE,
)


class Entry(NamedTuple):
    """One record as its source has it: fields under the source's own names.

    ``place`` says where it stands ("line 12"), ``line`` the number in it; the text of search pages is
    ``verbatim``; formats that a program writes have no names of the ``user``'s own.
    """

    fields: Mapping[str, object]
    line: int
    place: str
    verbatim: bool = False
    user: bool = False


@dataclass
class Row:
    """What a source says about one paper; "" where it says nothing."""

    title: str
    abstract: str
    line: int
    stated: dict[str, str]
    own: dict[str, object] = field(default_factory=dict)


def row_of(entry: Entry, problems: Problems, *, today: date) -> Row | None:
    """A row from the fields of one record, or None; what is lacking or odd is noted in `problems`.

    A record without an abstract, or with a date that cannot be read, is kept without it.
    """
    said = by_role(entry.fields)
    title = _first_text(said.get("title"), verbatim=entry.verbatim)
    if title is None:
        found = next((value for value in said.get("title", [])), None)
        reason = f"the title is {_kind(found)}" if found is not None else "no title"
        shown = _first_text(said.get("abstract"), verbatim=True) or ""
        problems.add(entry.place, shown[:200], reason, "give it a title as text; the record was skipped")
        return None
    abstract = _first_text(said.get("abstract"), verbatim=entry.verbatim) or ""
    if not entry.verbatim:
        abstract = without_rights(abstract)
    if not abstract or (is_placeholder(abstract) and not entry.verbatim):
        abstract = ""
        reason = (
            NO_ABSTRACT
            if not said.get("abstract") or isinstance(said["abstract"][0], str)
            else (f"{NO_ABSTRACT} as text, but {_kind(said['abstract'][0])}")
        )
        problems.add(
            entry.place, title, reason, "complete it; the paper is placed by its title alone", kept=True
        )
    if not entry.verbatim and "\ufffd" in title + abstract:
        problems.add(
            entry.place, title, "characters that cannot be read", "save the file as UTF-8", kept=True
        )
    stated = {name: _joined(said.get(name)) for name in _TEXTS}
    stated["venue"] = _joined(said.get("venue", [])[:1])
    stated["citations"] = _count(stated["citations"])
    stated["arxiv_id"] = arxiv_id_of(
        *(
            " ".join(_joined([value]) for role in roles for value in said.get(role, []))
            for roles in _HOLD_ARXIV_IDS
        )
    )
    stated["doi"] = next(
        (doi for doi in (clean_doi(_joined([value])) for value in said.get("doi", [])) if doi), ""
    )
    stated["published"], doubt = stated_date(
        said.get("date", []), said.get("year", []), said.get("month", []), stated["arxiv_id"], today=today
    )
    if doubt:
        taken = (
            f"the year {stated['published']} was taken"
            if stated["published"]
            else "the paper stays without a date"
        )
        problems.add(entry.place, title, doubt, f"correct the date; {taken}", kept=True)
    own = own_names(tuple(entry.fields)) if entry.user else ()
    more = {_own_name(name): _scalar(entry.fields[name]) for name in own}
    return Row(title, abstract, entry.line, stated, more)


def as_records(rows: Sequence[Row], dump: str, first_rank: int) -> pd.DataFrame:
    """Rows as a table with the columns `COLUMNS` and the user's own; what is unknown is missing."""
    table = pd.DataFrame(
        {
            "dump": [dump] * len(rows),
            "rank": range(first_rank, first_rank + len(rows)),
            "title": [row.title for row in rows],
            "abstract": [row.abstract for row in rows],
            **{
                name: pd.Series([row.stated.get(name) or None for row in rows], dtype="str")
                for name in STATED
            },
            "line": [row.line for row in rows],
        },
        columns=COLUMNS,
    ).astype({"rank": "int64", "line": "int64"})
    own = dict.fromkeys(name for row in rows for name in row.own)
    added = {name: pd.Series([row.own.get(name) for row in rows], dtype="object") for name in own}
    return table.assign(**added) if added else table


def is_placeholder(abstract: str) -> bool:
    """Whether an abstract says only that there is none.

    Examples
    --------
    >>> is_placeholder("[No abstract available]"), is_placeholder("N/A"), is_placeholder("No, really.")
    (True, True, False)
    """
    return len(abstract) < 80 and _PLACEHOLDER.fullmatch(abstract) is not None


def clean(text: str) -> str:
    """Text that every table can store: no null characters, no halves of characters."""
    if text.isascii() and "\0" not in text:
        return text
    return _NEVER_IN_TEXT.sub("\ufffd", text)


def _first_text(values: Sequence[object] | None, *, verbatim: bool) -> str | None:
    for value in values or ():
        if (text := _text(value)) and (verbatim or len(text) <= LONGEST_TEXT):
            text = clean(text)
            text = text.strip() if verbatim else plain_text(text)
            if text:
                return text
    return None


def _text(value: object) -> str:
    """A value as text; "" for objects and for lists of more than one."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, list | tuple):
        return _text(value[0]) if value and all(isinstance(part, str) for part in value) else ""
    if isinstance(value, dict):
        return _text(value.get("value")) if "value" in value else ""
    return "" if isinstance(value, bool) else str(value)


def _joined(values: Sequence[object] | None) -> str:
    """First value as one text, the parts of a list divided by "; "."""
    for value in values or ():
        if isinstance(value, str):
            if text := plain_text(clean(value[:LONGEST_TEXT])):
                return text
            continue
        parts = value if isinstance(value, list | tuple) else [value]
        texts = [_text(part)[:LONGEST_TEXT] for part in parts]
        if text := "; ".join(plain for text in texts if text and (plain := plain_text(clean(text)))):
            return text
    return ""


def _scalar(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    return value if isinstance(value, int | float | bool) and abs(value) < 2**53 else _joined([value]) or None


def _own_name(name: str) -> str:
    name = clean(name).strip()
    return f"{name} (own)" if name in COLUMNS else name


def _count(text: str) -> str:
    digits = text.replace(",", "").removesuffix(".0")
    return str(int(digits)) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else ""


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "too long" if len(value) > LONGEST_TEXT else "empty but for markup"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list | tuple) else f"a {type(value).__name__}"
