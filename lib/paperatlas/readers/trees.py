"""Papers from records inside a tree: JSON lines, arrays and answers, Atom feeds, EndNote's XML."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from paperatlas.errors import DumpError
from paperatlas.readers.content import UTF16_MARKS, Content
from paperatlas.readers.records import Entry, Problems, plain, roles_of
from paperatlas.shipped import rows_of

_DEEPEST = 4
_LOOKED_AT = 20
_BETWEEN = re.compile(r"[\s,]*")


def json_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a JSON file, a line at a time where each line is an object."""
    encoding = "utf-16" if content.head()[:2] in UTF16_MARKS else "utf-8-sig"
    try:
        first = _loaded(next((line for line in content.lines(encoding) if line.strip()), ""))
    except DumpError:  # one line without end
        first = None
    if isinstance(first, dict) and (
        isinstance(first.get("title"), str) or _records_in(first) in (None, [first])
    ):
        lines = enumerate(content.lines(encoding), start=1)
        records = ((number, line, _loaded(line)) for number, line in lines if line.strip())
        what, remedy = "no whole JSON object", "write one object a line; the line was skipped"
        unit = "line"
    else:
        whole = _loaded_whole(content)
        found = _records_in(whole)
        if found is None:
            remedy = "save the records as a JSON array or as JSON lines"
            raise DumpError(f"{content.name}: expected a list of objects with titles, found none; {remedy}")
        records = ((number, "", record) for number, record in enumerate(found, start=1))
        what, remedy = "no object", "leave it out; it was skipped"
        unit = "record"
    for number, line, record in records:
        place = f"{unit} {number}"
        if isinstance(record, dict):
            fields, verbatim = _unwrapped(record)
            yield Entry(unfolded(fields), number, unit, verbatim)
            continue
        if line and not line.endswith("\n"):
            place += ", the last line, cut off"
        shown = line.strip() or json.dumps(record, ensure_ascii=False, default=str)
        problems.add(place, shown[:80], what, remedy)


def _loaded(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _loaded_whole(content: Content) -> object:
    """The value of a file, or a list of values where several stand one after the other."""
    text = content.text().lstrip("\ufeff")
    decoder = json.JSONDecoder()
    values: list[object] = []
    at = len(text) - len(text.lstrip())
    try:
        while at < len(text):
            value, end = decoder.raw_decode(text, at)
            values.append(value)
            at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]
    except (ValueError, RecursionError) as error:
        raise DumpError(
            f"{content.name}: expected whole JSON, found a fault ({error}); save it again"
        ) from error
    return values[0] if len(values) == 1 else values


def _records_in(value: object, deep: int = 0) -> list[Any] | None:
    """The list of records in a file, or the one record that it is."""
    if isinstance(value, list):
        return value if not value or any(isinstance(part, dict) for part in value[:_LOOKED_AT]) else None
    if not isinstance(value, dict) or deep > _DEEPEST:
        return None
    parts = list(value.values())
    if len(parts) > 1 and all(map(_is_record, parts[:_LOOKED_AT])):
        return parts
    if _is_record(value) and "abstract" in roles_of(tuple(_unwrapped(value)[0])):
        return _by_columns(value) or [value]
    for part in parts:
        if isinstance(part, list) and any(map(_is_record, part[:_LOOKED_AT])):
            return part
    if _is_record(value):
        return [value]
    return next(
        (found for part in parts if isinstance(part, dict) and (found := _records_in(part, deep + 1))), None
    )


def _by_columns(value: dict[str, Any]) -> list[Any]:
    """Records of a table that is written column by column; none if this is no such table."""
    columns = {name: list(v.values()) if isinstance(v, dict) else v for name, v in value.items()}
    lengths = {len(column) if isinstance(column, list) else -1 for column in columns.values()}
    if len(lengths) != 1 or min(lengths) < 2:
        return []
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _is_record(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    fields = _unwrapped(value)[0]
    known = roles_of(tuple(map(str, fields)))
    return "title" in known and ("abstract" in known or len(known) > 1 or len(fields) < 4)


def _unwrapped(record: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Fields of a record, taken out of the object that some sites put around it; and whether Hugging Face did."""
    if "title" not in roles_of(tuple(map(str, record))) or isinstance(record.get("paper"), dict):
        for name, inner in record.items():
            if isinstance(inner, dict) and len(inner) > 1 and "title" in roles_of(tuple(map(str, inner))):
                around = {k: v for k, v in record.items() if k not in (name, *inner)}
                return {**around, **inner}, name == "paper"
    return record, "ai_summary" in record or "submittedOnDailyAt" in record


def unfolded(fields: dict[str, Any]) -> dict[str, object]:
    """Fields with what OpenAlex, arXiv and Semantic Scholar keep in objects under names of their own.

    An object with ``versions`` is read as arXiv writes it: the date is that of the first version, never
    ``update_date``. OpenAlex' inverted abstracts are put in order.
    """
    said: dict[str, object] = dict(fields)
    if isinstance(inverted := fields.get("abstract_inverted_index"), dict):
        places = (
            (place, word) for word, found in inverted.items() if isinstance(found, list) for place in found
        )
        known = {place: word for place, word in places if isinstance(place, int)}
        said["abstract"] = " ".join(known[place] for place in sorted(known))
        del said["abstract_inverted_index"]
    if isinstance(versions := fields.get("versions"), list):
        dropped = ("updatedate", "date", "published", "versions")
        said = {name: value for name, value in said.items() if plain(name) not in dropped}
        said["published"] = _inside(versions[0] if versions else None, "created")
    if isinstance(ids := fields.get("externalIds"), dict):
        said |= {"arxiv_id": ids.get("ArXiv"), "doi": fields.get("doi") or ids.get("DOI")}
    if "primary_location" in fields:
        said["venue"] = _inside(fields, "primary_location", "source", "display_name")
        said["url"] = _inside(fields, "primary_location", "landing_page_url") or fields.get("id")
    return said


def _inside(value: object, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


# By the element that holds a paper, where in it each field stands.
_PLACES = {
    element: [(row["tag"], row["field"]) for row in rows_of("tags") if row["format"] == name]
    for element, name in (("{http://www.w3.org/2005/Atom}entry", "Atom"), ("record", "EndNote XML"))
}
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
            if places := _PLACES.get(element.tag):
                number += 1
                yield Entry(_fields(element, places), number, "entry")
                element.clear()
    except ElementTree.ParseError as error:
        place = f"line {error.position[0]}"
        problems.add(place, "", f"no well-formed XML from here on ({error})", "fetch the file again")


def _fields(element: ElementTree.Element, places: list[tuple[str, str]]) -> dict[str, object]:
    said: dict[str, object] = {}
    for path, name in places:
        texts = ("".join(part.itertext()).strip() or part.get("term", "") for part in element.findall(path))
        found = list(filter(None, texts))
        # One text is said as such, so that a date is no list of dates.
        said[name] = found[0] if len(found) == 1 else found
    return said
