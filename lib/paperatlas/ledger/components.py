"""The named parts of what a paper builds: "two key components: a Graph Mixing Unit (GMU) and ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from paperatlas.ledger import system_rules as rules
from paperatlas.ledger.name_reading import Name, read_name
from paperatlas.ledger.names import NOT_BUILT, is_common, is_distinctive, long_form_start
from paperatlas.ledger.patterns import any_of, span_at
from paperatlas.ledger.reading import Bracket, Paper, System, is_known, speaks_of_others
from paperatlas.ledger.settling import found_in_abstract
from paperatlas.ledger.vocabulary import KNOWN_MODELS

_OWN_STRUCTURE = re.compile(
    r"\b"
    + any_of(
        "our its proposed key core main novel new two three four five framework model method approach "
        "architecture network system"
    )
    + r"\b",
    re.IGNORECASE,
)
_PART = any_of(
    "[Mm]odule [Bb]lock [Uu]nit [Ll]oss [Ss]trategy [Mm]echanism [Ff]ramework [Bb]ranch [Aa]dapter "
    "[Aa]ttention [Ll]ayer [Ss]cheme"
)
_PART_BEFORE = re.compile(r"\b" + _PART + r"s? ?$")
_PART_AFTER = re.compile(" " + _PART + r"s?\b")
_SURE_PART = re.compile(r"\b" + any_of("Module Block Unit Strategy Loss") + r" ?$")
_ITEM = re.compile(r"\(?(?:[1-6]|i{1,3}|iv|v|[a-d])\) ?(?:(?:a|an|the|our|novel|new) ){0,3}(?=\S)")
_ARTICLES = ("a ", "an ", "the ", "our ", "novel ", "A ", "The ", "new ")
_SMALL_WORDS = frozenset(("of", "for", "and", "with", "the", "to", "in", "via"))


def components(paper: Paper) -> Iterator[System]:
    """Parts written in capitals with their abbreviation, where the text says that they are parts.

    Either the words before do ("its key components are"), or, once the paper has presented
    something, the part itself ("the Prompt Re-calibration Module (PRM)").
    """
    text = paper.abstract
    listing = _listings(paper)
    for span, behind in listing.items():
        yield from _enumerated(paper, behind, span[1])
    for bracket in paper.brackets:
        span = span_at(paper.spans, bracket.start)
        listed = listing.get(span, len(text)) < bracket.start
        if not listed and not (0 <= paper.presented < bracket.start and _names_part(text, bracket)):
            continue
        if speaks_of_others(text[span[0] : bracket.start]):
            continue
        begin = long_form_start(text, max(span[0], bracket.start - 90), bracket.start, bracket.short)
        if begin is None or not (
            _is_written_as_name(text[begin : bracket.start]) or (listed and _is_coined(bracket.short))
        ):
            continue
        if bracket.short in KNOWN_MODELS:
            continue
        if is_common(bracket.short) and not _is_own_part(text, begin, bracket.start):
            continue
        name = Name(begin, bracket.start, bracket.short, long_form=text[begin : bracket.start].strip())
        yield found_in_abstract(paper, rules.COMPONENTS.name, begin, bracket.end, name)


def _listings(paper: Paper) -> dict[tuple[int, int], int]:
    """Sentences that list parts of the paper's own work, and where the list begins."""
    text = paper.abstract
    listings: dict[tuple[int, int], int] = {}
    for start, end in paper.cued_spans(rules.COMPONENTS.cues):
        if ")" not in text[start:end]:
            continue  # neither an abbreviation nor a numbered part
        lead = rules.COMPONENTS.pattern.search(text, start, end)
        if lead and _OWN_STRUCTURE.search(text[max(start, lead.start() - 60) : lead.end() + 30]):
            listings[start, end] = lead.end()
    return listings


def _enumerated(paper: Paper, begin: int, end: int) -> Iterator[System]:
    """Parts with a number each and written as names: "three parts: (1) Graph Mixing that ..., (2) ..."."""
    text = paper.abstract
    for item in islice(_ITEM.finditer(text, begin, end), 6):
        name = read_name(text, item.end(), end)
        if name is None or text.startswith(" (", name.end) or is_known(name.name):
            continue
        words = name.name.split(" ")
        if is_common("".join(word[0] for word in words)) or NOT_BUILT.search(words[-1]):
            continue
        if _is_written_as_name(name.name) if len(words) > 1 else is_distinctive(name.name):
            yield found_in_abstract(paper, rules.COMPONENTS.name, item.start(), name.end, name)


def _names_part(text: str, bracket: Bracket) -> bool:
    before = _PART_BEFORE.search(text[max(0, bracket.start - 20) : bracket.start])
    return before is not None or _PART_AFTER.match(text, bracket.end) is not None


def _is_own_part(text: str, begin: int, end: int) -> bool:
    """Whether a long form ends as parts do, behind an article: "a Squeeze Block", not "in Intensive Care Unit"."""
    return _SURE_PART.search(text[end - 20 : end]) is not None and text.endswith(_ARTICLES, 0, begin)


def _is_coined(short: str) -> bool:
    """Whether an abbreviation is a coined word, such as "TCADGen"."""
    return sum(map(str.isupper, short)) >= 2 and sum(map(str.islower, short)) >= 2


def _is_written_as_name(long_form: str) -> bool:
    """Whether a part is written as a name: two words or more, in capitals but for "of" and the like."""
    words = [word for word in long_form.split() if word.lower() not in _SMALL_WORDS]
    return len(words) >= 2 and all(word[:1].isupper() for word in words)
