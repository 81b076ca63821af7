"""The library's reference, from its docstrings: only what ``import paperatlas`` offers."""

from __future__ import annotations

import inspect

import paperatlas

GROUPS = (
    ("Everything at once", ("Study",)),
    ("From dumps to papers", ("read_papers", "read_dumps", "format_dump", "build_corpus", "near_duplicates", "add_dates")),
    ("Texts as numbers", ("embed_texts", "LsaEmbedder", "project")),
    ("Topics and trends", ("fit_topics", "topic_trends", "trend_tests")),
    ("The ledger", ("build_ledger",)),
    ("Dumps against each other", (
        "describe_dumps", "topics_by_dump", "overlaps", "expected_overlap", "distinguishing_terms",
    )),
    ("How results look", ("Findings", "Table")),
    ("Errors", ("AtlasError", "DumpError")),
)  # fmt: skip


def reference_markdown() -> str:
    """Page of the reference for Sphinx' autodoc, every public name once."""
    known = {name for _, names in GROUPS for name in names}
    rest = tuple(sorted(set(paperatlas.__all__) - known))
    lines = ["# The library", "", "What `import paperatlas as pa` offers, from the docstrings.", ""]
    for title, names in (*GROUPS, ("More", rest)):
        names = tuple(name for name in names if name in paperatlas.__all__)
        if names:
            lines += [f"## {title}", "", "```{eval-rst}"]
            for name in names:
                lines += [*_directive(name), ""]
            lines += ["```", ""]
    return "\n".join(lines)


def _directive(name: str) -> list[str]:
    if inspect.isclass(getattr(paperatlas, name)):
        return [f".. autoclass:: paperatlas.{name}", "   :members:"]
    return [f".. autofunction:: paperatlas.{name}"]
