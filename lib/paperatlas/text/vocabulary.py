"""The words and phrases that papers use, counted as sparse whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain, compress

import numpy as np
import pandas as pd
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
_Found = list[tuple[Ints, Ints]]  # of one word, of two, ...: place of the first, and its number
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


def read_terms(titles: Sequence[str], abstracts: Sequence[str], *, min_papers: int = 2) -> Terms:
    """Words and phrases in at least `min_papers` of n papers, whatever the order of the papers.

    A phrase has two to four words. It crosses no punctuation, no function word of the paper's language but
    an "of" between two words, and no word in which papers speak of themselves ("propose"); it never holds
    a part of a compound without the rest.
    """
    run = _Run(titles, abstracts)
    abbreviations = long_forms(run.texts, min_papers=min_papers)
    vocabulary, found = _learn(run, min_papers, _holding_function_words(abbreviations.values()))
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

    def sequences(self, length: int, firsts: Iterable[int]) -> tuple[Ints, Ints]:
        """Places where `length` words follow each other without a break, from one of `firsts` on, and those words.

        The words are (s, length).
        """
        is_first = np.zeros(len(self.keys) + 1, dtype=bool)  # the last place serves BREAK
        is_first[[*firsts]] = True
        at = np.flatnonzero(is_first[self.word])
        words = np.append(self.word, [BREAK] * length)[at[:, None] + np.arange(length)]
        unbroken = (words >= 0).all(axis=1)
        return at[unbroken], words[unbroken]

    def code(self, words: Ints) -> Ints:
        """One number for each row of words, modulo 2 ** 64."""
        code: Ints = words @ np.int64(len(self.keys)) ** np.arange(words.shape[1])
        return code

    def learn_compounds(self, min_papers: int) -> list[str]:
        """Words that meet with a hyphen at least half of the time."""
        hyphen = np.append(self.gap == HYPHEN, False)
        found = []
        for length in (2, 3):
            at, words = self.sequences(length, pd.unique(self.word[:-1][hyphen[1:-1]]))
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
            at, words = self.sequences(length, {parts[0] for parts in of_length})
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


def _phrases(run: _Run, beginnings: Callable[[Ints, Ints], Ints]) -> Iterator[tuple[Ints, Ints]]:
    """Phrases of two words, of three, ...: where each stands, and its number.

    `beginnings` is given the places of beginnings of phrases and a code for each: the number of the same without its
    last word, times the number of words, plus the last word. It returns their numbers; `BREAK` ends a phrase there.
    """
    at = np.flatnonzero(~run.stops & ~run.tied)
    row = run.word[at]
    for length in range(2, MOST_PARTS + 1):
        last = at + length - 1  # never beyond the row: it ends with a break
        may = ~run.stops[last] | run.inner[last]
        row = beginnings(at[may], row[may] * len(run.keys) + run.word[last[may]])
        at, row = at[may][row >= 0], row[row >= 0]
        whole = run.is_whole(at, length)
        yield at[whole], row[whole]


def _learn(run: _Run, min_papers: int, more_compounds: list[str]) -> tuple[Vocabulary, _Found]:
    """Words and phrases in enough papers, see `read_terms`, and where they stand."""

    def in_enough(at: Ints, row: Ints, n_rows: int) -> Mask:
        seen = pd.unique(run.paper[at] * n_rows + row)
        enough: Mask = np.bincount(seen % max(n_rows, 1), minlength=n_rows) >= min_papers
        return enough

    def beginnings(at: Ints, codes: Ints) -> Ints:
        row, codes = pd.factorize(codes)
        keep = in_enough(at, row, len(codes))
        before, word = np.divmod(codes[keep], max(len(run.keys), 1))
        pairs = zip(before.tolist(), word.tolist(), strict=True)
        keys.append([_join(keys[-1][b], run.keys[w]) for b, w in pairs])
        number: Ints = np.where(keep, np.cumsum(keep) - 1, BREAK)[row]
        return number

    compounds = sorted({*run.learn_compounds(min_papers), *more_compounds})
    run.link(compounds)
    keys = [run.keys]  # of words, of beginnings of two words, of three, ...
    at = np.flatnonzero(run.countable)
    found = [(at, run.word[at]), *_phrases(run, beginnings)]
    often = [in_enough(at, row, len(key)) for (at, row), key in zip(found, keys, strict=True)]
    words, *phrases = ([*compress(key, kept)] for key, kept in zip(keys, often, strict=True))
    vocabulary = Vocabulary(words, sorted(chain.from_iterable(phrases)), compounds, run.both_ways)
    column = {key: i for i, key in enumerate(vocabulary.keys)}
    return vocabulary, _known(found, ([column.get(key, BREAK) for key in some] for some in keys))


def _occurrences(run: _Run, vocabulary: Vocabulary) -> _Found:
    """Where every word and phrase of the vocabulary stands."""
    number = {key: i for i, key in enumerate(run.keys)}
    column = {key: i for i, key in enumerate(vocabulary.keys)}
    term = {(1, i): column[key] for key, i in number.items() if key in column}  # of length and number
    levels: list[dict[int, int]] = [{} for _ in range(2, MOST_PARTS + 1)]  # code to number, see `_phrases`
    for key in vocabulary.phrases:
        row, *rest = (number.get(part, BREAK) for part in _split(key))
        if row != BREAK and BREAK not in rest:
            for level, word in zip(levels, rest, strict=False):
                row = level.setdefault(row * len(number) + word, len(level))
            term[len(rest) + 1, row] = column[key]
    indices = (pd.Index(list(level), dtype=np.int64) for level in levels)
    at = np.flatnonzero(run.countable)
    found = [(at, run.word[at]), *_phrases(run, lambda _, codes: next(indices).get_indexer(pd.Index(codes)))]
    sizes = enumerate([len(number), *map(len, levels)], start=1)
    return _known(found, ([term.get((length, i), BREAK) for i in range(size)] for length, size in sizes))


def _known(found: _Found, columns: Iterable[list[int]]) -> _Found:
    """With the column of each number's term in its place; what is no term is left out."""
    known = []
    for (at, row), column in zip(found, columns, strict=True):
        term = np.array([*column, BREAK], dtype=np.int64)[row]
        known.append((at[term >= 0], term[term >= 0]))
    return known


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


def _with_breaks(run: _Run, found: _Found, n_terms: int) -> tuple[Ints, Ints]:
    """Occurrences of each term, as a noun, with a break after it, and with one before it as well."""
    grammar = word_lists()["grammar"]
    stops = run.stops & ~run.tied
    before, after = (
        np.append(stops & ~run.where(grammar[side].__contains__), True) for side in ("before", "after")
    )
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
