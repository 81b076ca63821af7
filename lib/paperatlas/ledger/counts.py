"""The ledger counted: how many papers of a topic or a year link to code, name a data set, claim the state of the art."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.intervals import wilson

if TYPE_CHECKING:
    from paperatlas.ledger import Ledger

CODE, TOP_CLAIM = "links to code", "claims the state of the art"
NUMBER_CLAIM, SYSTEM = "claims a number", "introduces a named system"
# Fewer papers than this say nothing about a trend, and a curve of each would drown the others.
_MIN_PAPERS = 8
_DRAWS = 9_999


def code_availability(papers: pd.DataFrame, ledger: Ledger, *, by: str = "topic") -> pd.DataFrame:
    """Papers whose abstract links to code, per group; see `entry_shares` for `papers`, `by` and the result."""
    return entry_shares(papers, _entries(ledger), by=by, entries=[CODE])


def top_claims(papers: pd.DataFrame, ledger: Ledger, *, by: str = "topic") -> pd.DataFrame:
    """Papers that claim the state of the art, with or without a number, per group; see `entry_shares`."""
    return entry_shares(papers, _entries(ledger), by=by, entries=[TOP_CLAIM])


def papers_without_number(claims: pd.DataFrame) -> int:
    """How many papers claim the state of the art and no result with a number that the rules read."""
    numbered = set(claims.loc[claims["value"].notna(), "paper_id"])
    return len(set(claims.loc[claims["kind"] == "sota", "paper_id"]) - numbered)


def named_resources(
    papers: pd.DataFrame, ledger: Ledger, *, by: str = "topic", kind: str = "dataset", most: int = 12
) -> pd.DataFrame:
    """Papers whose title or abstract names each of the `most` most named data sets (or metrics), per group.

    `papers` and `by` are those of `entry_shares`, and so is the result, ``entry`` being the data set or metric, the
    most named first (of equal ones the first by name). A `kind` other than "dataset" and "metric" is an
    `AtlasError`.
    """
    if kind not in ("dataset", "metric"):
        raise AtlasError(f"kind is 'dataset' or 'metric', found {kind!r}")
    named = ledger.resources[ledger.resources["kind"] == kind]
    named = named[named["paper_id"].isin(papers["paper_id"])]
    often = most_named(named)["name"].head(most).tolist()
    return entry_shares(papers, named.rename(columns={"name": "entry"}), by=by, entries=often)


def most_named(table: pd.DataFrame) -> pd.DataFrame:
    """Each ``name`` of a ledger's table with ``n`` papers, most first, and ``by``, who introduces it, if that is known."""
    named = table.reindex(columns=["name", "paper_id", "introduced_by"]).groupby("name", as_index=False)
    names = named.agg(n=("paper_id", "nunique"), by=("introduced_by", "first"))
    return names.sort_values(["n", "name"], ascending=[False, True])


def entry_shares(
    papers: pd.DataFrame, found: pd.DataFrame, *, by: str = "topic", entries: list[str] | None = None
) -> pd.DataFrame:
    """How many papers of each group have an entry, as a count and as a share with its interval.

    Parameters
    ----------
    papers : DataFrame
        ``paper_id`` and the column `by`.
    found : DataFrame
        ``paper_id`` and ``entry``; a paper counts once however often it stands there.
    by : str
        Column of `papers` to group by. How entries move through time is asked of `topic_trends`.
    entries : list of str, optional
        Which entries, in which order; by default those of `found`, sorted.

    Returns
    -------
    DataFrame, one row per entry and group
        ``entry``, ``group``, ``n`` (papers of the group with the entry), ``total`` (papers of the group),
        ``share``, ``low``, ``high`` (95 % Wilson interval). ``attrs``: ``by`` and ``left_out``, papers without a group.

    Raises
    ------
    AtlasError
        If a column is missing.
    """
    if missing := [column for column in ("paper_id", by) if column not in papers]:
        raise AtlasError(
            f"papers lack the column {missing[0]!r}; found {', '.join(map(str, papers.columns))}"
        )
    group_of = papers.set_index("paper_id")[by].dropna()
    groups = sorted(group_of.unique().tolist())
    pairs = found[["paper_id", "entry"]].drop_duplicates()
    names = sorted(set(pairs["entry"])) if entries is None else entries
    counts = pairs.assign(group=pairs["paper_id"].map(group_of)).groupby(["entry", "group"]).size()
    rows = pd.MultiIndex.from_product([names, groups], names=["entry", "group"])
    table = counts.reindex(rows, fill_value=0).rename("n").reset_index()
    table["total"] = table["group"].map(group_of.value_counts()).fillna(0)
    table = table.astype({"n": np.int64, "total": np.int64})
    low, high = wilson(table["n"].to_numpy(), table["total"].to_numpy())
    table["share"] = np.round(table["n"] / table["total"], 6)
    table["low"], table["high"] = np.round(low, 6), np.round(high, 6)
    table.attrs = {"by": by, "left_out": int(len(papers) - len(group_of))}
    return table


def groups_differ(shares: pd.DataFrame) -> float:
    """P-value of the null that the share of one entry is the same in every group.

    Pearson's chi-square of the group × (has it, has it not) table, its distribution from 9,999 tables drawn with both
    margins fixed, which holds for small groups too (Patefield 1981).

    Parameters
    ----------
    shares : DataFrame
        As from `entry_shares`, rows of one entry.

    Returns
    -------
    float
        Missing where there is nothing to compare: fewer than two groups with papers, or all papers alike.
    """
    total = shares["total"].to_numpy(dtype=np.int64)
    n = shares["n"].to_numpy(dtype=np.int64)[total > 0]
    total = total[total > 0]
    if len(total) < 2 or n.sum() in (0, total.sum()):
        return float("nan")
    from scipy.stats import MonteCarloMethod, chi2_contingency

    drawn = MonteCarloMethod(n_resamples=_DRAWS, rng=np.random.Generator(np.random.PCG64([0, 7])))
    found = chi2_contingency(np.stack([n, total - n]), correction=False, method=drawn)
    return round(float(found.pvalue), 4)


def ledger_memberships(ledger: Ledger) -> pd.DataFrame:
    """Ledger entries as groups of papers, for `topic_trends` and `trend_tests` with ``level="entry"``.

    Returns
    -------
    DataFrame
        ``paper_id``, ``entry`` (of at least eight papers), sorted, each pair once. Entries: a link to code, a claim
        of the state of the art, a claim with a number, a named system, and every data set by name. Metrics are
        left out: their names are ordinary words ("memory"), and a trend of theirs may be one of the word.
    """
    pairs = _entries(ledger)
    enough = pairs.groupby("entry")["paper_id"].transform("size") >= _MIN_PAPERS
    return pairs[enough].sort_values(["entry", "paper_id"], ignore_index=True)


def _entries(ledger: Ledger) -> pd.DataFrame:
    """Every entry of every paper, each pair once."""
    links, claims, resources = ledger.links, ledger.claims, ledger.resources
    datasets = resources[resources["kind"] == "dataset"]
    parts = [
        links[links["kind"] == "code"].assign(entry=CODE),
        claims[claims["kind"] == "sota"].assign(entry=TOP_CLAIM),
        claims[claims["value"].notna()].assign(entry=NUMBER_CLAIM),
        ledger.systems.assign(entry=SYSTEM),
        datasets.assign(entry="names " + datasets["name"]),
    ]
    pairs = pd.concat([part[["paper_id", "entry"]].astype(object) for part in parts])
    return pairs.drop_duplicates()
