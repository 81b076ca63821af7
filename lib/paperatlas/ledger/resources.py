"""The data sets and metrics that abstracts name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pandas as pd

from paperatlas.ledger.names import is_common, is_distinctive
from paperatlas.ledger.patterns import READ_AT_MOST, Rule, as_text, cue_places, occurrences, word_set
from paperatlas.ledger.tables import as_table
from paperatlas.ledger.vocabulary import AMBIGUOUS, KNOWN_MODELS, Resource, resources

COLUMNS = {
    "paper_id": "object",
    "name": "str",
    "kind": "str",
    "field": "str",
    "quote": "str",
    "start": "int64",
    "end": "int64",
}

# What must stand near a spelling that is also a word of its own.
_NEAR_DATASET = re.compile(
    r"\b(?:data ?sets?|benchmarks?|corpus|corpora|test sets?|tasks?|suite|leaderboard|splits?|on|tested|trained|such as"
    r"|including)\b",
    re.IGNORECASE,
)
_NEAR_METRIC = re.compile(
    r"\d|\bscores?\b|\bmetrics?\b|\brecall\b|\bimprov|\breduc|\bhigher\b|\blower\b", re.IGNORECASE
)
_BLANKS = str.maketrans(dict.fromkeys(".,;:()[]{}\"“”‘’`'!?*$~/-\\^@&=<>", " "))

NAMED_DATASET = Rule(
    "named-dataset",
    re.compile(r"(?:^|(?<=[^\w+.@/-]))(?P<name>[A-Za-z0-9][\w+.@/-]{1,30}(?: [A-Z0-9][\w+.@-]{0,20}){0,2})$"),
    examples=(
        ("a new data set with large scenes from the UrbanScene3D dataset", "UrbanScene3D"),
        ("experiments on the Zenodo-DR-7 dataset reveal", "Zenodo-DR-7"),
        ("the SAM-FB dataset holds objects", "SAM-FB"),
    ),
    counter_examples=(
        "a new dataset of images",
        "two QA datasets and several LLM benchmarks",
        "we use public benchmarks",
        "a BERT-based dataset",
    ),
    cues=(" dataset", " benchmark", " corp", " testbed", " data set"),
)


class Hit(NamedTuple):
    """A resource and the stretch of text that names it."""

    resource: Resource
    start: int
    end: int


# Words too common to be looked for: a spelling that begins with one is found by its next word.
_COMMON_WORDS = word_set(
    "training task classification inference A end test average mean top box mask power negative area expected One Visual "
    "Video Natural Long word frame frames peak Tiny tiny Open Common Speech Stable parameter GPU success"
)


@cache
def _by_word() -> tuple[frozenset[str], dict[str, tuple[tuple[str, int, Resource], ...]]]:
    """Spellings by their first uncommon word and its place in them, the longest first: "MS COCO" is one name."""
    groups: dict[str, list[tuple[str, int, Resource]]] = {}
    for spelling, resource in resources().items():
        words = spelling.translate(_BLANKS).split()
        word = next((word for word in words if word not in _COMMON_WORDS), words[0])
        groups.setdefault(word, []).append((spelling, spelling.index(word), resource))
    table = {
        word: tuple(sorted(group, key=lambda item: (-len(item[0]), item[0])))
        for word, group in groups.items()
    }
    return frozenset(table), table


def resources_in(text: str, start: int = 0, end: int | None = None) -> list[Hit]:
    """Every data set and metric of the vocabulary named in a stretch of text, from left to right.

    The words of the text are looked up in a table, so the time grows linearly with the text
    and not with the vocabulary.
    """
    end = len(text) if end is None else end
    words, table = _by_word()
    stretch = text[start:end]
    known = words.intersection(stretch.translate(_BLANKS).split())
    if not known:
        return []
    found: list[Hit] = []
    for word in known:
        for offset in occurrences(stretch, word):
            hit = _hit_at(text, start + offset, start, end, table[word])
            if hit is not None:
                found.append(hit)
    found.sort(key=lambda hit: (hit.start, -hit.end, hit.resource.name))
    hits: list[Hit] = []
    for hit in found:
        if not hits or hit.start >= hits[-1].end:
            hits.append(hit)
    return hits


def _hit_at(
    text: str, place: int, start: int, end: int, spellings: tuple[tuple[str, int, Resource], ...]
) -> Hit | None:
    """The longest spelling that stands around a place of the text, if it means the resource."""
    for spelling, offset, resource in spellings:
        at, stop = place - offset, place - offset + len(spelling)
        if at < start or stop > end or not text.startswith(spelling, at):
            continue
        if at and (text[at - 1].isalnum() or text[at - 1] in "-_@"):
            continue
        if _ends_here(text, stop) and _is_meant(text, at, stop, spelling, resource):
            return Hit(resource, at, stop)
    return None


def _ends_here(text: str, stop: int) -> bool:
    after = text[stop : stop + 2]
    if not after or not (after[0].isalnum() or after[0] in "_@+"):
        # "ImageNet-C" is not ImageNet, "ImageNet-based" is
        return not (after[:1] == "-" and after[1:2] and (after[1].isupper() or after[1].isdigit()))
    return after[0] == "s" and not after[1:2].isalnum()


def _is_meant(text: str, start: int, stop: int, spelling: str, resource: Resource) -> bool:
    if spelling not in AMBIGUOUS:
        return True
    near = text[max(0, start - 40) : start] + " " + text[stop : stop + 40]
    return bool((_NEAR_DATASET if resource.kind == "dataset" else _NEAR_METRIC).search(near))


def named_datasets(text: str) -> Iterator[tuple[str, int, int]]:
    """Names outside the vocabulary that the text itself calls a data set or benchmark."""
    floor = 0
    for at in cue_places(text, NAMED_DATASET.cues):
        last = text[max(0, at - 30) : at].rpartition(" ")[2]
        if last.islower() or not (is_distinctive(last) or last[:1].isupper() or last[:1].isdigit()):
            continue
        match = NAMED_DATASET.pattern.search(text, max(floor, at - 70), at)
        if match is None:
            continue
        floor = at
        words = match["name"].split(" ")
        while words and not (is_distinctive(words[0]) or (len(words) > 1 and words[0][:1].isupper())):
            words.pop(0)
        if not any(map(is_distinctive, words)) or any(map(is_common, words)) or words[-1] in KNOWN_MODELS:
            continue
        name, end = " ".join(words), match.end("name")
        yield name, end - len(name), end


def find_resources(corpus: pd.DataFrame) -> pd.DataFrame:
    """Data sets and metrics named in titles and abstracts.

    Parameters
    ----------
    corpus
        One row per paper with `paper_id`, `title`, `abstract`.

    Returns
    -------
    One row per paper and resource (its first mention): `paper_id`, `name` (canonical), `kind`
    (dataset or metric), `field`, and `quote` = the field's text from `start` to `end`.
    """
    rows: list[tuple[object, str, str, str, str, int, int]] = []
    for paper, title, abstract in zip(
        *(corpus[name].tolist() for name in ("paper_id", "title", "abstract")), strict=True
    ):
        seen: set[tuple[str, str]] = set()
        for label, value in (("title", title), ("abstract", abstract)):
            text = as_text(value)[:READ_AT_MOST]
            found = [(hit.resource.name, hit.resource.kind, hit.start, hit.end) for hit in resources_in(text)]
            known = list(found)
            for name, start, end in named_datasets(text):
                if name not in resources() and not any(
                    start < stop and begin < end for *_, begin, stop in known
                ):
                    found.append((name, "dataset", start, end))
            found.sort(key=lambda item: item[2])
            for name, kind, start, end in found:
                if (name, kind) not in seen:
                    seen.add((name, kind))
                    rows.append((paper, name, kind, label, text[start:end], start, end))
    return as_table(rows, COLUMNS)
