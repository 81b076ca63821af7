"""Systems behind a verb of introduction: "we propose X", "this paper presents a Y (Z)"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from paperatlas.ledger import system_rules as rules
from paperatlas.ledger.kinds import kind_of_system
from paperatlas.ledger.names import (
    ARTEFACT,
    NOT_BUILT,
    Name,
    is_capitalised,
    is_common,
    is_distinctive,
    long_form_start,
    read_name,
)
from paperatlas.ledger.patterns import any_of, span_at, word_places, word_set
from paperatlas.ledger.reading import (
    Bracket,
    Paper,
    System,
    is_acceptable,
    is_known,
    names_artefact,
    read_bracket,
    speaks_of_others,
)
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
# Between a verb and its object stand no such words; behind one of them another thing begins.
_BREAKERS = word_set(
    "for to that which using with from in on by via through where whose when while as into than over under between "
    "among upon towards toward is are was were be can but we it its if not against about across without "
    "within because of at how what whether , enables leverages uses"
)
_CLASS_OF = re.compile(
    r"\b"
    + any_of(
        "concept notion idea class classes family kind type form version variant paradigm framework set "
        "suite series pair category extension implementation members? collection architecture"
    )
    + r" of\b",
    re.IGNORECASE,
)
_AFTER_CAPITALISED = re.compile(
    r"[,:;(.—–\"”'’]|$|\s(?:[-–—(]|"
    + any_of("that which to as and for with by in on is are a an the using through where who via based")
    + r"\b|"
    + ARTEFACT
    + r"\b)"
)
_TO_BRACKET = re.compile(r"[\"”'’`*}]{0,3}(?P<noun>(?: [a-z][\w-]{2,20}){0,2}) ?(?=\()")
_EXPLAINED = re.compile(r", (?:a|an|the|our) ")
_LOWER = re.compile(
    r"(?P<name>[a-z][\w-]{2,24}(?: [a-z][\w-]{2,24}){0,2}), (?:a|an|the first|one of the first)\b(?P<after>[^.,;]{0,80})"
)
_LOWER_HEAD = re.compile(
    r"(?P<name>[a-z][\w-]{3,24}(?: [a-z][\w-]{3,24}){1,3})(?=,|\.| for | that | which | to | in | as )"
)
FUNCTION_WORD = re.compile(
    r"\b"
    + any_of(
        "that which for to of in on with from by using and or how what evidence results? insights? "
        "experiments? analys[ie]s here this first it more new novel simple"
    )
    + r"\b"
)
_OWN_SUBJECT = re.compile(
    " "
    + any_of("outperforms improves achieves surpasses reduces is_trained consistently significantly")
    + r"\b"
)
_APPOSED = re.compile(r"(?:,|:|--|—| with| including| comprising| featuring)(?=[^,:—]*$)")
_JOINED = re.compile(r"(?:^|\b(?:and|also|as)|,|;)(?: (?:the|a|an|our|novel))* $")
_LIST_STEP = re.compile(r"(?: [a-z-]+){0,3},?(?: and| as well as)? ?(?:the|a|an|our)?(?: [a-z-]+){0,3} ?")
_JOINT = re.compile(r"(?:,? and|,) (?:the )?")
_NAME_ENDS = re.compile(r"[,.;:)\"”'’(]|\s(?:that|which|to|for|by|is|has|where|[-–—])|$")
_ENDS_ARTEFACT = re.compile(r"\b" + ARTEFACT + r"s?\s?$")


def found_in_abstract(paper: Paper, rule: str, start: int, end: int, name: Name) -> System:
    """A find of a rule, with its kind and the words from `start` to `end` it rests on."""
    text = paper.abstract
    end = max(end, name.end)
    kind = kind_of_system(
        name.name, name.long_form, text[max(0, start - 10) : name.start], text[end : end + 130]
    )
    return System(name.name, kind, rule, "abstract", start, end, name.long_form)


def settle(paper: Paper, name: Name, end: int) -> tuple[Name, int]:
    """Give a name read in full its abbreviation, if a bracket with one follows.

    "Rectified Linear Attention (ReLA)" is called ReLA; "SRD (Sharing Ratio Decomposition)" is
    called SRD. Returns the name, emptied if it only spells out a term of the field, and where
    the words that show it end.
    """
    text = paper.abstract
    gap = _TO_BRACKET.match(text, name.end, end)
    if gap is None:
        return name, name.end
    at = gap.end()
    bracket = read_bracket(text, at, end)
    if bracket is not None:
        short = bracket.short
        start = long_form_start(text, name.start, at, short)
        if start is None and is_common(short) and " " in name.name:
            return replace(name, name=""), bracket.end
        if start is None and not gap["noun"] and _shares_word(short, name.name):
            start = name.start
        if start is not None and len(short) < name.end - name.start:
            if is_common(short) and not paper.headed(text[name.start : name.end]):
                return (name if name.quoted else replace(name, name="")), bracket.end
            return Name(name.start, name.end, short, long_form=text[start : name.end]), bracket.end
    close = text.find(")", at, min(end, at + 120))
    if close > 0 and " " not in name.name:
        inside = text[at + 1 : close]
        if " " in inside and long_form_start(inside, 0, len(inside), name.name) is not None:
            return replace(name, long_form=inside), close + 1
    return name, name.end


def _shares_word(short: str, long: str) -> bool:
    """Whether a name such as "DependencyViT" takes over a whole word of its long form."""
    words = (word.lower() for word in long.split() if len(word) >= 4)
    return is_distinctive(short) and any(word in short.lower() for word in words)


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
            yield from _abbreviated(paper, at, end)
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
    if not name.name:
        return
    follow = text[name.end : name.end + 60]
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
        return distinctive and ends and titled
    if distinctive:
        return True
    if len(words) > 1:
        return NOT_BUILT.match(follow.lstrip()[:20]) is None
    return ends and (article is None or titled)


def _lower_case(paper: Paper, verb: int, at: int, end: int) -> Iterator[System]:
    """A name in lower case that explains itself at once ("einspace, a search space"), or heads the title."""
    match = _LOWER_HEAD.match(paper.abstract, at, end)
    if match is None or not paper.title.lower().startswith(match["name"].rstrip("s")):
        match = _LOWER.match(paper.abstract, at, end)
        if match is None or FUNCTION_WORD.search(match["name"]) or not names_artefact(match["after"]):
            return
    if not NOT_BUILT.search(match["name"]):
        name = Name(match.start("name"), match.end("name"), match["name"])
        yield found_in_abstract(paper, rules.INTRODUCES.name, verb, name.end, name)


def is_direct(words: str) -> bool:
    """Whether the words between a verb and a long form leave it the verb's direct object."""
    tokens = _CLASS_OF.sub(" ", words).replace(",", " , ").split()
    return len(tokens) <= 9 and not any(token.lower() in _BREAKERS for token in tokens)


