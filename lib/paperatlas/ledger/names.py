"""What a name looks like: reading it and its abbreviation in a text, and telling it from a term of the field."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from paperatlas.ledger.reading import any_of, word_set
from paperatlas.text.abbreviations import long_form_start

# Head nouns of things that are observed, asked or believed, not built.
NOT_BUILT = re.compile(
    r"\b"
    + any_of(
        "phenomen(?:on|a) effects? problems? propert(?:y|ies) challenges? issues? tasks? settings? "
        "hypothes[ie]s bias(?:es)? gaps? curse dilemma paradox theorems? lemma conjecture laws? "
        "principles? conditions? regimes? phases? behaviou?rs? patterns? failures? vulnerabilit(?:y|ies) "
        "limitations? assumptions? questions? trade-?offs? tax collapse complexity dimensions? scenarios?"
    )
    + r"\b",
    re.IGNORECASE,
)
# Head nouns of things that are built and can be named.
ARTEFACT = any_of(
    "framework method model approach algorithm network architecture dataset data_set benchmark corpus "
    "library toolkit toolbox package system technique strategy mechanism module scheme paradigm loss "
    "metric agent pipeline tool platform transformer encoder decoder layer block unit operator "
    "optimi[sz]er regulari[sz]er procedure protocol simulator environment suite testbed test_set "
    "collection resource representation formulation formalism language engine solver estimator classifier "
    "detector generator backbone variant family learner predictor parser score measure index attention "
    "cell neuron function extension adapter plugin interface compiler solution methodology assistant "
    "recipe tokenizer sampler kernel baseline controller planner policy defen[cs]e attack memory space "
    "design workflow taxonomy ontology knowledge_graph application app chatbot implementation software "
    "codec embedding mixture perceptron autoencoder auto-encoder CNN ConvNet RNN GNN MLP ViT GAN VAE LLM "
    "VLM MLLM SSM MoE LM PLM NAS UNet U-Net Transformer BERT GPT challenge competition series toolset "
    "leaderboard"
)
# Suffixes by which a known name becomes an adjective: "BERT-based", "GPT-style".
ADJECTIVE = re.compile(
    "-"
    + any_of(
        "based style like type aware driven specific free level wise guided enhanced augmented inspired "
        "assisted powered enabled trained generated agnostic independent dependent compatible equipped "
        "oriented centric invariant equivariant conditioned tuned optimal theoretic order scale shot time "
        "bit step stage way modal agent view form efficient parameter native"
    )
    + "s?$"
)
_ARTEFACT_WORD = re.compile(r"(?:[\w-]*-)?" + ARTEFACT + r"(?:s|es)?")
_TWO_WORD_ARTEFACTS = ("data set", "test set", "knowledge graph")
_FIGURE = re.compile(r"(?:\d?D|[Vv]\d{1,2})(?:[-/]\d?D)*")
_HEADLESS = word_set(
    "the a an our this that these those its their his her we it in on for to by and or of with from as at is are "
    "both each all two three four five six seven several many some any new novel first here there however furthermore "
    "moreover finally specifically additionally such which who what how when where why using based"
)


@dataclass(frozen=True)
class Resource:
    """A data set or metric by its one name, and which of its spellings are also words of their own."""

    name: str
    kind: str
    ambiguous: frozenset[str]


def _rows(table: str) -> list[dict[str, str]]:
    path = files("paperatlas") / "data" / "vocabulary" / table
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _spellings(row: dict[str, str]) -> list[str]:
    return [row["name"], *filter(None, row["also"].split(";"))]


@cache
def resources() -> dict[str, Resource]:
    """Every spelling of every data set and metric of the vocabulary, and the resource it stands for."""
    spellings: dict[str, Resource] = {}
    for kind in ("dataset", "metric"):
        for row in _rows(f"{kind}s.csv"):
            resource = Resource(row["name"], kind, frozenset(row["ambiguous"].split(";")))
            for spelling in _spellings(row):
                spellings.setdefault(spelling, resource)
    return spellings


@cache
def metrics() -> dict[str, str]:
    """Every spelling of every metric, and which way the metric improves: "up" or "down"."""
    return {spelling: row["better"] for row in _rows("metrics.csv") for spelling in _spellings(row)}


@cache
def _terms(kind: str) -> frozenset[str]:
    """The terms of the field ("abbreviation"), or the models so well known that nobody introduces them ("model")."""
    return frozenset(row["term"] for row in _rows("terms.csv") if row["kind"] == kind)


def strip_plural(name: str) -> str:
    """Take the plural off an abbreviation: "STNs" becomes "STN", and "Titans" stays."""
    return name[:-1] if len(name) > 2 and name.endswith("s") and name[-2].isupper() else name


@lru_cache(maxsize=65536)
def is_common(name: str) -> bool:
    """Whether a name is a term of the field, or an adjective made of one."""
    common, bare = _terms("abbreviation"), strip_plural(name)
    if bare in common or name in common:
        return True
    head, dash, tail = bare.partition("-")
    return bool(dash) and (
        (head in common and tail.islower()) or (head.islower() and len(head) > 2 and tail in common)
    )


@lru_cache(maxsize=65536)
def is_distinctive(name: str) -> bool:
    """Whether a word is written as only a name is: "MLP-KAN", "U^2-Net", "ProtoTEx", "GPT2".

    A capital in front alone is not enough, nor is a term of the field.
    """
    if len(name) < 2 or not any(map(str.isalpha, name)) or is_common(name) or ADJECTIVE.search(name):
        return False
    if _FIGURE.fullmatch(name) or (name[0].isdigit() and not any(map(str.isupper, name))):
        return False
    parts = [part for part in name.split("-") if part]
    if len(parts) > 1 and all(part[0].isupper() and part[1:].islower() for part in parts):
        return True  # "Graph-Guided" is caught by its place
    inner_capital = any(map(str.isupper, name[1:]))
    digits = any(map(str.isdigit, name)) and any(map(str.isupper, name))
    marks = any(mark in name for mark in "+^$*!") and name[0].isupper()
    return inner_capital or digits or marks


def is_capitalised(name: str) -> bool:
    """Whether a word starts with a capital."""
    return name[:1].isupper() and name.lower() not in _HEADLESS


def is_known_model(name: str) -> bool:
    """Whether a name is that of a well-known model."""
    return name in _terms("model") or name.rstrip("s") in _terms("model")


def is_known(name: str) -> bool:
    """Whether a name is a term of the field, a well-known model or a resource of the vocabulary."""
    return is_common(name) or is_known_model(name) or name in resources()


@lru_cache(maxsize=65536)
def _is_artefact(word: str) -> bool:
    return _ARTEFACT_WORD.fullmatch(word.strip("()[]{},.;:!?\"'`*$")) is not None


def names_artefact(words: str) -> bool:
    """Whether some words name a thing that is built: a method, a network, a data set."""
    return any(map(_is_artefact, words.split())) or any(noun in words for noun in _TWO_WORD_ARTEFACTS)


def is_acceptable(name: str, *, capitalised: bool) -> bool:
    """Whether a string can be the name of something new.

    With `capitalised`, a name in plain capitals will do; without, one word of it must be written as only names are.
    """
    words = name.split(" ")
    if not 2 <= len(name) <= 70 or len(words) > 7 or is_known(name) or ADJECTIVE.search(words[-1]):
        return False
    if all(map(is_known, words)) or (is_common(words[-1]) and words[-1].endswith("s")):
        return False
    if len(name) == 2 and name[1].islower():  # "Di" of "Di$^2$", cut off by its mark-up
        return False
    if NOT_BUILT.search(words[-1]) or any(ADJECTIVE.search(word) for word in words if is_common(word)):
        return False
    if any(is_distinctive(word) and not is_known_model(word) for word in words):
        return True
    return capitalised and is_capitalised(words[0]) and not is_common(words[0])


_OPENING = re.compile(
    r"(?:\$\\?(?:text|textbf|textit|mathrm|mathbf)\{|\\(?:textbf|textit|textsc|texttt|textsf|emph|underline)\s?\{"
    r"|\{\\(?:em|bf|it|sc|tt|sf)\s|``|\"|“|‘|'|`|\*\*|\*|_){1,4}"
)
_CLOSING = {
    "``": ("''", '"', "”"), '"': ('"',), "“": ("”", '"'), "‘": ("’", "'"), "'": ("'",), "`": ("'", "`"),
}  # fmt: skip
_PLAIN = re.compile(r"[a-z]+(?:-[a-z]+)*[\s.,;:)]")
_TOKEN = re.compile(r"(?:[^\s,;:()\[\]{}<>\"“”‘’`]|(?<=[\^_])\{(?:\\[a-z]{4,6}\{)?\w{1,3}\}{1,2}){1,48}")
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
    """Read the name that begins at `start`, looking no further than `end`; None where none begins.

    It comes without quotation marks, LaTeX commands, plural of an abbreviation or genitive. With `any_case` a name in
    quotation marks may be in lower case.
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
    words = text[inside:close].split()
    if any_case or (words and (words[0][:1].isupper() or any(map(is_distinctive, words)))):
        inner = _clean(text[inside:close])
        if inner and len(inner.split()) <= 7:
            return Name(inside, close, strip_plural(inner), quoted=True)
    name = _read_plain(text, inside, close)
    return name._replace(quoted=True) if name and opening.group() != "_" else name


