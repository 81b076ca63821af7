"""The ledger as a reader sees it: tables that can be searched, one paper with its quotes marked, and its own error."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from paperatlas.display import Note, Table, escape, paper_url, visible
from paperatlas.errors import AtlasError
from paperatlas.intervals import wilson
from paperatlas.ledger import Ledger, paper_ledger
from paperatlas.ledger.reading import sentences, span_at
from paperatlas.prose import between, count, percent
from paperatlas.shipped import data_path
from paperatlas.templates import render
from paperatlas.titles import normalise_title


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
    columns = {"name": "system", "kind": "kind", "published": "date", "quote": "the words", "title": "paper"}
    return _searchable(rows, columns, f"{count(len(rows), 'system')} the papers introduce")


def claims_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Every claim with a number; newest papers first. For the parameters see `systems_table`."""
    rows = _with_papers(corpus, ledger.claims[ledger.claims["value"].notna()])
    rows = _newest_first(rows)
    rows["said"] = [f"{value:g} {unit}".strip() for value, unit in rows[["value", "unit"]].to_numpy()]
    columns = {"quote": "claim", "said": "value", "kind": "kind", "published": "date", "title": "paper"}
    caption = count(len(rows), "claim with a number", "claims with a number")
    return _searchable(rows, columns, caption, sort_by={"said": "value"})


def dataset_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Every data set with the sentences that report a result and name it, newest papers first.

    Abstracts are no comparable experiments: splits, training data and sizes differ, so values are quoted and never
    ranked. For the parameters see `systems_table`.
    """
    named = _with_papers(corpus, ledger.resources.query("kind == 'dataset' and field == 'abstract'"))
    reported = _with_papers(corpus, ledger.claims)[["paper_id", "sentence"]].drop_duplicates()
    rows = _newest_first(named.merge(reported, on=["paper_id", "sentence"])).sort_values(
        "name", kind="stable"
    )
    columns = {"name": "data set", "sentence": "reported in the words", "published": "date", "title": "paper"}
    return _searchable(rows, columns, f"{count(len(rows), 'report')} of a result, by data set")


def mentions_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Who names whose system, with the sentence that does; by system and date."""
    rows = _with_papers(corpus, ledger.mentions)
    rows["introduced"] = rows["introduced_by"].map(corpus.set_index("paper_id")["published"])
    rows = rows.sort_values(["name", "published", "paper_id"], na_position="last")
    columns = {
        "name": "system", "introduced": "introduced", "published": "named", "sentence": "the words", "title": "named by",
    }  # fmt: skip
    return _searchable(rows, columns, count(len(rows), "mention"))


