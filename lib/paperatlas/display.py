"""How results look in a notebook and in the report: escaped text, tables that fit, links that are safe."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

import numpy as np
import pandas as pd

from paperatlas.prose import MARK_EXPLAINED, is_marked, marked_names, sentence
from paperatlas.prose import visible as visible
from paperatlas.shipped import rows_of
from paperatlas.templates import render

# More rows make a page that telephones cannot hold; `paperatlas export` writes them all.
_MOST_SEARCHABLE = 5_000
_BRIEF = 12  # letters of ids, dates and words, which need not be broken
_COLUMNS = {row["column"]: row for row in rows_of("columns", "data")}
# What tables show unless they are told: the first of these that one can fill; * stands for its first column.
_VIEWS = [row["columns"].split() for row in rows_of("views", "data")]
# Whatever else a table holds under these names becomes no part of an address.
_ADDRESSES = {
    "arxiv_id": ("https://arxiv.org/abs/", r"((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)"),
    "doi": ("https://doi.org/", r"(10\.\d{1,9}(?:\.\d+)*/[^\s\"<>{}|\\^`]{1,300})"),
    "url": ("https://", r"https?://([^\s\"'<>\\@]+\.[^\s\"'<>\\]+)"),
}


def escape(text: object) -> str:
    """Text for HTML: visible, escaped, quotes included."""
    return html.escape(visible(text))


def paper_url(paper: Mapping[Any, Any]) -> str:
    """Best address of a paper: its page at arXiv, that of its DOI, its own address, or a search for its title.

    `paper` has a ``title``, and where known ``arxiv_id``, ``doi``, ``url``. Addresses are opened as ``https://``.
    """
    for name, (site, form) in _ADDRESSES.items():
        value = paper.get(name)
        if isinstance(value, str) and (found := re.fullmatch(form, value)):
            return site + (quote(found[1]) if name == "doi" else found[1])
    plain = str(paper["title"]).encode("utf-8", errors="ignore").decode()
    return f"https://huggingface.co/papers?q={quote_plus(plain)}"


class Findings:
    """Sentences generated from the data, one to a line; plain text, escaped where it becomes HTML."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = [sentence(text) for text in sentences if text]

    def __repr__(self) -> str:
        return "\n".join(visible(text) for text in self.sentences)

    def _repr_html_(self) -> str:
        items = "\n".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        return f'<ul class="pa-findings">\n{items}\n</ul>'


class Note(Findings):
    """A paragraph that has to be read with what follows it; plain text, escaped where it becomes HTML."""

    def __init__(self, text: str) -> None:
        super().__init__([text])

    def _repr_html_(self) -> str:
        return f'<p class="pa-note" role="note">{escape(self.sentences[0])}</p>'


