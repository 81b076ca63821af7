"""Systems that an abstract introduces: "we propose X", "a graph network (GNX)", "dubbed X", "which we call X"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
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
    is_known_model,
    names_artefact,
    read_bracket,
    read_name,
    settle,
)
from paperatlas.ledger.reading import (
    READ_AT_MOST,
    any_of,
    cue_places,
    cued,
    sentences,
    span_at,
    word_places,
    word_set,
)
from paperatlas.text.abbreviations import long_form_start


class System(NamedTuple):
    """A system as found: its name, what it is short for, and the rule and words it rests on."""

    name: str
    long_form: str
    kind: str
    rule: str
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

    def titled(self, name: str) -> bool:
        """Whether the title holds a name, or its plural, as a word of its own."""
        return bool(name) and bool(word_places(name, self.title) or word_places(name + "s", self.title))


_VERB = (
    r"(?:propos(?:e|es|ed|ing)|introduc(?:e|es|ed|ing)|present(?:s|ed|ing)?|develop(?:s|ed|ing)?"
    r"|design(?:s|ed|ing)?|releas(?:e|es|ed|ing)|describ(?:e|es|ed|ing)|buil(?:d|ds|t|ding)"
    r"|construct(?:s|ed|ing)?|creat(?:e|es|ed|ing)|devis(?:e|es|ed|ing)|contribut(?:e|es|ed|ing)"
    r"|curat(?:e|es|ed|ing)|establish(?:es|ed|ing)?|unveil(?:s|ed|ing)?|implement(?:s|ed|ing)?|compil(?:e|es|ed|ing)"
    r"|formali[sz](?:e|es|ed|ing)|collect(?:s|ed|ing)?|launch(?:es|ed|ing)?|open-sourc(?:es|ing)"
    r"|(?<=we )open-sourced?|(?<=also )open-sourced?|contributions?[^.;:,]{0,40}? is)(?! by\b)"
)
_IS_VERB = re.compile(_VERB + r"\b")
_CUES = (
    "propos", "introduc", "present", "develop", "design", "releas", "describ", "buil", "construct", "creat", "devis",
    "contribut", "curat", "establish", "unveil", "open-sourc", "implement", "collect", "launch", "compil", "formali",
)  # fmt: skip
_ADVERB = (
    r"(?:(?:,? (?:here|also|further|then|first|next|instead|additionally|therefore|thus|finally|now"
    r"|and [a-z]{4,14})\b)|, [a-z][^,.;:()]{1,50},){0,2}"
)
_MODIFIER = (
    r"(?:"
    + any_of(
        "novel new simple general generalized unified efficient effective innovative first lightweight fast robust "
        "scalable flexible generic open open-source large-scale comprehensive powerful modular end-to-end "
        "complete improved enhanced so-called advanced principled fully highly yet and but simplified "
        "next-generation state-of-the-art multilingual multimodal hybrid modified original resulting"
    )
    + r",? ){0,5}"
)
_INTRODUCES = re.compile(
    _VERB + _ADVERB + r" (?:(?P<article>the|our|an?) )?" + _MODIFIER + r"(?:" + ARTEFACT + r" )?"
)
_LEAD = re.compile(_VERB + _ADVERB + r"(?= )")
_BY_US = ("we ", "We ", "paper ", "also ", "study ")
# One of these words before a verb says that the paper itself does it.
_OWN = word_set(
    "we our us i this these here paper work study article thesis report letter author authors approach method framework "
    "model by novel new proposed which that and it we: (we here, paper, work, study, article,"
)
# "The proposed design uses ..." introduces nothing.
_ADJECTIVE_LEAD = (
    "the ", "The ", "our ", "Our ", "this ", "This ", " a ", "newly ", "recently ", "these ", "These ",
)  # fmt: skip
# By these words a sentence speaks of other people's work.
_OTHERS = re.compile(
    r"\bet al\b|\brecently\b|\brecent " + any_of("work stud paper advanc method approach model develop")
    + r"|\b(?:previous|prior|earlier|existing)(?:ly)? " + any_of("work stud method paper approach model")
    + r"|\bprevious(?:ly)?\b|\bin the literature\b|\bother(?:s| authors)\b|\bha(?:s|ve) been\b|\bwas first\b"
    r"|\b" + any_of("originally well-known so-called commonly often widely usually traditional popular") + r"\b",
    re.IGNORECASE,
)  # fmt: skip
_NAME_ENDS = re.compile(
    r"[,:;(.—–\"”'’]|$|\s(?:[-–—(]|"
    + any_of("that which to as and for with by in on is are a an the using through where who via based")
    + r"\b|"
    + ARTEFACT
    + r"\b(?!-))"
)
_FUNCTION_WORD = re.compile(
    r"\b"
    + any_of(
        "that which for to of in on with from by using and or how what evidence results? insights? "
        "experiments? analys[ie]s here this first it more new novel simple"
    )
    + r"\b"
)


def introduced(paper: Paper) -> Iterator[System]:
    """Names behind the verbs of introduction of an abstract."""
    text = paper.abstract
    for at in cued(text, _CUES):
        if not (verb := _IS_VERB.match(text, at)):
            continue
        if verb.group().endswith("ed") and text.endswith(_ADJECTIVE_LEAD, 0, at):
            continue
        start, end = span_at(paper.spans, at)
        before = text[max(start, at - 160) : at]
        own = not before or before.endswith(_BY_US) or not _OWN.isdisjoint(before.lower().split())
        if own and not _OTHERS.search(before):
            yield from _direct(paper, at, end)
            yield from _spelled_out(paper, at, end)


def _found(rule: str, start: int, end: int, name: Name) -> System:
    return System(name.name, name.long_form, "", rule, "abstract", start, max(end, name.end))


def _direct(paper: Paper, verb: int, end: int) -> Iterator[System]:
    """The name right behind the verb: "we propose NASRec"."""
    text = paper.abstract
    lead = _INTRODUCES.match(text, verb, end)
    if lead is None:
        return
    name = read_name(text, lead.end(), end)
    if name is None:
        if lead["article"] in (None, "the"):
            yield from _lower_case(text, verb, lead.end(), end)
        yield from _apposed(text, verb, lead.end(), end)
        return
    name, stop = settle(text, name, end)
    # "to construct dVLMs" speaks of a class of things
    follow = text[name.end : name.end + 60]
    explained = re.match(r", (?:a|an|the|our) ", follow)
    several = lead["article"] is None and not name.long_form and text[name.end - 1] == "s" != name.name[-1:]
    if not name.name or (several and not explained and "-" not in name.name):
        return
    famous = is_known(name.name) and not is_common(name.name) and not lead["article"] and explained
    if famous or _is_directly_named(paper, name, lead["article"], follow):
        yield _found("introduces", verb, stop, name)
        yield from _named_together(text, verb, stop, end)


_JOINT = re.compile(r"(?:,? and|,| &) (?:the |an? |our )?")


def _named_together(text: str, verb: int, at: int, end: int) -> Iterator[System]:
    """The second of two names given together: "we release FooSet and FooBench"."""
    joint = _JOINT.match(text, at, end)
    name = read_name(text, joint.end(), end) if joint else None
    if name is None:
        return
    name, stop = settle(text, name, end)
    if name.name and is_acceptable(name.name, capitalised=False) and _NAME_ENDS.match(text, name.end, end):
        yield _found("introduces", verb, stop, name)


_APPOSED_NAME = re.compile(r"[a-z][^.;:()]{3,110}?(?:,|:| --?-?| ?—) ?(?=[\\$A-Za-z`\"“*'])")


def _apposed(text: str, verb: int, at: int, end: int) -> Iterator[System]:
    """A name behind the description of what it names: "we propose a novel graph network, FooNet, that"."""
    words = _APPOSED_NAME.match(text, at, min(end, at + 130))
    if words is None or not _ENDS_ARTEFACT.search(text[at : words.end()].rstrip(" ,:-—")):
        return
    name = read_name(text, words.end(), end)
    if name is None or not _is_direct(text[at : words.end()].replace(",", " ")):
        return
    name, stop = settle(text, name, end)
    follow = text[name.end : name.end + 24].lstrip("}$*")
    if name.name and is_acceptable(name.name, capitalised=False) and _NAME_ENDS.match(follow):
        yield _found("introduces", verb, stop, name)
        yield from _named_together(text, verb, stop, end)


def _is_directly_named(paper: Paper, name: Name, article: str | None, follow: str) -> bool:
    """Whether what stands right behind the verb is a name, and not the start of a description."""
    if not is_acceptable(name.name, capitalised=not name.long_form):
        return False
    words = name.name.split(" ")
    titled = paper.titled(words[0])
    observed = NOT_BUILT.match(follow.lstrip()[:20]) is not None
    if observed and not titled:
        return False
    if name.long_form or name.quoted:
        return True
    ends = _NAME_ENDS.match(follow) is not None
    distinctive = any(is_distinctive(word) and not is_known(word) for word in words)
    if article in ("a", "an"):
        in_capitals = len(words) >= 3 and all(word[:1].isupper() for word in words)
        return (distinctive and ends and titled) or (in_capitals and names_artefact(words[-1].lower()))
    if distinctive or len(words) > 1:
        return distinctive or not observed
    return ends and (article is None or titled)


_LOWER = re.compile(
    r"(?P<name>[a-z][\w-]{2,24}(?: [a-z][\w-]{2,24}){0,2}), (?:a|an|the first|one of the first)\b(?P<after>[^.,;]{0,80})"
)


def _lower_case(text: str, verb: int, at: int, end: int) -> Iterator[System]:
    """A name in lower case that explains itself at once: "einspace, a search space"."""
    match = _LOWER.match(text, at, end)
    if match is None or _FUNCTION_WORD.search(match["name"]) or not names_artefact(match["after"]):
        return
    if not NOT_BUILT.search(match["name"]):
        name = Name(match.start("name"), match.end("name"), match["name"])
        yield _found("introduces", verb, name.end, name)


_APPOSITION = re.compile(r"(?:,|:|--|—| with| including| comprising| featuring)(?=[^,:—]*$)")
_ENDS_ARTEFACT = re.compile(r"\b" + ARTEFACT + r"s?\s?$")
# Between a verb and its object stand no such words; behind one of them another thing begins.
_BREAKERS = word_set(
    "for to that which using with from in on by via through where whose when while as into than over under between "
    "among upon towards toward is are was were be can but we it its if not against about across without "
    "within because of at how what whether , enables leverages uses"
)


def _spelled_out(paper: Paper, verb: int, end: int) -> Iterator[System]:
    """Long forms with their abbreviation: "a graph network (GNX) and the ... (YZ)"."""
    text = paper.abstract
    lead = _LEAD.match(text, verb, end)
    left = lead.end() + 1 if lead else end
    limit = min(end, left + 260)
    for bracket in paper.brackets:
        if not left <= bracket.start < limit:
            continue
        begin = long_form_start(text, left, bracket.start, bracket.short)
        words = text[left : bracket.start if begin is None else begin]
        long_form = "" if begin is None else text[begin : bracket.start].strip()
        if not _is_object(words, long_form, paper.title.lower()):
            return
        new = not is_common(bracket.short) and (long_form or is_acceptable(bracket.short, capitalised=False))
        if new and not NOT_BUILT.match(text[bracket.end : bracket.end + 20].lstrip()):
            name = Name(bracket.start, bracket.start, bracket.short, long_form)
            yield _found("introduces-abbreviation", verb, bracket.end, name)
        left = bracket.end


def _is_object(words: str, long_form: str, title: str) -> bool:
    """Whether a long form is what the verb introduces, given the words before it."""
    if not long_form:
        return _is_direct(words) and _ENDS_ARTEFACT.search(words) is not None
    if _is_direct(words) or _explains(words):
        return True
    parts = long_form.split()
    return len(parts) >= 2 and long_form.lower().rstrip("s") in title and all(map(is_capitalised, parts))


def _is_direct(words: str) -> bool:
    """Whether the words between a verb and a long form leave it the verb's direct object."""
    tokens = words.replace(",", " , ").split()
    return len(tokens) <= 9 and not any(token.lower() in _BREAKERS for token in tokens)


