"""The ledger as a reader sees it: tables that can be searched, one paper with its quotes marked, and its own error."""

from __future__ import annotations

import html
import math
from collections.abc import Hashable, Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from paperatlas.display import Note, Stack, Table, escape, paper_url, visible
from paperatlas.errors import AtlasError
from paperatlas.intervals import wilson
from paperatlas.ledger import Ledger, paper_ledger
from paperatlas.ledger.reading import sentences, span_at
from paperatlas.prose import between, count, percent
from paperatlas.shipped import data_path
from paperatlas.titles import normalise_title

# Characters shown on either side of a quote.
_AROUND = 70


def systems_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Every system with its kind, its paper, and the words that introduce it; by name.

    Parameters
    ----------
    corpus : DataFrame
        ``paper_id``, ``title``, ``abstract``, ``published``, ``arxiv_id``.
    ledger : Ledger
    """
    rows = _with_papers(corpus, ledger.systems)
    rows = rows.assign(folded=rows["name"].str.casefold()).sort_values(["folded", "name", "paper_id"])
    columns = {
        "name": "system", "kind": "kind", "published": "date", "quote": "the words", "rule": "rule", "title": "paper",
    }  # fmt: skip
    return _searchable(rows, columns, f"{count(len(rows), 'system')} the papers introduce")


def claims_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Every claim with a number; newest papers first. For the parameters see `systems_table`."""
    rows = _with_papers(corpus, ledger.claims[ledger.claims["value"].notna()])
    rows = rows.sort_values(
        ["published", "paper_id", "start"], ascending=[False, True, True], na_position="last"
    )
    rows["said"] = [
        f"{value:g} {unit}".strip() for value, unit in zip(rows["value"], rows["unit"], strict=True)
    ]
    columns = {"quote": "claim", "said": "value", "kind": "kind", "published": "date", "title": "paper"}
    caption = count(len(rows), "claim with a number", "claims with a number")
    return _searchable(rows, columns, caption, sort_by={"said": "value"})


def dataset_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Every data set with the sentences that report a result and name it, newest papers first.

    Abstracts are no comparable experiments: splits, training data and sizes differ, so values are quoted and never
    ranked. For the parameters see `systems_table`.
    """
    claimed = ledger.claims.groupby("paper_id")["start"].apply(list).to_dict()
    texts = corpus.set_index("paper_id")["abstract"].to_dict()
    named = ledger.resources[
        ledger.resources["kind"].eq("dataset") & ledger.resources["field"].eq("abstract")
    ]
    rows = []
    for row in _with_papers(corpus, named).to_dict("records"):
        text = texts[row["paper_id"]]
        start, end = span_at(sentences(text), row["start"])
        if any(start <= at < end for at in claimed.get(row["paper_id"], ())):
            rows.append({**row, "sentence": text[start:end].strip()})
    columns = {"name": "data set", "sentence": "reported in the words", "published": "date", "title": "paper"}
    table = pd.DataFrame(rows, columns=["name", "paper_id", "sentence", "published", "title", "paper_url"])
    table = table.sort_values(
        ["name", "published", "paper_id"], ascending=[True, False, True], na_position="last"
    )
    return _searchable(table, columns, f"{count(len(table), 'report')} of a result, by data set")


def mentions_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Who names whose system, with the words around the name; by system and date."""
    papers = corpus.set_index("paper_id")
    rows = _with_papers(corpus, ledger.mentions)
    rows["introduced"] = rows["introduced_by"].map(papers["published"])
    rows["words"] = [
        words_around(papers.loc[row["paper_id"], row["field"]], row["start"], row["end"])
        for row in rows.to_dict("records")
    ]
    rows = rows.sort_values(["name", "published", "paper_id"], na_position="last")
    columns = {
        "name": "system", "introduced": "introduced", "published": "named", "words": "the words", "title": "named by",
    }  # fmt: skip
    return _searchable(rows, columns, count(len(rows), "mention"))


