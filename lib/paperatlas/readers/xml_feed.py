"""Papers from an Atom feed, as arXiv's interface gives it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from paperatlas.errors import DumpError
from paperatlas.readers.content import Content
from paperatlas.readers.problems import Problems
from paperatlas.readers.records import Entry

_ATOM, _ARXIV = "{http://www.w3.org/2005/Atom}", "{http://arxiv.org/schemas/atom}"
# Entities are what makes XML dangerous, and a feed declares none.
_DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PROLOGUE = re.compile(r"\A\s*<\?xml[^>]*\?>")


def feed_entries(content: Content, problems: Problems) -> Iterator[Entry]:
    """Papers of a feed; one that is cut off is read up to there.

    Raises
    ------
    DumpError
        If it declares a document type or entities.
    """
    text = content.text()
    if _DECLARES.search(text):
        raise DumpError(f"{content.name} declares entities, which a feed of papers does not; fetch it again")
    number = 0
    try:
        for _, element in ElementTree.iterparse(io.StringIO(_PROLOGUE.sub("", text).strip()), ["end"]):  # noqa: S314 - no entities
            if element.tag == f"{_ATOM}entry":
                number += 1
                yield _entry(element, number)
    except ElementTree.ParseError as error:
        place = f"line {error.position[0]}"
        problems.add(place, "", f"no well-formed XML from here on ({error})", "fetch the feed again")


def _entry(element: ElementTree.Element, number: int) -> Entry:
    def text(name: str, space: str = _ATOM) -> str:
        found = element.find(f"{space}{name}")
        return "".join(found.itertext()) if found is not None else ""

    fields = {
        "title": text("title"),
        "abstract": text("summary"),
        "published": text("published"),
        "url": text("id"),
        "authors": [(who.findtext(f"{_ATOM}name") or "").strip() for who in element.iter(f"{_ATOM}author")],
        "doi": text("doi", _ARXIV),
        "venue": text("journal_ref", _ARXIV),
        "keywords": [term for kind in element.iter(f"{_ATOM}category") if (term := kind.get("term"))],
    }
    return Entry(fields, number, f"entry {number}")
