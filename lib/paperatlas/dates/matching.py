"""Find the papers of a small corpus in a long stream of publications.

The corpus is indexed and the stream is passed by it, so that memory depends on the corpus alone. An entry of the
stream is compared with a paper only if they share a blocking key: the whole title, the opening or the end of the
abstract, or two of the title's rarest words (Christen 2012, "Data Matching", ch. 4).

A wrong date is worse than none, so every rule asks for evidence from two sides: the title and the abstract, or,
where an abstract is missing, a title that differs by typing slips only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain, combinations
from typing import Any, NamedTuple

import pandas as pd
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import partial_ratio_alignment

from paperatlas.titles import SAME_FIELD, Work, marks

# Rarest words of a title of which two have to be there: three typing slips leave two of five untouched.
_KEY_WORDS = 5
# Letters at either end of an abstract that make a key; more than "in this paper we propose a new" has.
_END = 50
_NO_LETTERS = bytes(set(range(128)) - set(b"abcdefghijklmnopqrstuvwxyz"))
# Similarity of abstracts in words: revisions of one abstract seldom fall under 0.7. Even a perfect copy proves
# nothing by itself: sister papers and slips at upload put one abstract under two quite different titles.
_REVISED, _NEAR_COPY = 0.70, 0.90
# Similarity of titles, and of a title to a part of a longer one with marks elsewhere.
_SAME_TITLE, _SAME_PART = 0.80, 0.92
# A name of one word with a slip ("DeeRAG") is this near to "DeepRAG"; a nearly equal abstract has to make up for it.
_SLIPPED_NAME = 0.60


class Candidate(NamedTuple):
    """One dated publication a source knows of; ``published`` is "YYYY-MM" or "YYYY", never empty."""

    title: str
    published: str
    abstract: str = ""
    arxiv_id: str = ""
    venue: str = ""


class Match(NamedTuple):
    """A publication that surely is one of the corpus' papers.

    ``score`` in [0, 1] is the mean similarity of title and abstract, or of the title alone if it is ``by_title``,
    an abstract being missing.
    """

    candidate: Candidate
    score: float
    same_title: bool
    by_title: bool


class TitleMatcher:
    """Index over papers (``paper_id``, ``title``, ``abstract``) to which publications are offered one by one."""

    def __init__(self, papers: pd.DataFrame) -> None:
        rows = papers[["paper_id", "title", "abstract"]].fillna("").itertuples(index=False)
        self._works = {str(paper_id): Work(title, abstract) for paper_id, title, abstract in rows}
        frequency = Counter(word for work in self._works.values() for word in set(work.title.split()))
        # By whole title, ends of the abstract, and pairs of the title's rare words, or the only word that it has.
        self._by_key: defaultdict[Any, set[str]] = defaultdict(set)
        self._rare: set[str] = set()
        for paper_id, work in self._works.items():
            words = sorted(set(work.title.split()), key=lambda word: (frequency[word], word))[:_KEY_WORDS]
            self._rare.update(words)
            for key in chain(_blocking(work), combinations(sorted(words), min(2, len(words)))):
                self._by_key[key].add(paper_id)
        self._found: defaultdict[str, list[Match]] = defaultdict(list)

    def offer(self, candidate: Candidate) -> None:
        """Compare one publication with the papers that share a key with it, and keep it if it surely is one."""
        work = Work(candidate.title, candidate.abstract)
        words = set(work.title.split())
        keys = (
            chain(_blocking(work), zip(words), combinations(sorted(words & self._rare), 2)) if words else ()
        )
        for paper_id in set().union(*(self._by_key.get(key, ()) for key in keys)):
            if match := _matched(self._works[paper_id], work, candidate):
                self._found[paper_id].append(match)

    def matches(self) -> dict[str, list[Match]]:
        """Per paper the publications that surely are it, the best and earliest first; papers without any are absent."""
        return {
            paper_id: sorted(
                found, key=lambda match: (-match.score, match.candidate.published, match.candidate)
            )
            for paper_id, found in sorted(self._found.items())
        }


def _blocking(work: Work) -> tuple[str | bytes, ...]:
    """The title without blanks, and the plain letters at either end of the abstract."""
    letters = work.abstract.encode("ascii", "ignore").lower().translate(None, _NO_LETTERS)
    return (work.key, letters[:_END], letters[-_END:]) if len(letters) >= _END else (work.key,)


def _matched(one: Work, other: Work, candidate: Candidate) -> Match | None:
    """The publication as a match, if it is like the paper enough to take over its date."""
    same = one.key == other.key
    alike = 1.0 if same else _alike(one.title, other.title)
    if alike < _SLIPPED_NAME:
        return None
    abstract = one.abstract_similarity(other)
    enough = SAME_FIELD if same else _REVISED if alike >= _SAME_TITLE else _NEAR_COPY
    if not (same or _slips_only(one.title, other.title) if abstract < 0 else abstract >= enough):
        return None
    return Match(candidate, round(alike if abstract < 0 else (alike + abstract) / 2, 4), same, abstract < 0)


def _alike(one: str, other: str) -> float:
    """Similarity in [0, 1] of the shorter title to what is most like it in the other; 0 if their marks differ."""
    few, many = sorted((one, other), key=len)
    found = partial_ratio_alignment(few, many, score_cutoff=100 * _SLIPPED_NAME)
    if not found or marks(few) == marks(many):
        return found.score / 100 if found else 0.0
    # By whole words "YOLACT" is no part of "YOLACT++: Better Real-time Instance Segmentation".
    begin, end = many.rfind(" ", 0, found.dest_start + 1) + 1, many.find(" ", found.dest_end - 1)
    part = many[begin : end if end > 0 else None]
    return found.score / 100 if found.score >= 100 * _SAME_PART and marks(few) == marks(part) else 0.0


def _slips_only(one: str, other: str) -> bool:
    """Whether two titles of at least four words differ by a slip, not at the first letter, in one or two long words."""
    words, others = one.split(), other.split()
    if len(words) != len(others) or len(words) < 4 or marks(one) != marks(other):
        return False
    different = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    return 0 < len(different) <= 2 and all(
        min(len(a), len(b)) >= 5 and a[0] == b[0] and OSA.distance(a, b, score_cutoff=1) == 1
        for a, b in different
    )