class Stack:
    """Several things below one another in one output: `Note`, `Table`, `Findings` or what else shows itself as HTML."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = list(parts)

    def __repr__(self) -> str:
        captions = [visible(getattr(part, "caption", "")) for part in self.parts]
        return "\n\n".join(
            f"{head}\n{part!r}".lstrip() for head, part in zip(captions, self.parts, strict=True)
        )

    def _repr_html_(self) -> str:
        return "\n".join(part._repr_html_() for part in self.parts)


def _known(column: str, what: str) -> str:
    """What is known of a column whatever the table: its ``heading``, ``format``, ``help``, and whose ``names`` it holds."""
    return _COLUMNS.get(column, {"heading": column.replace("_", " ")}).get(what, "")


_FORMATS: dict[str, Callable[[Any], str]] = {
    "p": lambda value: f"{value:.3f}" if value >= 0.001 else "< 0.001",
    "words": lambda words: str(words).replace(";", ", "),
}


def names_in(
    table: pd.DataFrame, column: str, names: Mapping[object, str] | pd.Series | None = None
) -> list[str]:
    """What the values of a column are called: by `names`, else by ``attrs["names"]``, else as they are."""
    known = names if names is not None else table.attrs.get("names", {}).get(_known(column, "names"), {})
    return [str(known.get(value, value)) for value in table[column]]


@dataclass(repr=False, eq=False)
class Table:
    """A table for reading: readable heads, numbers to the right, names in place of numbers of topics and sources.

    ``data/columns.csv`` says how each column is headed and formatted, so that ``Table(study.trend_tests)`` will do.

    Parameters
    ----------
    rows : DataFrame
        Where they have a ``paper_id``, their titles carry it as ``data-paper`` and lead to the paper.
    columns : str or mapping of column to heading, optional
        Which columns, in which order: names with blanks between, or with headings of their own. By default
        what such a table usually shows.
    names : mapping, optional
        Names by kind and number, as for `names_in`.
    caption : str
    most : int
        Rows shown; how many more there are is said below.
    searchable : bool
        All rows (up to 5,000), in a box that scrolls, which ``site/tables.js`` lets filter and sort on a page of the report.
    sort_by : mapping of column to column, optional
        A column of texts that sorts by the numbers in another.
    """

    rows: pd.DataFrame
    columns: str | Mapping[str, str] | None = None
    _: KW_ONLY
    names: Mapping[str, Mapping[Any, str]] | None = None
    caption: str = ""
    most: int = 20
    searchable: bool = False
    sort_by: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.rows
        if {"name", "stable"} <= set(rows):
            self.rows = rows.assign(name=marked_names(rows.assign(topic=rows.index)))
        self._headings = _headed(rows, self.columns)
        self._names = self.names if self.names is not None else rows.attrs.get("names", {})

    def _text(self, column: str, value: Any) -> str:
        if isinstance(value, tuple | list):
            return ", ".join(self._text(column, part) for part in value)
        if value is None or value is pd.NA or (isinstance(value, float) and value != value):
            return "–"
        if (name := self._names.get(_known(column, "names"), {}).get(value)) is not None:
            return str(name)
        if isinstance(value, int | np.integer):  # a count stays as it is
            return str(value)
        how = _known(column, "format")
        if how in _FORMATS:
            return _FORMATS[how](value)
        return value if isinstance(value, str) else format(value, how)

    def __repr__(self) -> str:
        shown = self.rows.head(self.most)
        lines = ["\t".join(self._headings.values())]
        for row in shown.to_dict("records"):
            lines.append("\t".join(visible(self._text(column, row[column])) for column in self._headings))
        return "\n".join(lines if len(shown) else [*lines, "none"])

    def _repr_html_(self) -> str:
        shown = self.rows.head(_MOST_SEARCHABLE if self.searchable else self.most)
        columns = [
            {
                "heading": heading,
                "help": _known(name, "help"),
                "numeric": not self._names.get(_known(name, "names"))
                and pd.api.types.is_numeric_dtype(self.rows[self.sort_by.get(name, name)]),
                "brief": shown[name].dropna().astype(str).str.len().le(_BRIEF).all(),
            }
            for name, heading in self._headings.items()
        ]
        rows = [[self._cell(name, row) for name in self._headings] for row in shown.to_dict("records")]
        marked = any(is_marked(cell["text"]) for row in rows for cell in row)
        return render(
            "table.html",
            columns=columns,
            rows=rows,
            hidden=len(self.rows) - len(shown),
            caption=self.caption,
            note=MARK_EXPLAINED if marked else "",
            searchable=self.searchable,
        )

    def _cell(self, column: str, row: Mapping[Hashable, Any]) -> dict[str, str]:
        """What a cell says, where it leads, and the number behind it, for a sort by value and not by letters."""
        value, url, paper, sort = row[self.sort_by.get(column, column)], "", "", ""
        if self.searchable and isinstance(value, int | float | np.number) and not isinstance(value, bool):
            sort = f"{float(value)!r}" if math.isfinite(value) else ""
        if column == "title" and isinstance(row.get("paper_id"), str):
            url, paper = paper_url(row), row["paper_id"]  # the site shows this paper's card
        return {"text": self._text(column, row[column]), "url": url, "paper": paper, "sort": sort}


def _headed(rows: pd.DataFrame, columns: str | Mapping[str, str] | None) -> dict[str, str]:
    """Columns with their headings."""
    if isinstance(columns, Mapping):
        return dict(columns)
    found = list(map(str, rows.columns))
    if columns is None:
        views = ([found[0] if name == "*" else name for name in view] for view in _VIEWS if found)
        chosen = next((view for view in views if set(view) <= set(found)), found)
    else:
        chosen = columns.split()
    headed = {name: _known(name, "heading") for name in chosen}
    if "name" in headed and "level" in rows and len(set(rows["level"])) == 1:
        headed["name"] = str(rows["level"].iloc[0])  # the name of what: a theme, a topic, a subtopic
    return headed
