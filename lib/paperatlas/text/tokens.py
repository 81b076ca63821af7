"""From texts to rows of words, and the abbreviations that texts explain: one tokeniser for everything."""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate, count, pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BREAK = -1

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
_SHORT_FORM = re.compile(r"\((?:(?<=\w\()|(?<=\w\s\())(?=\w*[A-Z]\w*[A-Z])[\w-]{2,10}\)(?=\s\w)")
_ACCENT = re.compile(r"""\\(?:["'`^~=.]|[cvuHk](?=\{))\{?([^\W\d_])\}?""")  # Schr\"odinger
_COMMAND = re.compile(r"\\[A-Za-z]+\*?")
_CJK = "\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SCRIPTS = re.compile(
    rf"[{_CJK}]+|[\u30a0-\u30ff]+|[\u3040-\u309f]+|[\uac00-\ud7af]+|[^{_CJK}\u3040-\u30ff\uac00-\ud7af]+"
)
_EAST = re.compile(rf"[{_CJK}\u3040-\u30ff\uac00-\ud7af]")
_PAIRED = re.compile(rf"[{_CJK}\uac00-\ud7af]")
# Behind what it stands for: "graph neural networks (GNNs)".
_BRACKET = re.compile(r"\(\s?([^\W_][\w-]{1,9})\s?\)")
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"[.;:!?()\[\]]\s*")


@cache
def word_lists() -> dict[str, dict[str, frozenset[str]]]:
    """Lists of words by what they do in a text; see ``words.toml``."""
    raw = tomllib.loads(files("paperatlas.text").joinpath("words.toml").read_text(encoding="utf-8"))
    return {
        name: {key: frozenset(words.split()) for key, words in lists.items()} for name, lists in raw.items()
    }


@cache
def function_words() -> frozenset[str]:
    """Those of every language."""
    return frozenset().union(*word_lists()["function"].values())


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
    stays = word.endswith(("ss", "us", "is", "ics")) or word in word_lists()["singular"]["words"]
    if len(word) < 4 or word[-1] != "s" or stays:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word
    return word[:-2] if word.endswith(("sses", "ches", "shes", "xes")) else word[:-1]


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
    if any(map(text.__contains__, _SIGNS)):
        text = _ADDRESS.sub(" . ", text)
    return text


def is_paired(word: str) -> bool:
    """Whether a word is a pair of Chinese, Japanese or Korean characters, or several that overlap."""
    return _PAIRED.match(word) is not None


def cut(
    texts: Sequence[str], both_ways: BothWays | None = None
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.int64], list[str], BothWays]:
    """Cut plain texts into words and breaks, all in one row; `BREAK` between two words says that no phrase crosses here.

    A word starts with a letter; numbers, formulas, addresses and lone letters are breaks. Words joined by hyphens
    are parts of one compound, ``GPT-4`` and ``3D`` are words. Chinese, Japanese and Korean are cut into pairs of
    neighbouring characters. A compound that is also written as one word, "pre-training" and "pretraining", is read
    as `both_ways` says (``pretraining`` as ``("pre", "training")``, or ``("pretraining",)``), which if not given is the
    way that is the commoner in these texts.

    Returns for each of the p words the number of its spelling, or `BREAK`, whether a hyphen stands before it, and the
    number of its text; then the spellings, and how both ways are read.
    """
    number: defaultdict[str, int] = defaultdict(count().__next__)
    tokens, lengths = array("i"), []
    for text in texts:
        # "graph neural network (GNN) training" is read as if it did not explain itself.
        found = _TOKEN.findall(_SHORT_FORM.sub("", text) if "(" in text else text)
        tokens.extend(map(number.__getitem__, [*found, _END]))
        lengths.append(len(found) + 1)
    read, keys = map(list, zip(*map(_read, number), strict=True)) if number else ([], [])
    if both_ways is None:
        both_ways = _commoner_way(keys, np.bincount(tokens, minlength=len(read)).tolist())
    ways = [both_ways.get("".join(key)) for key in keys]
    read = [_one_way(parts, way) if way else parts for parts, way in zip(read, ways, strict=True)]
    # A missing value has the number -1, as a break.
    spelled = pd.Index([form or None for parts in read for form, _ in parts], dtype=object)
    form_of, forms = pd.factorize(spelled)
    hyphen_of = np.array([hyphen for parts in read for _, hyphen in parts], dtype=bool)
    sizes = np.array([len(parts) for parts in read], dtype=np.int64)
    token = np.array(tokens, dtype=np.int64)
    ends = np.cumsum(sizes[token])
    # The parts of all tokens stand in one row, those of one token side by side.
    part = np.repeat(np.cumsum(sizes)[token] - ends, sizes[token]) + np.arange(ends[-1] if len(ends) else 0)
    text_of = np.repeat(np.repeat(np.arange(len(lengths)), lengths), sizes[token])
    return form_of.astype(np.int32)[part], hyphen_of[part], text_of, forms.tolist(), both_ways


_END = "\n"  # of a text: no token, since it is a blank
# Of each part the spelling, "" for a break, and whether a hyphen stands before it.
_Parts = list[tuple[str, bool]]
_STOP = ("", False)


