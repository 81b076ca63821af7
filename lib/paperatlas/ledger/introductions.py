"""Systems behind a verb of introduction: "we propose X", "this paper presents a graph network (GNX)"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paperatlas.ledger.names import (
    ARTEFACT,
    NOT_BUILT,
    Name,
    is_acceptable,
    is_capitalised,
    is_common,
    is_distinctive,
    is_known,
    is_known_model,
    long_form_start,
    read_name,
)
from paperatlas.ledger.paper import (
    FUNCTION_WORD,
    Bracket,
    Paper,
    System,
    found_in_abstract,
    is_direct,
    names_artefact,
    read_bracket,
    settle,
    speaks_of_others,
)
from paperatlas.ledger.patterns import any_of, cued, span_at, word_places, word_set
from paperatlas.ledger.vocabulary import resources

_VERB = (
    r"(?:propos(?:e|es|ed|ing)|introduc(?:e|es|ed|ing)|present(?:s|ed|ing)?|develop(?:s|ed|ing)?"
    r"|design(?:s|ed|ing)?|releas(?:e|es|ed|ing)|describ(?:e|es|ed|ing)|buil(?:d|ds|t|ding)"
    r"|construct(?:s|ed|ing)?|creat(?:e|es|ed|ing)|devis(?:e|es|ed|ing)|contribut(?:e|es|ed|ing)"
    r"|curat(?:e|es|ed|ing)|establish(?:es|ed|ing)?|unveil(?:s|ed|ing)?|implement(?:s|ed|ing)?"
    r"|collect(?:s|ed|ing)?|launch(?:es|ed|ing)?|open-sourc(?:es|ing)|(?<=we )open-sourced?"
    r"|(?<=also )open-sourced?|contributions?[^.;:,]{0,40}? is)(?! by\b)"
)
VERB = re.compile(_VERB + r"\b")
_CUES = (
    "propos", "introduc", "present", "develop", "design", "releas", "describ", "buil", "construct", "creat", "devis",
    "contribut", "curat", "establish", "unveil", "open-sourc", "implement", "collect", "launch",
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
_JOINT = re.compile(r"(?:,? and|,| &) (?:the |an? |our )?")


def introduced(paper: Paper) -> Iterator[System]:
    """Names behind the verbs of introduction of an abstract."""
    text = paper.abstract
    for at in cued(text, _CUES):
        if not (verb := VERB.match(text, at)):
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


def _direct(paper: Paper, verb: int, end: int) -> Iterator[System]:
    """The name right behind the verb: "we propose NASRec"."""
    text = paper.abstract
    lead = _INTRODUCES.match(text, verb, end)
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
    known = is_known_model(name.name) or name.name in resources()
    famous = known and not lead["article"] and _EXPLAINED.match(follow)
    if famous or _is_directly_named(paper, name, lead["article"], follow):
        yield found_in_abstract(paper, "introduces", verb, stop, name)
        yield from _named_together(paper, verb, stop, end)


def _named_together(paper: Paper, verb: int, at: int, end: int) -> Iterator[System]:
    """The second of two names given together: "we release FooSet and FooBench"."""
    joint = _JOINT.match(paper.abstract, at, end)
    name = read_name(paper.abstract, joint.end(), end) if joint else None
    if name is None:
        return
    name, stop = settle(paper, name, end)
    if name.name and is_acceptable(name.name, capitalised=False):
        yield found_in_abstract(paper, "introduces", verb, stop, name)


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
        yield found_in_abstract(paper, "introduces", verb, name.end, name)


def _heads_title(name: str, title: str) -> bool:
    """Whether a title begins with a name that it explains, or that is the name of something built."""
    after = title[len(name) :].removeprefix("s")
    built = names_artefact(name) or after.startswith((":", " for "))
    return title.startswith(name) and (not after or built)


_OWN_SUBJECT = re.compile(
    " "
    + any_of("outperforms improves achieves surpasses reduces is_trained consistently significantly")
    + r"\b"
)
_APPOSED = re.compile(r"(?:,|:|--|—| with| including| comprising| featuring)(?=[^,:—]*$)")
_JOINED = re.compile(r"(?:^|\b(?:and|also|as)|,|;)(?: (?:the|a|an|our|novel))* $")
_ENDS_ARTEFACT = re.compile(r"\b" + ARTEFACT + r"s?\s?$")


def _abbreviated(paper: Paper, verb: int, end: int) -> Iterator[System]:
    """Long forms with their abbreviation: "a graph network (GNX) and the ... (YZ)"."""
    text = paper.abstract
    if not any(verb < bracket.start < end for bracket in paper.brackets):
        return
    lead = _LEAD.match(text, verb, end)
    left = lead.end() + 1 if lead else end
    limit = min(end, left + 260)
    while (at := text.find("(", left, limit)) >= 0:
        bracket = read_bracket(text, at, end)
        if bracket is None:
            return
        begin = long_form_start(text, left, at, bracket.short)
        words = text[left : at if begin is None else begin]
        if not _is_object(words, "" if begin is None else text[begin:at], paper.title.lower()):
            return
        if _is_new(paper, bracket, begin):
            long_form = "" if begin is None else text[begin:at].strip()
            name = Name(at if begin is None else begin, at, bracket.short, long_form=long_form)
            yield found_in_abstract(paper, "introduces-abbreviation", verb, bracket.end, name)
        left = bracket.end


def _is_object(words: str, long_form: str, title: str) -> bool:
    """Whether a long form is what the verb introduces, given the words before it."""
    if not long_form:
        return is_direct(words) and _ENDS_ARTEFACT.search(words) is not None
    if is_direct(words) or _explains(words):
        return True
    parts = long_form.split()
    if len(parts) >= 2 and long_form.strip().lower().rstrip("s") in title:
        return all(map(is_capitalised, parts))
    return (
        len(parts) >= 2
        and all(map(is_capitalised, parts))
        and _JOINED.search(words) is not None
        and names_artefact(parts[-1].lower())
    )


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
