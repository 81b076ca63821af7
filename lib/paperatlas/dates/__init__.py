"""Find out when each paper was published, from sources asked in order."""

from paperatlas.dates.adding import add_dates, source_from_path
from paperatlas.dates.arxiv_api import ArxivApi
from paperatlas.dates.candidates import Candidate, DateSource, DateSourceError
from paperatlas.dates.snapshot import ArxivSnapshot
from paperatlas.dates.tables import ReferenceTable, TableSource

__all__ = [
    "ArxivApi",
    "ArxivSnapshot",
    "Candidate",
    "DateSource",
    "DateSourceError",
    "ReferenceTable",
    "TableSource",
    "add_dates",
    "source_from_path",
]
