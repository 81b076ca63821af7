"""Read papers from the files people have: arXiv's metadata, Parquet, CSV, BibTeX, saved search pages."""

from paperatlas.readers.dates import StatedDates
from paperatlas.readers.reading import find_sources, iter_papers, read_papers, read_records
from paperatlas.readers.schema import COLUMNS

__all__ = ["COLUMNS", "StatedDates", "find_sources", "iter_papers", "read_papers", "read_records"]
