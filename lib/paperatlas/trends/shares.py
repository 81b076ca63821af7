"""Which paper belongs to which topic, term or source, and what share of each period's papers they are."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.intervals import adjusted_p, significant, wilson
from paperatlas.text import Terms, read_terms
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
# A term is a subject if it stands in the title of this share of its papers, and by itself in this share of its uses.
_IN_TITLES, _BY_ITSELF = 0.15, 0.1


class HasPapers(Protocol):
    """A topic model's result: one row per paper in ``papers``."""

    papers: pd.DataFrame


Assignments = HasPapers | pd.DataFrame | None


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
        groups = [group for group, wanted in zip(self.groups, chosen, strict=True) if wanted]
        return self._replace(groups=groups, n=self.n[chosen])

    def columns(self, chosen: np.ndarray) -> Cells:
        """The cells of a (c,) mask."""
        return Cells(
            self.groups,
            self.n[:, chosen],
            self.period[chosen],
            self.time[chosen],
            self.total[chosen],
            self.sources[chosen],
            self.names,
        )


def memberships(papers: pd.DataFrame, topics: Assignments = None, *, level: str = "topic") -> pd.DataFrame:
    """Which paper belongs to which group: ``paper_id`` and column `level`, each pair once, sorted.

    Only papers of `papers` are kept. Lists and tuples stand for several groups.

    Raises
    ------
    AtlasError
        If neither table has the column.
    """
    assigned = topics.papers if topics is not None and not isinstance(topics, pd.DataFrame) else topics
    table = next((t for t in (assigned, papers) if t is not None and level in t.columns), None)
    if table is None:
        found = list(papers.columns) + ([] if assigned is None else list(assigned.columns))
        raise AtlasError(f"no column {level!r} to group papers by; found {', '.join(map(str, found))}")
    if "paper_id" not in table.columns:
        raise AtlasError(f"expected a column 'paper_id' beside {level!r}; found {list(table.columns)}")
    members = table[["paper_id", level]]
    if members[level].map(lambda value: isinstance(value, list | tuple | np.ndarray)).any():
        members = members.explode(level)
    members = members[members[level].notna() & members["paper_id"].isin(papers["paper_id"])]
    return members.drop_duplicates().sort_values([level, "paper_id"], ignore_index=True)


def term_memberships(papers: pd.DataFrame, *, min_papers: int = 8, max_share: float = 0.4) -> pd.DataFrame:
    """Words and phrases of titles and abstracts, and the papers that use them.

    A paper uses a term or it does not; how often it does is not counted. Terms are those of `paperatlas.text`, but for
    general words and pieces of longer phrases; an abbreviation counts as what it stands for.

    Parameters
    ----------
    papers : DataFrame of n papers
        ``paper_id``, ``title``, ``abstract``.
    min_papers : int
        Rarer terms are left out.
    max_share : float
        Terms in a greater share of the papers are left out: they belong to the field, not to a trend in it.

    Returns
    -------
    DataFrame
        ``paper_id``, ``term``, ``subject`` (whether the term names what papers are about: authors put it into titles,
        and it stands by itself): one row per use, sorted; feed it to `topic_trends`, `find_bursts` or `newcomers`
        with ``level="term"``.
    """
    terms = read_terms(
        papers["title"].tolist(), papers["abstract"].fillna("").tolist(), min_papers=min_papers
    )
    place = {key: column for column, key in enumerate(terms.keys)}
    is_phrase = np.arange(len(place)) >= len(terms.vocabulary.words)
    kept = (is_phrase | ~terms.general) & ~terms.pieces
    short = {place[s]: place[long] for s, long in terms.abbreviations.items() if {s, long} <= place.keys()}
    told, subjects = pd.Series(terms.shown), _subjects(terms)
    told = told.where(~told.duplicated(keep=False), pd.Series(terms.keys))
    uses = terms.counts.tocoo()
    column = pd.Series(uses.col).replace(short).to_numpy()
    chosen = kept[column]
    table = pd.DataFrame(
        {
            "paper_id": papers["paper_id"].to_numpy()[uses.row[chosen]],
            "term": told.to_numpy(dtype=object)[column[chosen]],
            "subject": subjects[column[chosen]],
        }
    ).astype({"paper_id": "str", "term": "str", "subject": bool})
    table = table.drop_duplicates()
    table = table[table.groupby("term")["term"].transform("size") <= max_share * len(papers)]
    return table.sort_values(["term", "paper_id"], ignore_index=True)


