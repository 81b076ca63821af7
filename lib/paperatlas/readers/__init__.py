"""Read papers from the files people have: search pages, tables, tagged text, BibTeX, JSON, Atom, packed or not."""

from paperatlas.readers.dumps import format_dump
from paperatlas.readers.problems import Problem, problem_table
from paperatlas.readers.reading import find_sources, iter_papers, read_dumps, read_papers
from paperatlas.readers.records import COLUMNS, STATED

__all__ = [
    "COLUMNS",
    "STATED",
    "Problem",
    "find_sources",
    "format_dump",
    "iter_papers",
    "problem_table",
    "read_dumps",
    "read_papers",
]
