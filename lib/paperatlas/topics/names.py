"""What to call the nodes of a tree: terms of the field, as authors put them under "keywords"."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import rel_entr
from scipy.stats import rankdata

from paperatlas.text.tokens import folded, word_lists
from paperatlas.text.vocabulary import MOST_PARTS, Terms
from paperatlas.topics.branches import one_hot
from paperatlas.topics.coherence import Coherence, single_words

Labels = NDArray[np.integer]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_PHRASES = 3
N_WORDS = 10

_DIGITS = 6
_POOL = 100  # terms from which name and words of a node are chosen
_LEAST = 3  # papers of a node that hold a term that tells it, unless a third of them are fewer
_PHRASE = 1.5  # how much a phrase weighs, against a word
_GENERAL = 0.75  # how much a term weighs whose words are all general
_TOGETHER = 5.0  # weight of standing together, against telling the node apart


@dataclass(frozen=True)
class NodeName:
    """What a node is called, and how well its name finds its papers.

    ``auc`` is the chance that the name scores a paper of the node above another (nan for a node that fills the pile),
    ``precision`` the share of the node's papers among as many, those that the name scores highest. For both the name
    is chosen on one half of the papers and measured on the other, both ways.
    """

    phrases: tuple[str, ...]  # one to three, the head first
    words: tuple[str, ...]  # ten that describe the node, best first
    auc: float
    precision: float
    genre: str = ""  # such as surveys, if the node is one and no subject

    @property
    def name(self) -> str:
        """The phrases, divided by a comma and a space."""
        return ", ".join(self.phrases)


def name_nodes(terms: Terms, levels: Sequence[Labels], coherence: Coherence) -> list[list[NodeName]]:
    """``names[level][node]`` of the nodes of every level, from the top down.

    `levels` hold the node of each paper, numbered from 0, -1 for none.
    `coherence` says which words stand near each other. Where nothing sets a node apart, as in a pile of one group, the
    terms that most papers use describe it.
    """
    candidates = Candidates.of(terms)
    everyone = np.ones(len(levels[0]), dtype=bool)
    frequent = np.argsort(-np.where(terms.general, 0, terms.n_papers), kind="stable")[:N_WORDS]
    common = [terms.shown[j] for j in frequent if terms.n_papers[j]]
    names: list[list[NodeName]] = []
    for label in levels:
        k = int(label.max(initial=-1)) + 1
        chosen = candidates.choose(label, k, everyone)
        described = describe(terms, label, k, coherence)
        measured = _cross_fit(candidates, label, k, _halves(terms, label))
        genres = _genres(terms, label, k)
        names.append([])
        for name, words, (auc, precision), genre in zip(chosen, described, measured, genres, strict=True):
            told = words or common
            phrases = [genre] * bool(genre) + [candidates.shown[j] for j in name]
            found = phrases[:MOST_PHRASES] or told[:1]
            names[-1].append(NodeName(tuple(found), tuple(told), auc, precision, genre))
    return names


@dataclass(frozen=True)
class Candidates:
    """c terms that may name a node; an abbreviation and what it stands for are one.

    Termhood is how likely an author is to choose the term as a keyword, judging by the whole pile: the cube root of
    the product of four shares, of its occurrences that stand alone and not inside a longer phrase, of those that end
    a phrase, as nouns do and adjectives do not, of its papers that have it in the title, and of those that come back
    to it.
    """

    holds: sparse.csr_array  # (n, c) ones where a paper holds a term
    shown: list[str]
    parts: list[tuple[str, ...]]  # folded words of each term and of its abbreviation
    termhood: Floats

    @classmethod
    def of(cls, terms: Terms) -> Candidates:
        """Join abbreviations to their long forms and weigh every term."""
        keys = terms.keys
        column = {key: i for i, key in enumerate(keys)}
        target, shown = np.arange(len(keys)), list(terms.shown)
        known = [
            (column[a], column[b]) for a, b in terms.abbreviations.items() if a in column and b in column
        ]
        parts = [tuple(key.split()) for key in keys]
        for short, long in sorted(known, key=lambda pair: -terms.n_papers[pair[0]]):
            target[short] = long
            parts[long] = parts[short] + parts[long]
            if shown[long] == terms.shown[long]:
                shown[long] = f"{shown[long]} ({terms.shown[short]})"
        move = sparse.csr_array((np.ones(len(keys), dtype=np.int64), (np.arange(len(keys)), target)))
        counts, titles = (sparse.csr_array(matrix @ move) for matrix in (terms.counts, terms.in_titles))
        occurrences = np.asarray(counts.sum(axis=0)).ravel()
        alone, last = (
            np.bincount(target, weights=found, minlength=len(keys)) for found in (terms.alone, terms.last)
        )
        papers, titled, again = (
            np.bincount(found, minlength=len(keys))
            for found in (counts.indices, titles.indices, counts.indices[counts.data > 1])
        )
        several = np.array([" " in key for key in keys])
        weight = ~_talk(keys) * np.where(terms.general, _GENERAL, 1.0) * np.where(several, _PHRASE, 1.0)
        shares = (alone + 1) / (occurrences + 2) * (last + 1) / (occurrences + 2)
        shares *= (titled + 0.1) / (papers + 1) * (again + 0.1) / (papers + 1)
        counts.data[:] = 1
        return cls(counts, shown, parts, (weight * np.cbrt(shares)).round(_DIGITS))

    def choose(self, label: Labels, k: int, rows: NDArray[np.bool_]) -> list[list[int]]:
        """Columns of the name of each of k nodes, judged by some of the papers only.

        A head that no other has, the strongest first, then phrases that say something else.
        """
        papers = np.flatnonzero(rows)
        member, holds = one_hot(label[papers], k), self.holds[papers]
        inside = sparse.csr_array(member @ holds)
        inside.sort_indices()
        node, column = np.repeat(np.arange(k), np.diff(inside.indptr)), inside.indices
        size, everywhere = member.sum(axis=1)[node], holds.sum(axis=0)[column]
        value = likelihood_ratio(inside.data, everywhere, size, len(papers)) * self.termhood[column]
        value = np.where(inside.data < np.minimum(_LEAST, size / 3), 0, value).round(_DIGITS)
        best = [np.zeros(0, np.int64)] * k
        for i, (start, stop) in enumerate(pairwise(inside.indptr)):
            order = start + np.argsort(-value[start:stop], kind="stable")[:_POOL]
            best[i] = order[value[order] > 0]
        names: list[list[int]] = [[] for _ in range(k)]
        heads: set[int] = set()
        for i in sorted(range(k), key=lambda i: (-max(value[best[i]], default=0.0), i)):
            for j in column[best[i]].tolist():
                new = all(_say_else(self.parts[j], self.parts[one]) for one in names[i])
                free = names[i] or j not in heads
                if new and free and len(names[i]) < MOST_PHRASES:
                    names[i].append(j)
            heads.update(names[i][:1])
        return names


def likelihood_ratio(inside: Ints, everywhere: Ints, size: Ints, total: int) -> Floats:
    """Log-likelihood ratio of the papers with a term in a node against the rest, 0 where they are rarer there.

    Dunning, "Accurate methods for the statistics of surprise and coincidence", Computational Linguistics 19(1), 1993.
    `inside` and `everywhere` count papers of the node and all papers with each term, `size` and `total` without.
    """
    outside, share = everywhere - inside, size / total
    ratio = 2 * (rel_entr(inside, everywhere * share) + rel_entr(outside, everywhere * (1 - share)))
    return np.where(inside * (total - size) > outside * size, ratio, 0.0)


def _say_else(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """No word in common, but for the noun that both end in: "reinforcement learning", "imitation learning"."""
    if min(len(one), len(other)) > 1 and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return not any(_alike(a, b) for a in one for b in other)


def _alike(one: str, other: str) -> bool:
    """The same word, or one that begins like it: ``prototype`` and ``prototypical``, ``bias`` and ``biases``."""
    shorter = min(len(one), len(other))
    stem = max(4 if shorter == 4 else 5, ceil(0.75 * shorter))
    return one[:stem] == other[:stem]


def _halves(terms: Terms, label: Labels) -> NDArray[np.bool_]:
    """One half of every node's papers, whatever the order of the papers: every other one by a hash of its terms."""
    hashes = np.array([zlib.crc32(key.encode()) for key in terms.keys], dtype=np.int64)
    order = np.lexsort((terms.counts @ hashes, label))
    half = np.zeros(len(label), dtype=bool)
    half[order[::2]] = True
    return half


