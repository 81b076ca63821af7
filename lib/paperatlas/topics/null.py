"""The same procedure where there is nothing to find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from paperatlas.topics.consensus import build_consensus
from paperatlas.topics.grain import Grain
from paperatlas.topics.levels import choose_levels
from paperatlas.topics.space import Points, on_grid
from paperatlas.topics.stability import draw_again, found_in

N_REFITS = 6


def structureless(points: Points, seed: int) -> Points:
    """Points with the mean and covariance of the given ones, and no other structure.

    Each is the mean plus a sum of all centred points with random signs, over the root of their number: normally
    distributed in the limit, with just the covariance of the points (the sign version of the Gaussian multiplier
    bootstrap). Whole numbers throughout, so that the sums are exact.

    Parameters
    ----------
    points : (n, d) float32 array on the grid
    seed : int

    Returns
    -------
    (n, d) float32 array on the grid
    """
    n = len(points)
    whole = np.rint(points.astype(np.float64) * 2048.0)
    mean = np.rint(whole.sum(axis=0) / n)
    signs = np.random.Generator(np.random.PCG64([seed, 2])).integers(0, 2, size=(n, n), dtype=np.int8)
    sums = (2.0 * signs - 1.0) @ (whole - mean)
    return on_grid(np.rint(sums / np.sqrt(n) + mean))


def shuffled_texts(
    titles: Sequence[str], abstracts: Sequence[str], *, seed: int
) -> tuple[list[str], list[str]]:
    """Deal all words of all papers out anew; every title and abstract keeps its length in words.

    The corpus keeps its words and how often each occurs; which words occur together is chance.
    """
    parts = [text.split() for pair in zip(titles, abstracts, strict=True) for text in pair]
    pool = [word for part in parts for word in part]
    order = np.random.Generator(np.random.PCG64([seed, 2])).permutation(len(pool))
    dealt, at = [], 0
    for part in parts:
        dealt.append(" ".join(pool[j] for j in order[at : at + len(part)]))
        at += len(part)
    return dealt[::2], dealt[1::2]


def reached_by_chance(points: Points, grain: Grain, *, seed: int) -> dict[str, float]:
    """Mean Jaccard similarity that the branches chosen as topics and subtopics reach in points without structure.

    They are chosen by the rule that chooses levels (`paperatlas.topics.levels.choose_levels`), without the condition
    that they be found again; 0 where there is no branch within the grain.
    """
    fewer = replace(grain, runs=grain.refit_runs, n_resamples=N_REFITS)
    consensus = build_consensus(points, runs=fewer.runs, finest=grain.finest, seed=seed)
    found_again = found_in(np.arange(len(points)), draw_again(points, fewer, seed=seed))
    return choose_levels(consensus, found_again, grain).reached