def _abbreviated(paper: Paper, verb: int, end: int) -> Iterator[System]:
    """Long forms with their abbreviation: "a graph network (GNX) and the ... (YZ)"."""
    text = paper.abstract
    if not any(verb < bracket.start < end for bracket in paper.brackets):
        return
    lead = rules.ABBREVIATES.pattern.match(text, verb, end)
    left = lead.end() + 1 if lead else end
    limit = min(end, left + 260)
    first = True
    while (at := text.find("(", left, limit)) >= 0:
        bracket = read_bracket(text, at, end)
        if bracket is None:
            return
        begin = long_form_start(text, left, at, bracket.short)
        words = text[left : at if begin is None else begin]
        if not _is_object(words, "" if begin is None else text[begin:at], paper.title.lower(), first=first):
            return
        if _is_new(paper, bracket, begin):
            long_form = "" if begin is None else text[begin:at].strip()
            name = Name(at if begin is None else begin, at, bracket.short, long_form=long_form)
            yield found_in_abstract(paper, rules.ABBREVIATES.name, verb, bracket.end, name)
        left, first = bracket.end, False


def _is_object(words: str, long_form: str, title: str, *, first: bool) -> bool:
    """Whether a long form is what the verb introduces, given the words before it."""
    if not long_form:
        return is_direct(words) and _ENDS_ARTEFACT.search(words) is not None
    if is_direct(words) or _explains(words):
        return True
    if not first and _continues(words):
        return True
    parts = long_form.split()
    if len(parts) >= 2 and long_form.strip().lower().rstrip("s") in title:
        return all(map(is_capitalised, parts))
    return len(parts) >= 2 and all(map(is_capitalised, parts)) and _JOINED.search(words) is not None


def _is_new(paper: Paper, bracket: Bracket, begin: int | None) -> bool:
    """Whether an abbreviation is the paper's own: no term of the field, or one its title or results claim."""
    text, short = paper.abstract, bracket.short
    if NOT_BUILT.match(text[bracket.end : bracket.end + 20].lstrip()):
        return False
    if begin is None:
        return is_acceptable(short, capitalised=False)
    if not is_common(short) or paper.headed(text[begin : bracket.start]):
        return True
    return any(_OWN_SUBJECT.match(text, at + len(short)) for at in word_places(short, text))


def _explains(words: str) -> bool:
    """Whether the long form stands in apposition: "a deep architecture, the "."""
    cut = _APPOSED.search(words[-160:])
    if cut is None:
        return False
    head, tail = words[-160:][: cut.start()], words[-160:][cut.end() :]
    named = names_artefact(head) or any(map(is_distinctive, head.split()))
    return named and is_direct(head) and len(tail.split()) <= 2 and is_direct(tail)


def _continues(words: str) -> bool:
    """Whether a second long form merely continues a list: ") module and a "."""
    tokens = words.replace(",", " , ").split()
    if any(token in _BREAKERS and token not in (",", "as") for token in tokens):
        return False
    return _LIST_STEP.fullmatch(words) is not None


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
