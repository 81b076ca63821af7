"""How many papers of each topic appeared in each period, and what share of the period they are."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.intervals import wilson
from paperatlas.trends.periods import (
    check_period,
    label,
    large_sources,
    last_finished,
    middle,
    period_numbers,
)

# A share of fewer papers says next to nothing: with 10, one paper more or less moves it by 10 points.
FEW = 10


class HasPapers(Protocol):
    """A topic model's result: one row per paper in ``papers``."""

    papers: pd.DataFrame


Assignments = HasPapers | pd.DataFrame | None


class Cells(NamedTuple):
    """Counts of m groups in c cells, the papers of one period that stand in the same large sources.

    ``groups`` (m), ``n`` and ``weighted`` (m, c), and for each cell ``period``, ``time`` (its middle in years),
    ``total`` (all its papers) and ``sources`` (c, s booleans, for the s large sources named in ``names``).
    """

    groups: list[object]
    n: np.ndarray
    weighted: np.ndarray
    period: np.ndarray
    time: np.ndarray
    total: np.ndarray
    sources: np.ndarray
    names: list[str]


def memberships_of(topics: HasPapers, level: str) -> pd.DataFrame:
    """``paper_id``, the node of `level` that the paper belongs to, and ``confidence`` where there is one."""
    if level not in topics.papers:
        return topics.papers
    kept = [c for c in ("paper_id", level, "confidence") if c in topics.papers]
    return topics.papers.loc[topics.papers[level].notna(), kept]


def topic_trends(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    level: str = "topic",
    period: str = "year",
    weight: str | None = None,
    as_of: str | None = None,
) -> pd.DataFrame:
    """Papers of each topic per period, as counts and as shares of all dated papers of the period.

    Parameters
    ----------
    papers : DataFrame of n papers
        ``paper_id``, ``published`` ("YYYY-MM", "YYYY" or missing), ``dumps`` (tuples of sources) where a paper has
        any, and column `level` if `topics` has none.
    topics : object with a DataFrame ``papers``, or DataFrame, optional
        ``paper_id`` and column `level`, one row per membership: a paper may belong to several groups (terms,
        ledger entries) or to none.
    level : str
        Column that names the groups: ``"theme"``, ``"topic"``, ``"subtopic"``, or of other memberships
        ``"term"``, ``"entry"``, ``"dumps"``, … Lists and tuples in it stand for several groups.
    period : {"year", "quarter", "month"}
        Papers dated to the year only count in years; in quarters and months they are left out.
    weight : str, optional
        Column with the weight of a membership in [0, 1]; ``"confidence"`` where there is one.
    as_of : str, optional
        Last month ("YYYY-MM") the papers cover completely; by default as far as every large source reaches.

    Returns
    -------
    DataFrame, one row per group and period, sorted
        Named by `level`, ``period`` ("2023", "2023-Q2", "2023-05"), ``n`` (papers of the group), ``total``
        (all dated papers of the period), ``share`` (n / total, missing if total is 0), ``low``, ``high``
        (95 % Wilson interval), ``weighted_n``, ``weighted_share`` (each paper counted with its
        confidence), ``time`` (middle of the period in years), ``few`` (total below 10), ``unfinished``
        (not every large source reaches the end of the period). Periods between the first and the last are
        complete, with zeros.

        ``attrs``: ``level``, ``period``, ``papers``, ``undated`` and ``year_only`` (papers left out).

    Raises
    ------
    AtlasError
        If a column is missing, a weight lies outside [0, 1], or a date is malformed.

    Notes
    -----
    Wilson's interval (Wilson 1927) is used and not Jeffreys': both keep their level at few papers (Brown,
    Cai, DasGupta 2001), and Wilson's is a closed form, the same on every machine. The share is one of this
    pile, which is the answer to a search; one topic's boom lowers the share of all others.
    """
    check_period(period)
    if missing := {"paper_id", "published"} - set(papers.columns):
        raise AtlasError(
            f"papers lack the columns {sorted(missing)}; found {list(papers.columns)}; use add_dates"
        )
    numbers = period_numbers(papers["published"], period)
    dated = numbers.notna()
    members = memberships(papers, topics, level=level, weight=weight)
    members["number"] = members["paper_id"].map(dict(zip(papers["paper_id"], numbers, strict=True)))
    groups = sorted(members[level].unique().tolist(), key=_group_order)
    if not dated.any():
        table = pd.DataFrame({level: pd.Series(dtype=members[level].dtype)})
        span: list[int] = []
    else:
        span = list(range(int(numbers.min()), int(numbers.max()) + 1))
        table = pd.DataFrame({level: [group for group in groups for _ in span]}).astype(
            {level: members[level].dtype}
        )
    totals = numbers[dated].astype(int).value_counts()
    members = members[members["number"].notna()]
    cells = members.groupby([level, members["number"].astype(int)])["weight"]
    counts = cells.size().to_dict()
    # fsum: the same sum for every order of the rows.
    weights = cells.agg(math.fsum).to_dict() if len(members) else {}
    keys = [(group, number) for group in groups for number in span]
    total = np.array([int(totals.get(number, 0)) for _, number in keys], dtype=np.int64)
    n = np.array([int(counts.get(key, 0)) for key in keys], dtype=np.int64)
    weighted = np.array([weights.get(key, 0.0) for key in keys], dtype=np.float64)
    low, high = wilson(n, total)
    finished = last_finished(papers, period, as_of) if span else -1
    table["period"] = [label(number, period) for _, number in keys]
    table["n"], table["total"] = n, total
    with np.errstate(invalid="ignore"):
        table["share"] = np.round(n / np.where(total, total, np.nan), 6)
        table["low"], table["high"] = np.round(low, 6), np.round(high, 6)
        table["weighted_n"] = np.round(weighted, 4)
        table["weighted_share"] = np.round(weighted / np.where(total, total, np.nan), 6)
    table["time"] = [middle(number, period) for _, number in keys]
    table["few"] = total < FEW
    table["unfinished"] = [number > finished for _, number in keys]
    missing_date = papers["published"].isna() | papers["published"].eq("")
    table.attrs = {
        "level": level,
        "period": period,
        "papers": len(papers),
        "undated": int(missing_date.sum()),
        "year_only": int((~dated & ~missing_date).sum()),
    }
    return table


