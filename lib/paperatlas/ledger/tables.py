"""Entries to tables: one way for all tables of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

import pandas as pd

from paperatlas.ledger.patterns import as_text


class Entry(Protocol):
    """What a finder gives: the `field` it was read in, from `start` to `end`, and columns of its own."""

    @property
    def field(self) -> str:
        """Title or abstract."""

    @property
    def start(self) -> int:
        """Where the quote begins."""

    @property
    def end(self) -> int:
        """Where the quote ends."""


class Finder(NamedTuple):
    """How one table is filled: what reads a title and an abstract, and the columns with their dtypes.

    Every column but `paper_id` and `quote` is an attribute of the entries.
    """

    find: Callable[[str, str], Iterable[Entry]]
    columns: Mapping[str, str]


def papers_of(corpus: pd.DataFrame) -> Iterator[tuple[object, str, str]]:
    """The identifier, title and abstract of each paper of a corpus; what is missing is empty."""
    fields = [
        corpus[name].tolist() if name in corpus else [""] * len(corpus)
        for name in ("paper_id", "title", "abstract")
    ]
    for paper, title, abstract in zip(*fields, strict=True):
        yield paper, as_text(title), as_text(abstract)


def read_papers(corpus: pd.DataFrame, *finders: Finder) -> list[pd.DataFrame]:
    """One table for each finder, from one pass over the papers.

    Every row has its `paper_id` and its `quote`, which is its `field` from `start` to `end`.
    """
    rows: list[list[tuple[object, ...]]] = [[] for _ in finders]
    ways = [(finder.find, _row_of(finder.columns), kept) for finder, kept in zip(finders, rows, strict=True)]
    for paper, title, abstract in papers_of(corpus):
        for find, row_of, kept in ways:
            for entry in find(title, abstract):
                text = title if entry.field == "title" else abstract
                kept.append(row_of(paper, text[entry.start : entry.end], entry))
    return [as_table(kept, finder.columns) for finder, kept in zip(finders, rows, strict=True)]


def _row_of(columns: Mapping[str, str]) -> Callable[[object, str, Entry], tuple[object, ...]]:
    """What makes a row, in the order of some columns, of a paper, a quote and an entry."""
    _, *names = columns
    values_of = attrgetter(*(name for name in names if name != "quote"))
    place = names.index("quote")

    def row_of(paper: object, quote: str, entry: Entry) -> tuple[object, ...]:
        values = values_of(entry)
        return (paper, *values[:place], quote, *values[place:])

    return row_of


def as_table(rows: Sequence[tuple[object, ...]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A table of rows with a dtype for each column.

    Text that no string column can hold, such as a lone surrogate, stays as Python objects.

    Parameters
    ----------
    rows
        One tuple per row, in the order of the columns.
    columns
        Names and dtypes: "str", "int64", "float64", or "object" for what the values are.
    """
    values = zip(*rows, strict=True) if rows else ((),) * len(columns)
    table: dict[str, Any] = {}
    for (name, dtype), column in zip(columns.items(), values, strict=True):
        table[name] = _column(list(column), dtype)
    return pd.DataFrame(table)


def _column(values: list[Any], dtype: str) -> Any:
    try:
        return pd.Series(values, dtype=None if dtype == "object" and values else dtype)
    except UnicodeEncodeError:
        return pd.Series(values, dtype=object)
