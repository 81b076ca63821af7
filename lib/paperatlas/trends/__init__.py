"""How topics, themes, terms and ledger entries move through time."""

from paperatlas.trends.novelty import find_bursts, newcomers
from paperatlas.trends.shares import (
    Cells,
    count_cells,
    date_coverage,
    memberships,
    term_memberships,
    topic_trends,
)
from paperatlas.trends.significance import contrasts, judge_cells, then_and_now, trend_tests
from paperatlas.trends.simulate import power_curve, simulate_null, smallest_found

__all__ = [
    "Cells", "contrasts", "count_cells", "date_coverage", "find_bursts", "judge_cells", "memberships",
    "newcomers", "power_curve", "simulate_null", "smallest_found", "term_memberships", "then_and_now",
    "topic_trends", "trend_tests",
]  # fmt: skip
