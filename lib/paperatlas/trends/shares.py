"""Which paper belongs to which topic, term or source, and what share of each period's papers they are."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.intervals import adjusted_p, fisher_p, significant, wilson
from paperatlas.text import Terms, read_terms
from paperatlas.trends.periods import label, large_sources, last_finished, middle, period_numbers

# A share of fewer papers says next to nothing: with 10, one paper more or less moves it by 10 points.
FEW = 10
# A term is a subject if it stands in the title of this share of its papers, by itself in this share of its uses, and
# in the abstract of this share of its papers: what stands in titles alone ("reprint") is said of papers, not by them.
_IN_TITLES, _BY_ITSELF, _IN_ABSTRACTS = 0.15, 0.1, 0.5


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
        one_each = ("period", "time", "total", "sources")
        return self._replace(n=self.n[:, chosen], **{name: getattr(self, name)[chosen] for name in one_each})

    def steady(self) -> np.ndarray:
        """Share of each group in each cell if it hung on the sources alone, (m, c)."""
        _, of_sources = np.unique(self.sources, axis=0, return_inverse=True)
        same = (of_sources.reshape(-1, 1) == np.unique(of_sources)).astype(float)
        return np.asarray((self.n @ same / (self.total @ same)) @ same.T)


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
        ``paper_id``, ``term``, ``subject`` (whether the term names what papers are about: authors put it into titles
        and speak of it in abstracts, and it stands by itself): one row per use, sorted; feed it to `topic_trends`,
        `find_bursts` or `newcomers` with ``level="term"``.
    """
    abstracts = papers["abstract"].fillna("").tolist()
    terms = read_terms(papers["title"].tolist(), abstracts, min_papers=min_papers)
    place = {key: column for column, key in enumerate(terms.keys)}
    is_phrase = np.arange(len(place)) >= len(terms.vocabulary.words)
    kept = (is_phrase | ~terms.general) & ~terms.pieces
    short = {place[s]: place[long] for s, long in terms.abbreviations.items() if {s, long} <= place.keys()}
    told, subjects = pd.Series(terms.shown), _subjects(terms, np.array(abstracts) != "")
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


def _subjects(terms: Terms, has_abstract: np.ndarray) -> np.ndarray:
    """Which terms name what papers are about, (m,) booleans."""
    occurrences = np.asarray(terms.counts.sum(axis=0)).ravel()
    titled = np.bincount(terms.in_titles.indices, minlength=len(occurrences))
    rows = np.flatnonzero(has_abstract)
    of_these = np.asarray((terms.counts[rows] > 0).sum(axis=0)).ravel()
    in_abstracts = np.asarray((terms.counts[rows] > terms.in_titles[rows]).sum(axis=0)).ravel()
    spoken = in_abstracts >= _IN_ABSTRACTS * of_these
    named = np.array([" " in shown or shown != shown.lower() for shown in terms.shown], dtype=bool)
    known = np.isin(terms.keys, [*terms.abbreviations.values(), *terms.abbreviations])
    itself = terms.alone >= _BY_ITSELF * occurrences
    return spoken & (known | (named & itself & (titled >= _IN_TITLES * terms.n_papers)))


