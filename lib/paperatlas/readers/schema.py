"""The one shape that every reader gives: a row per record, with what its source states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from paperatlas.dates.candidates import Problems
from paperatlas.dates.identifiers import clean_arxiv_id
from paperatlas.dates.published import parse_published
from paperatlas.dates.tables import COLUMN_NAMES

# Name of the source, 1-based place among its records, what the record says, and the line it starts on.
COLUMNS = ["dump", "rank", "title", "abstract", "published", "arxiv_id", "venue", "line"]
_EXTRA_NAMES = {"published": ("update_date",), "venue": ("journal-ref", "journal_ref", "booktitle", "series")}


class Row(NamedTuple):
    """What a source says about one paper; ``published`` is "YYYY-MM", "YYYY" or ""."""

    title: str
    abstract: str
    published: str
    arxiv_id: str
    venue: str
    line: int


Report = Callable[[int, str, str, str], None]


def as_records(rows: Sequence[Row], dump: str, first_rank: int) -> pd.DataFrame:
    """Rows as a table with the columns `COLUMNS`; unknown dates, ids and venues are missing."""
    table = pd.DataFrame(
        {
            "dump": [dump] * len(rows),
            "rank": range(first_rank, first_rank + len(rows)),
            **{name: [getattr(row, name) for row in rows] for name in Row._fields},
        },
        columns=COLUMNS,
    )
    for name in ("published", "arxiv_id", "venue"):
        table[name] = pd.Series([getattr(row, name) or None for row in rows], dtype="str")
    return table.astype({"rank": "int64", "line": "int64"})


def choose_columns(header: Sequence[str]) -> dict[str, str]:
    """Which of the columns holds the title, the abstract, the date, the arXiv id and the venue.

    Names are those of `paperatlas.dates` (``paper_title``, ``summary``, ``year``, …), without regard to case,
    blanks and underscores.
    """
    by_name = {plain(name): name for name in reversed(header)}
    chosen = {}
    for role, names in COLUMN_NAMES.items():
        wanted = [plain(name) for name in (*names, *_EXTRA_NAMES.get(role, ()))]
        if found := next((by_name[name] for name in wanted if name in by_name), None):
            chosen[role] = found
    return chosen


def row_of(
    fields: Mapping[str, object], line: int, problems: Problems, *, today: date, dates: dict[str, str]
) -> Row | None:
    """A row from the fields of one record, or None with the fault noted in `problems`.

    A record without a title or an abstract is of no use; one with a bad date is kept without it.

    Parameters
    ----------
    fields : mapping
        ``title``, ``abstract``, and where known ``published``, ``arxiv_id``, ``venue``.
    line : int
        1-based line or row of the source.
    problems : Problems
    today : date
        Later dates are refused.
    dates : dict
        Dates read before, by the form they were written in; a source repeats its days.
    """
    title, abstract = one_line(fields.get("title")), one_line(fields.get("abstract"))
    if not title or not abstract:
        lacking = "title" if not title else "abstract"
        problems.add(line, "a title and an abstract", f"no {lacking}", "complete the record; it was skipped")
        return None
    given = fields.get("published")
    form = "" if given is None else str(given)
    if (published := dates.get(form)) is None:
        try:
            published = parse_published(given, today=today)
        except ValueError as error:
            expected, _, found = str(error).partition(", found ")
            problems.add(
                line, expected.removeprefix("expected "), found, "correct the date; the paper was kept"
            )
            published = ""
        else:
            dates[form] = published
    return Row(
        title,
        abstract,
        published,
        clean_arxiv_id(one_line(fields.get("arxiv_id"))),
        one_line(fields.get("venue")),
        line,
    )


def one_line(value: object) -> str:
    """Text with its white space collapsed; missing values of any library are empty."""
    if value is None or value != value:
        return ""
    # A lone surrogate cannot be stored by any table; JSON may hold one.
    return " ".join(str(value).encode("utf-8", errors="replace").decode("utf-8").split())


def plain(name: str) -> str:
    """Column name without case, blanks, underscores and hyphens."""
    return name.strip().casefold().replace(" ", "").replace("_", "").replace("-", "")