def _with_papers(corpus: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """A ledger table with what is shown of each row's paper, its title, date and address, and the ``sentence`` it is in."""
    papers = corpus.set_index("paper_id")
    texts = papers[["title", "abstract"]].to_dict("index")
    places = table[["paper_id", "field", "start"]].itertuples(index=False, name=None)
    placed = ((texts[paper][field], start) for paper, field, start in places)
    said = [text[slice(*span_at(sentences(text), start))].strip() for text, start in placed]
    shown = papers.reindex(columns=["title", "published", "arxiv_id", "doi", "url"])
    return table.assign(sentence=pd.Series(said, index=table.index, dtype=object)).join(shown, on="paper_id")


def _newest_first(rows: pd.DataFrame) -> pd.DataFrame:
    by = ["published", "paper_id", "start"]
    return rows.sort_values(by, ascending=[False, True, True], na_position="last")


def _searchable(
    rows: pd.DataFrame, columns: Mapping[str, str], caption: str, sort_by: Mapping[str, str] | None = None
) -> Table:
    return Table(rows, columns, caption=caption, most=10, searchable=True, sort_by=sort_by or {})


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
    """HTML of an untrusted text with stretches (start, end, kind of `KINDS`) marked, overlapping in any way.

    Each piece of the text between two ends of stretches stands in one ``<mark>`` for every stretch that holds it; the
    letter of a stretch, ``<sup>C</sup>``, stands at its end.
    """
    cut = {(max(start, 0), min(end, len(text)), kind) for start, end, kind in spans}
    inner_first = sorted(
        (span for span in cut if span[0] < span[1]), key=lambda span: (span[1] - span[0], span)
    )
    places = sorted({0, len(text), *(place for span in inner_first for place in span[:2])})
    parts = []
    for start, end in pairwise(places):
        piece = escape(text[start:end])
        for first, last, kind in inner_first:
            if first > start or end > last:
                continue
            letter, meaning = KINDS[kind]
            ends = f'<sup title="{meaning}">{letter}</sup>' if last == end else ""
            look = kind.replace(" ", "-")
            piece = f'<mark class="pa-mark pa-mark-{look}">{piece}{ends}</mark>'
        parts.append(piece)
    return "".join(parts)


@dataclass
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

    title: str
    abstract: str
    entries: pd.DataFrame
    url: str = ""

    def _table(self) -> Table | Note:
        if not len(self.entries):
            return Note("The ledger has no entry for this paper.")
        columns = {"kind": "entry", "reading": "read as", "quote": "rests on", "field": "in the"}
        return Table(self.entries, columns, caption="What the ledger read", most=len(self.entries))

    def __repr__(self) -> str:
        return f"{visible(self.title)}\n\n{visible(self.abstract)}\n\n{self._table()!r}"

    def _marked(self, field: str, text: str) -> Markup:
        own = self.entries[self.entries["field"] == field]
        marked = mark_quotes(text, own[["start", "end", "kind"]].itertuples(index=False, name=None))
        return Markup(marked)  # noqa: S704 - escaped piece by piece

    def _repr_html_(self) -> str:
        present = set(self.entries["kind"])
        return render(
            "quotes.html",
            title=self._marked("title", self.title),
            abstract=self._marked("abstract", self.abstract),
            url=self.url,
            kinds={kind: said for kind, said in KINDS.items() if kind in present},
            table=Markup(self._table()._repr_html_()),  # noqa: S704 - escaped by its own template
        )


def paper_entries(ledger: Ledger, paper_id: object) -> pd.DataFrame:
    """Every ledger entry of one paper: ``kind``, ``reading``, ``field``, ``quote``, ``start``, ``end``.

    Entries come in the order of the text, the title first; ``kind`` is one of `KINDS`.
    """
    found = _entries(paper_ledger(ledger, paper_id))
    place = list(KINDS).index
    found = found.assign(body=found["field"] != "title", place=found["kind"].map(place))
    found = found.sort_values(["body", "start", "end", "place", "reading"], ignore_index=True)
    return found[["kind", "reading", "field", "quote", "start", "end"]]


def _entries(ledger: Ledger) -> pd.DataFrame:
    """All that a ledger holds as one table: the ``kind`` of each entry, and its ``reading`` in words."""
    names = {"sota": "state of the art", "dataset": "data set", "metric": "metric"}
    claims, links, resources = ledger.claims, ledger.links, ledger.resources
    kinds: list[tuple[pd.DataFrame, Any, Iterable[str]]] = [
        (ledger.systems, "system", map(_system, ledger.systems.to_dict("records"))),
        (claims, claims["kind"].map(names).fillna("claim"), map(_claim, claims.to_dict("records"))),
        (links, "link", links["url"] + " (" + links["kind"] + ")"),
        (resources, resources["kind"].map(names), resources["name"]),
        (ledger.mentions, "mention", ledger.mentions["name"]),
    ]
    parts = [table.assign(kind=kind, reading=list(reading)).astype(object) for table, kind, reading in kinds]
    return pd.concat(parts, ignore_index=True)


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
    url = paper_url(row.to_dict())
    return PaperQuotes(row["title"], abstract, paper_entries(ledger, row["paper_id"]), url=url)


def richest_paper(corpus: pd.DataFrame, ledger: Ledger) -> str:
    """``paper_id`` with most kinds of entries; of equal ones that with most entries, then the first id."""
    counts = _entries(ledger).groupby("paper_id")["kind"].agg(["nunique", "size"]).reset_index()
    best = counts.sort_values(["nunique", "size", "paper_id"], ascending=[False, False, True])
    return str((best if len(best) else corpus)["paper_id"].iloc[0])


def error_at_first_sight() -> pd.DataFrame:
    """Precision and recall on the last papers labelled by hand, before the rules had seen them.

    Returns
    -------
    DataFrame, one row per measure
        ``round``, ``papers``, ``measure``, ``hits``, ``found``, ``labelled``, ``precision`` and ``recall`` with
        ``_low`` and ``_high`` (95 % Wilson interval).
    """
    rounds = pd.read_csv(data_path("reference", "ledger_error.csv"), encoding="utf-8")
    table: pd.DataFrame = rounds[rounds["round"] == rounds["round"].iloc[-1]].reset_index(drop=True)
    for name, of in (("precision", "found"), ("recall", "labelled")):
        low, high = wilson(table["hits"].to_numpy(), table[of].to_numpy())
        table[name] = np.round(table["hits"] / table[of].where(table[of] > 0), 6)
        table[f"{name}_low"], table[f"{name}_high"] = np.round(low, 6), np.round(high, 6)
    return table


def error_report() -> Table:
    """How right the ledger was on papers labelled by hand before its rules had seen them."""
    shown = error_at_first_sight()
    for name, of in (("precision", "found"), ("recall", "labelled")):
        measured = shown[["hits", of, name, f"{name}_low", f"{name}_high"]].itertuples(index=False, name=None)
        shown[name] = [
            f"{percent(share)} ({between(low, high)}; {hits} of {total})" if total else "none to judge by"
            for hits, total, share, low, high in measured
        ]
    columns = {"measure": "entries", "precision": "right of those found", "recall": "found of those there"}
    return Table(shown, columns, caption=f"On {shown['papers'].iloc[0]} papers that the rules had not seen")
