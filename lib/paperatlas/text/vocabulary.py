"""The words and phrases that papers use, counted as sparse whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.text.tokens import BREAK, BothWays, cut, folded, is_paired, long_forms, plain_text, word_lists

MOST_PARTS = 5  # of a phrase, an "of" between them counted
MOST_WORDS = 4  # of a phrase, a compound counted once
_JOINED = 0.5  # words are one compound wherever they meet if this share of their meetings has the hyphen
_PIECE = 0.6  # a phrase is a piece of a longer one if this share of its papers has the longer one
_FEW = 3  # meetings with a hyphen that show that words are a compound
_MULTIPLIER = np.int64(-7046029254386353131)  # 2 ** 64 over the golden ratio: odd, and its powers look random

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
_Found = list[tuple[Ints, Ints]]  # of one word, of two, ...: place of the first, and the term's column
Counts = tuple[sparse.csr_array, sparse.csr_array]


@dataclass(frozen=True)
class Vocabulary:
    """The words and phrases to count: folded, sorted, words of a phrase joined by spaces, character pairs by none.

    `compounds` are words that are one compound even where no hyphen joins them (``few shot``); for `both_ways` see
    `Parts`.
    """

    words: list[str]
    phrases: list[str]
    compounds: list[str]
    both_ways: BothWays

    def __len__(self) -> int:
        return len(self.words) + len(self.phrases)

    @property
    def keys(self) -> list[str]:
        """Words, then phrases: the columns of every count."""
        return [*self.words, *self.phrases]

    def count(self, titles: Sequence[str], abstracts: Sequence[str]) -> Counts:
        """Two (n, len(self)) int64 matrices: occurrences in title and abstract, and in the title alone."""
        run = _Run(titles, abstracts, self.both_ways)
        run.link(self.compounds)
        return _tally(run, _occurrences(run, self), len(self))


@dataclass(frozen=True)
class Terms:
    """What n papers say, in the m words and phrases of a vocabulary, whose `keys` are the columns.

    Attributes
    ----------
    counts, in_titles : (n, m) int64 csr_array
        Occurrences in title and abstract, and in the title alone.
    shown : list of m str
        How the abstracts write each term most often (titles where none does).
    general : (m,) bool array
        Whether each word of the term is too general to be a subject alone.
    last, alone : (m,) int64 array
        Occurrences, as far as one can tell as a noun, with a break after it, and with one on both sides.
    abbreviations : dict
        Short to long form, both as keys: ``gnn`` to ``graph neural network``.
    """

    vocabulary: Vocabulary
    counts: sparse.csr_array
    in_titles: sparse.csr_array
    shown: list[str]
    general: Mask
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
    vocabulary = _learn(run, min_papers, _holding_function_words(abbreviations.values()), without)
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
        *_with_breaks(run, found, len(vocabulary)),
        # "MAP" is an abbreviation, but not what "map" means in most places.
        {a: b for a, b in abbreviations.items() if sum(map(str.isupper, written.get(a, "RNN"))) > 1},
    )


class _Run:
    """All words of all papers in one row that ends with a break, with what a phrase may do at each place."""

    def __init__(
        self, titles: Sequence[str], abstracts: Sequence[str], both_ways: BothWays | None = None
    ) -> None:
        self.texts = [plain_text(text) for pair in zip(titles, abstracts, strict=True) for text in pair]
        parts = cut(self.texts, both_ways)
        self.n, self.form, self.forms, self.hyphen = len(titles), parts.form, parts.forms, parts.hyphen
        self.both_ways = parts.both_ways
        self.paper, self.in_title = parts.text // 2, parts.text % 2 == 0
        self.low = [form.lower() for form in self.forms]
        keys = [folded(form) for form in self.forms]
        self.keys = sorted(set(keys))
        self.number = {key: i for i, key in enumerate(self.keys)}
        # The last place serves BREAK, which is -1.
        self.word = np.array([*(self.number[key] for key in keys), BREAK], dtype=np.int64)[self.form]
        self.tied = parts.hyphen.copy()  # to the word before
        lists = word_lists()
        talk, links = lists["talk"]["words"], lists["link"]["words"]
        function = self._function_words()
        self.inner = function & self.where(links.__contains__)
        self.countable = (self.form >= 0) & ~function & ~self.where(lambda word: len(word) == 1)
        is_talk = self.where(lambda word: word in talk or folded(word) in talk)
        self.stops = (self.form < 0) | function | is_talk

    def where(self, holds: Callable[[str], bool]) -> Mask:
        """The places whose word, in lower case, is of some kind; no break is."""
        marks: Mask = np.array([*map(holds, self.low), False])[self.form]
        return marks

    def _function_words(self) -> Mask:
        """The function words of each paper's own language, which is the one that most of it is in."""
        of_language = np.array(
            [self.where(words.__contains__) for words in word_lists()["function"].values()]
        )
        votes = np.array([np.bincount(self.paper[places], minlength=self.n) for places in of_language])
        marks: Mask = of_language[votes.argmax(axis=0)[self.paper], np.arange(len(self.form))]
        return marks

    def code(self, at: Ints, length: int) -> Ints:
        """A number for the words that follow each other from each place on."""
        return _code(self.word[at + k] for k in range(length))

    def words(self, places: Ints, length: int) -> list[list[str]]:
        """The words that follow each other from each place on."""
        numbers = self.word[places[:, None] + np.arange(length)]
        return [[self.keys[number] for number in row] for row in numbers.tolist()]

    def find(self, at: Ints, wanted: Sequence[list[str]], length: int) -> tuple[Ints, Ints]:
        """Of some places those from which words follow each other that are `wanted`, and the place of these there."""
        numbers = np.fromiter((self.number.get(word, BREAK) for words in wanted for word in words), np.int64)
        numbers = numbers.reshape(-1, length)
        known = np.flatnonzero((numbers != BREAK).all(axis=1))
        which = pd.Index(_code(numbers[known].T)).get_indexer(pd.Index(self.code(at, length)))
        return at[which >= 0], known[which[which >= 0]]

    def learn_compounds(self, min_papers: int) -> list[str]:
        """Words that meet with a hyphen at least half of the time."""
        hyphen, found = self.hyphen, []
        for length in (2, 3):
            at = np.arange(len(hyphen) - length)
            joined = ~hyphen[at] & ~hyphen[at + length]  # not a piece of a longer compound
            for k in range(1, length):
                joined &= hyphen[at + k]
            number, first = _distinct(self.code(at[joined], length))
            times = np.bincount(number)
            often = times >= max(_FEW, min_papers)
            met = self.words(at[joined][first[often]], length)
            meetings = np.bincount(self.find(at, met, length)[1], minlength=len(met))
            found += [" ".join(met[i]) for i in np.flatnonzero(times[often] >= _JOINED * meetings)]
        return found

    def link(self, compounds: Sequence[str]) -> None:
        """Tie the words of compounds together; a function word or paper talk inside stops nothing."""
        split = [key.split() for key in compounds]
        for length in range(2, MOST_PARTS + 1):
            wanted = [parts for parts in split if len(parts) == length]
            at, _ = self.find(np.arange(len(self.word) - length), wanted, length)
            for k in range(1, length):
                self.tied[at + k] = True
        self.stops &= (self.form < 0) | ~(self.tied | np.roll(self.tied, -1))

    def phrases(self) -> Iterator[Ints]:
        """Where words stand, phrases of two words, of three, ...: none ends in "of" nor inside a compound."""
        yield np.flatnonzero(self.countable)
        at, ties = np.flatnonzero(~self.stops & ~self.tied), np.cumsum(self.tied)
        for length in range(2, MOST_PARTS + 1):
            last = at + length - 1
            at = at[~self.stops[last] | self.inner[last]]
            last = at + length - 1
            n_words = length - (ties[last] - ties[at])
            yield at[~self.stops[last] & ~self.tied[last + 1] & (n_words <= MOST_WORDS)]

    def written(self, first: int, length: int) -> str:
        """The `length` words from a place on, as they stand there."""
        text: str = self.forms[self.form[first]]
        for place in range(first + 1, first + length):
            form = self.forms[self.form[place]]
            text = f"{text}-{form}" if self.hyphen[place] else _join(text, form)
        return text


