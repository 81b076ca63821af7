"""Read dates as people write them into "YYYY-MM" or "YYYY", and refuse the impossible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from paperatlas.readers.identifiers import month_of_id

# The first scientific journal appeared in 1665; anything before is a slip of the pen.
EARLIEST_YEAR = 1665

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAME = (
    r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_MONTH_NAME = re.compile(rf"(?<![A-Za-z]){_NAME}(?![A-Za-z])", re.IGNORECASE)
# "2023", "2023.0" (a spreadsheet's year), "2023-5", "2023/05/17", "2023-05-17T08:00:00Z", "2010/01//", "2021-00-00"
_YEAR_FIRST = re.compile(
    r"(\d{4})(?:\.0|[-/.](\d{1,2})(?:[-/.](\d{1,2})?(?:/|[T ].{0,40})?)?|/{2,3})?", re.ASCII
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])", re.ASCII)
# "03/2021", "15.03.2021", "15/03/2021"
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})", re.ASCII)
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
# "Mon, 2 Apr 2007 19:18:42 GMT", "2 April 2007", "April 2007", "15-Mar-2021"
_DAY_FIRST = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s{{1,3}})?(?:(\d{{1,2}})(?:st|nd|rd|th)?[\s-]{{1,3}})?{_NAME}\.?,?[\s-]{{1,3}}(\d{{4}})(?:\s.{{0,40}})?",
    re.ASCII | re.IGNORECASE,
)
# "April 2, 2007", "Apr 2 2007"
_MONTH_FIRST = re.compile(
    rf"{_NAME}\.?\s{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}(\d{{4}})", re.ASCII | re.IGNORECASE
)
# "2023 Jan-Feb", "2021 Mar 15", "2021 Mar"
_YEAR_THEN_NAME = re.compile(
    rf"(\d{{4}})[\s,]{{1,3}}{_NAME}\.?(?:[-/–]{_NAME})?(?:\s{{1,3}}(\d{{1,2}}).{{0,20}})?",
    re.ASCII | re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{4}(?:-\d{1,2}){0,2})\s?(?:/|--?|–)\s?(\d{4}(?:-\d{1,2}){0,2})", re.ASCII)
_YEAR_INSIDE = re.compile(r"(?<!\d)(1[6-9]\d\d|20\d\d)(?!\d)", re.ASCII)
_NOTHING = frozenset(
    {"nan", "nat", "none", "null", "<na>", "n.d.", "nd", "no date", "undated", "n/a", "s.d.", "-", "0"}
)
_UNKNOWN_FORM = "expected a date such as"
_SECONDS, _MILLISECONDS = 10**8, 10**11


def parse_published(value: object, *, today: date) -> str:
    """Date as "YYYY-MM", or "YYYY" where no month is given.

    Parameters
    ----------
    value : object
        A string ("2023", "2023-05-17", "17 May 2023", "2023 Jan-Feb", "15.03.2021", …), a number that is a
        year or seconds or milliseconds since 1970, Crossref's ``date-parts``, or anything with ``isoformat``.
        Empty and missing values give "". Forms that two countries read differently ("05/06/2023") are refused.
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
    return _parsed(_as_text(value), today)


# Sources repeat their dates.
@lru_cache(maxsize=50_000)
def _parsed(text: str, today: date) -> str:
    if not text or text.casefold() in _NOTHING:
        return ""
    year, month, day = _parts(text)
    if not year >= EARLIEST_YEAR or (month is not None and not 1 <= month <= 12):
        raise ValueError(f"expected a date, found the impossible {text[:60]!r}")
    if day is not None and month is not None:
        try:
            date(year, month, day)
        except ValueError:
            raise ValueError(f"expected a date, found the impossible {text[:60]!r}") from None
    if (year, month or 0, day or 0) > (today.year, today.month if month else 0, today.day if day else 0):
        raise ValueError(f"expected a date up to {today.isoformat()}, found {text[:60]!r} in the future")
    return f"{year:04d}" if month is None else f"{year:04d}-{month:02d}"


