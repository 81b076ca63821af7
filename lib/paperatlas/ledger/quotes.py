"""Quotes marked where they stand: the words of a title and abstract that ledger entries rest on."""

from __future__ import annotations

import html
from collections.abc import Iterable

import pandas as pd

from paperatlas.display import Table, escape, visible

# Kind of entry → the letter that marks it beside its colour and underline, and what the legend says.
KINDS = {
    "system": ("S", "system introduced"),
    "claim": ("C", "claim with a number"),
    "state of the art": ("T", "claim of the state of the art"),
    "link": ("L", "link"),
    "data set": ("D", "data set"),
    "metric": ("M", "metric"),
    "mention": ("N", "system of another paper"),
}
Span = tuple[int, int, str]
# Characters shown on either side of a quote.
_AROUND = 70


def mark_quotes(text: str, spans: Iterable[Span]) -> str:
    """HTML of a text with stretches of it marked.

    Parameters
    ----------
    text : str
        Untrusted; it is escaped.
    spans : iterable of (start, end, kind)
        Offsets into `text`; kinds are those of `KINDS`. They may overlap in any way: a mark that would cross
        another is ended and begun again, so that elements nest. Parts outside the text are ignored.

    Returns
    -------
    str
        ``<mark class="pa-mark pa-mark-claim">…<sup>C</sup></mark>`` around each stretch, the letter at its
        end. Without the letters and tags it is the text.
    """
    cut = {(max(start, 0), min(end, len(text)), kind) for start, end, kind in spans}
    left = sorted((span for span in cut if span[0] < span[1]), key=_outer_first, reverse=True)
    parts: list[str] = []
    stack: list[Span] = []
    places = sorted({0, len(text), *(place for span in left for place in span[:2])})
    for place, after in zip(places, [*places[1:], len(text)], strict=True):
        opening: list[Span] = []
        while any(end == place for _, end, _ in stack):
            span = stack.pop()
            parts.append(_end_of(span[2]) if span[1] == place else "</mark>")
            if span[1] > place:
                opening.append(span)
        while left and left[-1][0] == place:
            opening.append(left.pop())
        for span in sorted(opening, key=lambda span: (-span[1], span[0], span[2])):
            stack.append(span)
            parts.append(f'<mark class="pa-mark pa-mark-{_class(span[2])}">')
        parts.append(escape(text[place:after]))
    return "".join(parts)


def words_around(text: str, start: int, end: int, width: int = _AROUND) -> str:
    """A stretch of a text with whole words on either side, an ellipsis where more of the text follows."""
    left = text[max(0, start - width) : start]
    right = text[end : end + width]
    if start > width:
        left = "…" + left.partition(" ")[2]
    if end + width < len(text):
        right = right.rpartition(" ")[0] + "…"
    return left + text[start:end] + right


def _outer_first(span: Span) -> tuple[int, int, str]:
    start, end, kind = span
    return start, -end, kind


def _class(kind: str) -> str:
    return kind.replace(" ", "-")


def _end_of(kind: str) -> str:
    letter, meaning = KINDS[kind]
    return f'<sup title="{meaning}">{letter}</sup></mark>'


def legend(kinds: Iterable[str]) -> str:
    """HTML that says what the marks of these kinds mean."""
    present = set(kinds)
    items = "".join(
        f'<li><mark class="pa-mark pa-mark-{_class(kind)}">{meaning}<sup>{letter}</sup></mark></li>'
        for kind, (letter, meaning) in KINDS.items()
        if kind in present
    )
    return f'<ul class="pa-legend" aria-label="Marks">{items}</ul>' if items else ""


def paper_html(title: str, abstract: str, entries: pd.DataFrame, *, url: str = "") -> str:
    """HTML of one paper with the words marked that its ledger entries rest on.

    Parameters
    ----------
    title, abstract : str
        Untrusted; they are escaped.
    entries : DataFrame
        ``kind`` (of `KINDS`), ``field`` ("title" or "abstract"), ``start``, ``end``.
    url : str
        Where the paper can be read; only an ``https://`` address becomes a link.

    Returns
    -------
    str
        An ``<article>`` with title, abstract and legend; its looks are those of ``site/paperatlas.css``.
    """
    marked = {
        field: mark_quotes(
            text,
            entries.loc[entries["field"] == field, ["start", "end", "kind"]].itertuples(
                index=False, name=None
            ),
        )
        for field, text in (("title", title), ("abstract", abstract))
    }
    # Not around the title: a link's colour cannot be read on a mark's.
    link = (
        f' <a href="{html.escape(url)}" rel="noopener">open the paper</a>'
        if url.startswith("https://")
        else ""
    )
    return (
        f'<article class="pa-paper"><p class="pa-paper-title"><b>{marked["title"]}</b>{link}</p>\n'
        f'<p class="pa-paper-abstract">{marked["abstract"]}</p>\n{legend(entries["kind"])}</article>'
    )


class PaperQuotes:
    """One paper: its text with the quotes marked, and its ledger entries as a table.

    Parameters
    ----------
    title, abstract : str
    entries : DataFrame
        ``kind`` (of `KINDS`), ``reading`` (what was read out of the words), ``field``, ``quote``, ``start``,
        ``end``.
    url : str
        Where the paper can be read.
    """

    def __init__(self, title: str, abstract: str, entries: pd.DataFrame, *, url: str = "") -> None:
        self.title = title
        self.abstract = abstract
        self.entries = entries
        self.url = url

    def _table(self) -> Table:
        return Table(
            self.entries,
            {"kind": "entry", "reading": "read as", "quote": "rests on", "field": "in the"},
            caption="What the ledger read",
            most=len(self.entries),
        )

    def __repr__(self) -> str:
        rows = repr(self._table()) if len(self.entries) else "The ledger has no entry for this paper."
        return f"{visible(self.title)}\n\n{visible(self.abstract)}\n\n{rows}"

    def _repr_html_(self) -> str:
        rows = (
            self._table()._repr_html_()
            if len(self.entries)
            else "<p>The ledger has no entry for this paper.</p>"
        )
        return f"{paper_html(self.title, self.abstract, self.entries, url=self.url)}\n{rows}"
