"""Where the subject of a dump changes along the rank: several searches may stand one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from paperatlas.compare.overlap import holm, paper_ranks
from paperatlas.compare.queries import label_terms, phrases_in, titles_twice, unique_label
from paperatlas.errors import AtlasError

MIN_SEGMENT = 8
LEVEL = 0.05
_BLOCK = 64


@dataclass(frozen=True)
class Segments:
    """Stretches of rank with one subject each.

    Attributes
    ----------
    segments : DataFrame
        ``dump``, ``segment`` (from 1), ``first``, ``last`` (ranks), ``papers``, ``label``, ``terms`` (tuple, against
        the rest of the dump), ``begins``: ``step`` if the subject changes at once where the segment begins,
        ``drift`` if a gradual change describes it as well, empty for the first.
    tests : DataFrame
        ``dump``, ``papers``, ``borders``, ``p`` and ``p_adjusted`` of the first border (Holm over the dumps),
        ``permutations``, ``verdict``: ``borders found``, ``no border found`` or ``too short``.
    """

    segments: pd.DataFrame
    tests: pd.DataFrame


def find_segments(
    corpus: pd.DataFrame,
    vectors: np.ndarray,
    *,
    min_segment: int = MIN_SEGMENT,
    permutations: int | None = None,
    seed: int = 0,
) -> Segments:
    """Find the ranks at which the subject of a dump changes.

    The statistic of a cut is by how much two means describe the embeddings on its two sides better than one
    (sum of squares). The best cut is compared with the best cuts of the same papers in shuffled order; the
    null hypothesis is that the order carries no information, and the test is exact (Phipson and Smyth 2010).
    If it is rejected the search goes on inside the parts, shuffling within them (Matteson and James 2014).
    Holm's adjustment over the dumps keeps the chance of any false border in any dump at 5 %. The borders are
    then moved to the best places for their number by an exact dynamic programme (Bellman 1961; Auger and
    Lawrence 1989).

    A border says that the order of the papers is not indifferent to their subject. A search engine can do
    that within one search too, when what it finds further down is about something else.

    Parameters
    ----------
    corpus : DataFrame
        As for `paperatlas.compare.paper_ranks`, with ``title`` and ``abstract``.
    vectors : (n, d) array
        Embeddings of the papers.
    min_segment : int
        Smallest number of papers of a segment.
    permutations : int, optional
        Shuffles per test; by default 999, and more for more than ten dumps.
    seed : int

    Raises
    ------
    AtlasError
        If `vectors` does not fit `corpus`.
    """
    if len(vectors) != len(corpus):
        raise AtlasError(f"expected one vector per paper, found {len(vectors)} for {len(corpus)} papers")
    ranks = paper_ranks(corpus)
    orders = {
        dump: np.argsort(ranks[dump].to_numpy(float, na_value=np.inf), kind="stable")[: ranks[dump].count()]
        for dump in ranks
    }
    shuffles = permutations or max(999, 100 * len(orders) - 1)
    searches = {
        dump: _Search(vectors[rows].astype(float), min_segment, shuffles, (seed, 43, place))
        for place, (dump, rows) in enumerate(orders.items())
    }
    first = np.array([search.p_value() for search in searches.values()])
    adjusted = holm(first)
    phrases = titles_twice(phrases_in(corpus), corpus["title"].tolist())
    segments, tests = [], []
    for (dump, search), p, p_adjusted in zip(searches.items(), first, adjusted, strict=True):
        # Later borders of a dump carry the dump's own factor of Holm's adjustment.
        search.split_while(LEVEL if np.isnan(p) or p == 0 else LEVEL * p / max(p_adjusted, p))
        cuts = best_cuts(search.x, len(search.cuts) - 2, min_segment)
        rank = ranks[dump].to_numpy()[orders[dump]].astype(int)
        too_short = np.isnan(p)
        verdict = "too short" if too_short else "borders found" if len(cuts) > 2 else "no border found"
        tests.append((dump, len(rank), len(cuts) - 2, p, p_adjusted, 0 if too_short else shuffles, verdict))
        taken: set[frozenset[str]] = set()
        for number, (start, stop) in enumerate(pairwise(cuts), 1):
            inside = np.zeros(len(rank), dtype=bool)
            inside[start:stop] = True
            terms = [] if inside.all() else label_terms(phrases, inside, orders[dump])
            segments.append(
                {
                    "dump": dump,
                    "segment": number,
                    "first": int(rank[start]),
                    "last": int(rank[stop - 1]),
                    "papers": int(stop - start),
                    "label": unique_label(terms, f"part {number}", taken) if terms else "",
                    "terms": tuple(terms),
                    "begins": _kind(search.x[cuts[number - 2] : stop], start - cuts[number - 2])
                    if number > 1
                    else "",
                }
            )
    columns = ["dump", "papers", "borders", "p", "p_adjusted", "permutations", "verdict"]
    return Segments(pd.DataFrame(segments), pd.DataFrame(tests, columns=columns).round(6))


def cut_gains(x: np.ndarray, min_segment: int) -> np.ndarray:
    """By how much a cut before each row lowers the sum of squares, for many orders at once.

    Parameters
    ----------
    x : (..., n, d) array

    Returns
    -------
    (..., n - 2 min_segment + 1) array
        For cuts before row `min_segment` and on, rounded to nine decimals so that machines agree; no cut
        fits into fewer than twice `min_segment` rows.
    """
    n = x.shape[-2]
    if n < 2 * min_segment:
        return np.empty((*x.shape[:-2], 0))
    sums = np.cumsum(x, axis=-2)
    total = sums[..., -1:, :]
    left = np.arange(min_segment, n - min_segment + 1)
    head = sums[..., left - 1, :]
    gains = (
        np.einsum("...td,...td->...t", head, head) / left
        + np.einsum("...td,...td->...t", total - head, total - head) / (n - left)
        - np.einsum("...td,...td->...t", total, total) / n
    )
    return np.asarray(np.round(gains, 9))


class _Search:
    """Cuts of one sequence, found one after the other."""

    def __init__(self, x: np.ndarray, min_segment: int, shuffles: int, seed: Iterable[int]) -> None:
        self.x = x
        self.cuts = [0, len(x)]
        self._min, self._shuffles = min_segment, shuffles
        self._rng = np.random.Generator(np.random.PCG64(list(seed)))
        self._parts = {(0, len(x)): self._examine(0, len(x))}

    def _examine(self, start: int, stop: int) -> tuple[float, int, np.ndarray]:
        """Largest gain, its cut, and the largest gains of shuffled orders of a stretch."""
        part = self.x[start:stop]
        gains = cut_gains(part, self._min)
        if not len(gains):
            return -np.inf, start, np.full(self._shuffles, -np.inf)
        chance = []
        for done in range(0, self._shuffles, _BLOCK):
            size = min(_BLOCK, self._shuffles - done)
            order = self._rng.permuted(np.tile(np.arange(len(part)), (size, 1)), axis=1)
            chance.append(cut_gains(part[order], self._min).max(axis=1))
        return float(gains.max()), start + self._min + int(gains.argmax()), np.concatenate(chance)

    def p_value(self) -> float:
        """Permutation p-value of the best next cut; missing if no stretch is long enough."""
        best = max(gain for gain, _, _ in self._parts.values())
        if not np.isfinite(best):
            return float("nan")
        chance = np.max([null for _, _, null in self._parts.values()], axis=0)
        return float((1 + (chance >= best).sum()) / (1 + self._shuffles))

    def split_while(self, level: float) -> None:
        """Cut at the best place as long as the test rejects at this level."""
        while (p := self.p_value()) == p and p <= level + 1e-12:
            part = max(self._parts, key=lambda key: (self._parts[key][0], -key[0]))
            _, cut, _ = self._parts.pop(part)
            self.cuts = sorted([*self.cuts, cut])
            for stretch in ((part[0], cut), (cut, part[1])):
                self._parts[stretch] = self._examine(*stretch)


def best_cuts(x: np.ndarray, n_cuts: int, min_segment: int = MIN_SEGMENT) -> list[int]:
    """The cuts that leave the least sum of squares of all ways to make so many.

    Exact, by dynamic programming over the last cut (Bellman 1961; Auger and Lawrence 1989).

    Parameters
    ----------
    x : (n, d) array
    n_cuts : int
    min_segment : int

    Returns
    -------
    list of int
        0, the cuts in order (a cut stands before the row it names), n.
    """
    n = len(x)
    if n_cuts == 0:
        return [0, n]
    sums = np.vstack([np.zeros(x.shape[1]), np.cumsum(x, axis=0)])
    inner = sums @ sums.T
    square = np.diag(inner)
    length = np.arange(n + 1)[None, :] - np.arange(n + 1)[:, None]
    # Squared norm of the sum over a stretch, per paper: what its mean explains.
    explained = np.round((square[None, :] + square[:, None] - 2 * inner) / np.maximum(length, 1), 9)
    explained[length < min_segment] = -np.inf
    best = explained[0]
    back = []
    for _ in range(n_cuts):
        total = best[:, None] + explained
        back.append(total.argmax(axis=0))
        best = total.max(axis=0)
    cuts = [n]
    for last in reversed(back):
        cuts.append(int(last[cuts[-1]]))
    return [0, *reversed(cuts)]


def _kind(x: np.ndarray, cut: int) -> str:
    """Whether a step or a straight drift along the rank describes two neighbouring segments better."""
    n = len(x)
    line = np.arange(n) - (n - 1) / 2
    drift = float(((line @ x) ** 2).sum() / (line @ line))
    step = float(cut_gains(x, 1)[cut - 1])
    return "step" if step > drift else "drift"
