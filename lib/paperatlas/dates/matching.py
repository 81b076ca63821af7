"""Find the papers of a small corpus in a long stream of publications.

The corpus is indexed and the stream is passed by it, so that memory depends on the corpus alone.
An entry of the stream is compared with a paper only if they share a blocking key: the whole title, the
opening or the end of the abstract, or two of the title's rarest words (Christen 2012, "Data Matching", ch. 4).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations

import pandas as pd

from paperatlas.dates.candidates import Candidate
from paperatlas.dates.judge import Likeness, TitleForm, compare, same_work
from paperatlas.dates.normalise import condensed, normalise

# Rarest words of a title of which two have to be there: three typing slips leave two of five untouched.
_KEY_WORDS = 5
# Letters at either end of an abstract that make a key; more than "in this paper we propose a new" has.
_END = 50
_END_RAW = 150
_NO_LETTERS = bytes(set(range(128)) - set(b"abcdefghijklmnopqrstuvwxyz"))
# Candidates kept per paper, enough to see that two records contend.
_KEPT = 4


@dataclass(order=True)
class Match:
    """A publication held to be one of the corpus' papers; the smallest is the best."""

    rank: tuple[float, str, str, str]
    candidate: Candidate = field(compare=False)
    likeness: Likeness = field(compare=False)
    sure: bool = field(compare=False)

    @property
    def score(self) -> float:
        """Likeness in [0, 1]."""
        return -self.rank[0]


class TitleMatcher:
    """Index over a corpus to which dated publications are offered one by one.

    Parameters
    ----------
    papers : DataFrame
        ``paper_id``, ``title``, ``abstract``; n rows.
    """

    def __init__(self, papers: pd.DataFrame) -> None:
        self.paper_ids: list[str] = [str(value) for value in papers["paper_id"]]
        self._titles = [TitleForm(normalise(title)) for title in papers["title"]]
        abstracts = ["" if pd.isna(text) else str(text) for text in papers["abstract"]]
        self._abstracts = [normalise(text).split() for text in abstracts]
        self._by_title: dict[str, list[int]] = defaultdict(list)
        self._by_end: dict[bytes, list[int]] = defaultdict(list)
        # Every paper under each of its rare words, under each pair of them, and under a title of one word.
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_pair: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._by_only_word: dict[str, list[int]] = defaultdict(list)
        frequency = Counter(word for form in self._titles for word in set(form.text.split()))
        for row, form in enumerate(self._titles):
            words = sorted(set(form.text.split()), key=lambda word: (frequency[word], word))[:_KEY_WORDS]
            for word in words:
                (self._by_word if len(words) > 1 else self._by_only_word)[word].append(row)
            for pair in combinations(sorted(words), 2):
                self._by_pair[pair].append(row)
            if form.text:
                self._by_title[form.key].append(row)
            for key in _ends(abstracts[row]):
                self._by_end[key].append(row)
        self._found: dict[int, list[Match]] = defaultdict(list)

    def offer(self, candidate: Candidate) -> None:
        """Compare one publication with the papers that share a key with it, and keep it if it is like one."""
        title = normalise(candidate.title)
        if not title:
            return
        alike = set(self._by_title.get(condensed(title), ()))
        for key in _ends(candidate.abstract):
            alike.update(self._by_end.get(key, ()))
        form = TitleForm(title)
        rows = [
            row
            for row in self._sharing(set(title.split()))
            if row not in alike and self._titles[row].resembles(form)
        ]
        if not rows and not alike:
            return
        abstract = normalise(candidate.abstract).split()
        for row in (*alike, *rows):
            likeness = compare(self._titles[row], form, self._abstracts[row], abstract)
            if likeness.worth_noting:
                self._keep(row, candidate, likeness)

    def _sharing(self, words: set[str]) -> set[int]:
        """Papers that share two rare words with a title, or one where either title has no more."""
        rows: set[int] = set()
        for word in words & self._by_only_word.keys():
            rows.update(self._by_only_word[word])
        known = words & self._by_word.keys()
        if len(words) == 1:
            for word in known:
                rows.update(self._by_word[word])
        for pair in combinations(sorted(known), 2):
            if pair in self._by_pair:
                rows.update(self._by_pair[pair])
        return rows

    def _keep(self, row: int, candidate: Candidate, likeness: Likeness) -> None:
        rank = (-likeness.score, candidate.published, candidate.arxiv_id, candidate.title)
        kept = self._found[row]
        kept.append(Match(rank, candidate, likeness, same_work(likeness)))
        if len(kept) > _KEPT:
            kept.sort(key=lambda match: (not match.sure, match))
            del kept[_KEPT:]

    def matches(self) -> dict[str, list[Match]]:
        """Per paper the publications found so far, the surest first; papers without any are absent."""
        return {
            self.paper_ids[row]: sorted(kept, key=lambda match: (not match.sure, match))
            for row, kept in sorted(self._found.items())
        }


def _ends(abstract: str) -> tuple[bytes, ...]:
    """First and last plain letters of an abstract; none if there are too few for a key.

    Only a key: that accents and formulas fall out does no harm where the same falls out on both sides.
    """
    head, tail = (
        part.encode("ascii", "ignore").lower().translate(None, _NO_LETTERS)
        for part in (abstract[:_END_RAW], abstract[-_END_RAW:])
    )
    return (head[:_END], tail[-_END:]) if min(len(head), len(tail)) >= _END else ()
