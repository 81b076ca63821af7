"""Systems that an abstract introduces: "we propose X", "a graph network (GNX)", "dubbed X", "X, a novel network"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from paperatlas.ledger.names import (
    ARTEFACT,
    NOT_BUILT,
    Bracket,
    Name,
    is_acceptable,
    is_capitalised,
    is_common,
    is_distinctive,
    is_known,
    is_new,
    names_artefact,
    read_bracket,
    read_name,
    settled,
)
from paperatlas.ledger.reading import (
    READ_AT_MOST,
    any_of,
    cue_places,
    cued,
    one_of,
    sentences,
    span_at,
    word_places,
    words,
)
from paperatlas.text.tokens import long_form_start


class System(NamedTuple):
    """A system as found: its name, what it is short for, its kind, and where its words stand."""

    name: str
    long_form: str
    kind: str
    field: str
    start: int
    end: int


@dataclass
class Paper:
    """The texts of one paper, its sentences and its abbreviations."""

    title: str
    abstract: str
    spans: list[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.title = self.title[:500]
        self.abstract = self.abstract[:READ_AT_MOST]
        self.spans = sentences(self.abstract)

    @cached_property
    def brackets(self) -> list[Bracket]:
        """The abbreviations in brackets, from left to right."""
        text = self.abstract
        return [found for at in cue_places(text, ("(",)) if (found := read_bracket(text, at, len(text)))]

    @cached_property
    def explained(self) -> dict[str, int]:
        """Where each abbreviation first stands in brackets; what is introduced later under it is not new."""
        return {bracket.short: bracket.end for bracket in reversed(self.brackets)}

    def titled(self, name: str) -> bool:
        """Whether the title holds a name, or its plural, as a word of its own."""
        return bool(name) and bool(word_places(name, self.title) or word_places(name + "s", self.title))


_STEMS = (
    "propos", "introduc", "present", "develop", "design", "releas", "describ", "construct", "creat", "devis", "contribut",
    "curat", "establish", "unveil", "craft", "compil", "formaliz", "formalis", "collect", "launch",
)  # fmt: skip
_CUES = (*_STEMS, "buil", "put")
_VERB = (
    rf"(?:{any_of(_STEMS)}(?:e[sd]?|s|ed|ing)?|creation of|buil(?:ds?|t|ding)|put(?:s|ting)? forward"
    r"|contributions?[^.;:,]{0,40}? is)\b(?! by\b)"
)
_LEAD = re.compile(_VERB + r"(?: and [a-z]{4,14})?(?= )")
_INTRODUCES = re.compile(
    rf"{_LEAD.pattern} (?:(?P<article>the|our|an?) )?(?:{one_of('modifier')},? ){{0,5}}(?P<noun>{ARTEFACT}s? )?"
)
# By these words a sentence speaks of the paper's own work, or of other people's.
_OWN = re.compile(rf"\b{one_of('own')}\b")
_OTHERS = re.compile(rf"\b{one_of('others')}\b")
_NAME_ENDS = re.compile(
    r"[,:;(.—–\"”'’]|$|\s(?:[-–—(]|"
    r"(?:that|which|to|as|and|for|with|by|in|on|is|are|an?|the|using|through|where|who|via|based)\b"
    rf"|{ARTEFACT}s?\b(?!-))"
)


def introduced(paper: Paper) -> Iterator[System]:
    """Names behind the verbs of introduction of an abstract."""
    text = paper.abstract
    for at in cued(text, _CUES):
        lead = _LEAD.match(text, at)
        if lead is None:
            continue
        start, end = span_at(paper.spans, at)
        before = text[max(start, at - 160) : at].lower()
        if (not before or _OWN.search(before)) and not _OTHERS.search(before):
            yield from _direct(paper, at, end)
            yield from _spelled_out(paper, at, lead.end() + 1, end)


def _found(start: int, name: Name) -> System:
    return System(name.name, name.long_form, "", "abstract", start, max(name.end, name.stop))


def _direct(paper: Paper, verb: int, end: int) -> Iterator[System]:
    """The name right behind the verb, "we propose NASRec", or behind the description of what it names."""
    text = paper.abstract
    lead = _INTRODUCES.match(text, verb, end)
    if lead is None:
        return
    name = read_name(text, lead.end(), end)
    if name and lead["noun"] and lead["noun"][0].isupper() and not any(map(is_new, name.name.split(" "))):
        name = read_name(text, lead.start("noun"), end)  # "we introduce LLM Web Dynamics (LWD)"
    if name is None:
        yield from _apposed(text, verb, lead.end(), end)
        return
    follow = text[name.end : name.end + 60]
    if lead["article"] and paper.explained.get(name.name, verb) < verb:
        return  # "the PPP framework" is not new where PPP was explained before
    # a known name that is explained is known since this paper: "we introduce OSWorld, a benchmark"
    explained = not lead["article"] and re.match(r", (?:a|an|the|our) ", follow)
    famous = explained and is_known(name.name) and not is_common(name.name)
    called = lead["noun"] and is_new(name.name) and _NAME_ENDS.match(follow)  # "a benchmark FooBench"
    if famous or called or _is_directly_named(paper, name, lead["article"], follow):
        yield from _with_others(text, verb, name, end)


def _is_directly_named(paper: Paper, name: Name, article: str | None, follow: str) -> bool:
    """Whether what stands right behind the verb is a name, and not the start of a description."""
    if not is_acceptable(name.name, capitalised=not name.long_form):
        return False
    parts = name.name.split(" ")
    titled = paper.titled(parts[0])
    if name.long_form or name.quoted:
        return True
    ends = _NAME_ENDS.match(follow) is not None
    coined = any(map(is_new, parts))
    if article in ("a", "an"):
        in_capitals = len(parts) >= 3 and all(word[:1].isupper() for word in parts)
        return ends and ((coined and titled) or (in_capitals and names_artefact(parts[-1].lower())))
    if len(parts) == 1 and not coined:
        return ends and (article is None or titled)
    return ends or (titled and len(parts) == 1)


_JOINT = re.compile(r"(?:,? and| &|,)(?: the| our)? ")


def _with_others(text: str, verb: int, name: Name, end: int) -> Iterator[System]:
    """A system, and the names given together with it: "we release FooSet and FooBench"."""
    yield _found(verb, name)
    while joint := _JOINT.match(text, max(name.end, name.stop), end):
        other = read_name(text, joint.end(), end)
        if other is None or not is_acceptable(other.name, capitalised=False):
            return
        name = other
        if not (_JOINT if joint.group() == ", " else _NAME_ENDS).match(text, max(name.end, name.stop), end):
            return
        yield _found(verb, name)


_ENDS_ARTEFACT = re.compile(rf"\b{ARTEFACT}s?[\s,:—–-]*(?:i\.e\.,?|namely)?\s*$")
_APPOSED_NAME = re.compile(
    r"[a-z][^.;:()]{3,110}?(?:,? (?:i\.e\.|namely),?|,|:| --?-?| ?—|(?= [\w-]*[a-z][\w-]*[A-Z0-9])) ?(?=[\\$A-Za-z`\"“*'])"
)


def _apposed(text: str, verb: int, at: int, end: int) -> Iterator[System]:
    """A name behind the description of what it names: "we propose a novel graph network, FooNet, that"."""
    described = _APPOSED_NAME.match(text, at, min(end, at + 130))
    phrase = text[at : described.end()] if described else ""
    if described is None or not _is_direct(phrase.replace(",", " ")):
        return
    name = read_name(text, described.end(), end)
    if name is None or not is_acceptable(name.name, capitalised=False):
        return
    follow = text[name.end : name.end + 24].lstrip("}$*")
    apart = phrase.endswith(", ") and follow.startswith(",") and is_new(name.name)
    if (apart or _ENDS_ARTEFACT.search(phrase)) and _NAME_ENDS.match(follow):
        yield from _with_others(text, verb, name, end)


_APPOSITION = re.compile(r"(?:,|:|--|—| with| including| comprising| featuring) ")


def _spelled_out(paper: Paper, verb: int, left: int, end: int) -> Iterator[System]:
    """Long forms with their abbreviation: "a graph network (GNX) and the ... (YZ)"."""
    text = paper.abstract
    limit = min(end, left + 260)
    for bracket in paper.brackets[bisect_left(paper.brackets, left, key=attrgetter("start")) :]:
        if bracket.start >= limit:
            return
        begin = long_form_start(text, left, bracket.start, bracket.short)
        between = text[left : begin or bracket.start]
        # "Grid Decomposed encoding (NetGrid)": in capitals, and said again
        said = any(map(is_capitalised, between.split())) and text.count(bracket.short) > 2
        plain = begin is None and is_new(bracket.short) and (said or _ENDS_ARTEFACT.search(between))
        if NOT_BUILT.search(between) or not _leads_to(between):
            return
        new = paper.explained[bracket.short] > verb and not is_common(bracket.short)
        if new and (begin or plain):
            long_form = text[begin or (left if said else bracket.start) : bracket.start].strip()
            yield System(bracket.short, long_form, "", "abstract", verb, bracket.end)
        left = bracket.end


def _is_direct(between: str) -> bool:
    """Whether the words between a verb and a name leave the name the verb's direct object."""
    tokens = between.replace(",", " , ").split()
    return (
        len(tokens) <= 9
        and "," not in tokens
        and not any(word.lower() in words("breaker") for word in tokens)
    )


