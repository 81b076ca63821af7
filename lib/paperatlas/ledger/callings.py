"""Systems that are called by a name: "dubbed X", "our X", "X is proposed", "the X is a ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paperatlas.ledger import system_rules as rules
from paperatlas.ledger.name_reading import Name, read_name
from paperatlas.ledger.names import NOT_BUILT, is_common, is_distinctive, long_form_start
from paperatlas.ledger.patterns import any_of, span_at, word_places
from paperatlas.ledger.reading import (
    Paper,
    System,
    is_acceptable,
    is_known,
    names_artefact,
    read_bracket,
    speaks_of_others,
)
from paperatlas.ledger.settling import FUNCTION_WORD, found_in_abstract, is_direct, settle

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
_IS_A = re.compile(r" (?:is an?|are)\b (?P<what>[^.;]{0,120})")
_BEFORE_PARTICIPLE = ("is ", "are ", "then ", "also ", "further ", "thus ", "therefore ", "hereby ")
_OWNED = re.compile(
    " " + any_of("approach framework method model system algorithm architecture network pipeline") + r"\b"
)
_SUBJECT = re.compile(r"(?:^|[,;:] (?:the |a )?)(?P<name>[^\s,;:()]{2,30})(?: [a-z]+)?$")


def called(paper: Paper) -> Iterator[System]:
    """Names behind "called", "dubbed", "which we term" and the like."""
    text = paper.abstract
    for at in paper.cued(rules.CALLED.cues):
        start, end = span_at(paper.spans, at)
        by_us = _BY_US.search(text, max(start, at - 14), at)
        begin = by_us.start() if by_us else at
        lead = rules.CALLED.pattern.match(text, begin, end)
        own = by_us is not None or text.startswith(("dubbed", "named", "nicknamed"), at)
        if lead is None or not _is_own(text[max(start, begin - 400) : begin], own=own):
            continue
        name = read_name(text, lead.end(), end, any_case=True)
        if name is None and own:
            name = _spelled_before_bracket(text, lead.end(), end)
        if name is None:
            name = _spelled_in_lower_case(paper, lead.end(), end)
        if name is None:
            continue
        name, stop = settle(paper, name, end)
        word = name.name.isalpha() and name.name.islower()
        if word and not paper.titled(name.name):
            continue  # a notion in quotation marks: 'what we call "relevance"'
        if name.name and _is_name(name, text[name.end : name.end + 30]):
            yield found_in_abstract(paper, rules.CALLED.name, begin, stop, name)


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


def _spelled_before_bracket(text: str, start: int, end: int) -> Name | None:
    """The long form, in lower case, that ends at the next bracket with its abbreviation."""
    at = text.find("(", start, min(end, start + 110))
    bracket = read_bracket(text, at, end) if at > 0 else None
    if bracket is None or is_common(bracket.short) or re.search(r"[,;:]", text[start:at]):
        return None
    begin = long_form_start(text, start, at, bracket.short)
    if begin is None:
        return None
    stop = at - 1 if text[at - 1] == " " else at
    return Name(begin, stop, text[begin:stop], quoted=True)


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


def passive(paper: Paper) -> Iterator[System]:
    """The subject of "is proposed": "an inductive walk embedding (IWE) method is proposed"."""
    text = paper.abstract
    for at in paper.cued(rules.PASSIVE.cues):
        verb = (
            rules.PASSIVE.pattern.search(text, max(0, at - 20), at)
            if text.endswith(_BEFORE_PARTICIPLE, 0, at)
            else None
        )
        if verb is None:
            continue
        start, _ = span_at(paper.spans, at)
        early = start < 0.25 * len(text) and not text.startswith(("prop", "intr", "pres"), at)
        if early or speaks_of_others(text[start : verb.start()]):
            continue
        left = max(start, verb.start() - 180)
        name = _subject(text, left, verb.start())
        if name is not None:
            yield found_in_abstract(paper, rules.PASSIVE.name, name.start, at, name)


def _subject(text: str, left: int, verb: int) -> Name | None:
    """The new name in the subject that ends where the verb begins."""
    at = text.rfind("(", left, verb)
    if at >= 0:
        bracket = read_bracket(text, at, verb)
        if bracket is None or is_known(bracket.short) or len(text[bracket.end : verb].split()) > 4:
            return None
        begin = long_form_start(text, left, at, bracket.short)
        if begin is None or not is_direct(re.split(r"[,;]\s", text[left:begin])[-1]):
            return None
        return Name(begin, at, bracket.short, long_form=text[begin:at].strip())
    word = _SUBJECT.search(text[left:verb])
    name = read_name(text, left + word.start("name"), verb) if word else None
    return name if name and is_distinctive(name.name) and not is_known(name.name) else None


def ours(paper: Paper) -> Iterator[System]:
    """Names the paper calls its own: "our CL-RAG framework", "our method, HexaNet,"."""
    text = paper.abstract
    for at in paper.cued(rules.OURS.cues):
        if text[at : at + 60].islower():
            continue
        article = text.startswith(("our ", "Our "), at)
        if not (article or text.endswith("he ", 0, at)):
            continue
        lead = rules.OURS.pattern.match(text, at if article else at - 3)
        if lead is None:
            continue
        name = read_name(text, lead.end(), min(len(text), lead.end() + 60))
        if name is None or name.start - lead.end() > 3:
            continue
        name, stop = settle(paper, name, len(text))
        if not name.name or not is_acceptable(name.name, capitalised=False):
            continue
        first = name.name.split(" ")[0]
        apposed = text[name.start - 2 : name.start] == ", " and text[stop : stop + 1] == ","
        owned = article and _OWNED.match(text, stop) is not None
        if (
            apposed
            or owned
            or name.long_form
            or paper.titled(first)
            or text.find(first, text.find(first) + 1) > 0
        ):
            yield found_in_abstract(paper, rules.OURS.name, lead.start(), stop, name)


def is_a(paper: Paper) -> Iterator[System]:
    """A name that only the next sentence gives: "We present a network. The ByteNet is a ..."."""
    text = paper.abstract
    for start, end in paper.spans if paper.presented >= 0 else ():
        lead = rules.IS_A.pattern.match(text, start, end) if start > paper.presented else None
        if lead is None:
            continue
        name = read_name(text, lead.start("name"), lead.end("name"))
        if name is None or not is_distinctive(name.name) or is_known(name.name):
            continue
        what = _IS_A.match(text, name.end, end)
        places = word_places(name.name, text)
        if what and names_artefact(what["what"]) and places[1:] and places[0] == name.start:
            yield found_in_abstract(paper, rules.IS_A.name, start, what.start("what"), name)
