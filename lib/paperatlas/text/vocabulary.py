"""The words and phrases that papers use, counted as sparse whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import count

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.text.tokens import (
    BothWays,
    cut,
    folded,
    function_words,
    is_paired,
    long_forms,
    plain_text,
    word_lists,
)

MOST_PARTS = 5  # of a phrase, an "of" between them counted
MOST_WORDS = 4  # of a phrase, a compound counted once
_JOINED = 0.5  # words are one compound wherever they meet if this share of their meetings has the hyphen
_PIECE = 0.6  # a phrase is a piece of a longer one if this share of its papers has the longer one
_FEW = 3  # meetings with a hyphen that show that words are a compound
_MULTIPLIER = 11400714819323198485  # 2 ** 64 over the golden ratio: odd, and its powers look random

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Codes = NDArray[np.uint64]
Counts = tuple[sparse.csr_array, sparse.csr_array]


@dataclass(frozen=True)
class Vocabulary:
    """The words and phrases to count: folded, sorted, words of a phrase joined by spaces, character pairs by none.

    `compounds` are words that are one compound even where no hyphen joins them (``few shot``); for `both_ways` see
    `paperatlas.text.tokens.cut`.
    """

    words: list[str]
    phrases: list[str]
    compounds: list[str]
    both_ways: BothWays

    @property
    def keys(self) -> list[str]:
        """Words, then phrases: the columns of every count."""
        return [*self.words, *self.phrases]

    def count(self, titles: Sequence[str], abstracts: Sequence[str]) -> Counts:
        """Two (n, len(self)) int64 matrices: occurrences in title and abstract, and in the title alone."""
        run = _Run(titles, abstracts, self.both_ways)
        run.link(self.compounds)
        run.use(self)
        return run.counts()


@dataclass(frozen=True)
class Terms:
    """What n papers say, in the m words and phrases of a vocabulary, whose `keys` are the columns.

    Attributes
    ----------
    counts, in_titles : (n, m) int64 csr_array
        Occurrences in title and abstract, and in the title alone.
    shown : list of m str
        How the abstracts write each term most often (titles where none does).
    last, alone : (m,) int64 array
        Occurrences, as far as one can tell as a noun, with a break after it, and with one on both sides.
    abbreviations : dict
        Short to long form, both as keys: ``gnn`` to ``graph neural network``.
    """

    vocabulary: Vocabulary
    counts: sparse.csr_array
    in_titles: sparse.csr_array
    shown: list[str]
    last: Ints
    alone: Ints
    abbreviations: dict[str, str]

    @property
    def keys(self) -> list[str]:
        """Words, then phrases."""
        return self.vocabulary.keys

    @cached_property
    def n_papers(self) -> Ints:
        """(m,) papers that hold each term."""
        return np.bincount(self.counts.indices, minlength=self.counts.shape[1])

    @cached_property
    def general(self) -> Mask:
        """(m,) terms of which each word is too general to be a subject alone."""
        lists = word_lists()
        empty = lists["general"]["words"] | lists["general"]["zh"] | lists["talk"]["words"] | function_words()
        empty |= set(map(folded, empty))
        return np.array([empty.issuperset(key.split()) for key in self.keys], dtype=bool)

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


def read_terms(
    titles: Sequence[str], abstracts: Sequence[str], *, min_papers: int = 2, without: Collection[str] = ()
) -> Terms:
    """Words and phrases in at least `min_papers` of n papers, whatever the order of the papers, but not those `without`.

    A phrase has two to four words. It crosses no punctuation, no function word of the paper's language but
    an "of" between two words, and no word in which papers speak of themselves ("propose"); it never holds
    a part of a compound without the rest.
    """
    run = _Run(titles, abstracts)
    abbreviations = long_forms(run.texts, min_papers=min_papers)
    learned = run.compounds(min_papers)
    # "task and motion planning" is one compound.
    learned += [
        long
        for long in abbreviations.values()
        if long.count(" ") < MOST_PARTS and not function_words().isdisjoint(long.split(" ")[1:-1])
    ]
    run.link(compounds := sorted(set(learned)))
    keys = {key: length for key, length in run.common(min_papers).items() if key not in without}
    words, phrases = (sorted(key for key in keys if (keys[key] > 1) == several) for several in (False, True))
    vocabulary = Vocabulary(words, phrases, compounds, run.both_ways)
    run.use(vocabulary)
    shown = run.shown()
    written = dict(zip(vocabulary.keys, shown, strict=True))
    # "MAP" is an abbreviation, but not what "map" means in most places.
    known = {a: b for a, b in abbreviations.items() if sum(map(str.isupper, written.get(a, "RNN"))) > 1}
    return Terms(vocabulary, *run.counts(), shown, *run.with_breaks(), known)


class _Run:
    """All words of all papers in one row that ends with a break, and where in it words and phrases stand.

    They begin `at` a place and have a `length`; once a vocabulary is in use, each is a `term` of it by its column.
    """

    def __init__(
        self, titles: Sequence[str], abstracts: Sequence[str], both_ways: BothWays | None = None
    ) -> None:
        self.texts = [plain_text(text) for pair in zip(titles, abstracts, strict=True) for text in pair]
        self.form, self.hyphen, text, self.forms, self.both_ways = cut(self.texts, both_ways)
        self.n, self.paper, self.in_title = len(titles), text // 2, text % 2 == 0
        self.lower = [form.lower() for form in self.forms]
        # A word that is asked for and does not occur gets the next number; a break, which is -1, has 0.
        self.number: defaultdict[str, int] = defaultdict(count(1).__next__)
        numbers = [*(self.number[folded(form)] for form in self.forms), 0]
        self.word, self.keys = np.array(numbers, dtype=np.uint64)[self.form], ["", *self.number]
        self.tied = self.hyphen.copy()  # to the word before
        lists = word_lists()
        talk, function = lists["talk"]["words"], self._function_words()
        self.inner = function & self.where(lists["link"]["words"].__contains__)
        self.countable = (self.form >= 0) & ~function & ~self.where(lambda word: len(word) == 1)
        is_talk = self.where(lambda word: word in talk or folded(word) in talk)
        self.stops = (self.form < 0) | function | is_talk

    def where(self, holds: Callable[[str], bool]) -> Mask:
        """The places whose word, in lower case, is of some kind; no break is."""
        marks: Mask = np.array([*map(holds, self.lower), False])[self.form]
        return marks

    def _function_words(self) -> Mask:
        """The function words of each paper's own language, which is the one that most of it is in."""
        of_language = np.array(
            [self.where(words.__contains__) for words in word_lists()["function"].values()]
        )
        votes = np.array([np.bincount(self.paper[places], minlength=self.n) for places in of_language])
        marks: Mask = of_language[votes.argmax(axis=0)[self.paper], np.arange(len(self.form))]
        return marks

    def words(self, at: int, length: int) -> list[str]:
        """The words that follow each other from a place on."""
        return [self.keys[number] for number in self.word[at : at + length].tolist()]

    def find(self, at: Ints, length: Ints | int, keys: Sequence[str]) -> Ints:
        """Which of the keys begins at each place, -1 for none."""
        numbers = (map(self.number.__getitem__, _split(key)) for key in keys)
        codes = [reduce(lambda code, number: code * _MULTIPLIER + number, key) % 2**64 for key in numbers]
        return pd.Index(codes, dtype=np.uint64).get_indexer(pd.Index(_code(self.word, at, length)))

    def compounds(self, min_papers: int) -> list[str]:
        """Words that meet with a hyphen at least half of the time."""
        found = []
        for length in (2, 3):
            at = np.arange(len(self.hyphen) - length)
            joined = ~self.hyphen[at] & ~self.hyphen[at + length]  # not a piece of a longer compound
            for k in range(1, length):
                joined &= self.hyphen[at + k]
            meetings = pd.Series(_code(self.word, at, length))
            hyphened = meetings[joined]
            times = hyphened.value_counts().loc[lambda times: times >= max(_FEW, min_papers)]
            meetings = meetings[meetings.isin(times.index)].value_counts()
            often = times.index[times >= _JOINED * meetings[times.index]]
            first = hyphened[hyphened.isin(often)].drop_duplicates().index.tolist()
            found += [" ".join(self.words(place, length)) for place in first]
        return found

    def link(self, compounds: Sequence[str]) -> None:
        """Tie the words of compounds together, and find all words and phrases: none ends in "of" nor in a compound."""
        for length in range(2, MOST_PARTS + 1):
            at = np.arange(len(self.word) - length)
            tied = at[self.find(at, length, [key for key in compounds if key.count(" ") == length - 1]) >= 0]
            for k in range(1, length):
                self.tied[tied + k] = True
        self.stops &= (self.form < 0) | ~(self.tied | np.roll(self.tied, -1))
        at, ties = np.flatnonzero(~self.stops & ~self.tied), np.cumsum(self.tied)
        found = [np.flatnonzero(self.countable)]
        for length in range(2, MOST_PARTS + 1):
            last = at + length - 1
            at = at[~self.stops[last] | self.inner[last]]
            last = at + length - 1
            n_words = length - (ties[last] - ties[at])
            found.append(at[~self.stops[last] & ~self.tied[last + 1] & (n_words <= MOST_WORDS)])
        self.at = np.concatenate(found)
        self.length = np.repeat(np.arange(1, MOST_PARTS + 1), [*map(len, found)])

    def common(self, min_papers: int) -> dict[str, int]:
        """Keys of words and phrases in enough papers, and how many words each has."""
        number, codes = pd.factorize(_code(self.word, self.at, self.length))
        held = pd.unique(self.paper[self.at] * len(codes) + number) % max(len(codes), 1)
        enough = np.bincount(held, minlength=len(codes)) >= min_papers
        first = np.flatnonzero(enough[number] & ~pd.Index(number).duplicated())
        places = zip(self.at[first].tolist(), self.length[first].tolist(), strict=True)
        return {spelt(self.words(at, length)): length for at, length in places}

    def use(self, vocabulary: Vocabulary) -> None:
        """Of all words and phrases keep the terms of a vocabulary, with the column of each."""
        keys = vocabulary.keys
        term = self.find(self.at, self.length, keys)
        self.at, self.length, self.term = (values[term >= 0] for values in (self.at, self.length, term))
        self.n_terms = len(keys)

    def counts(self) -> Counts:
        """Occurrences per paper: everywhere, and in its title."""

        def counted(at: Ints, term: Ints) -> sparse.csr_array:
            ones = np.ones(len(at), dtype=np.int64)
            papers, columns = self.paper[at].astype(np.int32), term.astype(np.int32)
            return sparse.csr_array((ones, (papers, columns)), shape=(self.n, self.n_terms))

        in_title = self.in_title[self.at]
        return counted(self.at, self.term), counted(self.at[in_title], self.term[in_title])

    def shown(self) -> list[str]:
        """How each term is written most often in abstracts, else in titles; of equals, the last in the alphabet."""
        spelling = 2 * self.form.astype(np.uint64) + self.hyphen + np.uint64(2)
        # A hyphen before a word alone is no part of it.
        way = _code(spelling, self.at, self.length) - self.hyphen[self.at]
        often = 1 + np.where(self.in_title[self.at], 0, len(self.at))
        uses = pd.DataFrame({"way": way, "term": self.term, "at": self.at, "length": self.length})
        ways = uses.drop_duplicates("way").set_index("way")
        ways["often"] = pd.Series(often).groupby(way, sort=False).sum()
        best = ways[ways["often"] == ways.groupby("term")["often"].transform("max")]
        shown = [""] * self.n_terms
        for term, at, length in best[["term", "at", "length"]].to_numpy().tolist():
            shown[term] = max(shown[term], self.written(at, length))
        return shown

    def with_breaks(self) -> tuple[Ints, Ints]:
        """Occurrences of each term, as a noun, with a break after it, and with one before it as well."""
        before, after = (
            self.stops & ~self.where(words.__contains__)
            for words in map(word_lists()["grammar"].__getitem__, ("before", "after"))
        )
        last = after[self.at + self.length]
        alone = last & before[self.at - 1]
        ends, both = (np.bincount(self.term[mask], minlength=self.n_terms) for mask in (last, alone))
        return ends, both

    def written(self, first: int, length: int) -> str:
        """The `length` words from a place on, as they stand there."""
        text: str = self.forms[self.form[first]]
        for place in range(first + 1, first + length):
            form = self.forms[self.form[place]]
            text = f"{text}-{form}" if self.hyphen[place] else _join(text, form)
        return text


def _code(row: Codes, at: Ints, length: Ints | int) -> Codes:
    """A number for the values from each place of a row on, modulo 2 ** 64: as good as never two have the same.

    Lengths are one for all, or ascend.
    """
    code = row[at]
    for k in range(1, np.max(length, initial=1)):
        longer = np.searchsorted(np.broadcast_to(length, at.shape), k, side="right")
        code[longer:] = code[longer:] * np.uint64(_MULTIPLIER) + row[at[longer:] + k]
    return code


def _split(key: str) -> list[str]:
    """The words of a term: the opposite of `spelt`."""
    if key.isascii():
        return key.split()
    words = ((word, 2 if is_paired(word) else len(word)) for word in key.split())
    return [word[i : i + size] for word, size in words for i in range(len(word) - size + 1)]


def spelt(parts: Sequence[str]) -> str:
    """The key of a phrase of these words."""
    return reduce(_join, parts)


def _join(before: str, word: str) -> str:
    return before + word[1:] if is_paired(word) and before[-1] == word[0] else f"{before} {word}"
