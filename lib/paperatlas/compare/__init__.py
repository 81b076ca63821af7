"""What each dump is about, what it shares with the others, and what to read first."""

from paperatlas.compare.groups import GroupComparison, compare_groups, cross_table, topics_by_dump
from paperatlas.compare.overlap import (
    common_pool,
    intersections,
    memberships,
    overlap_tests,
    overlaps,
    paper_ranks,
    rank_agreement,
)
from paperatlas.compare.queries import describe_dumps, log_odds_with_prior, shared_terms
from paperatlas.compare.reading import VARIANTS, coverage_curve, reading_list, reading_lists, topic_terms

__all__ = [
    "VARIANTS",
    "GroupComparison",
    "common_pool",
    "compare_groups",
    "coverage_curve",
    "cross_table",
    "describe_dumps",
    "intersections",
    "log_odds_with_prior",
    "memberships",
    "overlap_tests",
    "overlaps",
    "paper_ranks",
    "rank_agreement",
    "reading_list",
    "reading_lists",
    "shared_terms",
    "topic_terms",
    "topics_by_dump",
]
