"""When a paper came out, and under which identifiers: dates and ids as people write them, in one form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from paperatlas.readers.markup import parts_of
from paperatlas.shipped import rows_of

# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNN(N) since April 2007, archive/YYMMNNN before.
_NEW = re.compile(r"(?<![\d.])(\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})(?:v\d+)?(?![\d.]*\d)")
_OLD = re.compile(r"\b([a-z][a-z-]{1,12}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?\b")
_ARXIV_ADDRESS = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf|html)/|arxiv[:.]\s?|huggingface\.co/papers/|hf\.co/papers/|abs/"
    r"|(?:^|\s)(?=(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\s|$)))([\w./-]{1,40})",
    re.IGNORECASE,
)
_DOI = re.compile(r"\b(10\.\d{1,9}(?:\.\d+)*/[^\s\"<>;,{}|\\^`]{1,300})", re.IGNORECASE)


def clean_arxiv_id(text: str) -> str:
    """Identifier ("2104.00001", "hep-th/9901001") without version, prefix or address; "" if the text holds none."""
    found = _NEW.search(text) or _OLD.search(text)
    return found.group(1) if found else ""


def arxiv_id_of(stated: str, addresses: str) -> str:
    """Id of a record: as its field states it, or an address of arXiv's, or a bare id; any other number may be anything."""
    named = _ARXIV_ADDRESS.search(addresses)
    return clean_arxiv_id(stated) or clean_arxiv_id(named.group(1) if named else "")


def month_of_id(arxiv_id: str) -> str:
    """Month in which arXiv gave out an identifier, as "YYYY-MM"; "" if it is none.

    Examples
    --------
    >>> month_of_id("2104.00001"), month_of_id("hep-th/9901001"), month_of_id("")
    ('2021-04', '1999-01', '')
    """
    digits = clean_arxiv_id(arxiv_id).rpartition("/")[2]
    # The scheme began in 1991, so that 91 to 99 are years of the last century.
    century = "19" if digits[:2] >= "91" else "20"
    return f"{century}{digits[:2]}-{digits[2:4]}" if digits else ""


def clean_doi(text: str) -> str:
    """DOI in lower case without address or prefix; "" if the text holds none, or arXiv's DOI of a preprint."""
    found = _DOI.search(text)
    doi = found.group(1).rstrip(".)]'").casefold() if found else ""
    return "" if doi.startswith("10.48550/arxiv.") else doi


# The first scientific journal appeared in 1665; anything before is a slip of the pen.
EARLIEST_YEAR = 1665

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_MONTH_NAME = re.compile(rf"(?<![A-Za-z]){MONTH}(?![A-Za-z])", re.IGNORECASE)
_MONTH_NUMBER = re.compile(r"(0?[1-9]|1[0-2])(?:\.0)?")
_FORMS = [
    re.compile(row["form"].replace("NAME", MONTH), re.ASCII | re.IGNORECASE) for row in rows_of("date_forms")
]
_YEAR_INSIDE = re.compile(r"(?<!\d)(1[6-9]\d\d|20\d\d)(?!\d)", re.ASCII)
_SEASONS = range(21, 42)  # ISO 8601-2; "2021/22", too, is no month
_NOTHING = re.compile(
    "|".join(row["form"] for row in rows_of("placeholders") if row["of"] == "date"), re.IGNORECASE
)
_TIMESTAMP = re.compile(r"(\d{9,10})(?:\d{3})?(?:\.\d*)?", re.ASCII)


def parse_published(value: object, *, today: date) -> str:
    """Date as "YYYY-MM", or "YYYY" where no month is given; "" for empty and missing values.

    A value is text, a number (a year, or seconds or milliseconds since 1970), a date, or Crossref's ``date-parts``.
    What is no date, an impossible one, after `today`, or read differently in two countries
    ("05/06/2023") raises a ValueError that says what was expected and found.
    """
    published, doubt = _read(_as_text(value), today)
    if doubt:
        raise ValueError(doubt)
    return published