def topic_trends(
    papers: pd.DataFrame, topics: Assignments = None, *, level: str = "topic", period: str = "year"
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

    Returns
    -------
    DataFrame, one row per group and period, sorted
        Named by `level`, ``period`` ("2023", "2023-Q2", "2023-05"), ``n`` (papers of the group), ``total``
        (all dated papers of the period), ``share`` (n / total, missing if total is 0), ``low``, ``high``
        (95 % Wilson interval), ``time`` (middle of the period in years), ``few`` (total below 10), ``unfinished``
        (not every large source reaches the end of the period). Periods between the first and the last are
        complete, with zeros. ``attrs["period"]`` is the period.

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
    if "published" not in papers:
        raise AtlasError(f"papers lack the column 'published'; found {list(papers.columns)}; use add_dates")
    numbers = period_numbers(papers["published"], period)
    members = memberships(papers, topics, level=level)
    number_of = dict(zip(papers["paper_id"], numbers, strict=True))
    groups = sorted(members[level].unique().tolist())
    known = numbers.dropna().astype(int)
    span = list(range(known.min(), known.max() + 1)) if len(known) else []
    counted = members.assign(number=members["paper_id"].map(number_of)).dropna(subset="number")
    counts = counted.groupby([level, "number"]).size().to_dict()
    total = np.tile(known.value_counts().reindex(span, fill_value=0).to_numpy(dtype=np.int64), len(groups))
    n = np.array([counts.get((group, number), 0) for group in groups for number in span], dtype=np.int64)
    low, high = wilson(n, total)
    finished = last_finished(papers, period) if span else -1
    table = pd.DataFrame({level: np.repeat(np.array(groups, dtype=object), len(span))})
    table = table.astype({level: members[level].dtype})
    table["period"] = [label(number, period) for number in span] * len(groups)
    table["n"], table["total"] = n, total
    table["share"] = np.round(n / np.where(total, total, np.nan), 6)
    table["low"], table["high"] = np.round(low, 6), np.round(high, 6)
    table["time"] = [middle(number, period) for number in span] * len(groups)
    table["few"] = total < FEW
    table["unfinished"] = [number > finished for number in span] * len(groups)
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
        usable = usable[(totals >= FEW) & (usable <= last_finished(papers, period))]
    held = large_sources(papers)
    if within is not None:
        strata = sorted(within.dropna().unique())
        held |= {f"{within.name} {stratum}": within.eq(stratum).to_numpy(bool) for stratum in strata}
    kept = numbers.isin(usable).to_numpy()
    places = pd.DataFrame({"number": numbers[kept].astype(int), **{n: h[kept] for n, h in held.items()}})
    by_cell = places.groupby(list(places.columns), sort=True)
    cell_of = dict(zip(papers.loc[kept, "paper_id"], by_cell.ngroup(), strict=True))
    cells = by_cell.size().rename("total").reset_index()
    members = memberships(papers, topics, level=level)
    groups = sorted(members[level].unique().tolist())
    members = members[members["paper_id"].isin(list(cell_of))]
    row = members[level].map({group: place for place, group in enumerate(groups)}).to_numpy(dtype=np.int64)
    n = np.zeros((len(groups), len(cells)))
    np.add.at(n, (row, members["paper_id"].map(cell_of).to_numpy(dtype=np.int64)), 1.0)
    return Cells(
        groups,
        n,
        np.array([label(int(number), period) for number in cells["number"]], dtype=object),
        np.array([middle(int(number), period) for number in cells["number"]], dtype=float),
        cells["total"].to_numpy(dtype=float),
        cells[list(held)].to_numpy(dtype=bool),
        list(held),
    )


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
        ``p_adjusted``. ``attrs`` holds ``period``, and ``papers`` and ``dated`` of the whole.
    """
    dated = period_numbers(papers["published"], period).notna()
    members = memberships(papers, topics, level=level)
    members["dated"] = members["paper_id"].map(dict(zip(papers["paper_id"], dated, strict=True)))
    table = members.groupby(level)["dated"].agg(papers="size", dated="sum").reset_index()
    size, known = table["papers"].to_numpy(), table["dated"].to_numpy(dtype=np.int64)
    low, high = wilson(known, size)
    table["share"], table["low"], table["high"] = np.round([known / size, low, high], 6)
    p = fisher_p(known, size, np.full(len(size), dated.sum()), len(papers))
    table["p"] = [significant(value) for value in p]
    table["p_adjusted"] = [significant(value) for value in adjusted_p(p)]
    table.attrs = {"period": period, "papers": len(papers), "dated": int(dated.sum())}
    return table
