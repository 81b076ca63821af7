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
    read_bracket,
    resources,
    strip_plural,
)
from paperatlas.ledger.reading import one_of, word_places
from paperatlas.text.tokens import long_form_start

# No paper introduces more; a made-up text may.
_AT_MOST = 40

_COLON = re.compile(r"(?P<name>[^:]{2,70}?)(?:\s?:|\s(?:[–—]|--?))\s")
# Words with which phrases and sentences begin, but no name.
_PHRASE_STARTS = re.compile(
    rf"(?:{one_of('phrase start')}|[A-Z][a-z]{{2,}}ing(?! (?:Network|Transformer|Model)))\b"
)
_PHRASES = re.compile(r"['’]s? | (?:and|&) |Report$|20\d\d$")  # "Ship's Revival", "Challenge 2025"
_MARKUP = re.compile(r"\\(?:text|math)\w{2}|[${}\\]")


def from_title(paper: Paper) -> Iterator[System]:
    """The name before the colon of a title, or a title that is a name, if the abstract bears it out."""
    lead = _COLON.match(paper.title)
    raw = (lead["name"] if lead else paper.title).strip()
    prefix = _MARKUP.sub("", raw.strip("*\"“”'`").strip())
    parts = prefix.split(" ")
    start = paper.title.index(raw)
    bracket = read_bracket(raw, raw.find("("), len(raw)) if lead and not _PHRASE_STARTS.match(raw) else None
    if bracket and bracket.end == len(raw) and is_new(bracket.short):
        yield System(bracket.short, raw[: bracket.start].strip(), "", "title", start, start + len(raw))
        return
    short, after = strip_plural(prefix), start + len(raw)
    spelled = short.isupper() and long_form_start(paper.title, after, len(paper.title), short) is not None
    known = is_known(prefix) and getattr(resources().get(prefix), "kind", "") != "dataset"
    if not prefix or (known and not spelled):
        return
    if lead is None and not (
        2 <= len(parts) <= 4 and names_artefact(parts[-1].lower()) and prefix in paper.abstract
    ):
        return
    if _word_is_name(paper, prefix) if len(parts) == 1 else _words_are_name(paper, prefix, parts):
        name = strip_plural(prefix) if len(parts) == 1 else prefix
        yield System(name, "", "", "title", start, start + len(raw))


def _word_is_name(paper: Paper, word: str) -> bool:
    """Whether one word is a name: by its spelling, or since the abstract writes it with a capital throughout."""
    text = paper.abstract
    if is_distinctive(word) or word.isupper():
        return True
    if _PHRASE_STARTS.fullmatch(word):
        return False
    if not word[:1].isupper():
        return word in text
    if text and all(text[at - 1 : at] == "/" for at in word_places(word.lower(), text.lower())):
        return True  # it stands nowhere, or in an address only
    return any(text[at - 2 : at - 1] not in ("", ".", "!", "?") for at in word_places(word, text) if at)


def _words_are_name(paper: Paper, prefix: str, parts: list[str]) -> bool:
    """Whether several words are a name: one of them is coined, or the abstract writes them all with capitals."""
    if len(parts) > 6 or NOT_BUILT.search(prefix) or _PHRASE_STARTS.match(prefix) or _PHRASES.search(prefix):
        return False
    if word_places(prefix, paper.abstract) and all(map(is_capitalised, parts)):
        return True
    coined = any(is_new(word) and not ("-" in word and word.istitle()) for word in parts)
    built = names_artefact(parts[-1].lower()) and " ".join(parts[-2:]).lower() in paper.abstract.lower()
    return len(parts) <= 3 and (coined or (built and all(map(is_capitalised, parts))))


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
    kept: dict[str, System] = {}
    for one in found:
        key = _key(one.name)
        same = next((other for other in kept if other == key or _is_same(one, kept[other])), None)
        if same is None:
            kept[key] = one
        elif one.long_form and not kept[same].long_form:
            kept[same] = kept[same]._replace(name=one.name, long_form=one.long_form)
    return list(kept.values())


def _is_same(one: System, other: System) -> bool:
    """Whether two systems have one name, or one spells out the other ("Harmonic Dense Net", HarDNet)."""
    if _key(one.name) == _key(other.name):
        return True
    for short, long in ((one, other), (other, one)):
        if short.long_form and not long.long_form and _key(short.long_form) == _key(long.name):
            return True
        if " " in long.name and " " not in short.name and not (long.long_form or short.long_form):
            capitals = sum(map(str.isupper, short.name))
            if capitals >= 2 and long_form_start(long.name, 0, len(long.name), short.name) == 0:
                return True
    return False


_KINDS = ("benchmark", "dataset", "library", "method", "model")
_BY_WORDS = {kind: re.compile(rf"\b{one_of(kind)}s?\b") for kind in _KINDS}
_BY_NAME = {
    "benchmark": re.compile(r"[Bb]ench|Arena$"),
    "dataset": re.compile(r"(?:Set|Data|Corpus|Bank|-\d+[KkM])$"),
    "library": re.compile(r"^(?:Py|py)[A-Z]|(?:Kit|kit|Lib|lib|Toolbox)$|\.jl$"),
}
_MODEL_ENDING = re.compile(
    r"(?:[Nn]ets?|[Ff]ormer|GPT|LM|BERT|ViT|GAN|VAE|NN|Mamba|LLaMA|MLP|KAN|U-?Net|CLIP|NeRF|RNN|LSTM|Diffusion)[\w+.-]{0,4}$"
)
_HEAD_NOUN = re.compile(
    r"[\"”'’)}*$]{0,4}(?:\s\([^()]{1,60}\))?(?!,? and )[,:]?\s?(?:is |are |—|--? )?"
    r"(?:(?!(?:for|over|of|with|in|on|to|via|using|by|from|that|which) )[\w-]+,? ){0,7}?"
    rf"(?P<noun>{ARTEFACT})\b(?!-| (?:(?-i:[A-Z])|{ARTEFACT}s?\b))",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def _kind_of_words(phrase: str) -> str:
    """The kind some words name, or nothing."""
    lowered = phrase.lower()
    return next((kind for kind in _KINDS if _BY_WORDS[kind].search(lowered)), "")


def _kind(paper: Paper, system: System) -> str:
    """Method, model, dataset, benchmark or library: by the name, by the head noun behind it, by other words."""
    for kind, pattern in _BY_NAME.items():
        if pattern.search(system.name):
            return kind
    texts = (paper.title, paper.abstract)
    ends = [(text, at + len(system.name)) for text in texts for at in word_places(system.name, text)[:1]]
    heads = [head["noun"] for text, end in ends if (head := _HEAD_NOUN.match(text, end, end + 110))]
    before = [" ".join(text[max(0, end - 80) : end].rpartition(". ")[2].split()[-7:-1]) for text, end in ends]
    for phrase in (*heads, system.long_form.split(" ")[-1], *before):
        if kind := _kind_of_words(phrase):
            return kind
    return "model" if _MODEL_ENDING.search(system.name) else "method"