def _closing(text: str, opening: str, start: int, end: int) -> int | None:
    """Where the inside of the mark-up ends that opened before `start`; None if it is not closed soon."""
    marks = ("}",) if "{" in opening else _CLOSING.get(opening, (opening,))
    found = [at for mark in marks if (at := text.find(mark, start, min(end, start + 80))) >= 0]
    return min(found, default=None)


def _read_plain(text: str, start: int, end: int) -> Name | None:
    """Read a name without mark-up: its words, as long as they are written as names are."""
    tokens = _tokens(text, start, end)
    kept = 0
    for index, token in enumerate(tokens):
        word = _clean(token.group())
        connects = word.lower() in _CONNECTORS and 0 < index < len(tokens) - 1
        figure = index == 1 and len(word) <= 4 and word.replace(".", "").isdigit()  # "Qwen 2.5"
        if word and (is_capitalised(word) or is_distinctive(word) or figure):
            kept = index + 1
        elif not connects:
            break
        if token.group()[-1] in ".!?" and len(token.group()) > len(word):
            break
    # "and" joins two names, unless a bracket shows that it stands inside one long form
    joints = [index for index in range(1, kept) if tokens[index].group() in ("and", "&")]
    if joints and not text.startswith(" (", tokens[kept - 1].end()):
        kept = joints[0]
    name = _clean(text[tokens[0].start() : tokens[kept - 1].end()]) if kept else ""
    if not name:
        return None
    raw = text[tokens[0].start() : tokens[kept - 1].end()]
    begin = text.index(name[0], tokens[0].start())
    stop = min(tokens[kept - 1].end(), begin + len(name) + raw.count("\\_"))
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


