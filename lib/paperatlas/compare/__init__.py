"""What each source is about, what it shares with the others, and what to read first."""

from paperatlas.compare.overlap import intersections, memberships, overlap_tests, overlaps, topics_by_dump
from paperatlas.compare.queries import describe_dumps, shared_terms
from paperatlas.compare.reading import VARIANTS, reading_list, reading_lists

__all__ = [
    "VARIANTS",
    "describe_dumps",
    "intersections",
    "memberships",
    "overlap_tests",
    "overlaps",
    "reading_list",
    "reading_lists",
    "shared_terms",
    "topics_by_dump",
]
