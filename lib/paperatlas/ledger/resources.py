"""The data sets and metrics that abstracts name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import pandas as pd

from paperatlas.ledger.names import is_common, is_distinctive, is_known_model
from paperatlas.ledger.patterns import (
    READ_AT_MOST,
    cue_places,
    holds_any,
    occurrences,
    pieces_of,
    word_set,
    words_of,
)
from paperatlas.ledger.tables import Finder, read_papers
from paperatlas.ledger.vocabulary import Resource, resources

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
_DIGIT = re.compile(r"\d")
_NEAR_METRIC_CUES = ("score", "metric", "recall", "precision", "improv", "reduc", "higher", "lower")
_NEAR_METRIC = re.compile(
    r"\bscores?\b|\bmetrics?\b|\brecall\b|\bprecision\b|\bimprov|\breduc|\bhigher\b|\blower\b",
    re.IGNORECASE,
)

# One spelling for two data sets.
_BOTH = {"CIFAR-10/100": ("CIFAR-10", "CIFAR-100")}
_NAME_BEFORE = re.compile(
    r"(?:^|(?<=[^\w+.@/-]))(?P<name>[A-Za-z0-9][\w+.@/-]{1,30}(?: [A-Z0-9][\w+.@-]{0,20}){0,2})$"
)
_CALLS_CUES = (" dataset", " benchmark", " corp", " testbed", " data set")
# The words of these cues: looked up before they are searched for.
_CALLS_IT_DATASET = word_set("dataset datasets benchmark benchmarks corpus corpora testbed testbeds set sets")


_JOINT_BEFORE = re.compile(r"(?:, and|,| and| &) (?:the )?$")
_LIST_BEHIND = re.compile(
    r" (?:data ?sets?|benchmarks?|corp(?:us|ora)|testbeds?)(?:(?P<list>(?:,? (?:such as|including|namely|like)"
    r"|: | \((?:e\.g\.,? |i\.e\.,? |namely |such as |including )?)\s?)| )(?:the )?"
)
_LISTED_NAME = re.compile(r"[A-Z0-9][\w+./@-]{1,25}(?: (?:\d{2,4}|[A-Z][A-Z0-9-]{1,12}))?")
_JOINT_BEHIND = re.compile(r"(?: ?\([^()]{1,40}\)| \[\d{1,3}\])?(?:, and|,|;| and| &|/) ?(?:the )?")


# "CIFAR10", "BraTS 2023", "MVTec-2D" and "OTB-2015" are a known data set with a number or a year.
_VERSION = re.compile(r"(?:[- _']|(?<!\d))(?:v ?)?\d{1,4}(?:\.\d)?[kKM]?(?![\w.@-]*[A-Za-z0-9])")
_PREFIX = re.compile(
    r"(?<![\w-])(?:MS|Split|Permuted|Rotated|Mini|Tiny|Noisy|Colou?red|Sequential|Seq|mini|tiered)[- _]?$"
)


class Hit(NamedTuple):
    """A resource and the stretch of text that names it."""

    resource: Resource
    start: int
    end: int


class NamedResource(NamedTuple):
    """A data set or metric by its canonical name, and where a field names it."""

    name: str
    kind: str
    field: str
    start: int
    end: int


# Words too common to be looked for: a spelling that begins with one is found by its next word.
_COMMON_WORDS = word_set(
    "training task classification inference A end test average mean top box mask power negative area expected One Visual "
    "Video Natural Long word frame frames peak Tiny tiny Open Common Speech Stable parameter GPU success"
)


@cache
def _by_word() -> dict[str, tuple[tuple[str, int, Resource], ...]]:
    """Spellings by their first uncommon word and its place in them, the longest first: "MS COCO" is one name."""
    groups: dict[str, list[tuple[str, int, Resource]]] = {}
    for spelling, resource in resources().items():
        words = pieces_of(spelling)
        word = next((word for word in words if word not in _COMMON_WORDS), words[0])
        groups.setdefault(word, []).append((spelling, spelling.index(word), resource))
    return {
        word: tuple(sorted(group, key=lambda item: (-len(item[0]), item[0])))
        for word, group in groups.items()
    }


@cache
def _looked_up() -> frozenset[str]:
    return _CALLS_IT_DATASET.union(_by_word())


# The claims and the resources of a paper both ask for it.
@lru_cache(maxsize=4)
def _known_words(text: str) -> frozenset[str]:
    """The words of a text that may name a resource, or say that something is a data set."""
    return _looked_up().intersection(words_of(text))


# The claims and the resources of a paper both ask for it.
@lru_cache(maxsize=4)
def resources_in(text: str) -> list[Hit]:
    """Every data set and metric of the vocabulary named in a text, from left to right.

    The words of the text are looked up in a table, so the time grows linearly with the text
    and not with the vocabulary.
    """
    table = _by_word()
    found: list[Hit] = []
    for word in _known_words(text) - _CALLS_IT_DATASET:
        for place in occurrences(text, word):
            hit = _hit_at(text, place, table[word])
            if hit is not None:
                found.append(hit)
    found.sort(key=lambda hit: (hit.start, -hit.end, hit.resource.name))
    hits: list[Hit] = []
    for hit in found:
        if not hits or hit.start >= hits[-1].end:
            hits.append(hit)
    return hits


def _hit_at(text: str, place: int, spellings: tuple[tuple[str, int, Resource], ...]) -> Hit | None:
    """The longest spelling that stands around a place of the text, if it means the resource."""
    for spelling, offset, resource in spellings:
        at, stop = place - offset, place - offset + len(spelling)
        if at < 0 or not text.startswith(spelling, at):
            continue
        if at and (text[at - 1].isalnum() or text[at - 1] in "-_@") and not _is_prefixed(text, at, resource):
            continue
        if not _ends_here(text, stop):
            version = _VERSION.match(text, stop) if resource.kind == "dataset" else None
            if version is None:
                continue
            stop = version.end()
        if _is_meant(text, at, stop, spelling, resource):
            return Hit(resource, at, stop)
    return None


def _is_prefixed(text: str, at: int, resource: Resource) -> bool:
    """Whether a known data set stands behind a prefix that leaves it what it is: "MS-COCO", "Split-CIFAR-10"."""
    return resource.kind == "dataset" and _PREFIX.search(text, max(0, at - 12), at) is not None


def _ends_here(text: str, stop: int) -> bool:
    after = text[stop : stop + 2]
    if not after or not (after[0].isalnum() or after[0] in "_@+"):
        # "ImageNet-C" is not ImageNet, "ImageNet-based" is
        return not (after[:1] == "-" and after[1:2] and (after[1].isupper() or after[1].isdigit()))
    return after[0] == "s" and not after[1:2].isalnum()


def _is_meant(text: str, start: int, stop: int, spelling: str, resource: Resource) -> bool:
    if spelling not in resource.ambiguous:
        return True
    # The word itself, said again, explains nothing.
    near = (text[max(0, start - 40) : start] + " " + text[stop : stop + 40]).replace(spelling, " ")
    if resource.kind == "dataset":
        return _NEAR_DATASET.search(near) is not None
    if _DIGIT.search(near):
        return True
    return holds_any(near.lower(), _NEAR_METRIC_CUES) and _NEAR_METRIC.search(near) is not None


def named_datasets(text: str) -> Iterator[tuple[str, int, int]]:
    """Names outside the vocabulary that the text itself calls a data set or benchmark."""
    if _CALLS_IT_DATASET.isdisjoint(_known_words(text)):
        return
    floor = 0
    for at in cue_places(text, _CALLS_CUES):
        if at < floor:
            continue
        found = list(_listed_before(text, max(floor, at - 90), at))
        for name, start in reversed(found):
            yield name, start, start + len(name)
        floor = at
        for name, start in _listed_behind(text, at):
            yield name, start, start + len(name)
            floor = start + len(name)


def _listed_before(text: str, floor: int, at: int) -> Iterator[tuple[str, int]]:
    """The names of "the FLIR and LLVIP datasets", from the last to the first, and where they begin."""
    for _ in range(6):
        last = text[max(0, at - 30) : at].rpartition(" ")[2]
        if last.islower() or not (is_distinctive(last) or last[:1].isupper() or last[:1].isdigit()):
            return
        match = _NAME_BEFORE.search(text, max(floor, at - 70), at)
        if match is None:
            return
        words = match["name"].split(" ")
        while words and not (is_distinctive(words[0]) or (len(words) > 1 and words[0][:1].isupper())):
            words.pop(0)
        name = " ".join(words)
        if not any(map(is_distinctive, words)) or not _can_be_dataset(name):
            return
        yield name, at - len(name)
        joint = _JOINT_BEFORE.search(text, max(floor, at - len(name) - 6), at - len(name))
        if joint is None:
            return
        at = joint.start()


def _listed_behind(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The names of "datasets such as FLIR and LLVIP" or "the dataset DBP15K", and where they begin."""
    lead = _LIST_BEHIND.match(text, at)
    place = lead.end() if lead else -1
    for _ in range(12):
        name = _LISTED_NAME.match(text, place) if place >= 0 else None
        if name is None:
            return
        plain = name.group().rstrip(".-")
        if not _can_be_dataset(plain) or not is_distinctive(plain.split(" ")[0]):
            return
        yield plain, name.start()
        joint = _JOINT_BEHIND.match(text, name.start() + len(plain))
        place = joint.end() if joint and lead and lead["list"] else -1


