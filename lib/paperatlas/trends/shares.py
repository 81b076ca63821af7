"""Which paper belongs to which topic, term or source, and what share of each period's papers they are."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from paperatlas.compare.sources import papers_by_source
from paperatlas.errors import AtlasError
from paperatlas.intervals import adjusted_p, fisher_p, significant, wilson
from paperatlas.text import read_terms
from paperatlas.topics.names import Candidates

if TYPE_CHECKING:
    from paperatlas.topics import Topics

# A share of fewer papers says next to nothing: with 10, one paper more or less moves it by 10 points.
FEW = 10
# A source with this share of the dated papers is large.
LARGE = 0.1
# Periods in a year.
_PER_YEAR = {"year": 1, "quarter": 4, "month": 12}
# Terms of at least this termhood that are phrases or names may be what papers are about.
_SUBJECT = 0.22


Assignments: TypeAlias = "Topics | pd.DataFrame | None"


class Cells(NamedTuple):
    """Counts of m groups in c cells, the papers of one period that stand in the same large sources.

    ``groups`` (m), ``n`` (m, c), and for each cell ``period``, ``time`` (its middle in years), ``total`` (all its
    papers) and ``sources`` (c, s booleans, for the s large sources named in ``names``).
    """

    groups: list[object]
    n: np.ndarray
    period: np.ndarray
    time: np.ndarray
    total: np.ndarray
    sources: np.ndarray
    names: list[str]

    def rows(self, chosen: np.ndarray) -> Cells:
        """The groups of an (m,) mask."""
        return self._replace(groups=[*compress(self.groups, chosen)], n=self.n[chosen])

    def columns(self, chosen: np.ndarray) -> Cells:
        """The cells of a (c,) mask."""
        one_each = ("period", "time", "total", "sources")
        return self._replace(n=self.n[:, chosen], **{name: getattr(self, name)[chosen] for name in one_each})

    def steady(self) -> np.ndarray:
        """Share of each group in each cell if it hung on the sources alone, (m, c)."""
        _, of_sources = np.unique(self.sources, axis=0, return_inverse=True)
        same = (of_sources.reshape(-1, 1) == np.unique(of_sources)).astype(float)
        return np.asarray((self.n @ same / (self.total @ same)) @ same.T)


def period_numbers(published: pd.Series, period: str) -> pd.Series:
    """Periods counted from the year 0 (Int64), missing where a date is missing or too coarse for the period."""
    if period not in _PER_YEAR:
        raise AtlasError(f"period is one of {', '.join(_PER_YEAR)}; found {period!r}")
    published = pd.Series(published.to_numpy(), index=published.index)  # attrs are copied at every step
    text = published.astype("str")
    missing = published.isna() | text.eq("")
    wrong = ~missing & ~text.str.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?")
    if wrong.any():
        row = wrong[wrong].index[0]
        raise AtlasError(
            f"published, row {row!r}: expected YYYY-MM or YYYY, found {text[row]!r}; use add_dates to date papers"
        )
    year = pd.to_numeric(text.str[:4].where(~missing)).astype("Int64")
    if period == "year":
        return year
    month = pd.to_numeric(text.str[5:7].where(~missing & text.str.len().eq(7))).astype("Int64")
    return year * _PER_YEAR[period] + (month - 1) * _PER_YEAR[period] // 12


def label(number: int, period: str) -> str:
    """Name of a period: "2023", "2023-Q2" or "2023-05"."""
    year, part = divmod(number, _PER_YEAR[period])
    return f"{year:04d}" + {"year": "", "quarter": f"-Q{part + 1}", "month": f"-{part + 1:02d}"}[period]


def _middle(number: int, period: str) -> float:
    """Middle of a period in years, for instance 2023.5 for the year 2023."""
    return round((number + 0.5) / _PER_YEAR[period], 6)


def large_sources(papers: pd.DataFrame) -> pd.DataFrame:
    """Which papers stand in each source that holds a tenth of the dated papers or more: paper × source booleans.

    No column without ``dumps``. Smaller sources are too many to tell apart.
    """
    if "dumps" not in papers:
        return pd.DataFrame(index=papers.index)
    dated = (papers["published"].notna() & papers["published"].ne("")).to_numpy()
    held, least = papers_by_source(papers).set_axis(papers.index), max(LARGE * dated.sum(), 1)
    return held[[name for name, own in held.items() if own[dated].sum() >= least]]


def last_finished(papers: pd.DataFrame, period: str) -> int:
    """Number of the last period that is over, which is when every large source reaches its last month; -1 without dates.

    The newest month says how far a source reaches, unless most papers of its last year are dated to the year only, as in
    proceedings: then the year is taken to be complete.
    """
    each = [papers["published"][held] for _, held in large_sources(papers).items()]
    reached = min(_reached(published, period) for published in each or [papers["published"]])
    return -1 if reached < 0 else (reached + 1) * _PER_YEAR[period] // 12 - 1


def _reached(published: pd.Series, period: str) -> int:
    """Last month that papers with these dates cover; -1 without dates."""
    years = period_numbers(published, "year").dropna()
    if years.empty:
        return -1
    last = int(years.max())
    months = period_numbers(published, "month").loc[years.index[years == last]].dropna()
    if 2 * len(months) < (years == last).sum():
        return last * 12 + 11
    # The newest month itself may be under way.
    return int(months.max()) - (1 if period == "month" else 0)


def memberships(papers: pd.DataFrame, topics: Assignments = None, *, level: str = "topic") -> pd.DataFrame:
    """Which paper of `papers` belongs to which groups: ``paper_id`` and column `level`, each pair once, sorted."""
    assigned = topics.papers if topics is not None and not isinstance(topics, pd.DataFrame) else topics
    table = next((t for t in (assigned, papers) if t is not None and level in t.columns), None)
    if table is None:
        found = list(papers.columns) + ([] if assigned is None else list(assigned.columns))
        raise AtlasError(f"no column {level!r} to group papers by; found {', '.join(map(str, found))}")
    members = table[["paper_id", level]].explode(level)
    members = members[members[level].notna() & members["paper_id"].isin(papers["paper_id"])]
    return members.drop_duplicates().sort_values([level, "paper_id"], ignore_index=True)


def term_memberships(papers: pd.DataFrame, *, min_papers: int = 8, max_share: float = 0.4) -> pd.DataFrame:
    """Words and phrases of titles and abstracts, and the papers that use them, however often they do.

    Terms are those of `paperatlas.text`, but for general words and pieces of longer phrases; an abbreviation counts as
    what it stands for.

    Parameters
    ----------
    papers : DataFrame
        ``paper_id``, ``title``, ``abstract``.
    min_papers, max_share
        Rarer terms, and terms in a greater share of the papers, are left out.

    Returns
    -------
    DataFrame
        ``paper_id``, ``term``, ``subject`` (whether authors would choose the term as a keyword, by its `Candidates`
        termhood): one row per use, sorted, for `topic_trends` and its like with ``level="term"``.
    """
    titles, abstracts = papers["title"].tolist(), papers["abstract"].fillna("").tolist()
    terms = read_terms(titles, abstracts, min_papers=min_papers)
    candidates, shown = Candidates.of(terms), pd.Series(terms.shown, dtype=object)
    several = np.array([" " in key for key in terms.keys], dtype=bool)
    names = shown.where(~shown.duplicated(keep=False), pd.Series(terms.keys, dtype=object)).to_numpy()
    named = shown.str.contains(" ", regex=False) | (shown != shown.str.lower())
    subject = named.to_numpy() & (candidates.termhood >= _SUBJECT)
    often = candidates.holds.sum(axis=0) > max_share * len(papers)
    kept = np.flatnonzero((several | ~terms.general) & ~terms.pieces & ~often)
    paper, column = candidates.holds[:, kept].nonzero()
    uses = {"paper_id": papers["paper_id"].to_numpy()[paper], "term": names[kept][column]}
    table = pd.DataFrame({**uses, "subject": subject[kept][column]})
    table = table.astype({"paper_id": "str", "term": "str", "subject": bool})
    return table.sort_values(["term", "paper_id"], ignore_index=True)


def topic_trends(
    papers: pd.DataFrame, topics: Assignments = None, *, level: str = "topic", period: str = "year"
) -> pd.DataFrame:
    """Papers of each topic per period, as counts and as shares of all dated papers of the period.

    Parameters
    ----------
    papers : DataFrame of n papers
        ``paper_id``, ``published`` ("YYYY-MM", "YYYY" or missing), ``dumps`` (tuples of sources) where there are any.
    topics : Topics or DataFrame, optional
        ``paper_id`` and column `level`, one row per membership; by default `papers` have that column.
    level : str
        ``"theme"``, ``"topic"``, ``"subtopic"``, or of other memberships ``"term"``, ``"entry"``, ``"dumps"``, …
    period : {"year", "quarter", "month"}
        Papers dated to the year only count in years.

    Returns
    -------
    DataFrame, one row per group and period, sorted
        Named by `level`, ``period`` ("2023", "2023-Q2", "2023-05"), ``n`` (papers of the group), ``total`` (all dated
        papers of the period), ``share`` (missing if total is 0), ``low``, ``high`` (95 % Wilson interval, which keeps its
        level at few papers and is the same on every machine: Brown, Cai, DasGupta 2001), ``time`` (middle of the period
        in years), ``few`` (total below 10), ``unfinished`` (a large source does not reach the end of the period). Periods
        between the first and the last are complete. ``attrs["period"]`` is the period.

    Raises
    ------
    AtlasError
        If a column is missing or a date is malformed.
    """
    if "published" not in papers:
        raise AtlasError(f"papers lack the column 'published'; found {list(papers.columns)}; use add_dates")
    known = period_numbers(papers["published"], period).dropna().astype(int)
    span = range(known.min(), known.max() + 1) if len(known) else range(0)
    names = [label(number, period) for number in span]
    cells = count_cells(papers, topics, level=level, period=period, finished=False)
    same = (cells.period[:, None] == np.array(names, dtype=object)).astype(float)
    n = (cells.n @ same).astype(np.int64).ravel()
    of_each = pd.DataFrame({"period": names, "total": (cells.total @ same).astype(np.int64)})
    of_each["time"] = [_middle(number, period) for number in span]
    of_each["few"] = of_each["total"] < FEW
    of_each["unfinished"] = np.array(span) > last_finished(papers, period)
    table = pd.DataFrame({level: cells.groups}).merge(of_each, how="cross")
    low, high = wilson(n, table["total"].to_numpy())
    share = (n / table["total"].where(table["total"] > 0)).round(6)
    table = table.assign(n=n, share=share, low=low.round(6), high=high.round(6))
    table = table[[level, "period", "n", "total", "share", "low", "high", "time", "few", "unfinished"]]
    table.attrs = {"period": period}
    return table


def count_cells(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    level: str = "topic",
    period: str = "year",
    within: pd.Series | None = None,
    finished: bool = True,
) -> Cells:
    """Papers of each group by period and by the large sources they stand in; `topic_trends` has the parameters.

    A paper that stands in several sources counts once, in the cell of exactly these. The strata `within`, a paper's topic
    or how long its abstract is, count as sources. Only finished periods with at least 10 papers count, unless `finished`
    is false.
    """
    numbers = period_numbers(papers["published"], period)
    totals = numbers.dropna().astype(int).value_counts()
    usable = totals.index
    if finished:
        usable = usable[(totals >= FEW) & (usable <= last_finished(papers, period))]
    held = large_sources(papers)
    if within is not None:
        strata = sorted(within.dropna().unique())
        held = held.assign(
            **{f"{within.name} {stratum}": within.eq(stratum).to_numpy(bool) for stratum in strata}
        )
    kept = numbers.isin(usable).to_numpy()
    # By place and not by name: a source may be called anything.
    places = np.column_stack([numbers[kept].astype(int), held[kept].to_numpy(dtype=int)])
    cells, cell_of, total = np.unique(places, axis=0, return_inverse=True, return_counts=True)
    members = memberships(papers, topics, level=level)
    cell = members["paper_id"].map(dict(zip(papers.loc[kept, "paper_id"], cell_of.ravel(), strict=True)))
    groups = members[level].unique()
    n = pd.crosstab(members[level], cell).reindex(groups, columns=range(len(cells)), fill_value=0)
    return Cells(
        groups.tolist(),
        n.to_numpy(dtype=float),
        np.array([label(number, period) for number in cells[:, 0].tolist()], dtype=object),
        np.array([_middle(number, period) for number in cells[:, 0].tolist()], dtype=float),
        total.astype(float),
        cells[:, 1:].astype(bool),
        held.columns.tolist(),
    )


def date_coverage(
    papers: pd.DataFrame, topics: Assignments = None, *, level: str = "dumps", period: str = "year"
) -> pd.DataFrame:
    """Share of each group's papers that have a date fine enough for a period; `topic_trends` has the parameters.

    One row per group: ``papers``, ``dated``, ``share`` with its 95 % Wilson interval ``low`` to ``high``, and ``p`` and
    ``p_adjusted`` of Fisher's exact test of the group against all others (adjusted as Benjamini and Hochberg 1995);
    ``attrs`` holds ``period``, and ``papers`` and ``dated`` of the whole.
    """
    dated = period_numbers(papers["published"], period).notna()
    members = memberships(papers, topics, level=level)
    members["dated"] = members["paper_id"].map(dict(zip(papers["paper_id"], dated, strict=True)))
    table = members.groupby(level)["dated"].agg(papers="size", dated="sum").reset_index()
    size, known = table["papers"].to_numpy(), table["dated"].to_numpy(dtype=np.int64)
    p = fisher_p(known, size, np.full(len(size), dated.sum()), len(papers))
    table["share"], table["low"], table["high"] = np.round([known / size, *wilson(known, size)], 6)
    table["p"], table["p_adjusted"] = p, adjusted_p(p)
    table = significant(table, "p", "p_adjusted")
    table.attrs = {"period": period, "papers": len(papers), "dated": int(dated.sum())}
    return table
