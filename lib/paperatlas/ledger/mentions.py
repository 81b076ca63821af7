"""Which abstract names a system that another paper of the corpus introduced."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

import pandas as pd

from paperatlas.ledger.names import is_distinctive, long_form_start
from paperatlas.ledger.patterns import capital_pieces, cue_places
from paperatlas.ledger.tables import as_table, papers_of
from paperatlas.ledger.vocabulary import resources

COLUMNS = {
    "paper_id": "object",
    "name": "str",
    "introduced_by": "object",
    "field": "str",
    "quote": "str",
    "start": "int64",
    "end": "int64",
}

# What may stand around a name: blanks, brackets and signs; behind it also "-based" and its like, or a plural.
_BEFORE = frozenset(" \t\n\r\f\v\xa0,;:()[]{}\"“”‘’`/.!?*$~_'")
_BEHIND = re.compile(
    r"(?:-(?:based|style|like|type|inspired|enhanced|augmented|equipped|driven|trained|[a-z]{3,12})|'s|’s|s)?"
    r"[.!?*$~_']*(?:[\s,;:()\[\]{}\"“”‘’`/]|$)"
)


def _is_mentionable(name: str) -> bool:
    """Whether a name can be found in running text without taking a common word for it.

    Three words with capitals, or one word that no dictionary has: inner capitals, figures,
    signs; an abbreviation needs three letters.
    """
    if name in resources() or "\\" in name:
        return False
    if " " in name:
        words = name.split(" ")
        capitals = sum(word[:1].isupper() for word in words)
        return capitals >= 3 or (capitals >= 2 and any(is_distinctive(word) for word in words))
    return len(name) >= 3 and is_distinctive(name)


def _introductions(systems: pd.DataFrame, dates: dict[object, str]) -> dict[str, tuple[object, str]]:
    """Name → the paper that introduced it and its long form.

    Where two papers introduce one name, the earlier by date; without dates nobody, since the
    name does not say which is meant.
    """
    papers: dict[str, dict[object, str]] = {}
    for paper, name, long_form in _entries(systems):
        if _is_mentionable(name):
            papers.setdefault(name, {}).setdefault(paper, long_form)
    chosen: dict[str, tuple[object, str]] = {}
    for name, claimants in papers.items():
        if len(claimants) == 1:
            chosen[name] = next(iter(claimants.items()))
            continue
        dated = sorted((dates[paper], str(paper), paper) for paper in claimants if dates.get(paper))
        if len(dated) == len(claimants) and _is_before(dated[0][0], dated[1][0]):
            chosen[name] = (dated[0][2], claimants[dated[0][2]])
    return chosen


def _entries(systems: pd.DataFrame) -> Iterator[tuple[object, str, str]]:
    """The paper, name and long form of each system."""
    return zip(*(systems[column].tolist() for column in ("paper_id", "name", "long_form")), strict=True)


def _is_before(first: str, second: str) -> bool:
    """Whether a date is earlier than another, as far as the coarser of the two can tell."""
    digits = min(len(first), len(second))
    return first[:digits] < second[:digits]


def _date(value: object) -> str:
    if isinstance(value, str):
        return value.strip() if re.match(r"\d{4}", value) else ""
    if isinstance(value, pd.Timestamp) and not pd.isna(value):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, (int, float)) and value == value and 1000 <= value < 10000:
        return str(int(value))
    return str(value)[:10] if re.match(r"\d{4}-\d{2}", str(value)) else ""


def _means_another(text: str, at: int, name: str, long_form: str) -> bool:
    """Whether the text spells the abbreviation out in its own, different way: "(GAT)"."""
    if text[at - 1 : at] != "(" or not long_form:
        return False
    begin = long_form_start(text, max(0, at - 90), at - 1, name)
    if begin is None:
        return False
    spelled = text[begin : at - 1].lower().split()
    return bool(spelled) and spelled[0][:4] != long_form.lower().split()[0][:4]


def find_mentions(corpus: pd.DataFrame, systems: pd.DataFrame) -> pd.DataFrame:
    """Who names whose system: the edges of a mention graph.

    Parameters
    ----------
    corpus
        One row per paper with `paper_id`, `title`, `abstract`; with `published` (a string such
        as "2021" or "2021-03", or a date) only systems of earlier papers are looked for.
    systems
        What the papers introduce, as `find_systems` gives it.

    Returns
    -------
    One row per paper and name it did not introduce: `paper_id` (who mentions), `name`,
    `introduced_by`, `field`, and `quote` = that field from `start` to `end`. Names are
    matched in their exact case and as whole words; names that are ordinary words or terms of
    the field are not looked for.
    """
    dates = (
        {paper: _date(when) for paper, when in zip(corpus["paper_id"], corpus["published"], strict=True)}
        if "published" in corpus
        else {}
    )
    introduced = _introductions(systems, dates)
    index = _by_stem(introduced)
    own: dict[object, set[str]] = {}
    for paper, name, _ in _entries(systems):
        own.setdefault(paper, set()).add(name)
    rows: list[tuple[object, ...]] = []
    for paper, *texts in papers_of(corpus):
        named = _perhaps_named(" ".join(texts), index)
        seen = set(own.get(paper, ()))
        for label, text in zip(("title", "abstract"), texts, strict=True):
            for name, at in _names_in(text, named) if named else ():
                source, long_form = introduced[name]
                if (
                    name not in seen
                    and source != paper
                    and _is_earlier(dates.get(source, ""), dates.get(paper, ""))
                    and not _means_another(text, at, name, long_form)
                ):
                    seen.add(name)
                    rows.append((paper, name, source, label, name, at, at + len(name)))
    return as_table(rows, COLUMNS)


Index = dict[str, list[tuple[str, frozenset[str]]]]


def _stems(text: str) -> frozenset[str]:
    """The `capital_pieces` of a text without the "s" of a plural."""
    return frozenset(piece.rstrip("s") for piece in capital_pieces(text))


def _by_stem(names: Iterable[str]) -> Index:
    """Names by the stem of theirs that other texts are least likely to hold, and with all their stems.

    That is one written as only names are, longer than a letter, that few names share. The stems of a text are
    looked up in the index, so that the time grows with the text alone.
    """
    stems = {name: _stems(name) for name in names}
    shared = Counter(chain.from_iterable(stems.values()))
    index: Index = {}
    for name, parts in stems.items():
        if parts:
            rarest = max(
                parts, key=lambda stem: (is_distinctive(stem), len(stem) > 1, -shared[stem], len(stem), stem)
            )
            index.setdefault(rarest, []).append((name, parts))
    return index


def _perhaps_named(text: str, index: Index) -> list[str]:
    """The names all of whose stems a text holds."""
    stems = _stems(text)
    return [name for stem in index.keys() & stems for name, parts in index[stem] if parts <= stems]


def _names_in(text: str, names: Iterable[str]) -> list[tuple[str, int]]:
    """Those of some names that a text holds as whole words and where, from left to right.

    Where several begin, it is the longest.
    """
    found = [
        (at, -len(name), name)
        for name in names
        for at in cue_places(text, (name,))
        if (not at or text[at - 1] in _BEFORE) and _BEHIND.match(text, at + len(name))
    ]
    places: list[tuple[str, int]] = []
    covered = 0
    for at, length, name in sorted(found):
        if at >= covered:
            places.append((name, at))
            covered = at - length
    return places


def _is_earlier(source: str, mention: str) -> bool:
    """Whether a mention may refer back: nothing known speaks against it."""
    return not source or not mention or not _is_before(mention, source)