def _beside_known(text: str) -> Iterator[tuple[str, int, int]]:
    """Names that stand in one list with a known data set: "on ImageNet and FooSet-1K"."""
    for hit in resources_in(text):
        if hit.resource.kind != "dataset":
            continue
        place = hit.end
        while joint := _JOINT_BEHIND.match(text, place):
            name = _LISTED_NAME.match(text, joint.end())
            plain = name.group().rstrip(".-") if name else ""
            last = "and" in joint.group() or "&" in joint.group()
            if not plain or not _can_be_dataset(plain) or not is_distinctive(plain.split(" ")[0]):
                break
            place = joint.end() + len(plain)
            # "On ImageNet, FooNet wins" is no list: it needs its "and", or a further name.
            if not last and not _JOINT_BEHIND.match(text, place):
                break
            yield plain, joint.end(), place
            if last:
                break


def _can_be_dataset(name: str) -> bool:
    """Whether a name is neither a term of the field nor a well-known model."""
    words = name.split(" ")
    return not any(map(is_common, words)) and not is_known_model(words[-1]) and not is_known_model(words[0])


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
    return read_papers(corpus, RESOURCES)[0]


def _resources_of_paper(title: str, abstract: str) -> Iterator[NamedResource]:
    """The resources both fields name, each at its first place."""
    seen: set[tuple[str, str]] = set()
    for field, text in (("title", title), ("abstract", abstract)):
        for found in _named_in(text[:READ_AT_MOST], field):
            if (found.name, found.kind) not in seen:
                seen.add((found.name, found.kind))
                yield found


def _named_in(text: str, field: str) -> list[NamedResource]:
    """The resources of the vocabulary, and the data sets a text calls so, from left to right."""
    known = [
        NamedResource(name, hit.resource.kind, field, hit.start, hit.end)
        for hit in resources_in(text)
        for name in _BOTH.get(hit.resource.name, (hit.resource.name,))
    ]
    new = [
        NamedResource(name, "dataset", field, start, end)
        for name, start, end in (*named_datasets(text), *_beside_known(text))
        if name not in resources() and not any(start < one.end and one.start < end for one in known)
    ]
    return sorted(known + new, key=lambda one: one.start) if new else known


RESOURCES = Finder(_resources_of_paper, COLUMNS)
