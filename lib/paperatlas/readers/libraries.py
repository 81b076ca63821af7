"""Papers from reference managers and databases: tagged text (RIS, PubMed, Web of Science, EndNote) and BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from paperatlas.readers.content import Content
from paperatlas.readers.markup import bibtex_to_text
from paperatlas.readers.records import NAMES, Entry, Problems, plain
from paperatlas.shipped import rows_of


class Dialect(NamedTuple):
    """One kind of tagged text: its name among the tags, its lines, how a record begins, and the tags that end one."""

    name: str
    line: re.Pattern[str]
    begin: re.Pattern[str]
    ends: tuple[str, ...] = ()


_DIALECTS = [
    Dialect(name, re.compile(line), re.compile(begin, re.MULTILINE), ends)
    for name, line, begin, ends in (
        ("RIS", r"([A-Z][A-Z0-9])(?:  -| -(?=\s|$)) ?(.*)$", r"^(TY)  ?- ?\w", ("ER",)),
        ("PubMed", r"([A-Z]{2,4}) *- (.*)$", r"^(PMID) *- \d", ()),
        ("Web of Science", r"([A-Z][A-Z0-9])(?: (.*)|\s*)$", r"^(?:FN (?:Clarivate|Thomson|ISI)|(PT) [A-Z]\s*$)",
         ("ER", "EF")),
        ("EndNote", r"(%[0-9A-Z@!#$&*()+^>?<~\[\]=])(?: (.*)|\s*)$", r"^(%0|%T) \w[^\n]*\n%[0-9A-Z] ", ()),
    )
]  # fmt: skip
_HEADER_TAGS = ("FN", "VR", "EF")
# Web of Science gives each author a line of its own.
_LISTED_TAGS = ("AU", "AF", "A1")
_MOST_LINES_OF_A_RECORD = 20_000
_LETTERS_ABOVE = 2_000


def dialect_of(head: str) -> tuple[Dialect, str] | None:
    """Which kind of tagged text this is the beginning of, and the tag that begins a record; None for none."""
    head = head.replace("\r\n", "\n").replace("\r", "\n")
    found = [(match, kind) for kind in _DIALECTS if (match := kind.begin.search(head, 0, _LETTERS_ABOVE))]
    match, dialect = min(found, key=lambda pair: pair[0].start(), default=(None, None))
    return (dialect, match.group(1) or "PT") if match and dialect else None


def tagged_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a tagged file; a line without a tag goes on with the field before it."""
    lines = content.lines()
    above = list(islice(lines, 200))
    dialect, begin = dialect_of("".join(above)) or (_DIALECTS[0], "TY")
    # What tags mean, the best first: AF goes before AU, and the title of the paper before that of the book.
    meanings = [(row["tag"], row["field"]) for row in rows_of("tags") if row["format"] == dialect.name]
    fields: dict[str, list[str]] = {}
    start, tag, outside = 0, "", ""
    for number, raw in enumerate(chain(above, lines), start=1):
        line = raw.strip()
        found = dialect.line.match(raw.rstrip("\n"))
        named = found.group(1) if found else ""
        if named == begin or (start and named in dialect.ends):
            yield from _finished(fields, start, meanings)
            fields, start, tag = {}, number if named == begin else 0, ""
        if start and found:
            tag = named
            fields.setdefault(tag, []).append((found.group(2) or "").strip())
        elif not line:
            continue
        elif start and tag and number - start < _MOST_LINES_OF_A_RECORD:
            if tag in _LISTED_TAGS:
                fields[tag].append(line)
            else:
                fields[tag][-1] += f" {line}"
        elif not start and not outside and named not in (*_HEADER_TAGS, *dialect.ends):
            outside = line
            remedy = "look at the lines around it"
            problems.add(f"line {number}", line, "a line outside of every record", remedy)
    yield from _finished(fields, start, meanings)


def _finished(fields: dict[str, list[str]], start: int, meanings: list[tuple[str, str]]) -> Iterator[Entry]:
    if not start or not any(map(any, fields.values())):
        return
    said: dict[str, object] = {}
    for tag, name in meanings:
        values = [value for value in fields.get(tag, []) if value]
        if not values or name in said:
            continue
        if name == "doi":
            said[name] = next((value for value in values if "10." in value and "pii" not in value), "")
        elif name == "keywords":
            said[name] = [part.strip() for value in values for part in value.split(";")]
        else:
            said[name] = values if name == "authors" else values[0]
    if "PMID" in fields:
        said["title"] = str(said.get("title", "")).removesuffix(".")
    yield Entry(said, start)


_NAME = r"[A-Za-z][\w:+/-]*\s*="
# An entry begins with a kind and a field, or with a key, which may hold a comma, lack the one after it, or be closed too
# early. What stands in a title, such as "recall@k(all)", begins none.
BIBTEX_ENTRY = re.compile(
    rf"(?<!\w)@\s*(?P<kind>[A-Za-z]+)\s*(?:(?P<brace>\{{)|\()\s*"
    rf"(?:(?={_NAME})|(?P<key>[^\n}}]{{0,300}}?)(?(brace)\}}?)\s*[,\n]\s*(?={_NAME})"
    r"|(?=[^\s{}()=,\"]+\s*,))"
)
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:+/-]*)\s*=\s*")
_NEXT_FIELD = re.compile(rf"[,\n]\s*{_NAME}\s*[{{\"\w]|[}})]")
# A closing brace after which fields, or another brace, go on does not close the entry.
_GOES_ON = re.compile(rf"\s*,?\s*(?:{_NAME}\s*[{{\"\w]|\}})")
_BARE = re.compile(r"[^\s,#{}\"()]+")
_JOINT = re.compile(r"\s*#\s*")
_UNCLOSED = "a brace or quotation mark that never closes"
_KNOWN = {name for names in NAMES.values() for name in names}
# What a paper takes from the volume that it refers to.
_OF_THE_VOLUME = ("booktitle", "year", "month", "date", "series")
_ADDRESSES = ("url", "doi", "eprint")  # "~" and "_" are part of them
_ADDRESS_ESCAPE = re.compile(r"\\([_%&#~$])|[{}]")


