"""Systems that are given a name: "dubbed X", "which we call X"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paperatlas.ledger.names import (
    NOT_BUILT,
    Name,
    is_acceptable,
    is_known,
    read_name,
)
from paperatlas.ledger.paper import (
    FUNCTION_WORD,
    Paper,
    System,
    found_in_abstract,
    names_artefact,
    settle,
    speaks_of_others,
)
from paperatlas.ledger.patterns import any_of, cued, span_at

_CUES = ("call", "name", "dub", "term", "coin", "entitle", "Namely", "nicknamed", "refer", "denote")
_CALLED = re.compile(
    r"(?:called|named|dubbed|termed|coined|entitled|[Nn]amely|referred to as|denoted(?: as| by)?|nicknamed"
    r"|[Ww]e(?: also)?(?: will)? (?:call|name|dub|term|refer to as|denote|coin|designate)"
    r"(?: (?:it|this|them|the|our|these|that|such)(?: [a-z][\w-]{1,20}){0,4}?)?(?: as| by)?"
    r"|(?:refer to|designate|denote) (?:it|this|our|the|these|them)(?: [a-z][\w-]{1,20}){0,4}? (?:as|by)"
    r"|[Ww]e call our (?:[a-z][\w-]{1,20} ){1,3}),? (?:as |the |a |an |by |our ){0,2}"
)
INTRODUCING = re.compile(
    r"\b"
    + any_of(
        "we our novel new proposed? proposes introduc(?:e|es|ing) presents? develops? "
        "this_(?:paper|work|study) resulting design devise construct build release create"
    )
    + r"\b",
    re.IGNORECASE,
)
_LOWER = re.compile(
    r"(?P<name>[a-z][\w-]{2,24}(?: [a-z][\w-]{2,24}){0,5}?)"
    r"(?=(?P<bracket> \()|[,.;:]| (?:that|which|to|for|in which|where|by|as|-) |$)"
)
_NEW_ARTEFACT = re.compile(r"\ba (?:novel|new|simple)\b")


def called(paper: Paper) -> Iterator[System]:
    """Names behind "called", "dubbed", "which we term" and the like."""
    text = paper.abstract
    for at in cued(text, _CUES):
        start, end = span_at(paper.spans, at)
        by_us = _BY_US.search(text, max(start, at - 14), at)
        begin = by_us.start() if by_us else at
        lead = _CALLED.match(text, begin, end)
        own = by_us is not None or text.startswith(("dubbed", "named", "nicknamed"), at)
        if lead is None or not _is_own(text[max(start, begin - 400) : begin], own=own):
            continue
        name = read_name(text, lead.end(), end, any_case=True)
        if name is None:
            name = _spelled_in_lower_case(paper, lead.end(), end)
        if name is None:
            continue
        name, stop = settle(paper, name, end)
        plain = name.name.replace(" ", "").isalpha() and name.name.islower()
        if plain and name.quoted and not name.long_form and not paper.titled(name.name):
            continue  # a notion in quotation marks: 'what we call "relevance"'
        if name.name and _is_name(name, text[name.end : name.end + 30]):
            yield found_in_abstract(paper, "called", begin, stop, name)


_BY_US = re.compile(r"[Ww]e(?: also)?(?: will)? $")


def _is_own(before: str, *, own: bool) -> bool:
    """Whether the words before "called X" speak of something this paper builds."""
    if speaks_of_others(before[-90:]) or NOT_BUILT.search(before[-28:]):
        return False
    return own or (names_artefact(before[-60:]) and INTRODUCING.search(before) is not None)


def _is_name(name: Name, follow: str) -> bool:
    if (
        len(name.name) < 2
        or (not name.long_form and is_known(name.name))
        or NOT_BUILT.search(name.name.split(" ")[-1])
    ):
        return False
    if NOT_BUILT.match(follow.lstrip(" \"'”’`")):
        return False
    plain = name.quoted or bool(name.long_form) or name.name[0].islower()
    return plain or is_acceptable(name.name, capitalised=True)


def _spelled_in_lower_case(paper: Paper, at: int, end: int) -> Name | None:
    """A name in lower case behind "called": with its abbreviation, or as the title has it."""
    text = paper.abstract
    match = _LOWER.match(text, at, end)
    if match is None:
        return None
    name = Name(match.start("name"), match.end("name"), match["name"])
    if match["bracket"]:
        settled, _ = settle(paper, name, end)
        return name if settled.long_form and settled.name else None
    words = name.name.split(" ")
    if 2 <= len(words) <= 4 and name.name.rstrip("s") in paper.title.lower():
        return name
    if 2 <= len(words) <= 3 and not FUNCTION_WORD.search(name.name) and not words[-1].endswith("ly"):
        before = text[max(0, at - 90) : at]
        if _NEW_ARTEFACT.search(before) and names_artefact(before):
            return name
    return None