def _clean(word: str) -> str:
    if word.isalnum():
        return word
    word = word.strip().replace("\\_", "_").split("--")[0].split("—")[0]
    for _ in range(3):
        word, cut = _EDGE.subn("", word)
        if not cut:
            break
    return word.strip()


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
_TO_BRACKET = re.compile(r"[\"”'’`*}]{0,3}(?P<noun>(?: [a-z][\w-]{2,20}){0,2}) ?(?=\()")


class Bracket(NamedTuple):
    """A bracket that holds an abbreviation: from `start` to `end`."""

    short: str
    start: int
    end: int


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


def settle(text: str, name: Name, end: int) -> tuple[Name, int]:
    """Give a name its abbreviation, if a bracket with one follows, and say where the words that show it end.

    "Rectified Linear Attention (ReLA)" is called ReLA; "SRD (Sharing Ratio Decomposition)" is called SRD. A name that
    only spells out a term of the field comes back empty.
    """
    gap = _TO_BRACKET.match(text, name.end, end)
    if gap is None:
        return name, name.end
    at = gap.end()
    bracket = read_bracket(text, at, end)
    if bracket is not None:
        start = long_form_start(text, name.start, at, bracket.short)
        if is_common(bracket.short) and (start is not None or " " in name.name):
            return (name if name.quoted else name._replace(name="")), bracket.end
        if start is not None and len(bracket.short) < name.end - name.start:
            return Name(name.start, name.end, bracket.short, text[start : name.end]), bracket.end
    close = text.find(")", at, min(end, at + 120))
    inside = text[at + 1 : close] if close > 0 else ""
    if (
        " " not in name.name
        and " " in inside
        and long_form_start(inside, 0, len(inside), name.name) is not None
    ):
        return name._replace(long_form=inside), close + 1
    return name, name.end
