"""The systems a paper introduces, by name: those of its title and its abstract, each once, with its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

import pandas as pd

from paperatlas.ledger.introductions import INTRODUCING, Paper, System, called, introduced, ours
from paperatlas.ledger.names import (
    ADJECTIVE,
    ARTEFACT,
    NOT_BUILT,
    is_capitalised,
    is_common,
    is_distinctive,
    is_known,
    names_artefact,
    read_bracket,
    strip_plural,
)
from paperatlas.ledger.reading import any_of, cue_places, read_papers, word_places
from paperatlas.text.abbreviations import long_form_start

# No abstract introduces more; a made-up one may try.
_AT_MOST = 60

_COLON = re.compile(r"(?P<name>[^:]{2,70}?)\s?:\s")
# Words with which sentences begin, and topics, but no names.
_NO_NAME_STARTS = re.compile(
    any_of(
        "On Towards? How What Why When Where Who Is Are Do Does Can Should Will Beyond From The A An In "
        "With One Two Three More Your My Let It This These Some No Not To For If Mind Emergence Report "
        "Review Survey Case Introduction Position Poster Demo SoK [A-Z][a-z]{2,}ing(?!_(?:Network|Transformer|Model))"
    )
    + r"\b"
)
_NO_NAME_HOLDS = re.compile(
    r"\b"
    + any_of(
        r"task_\d shared_task semeval competition workshop survey review introduction overview tutorial "
        r"challenge perspective position_paper case_study part_[IV0-9]+ version about are is not vs\.? "
        r"versus you we without and_its matters? helps? meets needs? makes beats can does do"
    )
    + r"\b|[?!]|\.\s",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"\\(?:text|math)\w{2}|[${}\\]")
_TITLE_HEAD = re.compile(r"(?:[^:]{2,70}: )?(?:(?:An?|The|Our|Introducing|Towards) )?")


def from_title(paper: Paper) -> Iterator[System]:
    """The name before the colon of a title, or at its head, if the abstract bears it out."""
    lead = _COLON.match(paper.title)
    if lead is None:
        yield from _whole_title(paper)
    else:
        yield from _before_colon(paper, lead["name"].strip())
    yield from _abbreviated_head(paper)


def _before_colon(paper: Paper, raw: str) -> Iterator[System]:
    prefix = raw.strip("*\"“”'`").strip()
    if "$" in prefix or "\\" in prefix:
        prefix = _MARKUP.sub("", prefix)
    words = prefix.split(" ")
    start = paper.title.index(raw)
    end = start + len(raw)
    if _can_be_name(prefix, words) and _is_prefix_name(paper, prefix, words, end):
        name = strip_plural(prefix) if len(words) == 1 else prefix
        yield System(name, "", "", "title-colon", "title", start, end)


def _can_be_name(prefix: str, words: list[str]) -> bool:
    """Whether a prefix is built like a name, and not like a phrase or a sentence."""
    if not prefix or _NO_NAME_STARTS.fullmatch(prefix):
        return False
    if len(words) == 1 and is_distinctive(prefix):
        return True
    if len(words) > 6 or "and" in words or "," in prefix:
        return False
    if _NO_NAME_HOLDS.search(prefix) or NOT_BUILT.search(words[-1]):
        return False
    if len(words) == 1:
        return True
    if words[1] in ("in", "of", "with", "as") or (is_common(words[0]) and words[1].islower()):
        return False
    return not _NO_NAME_STARTS.match(prefix)


def _is_prefix_name(paper: Paper, prefix: str, words: list[str], end: int) -> bool:
    title = paper.title
    bare = strip_plural(prefix)
    if len(words) == 1 and bare.isupper() and long_form_start(title, end + 1, len(title), bare) is not None:
        return True
    if is_known(prefix):
        return False
    return _word_is_name(paper, prefix) if len(words) == 1 else _words_are_name(paper, prefix, words)


def _word_is_name(paper: Paper, prefix: str) -> bool:
    """Whether one word is a name: by its spelling, or since the abstract writes it with a capital throughout."""
    text = paper.abstract
    if is_distinctive(prefix):
        return True
    if not prefix[:1].isupper():
        return prefix in text
    if text and prefix.lower() not in text.lower():
        return True
    return any(
        text[at - 1 : at].strip() or text[at - 2 : at - 1] not in ("", ".", "!", "?")
        for at in word_places(prefix, text)
        if at
    )


def _words_are_name(paper: Paper, prefix: str, words: list[str]) -> bool:
    """Whether several words are a name: by their spelling, or by how the abstract uses them."""
    text = paper.abstract
    if word_places(prefix, text) and all(map(is_capitalised, words)):
        return True
    coined = [
        word
        for word in words
        if is_distinctive(word)
        and not is_known(word)
        and not ("-" in word and word.istitle() and ADJECTIVE.search(word.lower()))
    ]
    # "Context-aware TFL: ..." is a phrase where the abstract explains TFL by itself
    explained = {bracket.short for bracket in paper.brackets}
    if len(words) <= 3 and coined and not explained.intersection(coined):
        return True
    if not text or sum(map(is_capitalised, words)) < 2:
        return False
    if word_places(prefix, text):
        return True
    lowered = text.lower()
    if len(words) <= 3 and names_artefact(words[-1].lower()) and " ".join(words[-2:]).lower() in lowered:
        return True
    at = lowered.find(prefix.lower().rstrip("s"))
    return at >= 0 and INTRODUCING.search(text[max(0, at - 40) : at]) is not None


def _whole_title(paper: Paper) -> Iterator[System]:
    """A short title that the abstract repeats, word for word and in capitals, is a name."""
    title = paper.title.strip()
    words = title.split(" ")
    if not 2 <= len(words) <= 4 or not all(map(is_capitalised, words)) or not _can_be_name(title, words):
        return
    built = names_artefact(words[-1].lower()) or title.rstrip("s").endswith(("Machine", "Net"))
    if built and title.rstrip("s") in paper.abstract:
        start = paper.title.index(title)
        yield System(title, "", "", "title-name", "title", start, start + len(title))


def _abbreviated_head(paper: Paper) -> Iterator[System]:
    """What heads the title and is abbreviated in the abstract: "A Foo Bar Framework for ..." and "... (FBF)"."""
    head = _TITLE_HEAD.match(paper.title)
    begin = head.end() if head else 0
    title = paper.title[begin:].lower()
    text = paper.abstract
    for at in cue_places(text, ("(",)):
        bracket = read_bracket(text, at, len(text)) if text[at + 1 : at + 2].lower() == title[:1] else None
        if bracket is None:
            continue
        start = long_form_start(text, max(0, at - 90), at, bracket.short)
        long_form = text[start:at].strip() if start is not None else ""
        parts = long_form.split()
        if len(parts) < 2 or is_common(bracket.short) or not title.startswith(long_form.lower().rstrip("s")):
            continue
        if names_artefact(parts[-1].lower()) and (begin or all(map(is_capitalised, parts))):
            yield System(
                bracket.short, long_form, "", "title-name", "title", begin, begin + len(long_form.rstrip("s"))
            )


def systems_in(title: str, abstract: str) -> list[System]:
    """Every system one paper introduces, the surest rule first, each name once."""
    paper = Paper(title, abstract)
    found = [*islice(_found_in(paper), _AT_MOST)]
    return [system._replace(kind=_kind(paper, system)) for system in _merged(found)]


def _found_in(paper: Paper) -> Iterator[System]:
    yield from from_title(paper)
    yield from introduced(paper)
    yield from called(paper)
    yield from ours(paper)


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


_WORDS = {
    "benchmark": r"benchmark leaderboard test_?bed test_suite evaluation_suite challenge_set",
    "dataset": r"data_?sets?\b corpus corpora data_collection image_collection treebank knowledge_graph",
    "library": r"library toolkit toolbox \bpackage\b software plugin simulator \bapi\b command.line",
    "method": r"framework method\b approach algorithm technique strategy mechanism module scheme paradigm \bloss\b "
    r"metric pipeline procedure optimi[sz]er methodology",
    "model": r"models?\b networks?\b architecture transformer backbone llm vlm encoder decoder \bagent\b",
}
_BY_WORDS = tuple((kind, re.compile(any_of(words))) for kind, words in _WORDS.items())
_ANY_KIND = re.compile(any_of(" ".join(_WORDS.values())))
_BY_NAME = (
    ("benchmark", re.compile(r"[Bb]ench|Arena$|Eval$")),
    ("dataset", re.compile(r"(?:Set|Data|Corpus|Bank|-\d+[KkM])$")),
    ("library", re.compile(r"^(?:Py|py)[A-Z]|(?:Kit|kit|Lib|lib|Toolbox)$|\.jl$")),
)
_MODEL_ENDING = re.compile(
    any_of(
        "[Nn]ets? [Ff]ormer GPT LM BERT ViT GAN VAE NN Mamba LLaMA MLP KAN U-?Net CLIP NeRF RNN LSTM Diffusion"
    )
    + r"[\w+.-]{0,4}$"
)
_HEAD_NOUN = re.compile(
    r"[\"”'’)}*]{0,4}[,:]?\s?(?:is |are |—|- )?(?:(?!"
    + any_of("for over of with in on to via using by from that which")
    + r" )[\w-]+,? ){0,7}?(?P<noun>"
    + ARTEFACT
    + r")\b"
)


@lru_cache(maxsize=4096)
def _kind_of_words(words: str) -> str:
    """The kind some words name, or nothing."""
    lowered = words.lower()
    if not _ANY_KIND.search(lowered):
        return ""
    return next((kind for kind, pattern in _BY_WORDS if pattern.search(lowered)), "")


def _kind(paper: Paper, system: System) -> str:
    """Method, model, dataset, benchmark or library.

    Decided by the name where it says so itself ("RelBench"), else by the head noun behind it, the last word of its
    long form, the words before it, and its ending ("SkipNet"), in this order; a system of which nothing is said is a
    method.
    """
    for kind, pattern in _BY_NAME:
        if pattern.search(system.name):
            return kind
    left, right = "", paper.abstract[system.end : system.end + 130]
    if system.field == "title":
        at = paper.abstract.find(system.name)
        behind = paper.abstract[at + len(system.name) :][:60] if at >= 0 else ""
        right = f"{paper.title[system.end + 1 :]} {behind}"
    else:
        left = " ".join(paper.abstract[system.start : system.end].split()[-5:-1])
    head = _HEAD_NOUN.match(right[:110])
    for words in (head["noun"] if head else "", system.long_form.split(" ")[-1], left):
        if words and (kind := _kind_of_words(words)):
            return kind
    return "model" if _MODEL_ENDING.search(system.name) else _kind_of_words(right[:60]) or "method"


def find_systems(corpus: pd.DataFrame) -> pd.DataFrame:
    """The systems each paper of a corpus introduces.

    Parameters
    ----------
    corpus
        One row per paper with `paper_id`, `title`, `abstract`.

    Returns
    -------
    One row per paper and name: `paper_id`, `name`, `long_form` where the paper spells the name out, `kind` (method,
    model, dataset, benchmark or library), `rule`, `field` (title or abstract), and `quote` = that field from `start`
    to `end`.

    Notes
    -----
    Abbreviations are matched with their long forms after Schwartz and Hearst (PSB 2003). A text is read up to
    `READ_AT_MOST` characters.
    """
    return read_papers(corpus, SYSTEMS)[0]


SYSTEMS = (systems_in, System)
