"""What a name looks like: reading it in a text, and telling it from a term of the field."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from paperatlas.ledger.patterns import any_of, word_set
from paperatlas.ledger.vocabulary import resources, terms

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
_FIGURE = re.compile(r"(?:\d?D|[Vv]\d{1,2})(?:[-/]\d?D)*")
_HEADLESS = word_set(
    "the a an our this that these those its their his her we it in on for to by and or of with from as at is are "
    "both each all two three four five six seven several many some any new novel first here there however furthermore "
    "moreover finally specifically additionally such which who what how when where why using based"
)
# Suffixes by which a known name becomes an adjective: "BERT-based", "GPT-style".
ADJECTIVE = re.compile(
    "-"
    + any_of(
        "based style like type aware driven specific free level wise guided enhanced augmented inspired "
        "assisted powered enabled trained generated agnostic independent dependent compatible equipped "
        "oriented centric invariant equivariant conditioned tuned optimal theoretic order scale shot time "
        "bit step stage way modal agent view form efficient parameter"
    )
    + "s?$"
)


def strip_plural(name: str) -> str:
    """Take the plural off an abbreviation: "STNs" becomes "STN", and "Titans" stays."""
    if len(name) > 2 and name.endswith("s") and name[-2].isupper():
        return name[:-1]
    return name


@lru_cache(maxsize=65536)
def is_common(name: str) -> bool:
    """Whether a name is a term of the field, or an adjective made of one."""
    common, bare = terms("abbreviation"), strip_plural(name)
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
        return True  # "Attend-and-Excite" fails here and passes below; "Graph-Guided" is caught by its place
    inner_capital = any(map(str.isupper, name[1:]))
    digits = any(map(str.isdigit, name)) and any(map(str.isupper, name))
    marks = any(mark in name for mark in "+^$*!") and name[0].isupper()
    return inner_capital or digits or marks


def is_compound(word: str) -> bool:
    """Whether a word is an adjective in capitals, such as "Second-Order"."""
    return "-" in word and word.istitle() and ADJECTIVE.search(word.lower()) is not None


def is_capitalised(name: str) -> bool:
    """Whether a word starts with a capital (or is a figure behind a name: "Hydra 2")."""
    return name[:1].isupper() and name.lower() not in _HEADLESS


def long_form_start(text: str, left: int, right: int, short: str) -> int | None:
    """Where the words begin that an abbreviation behind them stands for.

    Reads the letters of the abbreviation backwards off the text before it; each must occur,
    in order, and the first of them must begin a word (Schwartz and Hearst, "A simple algorithm
    for identifying abbreviation definitions in biomedical text", PSB 2003). A figure may stand
    for a repetition ("L2D") and is allowed to be missing.

    Parameters
    ----------
    text
        The field of the paper.
    left, right
        The stretch that may hold the long form; `right` is its end.
    short
        The abbreviation.

    Returns
    -------
    The offset of the long form, or None where the letters cannot be read off.
    """
    letters = [letter for letter in strip_plural(short).lower() if letter.isalnum()]
    stretch = text[left:right].lower()
    at = len(stretch)
    for count in range(len(letters) - 1, -1, -1):
        letter = letters[count]
        found = stretch.rfind(letter, 0, at)
        while count == 0 and found > 0 and stretch[found - 1].isalnum():
            found = stretch.rfind(letter, 0, found)
        if found < 0:
            if letter.isdigit() and count:
                continue
            return None
        at = found
    return left + at if letters else None


def is_known_model(name: str) -> bool:
    """Whether a name is that of a well-known model."""
    return name in terms("model") or name.rstrip("s") in terms("model")


def is_known(name: str) -> bool:
    """Whether a name is a term of the field, a well-known model or a resource of the vocabulary."""
    return is_common(name) or is_known_model(name) or name in resources()


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
    if any(is_distinctive(word) and not is_known_model(word) for word in words):
        return True
    return capitalised and is_capitalised(words[0]) and not is_common(words[0])


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
