"""Papers from tagged text: RIS, PubMed/MEDLINE, Web of Science, EndNote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from paperatlas.readers.content import Content
from paperatlas.readers.problems import Problems
from paperatlas.readers.records import Entry


class Dialect(NamedTuple):
    """How one kind of tagged text is written."""

    tag: re.Pattern[str]
    begins: frozenset[str]
    ends: frozenset[str]
    names: dict[str, str]


def _names(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


_RIS = Dialect(
    re.compile(r"([A-Z][A-Z0-9])  ?-(?: (.*)|\s*)$"),
    frozenset({"TY"}),
    frozenset({"ER"}),
    _names(
        "TI:title T1:title CT:title BT:title AB:abstract N2:abstract DA:date PY:year Y1:date DO:doi AU:authors A1:authors "
        "T2:venue JO:venue JF:venue JA:venue J2:venue UR:url L2:url KW:keywords ID:key "
        "AN:arxiv_id TC:citations"
    ),
)
_MEDLINE = Dialect(
    re.compile(r"([A-Z]{2,4}) *- (.*)$"),
    frozenset({"PMID"}),
    frozenset(),
    _names(
        "TI:title BTI:title TT:title AB:abstract DP:date DEP:date LID:doi AID:doi FAU:authors AU:authors JT:venue TA:venue "
        "OT:keywords MH:keywords PMID:key"
    ),
)
_WOS = Dialect(
    re.compile(r"([A-Z][A-Z0-9])(?: (.*)|\s*)$"),
    frozenset({"PT"}),
    frozenset({"ER", "EF"}),
    _names(
        "TI:title AB:abstract PD:month PY:year EA:date DI:doi AF:authors AU:authors SO:venue DE:keywords ID:keywords "
        "TC:citations Z9:citations UT:key"
    ),
)
_ENDNOTE = Dialect(
    re.compile(r"(%[0-9A-Z@!#$&*()+^>?<~\[\]=])(?: (.*)|\s*)$"),
    frozenset({"%0"}),
    frozenset(),
    _names(
        "%T:title %X:abstract %D:year %8:date %R:doi %A:authors %J:venue %B:venue %U:url %K:keywords %F:key"
    ),
)
_FIRST = (
    (re.compile(r"(?m)^TY  ?- ?\w"), _RIS),
    (re.compile(r"(?m)^PMID *- ?\d"), _MEDLINE),
    (re.compile(r"(?m)^(?:FN (?:Clarivate|Thomson|ISI)|PT [A-Z]\s*$)"), _WOS),
    (re.compile(r"(?m)^%0 \w"), _ENDNOTE),
)
_MOST_LINES_OF_A_RECORD = 20_000


def dialect_of(head: str) -> Dialect | None:
    """Which kind of tagged text this is the beginning of; None for none."""
    found = [
        (match.start(), number) for number, (first, _) in enumerate(_FIRST) if (match := first.search(head))
    ]
    if not found or min(found)[0] > 2_000:
        return None
    return _FIRST[min(found)[1]][1]


def tagged_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a tagged file; a line without a tag goes on with the field before it."""
    dialect = dialect_of(content.head().decode("utf-8-sig", "replace").replace("\r", "\n")) or _RIS
    if content.head()[:2] in (b"\xff\xfe", b"\xfe\xff"):
        dialect = dialect_of(content.text()[:4_000]) or _RIS
    fields: dict[str, list[str]] = {}
    start, number, tag = 0, 0, ""
    outside = ""
    for number, raw in enumerate(content.text_lines(), start=1):
        line = raw.rstrip("\r\n")
        found = dialect.tag.match(line)
        if found and found.group(1) in dialect.begins:
            yield from _finished(fields, start, dialect)
            fields, start = {}, number
        if found and start:
            tag = found.group(1)
            if tag in dialect.ends:
                yield from _finished(fields, start, dialect)
                fields, start, tag = {}, 0, ""
            else:
                fields.setdefault(tag, []).append((found.group(2) or "").strip())
        elif line.strip() and start and tag and number - start < _MOST_LINES_OF_A_RECORD:
            # Web of Science gives each author and reference a line of its own.
            if tag in ("AU", "AF", "A1"):
                fields[tag].append(line.strip())
            else:
                fields[tag][-1] = f"{fields[tag][-1]} {line.strip()}"
        elif (
            line.strip()
            and not start
            and not (found and found.group(1) in ("FN", "VR", "EF"))
            and not outside
        ):
            outside = line.strip().lstrip("\ufeff")
            if outside and number > 1 and not (found and found.group(1) in dialect.ends):
                problems.add(
                    f"line {number}", outside, "a line outside of every record", "look at the lines around it"
                )
    yield from _finished(fields, start, dialect)


def _finished(fields: dict[str, list[str]], start: int, dialect: Dialect) -> Iterator[Entry]:
    if not start or not any(value for values in fields.values() for value in values):
        return
    said: dict[str, object] = {}
    # In the order of the names, so that AF goes before AU and the title of the paper before that of the book.
    for tag, name in dialect.names.items():
        values = [value for value in fields.get(tag, []) if value]
        if not values or name in said:
            continue
        if name == "doi":
            said[name] = next((value for value in values if "10." in value and "pii" not in value), "")
        elif name in ("authors", "keywords"):
            said[name] = [
                part.strip()
                for value in values
                for part in (value.split(";") if name == "keywords" else [value])
            ]
        else:
            said[name] = values[0]
    if dialect is _MEDLINE and str(said.get("title", "")).endswith("."):
        said["title"] = str(said["title"])[:-1]
    yield Entry(said, start, f"line {start}")
