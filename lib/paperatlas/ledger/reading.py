"""One paper as the system rules read it, and what they find in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from paperatlas.ledger.names import (
    ADJECTIVE,
    ARTEFACT,
    NOT_BUILT,
    is_capitalised,
    is_common,
    is_distinctive,
    strip_plural,
)
from paperatlas.ledger.patterns import (
    READ_AT_MOST,
    any_of,
    by_first_letter,
    cue_places,
    holds_any,
    occurrences,
    sentences,
    span_at,
)
from paperatlas.ledger.system_rules import SYSTEM_RULES
from paperatlas.ledger.vocabulary import KNOWN_MODELS, resources

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

_OTHERS_CUES = (
    " al", "ecent", "revious", "rior", "arlier", "xisting", "iterature", "other", " been", "riginally", "as first", "nown",
    "o-called", "ommonly", "ften", "idely", "sually", "raditional", "opular",
)  # fmt: skip


def speaks_of_others(words: str) -> bool:
    """Whether words speak of other people's work."""
    return holds_any(words, _OTHERS_CUES) and OTHERS.search(words) is not None


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
# The cues of all rules behind the blank that begins a word. One is never the beginning of another.
CUE = re.compile(" (" + by_first_letter(sorted({cue for rule in SYSTEM_RULES for cue in rule.cues})) + ")")
_PRESENTING = ("propos", "introduc", "present", "develop", "describ", "design")
# For each cue the groups of cues it belongs to: what is found in one pass is dealt out to all who ask.
_GROUPS = {
    cue: tuple(group for group in {_PRESENTING, *(rule.cues for rule in SYSTEM_RULES)} if cue in group)
    for rule in SYSTEM_RULES
    for cue in rule.cues
}
_BY_US = ("we ", "We ", "paper ", "work ", "study ")


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


def _cued_places(text: str) -> dict[tuple[str, ...], list[int]]:
    """Where a text has a cue of each group, in one pass."""
    places: dict[tuple[str, ...], list[int]] = {}
    for match in CUE.finditer(" " + text):
        at = match.start()
        for group in _GROUPS[match[1]]:
            if group in places:
                places[group].append(at)
            else:
                places[group] = [at]
    return places


@dataclass
class Paper:
    """The texts of one paper, its sentences, and what several rules ask of them worked out once."""

    title: str
    abstract: str
    spans: list[tuple[int, int]] = field(init=False)
    _cues: dict[tuple[str, ...], list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.title = self.title[:500]
        self.abstract = self.abstract[:READ_AT_MOST]
        self.spans = sentences(self.abstract)
        self._cues = _cued_places(self.abstract)

    def cued(self, cues: tuple[str, ...]) -> list[int]:
        """Where words of the abstract begin with one of the cues of a rule, in order."""
        return self._cues.get(cues, [])

    def cued_spans(self, cues: tuple[str, ...]) -> list[tuple[int, int]]:
        """The sentences of the abstract with one of some cues."""
        return sorted({span_at(self.spans, at) for at in self.cued(cues)})

    @cached_property
    def brackets(self) -> list[Bracket]:
        """The abbreviations in brackets, from left to right."""
        text = self.abstract
        end = len(text)
        return [bracket for at in occurrences(text, "(") if (bracket := read_bracket(text, at, end))]

    @cached_property
    def presented(self) -> int:
        """Where the abstract first says that it presents something; -1 if nowhere."""
        text = self.abstract
        return next((at for at in self.cued(_PRESENTING) if text.endswith(_BY_US, 0, at)), -1)

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


def is_known(name: str) -> bool:
    """Whether a name is a term of the field, a well-known model or a resource of the vocabulary."""
    return is_common(name) or name in KNOWN_MODELS or name.rstrip("s") in KNOWN_MODELS or name in resources()


def is_acceptable(name: str, *, capitalised: bool) -> bool:
    """Whether a string can be the name of something new.

    With `capitalised`, a name in plain capitals will do; without, one word of it must be
    written as only names are.
    """
    words = name.split(" ")
    if not 2 <= len(name) <= 70 or len(words) > 7 or is_known(name) or ADJECTIVE.search(words[-1]):
        return False
    if all(map(is_known, words)) or (is_common(words[-1]) and words[-1].endswith("s")):
        return False
    if NOT_BUILT.search(words[-1]) or any(ADJECTIVE.search(word) for word in words if is_common(word)):
        return False
    if any(is_distinctive(word) and word not in KNOWN_MODELS for word in words):
        return True
    return capitalised and is_capitalised(words[0]) and not is_common(words[0])
