"""Bring titles and abstracts into one form: LaTeX, Unicode, case and punctuation taken out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# What is neither letter nor digit separates words, but "+" and "#" carry meaning (YOLACT++, C#).
_SEPARATOR = re.compile(r"[^\w+#]+|_+")
_ASCII_SEPARATOR = re.compile(r"[^a-z0-9+#]+")
_NEEDS_CARE = re.compile(r"[\\${}^_~&\u0027`]|[^\x00-\x7f]")
_FRACTION = re.compile(r"\\[dt]?frac\s?\{([^{}]{0,80})\}\s?\{([^{}]{0,80})\}")
# \'e, \"{o}, \c{c}, \v s: the letter stays, the accent goes
_ACCENT = re.compile(r"\\(?:[`'^\"~=.]|[cvuHkrdbt](?![a-zA-Z]))\s?\{?\\?([a-zA-Z])\}?")
_COMMAND = re.compile(r"\\([a-zA-Z]+)\*?\s?")
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron",
    "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi",
    "ω": "omega",
}  # fmt: skip
_SYMBOLS = {
    **_GREEK,
    "ϵ": "epsilon", "ϕ": "phi", "ϑ": "theta", "∞": "infty", "×": "x", "ℓ": "l", "ı": "i", "ß": "ss",
    "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "&": " and ", "→": " to ", "√": "sqrt",
    "∂": "partial", "∇": "nabla", "∼": " ", "≈": "approx", "≤": "leq", "≥": "geq", "±": "pm",
    "−": "-", "⁺": "+", "₊": "+", "＋": "+", "♯": "#",
}  # fmt: skip
# Commands that stand for letters; all others are formatting and vanish, their argument stays.
_COMMAND_WORDS = {
    **{name: name for name in _GREEK.values()},
    "varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "infty": "infty", "infinity": "infty",
    "times": "x", "ell": "l", "l": "l", "o": "o", "ss": "ss", "ae": "ae", "oe": "oe", "i": "i", "j": "j",
    "to": " to ", "rightarrow": " to ", "sqrt": "sqrt", "partial": "partial", "nabla": "nabla",
    "log": "log", "exp": "exp", "max": "max", "min": "min", "approx": "approx", "leq": "leq", "geq": "geq",
    "le": "leq", "ge": "geq", "pm": "pm", "sharp": "#", "plus": "+", "aa": "a",
}  # fmt: skip
_TRANSLATION = str.maketrans(_SYMBOLS)


def normalise(text: str) -> str:
    r"""Words of a title or abstract in lower case with single blanks between.

    Unicode compatibility forms (as in NFKC), accents, Greek letters, LaTeX markup and punctuation are levelled;
    ``+`` and ``#`` stay, so that "YOLACT" and "YOLACT++" remain two titles.

    Examples
    --------
    >>> normalise(r"SL$^{2}$A-INR: \textbf{Pad\'e} $\alpha$-divergence")
    'sl2a inr pade alpha divergence'
    >>> normalise("YOLACT++")
    'yolact++'
    """
    if not _NEEDS_CARE.search(text):
        return _ASCII_SEPARATOR.sub(" ", text.lower()).strip()
    if "\\" in text or "$" in text or "{" in text:
        text = _plain_latex(text)
    text = _level(_level(text).casefold()).translate(_TRANSLATION)
    text = text.replace("'", "").replace("\u2019", "").replace("^", "").replace("_", "")
    return _SEPARATOR.sub(" ", text).strip()


def condensed(normalised: str) -> str:
    """Normalised text without blanks, so that "multi-modal" equals "multimodal"."""
    return normalised.replace(" ", "")


def _level(text: str) -> str:
    """Compatibility form without accents: NFKD is NFKC taken apart."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=65_536)
def marks(normalised: str) -> tuple[str, ...]:
    """What tells sister titles apart: the digits, ``+`` and ``#`` of each word, and numerals, sorted.

    Examples
    --------
    >>> marks("yolact++"), marks("gpt 4v part ii")
    (('++',), ('4', 'ii'))
    """
    found = (word if word in _NUMERALS else _NO_MARK.sub("", word) for word in normalised.split())
    return tuple(sorted(mark for mark in found if mark))


_NO_MARK = re.compile(r"[^0-9+#]+")
_NUMERALS = frozenset(
    {"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii", "first", "second", "third", "fourth", "fifth"}
)


def _plain_latex(text: str) -> str:
    text = text.replace(r"\&", "&").replace(r"\%", "%").replace(r"\#", "#").replace(r"\_", "")
    text = _FRACTION.sub(r"\1\2", text)
    text = _ACCENT.sub(r"\1", text)
    text = _COMMAND.sub(_letters_of, text)
    return text.replace("$", "").replace("{", "").replace("}", "").replace("~", " ").replace("\\", " ")


def _letters_of(command: re.Match[str]) -> str:
    word = _COMMAND_WORDS.get(command.group(1), "")
    return word + " " if word and command.group().endswith(" ") else word
