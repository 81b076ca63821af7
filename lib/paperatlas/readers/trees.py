"""Papers from records inside a tree: JSON lines, arrays and answers, Atom feeds, EndNote's XML."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any
from xml.etree import ElementTree

from paperatlas.errors import DumpError
from paperatlas.readers.content import Content
from paperatlas.readers.libraries import meant
from paperatlas.readers.records import Entry, Problems, is_known, roles_of

_LOOKED_AT = 20
_OF_SITE = {"ai_summary", "submittedOnDailyAt"}  # of Hugging Face, whose texts are verbatim


def json_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a JSON file, a line at a time where each line is an object."""
    if by_line := _is_by_line(content):
        found = ((number, line, _loaded(line)) for number, line in _lines(content))
    else:
        found = ((number, "", record) for number, record in enumerate(_listed(content), start=1))
    unit = "line" if by_line else "record"
    for number, line, record in found:
        if isinstance(record, dict):
            by_site = isinstance(record.get("paper"), dict) or not _OF_SITE.isdisjoint(record)
            yield Entry(unfolded(_unwrapped(record)), number, unit, verbatim=by_site)
            continue
        cut_off = ", the last line, cut off" if line and not line.endswith("\n") else ""
        shown = line.strip() or json.dumps(record, ensure_ascii=False)
        remedy = "write one object for each paper; it was skipped"
        problems.add(f"{unit} {number}{cut_off}", shown[:80], "no whole JSON object", remedy)


def _lines(content: Content) -> Iterator[tuple[int, str]]:
    return ((at, line) for at, line in enumerate(content.lines(), start=1) if line.strip())


def _is_by_line(content: Content) -> bool:
    """Whether the first of several lines is an object."""
    try:
        first, *more = islice(_lines(content), 2)
    except (DumpError, ValueError):  # one line without end, or none at all
        return False
    return bool(more) and isinstance(_loaded(first[1]), dict)


def _loaded(line: str) -> object:
    try:
        return json.loads(line.rstrip(", \r\n"))
    except (ValueError, RecursionError):
        return None


def _listed(content: Content) -> list[Any]:
    """The records of a file that is one value."""
    try:
        found = _records_in(json.loads(content.text().lstrip("\ufeff")))
    except (ValueError, RecursionError) as error:
        raise DumpError(
            f"{content.name}: expected whole JSON, found a fault ({error}); save it again"
        ) from error
    if found is None:
        remedy = "save the records as a JSON array or as JSON lines"
        raise DumpError(f"{content.name}: expected a list of objects with titles, found none; {remedy}")
    return found


def _records_in(value: object) -> list[Any] | None:
    """The list of records in a file, or the one record that it is."""
    if isinstance(value, list):
        return value if not value or any(isinstance(part, dict) for part in value[:_LOOKED_AT]) else None
    if not isinstance(value, dict):
        return None
    parts, alone = list(value.values()), [value] if _is_record(value) else None
    if len(parts) > 1 and all(map(_is_record, parts[:_LOOKED_AT])):
        return parts
    if alone and "abstract" in roles_of(tuple(_unwrapped(value))):
        return _by_columns(value) or alone
    lists = (part for part in parts if isinstance(part, list) and any(map(_is_record, part[:_LOOKED_AT])))
    deeper = (_records_in(part) for part in parts if isinstance(part, dict))
    return next(lists, None) or alone or next(filter(None, deeper), None)


def _by_columns(value: dict[str, Any]) -> list[Any]:
    """Records of a table that is written column by column; none if this is no such table."""
    columns = {name: list(v.values()) if isinstance(v, dict) else v for name, v in value.items()}
    lengths = {len(column) if isinstance(column, list) else -1 for column in columns.values()}
    if len(lengths) != 1 or min(lengths) < 2:
        return []
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _is_record(value: object) -> bool:
    fields = _unwrapped(value) if isinstance(value, dict) else {}
    known = roles_of(tuple(fields))
    return "title" in known and ("abstract" in known or len(known) > 1 or len(fields) < 4)


def _unwrapped(record: dict[str, Any]) -> dict[str, Any]:
    """Fields of a record, taken out of the object that some sites put around it."""
    if "title" not in roles_of(tuple(record)) or isinstance(record.get("paper"), dict):
        for name, inner in record.items():
            if isinstance(inner, dict) and len(inner) > 1 and "title" in roles_of(tuple(inner)):
                return {key: value for key, value in record.items() if key != name} | inner
    return record


def unfolded(fields: dict[str, Any]) -> dict[str, object]:
    """Fields, with known ones in objects and lists under their path ("versions.0.created"), and OpenAlex' abstracts."""
    said: dict[str, object] = {}
    for name, value in fields.items():
        if name == "abstract_inverted_index" and isinstance(value, dict):
            listed = ((word, places) for word, places in value.items() if isinstance(places, list))
            known = {place: word for word, places in listed for place in places if isinstance(place, int)}
            said["abstract"] = " ".join(word for _, word in sorted(known.items()))
        elif isinstance(value, dict | list):
            said |= dict(_known_in(name, value)) or ({name: value} if value else {})
        elif not (name == "update_date" and "versions" in fields):
            said[name] = value
    return said


def _known_in(path: str, value: object, deep: int = 3) -> Iterator[tuple[str, object]]:
    """Known fields in an object, or in the first part of a list, by their path."""
    if is_known(path):
        yield path, value
    elif deep and isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value[:1]):
            yield from _known_in(f"{path}.{name}", part, deep - 1)


_FORMATS = {
    "{http://www.w3.org/2005/Atom}entry": "Atom",
    "record": "EndNote XML",
}  # by the element of a paper
# Entities are what makes XML dangerous, and neither format declares any.
_DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PROLOGUE = re.compile(r"\A\s*<\?xml[^>]*\?>")


def xml_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of an Atom feed or of EndNote's XML; a file that is cut off is read up to there."""
    text = content.text()
    if _DECLARES.search(text):
        raise DumpError(f"{content.name} declares entities, which a list of papers does not; fetch it again")
    number = 0
    try:
        for _, element in ElementTree.iterparse(io.StringIO(_PROLOGUE.sub("", text).strip()), ["end"]):  # noqa: S314 - no entities
            if kind := _FORMATS.get(element.tag):
                number += 1
                yield Entry(meant(kind, partial(_texts_at, element)), number, "entry")
                element.clear()
    except ElementTree.ParseError as error:
        place = f"line {error.position[0]}"
        problems.add(place, "", f"no well-formed XML from here on ({error})", "fetch the file again")


def _texts_at(element: ElementTree.Element, path: str) -> list[str]:
    return ["".join(part.itertext()).strip() or part.get("term", "") for part in element.findall(path)]
