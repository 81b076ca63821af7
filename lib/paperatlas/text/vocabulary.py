"""The words and phrases that papers use, counted as sparse whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.text.abbreviations import long_forms
from paperatlas.text.tokens import (
    BREAK,
    HYPHEN,
    OVERLAP,
    SPACE,
    BothWays,
    cut,
    folded,
    is_east,
    plain_text,
    word_lists,
)

MOST_PARTS = 5  # of a phrase, an "of" between them counted
MOST_WORDS = 4  # of a phrase, a compound counted once
_JOINED = 0.5  # words are one compound wherever they meet if this share of their meetings has the hyphen
_PIECE = 0.6  # a phrase is a piece of a longer one if this share of its papers has the longer one
_FEW = 3  # meetings with a hyphen that show that words are a compound

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
_Found = list[tuple[Ints, Ints]]  # of one word, of two, ...: place of the first, and the term


@dataclass(frozen=True)
class Vocabulary:
    """The words and phrases to count.

    Attributes
    ----------
    words : list of v str
        Folded, sorted.
    phrases : list of t str
        Folded words joined by single spaces, character pairs by none; sorted.
    compounds : list of str
        Words that are one compound even where no hyphen joins them: ``few shot``.
    both_ways : dict
        How to read what is written both as one word and as a compound: ``pretraining`` to
        ``("pre", "training")``, or to ``("pretraining",)``.
    """

    words: list[str]
    phrases: list[str]
    compounds: list[str]
    both_ways: BothWays

    LISTS: ClassVar = ("words", "phrases", "compounds", "both_ways")

    def __len__(self) -> int:
        return len(self.words) + len(self.phrases)

    def lists(self) -> dict[str, list[str]]:
        """All that it knows as lists of strings, to be saved and given to `of_lists`."""
        both_ways = [" ".join((joined, *way)) for joined, way in self.both_ways.items()]
        return dict(zip(self.LISTS, (self.words, self.phrases, self.compounds, both_ways), strict=True))

    @classmethod
    def of_lists(
        cls, words: list[str], phrases: list[str], compounds: list[str], both_ways: list[str]
    ) -> Vocabulary:
        """The vocabulary that `lists` came from."""
        split = [way.split(" ") for way in both_ways]
        return cls(words, phrases, compounds, {joined: tuple(way) for joined, *way in split})

    @property
    def keys(self) -> list[str]:
        """Words, then phrases: the columns of every count."""
        return [*self.words, *self.phrases]

    def count(
        self, titles: Sequence[str], abstracts: Sequence[str]
    ) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Two (n, len(self)) int64 matrices: occurrences in title and abstract, and in the title alone."""
        run = _Run(titles, abstracts, self.both_ways)
        run.link(self.compounds)
        return _tally(run, _occurrences(run, self), len(self))


@dataclass(frozen=True)
class Terms:
    """What n papers say, in the m words and phrases of a vocabulary.

    Attributes
    ----------
    vocabulary : Vocabulary
        Its `keys` are the columns.
    counts, in_titles : (n, m) int64 csr_array
        Occurrences in title and abstract, and in the title alone. The first v columns are words.
    shown : list of m str
        How the abstracts write each term most often (titles where none does).
    general : (m,) bool array
        Whether each word of the term is too general to be a subject alone.
    alone : (m,) int64 array
        Occurrences, as far as one can tell as a noun, with a break on both sides.
    abbreviations : dict
        Short to long form, both as keys: ``gnn`` to ``graph neural network``.
    """

    vocabulary: Vocabulary
    counts: sparse.csr_array
    in_titles: sparse.csr_array
    shown: list[str]
    general: Mask
    alone: Ints
    abbreviations: dict[str, str]

    @property
    def keys(self) -> list[str]:
        """Words, then phrases."""
        return self.vocabulary.keys

    @property
    def words(self) -> sparse.csr_array:
        """(n, v) occurrences of words."""
        return self.counts[:, : len(self.vocabulary.words)]

    @property
    def phrases(self) -> sparse.csr_array:
        """(n, t) occurrences of phrases."""
        return self.counts[:, len(self.vocabulary.words) :]

    @cached_property
    def n_papers(self) -> Ints:
        """(m,) papers that hold each term."""
        return np.bincount(self.counts.indices, minlength=self.counts.shape[1])

    @cached_property
    def pieces(self) -> Mask:
        """(m,) phrases that mostly stand within one longer phrase, such as ``recurrent neural``."""
        column = {key: i for i, key in enumerate(self.keys)}
        found = np.zeros(len(column), dtype=bool)
        for key in self.vocabulary.phrases:
            parts = _split(key)
            for shorter in (spelt(parts[:-1]), spelt(parts[1:])) if len(parts) > 2 else ():
                i = column.get(shorter)
                if i is not None and self.n_papers[column[key]] >= _PIECE * self.n_papers[i]:
                    found[i] = True
        return found