def _subjects(terms: Terms) -> np.ndarray:
    """Which terms name what papers are about, (m,) booleans."""
    occurrences = np.asarray(terms.counts.sum(axis=0)).ravel()
    titled = np.bincount(terms.in_titles.indices, minlength=len(occurrences))
    named = np.array([" " in shown or shown != shown.lower() for shown in terms.shown], dtype=bool)
    known = np.isin(terms.keys, [*terms.abbreviations.values(), *terms.abbreviations])
    itself = terms.alone >= _BY_ITSELF * occurrences
    return known | (named & itself & (titled >= _IN_TITLES * terms.n_papers))


def topic_trends(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    level: str = "topic",
    period: str = "year",
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
        ``"term"``, ``"entry"``, ``"dumps"``, …
    period : {"year", "quarter", "month"}
        Papers dated to the year only count in years; in quarters and months they are left out.
    as_of : str, optional
        Last month ("YYYY-MM") the papers cover completely; by default as far as every large source reaches.

    Returns
    -------
    DataFrame, one row per group and period, sorted
        Named by `level`, ``period`` ("2023", "2023-Q2", "2023-05"), ``n`` (papers of the group), ``total``
        (all dated papers of the period), ``share`` (n / total, missing if total is 0), ``low``, ``high``
        (95 % Wilson interval), ``time`` (middle of the period in years), ``few`` (total below 10), ``unfinished``
        (not every large source reaches the end of the period). Periods between the first and the last are
        complete, with zeros. ``attrs``: ``level``, ``period``, ``papers``, ``undated`` and ``year_only`` (papers
        left out).

    Raises
    ------
    AtlasError
        If a column is missing or a date is malformed.

    Notes
    -----
    Wilson's interval (Wilson 1927) is used and not Jeffreys': both keep their level at few papers (Brown,
    Cai, DasGupta 2001), and Wilson's is a closed form, the same on every machine. The share is one of this
    pile, which was chosen by somebody; one topic's boom lowers the share of all others.
    """
    check_period(period)
    if missing := {"paper_id", "published"} - set(papers.columns):
        raise AtlasError(
            f"papers lack the columns {sorted(missing)}; found {list(papers.columns)}; use add_dates"
        )
    numbers = period_numbers(papers["published"], period)
    dated = numbers.notna()
    members = memberships(papers, topics, level=level)
    number_of = members["paper_id"].map(dict(zip(papers["paper_id"], numbers, strict=True)))
    groups = sorted(members[level].unique().tolist(), key=_group_order)
    span = list(range(int(numbers.min()), int(numbers.max()) + 1)) if dated.any() else []
    totals = numbers[dated].astype(int).value_counts()
    inside = number_of.notna()
    counts = members[inside].groupby([level, number_of[inside].astype(int)]).size().to_dict()
    keys = [(group, number) for group in groups for number in span]
    total = np.array([int(totals.get(number, 0)) for _, number in keys], dtype=np.int64)
    n = np.array([int(counts.get(key, 0)) for key in keys], dtype=np.int64)
    low, high = wilson(n, total)
    finished = last_finished(papers, period, as_of) if span else -1
    table = pd.DataFrame({level: [group for group, _ in keys]}).astype({level: members[level].dtype})
    table["period"] = [label(number, period) for _, number in keys]
    table["n"], table["total"] = n, total
    table["share"] = np.round(n / np.where(total, total, np.nan), 6)
    table["low"], table["high"] = np.round(low, 6), np.round(high, 6)
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
    as_of: str | None = None,
    within: pd.Series | None = None,
    finished: bool = True,
) -> Cells:
    """Papers of each group by period and by the large sources they stand in; `topic_trends` has the parameters.

    A paper that stands in several sources is one paper of the cell of exactly these; to count it in each would count
    it twice.

    Parameters
    ----------
    within : Series of the length of `papers`, optional
        Further strata, which count as sources: the paper's topic, or how long its abstract is.
    finished : bool
        Count finished periods with at least 10 papers only, and not every period.
    """
    numbers = period_numbers(papers["published"], period)
    totals = numbers.dropna().astype(int).value_counts()
    usable = totals.index
    if finished:
        usable = usable[(totals >= FEW) & (usable <= last_finished(papers, period, as_of))]
    held = large_sources(papers)
    if within is not None:
        strata = sorted(within.dropna().unique())
        held |= {f"{within.name} {stratum}": within.eq(stratum).to_numpy(bool) for stratum in strata}
    kept = numbers.isin(usable).to_numpy()
    places = pd.DataFrame({"number": numbers[kept].astype(int), **{n: h[kept] for n, h in held.items()}})
    cells = places.drop_duplicates().sort_values(list(places.columns), ignore_index=True)
    number_of = {tuple(cell): place for place, cell in enumerate(cells.itertuples(index=False))}
    cell_of = {
        paper: number_of[tuple(row)]
        for paper, row in zip(papers.loc[kept, "paper_id"], places.itertuples(index=False), strict=True)
    }
    members = memberships(papers, topics, level=level)
    groups = sorted(members[level].unique().tolist(), key=_group_order)
    members = members[members["paper_id"].isin(list(cell_of))]
    row = members[level].map({group: place for place, group in enumerate(groups)}).to_numpy(dtype=np.int64)
    n = np.zeros((len(groups), len(cells)))
    np.add.at(n, (row, members["paper_id"].map(cell_of).to_numpy(dtype=np.int64)), 1.0)
    return Cells(
        groups,
        n,
        np.array([label(int(number), period) for number in cells["number"]], dtype=object),
        np.array([middle(int(number), period) for number in cells["number"]], dtype=float),
        np.bincount(list(cell_of.values()), minlength=len(cells)).astype(float),
        cells[list(held)].to_numpy(dtype=bool),
        list(held),
    )


def papers_behind(
    papers: pd.DataFrame,
    topics: Assignments = None,
    *,
    group: object,
    level: str = "topic",
    period: str = "year",
    start: str = "",
    end: str = "9999",
) -> pd.DataFrame:
    """Papers of one group between two periods, both included: rows of `papers` with ``period``, oldest first."""
    members = memberships(papers, topics, level=level)
    own = papers["paper_id"].isin(members.loc[members[level] == group, "paper_id"])
    numbers = period_numbers(papers["published"], period)
    found = papers[own & numbers.notna()]
    found = found.assign(period=[label(int(number), period) for number in numbers[found.index]])
    found = found[found["period"].between(start, end)]
    return found.sort_values(["published", "paper_id"], ignore_index=True)


def date_coverage(
    papers: pd.DataFrame, topics: Assignments = None, *, level: str = "dumps", period: str = "year"
) -> pd.DataFrame:
    """Share of each group's papers that have a date fine enough for a period.

    Null: whether a paper has a date does not depend on its group. Test: Fisher's exact test, two-sided, of
    the group against all other papers. Correction: Benjamini and Hochberg (1995) over all groups.

    Parameters
    ----------
    papers, topics, level, period
        As for `topic_trends`; a paper dated to the year only is not dated for quarters and months.

    Returns
    -------
    DataFrame, one row per group
        The group, ``papers``, ``dated``, ``share`` with its 95 % Wilson interval ``low`` to ``high``, ``p``,
        ``p_adjusted``. ``attrs`` holds ``papers`` and ``dated`` of the whole.
    """
    from scipy.stats import fisher_exact

    dated = period_numbers(papers["published"], period).notna()
    members = memberships(papers, topics, level=level)
    members["dated"] = members["paper_id"].map(dict(zip(papers["paper_id"], dated, strict=True)))
    table = members.groupby(level)["dated"].agg(papers="size", dated="sum").reset_index()
    total, known = len(papers), int(dated.sum())
    low, high = wilson(table["dated"].to_numpy(), table["papers"].to_numpy())
    table["share"] = np.round(table["dated"] / table["papers"], 6)
    table["low"], table["high"] = np.round(low, 6), np.round(high, 6)
    p = [
        float(fisher_exact([[own, size - own], [known - own, total - size - (known - own)]]).pvalue)
        for size, own in table[["papers", "dated"]].itertuples(index=False)
    ]
    table["p"] = [significant(min(value, 1.0)) for value in p]
    table["p_adjusted"] = [significant(min(float(value), 1.0)) for value in adjusted_p(np.array(p))]
    table.attrs = {"level": level, "period": period, "papers": total, "dated": known}
    return table


def _group_order(group: object) -> tuple[int, float, str]:
    """Numbers by value before texts by code point."""
    if isinstance(group, int | float | np.number):
        return (0, float(group), "")
    return (1, 0.0, str(group))
