"""What a query asks for, in the words that the papers use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from paperatlas.text.tokens import cut, folded, plain_text, word_lists
from paperatlas.text.vocabulary import MOST_PARTS, Terms, Vocabulary, spelt

_SHORTEST_PART = 3
_MOST_WORDS_WITH_PART = 8
_CLOSE = 0.8  # share of letters two spellings have in common


@dataclass(frozen=True)
class Query:
    """A query in terms of a vocabulary.

    Attributes
    ----------
    groups : tuple of tuples of str
        One for each thing that is asked for, which any of its terms (keys of the vocabulary) stands for.
    text : str
        The query with what was misspelt put right.
    note : str
        A sentence on what was read differently from how it was written; empty if nothing was.
    """

    groups: tuple[tuple[str, ...], ...]
    text: str
    note: str

    @property
    def terms(self) -> tuple[str, ...]:
        """All terms, in the order of the query."""
        return tuple(dict.fromkeys(term for group in self.groups for term in group))

    def holders(self, terms: Terms) -> NDArray[np.bool_]:
        """(n,) papers that use, for each thing asked for, a term that stands for it; none if nothing is known."""
        column = {key: i for i, key in enumerate(terms.keys)}
        held = np.full(terms.counts.shape[0], bool(self.groups))
        for group in self.groups:
            columns = [column[term] for term in group if term in column]
            held &= np.asarray(terms.counts[:, columns].sum(axis=1)).ravel() > 0
        return held


def read_query(query: str, terms: Terms | Vocabulary) -> Query:
    """Find what the papers call the things that a query asks for.

    Phrases are found whole. A word that no paper uses is taken as an abbreviation ("GNN"), as part of a word
    ("adversar") or as misspelt ("atention"). An abbreviation and what it stands for count as one.

    Parameters
    ----------
    query : str
    terms : Terms or Vocabulary
        Of the papers; with a `Vocabulary`, nothing is known of abbreviations that the papers explain.
    """
    return _Reader(terms).read(query)


class _Reader:
    def __init__(self, terms: Terms | Vocabulary) -> None:
        vocabulary = terms if isinstance(terms, Vocabulary) else terms.vocabulary
        self.vocabulary = vocabulary
        self.keys = set(vocabulary.keys)
        self.known = {*vocabulary.words, *(part for phrase in vocabulary.phrases for part in phrase.split())}
        self.function = frozenset().union(*word_lists()["function"].values())
        self.papers = dict.fromkeys(vocabulary.keys, 0)
        self.shown = {key: key for key in vocabulary.keys}
        self.long: dict[str, str] = {}
        if isinstance(terms, Terms):
            self.papers = dict(zip(terms.keys, terms.n_papers.tolist(), strict=True))
            self.shown = dict(zip(terms.keys, terms.shown, strict=True))
            self.long = {a: b for a, b in terms.abbreviations.items() if b in self.keys}

    def read(self, query: str) -> Query:
        parts = cut([plain_text(query)], self.vocabulary.both_ways)
        forms = [parts.forms[i] for i in parts.form.tolist() if i >= 0]
        instead: dict[int, tuple[str, ...]] = {}
        words, notes = [], []
        for i, form in enumerate(forms):
            word = folded(form)
            words.append(word)
            if word in self.known or word in self.long or form.lower() in self.function:
                continue
            found = self._meant(word)
            if found:
                instead[i] = found
                words[-1] = found[0]
            notes.append(self._note(form, found))
        groups = list(self._groups(words, instead))
        notes += [
            f"{self._quoted(group[:1])} and {self._quoted(group[1:])} count as one"
            for group in groups
            if len(group) == 2 and group[0] in (*self.long, *self.long.values())
        ]
        text = query
        if instead:
            text = " ".join(self.shown[words[i]] if i in instead else form for i, form in enumerate(forms))
        return Query(tuple(groups), text, "; ".join(dict.fromkeys(notes)))

    def _groups(self, words: list[str], instead: dict[int, tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
        """The longest phrases, then words, each with all that stands for it."""
        short = {long: abbreviation for abbreviation, long in sorted(self.long.items(), reverse=True)}
        start = 0
        while start < len(words):
            for end in range(min(start + MOST_PARTS, len(words)), start, -1):
                term = spelt(words[start:end])
                if term in self.keys or term in self.long:
                    same = [self.long.get(term), short.get(term)]
                    others = instead.get(start, ()) if end == start + 1 else ()
                    alike = dict.fromkeys([term, *others, *(t for t in same if t)])
                    yield tuple(key for key in alike if key in self.keys)
                    break
            start = end

    def _meant(self, word: str) -> tuple[str, ...]:
        """Terms that an unknown word may stand for, the commonest first."""
        initials = [p for p in self.vocabulary.phrases if "".join(w[0] for w in p.split()) == word]
        if initials and len(word) > 1:
            return (min(initials, key=self._rank),)
        if len(word) >= _SHORTEST_PART:
            for holds in (str.startswith, str.__contains__):
                if some := [known for known in self.vocabulary.words if holds(known, word)]:
                    return tuple(sorted(some, key=self._rank)[:_MOST_WORDS_WITH_PART])
        close = get_close_matches(word, self.vocabulary.words, n=3, cutoff=_CLOSE)
        return tuple(close[:1])

    def _rank(self, key: str) -> tuple[int, str]:
        return -self.papers[key], key

    def _note(self, form: str, found: tuple[str, ...]) -> str:
        if not found:
            return f"no paper says '{form}', nor anything like it"
        return f"no paper says '{form}'; showing {self._quoted(found)}"

    def _quoted(self, keys: Iterable[str]) -> str:
        return ", ".join(f"'{self.shown[key]}'" for key in keys)