def read_terms(titles: Sequence[str], abstracts: Sequence[str], *, min_papers: int = 2) -> Terms:
    """Words and phrases in at least `min_papers` papers, whatever the order of the papers.

    A phrase has two to four words. It crosses no punctuation, no function word of the paper's language but
    an "of" between two words, and no word in which papers speak of themselves ("propose"); it never holds
    a part of a compound without the rest.

    Parameters
    ----------
    titles, abstracts : sequences of n str
    min_papers : int
        Rarer terms are left out.
    """
    run = _Run(titles, abstracts)
    abbreviations = long_forms(run.texts, min_papers=min_papers)
    vocabulary = _learn(run, min_papers, run.holding_function_words(abbreviations.values()))
    found = _occurrences(run, vocabulary)
    counts, in_titles = _tally(run, found, len(vocabulary))
    shown = _shown(run, found, len(vocabulary))
    written = dict(zip(vocabulary.keys, shown, strict=True))
    return Terms(
        vocabulary,
        counts,
        in_titles,
        shown,
        _general(vocabulary),
        _alone(run, found, len(vocabulary)),
        # "MAP" is an abbreviation, but not what "map" means in most places.
        {a: b for a, b in abbreviations.items() if sum(map(str.isupper, written.get(a, "RNN"))) > 1},
    )


