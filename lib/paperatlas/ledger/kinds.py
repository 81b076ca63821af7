"""What kind of system a name stands for."""

from __future__ import annotations

import re
from functools import lru_cache

from paperatlas.ledger.names import ARTEFACT
from paperatlas.ledger.patterns import any_of

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
        "[Nn]ets? [Ff]ormer GPT LM BERT ViT GAN VAE NN Mamba LLaMA MLP KAN U-?Net CLIP NeRF RNN LSTM "
        "Diffusion"
    )
    + r"[\w+.-]{0,4}$"
)
_HEAD = re.compile(
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


def kind_of_system(name: str, long_form: str, left: str, right: str) -> str:
    """Method, model, dataset, benchmark or library.

    Decided by the name where it says so itself ("RelBench"), else by the head noun behind it,
    the last word of its long form, the words before it, and its ending ("SkipNet"), in this
    order; a system of which nothing is said is a method.

    Parameters
    ----------
    name, long_form
        The system, and what its abbreviation stands for if that is known.
    left, right
        Some words before and behind the place where it is introduced.
    """
    for kind, pattern in _BY_NAME:
        if pattern.search(name):
            return kind
    head = _HEAD.match(right[:110])
    for words in (head["noun"] if head else "", long_form.split(" ")[-1], " ".join(left.split()[-4:])):
        if words and (kind := _kind_of_words(words)):
            return kind
    if _MODEL_ENDING.search(name):
        return "model"
    return _kind_of_words(right[:60]) or "method"
