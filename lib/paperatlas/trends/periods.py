"""Years, quarters and months as numbers, and which of them are finished."""

from __future__ import annotations

import pandas as pd

from paperatlas.errors import AtlasError

# Periods in a year.
PER_YEAR = {"year": 1, "quarter": 4, "month": 12}


def check_period(period: str) -> int:
    """Periods in a year.

    Raises
    ------
    AtlasError
        If `period` is none of "year", "quarter", "month".
    """
    if period not in PER_YEAR:
        raise AtlasError(f"period is one of {', '.join(PER_YEAR)}; found {period!r}")
    return PER_YEAR[period]


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
        If a date has another form; the message names the row.
    """
    per_year = check_period(period)
    text = published.astype("str")
    missing = published.isna() | text.eq("")
    wrong = ~missing & ~text.str.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?")
    if wrong.any():
        row = wrong[wrong].index[0]
        raise AtlasError(
            f"published, row {row!r}: expected YYYY-MM or YYYY, found {text[row]!r}; use add_dates to date papers"
        )
    year = pd.to_numeric(text.str[:4].where(~missing)).astype("Int64")
    if per_year == 1:
        return year
    month = pd.to_numeric(text.str[5:7].where(~missing & text.str.len().eq(7))).astype("Int64")
    return year * per_year + (month - 1) * per_year // 12


def label(number: int, period: str) -> str:
    """Name of a period: "2023", "2023-Q2" or "2023-05"."""
    per_year = PER_YEAR[period]
    year, part = divmod(number, per_year)
    return {1: f"{year:04d}", 4: f"{year:04d}-Q{part + 1}", 12: f"{year:04d}-{part + 1:02d}"}[per_year]


def middle(number: int, period: str) -> float:
    """Middle of a period in years, for instance 2023.5 for the year 2023."""
    return round((number + 0.5) / PER_YEAR[period], 6)


def last_finished(published: pd.Series, period: str, as_of: str | None = None) -> int:
    """Number of the last period that is over.

    A period is over when the papers reach its last month. The newest month dated to the month says how far
    they reach; since that month itself may be under way, it never counts as a finished month. A year known
    only from year-only dates cannot be shown to be over. With `as_of` the reader says how far they reach.

    Parameters
    ----------
    published : Series of str
        "YYYY-MM", "YYYY" or missing.
    period : {"year", "quarter", "month"}
    as_of : str, optional
        "YYYY-MM", the last month that the papers cover completely, or "YYYY" for its December.
    """
    per_year = check_period(period)
    months = period_numbers(published, "month").dropna()
    years = period_numbers(published, "year").dropna()
    if as_of is not None:
        as_of_month = as_of if len(as_of) > 4 else f"{as_of}-12"
        reached = int(period_numbers(pd.Series([as_of_month]), "month").iloc[0])
    elif len(months) and int(months.max()) // 12 >= int(years.max()) - 1:
        reached = int(months.max()) - (1 if period == "month" else 0)
    elif len(years):
        reached = int(years.max()) * 12 - 1
    else:
        return -1
    return (reached + 1) * per_year // 12 - 1