class _Run:
    """All words of all papers in one row, with what a phrase may do at each place."""

    def __init__(
        self, titles: Sequence[str], abstracts: Sequence[str], both_ways: BothWays | None = None
    ) -> None:
        self.texts = [plain_text(text) for pair in zip(titles, abstracts, strict=True) for text in pair]
        parts = cut(self.texts, both_ways)
        self.n, self.form, self.gap, self.forms = len(titles), parts.form, parts.gap, parts.forms
        self.both_ways = parts.both_ways
        self.paper, self.in_title = parts.text // 2, parts.text % 2 == 0
        keys = [folded(form) for form in self.forms]
        self.keys = sorted(set(keys))
        place = {key: i for i, key in enumerate(self.keys)}
        # The last place serves BREAK, which is -1.
        self.word = np.array([*(place[key] for key in keys), BREAK], dtype=np.int64)[self.form]
        self.tied = self.gap == HYPHEN  # to the word before
        self._mark()

    def _mark(self) -> None:
        """Find the function words of each paper's own language, and the words of paper talk."""
        lists = word_lists()
        low = [form.lower() for form in self.forms]
        names = list(lists["function"])
        member = np.array([[word in lists["function"][name] for word in low] + [False] for name in names])
        votes = np.array(
            [np.bincount(self.paper[is_in[self.form]], minlength=self.n) for is_in in member]
        ).reshape(len(names), self.n)
        language = np.where(votes.max(axis=0) > 0, votes.argmax(axis=0), -1)
        self.function = np.zeros(len(self.form), dtype=bool)
        for number, is_in in enumerate(member):
            self.function |= is_in[self.form] & (language[self.paper] == number)
        talk = lists["talk"]["words"]
        is_talk = np.array([w in talk or folded(w) in talk for w in low] + [False])
        inner = np.array([word in lists["link"]["words"] for word in low] + [False])
        lone = np.array([len(word) == 1 for word in low] + [False])
        self.inner = self.function & inner[self.form]
        self.countable = (self.form >= 0) & ~self.function & ~lone[self.form]
        self.stops = (self.form < 0) | self.function | is_talk[self.form]

    def meetings(self, length: int, begins: Mask) -> tuple[Ints, Ints]:
        """Places where `length` words follow each other, the first of them marked, and a code for what they are."""
        n = max(len(self.word) - length + 1, 0)
        at = np.flatnonzero(begins[self.word[:n]])
        code = np.zeros(len(at), dtype=np.int64)
        valid = np.ones(len(at), dtype=bool)
        for k in range(length):
            word = self.word[at + k]
            code = code * len(self.keys) + word
            valid &= word >= 0
        return at[valid], code[valid]

    def _marked(self, words: Ints | list[int]) -> Mask:
        marks = np.zeros(len(self.keys) + 1, dtype=bool)
        marks[words] = True
        marks[BREAK] = False
        return marks

    def learn_compounds(self, min_papers: int) -> list[str]:
        """Words that meet with a hyphen at least half of the time."""
        hyphen = np.append(self.gap == HYPHEN, False)
        begins = self._marked(self.word[np.flatnonzero(hyphen) - 1])
        found = []
        for length in (2, 3):
            at, code = self.meetings(length, begins)
            joined = ~hyphen[at] & ~hyphen[at + length]  # not a piece of a longer compound
            for k in range(1, length):
                joined &= hyphen[at + k]
            codes, times = np.unique(code[joined], return_counts=True)
            some = times >= max(_FEW, min_papers)
            codes, times = codes[some], times[some]
            everywhere = np.bincount(_place(codes, code) + 1, minlength=len(codes) + 1)[1:]
            found += [self._spell(c, length) for c in codes[times >= _JOINED * everywhere].tolist()]
        return found

    def _code(self, numbers: list[int]) -> int:
        code = 0
        for number in numbers:
            code = code * len(self.keys) + number
        return (code + 2**63) % 2**64 - 2**63

    def holding_function_words(self, keys: Iterable[str]) -> list[str]:
        """Those of several words, one of them a function word: "task and motion planning"."""
        function = frozenset().union(*word_lists()["function"].values())
        parts = [key.split() for key in keys]
        return [
            " ".join(p) for p in parts if len(p) <= MOST_PARTS and any(word in function for word in p[1:-1])
        ]

    def _spell(self, code: int, length: int) -> str:
        words: list[str] = []
        for _ in range(length):
            code, word = divmod(code, len(self.keys))
            words.insert(0, self.keys[word])
        return " ".join(words)

    def link(self, compounds: Sequence[str]) -> None:
        """Tie the words of compounds together; a function word or paper talk inside stops nothing."""
        number = {key: i for i, key in enumerate(self.keys)}
        split = [key.split() for key in compounds]
        known = [[number[word] for word in parts] for parts in split if all(word in number for word in parts)]
        for length in range(2, MOST_PARTS + 1):
            some = [parts for parts in known if len(parts) == length]
            codes = sorted(map(self._code, some))
            at, code = self.meetings(length, self._marked([parts[0] for parts in some]))
            at = at[_place(np.array(codes, dtype=np.int64), code) >= 0]
            for k in range(1, length):
                self.tied[at + k] = True
        self.stops &= (self.form < 0) | ~(self.tied | np.append(self.tied[1:], False))

    def starts(self) -> Ints:
        """Places where a phrase may begin."""
        return np.flatnonzero(~self.stops & ~self.tied)

    def onward(self, at: Ints, row: Ints, length: int) -> tuple[Ints, Ints]:
        """Those of the beginnings at `at` that may take in a word more and then have `length` words."""
        last = at + length - 1
        inside = last < len(self.form)
        at, row, last = at[inside], row[inside], last[inside]
        may = ~self.stops[last] | self.inner[last]
        return at[may], row[may]

    def is_whole(self, at: Ints, length: int) -> Mask:
        """Whether the `length` words from each place on are a phrase: it ends neither in "of" nor inside a compound."""
        last = at + length - 1
        tied = np.append(self.tied, False)
        n_words = length - sum((tied[at + k].astype(np.int64) for k in range(1, length)), np.zeros_like(at))
        whole: Mask = ~self.stops[last] & ~tied[last + 1] & (n_words <= MOST_WORDS)
        return whole

    def written(self, first: int, length: int) -> str:
        """The `length` words from a place on, as they stand there."""
        text: str = self.forms[self.form[first]]
        for place in range(first + 1, first + length):
            form = self.forms[self.form[place]]
            text += {SPACE: f" {form}", HYPHEN: f"-{form}", OVERLAP: form[1:]}[int(self.gap[place])]
        return text


