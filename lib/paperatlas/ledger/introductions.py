"""Systems behind a verb of introduction: "we propose X", "this paper presents a Y (Z)"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paperatlas.ledger import system_rules as rules
from paperatlas.ledger.abbreviations import abbreviated
from paperatlas.ledger.name_reading import Name, read_name
from paperatlas.ledger.names import (
    ARTEFACT,
    NOT_BUILT,
    is_distinctive,
)
from paperatlas.ledger.patterns import any_of, span_at, word_set
from paperatlas.ledger.reading import (
    Paper,
    System,
    is_acceptable,
    is_known,
    names_artefact,
    speaks_of_others,
)
from paperatlas.ledger.settling import FUNCTION_WORD, found_in_abstract, settle
from paperatlas.ledger.vocabulary import KNOWN_MODELS, resources

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
# Verbs that more often serve what is known than what is new: only a name right behind them counts.
_WEAK = re.compile(
    any_of("provid offer suggest deriv implement collect establish formulat publish compil describ releas")
)
_AFTER_CAPITALISED = re.compile(
    r"[,:;(.—–\"”'’]|$|\s(?:[-–—(]|"
    + any_of("that which to as and for with by in on is are a an the using through where who via based")
    + r"\b|"
    + ARTEFACT
    + r"\b(?!-))"
)
_EXPLAINED = re.compile(r", (?:a|an|the|our) ")
_LOWER = re.compile(
    r"(?P<name>[a-z][\w-]{2,24}(?: [a-z][\w-]{2,24}){0,2}), (?:a|an|the first|one of the first)\b(?P<after>[^.,;]{0,80})"
)
_LOWER_HEAD = re.compile(
    r"(?P<name>[a-z][\w-]{3,24}(?: [a-z][\w-]{3,24}){1,3})(?=,|\.| for | that | which | to | in | as )"
)
_JOINT = re.compile(r"(?:,? and|,) (?:the )?")
_NAME_ENDS = re.compile(r"[,.;:)\"”'’(]|\s(?:that|which|to|for|by|is|has|where|[-–—])|$")


def introduced(paper: Paper) -> Iterator[System]:
    """Names behind the verbs of introduction of an abstract."""
    text = paper.abstract
    for at in paper.cued(rules.VERB_CUES):
        if not (verb := rules.VERB.match(text, at)):
            continue
        if verb.group().endswith("ed") and text.endswith(_ADJECTIVE_LEAD, 0, at):
            continue
        start, end = span_at(paper.spans, at)
        before = text[max(start, at - 160) : at]
        own = not before or before.endswith(_BY_US) or not _OWN.isdisjoint(before.lower().split())
        if not own or speaks_of_others(before):
            continue
        yield from _direct(paper, at, end)
        if not _WEAK.match(verb.group()):
            yield from abbreviated(paper, at, end)
            yield from _apposed(paper, at, end)


def _direct(paper: Paper, verb: int, end: int) -> Iterator[System]:
    """The name right behind the verb: "we propose NASRec"."""
    text = paper.abstract
    lead = rules.INTRODUCES.pattern.match(text, verb, end)
    if lead is None:
        return
    name = read_name(text, lead.end(), end)
    if name is None:
        if lead["article"] in (None, "the"):
            yield from _lower_case(paper, verb, lead.end(), end)
        return
    name, stop = settle(paper, name, end)
    # "to construct dVLMs" speaks of a class of things
    follow = text[name.end : name.end + 60]
    several = lead["article"] is None and not name.long_form and text[name.end - 1] == "s" != name.name[-1:]
    if not name.name or (several and not _EXPLAINED.match(follow) and "-" not in name.name):
        return
    known = name.name in KNOWN_MODELS or name.name in resources()
    famous = known and not lead["article"] and _EXPLAINED.match(follow)
    if famous or _is_directly_named(paper, name, lead["article"], follow):
        yield found_in_abstract(paper, rules.INTRODUCES.name, verb, stop, name)


def _is_directly_named(paper: Paper, name: Name, article: str | None, follow: str) -> bool:
    """Whether what stands right behind the verb is a name, and not the start of a description."""
    if not is_acceptable(name.name, capitalised=not name.long_form):
        return False
    words = name.name.split(" ")
    titled = paper.titled(words[0])
    if NOT_BUILT.match(follow.lstrip()[:20]) and not titled:
        return False
    if name.long_form or name.quoted:
        return True
    ends = _AFTER_CAPITALISED.match(follow) is not None
    distinctive = any(is_distinctive(word) and not is_known(word) for word in words)
    if article in ("a", "an"):
        parted = len(words) >= 3 and all(word[:1].isupper() for word in words)
        return (distinctive and ends and titled) or (parted and _is_artefact_in_capitals(words[-1]))
    if distinctive:
        return True
    if len(words) > 1:
        return NOT_BUILT.match(follow.lstrip()[:20]) is None
    return ends and (article is None or titled)


def _is_artefact_in_capitals(word: str) -> bool:
    """Whether a word is the head of a name such as "Gaussian Motion Network"."""
    return word[:1].isupper() and names_artefact(word.lower())


def _lower_case(paper: Paper, verb: int, at: int, end: int) -> Iterator[System]:
    """A name in lower case that explains itself at once ("einspace, a search space"), or heads the title."""
    match = _LOWER_HEAD.match(paper.abstract, at, end)
    if match is None or not _heads_title(match["name"].rstrip("s"), paper.title.lower()):
        match = _LOWER.match(paper.abstract, at, end)
        if match is None or FUNCTION_WORD.search(match["name"]) or not names_artefact(match["after"]):
            return
    if not NOT_BUILT.search(match["name"]):
        name = Name(match.start("name"), match.end("name"), match["name"])
        yield found_in_abstract(paper, rules.INTRODUCES.name, verb, name.end, name)


def _heads_title(name: str, title: str) -> bool:
    """Whether a title begins with a name that it explains, or that is the name of something built."""
    after = title[len(name) :].removeprefix("s")
    built = names_artefact(name) or after.startswith((":", " for "))
    return title.startswith(name) and (not after or built)


def _apposed(paper: Paper, verb: int, end: int) -> Iterator[System]:
    """A name behind a description: "we propose a tokenization scheme, MSViT"."""
    text = paper.abstract
    lead = rules.APPOSITION.pattern.match(text, verb, end)
    if lead is None or not names_artefact(lead["object"]):
        return
    if lead["number"]:
        yield from _apposed_list(paper, verb, lead.end(), end)
        return
    name = read_name(text, lead.end(), end)
    if name is None:
        return
    name, stop = settle(paper, name, end)
    titled = paper.titled(name.name.split(" ")[0])
    if not name.name or not is_acceptable(name.name, capitalised=titled):
        return
    follow = text[name.end : name.end + 20]
    enumerated = is_distinctive(lead["object"].split()[-1]) or re.match(r",? (?:and|or) |, [A-Z]", follow)
    ends = name.long_form or _NAME_ENDS.match(follow)
    if titled or (ends and not enumerated):
        yield found_in_abstract(paper, rules.APPOSITION.name, verb, stop, name)


def _apposed_list(paper: Paper, verb: int, at: int, end: int) -> Iterator[System]:
    """Each name of a list: "two data sets, LAGPeR and G2APS-ReID"."""
    for _ in range(4):
        name = read_name(paper.abstract, at, end)
        if name is None or not is_acceptable(name.name, capitalised=False):
            return
        yield found_in_abstract(paper, rules.APPOSITION.name, verb, name.end, name)
        joint = _JOINT.match(paper.abstract, name.end, end)
        if joint is None:
            return
        at = joint.end()
