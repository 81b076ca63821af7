"""Who names whose system: the edges of a mention graph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from paperatlas.ledger.names import is_distinctive, resources
from paperatlas.ledger.reading import any_of, as_table, papers_of
from paperatlas.text.tokens import long_form_start


class Mention(NamedTuple):
    """A system of another paper, by whom it was introduced, and where a paper names it."""

    name: str
    introduced_by: object
    field: str
    start: int
    end: int


# What may stand around a name: blanks, brackets and signs; behind it also "-based" and its like, or a plural.
_BEFORE = r"(?<![^\s,;:()\[\]{}\"“”‘’`/.!?*$~_'])"
_BEHIND = r"(?=(?:-[a-z]{3,12}|'s|’s|s)?[.!?*$~_']*(?:[\s,;:()\[\]{}\"“”‘’`/]|$))"


def find_mentions(corpus: pd.DataFrame, systems: pd.DataFrame) -> pd.DataFrame:
    """Who names whose system: `paper_id` (who mentions), `name`, `introduced_by`, and the place, as in a `Ledger`.

    Where the corpus has `published` ("2021" or "2021-03"), only systems of earlier papers are looked for. Names are
    matched in their exact case and as whole words; ordinary words and terms of the field are not looked for.
    """
    stated = corpus.reindex(columns=["published"]).astype(object).fillna("")["published"]
    dates = dict(zip(corpus["paper_id"], stated, strict=True))
    introduced = _introductions(systems, dates)
    longest_first = map(re.escape, sorted(introduced, key=lambda name: (-len(name), name)))
    names = re.compile(_BEFORE + any_of(longest_first) + _BEHIND)
    own = systems.groupby("paper_id")["name"].agg(set).to_dict()
    rows: list[tuple[object, ...]] = []
    for paper, title, abstract in papers_of(corpus) if introduced else ():
        seen = set(own.get(paper, ()))
        for field, text in (("title", title), ("abstract", abstract)):
            for found in names.finditer(text):
                name, at = found.group(), found.start()
                source, long_form = introduced[name]
                earlier = source != paper and not _is_before(dates[paper], dates.get(source, ""))
                if name not in seen and earlier and not _means_another(text, at, name, long_form):
                    seen.add(name)
                    rows.append((paper, name, source, field, name, at, at + len(name)))
    return as_table(rows, Mention)


def _introductions(systems: pd.DataFrame, dates: Mapping[object, str]) -> dict[str, tuple[object, str]]:
    """Name → the paper that introduced it, the earlier of two (without dates nobody), and its long form."""
    papers: dict[str, dict[object, str]] = {}
    for paper, name, long_form in systems[["paper_id", "name", "long_form"]].itertuples(index=False):
        if _is_mentionable(name):
            papers.setdefault(name, {}).setdefault(paper, long_form)
    chosen: dict[str, tuple[object, str]] = {}
    for name, claimants in papers.items():
        first, *others = sorted(claimants, key=lambda paper: (dates.get(paper) or "9", str(paper)))
        if not others or _is_before(dates.get(first, ""), dates.get(others[0], "")):
            chosen[name] = first, claimants[first]
    return chosen


def _is_mentionable(name: str) -> bool:
    """Whether no common word can be taken for a name: three words with capitals, or one that no dictionary has."""
    if name in resources() or "\\" in name:
        return False
    if " " in name:
        parts = name.split(" ")
        capitals = sum(word[:1].isupper() for word in parts)
        return capitals >= 3 or (capitals >= 2 and any(map(is_distinctive, parts)))
    return len(name) >= 3 and is_distinctive(name)


def _is_before(first: str, second: str) -> bool:
    """Whether a date is known to be earlier than another, as far as the coarser of the two can tell."""
    digits = min(len(first), len(second))
    return first[:digits] < second[:digits]


def _means_another(text: str, at: int, name: str, long_form: str) -> bool:
    """Whether the text spells the abbreviation out in its own, different way: "(GAT)"."""
    if text[at - 1 : at] != "(" or not long_form:
        return False
    begin = long_form_start(text, max(0, at - 90), at - 1, name)
    spelled = text[begin : at - 1].lower().split() if begin is not None else []
    return bool(spelled) and spelled[0][:4] != long_form.lower().split()[0][:4]