@lru_cache(maxsize=1 << 17)
def _read(token: str) -> tuple[_Parts, tuple[str, ...]]:
    """The parts of a token, and its words if it is a single word or words joined by hyphens, the last one folded."""
    if token.isascii() and token.isalpha():
        return ([(token, False)], (folded(token),)) if len(token) > 1 else ([_STOP], ())
    if not (token[0].isalnum() or token[0] == "_"):
        return [_STOP], ()
    parts = [*_east(token)] if _EAST.search(token) else _western(token)
    *words, last = (form for form, _ in parts)
    if all(map(str.isalpha, (*words, last))) and all(hyphen for _, hyphen in parts[1:]):
        return parts, (*map(str.lower, words), folded(last))
    return parts, ()


def _commoner_way(keys: list[tuple[str, ...]], counts: list[int]) -> BothWays:
    """The commoner way of each compound that is also written as one word."""
    often: Counter[tuple[str, ...]] = Counter()
    for key, times in zip(keys, counts, strict=True):
        often[key] += times
    ways: BothWays = {}
    for key in sorted(often, key=lambda words: (-often[words], words)):
        joined = "".join(key)
        if len(key) > 1 and (joined,) in often and joined not in ways:
            ways[joined] = key if often[key] > often[joined,] else (joined,)
    return ways


def _one_way(parts: _Parts, way: tuple[str, ...]) -> _Parts:
    """A compound and its closed spelling alike."""
    spelled, ends = "".join(form for form, _ in parts), accumulate(map(len, way[:-1]))
    pieces = [spelled[a:b] for a, b in pairwise([0, *ends, None])]
    return [(piece, i > 0) for i, piece in enumerate(pieces)]


def _western(token: str) -> _Parts:
    """Spelling and hyphen of each part of a token; see `cut`."""
    found: _Parts = []
    for piece in _HYPHEN.split(token):
        first, _, rest = piece.replace("’", "'").partition("'")
        # The longer side is the word: of "dell'arte" the second, before which an article was elided; of "art's" the first.
        elided = rest and len(first) <= max(2, len(rest))
        if elided:
            found.append(_STOP)
        word = rest if elided else first
        joined = bool(found and found[-1][0])
        if re.fullmatch(r"[^\W\d_][^\W_]*|[1-9][dD]", word):
            found.append((word, joined))
        elif joined and word.isdigit() and len(word) < 5:
            found[-1] = (f"{found[-1][0]}-{word}", found[-1][1])
        else:
            found.append(_STOP)
    return [_STOP] if len(found) == 1 and len(found[0][0]) == 1 else found


def _east(token: str) -> Iterator[tuple[str, bool]]:
    """Pairs of neighbouring characters; katakana as words; particles and hiragana are breaks."""
    particles = next(iter(word_lists()["general"]["zh_particles"]))
    for run in _SCRIPTS.findall(token):
        if not _EAST.match(run):
            yield from _western(run)
        elif "\u30a0" <= run[0] <= "\u30ff":
            yield run, False
        elif is_paired(run):
            for clause in re.split(f"[{particles}]", run):
                yield from ((clause[i : i + 2], False) for i in range(len(clause) - 1))
                yield _STOP
        yield _STOP


def long_forms(texts: Sequence[str], *, min_papers: int = 2) -> dict[str, str]:
    """Long form of each abbreviation that at least `min_papers` plain texts explain, most of them in one way.

    Both are keys of terms, as in `read_terms`.
    """
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        if "(" in text:
            for short, long in set(explained(text)):
                found[short][long] += 1
    chosen = {}
    for short, ways in sorted(found.items()):
        long, papers = min(ways.items(), key=lambda item: (-item[1], item[0]))
        if papers >= min_papers and 2 * papers > sum(ways.values()):
            chosen[short] = long
    return chosen


def explained(text: str) -> list[tuple[str, str]]:
    """Short and long form, folded, of every abbreviation that stands in brackets behind what it stands for."""
    found = []
    for bracket in _BRACKET.finditer(text):
        short = bracket.group(1)
        bare = short.removesuffix("s") if short[:-1].isupper() else short
        if sum(letter.isupper() for letter in bare) < 2:
            continue
        before = _SENTENCE_END.split(text[max(0, bracket.start() - 120) : bracket.start()])[-1]
        words = _WORD.findall(before)[-min(len(bare) + 5, 2 * len(bare)) :]
        spelled = " ".join(words)
        start = long_form_start(spelled, 0, len(spelled), bare)
        # A figure must stand there too: "text to image" is not what "T2I" is short for in letters alone.
        figures = all(letter in spelled[start:] for letter in bare if letter.isdigit())
        if start is not None and figures and " " in spelled[start:]:
            found.append((folded(bare), " ".join(map(folded, spelled[start:].split(" ")))))
    return found


def long_form_start(text: str, left: int, right: int, short: str) -> int | None:
    """Where the words between `left` and `right` begin that the abbreviation behind them stands for, or None.

    Reads the letters of the abbreviation backwards off the text; each must occur, in order, and the first of them
    must begin a word (Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
    biomedical text", PSB 2003). A figure may stand for a repetition ("L2D") and is allowed to be missing.
    """
    letters = [letter for letter in short.lower() if letter.isalnum()]
    stretch = text[left:right].lower()
    at = len(stretch)
    for place, letter in reversed([*enumerate(letters)]):
        found = stretch.rfind(letter, 0, at)
        while place == 0 and found > 0 and stretch[found - 1].isalnum():
            found = stretch.rfind(letter, 0, found)
        if found >= 0:
            at = found
        elif not (letter.isdigit() and place):
            return None
    return left + at if letters else None
