"""How results look in a notebook and in the report: escaped text, tables that fit, links that are safe."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Hashable, Mapping, Sequence, Set
from typing import Any

import numpy as np
import pandas as pd

from paperatlas.links import paper_url
from paperatlas.prose import MARK_EXPLAINED, count, is_marked, sentence
from paperatlas.prose import visible as visible

# More rows make a page that telephones cannot hold; `paperatlas export` writes them all.
_MOST_SEARCHABLE = 5_000
_BRIEF = 12


def escape(text: object) -> str:
    """Text for HTML: visible, escaped, quotes included."""
    return html.escape(visible(text))


class Findings:
    """Sentences generated from the data, one to a line.

    Parameters
    ----------
    sentences : sequence of str
        Plain text; it is escaped where it becomes HTML.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = [sentence(text) for text in sentences if text]

    def __repr__(self) -> str:
        return "\n".join(visible(text) for text in self.sentences)

    def _repr_html_(self) -> str:
        items = "\n".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        return f'<ul class="pa-findings">\n{items}\n</ul>'


class Note:
    """A paragraph that has to be read with what follows it.

    Parameters
    ----------
    text : str
        Plain text; it is escaped where it becomes HTML.
    """

    def __init__(self, text: str) -> None:
        self.text = sentence(text)

    def __repr__(self) -> str:
        return visible(self.text)

    def _repr_html_(self) -> str:
        return f'<p class="pa-note" role="note">{escape(self.text)}</p>'


class Stack:
    """Several things below one another in one output.

    Parameters
    ----------
    parts : sequence
        `Note`, `Table`, `Findings` or whatever else shows itself as HTML.
    """

    def __init__(self, parts: Sequence[Any]) -> None:
        self.parts = list(parts)

    def __repr__(self) -> str:
        return "\n\n".join(
            f"{visible(part.caption)}\n{part!r}" if getattr(part, "caption", "") else repr(part)
            for part in self.parts
        )

    def _repr_html_(self) -> str:
        return "\n".join(part._repr_html_() for part in self.parts)


class Table:
    """A table for reading: chosen columns, readable heads, numbers to the right, links where there are some.

    Parameters
    ----------
    rows : DataFrame
    columns : mapping of column to heading
        Which columns, in which order.
    formats : mapping of column to format string or callable, optional
    links : mapping of column to column, optional
        A column whose text becomes a link to the address in another; only ``https://`` addresses do.
    caption : str
    most : int
        Rows shown; how many more there are is said below.
    searchable : bool
        All rows (up to 5,000, a page's worth), in a box that scrolls; on a page of the report
        ``site/tables.js`` adds a filter and heads that sort. Without that script it is a plain table. As plain
        text it shows `most` rows.
    sort_by : mapping of column to column, optional
        A column of texts that sorts by the numbers in another.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        columns: Mapping[str, str],
        *,
        formats: Mapping[str, str | Callable[[Any], str]] | None = None,
        links: Mapping[str, str] | None = None,
        caption: str = "",
        most: int = 20,
        searchable: bool = False,
        sort_by: Mapping[str, str] | None = None,
    ) -> None:
        self.rows = rows
        self.columns = dict(columns)
        self.formats = dict(formats or {})
        self.links = dict(links or {})
        self.caption = caption
        self.most = most
        self.searchable = searchable
        self.sort_by = dict(sort_by or {})

    def _text(self, column: str, value: Any) -> str:
        how = self.formats.get(column)
        if isinstance(value, tuple | list):
            return ", ".join(map(str, value))
        if value is None or value is pd.NA or (isinstance(value, float) and value != value):
            return "–"
        if callable(how):
            return how(value)
        return format(value, how) if how else str(value)

    def __repr__(self) -> str:
        shown = self.rows.head(self.most)
        lines = ["\t".join(self.columns.values())]
        for row in shown.to_dict("records"):
            lines.append("\t".join(visible(self._text(column, row[column])) for column in self.columns))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        numeric = {
            c for c in self.columns if pd.api.types.is_numeric_dtype(self.rows[self.sort_by.get(c, c)])
        }
        head = "".join(
            f'<th scope="col"{self._align(c, numeric)}>{escape(title)}</th>'
            for c, title in self.columns.items()
        )
        shown = self.rows.head(_MOST_SEARCHABLE if self.searchable else self.most)
        brief = {c for c in self.columns if self.searchable and self._is_brief(shown[c])}
        body = []
        for row in shown.to_dict("records"):
            cells = "".join(
                f"<td{self._align(c, numeric, brief)}{self._sort_key(c, row)}>{self._cell(c, row)}</td>"
                for c in self.columns
            )
            body.append(f"<tr>{cells}</tr>")
        hidden = len(self.rows) - len(shown)
        more = f'<p class="pa-more">and {count(hidden, "more row")}</p>' if hidden > 0 else ""
        told = " · ".join(filter(None, (self.caption, self._mark_explained(shown))))
        caption = f"<caption>{escape(told)}</caption>" if told else ""
        rows = "\n".join(body)
        return (
            f'<div class="pa-table{self._scrolling()}" tabindex="0"><table>{caption}<thead><tr>{head}</tr></thead>\n'
            f"<tbody>\n{rows}\n</tbody></table></div>{more}"
        )

    def _mark_explained(self, shown: pd.DataFrame) -> str:
        """What the mark before a topic's name means, if a name has it."""
        return MARK_EXPLAINED if any(shown[c].map(is_marked).any() for c in self.columns) else ""

    def _scrolling(self) -> str:
        """What a searchable table's box has besides its class."""
        if not self.searchable:
            return ""
        # JupyterLab has none of the report's style sheets, so the height of a long table is said here.
        name = escape(self.caption or "Table")
        return f' pa-searchable" role="region" aria-label="{name}" style="max-height:32rem;overflow:auto'

    @staticmethod
    def _align(column: str, numeric: set[str], brief: Set[str] = frozenset()) -> str:
        if column in numeric:
            return ' class="pa-number"'
        # JupyterLab sets every cell of a table flush right, which suits numbers only.
        kind = ' class="pa-brief"' if column in brief else ""
        return kind + ' style="text-align:left"'

    @staticmethod
    def _is_brief(texts: pd.Series) -> bool:
        """Whether no cell of a column is longer than a date or a word, so that none need be broken."""
        return bool((texts.dropna().astype(str).str.len() <= _BRIEF).all())

    def _sort_key(self, column: str, row: Mapping[Hashable, Any]) -> str:
        """The number behind a formatted cell, for a sort by value and not by letters."""
        value = row[self.sort_by.get(column, column)]
        if not self.searchable or isinstance(value, bool) or not isinstance(value, int | float | np.number):
            return ""
        return f' data-sort="{float(value)!r}"' if math.isfinite(value) else ""

    def _cell(self, column: str, row: Mapping[Hashable, Any]) -> str:
        text = escape(self._text(column, row[column]))
        url = row[self.links[column]] if column in self.links else None
        if column == "title" and "paper_id" in row:  # the report opens the paper's card
            url = url or paper_url(row.get("arxiv_id"), str(row["title"]))
            return f'<a href="{html.escape(url)}" rel="noopener" data-paper="{escape(row["paper_id"])}">{text}</a>'
        if isinstance(url, str) and url.startswith("https://"):
            return f'<a href="{html.escape(url)}" rel="noopener">{text}</a>'
        return text
