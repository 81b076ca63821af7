"""Systems that a title names: "Name: subtitle", a title that is a name, a name inside a title."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paperatlas.ledger.names import (
    NOT_BUILT,
    is_capitalised,
    is_common,
    is_compound,
    is_distinctive,
    is_known,
    long_form_start,
    strip_plural,
)
from paperatlas.ledger.naming_verbs import INTRODUCING
from paperatlas.ledger.paper import Paper, System, names_artefact
from paperatlas.ledger.patterns import any_of, word_places

_COLON = re.compile(r"(?P<name>[^:]{2,70}?)\s?:\s")
# Words with which sentences begin, and topics, but no names.
_NO_NAME_STARTS = re.compile(
    any_of(
        "On Towards? How What Why When Where Who Is Are Do Does Can Should Will Beyond From The A An In "
        "With One Two Three More Your My Let It This These Some No Not To For If Mind Emergence Report "
        "Review Survey Case Introduction"
    )
    + r"\b"
)
_GERUND = re.compile(r"[A-Z][a-z]{2,}ing\b(?! (?:[A-Z]\w+ )?(?:Network|Transformer|Model|Attention|Bench))")
_NO_NAME_HOLDS = re.compile(
    r"\b"
    + any_of(
        r"task_\d shared_task semeval competition workshop survey review introduction overview tutorial "
        r"challenge perspective position_paper case_study part_[IV0-9]+ version about are is not vs\.? "
        r"versus you we without and_its matters? helps? meets needs? makes beats can does do"
    )
    + r"\b|[?!]|\.\s",
    re.IGNORECASE,
)
INTRODUCES = re.compile(r"\b(?:introduc|present|propos|releas|develop)\w*(?: the)? $")
_STUDY = re.compile(
    r"\b"
    + any_of(
        "survey review introduction overview analys[ei]s study studies comparison perspective "
        "understanding evaluation characteri[sz]ation"
    )
    + r"\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\\(?:text|math)\w{2}|[${}\\]")
_MACHINE = re.compile(r"(?:Machine|Net)s?$")


def from_title(paper: Paper) -> Iterator[System]:
    """The name before the colon of a title, or the whole title, if the abstract bears it out."""
    lead = _COLON.match(paper.title)
    if lead is None:
        yield from _whole_title(paper)
        return
    raw = lead["name"].strip()
    prefix = raw.strip("*\"“”'`").strip()
    if "$" in prefix or "\\" in prefix:
        prefix = _MARKUP.sub("", prefix)
    words = prefix.split(" ")
    start = paper.title.index(raw)
    end = start + len(raw)
    if not _can_be_name(prefix, words) or not _is_prefix_name(paper, prefix, words, end):
        return
    name = strip_plural(prefix) if len(words) == 1 else prefix
    told_by = (name, "", "", paper.title[end + 1 :] + " " + _behind(prefix, paper.abstract))
    yield System(name, told_by, "title-colon", "title", start, end)


def _can_be_name(prefix: str, words: list[str]) -> bool:
    """Whether a prefix is built like a name, and not like a phrase or a sentence."""
    if len(words) == 1 and is_distinctive(prefix):
        return True
    if not prefix or len(words) > 6 or "and" in words or "," in prefix:
        return False
    if _NO_NAME_HOLDS.search(prefix) or NOT_BUILT.search(words[-1]):
        return False
    if len(words) == 1:
        return True
    if words[1] in ("in", "of", "with", "as") or (is_common(words[0]) and words[1].islower()):
        return False
    return not _NO_NAME_STARTS.match(prefix) and not _GERUND.match(prefix)


def _is_prefix_name(paper: Paper, prefix: str, words: list[str], end: int) -> bool:
    if (
        len(words) == 1
        and prefix.isupper()
        and long_form_start(paper.title, end + 1, len(paper.title), prefix) is not None
    ):
        return True
    if is_known(prefix):
        # known by now, and still introduced by this paper
        text = paper.abstract
        places = [] if is_common(prefix) else word_places(prefix, text)
        return any(INTRODUCES.search(text[max(0, at - 25) : at]) for at in places)
    return _word_is_name(paper, prefix) if len(words) == 1 else _words_are_name(paper, prefix, words)


def _word_is_name(paper: Paper, prefix: str) -> bool:
    """Whether one word is a name: by its spelling, or since the abstract writes it with a capital throughout."""
    text = paper.abstract
    if is_distinctive(prefix):
        return True
    if not prefix[:1].isupper():
        return prefix in text
    if text and prefix.lower() not in text.lower():
        return True
    return any(
        text[at - 1 : at].strip() or text[at - 2 : at - 1] not in ("", ".", "!", "?")
        for at in word_places(prefix, text)
        if at
    )


def _words_are_name(paper: Paper, prefix: str, words: list[str]) -> bool:
    """Whether several words are a name: by their spelling, or by how the abstract uses them."""
    text = paper.abstract
    if len(words) <= 3 and any(
        is_distinctive(word) and not is_known(word) and not is_compound(word) for word in words
    ):
        return True
    if not text or sum(map(is_capitalised, words)) < min(2, len(words)):
        return False
    if word_places(prefix, text):
        return True
    lowered = text.lower()
    built = (
        len(words) <= 3
        and names_artefact(words[-1].lower())
        and not _STUDY.search(paper.title[len(prefix) :])
    )
    if built and " ".join(words[-2:]).lower() in lowered:
        return True
    at = lowered.find(prefix.lower().rstrip("s"))
    return at >= 0 and INTRODUCING.search(text[max(0, at - 90) : at]) is not None


def _whole_title(paper: Paper) -> Iterator[System]:
    """A short title that the abstract repeats, word for word and in capitals, is a name."""
    title = paper.title.strip()
    words = title.split(" ")
    if not 2 <= len(words) <= 4 or not all(map(is_capitalised, words)) or not _can_be_name(title, words):
        return
    if not (names_artefact(words[-1].lower()) or _MACHINE.search(title)):
        return
    if title.rstrip("s") in paper.abstract:
        start = paper.title.index(title)
        told_by = (title, "", "", _behind(title, paper.abstract))
        yield System(title, told_by, "title-name", "title", start, start + len(title))


def _behind(name: str, text: str) -> str:
    at = text.find(name)
    return text[at + len(name) : at + len(name) + 60] if at >= 0 else ""
