"""The ledger as a reader sees it: tables that can be searched, and shares."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from paperatlas.display import Table
from paperatlas.ledger.build import Ledger
from paperatlas.ledger.patterns import sentences, span_at
from paperatlas.ledger.quotes import words_around
from paperatlas.links import paper_url
from paperatlas.prose import count

_SHARE = {"share": ".0%", "low": ".0%", "high": ".0%"}


def with_papers(corpus: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """A ledger table with ``title``, ``published`` and ``paper_url`` of each row's paper."""
    papers = corpus.set_index("paper_id")
    urls = [paper_url(*pair) for pair in zip(papers["arxiv_id"], papers["title"], strict=True)]
    papers = papers[["title", "published"]].assign(paper_url=urls)
    return table.join(papers, on="paper_id")


def systems_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Every system with its kind, its paper, and the words that introduce it; by name.

    Parameters
    ----------
    corpus : DataFrame
        ``paper_id``, ``title``, ``published``, ``arxiv_id``.
    ledger : Ledger
    """
    rows = with_papers(corpus, ledger.systems)
    rows = rows.assign(folded=rows["name"].str.casefold()).sort_values(["folded", "name", "paper_id"])
    columns = {
        "name": "system", "kind": "kind", "published": "date", "quote": "the words", "rule": "rule", "title": "paper",
    }  # fmt: skip
    return _searchable(
        rows, columns, f"{count(len(rows), 'system')} the papers introduce", {"title": "paper_url"}
    )


def claims_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Every claim with a number; newest papers first. For the parameters see `systems_table`."""
    claims = ledger.claims[ledger.claims["value"].notna()]
    rows = with_papers(corpus, claims).sort_values(
        ["published", "paper_id", "start"], ascending=[False, True, True], na_position="last"
    )
    rows["said"] = [
        f"{value:g} {unit}".strip() for value, unit in zip(rows["value"], rows["unit"], strict=True)
    ]
    columns = {"quote": "claim", "said": "value", "kind": "kind", "published": "date", "title": "paper"}
    caption = count(len(rows), "claim with a number", "claims with a number")
    return _searchable(rows, columns, caption, {"title": "paper_url"}, sort_by={"said": "value"})


def dataset_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Every data set with the sentences that report a result and name it, newest papers first.

    Abstracts are no comparable experiments: splits, training data and sizes differ, so values are quoted and never
    ranked. For the parameters see `systems_table`.
    """
    claimed = ledger.claims.groupby("paper_id")["start"].apply(list).to_dict()
    texts = corpus.set_index("paper_id")["abstract"].to_dict()
    named = ledger.resources[
        (ledger.resources["kind"] == "dataset") & (ledger.resources["field"] == "abstract")
    ]
    rows = []
    for row in with_papers(corpus, named).to_dict("records"):
        spans = sentences(texts[row["paper_id"]])
        start, end = span_at(spans, row["start"])
        if any(start <= at < end for at in claimed.get(row["paper_id"], ())):
            rows.append({**row, "sentence": texts[row["paper_id"]][start:end].strip()})
    columns = {"name": "data set", "sentence": "reported in the words", "published": "date", "title": "paper"}
    table = pd.DataFrame(rows, columns=["name", "paper_id", "sentence", "published", "title", "paper_url"])
    table = table.sort_values(
        ["name", "published", "paper_id"], ascending=[True, False, True], na_position="last"
    )
    caption = f"{count(len(table), 'report')} of a result, by data set"
    return _searchable(table, columns, caption, {"title": "paper_url"})


def links_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Every link; by kind and address. For the parameters see `systems_table`."""
    rows = with_papers(corpus, ledger.links).sort_values(["kind", "url", "paper_id"])
    rows["address"] = rows["url"].str.replace(r"^https?://", "", regex=True)
    columns = {"address": "address", "kind": "kind", "published": "date", "title": "paper"}
    return _searchable(rows, columns, count(len(rows), "link"), {"address": "url", "title": "paper_url"})


def mentions_table(corpus: pd.DataFrame, ledger: Ledger) -> Table:
    """Who names whose system, with the words around the name; by system and date."""
    introduced = corpus.set_index("paper_id")["published"]
    texts = {field: corpus.set_index("paper_id")[field].to_dict() for field in ("title", "abstract")}
    rows = with_papers(corpus, ledger.mentions)
    rows["introduced"] = rows["introduced_by"].map(introduced)
    rows["words"] = [
        words_around(texts[row["field"]][row["paper_id"]], row["start"], row["end"])
        for row in rows.to_dict("records")
    ]
    rows = rows.sort_values(["name", "published", "paper_id"], na_position="last")
    columns = {
        "name": "system", "introduced": "introduced", "published": "named", "words": "the words", "title": "named by",
    }  # fmt: skip
    return _searchable(rows, columns, count(len(rows), "mention"), {"title": "paper_url"})


def _searchable(
    rows: pd.DataFrame,
    columns: Mapping[str, str],
    caption: str,
    links: Mapping[str, str],
    sort_by: Mapping[str, str] | None = None,
) -> Table:
    return Table(rows, columns, links=links, caption=caption, most=10, searchable=True, sort_by=sort_by)


def shares_table(shares: pd.DataFrame, *, group: str, caption: str, names: pd.Series | None = None) -> Table:
    """Shares of `paperatlas.entry_shares` as a table.

    Parameters
    ----------
    shares : DataFrame
    group : str
        Heading of the groups.
    caption : str
    names : Series, optional
        Name of each group, by group.
    """
    rows = shares.assign(group=shares["group"].map(names) if names is not None else shares["group"])
    columns = {
        "group": group, "n": "papers", "total": "of", "share": "share", "low": "from", "high": "to (95 %)",
    }  # fmt: skip
    if len(set(rows["entry"])) > 1:
        columns = {"entry": "entry", **columns}
    return Table(rows, columns, formats=_SHARE, caption=caption, most=max(len(rows), 1))
