"""What a query asks for, in the words that the papers use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from paperatlas.text.tokens import BREAK, cut, folded, function_words, plain_text
from paperatlas.text.vocabulary import MOST_PARTS, Terms, spelt

_SHORTEST_PART = 3
_MOST_WORDS_WITH_PART = 8
_CLOSE = 0.8  # share of letters two spellings have in common


@dataclass(frozen=True)
class Query:
    """A query in terms of a vocabulary.

    A group for each thing that is asked for, which any of its terms (keys of the vocabulary) stands for; the query with
    what was misspelt put right; and a sentence on what was read differently from how it was written, or "".
    """

    groups: tuple[tuple[str, ...], ...]
    text: str
    note: str

    def holders(self, terms: Terms) -> NDArray[np.bool_]:
        """(n,) papers that use, for each thing asked for, a term that stands for it; none if nothing is known."""
        column = {key: i for i, key in enumerate(terms.keys)}
        held = np.full(terms.counts.shape[0], bool(self.groups))
        for group in self.groups:
            held &= np.asarray(terms.counts[:, [column[term] for term in group]].sum(axis=1)).ravel() > 0
        return held


def read_query(query: str, terms: Terms) -> Query:
    """Find what the papers call the things that a query asks for.

    Phrases are found whole. A word that no paper uses is taken as an abbreviation ("GNN"), as part of a word
    ("adversar") or as misspelt ("atention"). An abbreviation and what it stands for count as one.
    """
    vocabulary, keys = terms.vocabulary, set(terms.keys)
    long = {short: form for short, form in terms.abbreviations.items() if form in keys}
    known = {*vocabulary.words, *(part for phrase in vocabulary.phrases for part in phrase.split()), *long}
    known |= function_words()
    shown = dict(zip(terms.keys, terms.shown, strict=True))
    form, _, _, spellings, _ = cut([plain_text(query)], vocabulary.both_ways)
    forms = [spellings[i] for i in form.tolist() if i != BREAK]
    unknown = {form for form in forms if known.isdisjoint((folded(form), form.lower()))}
    instead = {form: found for form in forms if form in unknown and (found := _meant(folded(form), terms))}
    groups = tuple(_groups([instead.get(form, (folded(form),)) for form in forms], keys, long))
    notes = [
        f"no paper says '{form}'"
        + (f"; showing {_quoted(instead[form], shown)}" if form in instead else ", nor anything like it")
        for form in forms
        if form in unknown
    ]
    notes += [
        f"{_quoted(group[:1], shown)} and {_quoted(group[1:], shown)} count as one"
        for group in groups
        if len(group) == 2 and group[0] in (*long, *long.values())
    ]
    right = [shown[instead[form][0]] if form in instead else form for form in forms]
    return Query(groups, " ".join(right) if instead else query, "; ".join(dict.fromkeys(notes)))


def _groups(words: list[tuple[str, ...]], keys: set[str], long: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """The longest phrases, then words, each with all that stands for it."""
    short = {form: abbreviation for abbreviation, form in sorted(long.items(), reverse=True)}
    start = 0
    while start < len(words):
        for end in range(min(start + MOST_PARTS, len(words)), start, -1):
            term = spelt([word for word, *_ in words[start:end]])
            if term in keys or term in long:
                others = words[start] if end == start + 1 else ()
                alike = dict.fromkeys([term, *others, long.get(term), short.get(term)])
                yield tuple(key for key in alike if key in keys)
                break
        start = end


def _meant(word: str, terms: Terms) -> tuple[str, ...]:
    """Terms that an unknown word may stand for, the commonest first."""
    papers = dict(zip(terms.keys, terms.n_papers.tolist(), strict=True))
    known = sorted(papers, key=lambda key: (-papers[key], key))
    found = [key for key in known if " " in key and "".join(part[0] for part in key.split()) == word][:1]
    words = set(terms.vocabulary.words)
    for holds in (str.startswith, str.__contains__) if len(word) >= _SHORTEST_PART else ():
        found = found or [key for key in known if key in words and holds(key, word)][:_MOST_WORDS_WITH_PART]
    return tuple(found or get_close_matches(word, terms.vocabulary.words, n=1, cutoff=_CLOSE))


def _quoted(keys: Iterable[str], shown: dict[str, str]) -> str:
    return ", ".join(f"'{shown[key]}'" for key in keys)
