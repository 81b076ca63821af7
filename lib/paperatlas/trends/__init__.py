"""How topics, themes, terms and ledger entries move through time."""

from paperatlas.trends.behind import papers_behind
from paperatlas.trends.bursts import find_bursts
from paperatlas.trends.firsts import newcomers
from paperatlas.trends.shares import memberships, topic_trends
from paperatlas.trends.significance import trend_tests, trend_verdicts
from paperatlas.trends.simulate import power_curve, simulate_null
from paperatlas.trends.terms import term_memberships

__all__ = [
    "find_bursts",
    "memberships",
    "newcomers",
    "papers_behind",
    "power_curve",
    "simulate_null",
    "term_memberships",
    "topic_trends",
    "trend_tests",
    "trend_verdicts",
]
