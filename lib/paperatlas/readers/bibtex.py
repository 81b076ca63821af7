"""Papers from BibTeX, as publishers and reference managers write it.

Their files break the grammar in known ways: a field twice, a comma in the key, a line of free text, a brace too
many. An entry that can be read is read; one that cannot costs nothing but itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from paperatlas.readers.content import Content
from paperatlas.readers.markup import bibtex_to_text
from paperatlas.readers.names import NAMES, plain
from paperatlas.readers.problems import Problems
from paperatlas.readers.records import Entry

_ENTRY = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
# What begins a new entry even inside a value: only a brace that never closes leads there.
_NEXT_ENTRY = re.compile(r"\n[ \t]*@\s*[A-Za-z]+\s*[{(]\s*[^\s{}()=,\"]+\s*,")
_KEY = re.compile(r"\s*([^={}\"\n]{0,300}?)\s*,(?=\s*[A-Za-z][\w:+/-]*\s*=)")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:+/-]*)\s*=\s*")
_NEXT_FIELD = re.compile(r"[,\n]\s*[A-Za-z][\w:+/-]*\s*=\s*[{\"\w]|[})]")
# A closing brace after which fields, or another brace, go on does not close the entry.
_GOES_ON = re.compile(r"\s*,?\s*(?:[A-Za-z][\w:+/-]*\s*=\s*[{\"\w]|\})")
_BARE = re.compile(r"[^\s,#{}\"()]+")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_KNOWN = {name for names in NAMES.values() for name in names} | {"month"}


class _Unclosed(Exception):  # noqa: N818 - caught where it is raised
    """A value that never ends; ``at`` is where reading can go on."""

    def __init__(self, at: int) -> None:
        self.at = at


def bibtex_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a BibTeX file; what of an entry cannot be read is noted with its line."""
    text = content.text().replace("\r\n", "\n").replace("\r", "\n")
    macros = {month: month for month in _MONTHS}
    at = line = 0
    seen = 0
    while found := _ENTRY.search(text, at):
        line += text.count("\n", seen, found.start())
        seen = found.start()
        kind, place = found.group(1).casefold(), f"line {line + 1}"
        if kind == "comment":
            at = found.end()
            continue
        parsed = _Parsed(text, found.end(), macros)
        at = max(parsed.end, found.end())
        if kind == "string":
            macros |= {name.casefold(): value for name, value in parsed.fields.items()}
        elif kind != "preamble" and (parsed.fields or parsed.fault):
            if parsed.fault:
                kept = "title" in parsed.fields
                rest = "the rest of it was read" if kept else "the entry was skipped"
                problems.add(
                    place,
                    text[found.start() : found.start() + 80].strip(),
                    parsed.fault,
                    f"mend it; {rest}",
                    kept=kept,
                )
                if not kept:
                    continue
            if "title" in parsed.fields or "abstract" in parsed.fields:
                yield Entry(_said(parsed), line + 1, place)
            elif not parsed.fault:
                problems.add(place, parsed.key, "no title", "give it a title; the entry was skipped")


class _Parsed:
    """One entry: its key, its fields, where it ends, and what in it could not be read."""

    def __init__(self, text: str, start: int, macros: dict[str, str]) -> None:
        self.text, self.macros = text, macros
        self.fields: dict[str, str] = {}
        self.fault = ""
        found = _KEY.match(text, start)
        self.key = found.group(1) if found else ""
        try:
            self.end = self._read(found.end() if found else start)
        except _Unclosed as error:
            self.end = error.at
            self.fault = "a brace or quotation mark that never closes"

    def _read(self, at: int) -> int:
        text = self.text
        while True:
            if found := _FIELD.match(text, at):
                value, at = self._value(found.end())
                self._keep(found.group(1).casefold(), value)
                continue
            rest = _NEXT_FIELD.search(text, at)
            border = _NEXT_ENTRY.search(text, max(at - 1, 0), rest.end() if rest else len(text))
            if border or not rest:
                raise _Unclosed(border.start() if border else len(text))
            if text[at : rest.start()].strip(" \t\n,"):
                self.fault = "text between the fields"
            at = rest.start()
            if text[at] in "})":
                at += 1
                if not _GOES_ON.match(text, at):
                    return at
                self.fault = self.fault or "a closing brace too many"

    def _keep(self, name: str, value: str) -> None:
        if name in self.fields and name in ("keywords", "keyword"):
            self.fields[name] += f"; {value}"
        else:
            self.fields.setdefault(name, value)

    def _value(self, at: int) -> tuple[str, int]:
        """Value that starts here, its parts joined at "#", and where it ends."""
        parts = []
        while True:
            sign = self.text[at : at + 1]
            if sign == "{" or sign == '"':
                end = self._closing(at)
                parts.append(self.text[at + 1 : end])
                at = end + 1
            elif bare := _BARE.match(self.text, at):
                parts.append(self.macros.get(bare.group().casefold(), bare.group()))
                at = bare.end()
            after = _JOINT.match(self.text, at)
            if not after:
                return "".join(parts), at
            at = after.end()

    def _closing(self, start: int) -> int:
        """Where the brace or quotation mark at `start` closes."""
        quote = self.text[start] == '"'
        depth = 0
        border = None
        for found in _SIGN.finditer(self.text, start + 1):
            sign = found.group()
            if sign == "{":
                depth += 1
            elif sign == "}":
                if depth == 0 and not quote:
                    return found.start()
                depth -= 1
            elif sign == '"':
                if quote and depth <= 0:
                    return found.start()
            elif border := _NEXT_ENTRY.match(self.text, found.start()):
                raise _Unclosed(border.start())
        raise _Unclosed(len(self.text))


_SIGN = re.compile(r"[{}\"]|\n[ \t]*@")
_JOINT = re.compile(r"\s*#\s*")
_ADDRESSES = ("url", "doi", "eprint")  # "~" and "_" are part of them
_ADDRESS_ESCAPE = re.compile(r"\\([_%&#~$])|[{}]")


def _said(parsed: _Parsed) -> dict[str, object]:
    said: dict[str, object] = {
        name: _ADDRESS_ESCAPE.sub(lambda found: found.group(1) or "", value)
        if name in _ADDRESSES
        else bibtex_to_text(value)
        for name, value in parsed.fields.items()
        if plain(name) in _KNOWN
    }
    if "author" in parsed.fields:
        said["author"] = [bibtex_to_text(who) for who in re.split(r"\s+and\s+", parsed.fields["author"])]
    if not any(said.get(name) for name in ("journal", "journaltitle")) and (book := said.get("booktitle")):
        said["venue"] = book
    # The key may be a column of a name that stands for something else.
    said.pop("key", None)
    return {**said, "citationkey": parsed.key}
