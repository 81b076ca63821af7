"""Papers from BibTeX: entries with an abstract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from paperatlas.dates.candidates import Problems
from paperatlas.errors import AtlasError
from paperatlas.readers.schema import Row, row_of
from paperatlas.readers.tables import open_text

_BLOCK = re.compile(r"\s*@\s*(\w+)\s*[{(]")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_LONGEST_ENTRY = 10_000_000
# A run of characters that LaTeX gives a meaning to; all other text needs no decoding.
_LATEX = re.compile(r"[\\{}$~]")
_VENUES = ("journal", "booktitle", "series")


def bibtex_rows(path: Path, problems: Problems, *, today: date) -> Iterator[Row]:
    """Papers of a BibTeX file, one entry at a time.

    Every entry is parsed by itself, so that one that is broken costs nothing but itself.

    Raises
    ------
    AtlasError
        If bibtexparser is not installed or the file is no UTF-8 text.
    """
    try:
        import bibtexparser
        from bibtexparser.middlewares import LatexDecodingMiddleware
    except ImportError as error:
        raise AtlasError(
            f"{path}: reading BibTeX needs bibtexparser; pip install 'paperatlas[scale]'"
        ) from error
    decode = LatexDecodingMiddleware(keep_braced_groups=False)
    strings: dict[str, str] = {}
    dates: dict[str, str] = {}
    for line, kind, text in _blocks(path):
        if kind in {"comment", "preamble"}:
            continue
        library = bibtexparser.parse_string(text)
        strings.update((string.key.lower(), str(string.value)) for string in library.strings)
        for block in library.failed_blocks:
            problems.add(
                line,
                "a whole BibTeX entry",
                repr(text[:60].strip()),
                f"{_first_sentence(block.error)}; the entry was skipped",
            )
        for entry in library.entries:
            fields = {
                field.key.lower(): _text(field.value, strings, decode)
                for field in entry.fields
                if field.key.lower() in _WANTED
            }
            row = row_of(_roles(fields), line, problems, today=today, dates=dates)
            if row is not None:
                yield row


_WANTED = {"title", "abstract", "year", "month", "date", "eprint", "url", *_VENUES}


def _roles(fields: dict[str, str]) -> dict[str, object]:
    year, month = fields.get("year", ""), _month(fields.get("month", ""))
    return {
        "title": fields.get("title"),
        "abstract": fields.get("abstract"),
        "published": fields.get("date") or (f"{year}-{month:02d}" if year and month else year),
        "arxiv_id": next((fields[name] for name in ("eprint", "url") if fields.get(name)), ""),
        "venue": next((fields[name] for name in _VENUES if fields.get(name)), ""),
    }


def _month(text: str) -> int:
    found = _MONTHS.get(text.strip()[:3].casefold(), 0)
    return found or (int(text) if text.strip().isdecimal() and 1 <= int(text) <= 12 else 0)


def _text(value: object, strings: dict[str, str], decode: Any) -> str:
    text = strings.get(str(value).strip().lower(), str(value))
    if not _LATEX.search(text):
        return text
    # The library's transform works on whole entries; its one-string form is what is needed here.
    decoded, fault = decode._transform_python_value_string(text)
    return text if fault else str(decoded)


def _blocks(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, kind and text of every block: from one ``@kind{`` at the start of a line to the next."""
    held: list[str] = []
    start, size, kind = 1, 0, ""
    number = 0
    try:
        with open_text(path) as lines:
            for number, line in enumerate(lines, start=1):
                if found := _BLOCK.match(line):
                    if kind:
                        yield start, kind, "".join(held)
                    held, start, size, kind = [], number, 0, found.group(1).lower()
                size += len(line)
                if size > _LONGEST_ENTRY:
                    raise AtlasError(
                        f"{path}, line {start}: expected BibTeX entries, found one of more than "
                        f"{_LONGEST_ENTRY:,} characters; check that the file is BibTeX"
                    )
                held.append(line)
    except (UnicodeDecodeError, OSError, EOFError) as error:
        raise AtlasError(
            f"{path}, line {number + 1}: expected UTF-8 text, found {error}; save the file as UTF-8"
        ) from error
    if kind:
        yield start, kind, "".join(held)


def _first_sentence(error: object) -> str:
    return " ".join(str(error).split())[:120]