def _leads_to(between: str) -> bool:
    """Whether a long form is the object of the verb, or explains it: "a deep architecture, the "."""
    head, *tail = _APPOSITION.split(between)
    if not tail:
        return _is_direct(between)
    named = names_artefact(head) or any(map(is_distinctive, head.split()))
    return named and len(tail) == 1 and len(tail[0].split()) <= 2 and all(map(_is_direct, (head, tail[0])))


_CALL_CUES = ("call", "name", "dub", "term", "coin", "entitle", "Namely", "refer", "denote")
_WHAT = r"(?: (?:it|this|them|the|our|these|that|such)(?: [a-z][\w-]{1,20}){0,4}?)?"
_CALLED = re.compile(
    r"(?:called|named|dubbed|termed|coined|entitled|[Nn]amely|referred to as|denoted(?: as| by)?"
    rf"|[Ww]e(?: also)?(?: will)? (?:call|name|dub|term|refer(?: to)?(?: as)?|denote|coin){_WHAT}(?: as| by)?"
    r"),? (?:as |the |a |an |by |our ){0,2}"
)
_WE = re.compile(r"[Ww]e(?: also)?(?: will)? $")
_SPELLED_LOWER = re.compile(r"[a-z][\w-]{2,24}(?: [a-z][\w-]{2,24}){0,5}(?= \()")


