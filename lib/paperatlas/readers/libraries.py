"""Papers from reference managers and databases: tagged text (RIS, PubMed, Web of Science, EndNote) and BibTeX."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterator
from itertools import chain, islice, zip_longest

from paperatlas.readers.content import Content
from paperatlas.readers.markup import bibtex_to_text
from paperatlas.readers.records import Entry, Problems, is_known
from paperatlas.shipped import rows_of

_DIALECTS = rows_of("dialects")
# Web of Science gives each author a line of its own.
_LISTED_TAGS = ("AU", "AF", "A1")
_LISTED_FIELDS = ("authors", "keywords", "doi")
_MOST_LINES_OF_A_RECORD = 20_000
_LETTERS_ABOVE = 2_000


def dialect_of(head: str) -> tuple[dict[str, str], str] | None:
    """Which of the dialects of tagged text this is the beginning of, and the tag that begins a record; None for none."""
    head = head.replace("\r\n", "\n").replace("\r", "\n")
    begins = (
        (re.compile(row["begin"], re.MULTILINE).search(head, 0, _LETTERS_ABOVE), row) for row in _DIALECTS
    )
    found = [(match, row) for match, row in begins if match]
    first, dialect = min(found, key=lambda one: one[0].start(), default=(None, {}))
    return (dialect, first[1] or "PT") if first else None


def tagged_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a tagged file; a line without a tag goes on with the field before it."""
    lines = content.lines()
    above = list(islice(lines, 200))
    dialect, begin = dialect_of("".join(above)) or (_DIALECTS[0], "TY")
    form, ends = re.compile(dialect["line"]), [begin, *dialect["ends"].split()]
    fields: dict[str, list[str]] = {}
    start, last, outside = 0, "", ""
    for number, line in enumerate(chain(above, lines, [begin]), start=1):
        found = form.match(line.rstrip("\n"))
        tag, said = (part.strip() for part in (found.groups("") if found else ("", line)))
        if tag in ends or line is begin:
            if any(map(any, fields.values())):
                yield Entry(meant(dialect["format"], fields.get), start)
            fields, start, last = {}, number if tag == begin else 0, ""
        if start and tag:
            last = tag
            fields.setdefault(tag, []).append(said)
        elif start and last and said and number - start < _MOST_LINES_OF_A_RECORD:
            if last in _LISTED_TAGS:
                fields[last].append(said)
            else:
                fields[last][-1] += f" {said}"
        elif said and not (start or outside or tag in ends or line is begin):
            outside = line.strip()
            remedy = "look at the lines around it"
            problems.add(f"line {number}", outside, "a line outside of every record", remedy)


def meant(dialect: str, texts_at: Callable[[str], list[str] | None]) -> dict[str, object]:
    """What the texts at each tag stand for, the best first: the title of the paper before that of the book."""
    said: dict[str, object] = {}
    for row in rows_of("tags"):
        if row["format"] == dialect and (values := list(filter(None, texts_at(row["tag"]) or ()))):
            said.setdefault(row["field"], values if row["field"] in _LISTED_FIELDS else values[0])
    if dialect == "PubMed":
        said["title"] = str(said.get("title", "")).removesuffix(".")
    return said


_NAME = r"[A-Za-z][\w:+/-]*\s*="
# An entry begins with a kind and a field, or with a key, which may hold a comma, lack the one after it, or be closed too
# early. What stands in a title, such as "recall@k(all)", begins none.
BIBTEX_ENTRY = re.compile(
    rf"(?<!\w)@\s*(?P<kind>[A-Za-z]+)\s*(?:(?P<brace>\{{)|\()\s*"
    rf"(?:(?={_NAME})|(?P<key>[^\n}}]{{0,300}}?)(?(brace)\}}?)\s*[,\n]\s*(?={_NAME})"
    r"|(?=[^\s{}()=,\"]+\s*,))"
)
# Braces within braces, as deep as anybody writes them.
_BRACED = r"[^{}]*+"
for _ in range(12):
    _BRACED = rf"(?:[^{{}}]++|\{{{_BRACED}\}})*+"
