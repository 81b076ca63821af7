"""Papers from reference managers and databases: tagged text (RIS, PubMed, Web of Science, EndNote) and BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from paperatlas.readers.content import Content
from paperatlas.readers.markup import bibtex_to_text
from paperatlas.readers.records import NAMES, Entry, Problems, plain


class Dialect(NamedTuple):
    """How one kind of tagged text is written: its lines, the tags that begin and end a record, and what tags mean."""

    tag: re.Pattern[str]
    begin: re.Pattern[str]
    ends: frozenset[str]
    names: dict[str, str]


def _dialect(tag: str, begin: str, ends: str, names: str) -> Dialect:
    meant = dict(pair.split(":") for pair in names.split())
    return Dialect(re.compile(tag), re.compile(f"(?m){begin}"), frozenset(ends.split()), meant)


# In the order of the names, AF goes before AU, and the title of the paper before that of the book.
_DIALECTS = (
    _dialect(
        r"([A-Z][A-Z0-9])(?:  -| -(?=\s|$)) ?(.*)$", r"^(TY)  ?- ?\w", "ER",
        "TI:title T1:title CT:title BT:title AB:abstract N2:abstract DA:date PY:year Y1:date DO:doi AU:authors A1:authors "
        "T2:venue JO:venue JF:venue JA:venue J2:venue UR:url L2:url KW:keywords ID:key "
        "AN:arxiv_id TC:citations",
    ),
    _dialect(
        r"([A-Z]{2,4}) *- (.*)$", r"^(PMID) *- \d", "",
        "TI:title BTI:title TT:title AB:abstract DP:date DEP:date LID:doi AID:doi FAU:authors AU:authors JT:venue TA:venue "
        "OT:keywords MH:keywords PMID:key",
    ),
    _dialect(
        r"([A-Z][A-Z0-9])(?: (.*)|\s*)$", r"^(?:FN (?:Clarivate|Thomson|ISI)|(PT) [A-Z]\s*$)", "ER EF",
        "TI:title AB:abstract PD:month PY:year EA:date DI:doi AF:authors AU:authors SO:venue DE:keywords ID:keywords "
        "TC:citations Z9:citations UT:key",
    ),
    _dialect(
        r"(%[0-9A-Z@!#$&*()+^>?<~\[\]=])(?: (.*)|\s*)$", r"^(%0|%T) \w[^\n]*\n%[0-9A-Z] ", "",
        "%T:title %X:abstract %D:year %8:date %R:doi %A:authors %J:venue %B:venue %U:url %K:keywords %F:key",
    ),
)  # fmt: skip
_HEADER_TAGS = ("FN", "VR", "EF")
# Web of Science gives each author a line of its own.
_LISTED_TAGS = ("AU", "AF", "A1")
_MOST_LINES_OF_A_RECORD = 20_000
_LINES_ABOVE = 2_000


def dialect_of(head: str) -> tuple[Dialect, str] | None:
    """Which kind of tagged text this is the beginning of, and the tag that begins a record; None for none."""
    head = head.replace("\r\n", "\n").replace("\r", "\n")
    found = [
        (match.start(), n, match)
        for n, dialect in enumerate(_DIALECTS)
        if (match := dialect.begin.search(head))
    ]
    if not found or min(found)[0] > _LINES_ABOVE:
        return None
    _, number, match = min(found)
    return _DIALECTS[number], match.group(1) or "PT"


def tagged_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a tagged file; a line without a tag goes on with the field before it."""
    lines = content.lines()
    above = list(islice(lines, 200))
    dialect, begin = dialect_of("".join(above)) or (_DIALECTS[0], "TY")
    fields: dict[str, list[str]] = {}
    start, tag, outside = 0, "", ""
    for number, raw in enumerate(chain(above, lines), start=1):
        line = raw.rstrip("\r\n")
        found = dialect.tag.match(line)
        named = found.group(1) if found else ""
        if named == begin or (start and named in dialect.ends):
            yield from _finished(fields, start, dialect)
            fields, start, tag = {}, number if named == begin else 0, ""
        if start and found:
            tag = named
            fields.setdefault(tag, []).append((found.group(2) or "").strip())
        elif not line.strip():
            continue
        elif start and tag and number - start < _MOST_LINES_OF_A_RECORD:
            if tag in _LISTED_TAGS:
                fields[tag].append(line.strip())
            else:
                fields[tag][-1] = f"{fields[tag][-1]} {line.strip()}"
        elif not start and not outside and named not in (*_HEADER_TAGS, *dialect.ends):
            outside = line.strip()
            problems.add(
                f"line {number}", outside, "a line outside of every record", "look at the lines around it"
            )
    yield from _finished(fields, start, dialect)


def _finished(fields: dict[str, list[str]], start: int, dialect: Dialect) -> Iterator[Entry]:
    if not start or not any(value for values in fields.values() for value in values):
        return
    said: dict[str, object] = {}
    for tag, name in dialect.names.items():
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
    yield Entry(said, start, f"line {start}")


