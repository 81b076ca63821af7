"""What a source holds that could not be used, or not without doubt: one kind of problem for every format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

PROBLEM_COLUMNS = ["source", "place", "record", "reason", "remedy"]
NO_ABSTRACT = "no abstract"
# A source that is wrong throughout has one fault, not three million; the rest is counted.
MOST_PROBLEMS = 1_000
_SHOWN = 80


class Problem(NamedTuple):
    """One thing in a source that could not be used, or only in part.

    Attributes
    ----------
    source : str
        File, or member of a packed file.
    place : str
        Where in it ("line 12", "row 3"); "" for the source as a whole.
    record : str
        Title or text of what is meant.
    reason, remedy : str
        What is wrong, and what to do about it.
    kept : bool
        True if the record is among the records all the same.
    """

    source: str
    place: str
    record: str
    reason: str
    remedy: str
    kept: bool = False

    def __str__(self) -> str:
        where = f"{self.source}, {self.place}" if self.place else self.source
        record = f": {self.record[:_SHOWN]!r}" if self.record else ""
        return f"{where}: {self.reason}{record}; {self.remedy}"


class Problems:
    """The first problems of a source in full, and the number of all."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.count = 0
        self._first: list[Problem] = []

    def add(self, place: str, record: str, reason: str, remedy: str, *, kept: bool = False) -> None:
        """Note one problem."""
        self.count += 1
        if len(self._first) < MOST_PROBLEMS:
            self._first.append(Problem(self.source, place, record, reason, remedy, kept))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over problems that were noted elsewhere, all of them."""
        more = list(problems)
        self.count += len(more)
        self._first += more

    def listed(self) -> list[Problem]:
        """The first ones; one more at the end stands for those beyond them."""
        if self.count == len(self._first):
            return list(self._first)
        rest = f"{self.count - len(self._first):,} more problems"
        return [*self._first, Problem(self.source, "", "", rest, "see those above")]


def problem_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Problems as a table: ``source``, ``place``, ``record``, ``reason``, ``remedy``."""
    return pd.DataFrame([problem[:5] for problem in problems], columns=PROBLEM_COLUMNS, dtype="object")
