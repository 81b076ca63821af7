"""How the ledger reads papers: sentences, words at their places, and finds turned into tables."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from typing import Any, get_type_hints

import pandas as pd

from paperatlas.shipped import rows_of as rows_of

# An abstract has some 1,300 characters, the longest a few thousand. What stands beyond this is not read
# for systems, claims and data sets, so that no made-up text can keep them busy.
READ_AT_MOST = 20_000


@cache
def words(kind: str) -> frozenset[str]:
    """The words of the vocabulary of one kind; see the data sheet."""
    return frozenset(row["word"] for row in rows_of("words") if row["kind"] == kind)


def one_of(kind: str) -> str:
    """A pattern for one of the words of a kind; a star at the end stands for any letters."""
    return any_of(re.escape(word).replace(r"\*", r"\w*") for word in sorted(words(kind)))


def any_of(alternatives: Iterable[str]) -> str:
    """A pattern for one of some alternatives, grouped by their first letter: far fewer to try."""
    groups: dict[str, list[str]] = {}
    for word in alternatives:
        plain = word[0].isalnum() and word[1:2] not in ("?", "*", "+", "{")
        groups.setdefault(word[0] if plain else word, []).append(word[1:] if plain else "")
    grouped = (f"{first}(?:{'|'.join(rests)})" if any(rests) else first for first, rests in groups.items())
    return f"(?:{'|'.join(grouped)})"


# A mark, a blank and what may begin a sentence; or, glued to the mark, a word that often does.
_ENDS = (". ", "? ", "! ", ".)", ".\n", ".The", ".We ", ".Our ", ".In ", ".This ", ".To ", ".Experiments")
_BREAK = re.compile(r"[.?!]\)?(?:\s[\s)'\"]*(?=[^\Wa-z_]|[(\"'$\\`*\[{“])|(?<=[a-z]\.)(?=[A-Z]))")
_ABBREVIATIONS = ("e.g", "i.e", " vs", " cf", " al", "approx")


# Several finders read one abstract after the other: its sentences are worked out once.
@lru_cache(maxsize=4)
def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of a text, in order and without gaps; "e.g." and its like end none."""
    spans: list[tuple[int, int]] = []
    start = 0
    for at in cue_places(text, _ENDS):
        mark = _BREAK.match(text, at)
        if mark and at >= start and not text.endswith(_ABBREVIATIONS, start, at):
            spans.append((start, mark.end()))
            start = mark.end()
    if start < len(text) or not spans:
        spans.append((start, len(text)))
    return spans


def span_at(spans: list[tuple[int, int]], place: int) -> tuple[int, int]:
    """The sentence that holds a place of the text."""
    return spans[bisect_right(spans, (place, sys.maxsize)) - 1]


def cue_places(text: str, cues: Iterable[str]) -> list[int]:
    """Where any of some substrings occurs, in order, each place once.

    Plain substring search is many times faster than a pattern, so patterns are tried only at these places.
    """
    places: set[int] = set()
    find = text.find
    for cue in cues:
        at = find(cue)
        while at >= 0:
            places.add(at)
            at = find(cue, at + len(cue))
    return sorted(places)


def cued(text: str, cues: tuple[str, ...]) -> list[int]:
    """Where words of a text begin with one of some cues, in order."""
    return [at for at in cue_places(text, cues) if not at or text[at - 1] == " "]


def word_places(name: str, text: str) -> list[int]:
    """Where a name stands in a text as a word of its own."""
    return [
        at
        for at in cue_places(text, (name,))
        if not (text[at - 1 : at].isalnum() or text[at - 1 : at] in ("-", "_"))
        and not text[at + len(name) : at + len(name) + 1].isalnum()
    ]


_BLANKS = str.maketrans(dict.fromkeys(".,;:()[]{}\"“”‘’`'!?*$~/-_\\^@&=<>", " "))


@lru_cache(maxsize=4)
def words_of(text: str) -> list[str]:
    """The words and pieces of words between the blanks and signs of a text, in their order and in their case.

    The words of `paperatlas.text` are folded and lose the case that a name is told by.
    """
    return text.translate(_BLANKS).split()


def papers_of(corpus: pd.DataFrame) -> Iterator[tuple[object, str, str]]:
    """The identifier, title and abstract of each paper of a corpus; what is missing is empty."""
    texts = corpus.reindex(columns=["title", "abstract"]).to_numpy(dtype=object)
    for paper, pair in zip(corpus["paper_id"].tolist(), texts, strict=True):
        title, abstract = (text if isinstance(text, str) else "" for text in pair)
        yield paper, title, abstract


# What reads a title and an abstract, and the named tuple that it gives. Its fields are the columns of the table;
# the last three are `field` ("title" or "abstract"), `start` and `end`.
Finder = tuple[Callable[[str, str], Iterable[tuple[Any, ...]]], type]


def read_papers(corpus: pd.DataFrame, finders: Sequence[Finder]) -> list[pd.DataFrame]:
    """One table for each finder, from one pass over the papers.

    Every row has its `paper_id` and its `quote`, which is its `field` from `start` to `end`.
    """
    rows: list[list[tuple[Any, ...]]] = [[] for _ in finders]
    for paper, title, abstract in papers_of(corpus):
        for (find, _), kept in zip(finders, rows, strict=True):
            for entry in find(title, abstract):
                field, start, end = entry[-3:]
                text = title if field == "title" else abstract
                kept.append((paper, *entry[:-2], text[start:end], start, end))
    return [as_table(kept, entry) for kept, (_, entry) in zip(rows, finders, strict=True)]


_DTYPES = {float: "float64", int: "int64", str: "str", object: "object"}


def as_table(rows: Sequence[tuple[Any, ...]], entry: type) -> pd.DataFrame:
    """A table of rows (`paper_id`, the fields of `entry`, before the last two the `quote`), a dtype for each column.

    Text that no string column can hold, such as a lone surrogate, stays as Python objects.
    """
    types = {name: _DTYPES[kind] for name, kind in get_type_hints(entry).items()}
    columns: dict[str, Any] = {"paper_id": "object", **types}
    columns = {**dict(list(columns.items())[:-2]), "quote": "str", "start": "int64", "end": "int64"}
    table = pd.DataFrame(list(rows), columns=list(columns), dtype=object)
    for name, dtype in columns.items():
        with suppress(UnicodeEncodeError):
            if rows and dtype == "object":  # an id may be of any type
                table[name] = table[name].infer_objects()
            else:  # where there is none it is text, as whoever reads it from a file must know
                table[name] = table[name].astype(dtype.replace("object", "str"))
    return table
