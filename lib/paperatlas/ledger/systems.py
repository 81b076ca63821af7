"""The systems a paper introduces, by name: those of its title and its abstract, each once, with its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice

from paperatlas.ledger.introductions import Paper, System, called, described, introduced
from paperatlas.ledger.names import (
    ARTEFACT,
    NOT_BUILT,
    is_capitalised,
    is_distinctive,
    is_known,
    is_new,
    names_artefact,
    strip_plural,
)
from paperatlas.ledger.reading import one_of, word_places
from paperatlas.text.abbreviations import long_form_start

# No paper introduces more; a made-up text may.
_AT_MOST = 40

_COLON = re.compile(r"(?P<name>[^:]{2,70}?)(?:\s?:|\s[–—])\s")
# Words with which phrases and sentences begin, and words that stand in them, but in no name.
_PHRASE_STARTS = re.compile(
    rf"(?:{one_of('phrase start')}|[A-Z][a-z]{{2,}}ing(?! (?:Network|Transformer|Model)))\b"
)
_PHRASE_HOLDS = re.compile(rf"\b{one_of('phrase word')}\b|\bpart [IV0-9]|[?!,]|\.\s", re.IGNORECASE)
_MARKUP = re.compile(r"\\(?:text|math)\w{2}|[${}\\]")


def from_title(paper: Paper) -> Iterator[System]:
    """The name before the colon of a title, or a title that is a name, if the abstract bears it out."""
    lead = _COLON.match(paper.title)
    raw = (lead["name"] if lead else paper.title).strip()
    prefix = _MARKUP.sub("", raw.strip("*\"“”'`").strip())
    parts = prefix.split(" ")
    start = paper.title.index(raw)
    if not prefix or (is_known(prefix) and not _is_spelled_out(paper.title, start + len(raw), prefix)):
        return
    if lead is None and not (
        2 <= len(parts) <= 4 and names_artefact(parts[-1].lower()) and prefix in paper.abstract
    ):
        return
    if _word_is_name(paper, prefix) if len(parts) == 1 else _words_are_name(paper, prefix, parts):
        name = strip_plural(prefix) if len(parts) == 1 else prefix
        yield System(name, "", "", "title", start, start + len(raw))


def _is_spelled_out(title: str, at: int, prefix: str) -> bool:
    """Whether what follows in the title is what an abbreviation stands for."""
    short = strip_plural(prefix)
    return short.isupper() and long_form_start(title, at, len(title), short) is not None


def _word_is_name(paper: Paper, word: str) -> bool:
    """Whether one word is a name: by its spelling, or since the abstract writes it with a capital throughout."""
    text = paper.abstract
    if is_distinctive(word) or word.isupper():
        return True
    if _PHRASE_STARTS.fullmatch(word) or _PHRASE_HOLDS.search(word) or NOT_BUILT.search(word):
        return False
    if not word[:1].isupper():
        return word in text
    if text and word.lower() not in text.lower():
        return True
    return any(
        text[at - 1 : at].strip() or text[at - 2 : at - 1] not in ("", ".", "!", "?")
        for at in word_places(word, text)
        if at
    )


def _words_are_name(paper: Paper, prefix: str, parts: list[str]) -> bool:
    """Whether several words are a name: one of them is coined, or the abstract writes them all with capitals."""
    if len(parts) > 6 or "and" in parts or _PHRASE_HOLDS.search(prefix) or NOT_BUILT.search(parts[-1]):
        return False
    if _PHRASE_STARTS.match(prefix) or parts[1] in ("in", "of", "with", "as"):
        return False
    if word_places(prefix, paper.abstract) and all(map(is_capitalised, parts)):
        return True
    # "Context-aware TFL: ..." is a phrase where the abstract explains TFL by itself
    explained = {bracket.short for bracket in paper.brackets}
    coined = {word for word in parts if is_new(word) and not ("-" in word and word.istitle())}
    built = names_artefact(parts[-1].lower()) and " ".join(parts[-2:]).lower() in paper.abstract.lower()
    return len(parts) <= 3 and (
        (bool(coined) and not explained & coined) or (built and all(map(is_capitalised, parts)))
    )


@lru_cache(maxsize=4)
def systems_in(title: str, abstract: str) -> list[System]:
    """Every system one paper introduces, each name once."""
    paper = Paper(title, abstract)
    found = chain(from_title(paper), introduced(paper), called(paper), described(paper))
    return [system._replace(kind=_kind(paper, system)) for system in _merged([*islice(found, _AT_MOST)])]


_UNSPELLED = str.maketrans("", "", "\\- $")


def _key(name: str) -> str:
    """What two spellings of one name share."""
    return strip_plural(name).lower().translate(_UNSPELLED).rstrip("s")


def _merged(found: list[System]) -> list[System]:
    """One entry per name: plurals, long forms and variants of a name kept before are no new names."""
    # "FooNet (FN)" is called FooNet
    found = [
        one._replace(name=one.long_form, long_form="")
        if " " not in one.long_form and "-" not in one.long_form and is_distinctive(one.long_form)
        else one
        for one in found
    ]
    spelled = [system for system in found if system.long_form]
    forms = {_key(system.long_form): system for system in reversed(spelled)}
    for system in spelled:
        for other in found:
            if not other.long_form and _begin_alike(system.long_form, other.name):
                forms.setdefault(_key(other.name), system)
    kept: dict[str, System] = {}
    for one in found:
        short = forms.get(_key(one.name))
        system = one if short is None else one._replace(name=short.name, long_form=short.long_form)
        key = _key(system.name)
        if key in kept:
            if not kept[key].long_form:
                kept[key] = kept[key]._replace(long_form=system.long_form)
        elif not any(_is_form_of(system, other) for other in kept.values()):
            kept[key] = system
    return list(kept.values())


def _begin_alike(long_form: str, name: str) -> bool:
    """Whether a name is the beginning of a long form, or the long form the beginning of the name."""
    short, long = sorted((long_form, name), key=len)
    return (" " in short or "-" in short) and long.startswith(short + " ")


_SIZE = re.compile(r"-(?:\d[\d.]*[BMKbmk]?|[TSBLH]|XL|XXL|[Tt]iny|[Ss]mall|[Bb]ase|[Ll]arge)")


def _is_form_of(system: System, other: System) -> bool:
    """Whether a name only spells out another ("HarDNet") or is a size of it ("OverLoCK-T")."""
    if system.name.startswith(other.name) and _SIZE.fullmatch(system.name, len(other.name)):
        return True
    if " " not in system.name or system.long_form or other.long_form or " " in other.name:
        return False
    capitals = sum(map(str.isupper, other.name))
    return capitals >= 2 and long_form_start(system.name, 0, len(system.name), other.name) == 0


_KINDS = ("benchmark", "dataset", "library", "method", "model")
_BY_WORDS = {kind: re.compile(rf"\b{one_of(kind)}s?\b") for kind in _KINDS}
_BY_NAME = {
    "benchmark": re.compile(r"[Bb]ench|Arena$|Eval$"),
    "dataset": re.compile(r"(?:Set|Data|Corpus|Bank|-\d+[KkM])$"),
    "library": re.compile(r"^(?:Py|py)[A-Z]|(?:Kit|kit|Lib|lib|Toolbox)$|\.jl$"),
}
_MODEL_ENDING = re.compile(
    r"(?:[Nn]ets?|[Ff]ormer|GPT|LM|BERT|ViT|GAN|VAE|NN|Mamba|LLaMA|MLP|KAN|U-?Net|CLIP|NeRF|RNN|LSTM|Diffusion)[\w+.-]{0,4}$"
)
_HEAD_NOUN = re.compile(
    r"[\"”'’)}*]{0,4}[,:]?\s?(?:is |are |—|- )?(?:(?!(?:for|over|of|with|in|on|to|via|using|by|from|that|which) )"
    rf"[\w-]+,? ){{0,7}}?(?P<noun>{ARTEFACT})\b"
)


@lru_cache(maxsize=4096)
def _kind_of_words(phrase: str) -> str:
    """The kind some words name, or nothing."""
    lowered = phrase.lower()
    return next((kind for kind in _KINDS if _BY_WORDS[kind].search(lowered)), "")


def _kind(paper: Paper, system: System) -> str:
    """Method, model, dataset, benchmark or library.

    Decided by the name where it says so itself ("RelBench"), else by the head noun behind it, the last word of its
    long form, the words before it, and its ending ("SkipNet"), in this order; a system of which nothing is said is a
    method.
    """
    for kind, pattern in _BY_NAME.items():
        if pattern.search(system.name):
            return kind
    left, right = "", paper.abstract[system.end : system.end + 110]
    if system.field == "title":
        at = paper.abstract.find(system.name)
        behind = paper.abstract[at + len(system.name) :][:60] if at >= 0 else ""
        right = f"{paper.title[system.end + 1 :]} {behind}"[:110]
    else:
        left = " ".join(paper.abstract[system.start : system.end].split()[-5:-1])
    head = _HEAD_NOUN.match(right)
    for phrase in (head["noun"] if head else "", system.long_form.split(" ")[-1], left):
        if kind := _kind_of_words(phrase):
            return kind
    return "model" if _MODEL_ENDING.search(system.name) else _kind_of_words(right[:60]) or "method"
