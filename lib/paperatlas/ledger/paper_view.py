"""The ledger of one paper: its entries in the order of the text, each with the words it rests on."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.ledger.build import Ledger, paper_ledger
from paperatlas.ledger.quotes import KINDS, PaperQuotes
from paperatlas.links import paper_url
from paperatlas.titles import normalise_title

_CLAIM_KINDS = {"sota": "state of the art"}
_RESOURCE_KINDS = {"dataset": "data set", "metric": "metric"}


def paper_entries(ledger: Ledger, paper_id: object) -> pd.DataFrame:
    """Every ledger entry of one paper: ``kind``, ``reading``, ``field``, ``quote``, ``start``, ``end``.

    Entries come in the order of the text, the title first; ``kind`` is one of `paperatlas.ledger.quotes.KINDS`.
    """
    part = paper_ledger(ledger, paper_id)
    read = [
        *(("system", _system(row), row) for row in _records(part.systems)),
        *((_CLAIM_KINDS.get(row["kind"], "claim"), _claim(row), row) for row in _records(part.claims)),
        *(("link", f"{row['url']} ({row['kind']})", row) for row in _records(part.links)),
        *((_RESOURCE_KINDS[row["kind"]], row["name"], row) for row in _records(part.resources)),
        *(("mention", row["name"], row) for row in _records(part.mentions)),
    ]
    rows = [
        (kind, reading, *(row[c] for c in ("field", "quote", "start", "end"))) for kind, reading, row in read
    ]
    table = pd.DataFrame(rows, columns=["kind", "reading", "field", "quote", "start", "end"])
    order = table["kind"].map({kind: place for place, kind in enumerate(KINDS)})
    table = table.assign(later=table["field"] != "title", order=order).sort_values(
        ["later", "start", "end", "order", "reading"], ignore_index=True
    )
    return table.drop(columns=["later", "order"])


def _records(table: pd.DataFrame) -> Sequence[Mapping[Hashable, Any]]:
    return table.to_dict("records")


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
        As for `systems_table`; the corpus with ``abstract``.
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
