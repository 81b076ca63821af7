"""Years, quarters and months as numbers, and which of them are finished."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError

# A source with this share of the dated papers is large.
LARGE = 0.1
# Periods in a year.
_PER_YEAR = {"year": 1, "quarter": 4, "month": 12}


def period_numbers(published: pd.Series, period: str) -> pd.Series:
    """Periods counted from the year 0, missing where the date is missing or too coarse for the period.

    Parameters
    ----------
    published : Series of str, length n
        "YYYY-MM", "YYYY" or missing.
    period : {"year", "quarter", "month"}

    Returns
    -------
    Series of Int64, length n

    Raises
    ------
    AtlasError
        If a date has another form (the message names the row), or the period is none of these.
    """
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
    return {
        "year": f"{year:04d}",
        "quarter": f"{year:04d}-Q{part + 1}",
        "month": f"{year:04d}-{part + 1:02d}",
    }[period]


def middle(number: int, period: str) -> float:
    """Middle of a period in years, for instance 2023.5 for the year 2023."""
    return round((number + 0.5) / _PER_YEAR[period], 6)


def large_sources(papers: pd.DataFrame) -> dict[str, np.ndarray]:
    """Which papers stand in each source that holds a tenth of the dated papers or more: (n,) booleans by its name.

    Smaller sources are too many to tell apart: all of them together are the rest. Empty without ``dumps``.
    """
    if "dumps" not in papers:
        return {}
    dated = (papers["published"].notna() & papers["published"].ne("")).to_numpy()
    names = sorted({str(name) for dumps in papers["dumps"] for name in dumps})
    held = {name: np.array([name in dumps for dumps in papers["dumps"]], dtype=bool) for name in names}
    return {name: h for name, h in held.items() if (h & dated).sum() >= max(LARGE * dated.sum(), 1)}


def last_finished(papers: pd.DataFrame, period: str) -> int:
    """Number of the last period that is over; -1 without dates.

    A period is over when every large source reaches its last month: a search that was saved in spring says nothing of
    the summer. The newest month says how far a source reaches, unless most papers of its last year are dated to the
    year only, as in proceedings: then the year is taken to be complete.

    Parameters
    ----------
    papers : DataFrame
        ``published`` ("YYYY-MM", "YYYY" or missing) and, as a rule, ``dumps``.
    period : {"year", "quarter", "month"}
    """
    held = large_sources(papers).values() or [np.ones(len(papers), dtype=bool)]
    reached = min(_reached(papers["published"][one], period) for one in held)
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