_QUOTED = rf"(?:[^{{}}\"]++|\{{{_BRACED}\}}|\}})*+"
_PART = re.compile(rf"\{{{_BRACED}\}}|\"{_QUOTED}\"|[^\s,#{{}}\"()]+")
# A field, or the brace that closes the entry: fields, or another brace, may go on after one too many.
_NEXT = re.compile(
    rf"(?<![\w:+/\\-])(?P<name>[A-Za-z][\w:+/-]*)\s*=\s*(?P<value>(?:{_PART.pattern})(?:\s*#\s*(?:{_PART.pattern}))*)?(?:\s*#)?"
    rf"|(?P<end>[}})])(?!\s*,?\s*(?:{_NAME}\s*[{{\"\w]|\}}))"
)
# What a paper takes from the volume that it refers to.
_OF_THE_VOLUME = ("booktitle", "year", "month", "date", "series")
_ADDRESSES = ("url", "doi", "eprint")  # "~" and "_" are part of them
_ADDRESS_ESCAPE = re.compile(r"\\([_%&#~$])|[{}]")


def bibtex_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a BibTeX file; what of an entry cannot be read is noted with its line.

    Publishers and reference managers break the grammar in known ways: a field twice, a comma in the key, a line of
    free text, a brace too many. An entry that can be read is read; one that cannot costs nothing but itself.
    """
    text = content.text().replace("\r\n", "\n").replace("\r", "\n")
    line_ends = [found.start() for found in re.finditer("\n", text)]
    starts = [found for found in BIBTEX_ENTRY.finditer(text) if not _is_comment(text, found.start())]
    macros: dict[str, str] = {}
    parsed: list[tuple[re.Match[str], dict[str, str], str]] = []
    for found, following in zip_longest(starts, starts[1:]):
        fields, fault = _fields_of(text[found.end() : following and following.start()], macros)
        kind = found["kind"].casefold()
        if kind == "string":
            macros |= {name.casefold(): value for name, value in fields.items()}
        elif kind not in ("comment", "preamble"):
            parsed.append((found, fields, fault))
    volumes = {found["key"] or "": fields for found, fields, _ in parsed}
    for found, fields, fault in parsed:
        line, key = bisect(line_ends, found.start()) + 1, found["key"] or ""
        kept = "title" in fields or ("abstract" in fields and not fault)
        if fault:
            end = "the rest of it was read" if kept else "the entry was skipped"
            shown = " ".join(text[found.start() : found.start() + 80].split())
            problems.add(f"line {line}", shown, fault, f"mend it; {end}", kept=kept)
        elif not kept:
            problems.add(f"line {line}", key, "no title", "give it a title; the entry was skipped")
        if kept:
            said = _said(fields, volumes.get(fields.get("crossref", ""), {}))
            yield Entry({**said, "citationkey": key}, line)


def _is_comment(text: str, at: int) -> bool:
    """Whether a line is commented out up to here; a file on one line may begin with its encoding."""
    return text.startswith("%", text.rfind("\n", 0, at) + 1) and "\n" in text


def _fields_of(text: str, macros: dict[str, str]) -> tuple[dict[str, str], str]:
    """Fields of an entry from its first on, and what in it could not be read."""
    fields: dict[str, str] = {}
    fault, at = "", 0
    while found := _NEXT.search(text, at):
        if text[at : found.start()].strip(" \t\n,"):
            fault = "text or a brace between the fields"
        at = found.end()
        if found["end"]:
            return fields, fault
        if not found["value"] and text.startswith(("{", '"'), at):
            break
        name, parts = found["name"].casefold(), _PART.findall(found["value"] or "")
        value = "".join(
            part[1:-1] if part[0] in '{"' else macros.get(part.casefold(), part) for part in parts
        )
        if name in fields and name in ("keywords", "keyword"):
            fields[name] += f"; {value}"
        else:
            fields.setdefault(name, value)
    return fields, "a brace or quotation mark that never closes"


def _said(fields: dict[str, str], volume: dict[str, str]) -> dict[str, object]:
    """Fields as text, with what a volume says of all its papers."""
    taken = {name: volume[name] for name in _OF_THE_VOLUME if name in volume}
    titled = {"booktitle": volume["title"]} if "title" in volume else {}
    fields = {**titled, **taken, **fields}
    said: dict[str, object] = {
        name: _ADDRESS_ESCAPE.sub(r"\1", value) if name in _ADDRESSES else bibtex_to_text(value)
        for name, value in fields.items()
        if is_known(name) and name != "key"  # a column of that name stands for something else
    }
    if "author" in fields:
        names = [bibtex_to_text(who) for who in re.split(r"\s+and\s+", fields["author"])]
        said["author"] = [name for name in names if name != "others"]
    return said
