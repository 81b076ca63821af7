"""How large the nodes of a level may be, and how much work goes into finding them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

MIN_PAPERS = 10
CORE = 5_000  # papers that are clustered pairwise; the others of a larger corpus join them
_LEAST_SUBTOPIC = 8
_FEW = 1_000  # papers up to which the refits are as many as asked for


@dataclass(frozen=True)
class Grain:
    """Sizes of subtopics and topics: a convention, as every grain is. Within it, stability decides.

    Attributes
    ----------
    least, most : int
        Papers of a branch that can be a subtopic.
    least_topic, most_topic : int
        Papers of a branch that can be a topic.
    finest : int
        Largest number of clusters of a k-means run.
    runs, refit_runs : int
        Clusterings behind a tree, and behind the tree of a refit.
    n_resamples : int
        Refits.
    """

    least: int
    most: int
    least_topic: int
    most_topic: int
    finest: int
    runs: int
    refit_runs: int
    n_resamples: int

    @classmethod
    def of(cls, n: int, n_papers: int, n_resamples: int) -> Grain:
        """The grain for `n` clustered papers that stand for `n_papers`.

        A subtopic for every 15 to 40 papers and never fewer than 8, a topic for every 40 to 120; of a large corpus
        about 500 and 100.
        """
        runs, refit_runs = (128, 96) if n <= _FEW else (96, 64) if n < CORE else (40, 24)
        work = runs, refit_runs, min(n_resamples, max(6, n_resamples * _FEW // n))
        if n_papers > n:
            return cls(
                max(3, n // 1250), max(5, n // 200), max(3, n // 400), max(8, n // 30), max(4, n // 12), *work
            )
        most = round(max(32.0, 1.5 * sqrt(n)))
        most_topic = round(max(0.14 * n, min(56.0, n / 3)))
        return cls(_LEAST_SUBTOPIC, most, max(_LEAST_SUBTOPIC, n // 40), most_topic, max(4, n // 20), *work)

    def of_share(self, share: float) -> Grain:
        """The grain for a share of the papers."""
        return replace(
            self,
            least=max(2, round(share * self.least)),
            least_topic=max(2, round(share * self.least_topic)),
            most_topic=round(share * self.most_topic),
        )
