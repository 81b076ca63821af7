"""How topics, themes, terms and ledger entries move through time."""

from paperatlas.trends import sentences
from paperatlas.trends.behind import papers_behind
from paperatlas.trends.bursts import find_bursts
from paperatlas.trends.coverage import date_coverage, worst_case
from paperatlas.trends.firsts import newcomers
from paperatlas.trends.shares import Cells, count_cells, memberships, memberships_of, topic_trends
from paperatlas.trends.significance import judge_cells, trend_tests
from paperatlas.trends.simulate import power_curve, simulate_null, smallest_found
from paperatlas.trends.terms import term_memberships

__all__ = [
    "Cells",
    "count_cells",
    "date_coverage",
    "find_bursts",
    "judge_cells",
    "memberships",
    "memberships_of",
    "newcomers",
    "papers_behind",
    "power_curve",
    "sentences",
    "simulate_null",
    "smallest_found",
    "term_memberships",
    "topic_trends",
    "trend_tests",
    "worst_case",
]