_ENTRY = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
# What begins a new entry even inside a value: only a brace that never closes leads there.
_NEXT_ENTRY = re.compile(r"\n[ \t]*@\s*[A-Za-z]+\s*[{(]\s*[^\s{}()=,\"]+\s*,")
_KEY = re.compile(r"\s*([^={}\"\n]{0,300}?)\s*,(?=\s*[A-Za-z][\w:+/-]*\s*=)")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:+/-]*)\s*=\s*")
_NEXT_FIELD = re.compile(r"[,\n]\s*[A-Za-z][\w:+/-]*\s*=\s*[{\"\w]|[})]")
# A closing brace after which fields, or another brace, go on does not close the entry.
_GOES_ON = re.compile(r"\s*,?\s*(?:[A-Za-z][\w:+/-]*\s*=\s*[{\"\w]|\})")
_BARE = re.compile(r"[^\s,#{}\"()]+")
_SIGN = re.compile(r"[{}\"]|\n[ \t]*@")
_JOINT = re.compile(r"\s*#\s*")
_MONTHS = {
    month: month
    for month in ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
}
_KNOWN = {name for names in NAMES.values() for name in names}
# What a paper takes from the volume that it refers to.
_OF_THE_VOLUME = ("booktitle", "year", "month", "date", "series")


class _Unclosed(Exception):  # noqa: N818 - caught where it is raised
    """A value that never ends; ``at`` is where reading can go on."""

    def __init__(self, at: int) -> None:
        self.at = at


def bibtex_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a BibTeX file; what of an entry cannot be read is noted with its line.

    Publishers and reference managers break the grammar in known ways: a field twice, a comma in the key, a line of
    free text, a brace too many. An entry that can be read is read; one that cannot costs nothing but itself.
    """
    text = content.text().replace("\r\n", "\n").replace("\r", "\n")
    volumes = {}
    if "crossref" in text.casefold():
        volumes = {entry.key: entry.fields for _, entry in _parsed_entries(text)}
    line = seen = 0
    for start, entry in _parsed_entries(text):
        line += text.count("\n", seen, start)
        seen = start
        place = f"line {line + 1}"
        kept = "title" in entry.fields
        if entry.fault:
            end = "the rest of it was read" if kept else "the entry was skipped"
            shown = " ".join(text[start : start + 80].split())
            problems.add(place, shown, entry.fault, f"mend it; {end}", kept=kept)
        if kept or ("abstract" in entry.fields and not entry.fault):
            volume = volumes.get(entry.fields.get("crossref", ""), {})
            yield Entry(_said(entry, volume), line + 1, place)
        elif entry.fields and not entry.fault:
            problems.add(place, entry.key, "no title", "give it a title; the entry was skipped")


def _parsed_entries(text: str) -> Iterator[tuple[int, _Parsed]]:
    """Entries with their places; comments are passed over, and strings put in where they are named."""
    macros = dict(_MONTHS)
    at = 0
    while found := _ENTRY.search(text, at):
        kind = found.group(1).casefold()
        line = text.rfind("\n", 0, found.start()) + 1
        # A file on one line may begin with its encoding.
        if kind == "comment" or (text.startswith("%", line) and text.find("\n", line) > 0):
            at = found.end()
            continue
        parsed = _Parsed(text, found.end(), macros)
        at = max(parsed.end, found.end())
        if kind == "string":
            macros |= {name.casefold(): value for name, value in parsed.fields.items()}
        elif kind != "preamble":
            yield found.start(), parsed


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
            if sign and sign in '{"':
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


_ADDRESSES = ("url", "doi", "eprint")  # "~" and "_" are part of them
_ADDRESS_ESCAPE = re.compile(r"\\([_%&#~$])|[{}]")


def _without_escapes(address: str) -> str:
    return _ADDRESS_ESCAPE.sub(lambda found: found.group(1) or "", address)


def _said(entry: _Parsed, volume: dict[str, str]) -> dict[str, object]:
    taken = {name: volume[name] for name in _OF_THE_VOLUME if name in volume}
    if volume and "booktitle" not in volume and "title" in volume:
        taken["booktitle"] = volume["title"]
    fields = {**taken, **entry.fields}
    said: dict[str, object] = {
        name: _without_escapes(value) if name in _ADDRESSES else bibtex_to_text(value)
        for name, value in fields.items()
        if plain(name) in _KNOWN
    }
    if "author" in fields:
        names = [bibtex_to_text(who) for who in re.split(r"\s+and\s+", fields["author"])]
        said["author"] = [name for name in names if name != "others"]
    if not any(said.get(name) for name in ("journal", "journaltitle")) and (book := said.get("booktitle")):
        said["venue"] = book
    # The key may be a column of a name that stands for something else.
    said.pop("key", None)
    return {**said, "citationkey": entry.key}
