"""Groups of papers against each other, with a test in every cell: dumps, venues, years, corpora."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from paperatlas.compare.overlap import memberships
from paperatlas.compare.queries import score_terms, uses_of, without_parts
from paperatlas.errors import AtlasError
from paperatlas.intervals import adjusted_p

_MIN_TERM_PAPERS = 5
_Z95 = 1.959963984540054


def cross_table(rows: pd.DataFrame, columns: pd.DataFrame) -> pd.DataFrame:
    """Test of every row attribute against every column attribute over the same papers.

    Per cell Fisher's exact test, two-sided. The null hypothesis is that having the one attribute says nothing
    about having the other; papers are independent of each other. Benjamini and Hochberg (1995) adjust over
    all cells.

    Parameters
    ----------
    rows, columns : DataFrames of booleans
        One line per paper, in the same order; one column per attribute, such as a topic or a dump.

    Returns
    -------
    DataFrame
        One line per cell: ``row``, ``column``, ``papers`` with both; ``expected`` under the null and the middle
        95 % of the null, ``low`` to ``high``; ``share`` of the column's papers that have the row's attribute
        and ``share_rest`` of the others; ``odds_ratio`` with its 95 % interval, ``odds_low`` to ``odds_high``
        (0.5 added to each count: Haldane 1956, Gart 1966); ``p`` and ``p_adjusted``.
    """
    n = len(rows)
    r, c = rows.to_numpy(dtype=np.int64), columns.to_numpy(dtype=np.int64)
    a = r.T @ c
    of_row = np.repeat(r.sum(axis=0)[:, None], a.shape[1], axis=1)
    of_column = np.repeat(c.sum(axis=0)[None, :], a.shape[0], axis=0)
    a, of_row, of_column = a.ravel(), of_row.ravel(), of_column.ravel()
    b, rest = of_row - a, of_column - a
    d = n - a - b - rest
    log_odds = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (rest + 0.5)))
    half = _Z95 * np.sqrt(1 / (a + 0.5) + 1 / (b + 0.5) + 1 / (rest + 0.5) + 1 / (d + 0.5))
    p, low, high = fisher(a, of_row, of_column, n)
    with np.errstate(invalid="ignore", divide="ignore"):
        share, share_rest = a / of_column, b / (n - of_column)
    table = pd.DataFrame(
        {
            "row": np.repeat(np.asarray(rows.columns, dtype=object), len(columns.columns)),
            "column": np.tile(np.asarray(columns.columns, dtype=object), len(rows.columns)),
            "papers": a,
            "expected": np.round(of_row * of_column / max(n, 1), 2),
            "low": low,
            "high": high,
            "share": np.round(share, 4),
            "share_rest": np.round(share_rest, 4),
            "odds_ratio": np.round(np.exp(log_odds), 4),
            "odds_low": np.round(np.exp(log_odds - half), 4),
            "odds_high": np.round(np.exp(log_odds + half), 4),
            "p": p,
            "p_adjusted": adjusted_p(p),
        }
    )
    return table.round({"p": 6, "p_adjusted": 6})


def fisher(
    a: np.ndarray, of_row: np.ndarray, of_column: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fisher's exact test of many fourfold tables of n papers, each different table once.

    Parameters
    ----------
    a, of_row, of_column : (k,) integer arrays
        Papers with both attributes, with the first, with the second.
    n : int
        All papers.

    Returns
    -------
    p : (k,) array
        Two-sided.
    low, high : (k,) integer arrays
        Middle 95 % of the null.
    """
    from scipy.stats import fisher_exact, hypergeom

    tables, place = np.unique(np.column_stack([a, of_row, of_column]), axis=0, return_inverse=True)
    p = [
        float(fisher_exact([[both, row - both], [column - both, n - row - column + both]]).pvalue)
        for both, row, column in tables.tolist()
    ]
    low, high = hypergeom.ppf([[0.025], [0.975]], n, tables[:, 1], tables[:, 2]).astype(np.int64)
    place = place.ravel()
    return np.minimum(p, 1.0)[place], low[place], high[place]


def indicators(values: pd.Series) -> pd.DataFrame:
    """One boolean column per value of a series, in sorted order; missing values belong to none."""
    names = sorted(values.dropna().unique().tolist())
    return pd.DataFrame(
        {name: values.eq(name).fillna(False).to_numpy(dtype=bool) for name in names}, index=values.index
    )


def topics_by_dump(corpus: pd.DataFrame, papers: pd.DataFrame) -> pd.DataFrame:
    """Topic × dump: how many papers, and whether that is more or less than the dump's size explains.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``dumps``
    papers : DataFrame with ``paper_id`` and ``topic``

    Returns
    -------
    DataFrame
        As `cross_table`, its ``row`` called ``topic`` and its ``column`` called ``dump``.
    """
    member = memberships(corpus)
    topic_of = papers.set_index("paper_id")["topic"].reindex(member.index)
    cells = cross_table(indicators(topic_of), member)
    cells = cells.rename(columns={"row": "topic", "column": "dump"})
    cells["topic"] = cells["topic"].astype(np.int64)
    return cells


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