@lru_cache(maxsize=50_000)  # sources repeat their dates
def _read(text: str, today: date) -> tuple[str, str]:
    """Date that a text says, and a doubt: one of an unknown form may still hold its year, an impossible one nothing."""
    if not text or _NOTHING.fullmatch(text):
        return "", ""
    try:
        year, month, day = _parts(text)
    except ValueError as error:
        years = sorted(
            {year for year in _YEAR_INSIDE.findall(text) if EARLIEST_YEAR <= int(year) <= today.year}
        )
        return years[0] if 0 < len(years) <= 2 else "", str(error)
    try:
        earliest = date(year, month or 1, day if month and day else 1)
    except ValueError:
        earliest = date.min
    if earliest.year < EARLIEST_YEAR:
        return "", f"expected a date, found the impossible {text[:60]!r}"
    if earliest > today:
        return "", f"expected a date up to {today.isoformat()}, found {text[:60]!r} in the future"
    return earliest.isoformat()[: 7 if month else 4], ""


def _parts(text: str) -> tuple[int, int, int]:
    """Year, month and day as they are written; 0 where there is none."""
    if stamp := _TIMESTAMP.fullmatch(text):
        text = datetime.fromtimestamp(int(stamp[1]), UTC).date().isoformat()
    found = next(filter(None, (form.fullmatch(text) for form in _FORMS)), None)
    if not found:
        forms = "2023, 2023-05 or 2023-05-17, or a range in one year"
        raise ValueError(f"expected a date such as {forms}, found {text[:60]!r}")
    said = found.groupdict()
    # Zotero and others write 0 for what they do not know.
    year, month, day, until = (_number(said.get(name)) for name in ("year", "month", "day", "until"))
    if said.get("mark") in ("-", "/"):
        if day <= 12 and month <= 12 and day != month:
            both_ways = "which two countries read differently"
            raise ValueError(f"expected a date such as 2023-05-17, found {text[:60]!r}, {both_ways}")
        day, month = max(day, month), min(day, month)
    if month in _SEASONS or until not in (0, month):
        return year, 0, 0
    return year, month, day


def _number(said: str | None) -> int:
    """A number, or that of a month by its name; 0 for nothing."""
    said = said or "0"
    return int(said) if said.isdecimal() else MONTHS.index(said[:3].casefold()) + 1


def stated_date(
    dates: Sequence[object], years: Sequence[object], months: Sequence[object], arxiv_id: str, *, today: date
) -> tuple[str, str]:
    """The date of one record, from whatever it says: a date, else year and month, else its arXiv id; and a doubt.

    A date that says only the year is made finer by the month beside it, where the two agree. The doubt is what could
    not be read, if nothing else said it.
    """
    texts = list(map(_as_text, (*dates, *years)))
    read = [_read(text, today) for text in texts]
    sure = [published for published, doubt in read if published and not doubt]
    best = max((one for one in sure if agree(one, sure[0])), key=len, default="")
    # Web of Science writes "MAY 6" as the date, and the year beside it.
    beside = [*months, *(text for text in texts if not _YEAR_INSIDE.search(text))]
    if len(best) == 4 and (month := _month_of(beside)) and f"{best}-{month:02d}" <= f"{today:%Y-%m}":
        best = f"{best}-{month:02d}"
    if best or (best := month_of_id(arxiv_id)):
        return best, ""
    return max((said for said in read if said[1]), key=lambda said: said[0] != "", default=("", ""))


def precision_of(published: str) -> str:
    """``"month"`` for "YYYY-MM", ``"year"`` for "YYYY", ``""`` for nothing."""
    return {7: "month", 4: "year"}.get(len(published), "")


def agree(one: str, other: str) -> bool:
    """Whether two dates say the same as far as the coarser of the two goes."""
    return one.startswith(other) or other.startswith(one)


def _month_of(values: Sequence[object]) -> int:
    """Month that a field of its own names: "Mar", "03", "08--10 Nov"; 0 for none, or for more than one."""
    for text in map(_as_text, values):
        names = {_number(name) for name in _MONTH_NAME.findall(text)}
        if len(names) == 1:
            return names.pop()
        if number := _MONTH_NUMBER.fullmatch(text):
            return int(number[1])
    return 0


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("date-parts", value)
    while isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
        value = value[0]  # of a range the beginning
    return "-".join(parts_of(value)).strip()[:200]
