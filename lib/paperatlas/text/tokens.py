"""From texts to rows of words: one tokeniser for embedding, naming, trends and search."""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

BREAK = -1
SPACE, HYPHEN, OVERLAP = 0, 1, 2  # what stands between a part and the one before it

BothWays = dict[str, tuple[str, ...]]

_HYPHENS = "-\u2010\u2011\u2012\u2013"
_TOKEN = re.compile(rf"\w+(?:[{_HYPHENS}'’]\w+)*|[^\w\s]+")
_HYPHEN = re.compile(f"[{_HYPHENS}]")
_ADDRESS = re.compile(
    r"(?:https?|ftp)\s?:\s?//\S+|\bwww\.\S+|\S+@\S+\.\w+|\b10\.\d{4,9}/\S+"
    r"|\b(?:[\w-]+\.)+(?:com|org|net|io|edu|gov|ai|cn|de|fr|uk|eu)\b(?:/\S*)?"
)
_SIGNS = ("://", "www.", "@", "10.", ".com", ".org", ".net", ".io")  # of an address
_ENTITY = re.compile(r"&#?\w+;")  # one that is not known
_MATH_MARKUP = re.compile(r"<((?:\w+:)?math)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = r"""\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)"""
_INLINE = re.compile(rf"</?(?:i|b|em|strong|sub|sup|u|scp|italic|bold)(?:{_ATTRIBUTE})*\s*/?>", re.IGNORECASE)
_TAG = re.compile(rf"</?[A-Za-z][\w:.-]*(?:{_ATTRIBUTE})*\s*/?>")
_MATH = re.compile(r"\$(?:[^$\s]+|[^$]*[\\_^{}=<>][^$]*)\$|\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_REFERENCE = re.compile(
    r"\\(?:url|cite\w*|\w*ref|label|begin|end|includegraphics)\*?(?:\[[^\]]*\])*\{[^{}]*\}"
)
_GLYPH = re.compile(r"\(cid:\d+\)")  # a character that a PDF does not tell
_SHORT_FORM = re.compile(r"(?<=\w)\s?\((?=\w*[A-Z]\w*[A-Z])[\w-]{2,10}\)(?=\s\w)")
_ACCENT = re.compile(r"""\\(?:["'`^~=.]|[cvuHk](?=\{))\{?([^\W\d_])\}?""")  # Schr\"odinger
_COMMAND = re.compile(r"\\[A-Za-z]+\*?")
_CJK = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SCRIPTS = re.compile(
    rf"[{_CJK}]+|[\u30a0-\u30ff]+|[\u3040-\u309f]+|[\uac00-\ud7af]+|[^{_CJK}\u3040-\u30ff\uac00-\ud7af]+"
)
_EAST = re.compile(rf"[{_CJK}\u3040-\u30ff\uac00-\ud7af]")
_NO_PLURALS = frozenset(
    [
        "across",
        "always",
        "atlas",
        "bias",
        "canvas",
        "chaos",
        "gas",
        "lens",
        "news",
        "perhaps",
        "series",
        "species",
    ]
)


@cache
def word_lists() -> dict[str, dict[str, frozenset[str]]]:
    """Function words by language, and the words in which papers speak of themselves; see ``words.toml``."""
    raw = tomllib.loads(files("paperatlas.text").joinpath("words.toml").read_text(encoding="utf-8"))
    return {
        name: {key: frozenset(words.split()) for key, words in lists.items()} for name, lists in raw.items()
    }


def stop_words() -> list[str]:
    """English function words and the words in which papers speak of themselves, for other people's tokenisers."""
    lists = word_lists()
    words = lists["function"]["en"] | lists["talk"]["words"]
    return sorted(word for word in words if word.isalpha() and len(word) > 1)


def fold_plural(word: str) -> str:
    """Lower-case `word` without its English plural ending: ``queries`` becomes ``query``.

    The folding of Harman's S-stemmer ("How effective is suffixing?", JASIS 42(1), 1991) with the endings
    of sibilants added. ``analysis``, ``loss``, ``dynamics`` and ``bias`` stay as they are.
    """
    if len(word) < 4 or word[-1] != "s" or word[-2:] in ("ss", "us", "is") or word in _NO_PLURALS:
        return word
    if word.endswith("ics"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=1 << 17)
def folded(form: str) -> str:
    """A word as it is counted: no case, no plural. ``NAS`` and ``MCTS`` are no plurals."""
    low = form.lower()
    return low if len(form) <= 5 and form.isupper() else fold_plural(low)


def plain_text(text: str) -> str:
    """Text without markup, LaTeX, formulas and addresses; where one was cut out a full stop stands."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.replace("\u00ad", ""))
    if "&" in text:
        text = _ENTITY.sub(" ", html.unescape(text))
    if "<" in text:
        text = _TAG.sub(" . ", _INLINE.sub("", _MATH_MARKUP.sub(" . ", text)))
    if "$" in text or "\\" in text:
        text = _COMMAND.sub(" ", _MATH.sub(" . ", _REFERENCE.sub(" . ", _ACCENT.sub(r"\1", text))))
        text = text.replace("{", "").replace("}", "")
    if "(cid:" in text:
        text = _GLYPH.sub(" . ", text)
    if any(sign in text for sign in _SIGNS):
        text = _ADDRESS.sub(" . ", text)
    return text


def is_east(text: str) -> bool:
    """Whether any character is Chinese, Japanese or Korean."""
    return _EAST.search(text) is not None


def split_title(text: str) -> tuple[str, str]:
    """Title and abstract of ``"title. abstract"``."""
    title, _, abstract = text.partition(". ")
    return title, abstract


@dataclass(frozen=True)
class Parts:
    """All words of all texts in one row; `BREAK` between two words says that no phrase crosses here.

    Attributes
    ----------
    form : (p,) int32 array
        Number of each word's spelling in `forms`, or `BREAK`.
    gap : (p,) int8 array
        What stands before it: `SPACE`, `HYPHEN`, or `OVERLAP` for character pairs.
    text : (p,) int32 array
        Number of the text it stands in.
    forms : list of str
        The different spellings.
    both_ways : dict
        How to read what is written both as one word and as a compound: ``pretraining`` to
        ``("pre", "training")``, or to ``("pretraining",)``.
    """

    form: NDArray[np.int32]
    gap: NDArray[np.int8]
    text: NDArray[np.int32]
    forms: list[str]
    both_ways: BothWays


def cut(texts: Sequence[str], both_ways: BothWays | None = None) -> Parts:
    """Cut plain texts into words and breaks.

    A word starts with a letter; numbers, formulas, addresses and lone letters are breaks. Words joined by hyphens
    are parts of one compound, ``GPT-4`` and ``3D`` are words. Chinese, Japanese and Korean are cut into pairs of
    neighbouring characters. A compound that is also written as one word, "pre-training" and "pretraining", is read
    as `both_ways` says, which if not given is the way that is the commoner in these texts.
    """
    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    flat, lengths = array("i"), array("q")
    for text in texts:
        # "graph neural network (GNN) training" is read as if it did not explain itself.
        tokens = _TOKEN.findall(_SHORT_FORM.sub("", text) if "(" in text else text)
        flat.extend(map(number.__getitem__, tokens))
        lengths.append(len(tokens))
    token = np.array(flat, dtype=np.int32)
    tokens = list(number)
    read = [_parts_of(token) for token in tokens]
    if both_ways is None:
        both_ways = _commoner_way(read, np.bincount(token, minlength=len(tokens)).tolist())
    read = [_one_way(parts, both_ways) for parts in read] if both_ways else read
    return _laid_out(token, np.array(lengths, dtype=np.int64), read, both_ways)


_Read = list[tuple[str, int]]  # spelling and gap of each part; an empty spelling is a break
_STOP: _Read = [("", SPACE)]


def _laid_out(
    token: NDArray[np.int32], lengths: NDArray[np.int64], read: list[_Read], both_ways: BothWays
) -> Parts:
    """Every token replaced by its parts, and a break at the end of every text."""
    end = len(read)
    stops = np.cumsum(lengths)
    token = np.insert(token, stops, end)
    text = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths + 1)
    number = {"": BREAK}
    form, gap, sizes = array("i"), array("b"), array("q")
    for parts in [*read, _STOP]:
        for spelling, before in parts:
            form.append(number.setdefault(spelling, len(number) - 1))
            gap.append(before)
        sizes.append(len(parts))
    size = np.array(sizes, dtype=np.int64)
    first = np.cumsum(size) - size
    times = size[token]
    place = (
        np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times) + np.repeat(first[token], times)
    )
    every_form, every_gap = np.array(form, dtype=np.int32), np.array(gap, dtype=np.int8)
    return Parts(every_form[place], every_gap[place], np.repeat(text, times), list(number)[1:], both_ways)


def _commoner_way(read: list[_Read], counts: list[int]) -> BothWays:
    """The commoner way of each compound that is also written as one word."""
    closed: defaultdict[str, int] = defaultdict(int)
    open_: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for parts, count in zip(read, counts, strict=True):
        words = _plain(parts)
        if len(words) == 1:
            closed[folded(words[0])] += count
        elif words:
            open_[_key(words)] += count
    ways: BothWays = {}
    for key in sorted(open_, key=lambda words: (-open_[words], words)):
        joined = "".join(key)
        if joined in closed and joined not in ways:
            ways[joined] = key if open_[key] > closed[joined] else (joined,)
    return ways


def _one_way(parts: _Read, ways: BothWays) -> _Read:
    """A compound and its closed spelling alike."""
    words = _plain(parts)
    way = ways.get("".join(_key(words)), ()) if words else ()
    if len(words) > 1 and len(way) == 1:
        return [("".join(words), SPACE)]
    if len(words) == 1 and len(way) > 1:
        return _as_compound(words[0], way)
    return parts


def _plain(parts: _Read) -> list[str]:
    """The words of a token that is a single word or words joined by hyphens, else none."""
    joined = all(gap == HYPHEN for _, gap in parts[1:])
    return [form for form, _ in parts] if joined and all(form.isalpha() for form, _ in parts) else []


def _key(words: Sequence[str]) -> tuple[str, ...]:
    return *(word.lower() for word in words[:-1]), *(folded(word) for word in words[-1:])


def _as_compound(word: str, like: tuple[str, ...]) -> _Read:
    cuts = np.cumsum([0, *map(len, like[:-1])]).tolist()
    pieces = [word[a:b] for a, b in zip(cuts, [*cuts[1:], None], strict=True)]
    return [(piece, HYPHEN if i else SPACE) for i, piece in enumerate(pieces)]


def _parts_of(token: str) -> _Read:
    """Spelling and gap of each part of a token; see `cut`."""
    if token.isascii() and token.isalpha():
        return [(token, SPACE)] if len(token) > 1 else _STOP
    if not (token[0].isalnum() or token[0] == "_"):
        return _STOP
    if is_east(token):
        return list(_east(token))
    return _western(token) or _STOP


def _western(token: str) -> _Read:
    found: _Read = []
    for piece in _HYPHEN.split(token):
        before, word = _without_apostrophe(piece)
        if before:
            found.append(("", SPACE))
        gap = HYPHEN if found and found[-1][0] else SPACE
        if re.fullmatch(r"[^\W\d_][^\W_]*|[1-9][dD]", word):
            found.append((word, gap))
        elif word.isdigit() and len(word) < 5 and gap == HYPHEN:
            found[-1] = (f"{found[-1][0]}-{word}", found[-1][1])
        else:
            found.append(("", SPACE))
    if len(found) == 1 and len(found[0][0]) == 1:
        return []
    return found


def _without_apostrophe(piece: str) -> tuple[bool, str]:
    """Whether an elided article stands before the word, and the word without it and without ``'s``."""
    first, _, rest = piece.replace("’", "'").partition("'")
    if not rest:
        return False, first
    if len(first) <= 2 or first.lower() in ("dell", "nell", "sull", "all", "dall", "qu", "lorsqu", "jusqu"):
        return True, rest
    return False, first


def _east(token: str) -> Iterator[tuple[str, int]]:
    """Pairs of neighbouring characters; katakana as words; particles and hiragana are breaks."""
    particles = next(iter(word_lists()["general"]["zh_particles"]))
    for run in _SCRIPTS.findall(token):
        if not _EAST.match(run):
            yield from _western(run) or _STOP
        elif "\u30a0" <= run[0] <= "\u30ff":
            yield run, SPACE
        elif not "\u3040" <= run[0] <= "\u309f":
            for clause in re.split(f"[{particles}]", run):
                for i in range(len(clause) - 1):
                    yield clause[i : i + 2], OVERLAP if i else SPACE
                yield "", SPACE
        yield "", SPACE
