"""How large the groups of a level may be, and how much work goes into finding them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

MIN_PAPERS = 10
CORE = 5_000  # papers that are clustered pairwise; the others of a larger corpus join them
_LEAST_SUBTOPIC = 8
_FEW = 1_000  # papers up to which the refits are as many as asked for


@dataclass(frozen=True)
class Grain:
    """Sizes of the groups of one level: a convention, as every grain is. Within it, stability decides.

    Attributes
    ----------
    least, most : int
        Papers of a branch.
    finest : int
        Largest number of clusters of a k-means run.
    runs, refit_runs : int
        Clusterings behind a tree, and behind the tree of a refit.
    n_resamples : int
        Refits.
    """

    least: int
    most: int
    finest: int
    runs: int
    refit_runs: int
    n_resamples: int

    @classmethod
    def topics(cls, n: int, n_papers: int, n_resamples: int) -> Grain:
        """Topics of `n` clustered papers that stand for `n_papers`: one for every 40 to 120, at most about 100."""
        work = _work(n, n_resamples)
        if n_papers > n:
            return cls(max(3, n // 250), max(8, n // 30), max(4, n // 25), *work)
        least = max(3, min(round(0.8 * _most_subtopic(n)), n // 27))
        most = round(max(0.14 * n, min(80.0, n / 3)))
        return cls(least, max(least, most), max(4, n // 30), *work)

    @classmethod
    def subtopics(cls, n: int, n_papers: int, n_resamples: int) -> Grain:
        """Subtopics: one for every 15 to 40 papers and never fewer than 8; of a large corpus about 500."""
        work = _work(n, n_resamples)
        if n_papers > n:
            return cls(max(3, n // 1250), max(5, n // 200), max(4, n // 12), *work)
        return cls(_LEAST_SUBTOPIC, _most_subtopic(n), max(4, n // 15), *work)


def _most_subtopic(n: int) -> int:
    return round(max(32.0, 1.5 * sqrt(n)))


def _work(n: int, n_resamples: int) -> tuple[int, int, int]:
    runs, refit_runs = (120, 64) if n <= _FEW else (80, 40) if n < CORE else (40, 24)
    return runs, refit_runs, min(n_resamples, max(6, n_resamples * _FEW // n))
