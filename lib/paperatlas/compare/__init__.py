"""What each source is about, what it shares with the others, and what to read first."""

from paperatlas.compare.reading import VARIANTS, reading_list, reading_lists
from paperatlas.compare.sources import (
    describe_dumps,
    overlap_tests,
    overlaps,
    papers_by_source,
    shared_terms,
    topics_by_dump,
)

__all__ = [
    "VARIANTS", "describe_dumps", "overlap_tests", "overlaps", "papers_by_source", "reading_list", "reading_lists",
    "shared_terms", "topics_by_dump",
]  # fmt: skip
