"""Any two or more groups of papers against each other: dumps, venues, years, corpora."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from paperatlas.compare.cells import cross_table, fisher, indicators
from paperatlas.compare.queries import score_terms, uses_of, without_parts
from paperatlas.errors import AtlasError
from paperatlas.intervals import adjusted_p

_MIN_TERM_PAPERS = 5


@dataclass(frozen=True)
class GroupComparison:
    """What sets groups of papers apart.

    Attributes
    ----------
    groups : DataFrame
        ``group``, ``papers``, ``compared``; groups that are too small are listed and not compared.
    topics : DataFrame
        As `paperatlas.compare.cross_table`, with ``topic`` and ``group``.
    terms : DataFrame
        ``group``, ``term``, ``inside``, ``outside`` (papers with the term), ``share``, ``share_rest``,
        ``log_odds``, ``z``, ``p`` (Fisher's exact test), ``p_adjusted`` (over all terms and groups), the
        strongest first within each group.
    """

    groups: pd.DataFrame
    topics: pd.DataFrame
    terms: pd.DataFrame


def group_members(papers: pd.DataFrame, by: str) -> pd.DataFrame:
    """Paper × group table of booleans.

    Parameters
    ----------
    papers : DataFrame
    by : str
        A column of single values or of tuples; papers without a value belong to no group.

    Raises
    ------
    AtlasError
        If there is no such column.
    """
    if by not in papers:
        raise AtlasError(f"there is no column {by!r} to group by; there are {', '.join(map(str, papers))}")
    values = papers[by]
    if values.map(lambda value: isinstance(value, tuple | list)).any():
        names = sorted({str(name) for group in values for name in group})
        return pd.DataFrame(
            {name: [name in map(str, group) for group in values] for name in names}, index=papers.index
        )
    return indicators(values.where(values.astype(str).str.strip() != "").map(str, na_action="ignore"))


def compare_groups(
    papers: pd.DataFrame, *, by: str, min_papers: int = 10, n_terms: int = 8
) -> GroupComparison:
    """Compare groups of papers by their topics and their terms, each group with all other grouped papers.

    The null hypothesis is that a paper's topic (or its use of a term) says nothing about its group. Papers
    without a value are left out, and so are groups that are too small, with the papers only they hold.

    Parameters
    ----------
    papers : DataFrame
        As `paperatlas.Study.papers`: ``title``, ``abstract``, ``topic``, and the column to group by.
    by : str
        For instance ``"venue"``, ``"dumps"``, or a column of your own.
    min_papers : int
        Smallest group that is compared.
    n_terms : int
        Terms per group.

    Raises
    ------
    AtlasError
        If there is no such column, or fewer than two groups are large enough.
    """
    papers = papers.reset_index(drop=True)
    member = group_members(papers, by)
    sizes = member.sum()
    large = sizes.index[sizes >= min_papers].tolist()
    groups = pd.DataFrame({"group": sizes.index, "papers": sizes.to_numpy()})
    groups["compared"] = groups["group"].isin(large)
    groups = groups.sort_values(["papers", "group"], ascending=[False, True], ignore_index=True)
    if len(large) < 2:
        raise AtlasError(
            f"a comparison by {by!r} needs two groups of at least {min_papers} papers, found {len(large)}; "
            "lower min_papers or take another column"
        )
    used = member[large].any(axis=1).to_numpy()
    papers, member = papers[used].reset_index(drop=True), member.loc[used, large].reset_index(drop=True)
    # A group that holds every paper has no others to be compared with.
    member = member.loc[:, ~member.all()]
    topics = cross_table(indicators(papers["topic"]), member)
    topics = topics.rename(columns={"row": "topic", "column": "group"})
    topics["topic"] = topics["topic"].astype(np.int64)
    return GroupComparison(groups, topics, _terms(papers, member, n_terms))


def _terms(papers: pd.DataFrame, member: pd.DataFrame, n_terms: int) -> pd.DataFrame:
    uses = uses_of(papers)
    n = len(papers)
    tables = []
    for group in member.columns:
        inside = member[group].to_numpy()
        scored = score_terms(uses, inside)
        scored = scored[scored["inside"] + scored["outside"] >= _MIN_TERM_PAPERS].reset_index(drop=True)
        a = scored["inside"].to_numpy(dtype=np.int64)
        both = a + scored["outside"].to_numpy(dtype=np.int64)
        scored["p"] = fisher(a, both, np.full(len(a), int(inside.sum())), n)[0]
        scored["share"] = np.round(a / inside.sum(), 4)
        scored["share_rest"] = np.round(scored["outside"] / (n - inside.sum()), 4)
        scored.insert(0, "group", group)
        tables.append(scored)
    everything = pd.concat(tables, ignore_index=True)
    everything["p_adjusted"] = adjusted_p(everything["p"].to_numpy())
    columns = [
        "group",
        "term",
        "inside",
        "outside",
        "share",
        "share_rest",
        "log_odds",
        "z",
        "p",
        "p_adjusted",
    ]
    shown = [without_parts(part[part["z"] > 0], n_terms) for _, part in everything.groupby("group")]
    return pd.concat(shown, ignore_index=True)[columns].round({"p": 6, "p_adjusted": 6})
