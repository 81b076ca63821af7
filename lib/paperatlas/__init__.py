"""Paper Atlas: what is in a pile of papers, how it hangs together, and how it moves.

>>> import paperatlas as pa
>>> study = pa.Study("data/dumps")
>>> study.topics.table

Names are imported from their modules when first used, so that ``import paperatlas`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paperatlas.compare import (
        describe_dumps,
        distinguishing_terms,
        expected_overlap,
        overlaps,
        topics_by_dump,
    )
    from paperatlas.corpus import build_corpus, near_duplicates
    from paperatlas.dates import add_dates
    from paperatlas.display import Findings, Table
    from paperatlas.dumps import find_dumps, format_dump, read_dumps
    from paperatlas.errors import AtlasError, DumpError
    from paperatlas.layout import project
    from paperatlas.ledger import build_ledger
    from paperatlas.study import Study
    from paperatlas.topics import fit_topics
    from paperatlas.trends import topic_trends, trend_tests
    from paperatlas.vectors import LsaEmbedder, embed_texts

_HOME = {
    "AtlasError": "errors",
    "DumpError": "errors",
    "Findings": "display",
    "Study": "study",
    "Table": "display",
    "add_dates": "dates",
    "build_corpus": "corpus",
    "build_ledger": "ledger",
    "LsaEmbedder": "vectors",
    "describe_dumps": "compare",
    "distinguishing_terms": "compare",
    "embed_texts": "vectors",
    "expected_overlap": "compare",
    "find_dumps": "dumps",
    "fit_topics": "topics",
    "format_dump": "dumps",
    "near_duplicates": "corpus",
    "overlaps": "compare",
    "project": "layout",
    "read_dumps": "dumps",
    "topic_trends": "trends",
    "topics_by_dump": "compare",
    "trend_tests": "trends",
}

__all__ = [
    "AtlasError",
    "DumpError",
    "Findings",
    "LsaEmbedder",
    "Study",
    "Table",
    "add_dates",
    "build_corpus",
    "build_ledger",
    "describe_dumps",
    "distinguishing_terms",
    "embed_texts",
    "expected_overlap",
    "find_dumps",
    "fit_topics",
    "format_dump",
    "near_duplicates",
    "overlaps",
    "project",
    "read_dumps",
    "topic_trends",
    "topics_by_dump",
    "trend_tests",
]

try:
    __version__ = version("paperatlas")
except PackageNotFoundError:
    __version__ = "0"


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f"paperatlas.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'paperatlas' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
