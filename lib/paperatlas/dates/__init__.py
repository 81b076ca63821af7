"""Find out when each paper was published, from the records themselves and from sources asked in order."""

from paperatlas.dates.adding import add_dates, find_dates, with_dates
from paperatlas.dates.matching import Candidate
from paperatlas.dates.sources import (
    ARXIV_ANSWERS,
    ARXIV_API,
    REFERENCE,
    ArxivApi,
    DateSource,
    PaperSource,
    choose_sources,
)
from paperatlas.readers.published import month_of_id

__all__ = [
    "ARXIV_ANSWERS", "ARXIV_API", "REFERENCE", "ArxivApi", "Candidate", "DateSource", "PaperSource", "add_dates",
    "choose_sources", "find_dates", "month_of_id", "with_dates",
]  # fmt: skip
