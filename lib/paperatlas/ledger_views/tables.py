"""The ledger as a reader sees it: tables that can be searched, shares, and leaderboards."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from paperatlas.display import Note, Stack, Table
from paperatlas.ledger import Ledger, leaderboards
from paperatlas.ledger.leaderboard import WARNING
from paperatlas.ledger_views.quotes import words_around
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
    rows["of"] = [_measured(row) for row in rows.to_dict("records")]
    columns = {"quote": "claim", "said": "value", "of": "of what", "published": "date", "title": "paper"}
    caption = count(len(rows), "claim with a number", "claims with a number")
    return _searchable(rows, columns, caption, {"title": "paper_url"}, sort_by={"said": "value"})


def _measured(claim: Mapping[Hashable, Any]) -> str:
    """What a claim measures: "top-1 accuracy on ImageNet (improvement)"."""
    metric = claim["metric"] if claim["metric"] != claim["kind"] else ""
    where = f"on {claim['dataset']}" if claim["dataset"] else ""
    return " ".join(part for part in (metric, where, f"({claim['kind']})") if part)


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


def leaderboard_tables(corpus: pd.DataFrame, ledger: Ledger, *, most: int = 12) -> Stack:
    """One table per data set and metric that several papers report, below the warning that belongs to them.

    Parameters
    ----------
    corpus, ledger
        As for `systems_table`.
    most : int
        Boards shown: those that most papers report on.
    """
    rows = leaderboards(ledger.claims)
    if not len(rows):
        return Stack(
            [
                Note(
                    "No two papers report a score for the same metric, in the same unit, on the same data set, so there "
                    "is nothing to rank"
                )
            ]
        )
    groups = with_papers(corpus, rows).groupby(["dataset", "metric", "unit"], sort=False)
    boards = [board for _, board in groups]
    parts: list[Any] = [Note(WARNING), *map(_board, boards[:most])]
    if len(boards) > most:
        parts.append(
            Note(f"{count(len(boards) - most, 'more board')} with no more papers than these are not shown")
        )
    return Stack(parts)


def _board(board: pd.DataFrame) -> Table:
    dataset, metric, unit = (str(board[column].iloc[0]) for column in ("dataset", "metric", "unit"))
    columns = {"rank": "rank", "value": "value", "title": "paper", "published": "date", "quote": "the words"}
    said = "" if not unit or unit == metric else f" ({unit})"
    caption = f"{metric}{said} on {dataset}: {count(len(board), 'paper')}"
    return Table(
        board, columns, formats={"value": "g"}, links={"title": "paper_url"}, caption=caption, most=len(board)
    )