def stated_date(
    dates: Sequence[object], years: Sequence[object], months: Sequence[object], arxiv_id: str, *, today: date
) -> tuple[str, str]:
    """The date of one record, from whatever it says: a date, else year and month, else its arXiv id.

    A date that says only the year is made finer by the month beside it, where the two agree.

    Returns
    -------
    published : str
        "YYYY-MM", "YYYY" or "".
    doubt : str
        What could not be read, if nothing else said it; "" otherwise.
    """
    found, doubts = _readable([*dates, *years], today)
    best = max(found, key=len, default="")
    if found and len(best) == 7 and not agree(best, found[0]):
        best = found[0]
    if len(best) == 4 and (month := _month_of(months)):
        best = f"{best}-{month:02d}" if f"{best}-{month:02d}" <= f"{today:%Y-%m}" else best
    if best:
        return best, ""
    if by_id := month_of_id(arxiv_id):
        return by_id, ""
    # An impossible date has no part that could be trusted; one of an unknown form may still hold its year.
    if not doubts or not doubts[0].startswith(_UNKNOWN_FORM):
        return "", doubts[0] if doubts else ""
    text = " ".join(_as_text(value) for value in (*dates, *years))
    inside = sorted({year for year in _YEAR_INSIDE.findall(text) if EARLIEST_YEAR <= int(year) <= today.year})
    return (inside[0] if inside and len(inside) <= 2 else ""), doubts[0]


def precision_of(published: str) -> str:
    """``"month"`` for "YYYY-MM", ``"year"`` for "YYYY", ``""`` for nothing."""
    return {7: "month", 4: "year"}.get(len(published), "")


def agree(one: str, other: str) -> bool:
    """Whether two dates say the same as far as the coarser of the two goes."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _readable(values: Iterable[object], today: date) -> tuple[list[str], list[str]]:
    found, doubts = [], []
    for value in values:
        try:
            published = parse_published(value, today=today)
        except ValueError as error:
            doubts.append(str(error))
        else:
            found += [published] if published else []
    return found, doubts


def _month_of(values: Sequence[object]) -> int:
    """Month that a field of its own names: "Mar", "03", "08--10 Nov"; 0 for none, or for more than one."""
    for value in values:
        text = _as_text(value)
        names = {name[:3].casefold() for name in _MONTH_NAME.findall(text)}
        if len(names) == 1:
            return _MONTHS.index(names.pop()) + 1
        digits = text.strip().removesuffix(".0")
        if digits.isascii() and digits.isdecimal() and 1 <= int(digits[:3]) <= 12:
            return int(digits)
    return 0


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()[:200]
    if value is None or isinstance(value, bool) or value != value:
        return ""
    if isinstance(value, dict):
        value = value.get("date-parts") or value.get("value")
    while isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
        value = value[0]
    if isinstance(value, list | tuple):
        return "-".join(str(part) for part in value[:3] if part is not None)
    if isinstance(value, int | float) and abs(value) > _SECONDS:
        if _COMPACT.fullmatch(str(int(value))):
            return str(int(value))
        try:
            seconds = value / 1000 if abs(value) >= _MILLISECONDS else value
            return datetime.fromtimestamp(seconds, UTC).date().isoformat()
        except (ValueError, OverflowError, OSError):
            return str(value)
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat() if isoformat is not None else value).strip()[:200]


def _parts(text: str) -> tuple[int, int | None, int | None]:
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _numbers(*found.groups())
    if found := _MONTH_YEAR.fullmatch(text):
        return _numbers(found.group(2), found.group(1), None)
    if found := _DAY_MONTH_YEAR.fullmatch(text):
        day, mark, month, year = found.groups()
        if mark == "." or int(day) > 12 or day == month:
            return _numbers(year, month, day)
        if int(month) > 12:
            return _numbers(year, day, month)
        raise ValueError(
            f"{_UNKNOWN_FORM} 2023-05-17, found {text[:60]!r}, which two countries read differently"
        )
    if found := _DAY_FIRST.fullmatch(text):
        day, name, year = found.groups()
        return _numbers(year, _number(name), day)
    if found := _MONTH_FIRST.fullmatch(text):
        name, day, year = found.groups()
        return _numbers(year, _number(name), day)
    if found := _YEAR_THEN_NAME.fullmatch(text):
        year, name, other, day = found.groups()
        several = other is not None and other[:3].casefold() != name[:3].casefold()
        return _numbers(year, None if several else _number(name), None if several else day)
    if found := _RANGE.fullmatch(text):
        return _shared(found.group(1), found.group(2), text)
    raise ValueError(f"{_UNKNOWN_FORM} 2023, 2023-05 or 2023-05-17, found {text[:60]!r}")


def _shared(begin: str, end: str, text: str) -> tuple[int, int | None, int | None]:
    """What beginning and end of a range have in common."""
    (year, month, _), (other_year, other_month, _) = _parts(begin), _parts(end)
    if year != other_year:
        raise ValueError(f"{_UNKNOWN_FORM} 2023-05 in one year, found the range {text[:60]!r}")
    return year, month if month == other_month else None, None


def _numbers(year: str, month: str | None, day: str | None) -> tuple[int, int | None, int | None]:
    # Zotero and others write 0 for what they do not know.
    return int(year), int(month or 0) or None, int(day or 0) or None


def _number(name: str) -> str:
    return str(_MONTHS.index(name[:3].casefold()) + 1)
