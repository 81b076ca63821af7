"""Papers from JSON: lines, arrays, and answers with the records one level down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from paperatlas.errors import DumpError
from paperatlas.readers.content import Content
from paperatlas.readers.names import plain, roles_of
from paperatlas.readers.problems import Problems
from paperatlas.readers.records import Entry

_DEEPEST = 4
_NAMES_OF_A_PART = (
    "display_name",
    "name",
    "raw_author_name",
    "text",
    "value",
    "title",
    "keyword",
    "fullname",
    "literal",
)


def json_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a JSON file, a line at a time where each line is an object.

    An object with ``versions`` is read as arXiv writes it: the date is that of the first version, never
    ``update_date``. OpenAlex' inverted abstracts are put in order, and names taken out of the objects that
    OpenAlex, Crossref, OpenReview and Semantic Scholar keep them in.
    """
    if _is_lines(content):
        yield from _of_lines(content, problems)
        return
    try:
        whole = json.loads(content.text())
    except (ValueError, RecursionError) as error:
        raise DumpError(
            f"{content.name}: expected whole JSON, found a fault ({error}); save it again"
        ) from error
    records = _records_in(whole)
    if records is None:
        raise DumpError(
            f"{content.name}: expected a list of objects with titles, found {_shape(whole)}; save the records as a "
            "JSON array or as JSON lines"
        )
    for number, record in enumerate(records, start=1):
        if isinstance(record, dict):
            yield _entry(record, number, f"record {number}")
        else:
            problems.add(f"record {number}", _shown(record), "no object", "leave it out; it was skipped")


def _is_lines(content: Content) -> bool:
    """Whether the first line with text is an object of its own."""
    if content.head()[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    try:
        first = next((raw for _, raw in content.lines() if raw.strip(b"\xef\xbb\xbf \r\n\t")), b"")
    except DumpError:
        return False
    found = _loaded(first)
    return isinstance(found, dict) and (_records_in(found) in (None, [found]) or "title" in found)


def _of_lines(content: Content, problems: Problems) -> Iterator[Entry]:
    for line, raw in content.lines():
        if not raw.strip():
            continue
        record = _loaded(raw)
        if isinstance(record, dict):
            yield _entry(record, line, f"line {line}")
        else:
            cut = "" if raw.endswith(b"\n") else ", the last line, cut off"
            problems.add(
                f"line {line}{cut}", raw[:80].decode("utf-8", "replace").strip(), "no whole JSON object",
                "write one object a line; the line was skipped",
            )  # fmt: skip


def _loaded(raw: bytes) -> object:
    try:
        return json.loads(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace"))
    except (ValueError, RecursionError):
        return None


def _records_in(value: object, deep: int = 0) -> list[Any] | None:
    """The list of records in a file, or the one record that it is."""
    if isinstance(value, list):
        return value if not value or any(isinstance(part, dict) for part in value[:20]) else None
    if not isinstance(value, dict) or deep > _DEEPEST:
        return None
    inside = [part for part in value.values() if isinstance(part, list | dict) and part]
    for part in inside:
        if isinstance(part, list) and any(_is_record(record) for record in part[:20]):
            return (
                None
                if _is_record(value) and "title" in roles_of(tuple(value)) and deep == 0 and "paper" in value
                else part
            )
    if _is_record(value):
        return [value]
    for part in inside:
        if isinstance(part, dict) and (found := _records_in(part, deep + 1)):
            return found
    return None


def _is_record(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    fields = _unwrapped(value)[0]
    known = roles_of(tuple(str(name) for name in fields))
    return "title" in known and ("abstract" in known or len(known) > 1 or len(fields) < 4)


def _unwrapped(record: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Fields of a record, and whether the Hugging Face site gave it."""
    for name in ("paper", "content", "_source", "work", "metadata"):
        inner = record.get(name)
        if isinstance(inner, dict) and "title" in {plain(str(key)) for key in inner}:
            return {**{k: v for k, v in record.items() if k not in (name, *inner)}, **inner}, name == "paper"
    return record, "ai_summary" in record or "submittedOnDailyAt" in record


def _entry(record: dict[str, Any], line: int, place: str) -> Entry:
    fields, verbatim = _unwrapped(record)
    said: dict[str, object] = {
        name: value if isinstance(value, str) else _said(value) for name, value in fields.items()
    }
    if isinstance(inverted := fields.get("abstract_inverted_index"), dict):
        said["abstract"] = _in_order(inverted)
        del said["abstract_inverted_index"]
    if isinstance(versions := fields.get("versions"), list):
        said = {
            name: value
            for name, value in said.items()
            if plain(name) not in ("updatedate", "date", "published", "versions")
        }
        said["published"] = _first_version(versions)
    if isinstance(ids := fields.get("externalIds"), dict):
        said |= {"arxiv_id": ids.get("ArXiv"), "doi": fields.get("doi") or ids.get("DOI")}
    if "primary_location" in fields:
        said["venue"] = _inside(fields, "primary_location", "source", "display_name")
        said["url"] = _inside(fields, "primary_location", "landing_page_url") or fields.get("id")
    if isinstance(written := fields.get("authorships"), list):
        said["authors"] = [_inside(who, "author", "display_name") for who in written]
    return Entry(said, line, place, verbatim=verbatim, user=not verbatim)


def _said(value: object) -> object:
    """What a value says: objects and lists of objects by the names in them; a title that is neither stays as it is."""
    if isinstance(value, dict):
        if "date-parts" in value or set(value) == {"value"}:
            return value if "date-parts" in value else value["value"]
        return next((value[part] for part in _NAMES_OF_A_PART[:4] if isinstance(value.get(part), str)), value)
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return [name for part in value if (name := _name_of(part))]
    return value


def _name_of(part: object) -> str:
    if not isinstance(part, dict):
        return str(part) if isinstance(part, str | int) else ""
    if isinstance(part.get("family"), str):
        return f"{part['family']}, {part['given']}" if isinstance(part.get("given"), str) else part["family"]
    return next((part[name] for name in _NAMES_OF_A_PART if isinstance(part.get(name), str)), "")


def _in_order(inverted: dict[str, Any]) -> str:
    places = {
        place: word
        for word, found in inverted.items()
        if isinstance(found, list)
        for place in found
        if isinstance(place, int) and 0 <= place < 100_000
    }
    return " ".join(places[place] for place in sorted(places))


def _first_version(versions: list[Any]) -> object:
    first = versions[0] if versions else None
    return first.get("created") if isinstance(first, dict) else None


def _inside(value: object, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _shape(value: object) -> str:
    if isinstance(value, dict):
        return f"an object with {', '.join(map(str, list(value)[:6])) or 'nothing'}"
    return f"a list of {len(value)} values" if isinstance(value, list) else f"a {type(value).__name__}"


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:80]