def _code(columns: Iterable[Ints]) -> Ints:
    """A number for each row of whole numbers, modulo 2 ** 64, so that as good as never two rows have the same."""
    return reduce(lambda code, column: code * _MULTIPLIER + column, columns)


def _distinct(codes: Ints) -> tuple[Ints, Ints]:
    """A number from 0 on for each code, and where each number stands first."""
    number, _ = pd.factorize(codes)
    return number, np.flatnonzero(~pd.Index(number).duplicated())


def _holding_function_words(keys: Iterable[str]) -> list[str]:
    """Those of several words, one of them a function word: "task and motion planning"."""
    function = frozenset().union(*word_lists()["function"].values())
    return [
        key for key in keys if key.count(" ") < MOST_PARTS and not function.isdisjoint(key.split(" ")[1:-1])
    ]


def _learn(run: _Run, min_papers: int, more_compounds: list[str], without: Collection[str]) -> Vocabulary:
    """Words and phrases in enough papers, see `read_terms`."""
    compounds = sorted({*run.learn_compounds(min_papers), *more_compounds})
    run.link(compounds)
    keys: list[list[str]] = []  # of words, of phrases of two words, of three, ...
    for length, at in enumerate(run.phrases(), start=1):
        number, first = _distinct(run.code(at, length))
        seen = pd.unique(run.paper[at] * len(first) + number)
        papers = np.bincount(seen % max(len(first), 1), minlength=len(first))
        often = map(spelt, run.words(at[first[papers >= min_papers]], length))
        keys.append(sorted(key for key in often if key not in without))
    words, *phrases = keys
    return Vocabulary(words, sorted(chain.from_iterable(phrases)), compounds, run.both_ways)


