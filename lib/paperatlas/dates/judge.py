"""Decide whether two titles with their abstracts are the same work.

A wrong date is worse than none, so every rule asks for evidence from two sides: the title and the
abstract, or, where an abstract is missing, a title that differs by typing slips only.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from rapidfuzz.distance import OSA, Indel
from rapidfuzz.fuzz import ratio

from paperatlas.dates.normalise import condensed, marks

# Below this, titles are not worth comparing by their abstracts.
_RELATED = 0.60
# A shorter abstract ("This paper has been withdrawn.") identifies nothing.
_ABSTRACT_WORDS = 20
# Word-level likeness of abstracts, read off 185,849 arXiv papers: unrelated abstracts of one field stay under
# 0.4, revisions of one abstract seldom fall under 0.7. Even a perfect copy proves nothing by itself: sister
# papers and slips at upload put one abstract under two quite different titles.
_SAME_FIELD = 0.40
_REVISED = 0.70
_NEAR_COPY = 0.90
_COPY = 0.98
# Likeness of whole titles, and of a title to the beginning or end of a longer one.
_SAME_TITLE = 0.80
_SAME_PART = 0.85
_SAME_END = 0.92
# A name of one word with a slip ("DeeRAG") is this near to "DeepRAG"; a nearly equal abstract has to make up for it.
_SLIPPED_NAME = 0.60


class TitleForm:
    """A normalised title with what is derived from it on demand."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def key(self) -> str:
        """Title without blanks."""
        return condensed(self.text)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """Words that tell sister titles apart."""
        return marks(self.text)

    def resembles(self, other: TitleForm) -> bool:
        """Whether whole title or main title are near enough to look at the abstracts."""
        return (
            ratio(self.text, other.text, score_cutoff=100 * _RELATED) > 0
            or part_likeness(self.text, other.text) >= _SAME_PART
        )


class Likeness(NamedTuple):
    """How like two works are.

    ``title`` and ``part`` in [0, 1] compare whole titles and the shorter title with the beginning or end of
    the longer; ``abstract`` in [0, 1] compares the words of the abstracts, -1 if one is missing or too
    short; ``same_marks`` says that numerals, versions and ``+`` agree; ``slips_only`` that the titles
    differ by typing slips at most.
    """

    title: float
    part: float
    abstract: float
    same_title: bool
    same_marks: bool
    slips_only: bool

    @property
    def score(self) -> float:
        """Mean of title and abstract likeness; of the title alone where an abstract is missing."""
        title = 1.0 if self.same_title else max(self.title, min(self.part, 0.99))
        return round(title if self.abstract < 0 else (title + self.abstract) / 2, 4)

    @property
    def worth_noting(self) -> bool:
        """Near enough that a reader may want to look."""
        related = self.title >= _SAME_TITLE or self.part >= _SAME_PART
        return (
            same_work(self)
            or self.same_title
            or self.abstract >= _REVISED
            or (related and self.abstract >= _SAME_FIELD)
        )


SAME = Likeness(1.0, 1.0, 1.0, same_title=True, same_marks=True, slips_only=True)
"""The likeness of a work to itself."""


def same_work(likeness: Likeness) -> bool:
    """Whether the likeness is enough to take over the date."""
    title, part, abstract, same_title, same_marks, slips_only = likeness
    if abstract < 0:
        return same_title or slips_only
    if same_title:
        return abstract >= _SAME_FIELD
    if not same_marks:
        # A slip in "GPT-4" against a copy of the abstract; sister papers share less.
        return abstract >= _COPY and max(title, part) >= _SAME_PART
    if title >= _SAME_TITLE or part >= _SAME_PART:
        return abstract >= _REVISED
    return abstract >= _NEAR_COPY and part >= _SLIPPED_NAME


def compare(one: TitleForm, other: TitleForm, words: list[str], other_words: list[str]) -> Likeness:
    """Compare two titles and the words of their abstracts."""
    same_title = one.key == other.key
    part = 1.0 if same_title else part_likeness(one.text, other.text)
    abstract = -1.0
    if min(len(words), len(other_words)) >= _ABSTRACT_WORDS:
        abstract = Indel.normalized_similarity(words, other_words)
    return Likeness(
        ratio(one.text, other.text) / 100,
        part,
        abstract,
        same_title,
        same_title or _marks_agree(one, other),
        same_title or _slips_only(one, other),
    )


def part_likeness(one: str, other: str) -> float:
    """Likeness of the shorter title to as many words at the beginning or the end of the longer, in [0, 1].

    A dropped subtitle leaves a title that is the beginning of the full one; a dropped name leaves its end.
    """
    return max(
        (ratio(*parts, score_cutoff=100 * _SLIPPED_NAME) / 100 for parts in _parts(one, other)), default=0
    )


def _parts(one: str, other: str) -> list[tuple[str, str]]:
    """The title of fewer words beside the first and the last words of the other."""
    fewer, more = sorted((one.split(), other.split()), key=len)
    if len(fewer) == len(more):
        return []
    few = " ".join(fewer)
    return [(few, " ".join(more[: len(fewer)])), (few, " ".join(more[-len(fewer) :]))]


def _marks_agree(one: TitleForm, other: TitleForm) -> bool:
    """Whether two titles, or the shorter and the part of the longer that it repeats, have the same marks.

    "YOLACT" is no beginning of "YOLACT++: Better Real-time Instance Segmentation".
    """
    if one.marks == other.marks:
        return True
    # An end has to be repeated closely: "Real-time Instance Segmentation" may lack a name, but another name
    # in its place ("YOLACT: Real-time …") is no slip.
    return any(
        ratio(few, part) >= 100 * needed and marks(few) == marks(part)
        for (few, part), needed in zip(_parts(one.text, other.text), (_SLIPPED_NAME, _SAME_END), strict=False)
    )


def _slips_only(one: TitleForm, other: TitleForm) -> bool:
    """Whether two titles of at least four words differ by one typing slip in up to two longer words.

    A slip at the first letter does not count: symmetric and asymmetric are two things.
    """
    words, others = one.text.split(), other.text.split()
    if len(words) != len(others) or len(words) < 4 or one.marks != other.marks:
        return False
    different = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    return 0 < len(different) <= 2 and all(
        min(len(a), len(b)) >= 5 and a[0] == b[0] and OSA.distance(a, b, score_cutoff=1) == 1
        for a, b in different
    )