def count_cells(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    level: str = "topic",
    period: str = "year",
    weight: str | None = None,
    as_of: str | None = None,
    within: Assignments = None,
    finished: bool = True,
) -> Cells:
    """Papers of each group by period and by the large sources they stand in; `topic_trends` has the parameters.

    Only finished periods with at least 10 papers are counted; without `finished` every period is. A paper that stands in several sources is one
    paper of the cell of exactly these; to count it in each would count it twice. Topics given as `within`
    count as sources.
    """
    numbers = period_numbers(papers["published"], period)
    totals = numbers.dropna().astype(int).value_counts()
    usable = totals.index
    if finished:
        usable = usable[(totals >= FEW) & (usable <= last_finished(papers, period, as_of))]
    held = large_sources(papers)
    if within is not None:
        topic_of = memberships(papers, within, level="topic").set_index("paper_id")["topic"]
        topic_of = papers["paper_id"].map(topic_of)
        held |= {f"topic {t}": topic_of.eq(t).to_numpy(bool) for t in sorted(topic_of.dropna().unique())}
    kept = numbers.isin(usable).to_numpy()
    places = pd.DataFrame({"number": numbers[kept].astype(int), **{n: h[kept] for n, h in held.items()}})
    cells = places.drop_duplicates().sort_values(list(places.columns), ignore_index=True)
    number_of = {tuple(cell): place for place, cell in enumerate(cells.itertuples(index=False))}
    cell_of = {
        paper: number_of[tuple(row)]
        for paper, row in zip(papers.loc[kept, "paper_id"], places.itertuples(index=False), strict=True)
    }
    members = memberships(papers, topics, level=level, weight=weight)
    groups = sorted(members[level].unique().tolist(), key=_group_order)
    members = members[members["paper_id"].isin(list(cell_of))]
    row = members[level].map({group: place for place, group in enumerate(groups)}).to_numpy(dtype=np.int64)
    column = members["paper_id"].map(cell_of).to_numpy(dtype=np.int64)
    n, weighted = np.zeros((2, len(groups), len(cells)))
    np.add.at(n, (row, column), 1.0)
    np.add.at(weighted, (row, column), members["weight"].to_numpy(dtype=float))
    return Cells(
        groups,
        n,
        weighted,
        np.array([label(int(number), period) for number in cells["number"]], dtype=object),
        np.array([middle(int(number), period) for number in cells["number"]], dtype=float),
        np.bincount(list(cell_of.values()), minlength=len(cells)).astype(float),
        cells[list(held)].to_numpy(dtype=bool),
        list(held),
    )


def memberships(
    papers: pd.DataFrame, topics: Assignments = None, *, level: str = "topic", weight: str | None = None
) -> pd.DataFrame:
    """Which paper belongs to which group: ``paper_id``, column `level`, ``weight``; each pair once.

    Only papers of `papers` are kept. A pair that is given several times has the greatest of its weights.

    Raises
    ------
    AtlasError
        If neither table has the column, or a weight lies outside [0, 1].
    """
    assigned = topics if isinstance(topics, pd.DataFrame) or topics is None else memberships_of(topics, level)
    table = next((t for t in (assigned, papers) if t is not None and level in t.columns), None)
    if table is None:
        found = list(papers.columns) + ([] if assigned is None else list(assigned.columns))
        raise AtlasError(f"no column {level!r} to group papers by; found {', '.join(map(str, found))}")
    if "paper_id" not in table.columns:
        raise AtlasError(f"expected a column 'paper_id' beside {level!r}; found {list(table.columns)}")
    weight_column = weight or ("confidence" if "confidence" in table.columns else None)
    if weight_column is not None and weight_column not in table.columns:
        raise AtlasError(f"no column {weight_column!r} for weights; found {list(table.columns)}")
    members = pd.DataFrame({"paper_id": table["paper_id"], level: table[level]})
    members["weight"] = 1.0 if weight_column is None else table[weight_column].astype(float)
    if members[level].map(lambda value: isinstance(value, list | tuple | np.ndarray)).any():
        members = members.explode(level)
    members = members.loc[members[level].notna() & members["paper_id"].isin(papers["paper_id"])]
    if not members["weight"].between(0, 1).all():
        wrong = members.loc[~members["weight"].between(0, 1)].iloc[0]
        raise AtlasError(
            f"weights lie in [0, 1]; found {wrong['weight']} for paper {wrong['paper_id']} "
            f"in column {weight_column!r}"
        )
    greatest = members.groupby([level, "paper_id"], sort=True)["weight"].max().reset_index()
    return greatest[["paper_id", level, "weight"]]


def _group_order(group: object) -> tuple[int, float, str]:
    """Numbers by value before texts by code point."""
    if isinstance(group, int | float | np.number):
        return (0, float(group), "")
    return (1, 0.0, str(group))
