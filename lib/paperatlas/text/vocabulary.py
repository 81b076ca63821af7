"""The words and phrases that papers use, counted as sparse whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.text.tokens import (
    BREAK,
    HYPHEN,
    OVERLAP,
    SPACE,
    BothWays,
    cut,
    folded,
    is_east,
    long_forms,
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
    """Words and phrases in at least `min_papers` of n papers, whatever the order of the papers.

    A phrase has two to four words. It crosses no punctuation, no function word of the paper's language but
    an "of" between two words, and no word in which papers speak of themselves ("propose"); it never holds
    a part of a compound without the rest.
    """
    run = _Run(titles, abstracts)
    abbreviations = long_forms(run.texts, min_papers=min_papers)
    vocabulary = _learn(run, min_papers, _holding_function_words(abbreviations.values()))
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
        self.low = [form.lower() for form in self.forms]
        keys = [folded(form) for form in self.forms]
        self.keys = sorted(set(keys))
        number = {key: i for i, key in enumerate(self.keys)}
        # The last place serves BREAK, which is -1.
        self.word = np.array([*(number[key] for key in keys), BREAK], dtype=np.int64)[self.form]
        self.tied = self.gap == HYPHEN  # to the word before
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

    def sequences(self, length: int) -> tuple[Ints, Ints]:
        """Places where `length` words follow each other without a break, and those words, (s, length)."""
        words = sliding_window_view(np.append(self.word, [BREAK] * length), length)
        at = np.flatnonzero((words >= 0).all(axis=1))
        return at, words[at]

    def code(self, words: Ints) -> Ints:
        """One number for each row of words, modulo 2 ** 64."""
        code: Ints = words @ np.int64(len(self.keys)) ** np.arange(words.shape[1])
        return code

    def learn_compounds(self, min_papers: int) -> list[str]:
        """Words that meet with a hyphen at least half of the time."""
        hyphen = np.append(self.gap == HYPHEN, False)
        found = []
        for length in (2, 3):
            at, words = self.sequences(length)
            joined = ~hyphen[at] & ~hyphen[at + length]  # not a piece of a longer compound
            for k in range(1, length):
                joined &= hyphen[at + k]
            number, _ = pd.factorize(self.code(words))
            first = np.flatnonzero(~pd.Index(number).duplicated())
            times = np.bincount(number[joined], minlength=len(first))
            chosen = (times >= max(_FEW, min_papers)) & (times >= _JOINED * np.bincount(number))
            found += [" ".join(self.keys[word] for word in parts) for parts in words[first[chosen]].tolist()]
        return found

    def link(self, compounds: Sequence[str]) -> None:
        """Tie the words of compounds together; a function word or paper talk inside stops nothing."""
        number = {key: i for i, key in enumerate(self.keys)}
        split = [key.split() for key in compounds]
        known = [[number[word] for word in parts] for parts in split if all(word in number for word in parts)]
        for length in range(2, MOST_PARTS + 1):
            of_length = [parts for parts in known if len(parts) == length]
            at, words = self.sequences(length)
            wanted = self.code(np.array(of_length, dtype=np.int64).reshape(-1, length))
            at = at[pd.Index(self.code(words)).isin(wanted)]
            for k in range(1, length):
                self.tied[at + k] = True
        self.stops &= (self.form < 0) | ~(self.tied | np.append(self.tied[1:], False))

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


def _holding_function_words(keys: Iterable[str]) -> list[str]:
    """Those of several words, one of them a function word: "task and motion planning"."""
    function = frozenset().union(*word_lists()["function"].values())
    return [
        key for key in keys if key.count(" ") < MOST_PARTS and not function.isdisjoint(key.split(" ")[1:-1])
    ]


def _phrases(
    run: _Run, go_on: Callable[[Ints, Ints, list[str]], Mask]
) -> Iterator[tuple[Ints, Ints, list[str]]]:
    """Phrases of two words, of three, ...: where each stands, the number of its key, and the keys.

    `go_on` is given beginnings of phrases in that form and tells which keys are worth reading on.
    """
    at = np.flatnonzero(~run.stops & ~run.tied)
    row, keys = run.word[at], run.keys
    for length in range(2, MOST_PARTS + 1):
        last = at + length - 1  # never beyond the row: it ends with a break
        may = ~run.stops[last] | run.inner[last]
        at, row, last = at[may], row[may], last[may]
        row, codes = pd.factorize(row * len(run.keys) + run.word[last])
        before, word = np.divmod(codes, max(len(run.keys), 1))
        keys = [_join(keys[b], run.keys[w]) for b, w in zip(before.tolist(), word.tolist(), strict=True)]
        keep = go_on(at, row, keys)
        at, row = at[keep[row]], (np.cumsum(keep) - 1)[row[keep[row]]]
        keys = [key for key, kept in zip(keys, keep.tolist(), strict=True) if kept]
        whole = run.is_whole(at, length)
        yield at[whole], row[whole], keys


def _learn(run: _Run, min_papers: int, more_compounds: list[str]) -> Vocabulary:
    """Words and phrases in enough papers; see `read_terms`."""

    def enough(at: Ints, row: Ints, keys: list[str]) -> Mask:
        seen = pd.unique(run.paper[at] * len(keys) + row)
        often: Mask = np.bincount(seen % max(len(keys), 1), minlength=len(keys)) >= min_papers
        return often

    compounds = sorted({*run.learn_compounds(min_papers), *more_compounds})
    run.link(compounds)
    at = np.flatnonzero(run.countable)
    words = np.flatnonzero(enough(at, run.word[at], run.keys))
    phrases = [
        keys[i]
        for at, row, keys in _phrases(run, enough)
        for i in np.flatnonzero(enough(at, row, keys)).tolist()
    ]
    return Vocabulary([run.keys[i] for i in words.tolist()], sorted(phrases), compounds, run.both_ways)


def _occurrences(run: _Run, vocabulary: Vocabulary) -> _Found:
    """Where every word and phrase of the vocabulary stands."""
    column = {key: i for i, key in enumerate(vocabulary.keys)}
    beginnings = {
        spelt(parts[:n]) for parts in map(_split, vocabulary.phrases) for n in range(2, len(parts) + 1)
    }

    def columns(keys: list[str]) -> Ints:
        return np.array([*(column.get(key, BREAK) for key in keys), BREAK], dtype=np.int64)

    def go_on(_: Ints, __: Ints, keys: list[str]) -> Mask:
        return np.array([key in beginnings for key in keys], dtype=bool)

    at = np.flatnonzero(run.countable)
    found = [(at, columns(run.keys)[run.word[at]])]
    found += [(at, columns(keys)[row]) for at, row, keys in _phrases(run, go_on)]
    return [(at[term >= 0], term[term >= 0]) for at, term in found]


def _split(key: str) -> list[str]:
    return key.split() if " " in key else [key[i : i + 2] for i in range(len(key) - 1)]


def spelt(parts: Sequence[str]) -> str:
    """The key of a phrase of these words."""
    return reduce(_join, parts)


def _join(before: str, word: str) -> str:
    pairs = len(word) == 2 and is_east(word) and before[-1] == word[0]
    return before + word[1:] if pairs else f"{before} {word}"


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
        way = run.form[at].astype(np.int64)
        for k in range(1, length):  # a number for each spelling and gap of every part
            way = pd.factorize((way * len(run.forms) + run.form[at + k]) * 3 + run.gap[at + k])[0]
        often = 1 + np.where(run.in_title[at], 0, len(at))
        uses = pd.DataFrame({"way": way, "term": term, "at": at, "often": often})
        ways = uses.groupby("way", sort=False).agg({"term": "first", "at": "first", "often": "sum"})
        best = ways[ways["often"] == ways.groupby("term")["often"].transform("max")]
        for column, place in zip(best["term"].tolist(), best["at"].tolist(), strict=True):
            shown[column] = max(shown[column], run.written(place, length))
    return shown


def _alone(run: _Run, found: _Found, n_terms: int) -> Ints:
    """Occurrences of each term, as a noun, with a break before and after it."""
    grammar = word_lists()["grammar"]
    stops = run.stops & ~run.tied
    before, after = (
        np.append(stops & ~run.where(grammar[side].__contains__), True) for side in ("before", "after")
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
