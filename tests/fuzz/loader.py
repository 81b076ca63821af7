"""Fuzz the loader: ``python -m tests.fuzz.loader [INPUTS] [SEED]``, or ``make fuzz``.

Inputs grow from a grammar of pages (real entries, wrapped, with lines missing, in blocks) and are then
mutated with hostile fragments. Every input must keep the promises in `tests.fuzz.invariants`; one that
does not is printed as Python, to be kept in ``tests/unit/test_dumps.py``.
"""

import random
import sys
import textwrap
from pathlib import Path

import paperatlas as pa
from paperatlas.readers.dumps import BANNER, BUTTON
from tests.fuzz.invariants import check, mutate, run

DUMPS = Path(__file__).resolve().parents[2] / "data" / "dumps"
FRAGMENTS = [
    "\0", "\r", "\r\n", "\n", "\n\n", " ", "\t", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\ufeff", "\u200b", "\u202e",
    "\x1b[31m", "\x1b]0;x\x07", "\ufffd", "é", "😀", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "@SUM(1)", "-1+1",
    "$$", "\\frac{", "{" * 50, "]" * 50, "((((", "http://http://", "www.", "a" * 500, ". A" * 80, BUTTON, BUTTON.lower(),
    *BANNER, BANNER[0][:-1], "we,", "the", "A Title In Title Case", "A sentence. Another one.", "?",
]  # fmt: skip
BYTES = [
    b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\0" * 9,
]  # fmt: skip
ENDS = ("\n", "\r\n", "\r", "\n\n", "\n \n")


def pairs() -> list[tuple[str, str]]:
    """Entries of the shipped dumps, as seeds."""
    records = pa.read_dumps(DUMPS)
    return list(zip(records["title"], records["abstract"], strict=True))


def page(rng: random.Random, real: list[tuple[str, str]]) -> str:
    """One page after the grammar: banner, button, entries in one of several forms."""
    end = rng.choice(ENDS)
    width = rng.choice([0, 0, 0, 60, 80, 100])
    longest = rng.choice([40, 200, 700, 2000])
    missing = rng.choice([0, 0, 0.2])
    blocks = []
    for title, abstract in rng.sample(real, rng.randrange(0, 7)):
        if width:
            abstract = end.join(textwrap.wrap(abstract[:longest], width))
        lines = [title, abstract[:longest]]
        blocks.append(end.join(line for line in lines if rng.random() >= missing))
    text = (end + rng.choice(["", "", "\n"])).join(blocks)
    if rng.random() < 0.7:
        text = end.join([*BANNER[: rng.choice([1, 2, 2, 2])], rng.choice([BUTTON, ""]) + text])
    return text


def inputs(rng: random.Random, real: list[tuple[str, str]]) -> bytes:
    """One input, as the bytes of a file."""
    text = mutate(rng, page(rng, real) + rng.choice(["", "", page(rng, real)]), FRAGMENTS)
    raw = text.encode(rng.choice(["utf-8"] * 9 + ["utf-16"]), errors="replace")
    for _ in range(rng.choice([0, 0, 0, 0, 1, 3])):
        at = rng.randrange(len(raw) + 1)
        raw = raw[:at] + rng.choice(BYTES) + raw[at + rng.choice([0, 1]) :]
    return raw


def main(n: int = 100_000, seed: int = 0) -> int:
    """Try `n` inputs; returns 1 if any broke a promise."""
    real = pairs()
    return run(n, seed, lambda rng: inputs(rng, real), check)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