def _place(codes: Ints, wanted: Ints) -> Ints:
    """Row of each wanted code among sorted `codes`, -1 where it is not there."""
    if not len(codes):
        return np.full(len(wanted), -1, dtype=np.int64)
    place = np.searchsorted(codes, wanted).clip(max=len(codes) - 1)
    return np.where(codes[place] == wanted, place, -1)


def _learn(run: _Run, min_papers: int, more_compounds: list[str]) -> Vocabulary:
    """Words and phrases in enough papers; see `read_terms`."""
    compounds = sorted({*run.learn_compounds(min_papers), *more_compounds})
    run.link(compounds)
    at = np.flatnonzero(run.countable)
    words = np.flatnonzero(_papers_of(run.paper[at], run.word[at], len(run.keys)) >= min_papers)

    phrases: list[str] = []
    at = run.starts()
    row = run.word[at]  # number of the words read so far, all beginnings of phrases in enough papers
    spelt = run.keys
    for length in range(2, MOST_PARTS + 1):
        at, row = run.onward(at, row, length)
        code, codes = pd.factorize(row * len(run.keys) + run.word[at + length - 1])
        keep = np.bincount(code, minlength=len(codes)) >= min_papers  # a cheap first sieve
        keep[keep] = _papers_of(run.paper[at], code, len(codes))[keep] >= min_papers
        before, word = np.divmod(codes[keep], len(run.keys))
        spelt = [_join(spelt[b], run.keys[w]) for b, w in zip(before.tolist(), word.tolist(), strict=True)]
        renumber = np.cumsum(keep) - 1
        at, row = at[keep[code]], renumber[code[keep[code]]]
        whole = run.is_whole(at, length)
        enough = _papers_of(run.paper[at[whole]], row[whole], len(spelt)) >= min_papers
        phrases += [spelt[i] for i in np.flatnonzero(enough).tolist()]
    return Vocabulary([run.keys[i] for i in words.tolist()], sorted(phrases), compounds, run.both_ways)


def _occurrences(run: _Run, vocabulary: Vocabulary) -> _Found:
    """Where every word and phrase of the vocabulary stands."""
    number = {key: i for i, key in enumerate(run.keys)}
    column = np.full(len(run.keys) + 1, BREAK, dtype=np.int64)
    for i, key in enumerate(vocabulary.words):
        if key in number:
            column[number[key]] = i
    at = np.flatnonzero(run.countable & (column[run.word] >= 0))
    found = [(at, column[run.word[at]])]

    split = [(i, _split(key)) for i, key in enumerate(vocabulary.phrases, start=len(vocabulary.words))]
    phrases = [(i, tuple(number[p] for p in parts)) for i, parts in split if all(p in number for p in parts)]
    at = run.starts()
    row = run.word[at]
    known: dict[tuple[int, ...], int] = {(i,): i for i in range(len(run.keys))}
    for length in range(2, MOST_PARTS + 1):
        beginnings = sorted({parts[:length] for _, parts in phrases if len(parts) >= length})
        codes = np.array([known[p[:-1]] * len(run.keys) + p[-1] for p in beginnings], dtype=np.int64)
        order = np.argsort(codes)
        known = {beginnings[j]: i for i, j in enumerate(order.tolist())}
        at, row = run.onward(at, row, length)
        row = _place(codes[order], row * len(run.keys) + run.word[at + length - 1])
        at, row = at[row >= 0], row[row >= 0]
        term = np.full(len(beginnings), BREAK, dtype=np.int64)
        for i, parts in phrases:
            if len(parts) == length:
                term[known[parts]] = i
        whole = run.is_whole(at, length) & (term[row] >= 0)
        found.append((at[whole], term[row[whole]]))
    return found


