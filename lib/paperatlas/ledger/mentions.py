"""Which abstract names a system that another paper of the corpus introduced."""

from __future__ import annotations

import re

import pandas as pd

from paperatlas.ledger.names import is_distinctive, long_form_start
from paperatlas.ledger.patterns import as_text
from paperatlas.ledger.tables import as_table
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

_WORD = re.compile(r"[^\s,;:()\[\]{}\"“”‘’`/]+")
_SUFFIX = re.compile(
    r"(?:-(?:based|style|like|type|inspired|enhanced|augmented|equipped|driven|trained|[a-z]{3,12})|'s|’s|s)$"
)
_MARKS = ".!?*$~_'"


def _is_mentionable(name: str) -> bool:
    """Whether a name can be found in running text without taking a common word for it.

    Several words, or one that no dictionary has: inner capitals, figures, signs; an
    abbreviation needs three letters.
    """
    if name in resources():
        return False
    if " " in name:
        words = name.split(" ")
        return sum(word[:1].isupper() for word in words) >= 2 and any(is_distinctive(word) for word in words)
    return len(name) >= 3 and is_distinctive(name)


def _introductions(systems: pd.DataFrame, dates: dict[object, str]) -> dict[str, tuple[object, str]]:
    """Name → the paper that introduced it and its long form.

    Where two papers introduce one name, the earlier by date; without dates nobody, since the
    name does not say which is meant.
    """
    papers: dict[str, dict[object, str]] = {}
    for row in systems.itertuples():
        if _is_mentionable(str(row.name)):
            papers.setdefault(str(row.name), {}).setdefault(row.paper_id, str(row.long_form))
    chosen: dict[str, tuple[object, str]] = {}
    for name, claimants in papers.items():
        if len(claimants) == 1:
            chosen[name] = next(iter(claimants.items()))
            continue
        dated = sorted((dates[paper], str(paper), paper) for paper in claimants if dates.get(paper))
        if len(dated) == len(claimants) and _is_before(dated[0][0], dated[1][0]):
            chosen[name] = (dated[0][2], claimants[dated[0][2]])
    return chosen


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
    by_word: dict[str, list[str]] = {}
    for name in sorted(introduced, key=lambda name: (-len(name), name)):
        by_word.setdefault(name.split(" ")[0], []).append(name)
    own: dict[object, set[str]] = {}
    for row in systems.itertuples():
        own.setdefault(row.paper_id, set()).add(str(row.name))
    rows: list[tuple[object, ...]] = []
    for paper, title, abstract in zip(
        *(corpus[name].tolist() for name in ("paper_id", "title", "abstract")), strict=True
    ):
        seen = set(own.get(paper, ()))
        for label, value in (("title", title), ("abstract", abstract)):
            text = as_text(value)
            for match in _WORD.finditer(text):
                token = match.group().strip(_MARKS)
                names = by_word.get(token) or by_word.get(_SUFFIX.sub("", token))
                if not names:
                    continue
                at = match.start() + match.group().index(token)
                for name in names:
                    end = at + len(name)
                    if (
                        name in seen
                        or not text.startswith(name, at)
                        or (text[end : end + 1].isalnum() and text[end : end + 1] != "s")
                    ):
                        continue
                    source, long_form = introduced[name]
                    if (
                        source == paper
                        or not _is_earlier(dates.get(source, ""), dates.get(paper, ""))
                        or _means_another(text, at, name, long_form)
                    ):
                        continue
                    seen.add(name)
                    rows.append((paper, name, source, label, text[at:end], at, end))
                    break
    return as_table(rows, COLUMNS)


def _is_earlier(source: str, mention: str) -> bool:
    """Whether a mention may refer back: nothing known speaks against it."""
    return not source or not mention or not _is_before(mention, source)
