"""Reading the name that begins at a place of a text."""

from __future__ import annotations

import re
from typing import NamedTuple

from paperatlas.ledger.names import is_capitalised, is_distinctive, strip_plural
from paperatlas.ledger.patterns import word_set

_OPENING = re.compile(
    r"(?:\$\\?(?:text|textbf|textit|mathrm|mathbf)\{|\\(?:textbf|textit|textsc|texttt|textsf|emph|underline)\s?\{"
    r"|\{\\(?:em|bf|it|sc|tt|sf)\s|``|\"|“|‘|'|`|\*\*|\*|_){1,4}"
)
_CLOSING = {
    "``": ("''", '"', "”"),
    '"': ('"',),
    "“": ("”", '"'),
    "‘": ("’", "'"),
    "'": ("'",),
    "`": ("'", "`"),
}
_PLAIN = re.compile(r"[a-z]+(?:-[a-z]+)*[\s.,;:)]")
_TOKEN = re.compile(r"(?:[^\s,;:()\[\]{}<>\"“”‘’`]|(?<=[\^_])\{\w{1,3}\}){1,48}")
_EDGE = re.compile(r"^[*_'$.\-–—]+(?=[A-Za-z])|(?:'s|’s)$|[*_'.!?\-–—\\]+$")
_CONNECTORS = word_set("of for and with to in via by on from as the a & through over at into")


class Name(NamedTuple):
    """A name read in a text: where it stands, and how it is written without its mark-up."""

    start: int
    end: int
    name: str
    long_form: str = ""
    quoted: bool = False


def read_name(text: str, start: int, end: int, *, any_case: bool = False) -> Name | None:
    """Read the name that begins at `start`, looking no further than `end`.

    Parameters
    ----------
    text
        The field of the paper.
    start, end
        Where the name begins, and a bound to the right.
    any_case
        Whether a name in quotation marks may be in lower case.

    Returns
    -------
    The name without quotation marks, LaTeX commands, plural of an abbreviation or genitive;
    None where no name begins. `start` and `end` of the result index the text.
    """
    if _PLAIN.match(text, start, end):
        return None
    opening = _OPENING.match(text, start, end)
    if opening is None:
        return _read_plain(text, start, end)
    inside = opening.end()
    close = _closing(text, opening.group(), inside, end)
    if close is None:
        return _read_plain(text, inside, end)
    if any_case or _is_namelike(text[inside:close]):
        inner = _clean(text[inside:close])
        if inner and len(inner.split()) <= 7:
            return Name(inside, close, strip_plural(inner), quoted=True)
    name = _read_plain(text, inside, close)
    return name._replace(quoted=True) if name and opening.group() != "_" else name


def _read_plain(text: str, start: int, end: int) -> Name | None:
    """Read a name without mark-up: its words, as long as they are written as names are."""
    tokens = _tokens(text, start, end)
    kept = 0
    for index, token in enumerate(tokens):
        word = _clean(token.group())
        connects = word.lower() in _CONNECTORS and 0 < index < len(tokens) - 1
        if _is_name_word(word) or (index == 1 and _is_short_figure(word)):
            kept = index + 1
        elif not connects:
            break
        if token.group()[-1] in ".!?" and len(token.group()) > len(word):
            break
    # "and" joins two names, unless a bracket shows that it stands inside one long form
    joints = [index for index in range(1, kept) if tokens[index].group() in ("and", "&")]
    if joints and not text.startswith(" (", tokens[kept - 1].end()):
        kept = joints[0]
    if not kept:
        return None
    first, last = tokens[0].start(), tokens[kept - 1].end()
    raw = text[first:last]
    name = _clean(raw)
    if not name:
        return None
    begin = text.index(name[0], first, last)
    stop = min(last, begin + len(name) + raw.count("\\_"))
    return Name(begin, stop, name if " " in name else strip_plural(name))


def _tokens(text: str, start: int, end: int) -> list[re.Match[str]]:
    """Up to nine words with single blanks between, to the end of the sentence."""
    tokens: list[re.Match[str]] = []
    while len(tokens) < 9 and (token := _TOKEN.match(text, start, end)):
        tokens.append(token)
        word = token.group()
        if text[token.end() : token.end() + 1] != " " or (word[-1] in ".!?" and len(word) > 2):
            break
        start = token.end() + 1
    return tokens


def _closing(text: str, opening: str, start: int, end: int) -> int | None:
    """Where the inside of the mark-up ends that opened before `start`; None if it is not closed soon."""
    marks = ("}",) if "{" in opening else _CLOSING.get(opening, (opening,))
    found = [at for mark in marks if (at := text.find(mark, start, min(end, start + 90))) >= 0]
    return min(found) if found and min(found) - start <= 80 else None


def _clean(word: str) -> str:
    if word.isalnum():
        return word
    word = word.strip().replace("\\_", "_").split("--")[0].split("—")[0]
    for _ in range(3):
        word, cut = _EDGE.subn("", word)
        if not cut:
            break
    return word.strip()


def _is_namelike(inside: str) -> bool:
    words = inside.split()
    return bool(words) and (words[0][:1].isupper() or any(map(is_distinctive, words)))


def _is_name_word(word: str) -> bool:
    return bool(word) and (is_capitalised(word) or is_distinctive(word))


def _is_short_figure(word: str) -> bool:
    """The figure in "Fluid 2" or "Qwen 2.5"."""
    return word.replace(".", "").isdigit() and len(word) <= 4
