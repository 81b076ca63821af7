"""Paper Atlas: what is in a pile of papers, how it hangs together, and how it moves.

>>> import paperatlas as pa
>>> study = pa.Study("data/dumps")
>>> study.topics.at('topic')

Names are imported from their modules when first used, so that ``import paperatlas`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import Any

_NAMES = {
    "compare": ("describe_dumps", "overlaps", "topics_by_dump"),
    "corpus": ("build_corpus", "near_duplicates"),
    "dates": ("add_dates",),
    "display": ("Findings", "Note", "Stack", "Table"),
    "errors": ("AtlasError", "DumpError"),
    "ledger": ("build_ledger", "paper_ledger"),
    "ledger.counts": (
        "code_availability", "entry_shares", "groups_differ", "ledger_memberships", "named_resources", "top_claims",
    ),
    "ledger.views": (
        "PaperQuotes", "claims_table", "dataset_table", "error_report", "mentions_table", "paper_view",
        "richest_paper", "systems_table",
    ),
    "packing": ("bundle",),
    "prose": ("marked_names",),
    "readers": ("find_sources", "format_dump", "iter_papers", "read_dumps", "read_papers"),
    "share": ("cite",),
    "study": ("Study",),
    "text": ("LsaEmbedder", "embed_texts", "project"),
    "topics": ("fit_topics",),
    "trends": ("topic_trends", "trend_tests"),
}  # fmt: skip
_HOME = {name: module for module, names in _NAMES.items() for name in names}

__all__ = sorted(_HOME)

__version__ = version("paperatlas")


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f"paperatlas.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'paperatlas' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
