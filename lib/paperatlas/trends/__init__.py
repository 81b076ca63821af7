"""How topics, themes, terms and ledger entries move through time."""

from paperatlas.trends import sentences
from paperatlas.trends.behind import papers_behind
from paperatlas.trends.bursts import find_bursts
from paperatlas.trends.coverage import date_coverage, worst_case
from paperatlas.trends.entries import kind_memberships
from paperatlas.trends.firsts import newcomers
from paperatlas.trends.shares import memberships, topic_trends
from paperatlas.trends.significance import trend_tests, trend_verdicts
from paperatlas.trends.simulate import power_curve, simulate_null
from paperatlas.trends.terms import term_memberships

__all__ = [
    "date_coverage",
    "find_bursts",
    "kind_memberships",
    "memberships",
    "newcomers",
    "papers_behind",
    "power_curve",
    "sentences",
    "simulate_null",
    "term_memberships",
    "topic_trends",
    "trend_tests",
    "trend_verdicts",
    "worst_case",
]
