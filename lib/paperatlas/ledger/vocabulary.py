"""The data sets, metrics and terms of the field by name, from the tables in `paperatlas/data/vocabulary`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Resource:
    """A data set or metric by its one name, and which of its spellings are also words of their own."""

    name: str
    kind: str
    ambiguous: frozenset[str]


def _rows(table: str) -> list[dict[str, str]]:
    path = files("paperatlas") / "data" / "vocabulary" / table
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _parts(field: str) -> list[str]:
    return field.split(";") if field else []


@cache
def resources() -> dict[str, Resource]:
    """Every spelling of every data set and metric, and the resource it stands for."""
    spellings: dict[str, Resource] = {}
    for kind in ("dataset", "metric"):
        for row in _rows(f"{kind}s.csv"):
            resource = Resource(row["name"], kind, frozenset(_parts(row["ambiguous"])))
            for spelling in (row["name"], *_parts(row["also"])):
                spellings.setdefault(spelling, resource)
    return spellings


@cache
def metrics() -> dict[str, str]:
    """Every spelling of every metric, and which way the metric improves: "up" or "down"."""
    return {
        spelling: row["better"]
        for row in _rows("metrics.csv")
        for spelling in (row["name"], *_parts(row["also"]))
    }


@cache
def terms(kind: str) -> frozenset[str]:
    """The abbreviations of the field ("abbreviation"), or the models so well known that nobody introduces them ("model")."""
    return frozenset(row["term"] for row in _rows("terms.csv") if row["kind"] == kind)