def _split(key: str) -> list[str]:
    return key.split() if " " in key else [key[i : i + 2] for i in range(len(key) - 1)]


def spelt(parts: Sequence[str]) -> str:
    """The key of a phrase of these words."""
    return reduce(_join, parts)


def _join(before: str, word: str) -> str:
    pairs = len(word) == 2 and is_east(word) and before[-1] == word[0]
    return before + word[1:] if pairs else f"{before} {word}"


def _papers_of(paper: NDArray[np.int32], term: Ints, n_terms: int) -> Ints:
    """In how many papers each term occurs."""
    seen = sparse.csr_array(
        (np.ones(len(term), dtype=np.int32), (paper, term)), shape=(int(paper.max(initial=0)) + 1, n_terms)
    )
    seen.sum_duplicates()
    return np.bincount(seen.indices, minlength=n_terms)


def _tally(run: _Run, found: _Found, n_terms: int) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Occurrences per paper: everywhere, and in its title."""
    paper = np.concatenate([run.paper[at] for at, _ in found])
    term = np.concatenate([term.astype(np.int32) for _, term in found])
    in_title = np.concatenate([run.in_title[at] for at, _ in found])
    counted = []
    for some in (slice(None), in_title):
        ones = np.ones(len(paper[some]), dtype=np.int64)
        counts = sparse.csr_array((ones, (paper[some], term[some])), shape=(run.n, n_terms))
        counts.sum_duplicates()
        counted.append(counts)
    return counted[0], counted[1]


def _shown(run: _Run, found: _Found, n_terms: int) -> list[str]:
    """How each term is written most often in abstracts, else in titles; of equals, the last in the alphabet."""
    shown = [""] * n_terms
    for length, (at, term) in enumerate(found, start=1):
        # A number for each way of writing: spelling and gap of every part, folded into one (modulo 2 ** 64).
        way = run.form[at].astype(np.uint64)
        for k in range(1, length):
            way *= np.uint64(0x9E3779B97F4A7C15)
            way += run.form[at + k].astype(np.uint64) * np.uint64(3) + run.gap[at + k].astype(np.uint64)
        number, ways = pd.factorize(way)
        first = np.zeros(len(ways), dtype=np.int64)
        first[number[::-1]] = np.arange(len(at))[::-1]
        often = np.bincount(number[~run.in_title[at]], minlength=len(ways)) * (len(at) + 1)
        often += np.bincount(number, minlength=len(ways))
        of_term = term[first]
        best = np.zeros(n_terms, dtype=np.int64)
        np.maximum.at(best, of_term, often)
        for i in np.flatnonzero(often == best[of_term]).tolist():
            j = int(of_term[i])
            shown[j] = max(shown[j], run.written(int(at[first[i]]), length))
    return shown


def _alone(run: _Run, found: _Found, n_terms: int) -> Ints:
    """Occurrences of each term, as a noun, with a break before and after it."""
    grammar = word_lists()["grammar"]
    stops = np.append(run.stops & ~run.tied, True)
    before, after = (
        stops
        & np.array([*(form.lower() not in grammar[side] for form in run.forms), True])[
            np.append(run.form, BREAK)
        ]
        for side in ("before", "after")
    )
    alone = np.zeros(n_terms, dtype=np.int64)
    for length, (at, term) in enumerate(found, start=1):
        alone += np.bincount(term[before[at - 1] & after[at + length]], minlength=n_terms)
    return alone


def _general(vocabulary: Vocabulary) -> Mask:
    lists = word_lists()
    every = lists["general"]["words"] | lists["general"]["zh"] | lists["talk"]["words"]
    every |= frozenset().union(*lists["function"].values())
    empty = every | {folded(word) for word in every}
    return np.array([all(part in empty for part in key.split()) for key in vocabulary.keys], dtype=bool)
