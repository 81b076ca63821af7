"""Which words and phrases describe a topic, and how well its name finds its papers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperatlas.topics.coherence import Coherence, single_words
from paperatlas.topics.space import Labels
from paperatlas.topics.terms import LINK, Phrases

Scores = NDArray[np.float64]

_DIGITS = 6
_WHOLE = 10_000.0
_PRIOR = 2.0  # papers of the corpus' own make-up that every topic is thought to hold besides its own
_SHARED = 0.6  # a term may stand for a topic if no other topic scores much higher with it
_POOL = 40  # terms from which a topic's ten are chosen
_TOGETHER = 5.0  # weight of standing together, against telling the topic apart
_WHOLE_FROM = 0.6  # a term that stands this often within a longer one is a piece of it
_TELLING = 0.25  # least weight of a further part of a name, against the first
_PHRASE = 0.5  # how much more a phrase weighs in a name than a word
_HELPS = 0.01  # least gain in AUC for a further part of a name


class Describer:
    """Describes topics by the terms of their papers.

    Parameters
    ----------
    phrases : Phrases
        Candidate terms and their counts in every paper.
    coherence : Coherence
        Says which words stand near each other.
    """

    def __init__(self, phrases: Phrases, coherence: Coherence) -> None:
        self.phrases = phrases
        self._n = phrases.matrix.shape[0]
        weights = phrases.matrix.astype(np.float64)
        # Whole numbers, so that sums over papers are exact in any order.
        weights.data = np.rint(np.log2(1.0 + weights.data) * _WHOLE)
        self._weights = weights
        self._papers = np.bincount(phrases.matrix.indices, minlength=len(phrases.keys))
        self._words = [key.split() for key in phrases.keys]
        self._length = np.array([len(words) for words in self._words], dtype=np.int64)
        self._spelt = [single_words([shown], 9) for shown in phrases.shown]
        self._holds = phrases.matrix.tocsc()
        self._near = _Nearness(coherence, self._spelt)

    def scores(self, labels: Labels) -> Scores:
        """(k, t) how strongly each term marks each topic, rounded to 6 decimals.

        The term's contribution to the divergence of the topic from the corpus (Tomokiyo & Hurst 2003, ACL
        workshop on multiword expressions): ``p log(p / q)`` with ``p`` the mean damped count
        ``log2(1 + count)`` in the topic's papers, drawn towards that in the corpus, ``q``, by a prior.
        """
        k = int(labels.max()) + 1
        member = np.zeros((k, self._n))
        member[labels, np.arange(self._n)] = 1.0
        inside = np.asarray((self._weights.T @ member.T).T) / _WHOLE
        q = np.asarray(self._weights.sum(axis=0)).ravel() / _WHOLE / self._n
        p = (inside + _PRIOR * q) / (member.sum(axis=1, keepdims=True) + _PRIOR)
        return np.asarray(np.round(p * np.log(np.maximum(p / np.maximum(q, 1e-12), 1e-12)), _DIGITS))

    def words(self, scores: Scores, *, first: int = 10, together: float = _TOGETHER) -> list[list[int]]:
        """Columns of the terms that describe each topic, best first.

        Of the forty terms that mark the topic most and no other topic much more, those are preferred
        that stand near the ones already chosen: a term's score is multiplied by ``exp(together * c)``,
        ``c`` being its mean NPMI with their words. Plain scores (``together=0``) mix the sub-subjects of a
        topic; how well the terms find the topic's papers hardly changes (`terms_auc`).
        """
        own = np.where(scores >= _SHARED * scores.max(axis=0, keepdims=True), scores, -1.0)
        own[:, self._pieces] = -1.0
        pools = [[int(j) for j in np.argsort(-row, kind="stable")[:_POOL] if row[j] > 0] for row in own]
        if together:
            self._near.learn({j for pool in pools for j in pool})
        return [self._cohesive(pool, row, first, together) for pool, row in zip(pools, own, strict=True)]

    def _cohesive(self, pool: list[int], row: NDArray[np.float64], first: int, weight: float) -> list[int]:
        chosen: list[int] = []
        left = list(pool)
        used: set[str] = set()
        nearness = dict.fromkeys(pool, 0.0)  # summed over the terms chosen
        while left and len(chosen) < first:
            left = [j for j in left if not used.issuperset(self._words[j])]
            best, pick = -1.0, -1
            for j in left:
                value = float(row[j])
                if chosen and weight:
                    value = round(value * math.exp(weight * (nearness[j] / len(chosen))), 9)
                if value > best:
                    best, pick = value, j
            if pick < 0:
                break
            chosen.append(pick)
            left.remove(pick)
            used.update(self._words[pick])
            for j in left if weight else ():
                nearness[j] += self._near[(pick, j) if pick < j else (j, pick)]
        return chosen

    def names(self, labels: Labels, scores: Scores, *, most: int = 4) -> list[list[int]]:
        """Columns of the two to four terms that name each topic; no two topics get the same name.

        The first is the term that marks the topic most, phrases before words; each further one weighs how
        much it marks the topic by how much it helps the name to find the topic's papers (`auc`).
        A word gives way to the phrase it mostly stands in; a term is passed over if it shares a word with
        the name, spells one of its words otherwise, or abbreviates it.
        """
        own = np.where(scores >= _SHARED * scores.max(axis=0, keepdims=True), scores, -1.0)
        taken: set[frozenset[int]] = set()
        found = []
        for topic, row in enumerate(own):
            inside = labels == topic
            weight = np.round(row * (1.0 + _PHRASE * (self._length > 1)), _DIGITS)
            candidates = self._candidates(row, weight, inside)
            name = self._build(candidates, weight, inside, most)
            spare = [j for j in candidates if self._fits(j, name)]
            while frozenset(name) in taken and spare and len(name) < 4:
                name = [*name, spare.pop(0)]
            taken.add(frozenset(name))
            found.append(name)
        return found

    def _candidates(
        self, row: NDArray[np.float64], weight: NDArray[np.float64], inside: NDArray[np.bool_]
    ) -> list[int]:
        here = np.bincount(self._holds_rows(inside), minlength=len(row))
        found: dict[int, None] = {}
        for j in np.argsort(-weight, kind="stable")[:60]:
            if weight[j] > 0:
                found[self._whole_phrase(int(j), row, here)] = None
        return list(found)

    def _holds_rows(self, inside: NDArray[np.bool_]) -> NDArray[Any]:
        return np.asarray(self.phrases.matrix[np.flatnonzero(inside)].indices)

    def _whole_phrase(self, j: int, row: NDArray[np.float64], here: NDArray[np.int64]) -> int:
        """The longer phrase this term is a piece of, if it mostly stands in it."""
        while True:
            longer = [
                x
                for x in self._longer.get(j, ())
                if self._papers[x] >= _WHOLE_FROM * self._papers[j]
                or (self._length[j] == 1 and here[x] >= 0.4 * here[j] and row[x] >= 0.4 * row[j])
            ]
            if not longer:
                return j
            j = max(longer, key=lambda x: (row[x], -x))

    @cached_property
    def _pieces(self) -> NDArray[np.bool_]:
        """Phrases that mostly stand within a longer one, such as ``recurrent neural``."""
        found = np.zeros(len(self._words), dtype=bool)
        for j, longer in self._longer.items():
            found[j] = self._length[j] > 1 and any(
                self._papers[x] >= _WHOLE_FROM * self._papers[j] for x in longer
            )
        return found

    @cached_property
    def _longer(self) -> dict[int, list[int]]:
        column = {key: j for j, key in enumerate(self.phrases.keys)}
        found: dict[int, list[int]] = {}
        for j, words in enumerate(self._words):
            if len(words) == 1:
                continue
            later, earlier = words[1:], words[:-1]
            later = later[1:] if later[0] == LINK else later
            earlier = earlier[:-1] if earlier[-1] == LINK else earlier
            for piece in {" ".join(later), " ".join(earlier)}:
                if piece in column:
                    found.setdefault(column[piece], []).append(j)
        return found

    def _build(
        self, candidates: list[int], weight: NDArray[np.float64], inside: NDArray[np.bool_], most: int
    ) -> list[int]:
        name = candidates[:1]
        reached = self.auc(name, inside)
        while name and len(name) < most:
            fitting = [
                j for j in candidates if self._fits(j, name) and weight[j] >= _TELLING * weight[name[0]]
            ]
            gains = [round(self.auc([*name, j], inside) - reached, 9) for j in fitting]
            useful = [i for i, gain in enumerate(gains) if gain >= _HELPS]
            if useful:
                pick = max(useful, key=lambda i: (round(gains[i] * weight[fitting[i]], 9), -i))
                name, reached = [*name, fitting[pick]], reached + gains[pick]
                continue
            if len(name) == 1:
                name += [j for j in candidates if self._fits(j, name)][:1]
            break
        return name

    def _fits(self, j: int, name: Sequence[int]) -> bool:
        return all(
            not _alike(a, b) for c in name for a in self._words[j] for b in self._words[c]
        ) and not any(_abbreviates(self._words[a], self._words[b]) for c in name for a, b in ((j, c), (c, j)))

    def auc(self, columns: Sequence[int], inside: NDArray[np.bool_]) -> float:
        """How well terms find a topic's papers: area under the ROC curve, in [0, 1].

        Every paper is scored by the inverse document frequencies of the terms it holds; the area is the
        chance that a paper of the topic scores above one of the others, ties counted half. nan if either
        side is empty.
        """
        score = np.zeros(self._n)
        for j in columns:
            holds = self._holds.indices[self._holds.indptr[j] : self._holds.indptr[j + 1]]
            score[holds] += round(math.log((1 + self._n) / (1 + len(holds))), _DIGITS)
        return rank_auc(score.round(_DIGITS), inside)

    def spell(self, columns: Sequence[int], between: str = ", ") -> str:
        """Terms as the papers write them."""
        return between.join(self.phrases.shown[j] for j in columns)


class _Nearness(dict[tuple[int, int], float]):
    """Mean NPMI between the words of two terms, lower column first, kept from one number of topics to the next."""

    def __init__(self, coherence: Coherence, spelt: list[list[str]]) -> None:
        super().__init__()
        self._coherence = coherence
        self._spelt = spelt

    def learn(self, columns: Iterable[int]) -> None:
        """Look up the words of the terms that are about to be asked for."""
        vocabulary = sorted({word for j in columns for word in self._spelt[j]})
        self._pairs = self._coherence.between(vocabulary).tolist()
        self._place = {word: i for i, word in enumerate(vocabulary)}

    def __missing__(self, key: tuple[int, int]) -> float:
        one, other = ([self._place[word] for word in self._spelt[j]] for j in key)
        known = [v for a in one for b in other if a != b and not math.isnan(v := self._pairs[a][b])]
        self[key] = sum(known) / len(known) if known else 0.0
        return self[key]


def _alike(one: str, other: str) -> bool:
    """The same word, or one that begins like it: ``prototype`` and ``prototypical``."""
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += 1
    return one == other or (same >= 5 and same >= 0.75 * min(len(one), len(other)))


def _abbreviates(short: Sequence[str], long: Sequence[str]) -> bool:
    return len(short) == 1 and len(long) > 1 and short[0].startswith("".join(word[0] for word in long))


def rank_auc(score: NDArray[np.float64], inside: NDArray[np.bool_]) -> float:
    """Chance that a marked item scores above another, ties counted half (Mann & Whitney 1947)."""
    a, b = np.sort(score[inside]), np.sort(score[~inside])
    if not len(a) or not len(b):
        return float("nan")
    below, upto = np.searchsorted(b, a, "left"), np.searchsorted(b, a, "right")
    return float((int(below.sum()) + int(upto.sum())) / 2 / (len(a) * len(b)))