def _occurrences(run: _Run, vocabulary: Vocabulary) -> _Found:
    """Where every word and phrase of the vocabulary stands."""
    split = [*map(_split, vocabulary.keys)]
    found = []
    for length, at in enumerate(run.phrases(), start=1):
        columns = [i for i, parts in enumerate(split) if len(parts) == length]
        at, which = run.find(at, [split[i] for i in columns], length)
        found.append((at, np.array(columns, dtype=np.int64)[which]))
    return found


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


def _tally(run: _Run, found: _Found, n_terms: int) -> Counts:
    """Occurrences per paper: everywhere, and in its title."""
    at, term = (np.concatenate(arrays) for arrays in zip(*found, strict=True))

    def counted(at: Ints, term: Ints) -> sparse.csr_array:
        ones = np.ones(len(at), dtype=np.int64)
        papers, columns = run.paper[at].astype(np.int32), term.astype(np.int32)
        return sparse.csr_array((ones, (papers, columns)), shape=(run.n, n_terms))

    in_title = run.in_title[at]
    return counted(at, term), counted(at[in_title], term[in_title])


def _shown(run: _Run, found: _Found, n_terms: int) -> list[str]:
    """How each term is written most often in abstracts, else in titles; of equals, the last in the alphabet."""
    shown = [""] * n_terms
    for length, (at, term) in enumerate(found, start=1):
        spelling = (
            2 * run.form[at + k].astype(np.int64) + (run.hyphen[at + k] & (k > 0)) for k in range(length)
        )
        often = 1 + np.where(run.in_title[at], 0, len(at))
        uses = pd.DataFrame({"way": _code(spelling), "term": term, "at": at, "often": often})
        ways = uses.groupby("way", sort=False).agg({"term": "first", "at": "first", "often": "sum"})
        best = ways[ways["often"] == ways.groupby("term")["often"].transform("max")]
        for column, place in zip(best["term"].tolist(), best["at"].tolist(), strict=True):
            shown[column] = max(shown[column], run.written(place, length))
    return shown


def _with_breaks(run: _Run, found: _Found, n_terms: int) -> tuple[Ints, Ints]:
    """Occurrences of each term, as a noun, with a break after it, and with one before it as well."""
    grammar = word_lists()["grammar"]
    before, after = (run.stops & ~run.where(grammar[side].__contains__) for side in ("before", "after"))
    last, alone = np.zeros((2, n_terms), dtype=np.int64)
    for length, (at, term) in enumerate(found, start=1):
        ends = after[at + length]
        last += np.bincount(term[ends], minlength=n_terms)
        alone += np.bincount(term[ends & before[at - 1]], minlength=n_terms)
    return last, alone


def _general(vocabulary: Vocabulary) -> Mask:
    lists = word_lists()
    every = lists["general"]["words"] | lists["general"]["zh"] | lists["talk"]["words"]
    every |= frozenset().union(*lists["function"].values())
    empty = every | {folded(word) for word in every}
    return np.array([all(part in empty for part in key.split()) for key in vocabulary.keys], dtype=bool)
