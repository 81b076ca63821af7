"""What holds for the loader whatever bytes it is given."""

from __future__ import annotations

from collections import Counter

from paperatlas.errors import DumpError
from paperatlas.readers.dumps import BANNER, BUTTON, decode, format_dump, parse_dump
from paperatlas.readers.records import Problem


def check(raw: bytes) -> str:
    """Read these bytes as a dump; returns how that went, raises AssertionError where a promise is broken."""
    try:
        text = decode(raw, file="page.txt")
    except DumpError as error:
        assert "page.txt" in str(error)
        return "refused"
    entries, problems = parse_dump(text, file="page.txt")
    assert_accounted_for(text, entries, problems)
    last = 0
    for title, abstract, line in entries:
        assert title.strip() == title != ""
        assert "\n" not in title
        assert abstract.strip() == abstract != ""
        assert last < line <= len(text) + 1
        last = line
    if not entries:
        return "nothing found"
    pairs = [(title, abstract) for title, abstract, _ in entries]
    try:
        written = format_dump(pairs)
    except DumpError:
        return "read, cannot be written"
    assert [(t, a) for t, a, _ in parse_dump(written)[0]] == pairs
    return "read, with problems" if problems else "read"


def assert_accounted_for(text: str, entries: list[tuple[str, str, int]], problems: list[Problem]) -> None:
    """Every character of the text that is neither white space nor furniture is placed or reported, once."""
    placed = [part for title, abstract, _ in entries for part in (title, abstract)]
    placed += [problem.record for problem in problems if not problem.kept]
    wanted = "".join("\ufffd" if c == "\0" or "\ud800" <= c <= "\udfff" else c for c in text)
    assert _characters("\n".join(placed)) == _characters(wanted)


def _characters(text: str) -> Counter[str]:
    for furniture in (*BANNER, BUTTON):
        text = text.replace(furniture, "")
    counts = Counter(text)
    for character in [c for c in counts if c.isspace()]:
        del counts[character]
    return counts
