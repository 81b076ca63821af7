"""Words and phrases of papers: how texts are cut, folded and counted."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from paperatlas.textprep import fold_plural
from paperatlas.topics.fillers import filler_words, general_words

# A word starts with a letter; what stands between words decides whether a phrase may cross it.
_WORD = re.compile(r"[^\W\d_][^\W_]+")
_WORDS_BETWEEN = re.compile(f"({_WORD.pattern})")
_COMMAND = re.compile(r"\\[A-Za-z]+|[{}]")  # LaTeX: its names are no words of the paper
_LONGEST = 3
LINK = "of"  # the one filler that a phrase may hold inside: "mixture of experts"

Token = tuple[str, str, bool]  # folded form, form in the text, whether it is general


class Folder(dict[str, "tuple[str, bool] | None"]):
    """What becomes of a word: its folded form and whether it is general, None for filler; each is looked at once."""

    def __missing__(self, word: str) -> tuple[str, bool] | None:
        low = word.lower()
        folded = fold_plural(low)
        drop = {low, folded} & filler_words()
        self[word] = None if drop else (folded, bool({low, folded} & general_words()))
        return self[word]


def phrases_of(text: str, folder: Folder) -> Iterator[list[Token]]:
    """Runs of words that no punctuation and no filler but an ``of`` between two words interrupts."""
    run: list[Token] = []
    parts = _WORDS_BETWEEN.split(_COMMAND.sub(" ", text))
    for gap, word in zip(parts[::2], parts[1::2], strict=False):
        known = folder[word]
        if known is None and run and word.lower() == LINK and run[-1][0] != LINK:
            known = LINK, True
        if run and (known is None or (gap != " " and gap.strip() not in ("", "-"))):
            yield run
            run = []
        if known is not None:
            run.append((known[0], word, known[1]))
    if run:
        yield run


class _Rows:
    """Sparse counts, one paper after the other, without a dictionary per paper in memory."""

    def __init__(self) -> None:
        self._column: dict[str, int] = {}
        self._columns = array("l")
        self._counts = array("l")
        self._ends = array("l", [0])

    def add(self, row: Counter[str]) -> None:
        for key, count in row.items():
            self._columns.append(self._column.setdefault(key, len(self._column)))
            self._counts.append(count)
        self._ends.append(len(self._columns))

    def matrix(self, min_papers: int = 1) -> tuple[sparse.csr_array, list[str]]:
        """Counts and their keys, sorted; keys in fewer than `min_papers` rows are left out."""
        columns = np.array(self._columns, dtype=np.int64)
        shape = (len(self._ends) - 1, len(self._column))
        raw = sparse.csr_array(
            (np.array(self._counts, dtype=np.int64), columns, np.array(self._ends)), shape=shape
        )
        papers = np.bincount(columns, minlength=shape[1])
        kept = [key for key, j in self._column.items() if papers[j] >= min_papers]
        kept.sort()
        found = sparse.csr_array(raw[:, [self._column[key] for key in kept]])
        found.sort_indices()
        return found, kept


@dataclass(frozen=True)
class Phrases:
    """Counts of candidate names.

    ``matrix`` is (n papers, t terms); ``keys`` are folded words joined by spaces, sorted; ``shown`` is how
    the papers write each term most often.
    """

    matrix: sparse.csr_array
    keys: list[str]
    shown: list[str]


def count_phrases(titles: Sequence[str], abstracts: Sequence[str], *, min_papers: int = 2) -> Phrases:
    """Words and phrases of up to three words, an ``of`` between them aside, in `min_papers` papers or more.

    A term holds no filler and at least one word that is not general.
    """
    folder = Folder()
    rows = _Rows()
    key_of: dict[str, str] = {}
    forms: Counter[str] = Counter()
    for title, abstract in zip(titles, abstracts, strict=True):
        found: list[str] = []
        for text in (title, abstract):
            for run in phrases_of(text, folder):
                found.extend(_grams(run, key_of))
        forms.update(found)
        rows.add(Counter([key_of[form] for form in found]))
    matrix, keys = rows.matrix(min_papers)
    return Phrases(matrix, keys, _commonest_forms(keys, forms, key_of))


def _grams(run: list[Token], key_of: dict[str, str]) -> Iterator[str]:
    """Forms of the run's phrases; the key of each is noted in `key_of`."""
    for start, (first, _, _) in enumerate(run):
        if first == LINK:
            continue
        words = 0
        form = ""
        for stop in range(start, len(run)):
            folded, word, _ = run[stop]
            form = f"{form} {word}" if form else word
            if folded == LINK:
                continue
            words += 1
            if words > _LONGEST:
                break
            if form not in key_of:
                gram = run[start : stop + 1]
                if all(general for _, _, general in gram):
                    continue
                key_of[form] = " ".join(part for part, _, _ in gram)
            yield form


def _commonest_forms(keys: Sequence[str], forms: Counter[str], key_of: dict[str, str]) -> list[str]:
    """How each key is written most often; of equals, the first in the alphabet."""
    best: dict[str, str] = {}
    for form, key in key_of.items():
        if key not in best or (-forms[form], form) < (-forms[best[key]], best[key]):
            best[key] = form
    return [best[key] for key in keys]


def texts_of(papers: pd.DataFrame) -> list[str]:
    """Title and abstract of each paper as one text."""
    return [
        f"{title}. {abstract}" for title, abstract in zip(papers["title"], papers["abstract"], strict=True)
    ]
