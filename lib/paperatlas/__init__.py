"""Paper Atlas: what is in a pile of papers, how it hangs together, and how it moves.

>>> import paperatlas as pa
>>> study = pa.Study("data/dumps")
>>> study.topics.at('topic')

Names are imported from their modules when first used, so that ``import paperatlas`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paperatlas.compare import (
        describe_dumps,
        overlaps,
        topics_by_dump,
    )
    from paperatlas.corpus import build_corpus
    from paperatlas.dates import add_dates
    from paperatlas.display import Findings, Note, Stack, Table
    from paperatlas.duplicates import near_duplicates
    from paperatlas.errors import AtlasError, DumpError
    from paperatlas.ledger import build_ledger, paper_ledger
    from paperatlas.ledger.counts import (
        code_availability,
        entry_shares,
        groups_differ,
        ledger_memberships,
        named_resources,
        top_claims,
    )
    from paperatlas.ledger.views import (
        PaperQuotes,
        claims_table,
        dataset_table,
        error_report,
        mentions_table,
        paper_view,
        richest_paper,
        systems_table,
    )
    from paperatlas.packing import bundle
    from paperatlas.prose import marked_names
    from paperatlas.readers import find_sources, format_dump, iter_papers, read_dumps, read_papers
    from paperatlas.share import cite
    from paperatlas.study import Study
    from paperatlas.text import LsaEmbedder, embed_texts, project
    from paperatlas.topics import fit_topics
    from paperatlas.trends import topic_trends, trend_tests

_HOME = {
    "AtlasError": "errors",
    "DumpError": "errors",
    "Findings": "display",
    "Study": "study",
    "Table": "display",
    "add_dates": "dates",
    "build_corpus": "corpus",
    "build_ledger": "ledger",
    "bundle": "packing",
    "cite": "share",
    "LsaEmbedder": "text",
    "claims_table": "ledger.views",
    "dataset_table": "ledger.views",
    "code_availability": "ledger.counts",
    "describe_dumps": "compare",
    "embed_texts": "text",
    "entry_shares": "ledger.counts",
    "error_report": "ledger.views",
    "find_sources": "readers",
    "fit_topics": "topics",
    "format_dump": "readers",
    "groups_differ": "ledger.counts",
    "ledger_memberships": "ledger.counts",
    "marked_names": "prose",
    "mentions_table": "ledger.views",
    "named_resources": "ledger.counts",
    "iter_papers": "readers",
    "near_duplicates": "duplicates",
    "Note": "display",
    "overlaps": "compare",
    "paper_ledger": "ledger",
    "paper_view": "ledger.views",
    "PaperQuotes": "ledger.views",
    "project": "text",
    "read_dumps": "readers",
    "richest_paper": "ledger.views",
    "Stack": "display",
    "systems_table": "ledger.views",
    "top_claims": "ledger.counts",
    "read_papers": "readers",
    "topic_trends": "trends",
    "topics_by_dump": "compare",
    "trend_tests": "trends",
}

__all__ = [
    "AtlasError",
    "DumpError",
    "Findings",
    "LsaEmbedder",
    "Note",
    "PaperQuotes",
    "Stack",
    "Study",
    "Table",
    "add_dates",
    "build_corpus",
    "build_ledger",
    "bundle",
    "cite",
    "claims_table",
    "code_availability",
    "dataset_table",
    "describe_dumps",
    "embed_texts",
    "entry_shares",
    "error_report",
    "find_sources",
    "fit_topics",
    "format_dump",
    "groups_differ",
    "iter_papers",
    "ledger_memberships",
    "marked_names",
    "mentions_table",
    "named_resources",
    "near_duplicates",
    "overlaps",
    "paper_ledger",
    "paper_view",
    "project",
    "read_dumps",
    "read_papers",
    "richest_paper",
    "systems_table",
    "top_claims",
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
