"""One paper as the rules of systems read it, and what they share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from paperatlas.ledger.names import ARTEFACT, Name, is_common, is_distinctive, long_form_start, strip_plural
from paperatlas.ledger.patterns import (
    READ_AT_MOST,
    any_of,
    cue_places,
    holds_any,
    occurrences,
    sentences,
    word_set,
)

_ARTEFACT_WORD = re.compile(r"(?:[\w-]*-)?" + ARTEFACT + r"(?:s|es)?")
_TWO_WORD_ARTEFACTS = ("data set", "test set", "knowledge graph")


@lru_cache(maxsize=65536)
def _is_artefact(word: str) -> bool:
    return _ARTEFACT_WORD.fullmatch(word.strip("()[]{},.;:!?\"'`*$")) is not None


def names_artefact(words: str) -> bool:
    """Whether some words name a thing that is built: a method, a network, a data set."""
    return any(map(_is_artefact, words.split())) or holds_any(words, _TWO_WORD_ARTEFACTS)


# Words by which a sentence speaks of other people's work.
OTHERS = re.compile(
    r"\bet al\b|\brecently\b|\brecent " + any_of("work stud paper advanc method approach model develop")
    + r"|\b(?:previous|prior|earlier|existing)(?:ly)? " + any_of("work stud method paper approach model")
    + r"|\bprevious(?:ly)?\b|\bin the literature\b|\bother(?:s| authors)\b|\bha(?:s|ve) been\b|\bwas first\b"
    r"|\b" + any_of("originally well-known so-called commonly often widely usually traditional popular") + r"\b",
    re.IGNORECASE,
)  # fmt: skip


def speaks_of_others(words: str) -> bool:
    """Whether words speak of other people's work."""
    return OTHERS.search(words) is not None


_MARKUP = re.compile(r"^\$?\\(?:text|math)\w{2}\{|\}\$?$")
_BRACKET = re.compile(
    r"\((?:"
    + any_of(
        "abbreviated_as called dubbed named termed hereafter hereinafter henceforth denoted_as denoted_by"
    )
    + r"[,:]? |(?:denoted|a\.?k\.?a\.?|i\.e\.,?|namely|or|short for|in short)[,:]? )?"
    r"(?:``|[\"“'‘`]|\\text\w{2}\{|\*{1,2}|\{\\[a-z]{2} )?"
    r"(?P<short>[A-Za-z0-9$][A-Za-z0-9+\-./^$*!@&'\\_{}]{1,24}(?: [A-Z0-9][\w+.-]{0,12})?)[\"”'’`*}]{0,3}"
    r"(?:,? for short|[,;:] (?![^()]{0,60}(?:et al|\d{4}))[^()]{1,80})?\)"
)


class System(NamedTuple):
    """A system as found: its name, the rule, and the words it rests on.

    `told_by` is what its kind is told by: the arguments of `kind_of_system`, which is asked only for those that
    are kept.
    """

    name: str
    told_by: tuple[str, str, str, str]
    rule: str
    field: str
    start: int
    end: int
    long_form: str = ""
    kind: str = ""


class Bracket(NamedTuple):
    """A bracket that holds an abbreviation: from `start` to `end`."""

    short: str
    start: int
    end: int


@dataclass
class Paper:
    """The texts of one paper, its sentences, and what several rules ask of them worked out once."""

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
        end = len(text)
        return [bracket for at in occurrences(text, "(") if (bracket := read_bracket(text, at, end))]

    def titled(self, name: str) -> bool:
        """Whether the title holds a name as a word of its own."""
        for at in cue_places(self.title, (name,)) if name else ():
            after = self.title[at + len(name) : at + len(name) + 1]
            if not self.title[at - 1 : at].isalnum() and (after == "s" or not after.isalnum()):
                return True
        return False

    def headed(self, long_form: str) -> bool:
        """Whether the title begins with a long form: then even a common abbreviation is new here."""
        form = long_form.strip().lower().rstrip("s")
        return len(form) > 6 and self.title.lower().removeprefix("towards ").startswith(form)


def read_bracket(text: str, at: int, end: int) -> Bracket | None:
    """The abbreviation in the bracket that opens at `at`, if there is one."""
    match = _BRACKET.match(text, at, end)
    if match is None:
        return None
    short = _MARKUP.sub("", match["short"].replace("\\_", "_")).strip("*_'{}")
    if " " in short and not is_distinctive(short.split(" ")[0]):
        return None
    capitals = sum(map(str.isupper, short))
    if not (capitals >= 2 or (capitals and (is_distinctive(short) or any(map(str.isdigit, short))))):
        return None
    return Bracket(strip_plural(short), at, match.end())


# Between a verb and its object stand no such words; behind one of them another thing begins.
BREAKERS = word_set(
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
_TO_BRACKET = re.compile(r"[\"”'’`*}]{0,3}(?P<noun>(?: [a-z][\w-]{2,20}){0,2}) ?(?=\()")
FUNCTION_WORD = re.compile(
    r"\b"
    + any_of(
        "that which for to of in on with from by using and or how what evidence results? insights? "
        "experiments? analys[ie]s here this first it more new novel simple"
    )
    + r"\b"
)


def found_in_abstract(paper: Paper, rule: str, start: int, end: int, name: Name) -> System:
    """A find of a rule, with the words from `start` to `end` it rests on."""
    text = paper.abstract
    end = max(end, name.end)
    left, right = text[max(0, start - 10) : name.start], text[end : end + 130]
    return System(
        name.name, (name.name, name.long_form, left, right), rule, "abstract", start, end, name.long_form
    )


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
            return name._replace(name=""), bracket.end
        if start is None and not gap["noun"] and _shares_word(short, name.name):
            start = name.start
        if start is not None and len(short) < name.end - name.start:
            if is_common(short) and not paper.headed(text[name.start : name.end]):
                return (name if name.quoted else name._replace(name="")), bracket.end
            return Name(name.start, name.end, short, long_form=text[start : name.end]), bracket.end
    close = text.find(")", at, min(end, at + 120))
    if close > 0 and " " not in name.name:
        inside = text[at + 1 : close]
        if " " in inside and long_form_start(inside, 0, len(inside), name.name) is not None:
            return name._replace(long_form=inside), close + 1
    return name, name.end


def _shares_word(short: str, long: str) -> bool:
    """Whether a name such as "DependencyViT" takes over a whole word of its long form."""
    words = (word.lower() for word in long.split() if len(word) >= 4)
    return is_distinctive(short) and any(word in short.lower() for word in words)


def is_direct(words: str) -> bool:
    """Whether the words between a verb and a long form leave it the verb's direct object."""
    if " of" in words.lower():
        words = _CLASS_OF.sub(" ", words)
    tokens = words.replace(",", " , ").split()
    return len(tokens) <= 9 and not any(token.lower() in BREAKERS for token in tokens)
