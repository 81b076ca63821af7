"""Find out when each paper was published, from sources asked in order."""

from paperatlas.dates.adding import add_dates, find_dates, with_dates
from paperatlas.dates.arxiv_api import ArxivApi
from paperatlas.dates.candidates import Candidate, DateSource, DateSourceError
from paperatlas.dates.choose import ARXIV_ANSWERS, ARXIV_API, REFERENCE, choose_sources, source_from_path
from paperatlas.dates.identifiers import month_of_id
from paperatlas.dates.snapshot import ArxivSnapshot
from paperatlas.dates.tables import ReferenceTable, TableSource

__all__ = [
    "ARXIV_ANSWERS",
    "ARXIV_API",
    "REFERENCE",
    "ArxivApi",
    "ArxivSnapshot",
    "Candidate",
    "DateSource",
    "DateSourceError",
    "ReferenceTable",
    "TableSource",
    "add_dates",
    "choose_sources",
    "find_dates",
    "month_of_id",
    "source_from_path",
    "with_dates",
]
