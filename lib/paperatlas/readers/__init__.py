"""Read papers from the files people have: search pages, tables, tagged text, BibTeX, JSON, Atom, packed or not."""

from paperatlas.readers.dumps import format_dump
from paperatlas.readers.reading import find_sources, iter_papers, read_dumps, read_papers
from paperatlas.readers.records import COLUMNS, NO_ABSTRACT, STATED, Problem, Problems, problem_table

__all__ = [
    "COLUMNS", "NO_ABSTRACT", "STATED", "Problem", "Problems", "find_sources", "format_dump", "iter_papers",
    "problem_table", "read_dumps", "read_papers",
]  # fmt: skip
