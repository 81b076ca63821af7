"""What a name looks like: reading it and its abbreviation in a text, and telling it from a term of the field."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from paperatlas.ledger.reading import one_of, rows_of, words
from paperatlas.text.tokens import long_form_start

# Head nouns of things that are built and can be named, and of things that are observed, asked or believed.
ARTEFACT = one_of("artefact")
NOT_BUILT = re.compile(rf"\b{one_of('observed')}s?\b", re.IGNORECASE)
# Suffixes by which a known name becomes an adjective: "BERT-based", "GPT-style".
ADJECTIVE = re.compile(rf"-{one_of('suffix')}s?$")
_AROUND = r"[^\s()\[\]{},.;:!?\"'`*$]"
_ARTEFACT_WORD = re.compile(rf"(?<!{_AROUND})(?:[\w-]*-)?{ARTEFACT}(?:s|es)?(?!{_AROUND})")


class Resource(NamedTuple):
    """A data set or metric by its one name, and which of its spellings are also words of their own."""

    name: str
    kind: str
    ambiguous: frozenset[str]


@cache
def resources() -> dict[str, Resource]:
    """Every spelling of every data set and metric of the vocabulary, and the resource it stands for."""
    spellings: dict[str, Resource] = {}
    for kind in ("dataset", "metric"):
        for row in rows_of(f"{kind}s"):
            resource = Resource(row["name"], kind, frozenset(row["ambiguous"].split(";")))
            for spelling in (row["name"], *filter(None, row["also"].split(";"))):
                spellings.setdefault(spelling, resource)
    return spellings


@cache
def _terms(kind: str) -> frozenset[str]:
    """The terms of the field ("abbreviation"), or the models so well known that nobody introduces them ("model")."""
    return frozenset(row["term"] for row in rows_of("terms") if row["kind"] == kind)


def strip_plural(name: str) -> str:
    """Take the plural off an abbreviation: "STNs" becomes "STN", and "Titans" stays."""
    return name[:-1] if len(name) > 2 and name.endswith("s") and name[-2].isupper() else name


@lru_cache(maxsize=65536)
def is_common(name: str) -> bool:
    """Whether a name is a term of the field, or an adjective made of one."""
    common, bare = _terms("abbreviation"), strip_plural(name)
    if bare in common or name in common:
        return True
    head, _, tail = bare.partition("-")
    return (head in common and tail.islower()) or (head.islower() and len(head) > 2 and tail in common)


@lru_cache(maxsize=65536)
def is_distinctive(name: str) -> bool:
    """Whether a word is written as only a name is: "MLP-KAN", "U^2-Net", "ProtoTEx", "GPT2".

    A capital in front alone is not enough, nor is a term of the field.
    """
    capital_and_digit = name[:1].isupper() and any(map(str.isdigit, name))
    written = capital_and_digit or any(map(str.isupper, name[1:]))
    return written and not is_common(name) and not ADJECTIVE.search(name)


def is_capitalised(name: str) -> bool:
    """Whether a word starts with a capital."""
    return name[:1].isupper() and name.lower() not in words("function")


def is_known_model(name: str) -> bool:
    """Whether a name is that of a well-known model."""
    return name in _terms("model") or name.rstrip("s") in _terms("model")


def is_known(name: str) -> bool:
    """Whether a name is a term of the field, a well-known model or a resource of the vocabulary."""
    return is_common(name) or is_known_model(name) or name in resources()


def is_new(name: str) -> bool:
    """Whether a word is written as only a name is, and is none that is known."""
    return is_distinctive(name) and not is_known(name)


def names_artefact(text: str) -> bool:
    """Whether some words name a thing that is built: a method, a network, a data set."""
    return _ARTEFACT_WORD.search(text) is not None


def is_acceptable(name: str, *, capitalised: bool) -> bool:
    """Whether a string can be the name of something new.

    With `capitalised`, a name in plain capitals will do; without, one word of it must be written as only names are.
    """
    parts = name.split(" ")
    if not 2 <= len(name) <= 70 or len(parts) > 7 or is_known(name):
        return False
    if any(is_distinctive(word) and not is_known_model(word) for word in parts):
        return True
    return capitalised and is_capitalised(parts[0]) and not is_common(parts[0])


_OPENING = re.compile(
    r"(?:\$\\?(?:text|textbf|textit|mathrm|mathbf)\{|\\(?:textbf|textit|textsc|texttt|textsf|emph|underline)\s?\{"
    r"|\{\\(?:em|bf|it|sc|tt|sf)\s|``|\"|“|‘|'|`|\*\*|\*|_){1,4}"
)
_CLOSING = {mark: re.compile(f"[{mark}]") for mark in ("}", "_", "\"”’'`*")}
_TOKEN = re.compile(r"(?:[^\s,;:()\[\]{}<>\"“”‘’`]|(?<=[\^_])\{(?:\\[a-z]{4,6}\{)?\w{1,3}\}{1,2}){1,48}")
_TOKENS = re.compile(rf"{_TOKEN.pattern}(?: {_TOKEN.pattern}){{0,8}}")
_EDGE = re.compile(r"^[*_'$.\-–—]+(?=[A-Za-z])|(?:'s|’s)$|[*_'.!?\-–—\\]+$")


class Name(NamedTuple):
    """A name read in a text: where it stands, how it is written without its mark-up, and where its abbreviation ends."""

    start: int
    end: int
    name: str
    long_form: str = ""
    quoted: bool = False
    stop: int = 0


def read_name(text: str, start: int, end: int) -> Name | None:
    """Read the name that begins at `start`, looking no further than `end`; None where none begins.

    It comes without quotation marks, LaTeX commands, plural of an abbreviation or genitive, and under the abbreviation
    that a bracket behind it gives.
    """
    opening = _OPENING.match(text, start, end)
    mark, inside = (opening.group(), opening.end()) if opening else ("", start)
    closing = _CLOSING["}" if "{" in mark else "_" if mark == "_" else "\"”’'`*"]
    close = closing.search(text, inside, min(end, inside + 80)) if mark else None
    if close is None:
        name = _read_plain(text, inside, end)
    else:
        bracket = text.find(" (", inside, close.start())
        stop = bracket if bracket > 0 else close.start()
        inner = strip_plural(_clean(text[inside:stop]))
        name = Name(inside, stop, inner, quoted=mark != "_") if inner else None
    return settled(text, name, end) if name else None


def _read_plain(text: str, start: int, end: int) -> Name | None:
    """Read a name without mark-up: its words, as long as they are written as names are."""
    run = _TOKENS.match(text, start, end)
    tokens = list(_TOKEN.finditer(text, start, run.end())) if run else []
    kept = 0
    for index, token in enumerate(tokens):
        word = _clean(token.group())
        connects = (not word or word.lower() in words("connector")) and 0 < index < len(tokens) - 1
        if word and (is_capitalised(word) or is_distinctive(word)):
            kept = index + 1
        elif not connects:
            break
    # "and" joins two names, unless a bracket shows that it stands inside one long form
    joints = [index for index in range(1, kept) if tokens[index].group() in ("and", "&")]
    if joints and not text.startswith(" (", tokens[kept - 1].end()):
        kept = joints[0]
    raw = text[tokens[0].start() : tokens[kept - 1].end()] if kept else ""
    name = _clean(raw)
    if not name:
        return None
    begin = text.index(name[0], tokens[0].start())
    stop = min(tokens[kept - 1].end(), begin + len(name) + raw.count("\\_"))
    return Name(begin, stop, name if " " in name else strip_plural(name))


def _clean(word: str) -> str:
    if word.isalnum():
        return word
    word = word.strip().replace("\\_", "_").split("--")[0].split("—")[0]
    return _EDGE.sub("", word).strip()


_MARKUP = re.compile(r"^\$?\\(?:text|math)\w{2}\{|\}\$?$")
_BRACKET = re.compile(
    r"\((?:(?:abbreviated as|called|dubbed|named|termed|here(?:in)?after|henceforth|denoted(?: as| by)?|a\.?k\.?a\.?"
    r")[,:]? )?(?:[\"“'‘`*]|\\text\w{2}\{){0,2}"
    r"(?P<short>[A-Za-z0-9$][A-Za-z0-9+\-./^$*!@&'\\_{}]{1,24})[\"”'’`*}]{0,3}"
    r"(?:,? for short|[,;:] (?![^()]{0,60}(?:et al|\d{4}))[^()]{1,80})?\)"
)


class Bracket(NamedTuple):
    """A bracket that holds an abbreviation: from `start` to `end`."""

    short: str
    start: int
    end: int


def read_bracket(text: str, at: int, end: int) -> Bracket | None:
    """The abbreviation in the bracket that opens at `at`, if there is one."""
    match = _BRACKET.match(text, at, end)
    if match is None or "^{-" in match["short"]:  # "O(T^{-1/2})"
        return None
    short = _MARKUP.sub("", match["short"].replace("\\_", "_")).strip("*_'{}")
    capitals = sum(map(str.isupper, short))
    if not (capitals >= 2 or (capitals and (is_distinctive(short) or any(map(str.isdigit, short))))):
        return None
    return Bracket(strip_plural(short), at, match.end())


# What may stand between a name and the bracket with its abbreviation: "Kalman Filter based on Networks (KFN)"
_TO_BRACKET = re.compile(r"[\"”'’`*}]{0,3}(?: [\w-]{1,20}){0,8},? ?(?=\()")


def settled(text: str, name: Name, end: int) -> Name | None:
    """A name under its abbreviation, if a bracket with one follows.

    "Rectified Linear Attention (ReLA)" is called ReLA; "SRD (Sharing Ratio Decomposition)" is called SRD. A name that
    only spells out a term of the field is none.
    """
    gap = _TO_BRACKET.match(text, name.end, end)
    if gap is None:
        return name
    at = gap.end()
    bracket = read_bracket(text, at, end)
    start = long_form_start(text, name.start, at, bracket.short) if bracket else None
    if bracket and start is not None and text[name.start].lower() == bracket.short[0].lower():
        start = name.start  # "Actively Discovering and Adapting" is all of AD, from the first A on
    if bracket and is_common(bracket.short) and (start is not None or " " in name.name):
        return name._replace(stop=bracket.end) if name.quoted else None
    if bracket and start is not None and start < name.end and len(bracket.short) < at - name.start:
        return Name(name.start, at, bracket.short, text[start:at].strip(), stop=bracket.end)
    close = text.find(")", at, min(end, at + 120))
    inside = text[at + 1 : close] if close > 0 else ""
    spelled = " " in inside and long_form_start(inside, 0, len(inside), name.name) is not None
    if " " not in name.name and spelled:
        return name._replace(long_form=inside, stop=close + 1)
    return name