def called(paper: Paper) -> Iterator[System]:
    """Names behind "called", "dubbed", "which we term" and the like."""
    text = paper.abstract
    for at in cued(text, _CALL_CUES):
        start, end = span_at(paper.spans, at)
        by_us = _WE.search(text, max(start, at - 14), at)
        begin = by_us.start() if by_us else at
        lead = _CALLED.match(text, begin, end)
        own = by_us is not None or text.startswith(("dubbed", "named"), at)
        # "tested on two sets, namely"
        tested = text.startswith("namely", at) and not re.search(_VERB, text[start:at])
        if lead is None or tested or not _is_own(text[max(start, begin - 100) : begin], own=own):
            continue
        name = read_name(text, lead.end(), end)
        if name is None and (lower := _SPELLED_LOWER.match(text, lead.end(), end)):
            name = settled(text, Name(*lower.span(), lower.group()), end)
        if name is None:
            continue
        # a notion in quotation marks is no system: 'what we call "relevance"'
        if (name.long_form or not name.name.islower()) and _can_be_called(name):
            yield from _with_others(text, begin, name, end)


def _is_own(before: str, *, own: bool) -> bool:
    """Whether the words before "called X" speak of something this paper builds."""
    before = before.lower()
    if _OTHERS.search(before[-90:]) or NOT_BUILT.search(before[-28:]):
        return False
    return own or names_artefact(before)


def _can_be_called(name: Name) -> bool:
    known = not name.long_form and is_known(name.name)
    if len(name.name) < 2 or known or NOT_BUILT.search(name.name.split(" ")[-1]):
        return False
    return name.quoted or bool(name.long_form) or is_acceptable(name.name, capitalised=True)


_OURS = re.compile(
    rf"(?:[Oo]ur (?:(?:proposed|suggested|novel|new|full|final) )?|(?P<proposed>proposed ))(?P<noun>{ARTEFACT}, )?(?=[A-Z])"
)
_IS_BUILT = re.compile(
    r"(?: [\w-]+){0,4} (?:is|are|was|were) (?:also |then |further |first |thus |therefore )?"
    r"(?:proposed|introduced|developed|designed|presented|devised)\b(?! by)"
)


def described(paper: Paper) -> Iterator[System]:
    """Names told to be the paper's own: "the proposed FooNet", "our method, FooNet,", "a Foo Network (FN) is proposed"."""
    text = paper.abstract
    for at in cue_places(text, ("proposed ", "our ", "Our ")):
        start, end = span_at(paper.spans, at)
        lead = _OURS.match(text, at, end)
        name = read_name(text, lead.end(), end) if lead else None
        if lead and name and (text[at] in "oO" or text.endswith(("the ", "The ", "our ", "Our "), 0, at)):
            told = lead["proposed"] or (lead["noun"] and text.startswith(",", name.end))
            coined = told and any(map(is_new, name.name.split(" ")))
            if (coined or name.long_form) and is_acceptable(name.name, capitalised=False):
                yield _found(name.start, name)
    for bracket in paper.brackets:
        start, end = span_at(paper.spans, bracket.start)
        if not is_common(bracket.short) and _IS_BUILT.match(text, bracket.end, end):
            begin = long_form_start(text, start, bracket.start, bracket.short)
            if begin is not None and not _OTHERS.search(text[start:begin].lower()):
                name = Name(begin, bracket.end, bracket.short, text[begin : bracket.start].strip())
                yield _found(begin, name)
