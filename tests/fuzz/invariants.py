"""What holds for the loader whatever bytes it is given, and how inputs are made hostile and tried."""

import random
import traceback
from collections import Counter
from collections.abc import Callable, Sequence

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


def mutate(rng: random.Random, text, fragments: Sequence):
    """Cut, double, move or salt a few places of a text, or of bytes."""
    for _ in range(rng.choice([0, 1, 1, 2, 4, 15])):
        at, place = rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.choice([0, 1, 5, 45, 350]))
        text = rng.choice(
            [
                text[:at] + text[to:],
                text[:to] + text[at:to] + text[to:],
                text[:place] + text[at:to] + text[place:],
                text[:at] + rng.choice(fragments) + text[at:],
            ]
        )
    return text


def run(n: int, seed: int, make: Callable, check: Callable) -> int:
    """Try `n` inputs; returns 1 if any broke a promise. Ten that do are shown."""
    ends: Counter[str] = Counter()
    for number in range(n):
        made = make(random.Random(f"{seed} {number}"))
        try:
            ends[check(made)] += 1
        except Exception:
            ends["BROKEN"] += 1
            print(f"input {number} of seed {seed}: {str(made)[:2000]}")
            traceback.print_exc(limit=-4)
            if ends["BROKEN"] == 10:
                break
    print(f"{ends.total():,} inputs: " + ", ".join(f"{count:,} {end}" for end, count in ends.most_common()))
    return int(ends["BROKEN"] > 0)
