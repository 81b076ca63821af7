"""The data sets and metrics that titles and abstracts name: those of the vocabulary, and what a text treats as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice, takewhile
from typing import NamedTuple

from paperatlas.ledger.names import (
    Resource,
    is_capitalised,
    is_common,
    is_distinctive,
    is_known_model,
    read_bracket,
    resources,
)
from paperatlas.ledger.reading import READ_AT_MOST, any_of, cue_places, words, words_of
from paperatlas.ledger.systems import systems_in
from paperatlas.text.tokens import long_form_start


class NamedResource(NamedTuple):
    """A data set or metric by its canonical name, and where a field names it."""

    name: str
    kind: str
    field: str
    start: int
    end: int


# What must stand near a spelling that is also a word of its own.
_NEAR_DATASET = re.compile(
    r"\b(?:data ?sets?|benchmarks?|corpus|corpora|test sets?|suite|leaderboard|splits?|such as|including)\b"
    r"|\bon(?: the)? $|(?<=,) $|(?<=, and) $",
    re.IGNORECASE,
)
_NEAR_METRIC = re.compile(
    r"\d|\bscores?\b|\bmetrics?\b|\brecall\b|\bprecision\b|\bimprov|\breduc|\bhigher\b|\blower\b"
)
# Kinds of systems that are data sets.
_DATA = ("dataset", "benchmark")
# One spelling for two data sets.
_BOTH = {"CIFAR-10/100": ("CIFAR-10", "CIFAR-100")}
# "ImageNet-C" is not ImageNet, "ImageNet-based" is, and "benchmarks" are the benchmark.
_NAME_ENDS = re.compile(r"(?![\w@+]|-[A-Z\d])|s(?![^\W_])")
# "CIFAR10", "BraTS 2023", "MVTec-2D" and "OTB-2015" are a known data set with a number or a year.
_VERSION = re.compile(r"(?:[- _']|(?<!\d))(?:v ?)?\d{1,4}(?:\.\d)?[kKM]?(?![\w.@-]*[A-Za-z0-9])")


@cache
def _by_word() -> dict[str, list[tuple[str, int, Resource]]]:
    """Spellings by their first uncommon word and its place in them, the longest first: "MS COCO" is one name."""
    groups: dict[str, list[tuple[str, int, Resource]]] = {}
    for spelling, resource in sorted(resources().items(), key=lambda item: (-len(item[0]), item[0])):
        parts = words_of(spelling)
        word = next((word for word in parts if word not in words("too common")), parts[0])
        groups.setdefault(word, []).append((spelling, spelling.index(word), resource))
    return groups


def resources_in(text: str, field: str = "abstract") -> list[NamedResource]:
    """Every data set and metric of the vocabulary named in a text, from left to right.

    The words of the text are looked up in a table, so the time grows with the text and not with the vocabulary.
    """
    table = _by_word()
    found = [
        one
        for word in table.keys() & words_of(text)
        for place in cue_places(text, (word,))
        if (one := _named_at(text, place, table[word], field)) is not None
    ]
    named: list[NamedResource] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end, one.name)):
        if not named or one.start >= named[-1].end:
            named += [one._replace(name=name) for name in _BOTH.get(one.name, (one.name,))]
    return named


def _named_at(
    text: str, place: int, spellings: list[tuple[str, int, Resource]], field: str
) -> NamedResource | None:
    """The longest spelling that stands around a place of the text, if it means the resource."""
    for spelling, offset, resource in spellings:
        at, stop = place - offset, place - offset + len(spelling)
        if at < 0 or not text.startswith(spelling, at):
            continue
        dataset = resource.kind == "dataset"
        if at > 0 and (text[at - 1].isalnum() or text[at - 1] in "-_@"):
            continue
        if not _NAME_ENDS.match(text, stop):
            version = _VERSION.match(text, stop) if dataset else None
            if version is None:
                continue
            stop = version.end()
        if spelling not in resource.ambiguous or _is_meant(text, at, stop, spelling, dataset=dataset):
            return NamedResource(resource.name, resource.kind, field, at, stop)
    return None


def _is_meant(text: str, start: int, stop: int, spelling: str, *, dataset: bool) -> bool:
    """Whether the words around a spelling show that it is no ordinary word; said again, the word explains nothing."""
    left, right = text[max(0, start - 40) : start], text[stop : stop + 40]
    if dataset:
        return bool(_NEAR_DATASET.search(left) or _NEAR_DATASET.search(right.replace(spelling, " ")))
    return _NEAR_METRIC.search(f"{left} {right}".replace(spelling, " ").lower()) is not None


_NOUN = r" (?:data(?: ?set|base)s?|benchmarks?|corp(?:us|ora)|testbeds?)"
_NOUN_CUES = (" dataset", " database", " benchmark", " corp", " testbed", " data set")
_WORD = re.compile(r"[^\s(),;:*`'\"“”~{}\\$]+")
_DIVIDER = re.compile(r",? and (?:the )?|, (?:the )?| & ")
_LIST_BEHIND = re.compile(
    _NOUN + r"(?:(?P<list>(?:,? (?:such as|including|namely|like)|:|,|(?= [A-Z][\w-]*[A-Z0-9])"
    r"| \((?:e\.g\.,? |i\.e\.,? |namely |such as |including )?)\s?)| )(?:the )?"
)
_LISTED_NAME = re.compile(
    r"[A-Za-z0-9](?:[\w./@+]|-(?!-)){1,25}(?:(?<!\.) (?:\d{2,4}|\d\.\d|[A-Z][\w-]{1,12}(?=[,.;:)]|$| data| bench| and)))?"
)
_JOINT_BEHIND = re.compile(
    r"(?: ?\([^()]{1,40}\)| \[\d{1,3}\])?(?:, and|,|;| and| &|/|(?= [A-Za-z][\w-]*[A-Z0-9])) ?(?:the )?(?:on (?:the )?)?"
)
# "84% on FooSet", "evaluated on FooSet": what results are reported on.
_REPORTED_ON = re.compile(
    r"(?:\d\s?\\?%?\}?|\bpoints?|accurac(?:y|ies)|scores?|F1|AUC|mAP|mIoU|improvements?|gains?|results|performance"
    r"|evaluat(?:ed|ions?)|experiments|tested|conducted|stud(?:y|ies)|AP"
    r"|methods|models|baselines|approaches|art|[.;])(?: [oO]n both| [oO]n the| [oO]n) $"
)
_NO_NAME = re.compile(
    r"RTX|GTX|NVIDIA|AMD|Intel|Jetson|TPU|[AVHT]\d{2,3}$|\d[bB]\b|[a-z)]\.[A-Z]"
    r"|^(?:\w{1,2}|(?:[A-Z]\.)+[A-Z]?|[A-Z]+\+[A-Z]+)$"
)
_CALLED_DATASET = (
    "Dataset", "Data Set", "Corpus", "Benchmark", "Database", "Archive", "Collection", "Treebank", "dataset", "benchmark",
    "corpus", "datasets",
)  # fmt: skip
# "the British National Corpus", "the Foo Accident Dataset (FAD)"
_IN_CAPITALS = re.compile(
    r"\b(?!(?:An?|The|Our|This|These|In|On|Using)\b)[A-Z][\w&-]*(?: (?:(?:of|for|and) )?[A-Z][\w&-]*){0,6}"
    rf" {any_of(_CALLED_DATASET[:8])}\b(?! (?:(?:for|of) )?[A-Z])"
)


# "We train on FooSet, a large" in front of "dataset"
_EXPLAINED = re.compile(
    r"(?<![A-Z] )(?<!\S)(?P<name>[\w+./-]+\w), (?:which is )?(?:an?|the|our)(?: (?!for |of |on |from |in )[\w,-]+){0,6}$"
)
_ENDS = re.compile(r"[,.;)]|$| (?:of|for|with|and|is|which|that|in|to)\b")


def named_datasets(
    text: str, known: list[NamedResource], *, capitals: bool = True
) -> Iterator[tuple[str, int, int]]:
    """Names outside the vocabulary that a text treats as data sets: name, start and end.

    With `capitals`, words in capitals are names; in a title they may be any.
    """
    beside = {*_beside_nouns(text)}
    for start, end in sorted({*beside, *_beside_known(text, known), *_behind_on(text)}):
        name = text[start:end]
        # "on English-German" is no data set, "the Stack-Edu dataset" is one
        plain = (start, end) not in beside and all(part.istitle() for part in name.split("-"))
        if not plain and not _explained_as_another(text, name):
            yield name, start, end
    for found in _IN_CAPITALS.finditer(text) if capitals else ():
        start, end = found.span()
        bracket = read_bracket(text, end + 1, len(text))
        if bracket and long_form_start(text, start, end, bracket.short) is not None:
            yield bracket.short, start, bracket.end
        elif found.group().count(" ") > 1 and not text.endswith((" a ", " an ", "A ", "An "), 0, start):
            yield found.group(), start, end


def _beside_nouns(text: str) -> Iterator[tuple[int, int]]:
    """Names around a noun: "the FLIR and LLVIP datasets", "datasets such as FLIR", "the dataset DBP15K"."""
    floor = 0
    for at in cue_places(text, _NOUN_CUES):
        if at < floor:
            continue
        before = _before_noun(text, max(floor, at - 90), at)
        name = None if before else _EXPLAINED.search(text, max(floor, at - 90), at)
        if name and is_distinctive(name["name"]) and _can_be_dataset(name["name"]):
            before = [name.span("name")]
        yield from reversed(before)
        floor = at
        lead = _LIST_BEHIND.match(text, at)
        if lead is None or (before and not lead["list"]):
            continue
        names = list(_listed(text, lead.end()))
        if len(names) == 1 and not _ENDS.match(text, names[0][1]):
            names = []  # one name is that of the noun: "the dataset FooSet, which"
        yield from names
        floor = names[-1][1] if names else floor


# "two public LDCT", "a new in-the-wild FPV" in front of "dataset": of what kind it is
_TASK = re.compile(
    r"\b(?:an?|novel|first|existing|several|two|three|four|five)(?: [a-z-]+,?){0,3} [A-Z]{2,6}$"
)


def _before_noun(text: str, floor: int, noun: int) -> list[tuple[int, int]]:
    """The names of "the FLIR and LLVIP datasets", from the last to the first: one of them is coined."""
    floor = max(floor, *(text.rfind(mark, floor, noun) + len(mark) for mark in (". ", "? ", "(", ";", ":")))
    cuts = list(_DIVIDER.finditer(text, floor, noun))
    starts, stops = [floor, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), noun]
    names: list[tuple[int, int]] = []
    coined = False
    for start, stop in zip(reversed(starts), reversed(stops), strict=True):
        row = list(_WORD.finditer(text, start, stop))
        if cuts and not names and row and row[-1].group().islower():
            row.pop()  # "image datasets"
        run = list(takewhile(_is_of_name, reversed(row)))
        while run and run[-1].group().isdigit():
            run.pop()  # "the 20 HeCBench"
        if not run:
            break
        names.append((run[-1].start(), run[0].end()))
        name = text[slice(*names[-1])]
        task = _TASK.search(text, max(0, names[-1][0] - 45), names[-1][1])
        if not task and any(map(is_distinctive, name.split(" "))) and _can_be_dataset(name):
            coined = True
        if len(run) < len(row):
            break
    return names if coined else []


def _is_of_name(word: re.Match[str]) -> bool:
    name = word.group()
    named = is_capitalised(name) or name[0].isdigit() or is_distinctive(name)
    return named and name.lower() not in words("function")


def _listed(text: str, place: int) -> Iterator[tuple[int, int]]:
    """The names of a list that begins at a place: "FLIR, LLVIP, and M3FD"."""
    for first in (True, *[False] * 11):
        match = _LISTED_NAME.match(text, place)
        name = match.group().rstrip(".-/") if match else ""
        plain = not is_distinctive(name.split(" ")[0])
        if (
            not name
            or not _can_be_dataset(name)
            or (plain and (first or not name.istitle() or len(name) < 5))
        ):
            return
        end = place + len(name)
        yield place, end
        joint = _JOINT_BEHIND.match(text, end)
        if joint is None or (joint.group() == " " and text.count(", ") > 1):
            return
        place = joint.end()


def _behind_on(text: str) -> Iterator[tuple[int, int]]:
    """Names that results are reported on: "achieves 84% on FooSet and 85% on BarBench. On QuxBench, it"."""
    for at in cue_places(text, (" on ", " On ")):
        place = at + 4
        if text.startswith(("the ", "both "), place):
            place = text.index(" ", place) + 1
        first = text[place : place + 1]
        most = 1 if text[at + 1] == "O" else None  # "On FooSet, FooNet wins"
        if (first.isupper() or first.isdigit()) and _REPORTED_ON.search(text, max(0, at - 22), place):
            yield from islice(_listed(text, place), most)


def _beside_known(text: str, known: list[NamedResource]) -> Iterator[tuple[int, int]]:
    """Names that stand in one list with a known data set: "on ImageNet and FooSet-1K"."""
    for one in known:
        joint = _JOINT_BEHIND.match(text, one.end) if one.kind == "dataset" else None
        names = list(_listed(text, joint.end())) if joint else []
        # "On ImageNet, FooNet wins" is no list: it needs its "and", or a further name.
        if joint and names and (len(names) > 1 or "and" in joint.group() or "&" in joint.group()):
            yield from names


def _can_be_dataset(name: str) -> bool:
    """Whether a name is neither a term of the field, nor a well-known model, nor a machine."""
    parts = name.split(" ")
    if any(map(is_common, parts)) or _NO_NAME.search(name):
        return False
    # "Qwen2.5-7B" and "FLUX.1" are models, "ResNet-50" too
    heads = (parts[0], parts[-1], *re.split(r"[-.\d]", parts[0])[:1])
    return not any(map(is_known_model, heads))


def _explained_as_another(text: str, name: str) -> bool:
    """Whether a text says what an abbreviation stands for, and it is no data set: "zero-shot learning (ZSL)"."""
    at = max(text.find(f"({name})"), text.find(f"({name}s)"))
    return at > 0 and not text[max(0, at - 60) : at].rstrip().endswith(_CALLED_DATASET)


def resources_of_paper(title: str, abstract: str) -> Iterator[NamedResource]:
    """The resources that both fields name, each at its first place, and the data sets that the paper introduces."""
    seen: set[tuple[str, str]] = set()
    texts = {"title": title[:READ_AT_MOST], "abstract": abstract[:READ_AT_MOST]}
    systems = systems_in(title, abstract)
    own = [NamedResource(one.name, "dataset", *one[3:]) for one in systems if one.kind in _DATA]
    methods = tuple(one.name for one in systems if one.kind not in _DATA)
    for found in [*_named_in(texts["title"], "title"), *_named_in(texts["abstract"], "abstract"), *own]:
        # The paper's own method is no data set, whatever the vocabulary says: "MuJoCo Playground"
        method = texts[found.field].startswith(methods, found.start)
        if (found.name, found.kind) not in seen and not method:
            seen.add((found.name, found.kind))
            yield found


def _named_in(text: str, field: str) -> list[NamedResource]:
    """The resources of the vocabulary, and the data sets a text calls so, from left to right."""
    known = resources_in(text, field)
    new = [
        NamedResource(name, "dataset", field, start, end)
        for name, start, end in named_datasets(text, known, capitals=field == "abstract")
        if name not in resources() and not any(start < one.end and one.start < end for one in known)
    ]
    return sorted(known + new, key=lambda one: one.start)