def _cross_fit(candidates: Candidates, label: Labels, k: int, half: NDArray[np.bool_]) -> Floats:
    """(k, 2) AUC and precision of each node's name, chosen on one half of the papers and measured on the other."""
    columns = candidates.holds.tocsc()
    rarity = np.log((1 + len(label)) / (1 + np.diff(columns.indptr))).round(_DIGITS)
    measured = []
    for rest in (half, ~half):
        for node, name in enumerate(candidates.choose(label, k, ~rest)):
            score, inside = (columns[:, name] @ rarity[name])[rest].round(_DIGITS), label[rest] == node
            measured.append((rank_auc(score, inside), precision_at_size(score, inside)))
    means = np.array(measured).reshape(2, k, 2).mean(axis=0)
    return np.asarray(means.round(_DIGITS))


def rank_auc(score: Floats, inside: NDArray[np.bool_]) -> float:
    """Chance that a marked item scores above another, ties counted half (Mann & Whitney 1947)."""
    a, b = int(inside.sum()), int((~inside).sum())
    above = float(rankdata(score)[inside].sum()) - a * (a + 1) / 2
    return above / (a * b) if a and b else float("nan")


def precision_at_size(score: Floats, inside: NDArray[np.bool_]) -> float:
    """Share of marked items among the highest scores, as many as are marked; of equal scores, their mean."""
    size = int(inside.sum())
    if not size:
        return float("nan")
    last = np.sort(score)[-size]
    above, equal = score > last, score == last
    left = size - int(above.sum())
    return float((int(inside[above].sum()) + left * inside[equal].mean()) / size)


