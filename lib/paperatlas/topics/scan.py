"""How many topics: try several numbers, look at coherence, diversity and stability, and choose by rule."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from paperatlas.topics.coherence import Coherence, diversity, single_words
from paperatlas.topics.naming import Describer
from paperatlas.topics.space import Labels
from paperatlas.topics.stability import Refit, adjusted_rand, landings

FOUND_AGAIN = 0.65
BY_CHANCE = 0.3  # mean Jaccard that topics found in shuffled words reach: 0.24 to 0.33 for 8 to 16 topics
_SLACK = 0.05
_DIGITS = 6


@dataclass(frozen=True)
class Choice:
    """A number of topics, and the reason in words."""

    k: int
    rule: str


def numbers_to_try(n_core: int, finest: int, asked: int | None = None) -> list[int]:
    """Numbers of topics that are tried, `asked` among them: up to a few more than the finest.

    Parameters
    ----------
    n_core : int
        Papers that are clustered; a topic should have room for eight of them.
    finest : int
        As from `finest_number`.
    asked : int, optional
    """
    top = max(2, min(finest + 3, n_core // 8))
    low = min(5, max(2, top // 3))
    tried = {k for k in (*range(low, 17), 18, 20, 22, 25) if k <= top}
    return sorted(tried | ({asked} if asked else set()))


def scan_numbers(
    cuts: Mapping[int, Labels], refits: Sequence[Refit], describer: Describer, coherence: Coherence
) -> pd.DataFrame:
    """One row per number of topics.

    Parameters
    ----------
    cuts : mapping from k to (n,) labels
        The full fit, cut into k topics.
    refits : sequence of Refit
        Fits on resamples, cut likewise.
    describer, coherence
        For the words and how they hang together.

    Returns
    -------
    DataFrame
        ``k``, ``npmi``, ``diversity``, ``stability`` (mean adjusted Rand index between the full fit and a
        refit, over the papers both hold) with the 2.5 and 97.5 percentiles ``stability_low`` and
        ``stability_high``, ``stability_error`` (standard error of the mean), ``weakest`` (mean Jaccard
        similarity that the least stable topic reaches), ``smallest`` (papers in the smallest topic).
    """
    rows = []
    for k, labels in cuts.items():
        words = [
            single_words(describer.phrases.shown[j] for j in columns)
            for columns in describer.words(describer.scores(labels))
        ]
        rows.append(
            {
                "k": k,
                "npmi": round(coherence.of_topics(words), _DIGITS),
                "diversity": round(diversity(words), _DIGITS),
                **rand_summary(labels, refits, k),
                "weakest": weakest(labels, refits, k),
                "smallest": int(np.bincount(labels).min()),
            }
        )
    return pd.DataFrame(rows)


def weakest(labels: Labels, refits: Sequence[Refit], k: int) -> float:
    """Mean Jaccard similarity, over the refits, of the topic that is found again least; nan without refits."""
    if not refits:
        return float("nan")
    reached = landings(labels, refits, k)[1][:, : int(labels.max()) + 1]
    return round(float(reached.mean(axis=0).min()), _DIGITS)


def rand_summary(labels: Labels, refits: Sequence[Refit], k: int) -> dict[str, float]:
    """Mean, interval and standard error of the agreement between the full fit and its refits."""
    values = np.array([adjusted_rand(labels[again.papers], again.labels[k]) for again in refits])
    if not values.size:
        return dict.fromkeys(
            ("stability", "stability_low", "stability_high", "stability_error"), float("nan")
        )
    low, high = np.percentile(values, [2.5, 97.5])
    spread = float(values.std(ddof=1)) if values.size > 1 else 0.0
    numbers = (float(values.mean()), float(low), float(high), spread / values.size**0.5)
    names = ("stability", "stability_low", "stability_high", "stability_error")
    return {name: round(number, _DIGITS) for name, number in zip(names, numbers, strict=True)}


def choose(scan: pd.DataFrame, n_papers: int, asked: int | None = None) -> Choice:
    """The largest number of topics, up to a limit that grows slowly, that is found again in resamples.

    Found again means a stability (mean adjusted Rand index) of at least 0.65, the border between poor and
    moderate recovery of Steinley (2004, Psychological Methods 9(3)); no topic below the mean Jaccard
    similarity of 0.3 that topics of shuffled words reach; and at most twice as far from perfect as the
    most stable number, plus 0.05, so that clear topics are not split only because they can afford it. If
    no number is found again, the most stable one is taken, the larger of equals. The limit is
    `finest_number`.
    """
    if asked is not None:
        return Choice(asked, f"{asked} topics were asked for.")
    if scan["stability"].isna().all():
        return Choice(
            int(scan["k"].min()), "Without refits nothing speaks for more topics than the fewest tried."
        )
    finest = finest_number(n_papers)
    within = scan[scan["k"] <= finest] if (scan["k"] <= finest).any() else scan.head(1)
    best = within["stability"].max()
    again = within[
        (within["stability"] >= FOUND_AGAIN)
        & (within["weakest"] >= BY_CHANCE)
        & (1 - within["stability"] <= 2 * (1 - best) + _SLACK)
    ]
    if again.empty:
        k = int(within.loc[within["stability"] == best, "k"].max())
        return Choice(
            k,
            f"No number of topics reaches a stability of {FOUND_AGAIN} with every topic above chance; {k} is the "
            f"most stable ({best:.2f}).",
        )
    row = again.loc[again["k"].idxmax()]
    return Choice(
        int(row["k"]),
        f"{row['k']:.0f} is the largest number of topics, among those up to {finest} (twice the logarithm of the "
        f"number of papers), that is found again when the papers are resampled: its stability is "
        f"{row['stability']:.2f}, where {FOUND_AGAIN} is asked for and {best:.2f} is the best, and its weakest topic "
        f"reaches a Jaccard similarity of {row['weakest']:.2f}, where topics of shuffled words reach {BY_CHANCE}.",
    )


def finest_number(n_papers: int) -> int:
    """Most topics that are chosen for so many papers: twice their natural logarithm, but at least 2.

    A convention: it sets the grain, and stability only says whether that grain holds. It grows with the
    logarithm as the number of groups does in a Dirichlet process (Antoniak 1974, Annals of Statistics
    2(6)), so that four fifths of the papers get nearly as many topics as all of them.
    """
    return max(2, round(2 * math.log(n_papers)))
