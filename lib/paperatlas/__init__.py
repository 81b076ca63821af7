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
    from paperatlas.display import Findings, Note, Stack, Table
    from paperatlas.errors import AtlasError, DumpError
    from paperatlas.layout import project
    from paperatlas.ledger import build_ledger, leaderboards, paper_ledger, score_ledger
    from paperatlas.ledger_views.counts import (
        code_availability,
        entry_shares,
        groups_differ,
        ledger_memberships,
        named_resources,
        top_claims,
    )
    from paperatlas.ledger_views.error import error_report
    from paperatlas.ledger_views.paper import paper_view, richest_paper
    from paperatlas.ledger_views.quotes import PaperQuotes
    from paperatlas.ledger_views.tables import (
        claims_table,
        leaderboard_tables,
        links_table,
        mentions_table,
        shares_table,
        systems_table,
    )
    from paperatlas.packing import bundle
    from paperatlas.prose import marked_names
    from paperatlas.readers import find_sources, format_dump, iter_papers, read_dumps, read_papers
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
    "bundle": "packing",
    "LsaEmbedder": "vectors",
    "claims_table": "ledger_views.tables",
    "code_availability": "ledger_views.counts",
    "describe_dumps": "compare",
    "distinguishing_terms": "compare",
    "embed_texts": "vectors",
    "entry_shares": "ledger_views.counts",
    "error_report": "ledger_views.error",
    "expected_overlap": "compare",
    "find_sources": "readers",
    "fit_topics": "topics",
    "format_dump": "readers",
    "groups_differ": "ledger_views.counts",
    "leaderboard_tables": "ledger_views.tables",
    "leaderboards": "ledger",
    "ledger_memberships": "ledger_views.counts",
    "links_table": "ledger_views.tables",
    "marked_names": "prose",
    "mentions_table": "ledger_views.tables",
    "named_resources": "ledger_views.counts",
    "iter_papers": "readers",
    "near_duplicates": "corpus",
    "Note": "display",
    "overlaps": "compare",
    "paper_ledger": "ledger",
    "paper_view": "ledger_views.paper",
    "PaperQuotes": "ledger_views.quotes",
    "project": "layout",
    "read_dumps": "readers",
    "richest_paper": "ledger_views.paper",
    "score_ledger": "ledger",
    "shares_table": "ledger_views.tables",
    "Stack": "display",
    "systems_table": "ledger_views.tables",
    "top_claims": "ledger_views.counts",
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
    "claims_table",
    "code_availability",
    "describe_dumps",
    "distinguishing_terms",
    "embed_texts",
    "entry_shares",
    "error_report",
    "expected_overlap",
    "find_sources",
    "fit_topics",
    "format_dump",
    "groups_differ",
    "iter_papers",
    "leaderboard_tables",
    "leaderboards",
    "ledger_memberships",
    "links_table",
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
    "score_ledger",
    "shares_table",
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
