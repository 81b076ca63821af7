"""What the rules of systems share: a name gets its abbreviation, its kind and its place."""

from __future__ import annotations

import re

from paperatlas.ledger.name_reading import Name
from paperatlas.ledger.names import (
    is_common,
    is_distinctive,
    long_form_start,
)
from paperatlas.ledger.patterns import any_of, word_set
from paperatlas.ledger.reading import (
    Paper,
    System,
    read_bracket,
)

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
