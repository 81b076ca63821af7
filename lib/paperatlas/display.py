"""How results look in a notebook and in the report: escaped text, tables that fit, links that are safe."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from paperatlas.prose import sentence


def visible(text: object) -> str:
    """Text with control and format characters made visible, so that none acts on a page or a terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"⟨{ord(c):04X}⟩" for c in str(text))


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
    ) -> None:
        self.rows = rows
        self.columns = dict(columns)
        self.formats = dict(formats or {})
        self.links = dict(links or {})
        self.caption = caption
        self.most = most

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
        for _, row in shown.iterrows():
            lines.append("\t".join(visible(self._text(column, row[column])) for column in self.columns))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        numeric = {c for c in self.columns if pd.api.types.is_numeric_dtype(self.rows[c])}
        head = "".join(
            f'<th scope="col"{self._align(c, numeric)}>{escape(title)}</th>'
            for c, title in self.columns.items()
        )
        body = []
        for _, row in self.rows.head(self.most).iterrows():
            cells = "".join(f"<td{self._align(c, numeric)}>{self._cell(c, row)}</td>" for c in self.columns)
            body.append(f"<tr>{cells}</tr>")
        hidden = len(self.rows) - self.most
        more = f'<p class="pa-more">and {hidden:,} more rows</p>' if hidden > 0 else ""
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        rows = "\n".join(body)
        return (
            f'<div class="pa-table" tabindex="0"><table>{caption}<thead><tr>{head}</tr></thead>\n'
            f"<tbody>\n{rows}\n</tbody></table></div>{more}"
        )

    @staticmethod
    def _align(column: str, numeric: set[str]) -> str:
        return ' class="pa-number"' if column in numeric else ""

    def _cell(self, column: str, row: pd.Series) -> str:
        text = escape(self._text(column, row[column]))
        url = row[self.links[column]] if column in self.links else None
        if isinstance(url, str) and url.startswith("https://"):
            return f'<a href="{html.escape(url)}" rel="noopener">{text}</a>'
        return text
