"""What kind of file a source is: by its content first, then by its name."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import NamedTuple

from paperatlas.errors import DumpError
from paperatlas.readers import tables
from paperatlas.readers.bibtex import bibtex_entries
from paperatlas.readers.content import Content, encoding_of, seekable
from paperatlas.readers.json_records import json_entries
from paperatlas.readers.pages import looks_like_page, page_entries
from paperatlas.readers.problems import Problems
from paperatlas.readers.records import Entry
from paperatlas.readers.tagged import dialect_of, tagged_entries
from paperatlas.readers.xml_feed import feed_entries

Reader = Callable[[Content, Problems], Iterator[Entry]]


class Kind(NamedTuple):
    """A kind of file: what it is called, who reads it, and the endings it goes by."""

    name: str
    read: Reader
    endings: tuple[str, ...]


PAGE = Kind("search page", page_entries, ())
TABLE = Kind("table", tables.csv_entries, (".csv", ".tsv", ".tab"))
WORKBOOK = Kind("workbook", tables.xlsx_entries, (".xlsx", ".xlsm"))
PARQUET = Kind("Parquet table", tables.parquet_entries, (".parquet", ".pq"))
TAGGED = Kind("tagged text", tagged_entries, (".ris", ".nbib", ".ciw", ".enw", ".medline"))
BIBTEX = Kind("BibTeX library", bibtex_entries, (".bib", ".bibtex"))
JSON = Kind("JSON", json_entries, (".json", ".jsonl", ".ndjson"))
FEED = Kind("Atom feed", feed_entries, (".atom",))
KINDS = (PAGE, TABLE, WORKBOOK, PARQUET, TAGGED, BIBTEX, JSON, FEED)

_KNOWN = "search pages, CSV, TSV, .xlsx, Parquet, RIS, PubMed, Web of Science, EndNote, BibTeX, JSON and Atom are read"
# What people also have, by its first bytes, and how to save it anew.
_FOREIGN = (
    (b"%PDF", "a PDF", "export the list of papers from where you keep it"),
    (b"\xd0\xcf\x11\xe0", "an old Office file", "save it as .xlsx or CSV"),
    (b"SQLite format 3", "a database", "export it from the program that wrote it"),
    (b"{\\rtf", "rich text", "save it as plain text"),
    (b"BZh", "a bzip2 file", "unpack it first"),
    (b"\xfd7zXZ", "an xz file", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file", "unpack it first"),
    (b"7z\xbc\xaf", "a 7z file", "unpack it first"),
    (b"Rar!", "a rar file", "unpack it first"),
    (b"\x89PNG", "a picture", "export the list of papers as text"),
)
_BIB_ENTRY = re.compile(
    r"(?m)^[ \t]*@\s*(?!comment|preamble|string)[A-Za-z]+\s*[{(][^\n]*(?:,|\n)[\s\S]{0,300}?="
)
_JSON_START = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[{\]])")
_ROOT = re.compile(
    r"(?:<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>|\s)*<([\w:.-]+)", re.DOTALL
)
_HTML = re.compile(r"(?i)\s*<(?:!doctype html|html|head|body)|<div[\s>]|<article[\s>]")


def kind_of(content: Content) -> Kind:
    """Kind of a source.

    Raises
    ------
    DumpError
        If it is of no known kind; the message says what was found and how to save it anew.
    """
    start = content.head()
    for magic, name, remedy in _FOREIGN:
        if start.startswith(magic):
            raise DumpError(f"{content.name} is {name}; {remedy}")
    if start[:4] == b"PAR1":
        return PARQUET
    if start[:4] == b"PK\x03\x04":
        return _office(content)
    encoding = encoding_of([start[: len(start) // 2 * 2]], content.name) if start else "utf-8"
    head = start.decode(encoding, errors="replace").lstrip("\ufeff")
    if not head.strip() and _is_blank(content):
        raise DumpError(f"{content.name} is empty; save it again, or leave it out")
    return _by_text(head, content) or _by_name(content) or _refuse(content, head)


def _by_text(head: str, content: Content) -> Kind | None:
    if head.lstrip().startswith("<"):
        return _markup(head, content)
    if dialect_of(head.replace("\r", "\n")):
        return TAGGED
    if _JSON_START.match(head):
        return JSON
    if (found := _BIB_ENTRY.search(head)) and not looks_like_page(head[: found.start()]):
        return BIBTEX
    if _has_header(head):
        return TABLE
    named = next((kind for kind in KINDS if content.suffix in kind.endings), None)
    return PAGE if named is None and looks_like_page(head) else None


def _has_header(head: str) -> bool:
    """Whether one of the first lines names columns, a title's and another's."""
    lines = head.splitlines()[: tables.LINES_ABOVE]
    return any(tables.SEP.fullmatch(line) for line in lines[:1]) or any(map(tables.is_header, lines))


def _markup(head: str, content: Content) -> Kind:
    if "http://www.w3.org/2005/Atom" in head and re.search(r"<(?:\w+:)?feed\b", head):
        return FEED
    if _HTML.search(head):
        return PAGE
    root = _ROOT.match(head)
    name = root.group(1) if root else "XML"
    raise DumpError(
        f"{content.name} is XML of another kind (<{name}>); expected an Atom feed; save the papers as RIS, BibTeX or CSV"
    )


def _office(content: Content) -> Kind:
    try:
        with content.open_bytes() as file, zipfile.ZipFile(seekable(file, content)) as packed:
            names = packed.namelist()
    except (OSError, ValueError, IndexError, zipfile.BadZipFile, NotImplementedError) as error:
        raise DumpError(f"{content.name}: expected a whole workbook, found {error}; save it again") from error
    if any(name.startswith("xl/") for name in names):
        return WORKBOOK
    raise DumpError(f"{content.name} is a document and no table; save the list of papers as CSV or .xlsx")


def _by_name(content: Content) -> Kind | None:
    return next((kind for kind in KINDS if content.suffix in kind.endings), None)


def _is_blank(content: Content) -> bool:
    return not any(chunk.strip() for chunk in content.chunks())


def _refuse(content: Content, head: str) -> Kind:
    shown = " ".join(head.split())[:60]
    raise DumpError(
        f"{content.name} is of no known kind (it begins {shown!r}); {_KNOWN}; save it as one of these"
    )
