"""Read dates as people write them into "YYYY-MM" or "YYYY", and refuse the impossible."""

from __future__ import annotations

import math
import re
from datetime import date

# The first scientific journal appeared in 1665; anything before is a slip of the pen.
EARLIEST_YEAR = 1665

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
# "2023", "2023.0" (a spreadsheet's year), "2023-5", "2023/05/17", "2023-05-17T08:00:00Z"
_NUMERIC = re.compile(r"(\d{4})(?:\.0|[-/](\d{1,2})(?:[-/](\d{1,2})(?:[T ].{0,40})?)?)?", re.ASCII)
# "Mon, 2 Apr 2007 19:18:42 GMT", "2 April 2007", "April 2007"
_DAY_FIRST = re.compile(
    r"(?:[A-Za-z]{3},\s{1,3})?(?:(\d{1,2})\s{1,3})?([A-Za-z]{3,9})\.?,?\s{1,3}(\d{4})(?:\s.{0,40})?", re.ASCII
)
# "April 2, 2007", "Apr 2 2007"
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s{1,3}(\d{1,2}),?\s{1,3}(\d{4})", re.ASCII)


def parse_published(value: object, *, today: date) -> str:
    """Date as "YYYY-MM", or "YYYY" where no month is given.

    Parameters
    ----------
    value : object
        A string ("2023", "2023-05", "2023-05-17", "17 May 2023", "Wed, 17 May 2023 08:00:00 GMT"), a
        number that is a year, or anything with ``isoformat``. Empty and missing values give "".
        Forms that two countries read differently ("05/06/2023") are refused.
    today : date
        Nothing can have been published after this day.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the value is no date, an impossible one, or lies in the future; the message says what was
        expected and what was found.

    Examples
    --------
    >>> parse_published("Mon, 2 Apr 2007 19:18:42 GMT", today=date(2026, 1, 1))
    '2007-04'
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    isoformat = getattr(value, "isoformat", None)
    text = str(isoformat() if isoformat is not None else value).strip()
    if not text or text.casefold() in {"nan", "nat", "none", "null", "<na>"}:
        return ""
    year, month, day = _parts(text)
    if not year >= EARLIEST_YEAR or (month is not None and not 1 <= month <= 12):
        raise ValueError(f"expected a date, found the impossible {text!r}")
    if day is not None and month is not None:
        try:
            date(year, month, day)
        except ValueError:
            raise ValueError(f"expected a date, found the impossible {text!r}") from None
    if (year, month or 0, day or 0) > (today.year, today.month if month else 0, today.day if day else 0):
        raise ValueError(f"expected a date up to {today.isoformat()}, found {text!r} in the future")
    return f"{year:04d}" if month is None else f"{year:04d}-{month:02d}"


def precision_of(published: str) -> str:
    """``"month"`` for "YYYY-MM", ``"year"`` for "YYYY", ``""`` for nothing."""
    return {7: "month", 4: "year"}.get(len(published), "")


def agree(one: str, other: str) -> bool:
    """Whether two dates say the same as far as the coarser of the two goes."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _parts(text: str) -> tuple[int, int | None, int | None]:
    if found := _NUMERIC.fullmatch(text):
        year, month, day = found.groups()
        return int(year), int(month) if month else None, int(day) if day else None
    if found := _DAY_FIRST.fullmatch(text):
        day, name, year = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        name, day, year = found.groups()
    else:
        raise ValueError(f"expected a date such as 2023, 2023-05 or 2023-05-17, found {text[:60]!r}")
    number = _MONTHS.get(name[:3].casefold())
    if number is None:
        raise ValueError(f"expected the name of a month, found {name!r} in {text[:60]!r}")
    return int(year), number, int(day) if day else None
