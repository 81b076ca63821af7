"""Systems introduced by a long form with its abbreviation: "a graph network (GNX) and the ... (YZ)"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paperatlas.ledger import system_rules as rules
from paperatlas.ledger.name_reading import Name
from paperatlas.ledger.names import (
    ARTEFACT,
    NOT_BUILT,
    is_capitalised,
    is_common,
    is_distinctive,
    long_form_start,
)
from paperatlas.ledger.patterns import any_of, word_places
from paperatlas.ledger.reading import (
    Bracket,
    Paper,
    System,
    is_acceptable,
    names_artefact,
    read_bracket,
)
from paperatlas.ledger.settling import BREAKERS, found_in_abstract, is_direct

_OWN_SUBJECT = re.compile(
    " "
    + any_of("outperforms improves achieves surpasses reduces is_trained consistently significantly")
    + r"\b"
)
_APPOSED = re.compile(r"(?:,|:|--|—| with| including| comprising| featuring)(?=[^,:—]*$)")
_JOINED = re.compile(r"(?:^|\b(?:and|also|as)|,|;)(?: (?:the|a|an|our|novel))* $")
_LIST_STEP = re.compile(r"(?: [a-z-]+){0,3},?(?: and| as well as)? ?(?:the|a|an|our)?(?: [a-z-]+){0,3} ?")
_ENDS_ARTEFACT = re.compile(r"\b" + ARTEFACT + r"s?\s?$")


def abbreviated(paper: Paper, verb: int, end: int) -> Iterator[System]:
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
    if any(token in BREAKERS and token not in (",", "as") for token in tokens):
        return False
    return _LIST_STEP.fullmatch(words) is not None