class _Parsed(NamedTuple):
    """An entry: where it starts, its key and fields, and what in it could not be read."""

    start: int
    key: str
    fields: dict[str, str]
    fault: str


def bibtex_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a BibTeX file; what of an entry cannot be read is noted with its line.

    Publishers and reference managers break the grammar in known ways: a field twice, a comma in the key, a line of
    free text, a brace too many. An entry that can be read is read; one that cannot costs nothing but itself.
    """
    text = content.text().replace("\r\n", "\n").replace("\r", "\n")
    parsed = list(_parsed(text))
    volumes = {entry.key: entry.fields for entry in parsed}
    line, seen = 1, 0
    for start, key, fields, fault in parsed:
        line += text.count("\n", seen, start)
        seen = start
        place = f"line {line}"
        kept = "title" in fields
        if fault:
            end = "the rest of it was read" if kept else "the entry was skipped"
            shown = " ".join(text[start : start + 80].split())
            problems.add(place, shown, fault, f"mend it; {end}", kept=kept)
        if kept or ("abstract" in fields and not fault):
            said = _said(fields, volumes.get(fields.get("crossref", ""), {}))
            yield Entry({**said, "citationkey": key}, line)
        elif not fault:
            problems.add(place, key, "no title", "give it a title; the entry was skipped")


def _parsed(text: str) -> Iterator[_Parsed]:
    """Entries; comments are passed over, and strings put in where they are named."""
    macros: dict[str, str] = {}
    starts = [found for found in BIBTEX_ENTRY.finditer(text) if not _is_comment(text, found.start())]
    ends = [*(found.start() for found in starts[1:]), len(text)]
    for found, end in zip(starts, ends, strict=bool(starts)):
        fields, fault = _fields_of(text[found.end() : end], macros)
        kind = found["kind"].casefold()
        if kind == "string":
            macros |= {name.casefold(): value for name, value in fields.items()}
        elif kind not in ("comment", "preamble"):
            yield _Parsed(found.start(), found["key"] or "", fields, fault)


def _is_comment(text: str, at: int) -> bool:
    """Whether a line is commented out up to here; a file on one line may begin with its encoding."""
    return text.startswith("%", text.rfind("\n", 0, at) + 1) and "\n" in text


def _fields_of(text: str, macros: dict[str, str]) -> tuple[dict[str, str], str]:
    """Fields of an entry from its first on, and what in it could not be read."""
    fields: dict[str, str] = {}
    fault, at = "", 0
    while True:
        if found := _FIELD.match(text, at):
            value, at = _value(text, found.end(), macros)
            if at < 0:
                return fields, _UNCLOSED
            name = found.group(1).casefold()
            if name in fields and name in ("keywords", "keyword"):
                fields[name] += f"; {value}"
            else:
                fields.setdefault(name, value)
            continue
        rest = _NEXT_FIELD.search(text, at)
        if not rest:
            return fields, _UNCLOSED
        if text[at : rest.start()].strip(" \t\n,"):
            fault = "text between the fields"
        at = rest.start()
        if text[at] in "})":
            at += 1
            if not _GOES_ON.match(text, at):
                return fields, fault
            fault = fault or "a closing brace too many"


def _value(text: str, at: int, macros: dict[str, str]) -> tuple[str, int]:
    """Value that starts here, its parts joined at "#", and where it ends; -1 if it never does."""
    parts = []
    while True:
        if text.startswith(("{", '"'), at):
            end = _closing(text, at)
            if end < 0:
                return "", -1
            parts.append(text[at + 1 : end])
            at = end + 1
        elif bare := _BARE.match(text, at):
            parts.append(macros.get(bare.group().casefold(), bare.group()))
            at = bare.end()
        after = _JOINT.match(text, at)
        if not after:
            return "".join(parts), at
        at = after.end()


def _closing(text: str, start: int) -> int:
    """Where the brace or quotation mark at `start` closes; -1 for nowhere."""
    close, depth = '"' if text[start] == '"' else "}", 0
    for found in re.finditer(r"[{}\"]", text[start + 1 :]):
        sign = found.group()
        if depth <= 0 and sign == close:
            return start + 1 + found.start()
        depth += {"{": 1, "}": -1}.get(sign, 0)
    return -1


def _said(fields: dict[str, str], volume: dict[str, str]) -> dict[str, object]:
    """Fields as text, with what a volume says of all its papers."""
    taken = {name: volume[name] for name in _OF_THE_VOLUME if name in volume}
    titled = {"booktitle": volume["title"]} if "title" in volume else {}
    fields = {**titled, **taken, **fields}
    said: dict[str, object] = {
        name: _ADDRESS_ESCAPE.sub(r"\1", value) if name in _ADDRESSES else bibtex_to_text(value)
        for name, value in fields.items()
        if plain(name) in _KNOWN and name != "key"  # a column of that name stands for something else
    }
    if "author" in fields:
        names = [bibtex_to_text(who) for who in re.split(r"\s+and\s+", fields["author"])]
        said["author"] = [name for name in names if name != "others"]
    if not (said.get("journal") or said.get("journaltitle")) and (book := said.get("booktitle")):
        said["venue"] = book
    return said