def _genres(terms: Terms, label: Labels, k: int) -> list[str]:
    """The genre of each node of which half of the titles say one, and twice as often as elsewhere; else ``""``."""
    column = {key: i for i, key in enumerate(terms.keys)}
    member = one_hot(label, k)
    size = np.asarray(member.sum(axis=1)).ravel()
    found = [""] * k
    for genre, words in word_lists()["genre"].items():
        columns = sorted({column[folded(word)] for word in words if folded(word) in column})
        says = np.asarray(terms.in_titles[:, columns].sum(axis=1)).ravel() > 0
        share = member @ says.astype(np.int64) / np.maximum(size, 1)
        for node in np.flatnonzero((share >= 0.5) & (share >= 2 * says.mean())).tolist():
            found[node] = found[node] or genre
    return found


def telling(terms: Terms, inside: NDArray[np.bool_], counted: NDArray[np.bool_]) -> tuple[Floats, Ints]:
    """How surely each term sets some papers apart from the others, as a z-score, and how many of them use it.

    The log-odds ratio of using the term, inside and outside, with all papers as the prior, divided by its standard error
    (Monroe, Colaresi & Quinn 2008, Political Analysis 16(4)). The prior weighs as much as the smaller side. Only the
    terms `counted` count; the others have 0, as all do where one side is empty.
    """
    every = terms.n_papers * counted
    used = np.bincount(terms.counts[np.flatnonzero(inside)].indices, minlength=len(every)) * counted
    sides = np.array([used, every - used], dtype=float)
    total = sides.sum(axis=1, keepdims=True)
    weighed = sides + every * total.min() / max(every.sum(), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(weighed / (total + total.min() - weighed))
        z = (odds[0] - odds[1]) / np.sqrt((1 / weighed).sum(axis=0))
    return np.nan_to_num(z).round(4), used


def describe(terms: Terms, label: Labels, k: int, coherence: Coherence) -> list[list[str]]:
    """Ten words or phrases for each node, best first.

    Of the hundred that set the node apart most, those are preferred that stand near the ones already chosen.
    """
    several = np.array([" " in key for key in terms.keys])
    counted = ~(_talk(terms.keys) | (several & terms.general) | terms.pieces)
    found = []
    for node in range(k):
        inside = label == node
        z, used = telling(terms, inside, counted)
        z[used < min(_LEAST, inside.sum() / 3)] = 0.0
        pool = np.argsort(-z, kind="stable")[:_POOL]
        pool = pool[z[pool] > 0]
        shown = [terms.shown[j] for j in pool]
        words = [single_words([term], MOST_PARTS) for term in shown]
        every = sorted({word for some in words for word in some})
        holds = np.array([[word in some for word in every] for some in words], dtype=bool)
        chosen = _cohesive(z[pool], holds, coherence.npmi(every)) if shown else []
        found.append([shown[i] for i in chosen])
    return found


def _cohesive(z: Floats, holds: NDArray[np.bool_], npmi: Floats) -> list[int]:
    """Ten terms, each the one whose z, weighed by the mean NPMI of its words with those before, is greatest."""
    np.fill_diagonal(npmi, np.nan)
    one = holds.astype(np.float64)
    pairs = one @ (~np.isnan(npmi)).astype(np.float64) @ one.T
    nearness = (one @ np.nan_to_num(npmi) @ one.T / np.maximum(pairs, 1)).round(9)
    chosen: list[int] = []
    while len(chosen) < N_WORDS:
        new = (holds & ~holds[chosen].any(axis=0)).any(axis=1)
        near = nearness[chosen].sum(axis=0) / max(len(chosen), 1)
        value = np.where(new, z * np.exp(_TOGETHER * near), -1.0).round(9)
        if not new.any():
            break
        chosen.append(int(value.argmax()))
    return chosen


def _talk(keys: Sequence[str]) -> NDArray[np.bool_]:
    """Which terms consist of words in which papers speak of themselves."""
    talk = {form for word in word_lists()["talk"]["words"] for form in (word, folded(word))}
    return np.array([all(part in talk for part in key.split()) for key in keys], dtype=bool)