def _with_papers(corpus: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """A ledger table with ``title``, ``published`` and ``paper_url`` of each row's paper."""
    papers = corpus.set_index("paper_id")
    urls = [paper_url(*pair) for pair in zip(papers["arxiv_id"], papers["title"], strict=True)]
    return table.join(papers[["title", "published"]].assign(paper_url=urls), on="paper_id")


def _searchable(
    rows: pd.DataFrame,
    columns: Mapping[str, str],
    caption: str,
    links: Mapping[str, str] | None = None,
    sort_by: Mapping[str, str] | None = None,
) -> Table:
    links = {**(links or {}), "title": "paper_url"}
    return Table(rows, columns, links=links, caption=caption, most=10, searchable=True, sort_by=sort_by)


def words_around(text: str, start: int, end: int) -> str:
    """A stretch of a text with whole words on either side, an ellipsis where more of the text follows."""
    width = _AROUND
    left, right = text[max(0, start - width) : start], text[end : end + width]
    if start > width:
        left = "…" + left.partition(" ")[2]
    if end + width < len(text):
        right = right.rpartition(" ")[0] + "…"
    return left + text[start:end] + right


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


def mark_quotes(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """HTML of a text with stretches of it marked.

    Parameters
    ----------
    text : str
        Untrusted; it is escaped.
    spans : iterable of (start, end, kind)
        Offsets into `text`; kinds are those of `KINDS`. They may overlap in any way; parts outside the text are
        ignored.

    Returns
    -------
    str
        Each piece of the text between two ends of spans stands in one ``<mark class="pa-mark pa-mark-claim">`` for
        every span that holds it; the letter of a span, ``<sup>C</sup>``, stands at its end. Without letters and tags
        it is the text.
    """
    cut = {(max(start, 0), min(end, len(text)), kind) for start, end, kind in spans}
    cut = {span for span in cut if span[0] < span[1]}
    places = sorted({0, len(text), *(place for span in cut for place in span[:2])})
    parts = []
    for start, end in pairwise(places):
        piece = escape(text[start:end])
        # The shortest span is the innermost.
        for _, last, kind in sorted(
            (span for span in cut if span[0] <= start and end <= span[1]),
            key=lambda span: (span[1] - span[0], span),
        ):
            letter, meaning = KINDS[kind]
            ends = f'<sup title="{meaning}">{letter}</sup>' if last == end else ""
            piece = f'<mark class="pa-mark pa-mark-{_class(kind)}">{piece}{ends}</mark>'
        parts.append(piece)
    return "".join(parts)


def _class(kind: str) -> str:
    return kind.replace(" ", "-")


def legend(kinds: Iterable[str]) -> str:
    """HTML that says what the marks of these kinds mean."""
    present = set(kinds)
    items = "".join(
        f'<li><mark class="pa-mark pa-mark-{_class(kind)}">{meaning}<sup>{letter}</sup></mark></li>'
        for kind, (letter, meaning) in KINDS.items()
        if kind in present
    )
    return f'<ul class="pa-legend" aria-label="Marks">{items}</ul>' if items else ""


class PaperQuotes:
    """One paper: its text with the quotes marked, and its ledger entries as a table.

    Parameters
    ----------
    title, abstract : str
        Untrusted; they are escaped.
    entries : DataFrame
        ``kind`` (of `KINDS`), ``reading`` (what was read out of the words), ``field``, ``quote``, ``start``,
        ``end``.
    url : str
        Where the paper can be read; only an ``https://`` address becomes a link.
    """

    def __init__(self, title: str, abstract: str, entries: pd.DataFrame, *, url: str = "") -> None:
        self.title = title
        self.abstract = abstract
        self.entries = entries
        self.url = url

    def _table(self) -> Table | Note:
        if not len(self.entries):
            return Note("The ledger has no entry for this paper.")
        columns = {"kind": "entry", "reading": "read as", "quote": "rests on", "field": "in the"}
        return Table(self.entries, columns, caption="What the ledger read", most=len(self.entries))

    def __repr__(self) -> str:
        return f"{visible(self.title)}\n\n{visible(self.abstract)}\n\n{self._table()!r}"

    def _marked(self, field: str, text: str) -> str:
        own = self.entries[self.entries["field"] == field]
        return mark_quotes(text, own[["start", "end", "kind"]].itertuples(index=False, name=None))

    def _repr_html_(self) -> str:
        # Not around the title: a link's colour cannot be read on a mark's.
        link = ""
        if self.url.startswith("https://"):
            link = f' <a href="{html.escape(self.url)}" rel="noopener">open the paper</a>'
        return (
            f'<article class="pa-paper"><p class="pa-paper-title"><b>{self._marked("title", self.title)}</b>{link}</p>\n'
            f'<p class="pa-paper-abstract">{self._marked("abstract", self.abstract)}</p>\n'
            f"{legend(self.entries['kind'])}</article>\n{self._table()._repr_html_()}"
        )


def paper_entries(ledger: Ledger, paper_id: object) -> pd.DataFrame:
    """Every ledger entry of one paper: ``kind``, ``reading``, ``field``, ``quote``, ``start``, ``end``.

    Entries come in the order of the text, the title first; ``kind`` is one of `KINDS`.
    """
    part = paper_ledger(ledger, paper_id)
    names = {"sota": "state of the art", "dataset": "data set", "metric": "metric"}
    read = [
        *(("system", _system(row), row) for row in part.systems.to_dict("records")),
        *((names.get(row["kind"], "claim"), _claim(row), row) for row in part.claims.to_dict("records")),
        *(("link", f"{row['url']} ({row['kind']})", row) for row in part.links.to_dict("records")),
        *((names[row["kind"]], row["name"], row) for row in part.resources.to_dict("records")),
        *(("mention", row["name"], row) for row in part.mentions.to_dict("records")),
    ]
    place = list(KINDS).index
    read.sort(
        key=lambda one: (one[2]["field"] != "title", one[2]["start"], one[2]["end"], place(one[0]), one[1])
    )
    columns = ["field", "quote", "start", "end"]
    rows = [(kind, reading, *(row[column] for column in columns)) for kind, reading, row in read]
    return pd.DataFrame(rows, columns=["kind", "reading", *columns])


def _system(row: Mapping[Hashable, Any]) -> str:
    long_form = f", {row['long_form']}" if row["long_form"] and row["long_form"] != row["name"] else ""
    return f"{row['name']}{long_form} ({row['kind']})"


def _claim(row: Mapping[Hashable, Any]) -> str:
    if math.isnan(row["value"]):
        return "state of the art"
    high = "" if math.isnan(row["value_high"]) else f" to {row['value_high']:g}"
    unit = f" {row['unit']}" if row["unit"] else ""
    return f"{row['value']:g}{high}{unit} ({row['kind']})"


def paper_view(corpus: pd.DataFrame, ledger: Ledger, paper: str) -> PaperQuotes:
    """One paper with the words marked that its ledger entries rest on.

    Parameters
    ----------
    corpus, ledger
        As for `systems_table`.
    paper : str
        Its ``paper_id``, or its title (case and punctuation aside).

    Raises
    ------
    AtlasError
        If the corpus has no such paper.
    """
    found = corpus[corpus["paper_id"] == paper]
    if not len(found):
        found = corpus[corpus["title"].map(normalise_title) == normalise_title(paper)]
    if not len(found):
        raise AtlasError(
            f"no paper with the id or title {paper!r}; ids are in the column 'paper_id' of the corpus"
        )
    row = found.iloc[0]
    abstract = row["abstract"] if isinstance(row["abstract"], str) else ""
    url = paper_url(row["arxiv_id"], row["title"])
    return PaperQuotes(row["title"], abstract, paper_entries(ledger, row["paper_id"]), url=url)


def richest_paper(corpus: pd.DataFrame, ledger: Ledger) -> str:
    """``paper_id`` with most kinds of entries; of equal ones that with most entries, then the first id."""
    tables = {"system": ledger.systems, "link": ledger.links, "mention": ledger.mentions}
    parts = [
        *(table[["paper_id"]].assign(kind=kind) for kind, table in tables.items()),
        ledger.claims[["paper_id"]].assign(kind=ledger.claims["kind"].eq("sota")),
        ledger.resources[["paper_id", "kind"]],
    ]
    entries = pd.concat([part.astype(object) for part in parts])
    counts = entries.groupby("paper_id")["kind"].agg(["nunique", "size"]).reset_index()
    if not len(counts):
        return str(corpus["paper_id"].iloc[0])
    best = counts.sort_values(["nunique", "size", "paper_id"], ascending=[False, False, True])
    return str(best["paper_id"].iloc[0])


def error_at_first_sight() -> pd.DataFrame:
    """Precision and recall of every round of labelling, before its errors were looked at.

    Returns
    -------
    DataFrame, one row per round and measure, in their order
        ``round``, ``papers``, ``measure``, ``hits``, ``found``, ``labelled``, ``precision`` and ``recall`` with
        ``_low`` and ``_high`` (95 % Wilson interval), ``last`` (of the last round, the estimate for new papers).
    """
    table = pd.read_csv(data_path("reference", "ledger_error.csv"), encoding="utf-8")
    hits = table["hits"].to_numpy()
    for name, of in (("precision", "found"), ("recall", "labelled")):
        total = table[of].to_numpy()
        low, high = wilson(hits, total)
        table[name] = np.round(hits / np.where(total > 0, total, np.nan), 6)
        table[f"{name}_low"], table[f"{name}_high"] = np.round(low, 6), np.round(high, 6)
    return table.assign(last=table["round"] == table["round"].iloc[-1])


def error_report() -> Stack:
    """How right the ledger was on papers labelled by hand before it read them, the last round first."""
    shown = error_at_first_sight()
    for name, of in (("precision", "found"), ("recall", "labelled")):
        measured = ["hits", of, f"{name}_low", f"{name}_high"]
        shown[name] = [
            f"{percent(hits / total)} ({between(low, high)}; {hits} of {total})"
            if total
            else "none to judge by"
            for hits, total, low, high in shown[measured].itertuples(index=False, name=None)
        ]
    order = {name: -place for place, name in enumerate(shown["round"].unique())}
    shown = shown.sort_values("round", key=lambda names: names.map(order), kind="stable")
    shown["round"] = shown["round"] + np.where(shown["last"], " (the estimate)", "")
    columns = {
        "round": "papers", "measure": "entries", "precision": "right of those found", "recall": "found of those there",
    }  # fmt: skip
    table = Table(shown, columns, caption="At first sight, the last round first", most=len(shown))
    before = (
        "Each round of labels was counted before its errors were read, and the rules were mended after it: the last "
        "round is the estimate for papers the ledger has not seen"
    )
    return Stack([Note(before), table])