def _explains(words: str) -> bool:
    """Whether the long form stands in apposition: "a deep architecture, the "."""
    cut = _APPOSITION.search(words[-160:])
    if cut is None:
        return False
    head, tail = words[-160:][: cut.start()], words[-160:][cut.end() :]
    named = names_artefact(head) or any(map(is_distinctive, head.split()))
    return named and _is_direct(head) and len(tail.split()) <= 2 and _is_direct(tail)


_CALL_CUES = ("call", "name", "dub", "term", "coin", "entitle", "Namely", "nicknamed", "refer", "denote")
_CALLED = re.compile(
    r"(?:called|named|dubbed|termed|coined|entitled|[Nn]amely|referred to as|denoted(?: as| by)?|nicknamed"
    r"|[Ww]e(?: also)?(?: will)? (?:call|name|dub|term|refer(?: to)?(?: as)?|denote|coin|designate)"
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
_WE = re.compile(r"[Ww]e(?: also)?(?: will)? $")
_CALLED_LOWER = re.compile(
    r"(?P<name>[a-z][\w-]{2,24}(?: [a-z][\w-]{2,24}){0,5}?)"
    r"(?=(?P<bracket> \()|[,.;:]| (?:that|which|to|for|in which|where|by|as|-) |$)"
)


def called(paper: Paper) -> Iterator[System]:
    """Names behind "called", "dubbed", "which we term" and the like."""
    text = paper.abstract
    for at in cued(text, _CALL_CUES):
        start, end = span_at(paper.spans, at)
        by_us = _WE.search(text, max(start, at - 14), at)
        begin = by_us.start() if by_us else at
        lead = _CALLED.match(text, begin, end)
        own = by_us is not None or text.startswith(("dubbed", "named", "nicknamed"), at)
        if lead is None or not _is_own(text[max(start, begin - 400) : begin], own=own):
            continue
        name = read_name(text, lead.end(), end, any_case=True)
        name = name or _called_in_lower_case(paper, lead.end(), end)
        if name is None:
            continue
        name, stop = settle(text, name, end)
        plain = name.name.replace(" ", "").isalpha() and name.name.islower()
        if plain and name.quoted and not name.long_form and not paper.titled(name.name):
            continue  # a notion in quotation marks: 'what we call "relevance"'
        if name.name and _can_be_called(name, text[name.end : name.end + 30]):
            yield _found("called", begin, stop, name)


_OURS = re.compile(
    r"[Oo]ur (?:(?:proposed|novel|new|full|final) )?"
    + any_of(
        "framework method model approach algorithm network system architecture benchmark dataset agent pipeline"
    )
    + ", "
)


def ours(paper: Paper) -> Iterator[System]:
    """Names in apposition to what is the paper's own: "our proposed approach, FooFormer, ..."."""
    text = paper.abstract
    for at in cued(text, ("our ", "Our ")):
        _, end = span_at(paper.spans, at)
        lead = _OURS.match(text, at, end)
        name = read_name(text, lead.end(), end) if lead else None
        if name and text.startswith(",", name.end) and is_acceptable(name.name, capitalised=False):
            name, stop = settle(text, name, end)
            yield _found("called", at, stop, name)


def _is_own(before: str, *, own: bool) -> bool:
    """Whether the words before "called X" speak of something this paper builds."""
    if _OTHERS.search(before[-90:]) or NOT_BUILT.search(before[-28:]):
        return False
    return own or (names_artefact(before[-100:]) and INTRODUCING.search(before) is not None)


def _can_be_called(name: Name, follow: str) -> bool:
    known = not name.long_form and (is_known(name.name) or is_known_model(name.name))
    if len(name.name) < 2 or known or NOT_BUILT.search(name.name.split(" ")[-1]):
        return False
    if NOT_BUILT.match(follow.lstrip(" \"'”’`")):
        return False
    plain = name.quoted or bool(name.long_form) or name.name[0].islower()
    return plain or is_acceptable(name.name, capitalised=True)


def _called_in_lower_case(paper: Paper, at: int, end: int) -> Name | None:
    """A name in lower case behind "called": with its abbreviation, or as the title has it."""
    text = paper.abstract
    match = _CALLED_LOWER.match(text, at, end)
    if match is None:
        return None
    name = Name(match.start("name"), match.end("name"), match["name"])
    if match["bracket"]:
        settled, _ = settle(text, name, end)
        return name if settled.long_form and settled.name else None
    words = name.name.split(" ")
    return name if 2 <= len(words) <= 4 and name.name.rstrip("s") in paper.title.lower() else None
