"""Turn numbers and names into plain English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from paperatlas.shipped import rows_of

if TYPE_CHECKING:
    import pandas as pd

UNSTABLE = "○"
MARK_EXPLAINED = f"{UNSTABLE} unstable topic"
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count(n: int, noun: str, plural: str | None = None, *, words: bool = False) -> str:
    """Number and noun: "1 paper", "626 papers", "2 entries", or with `words` "three papers"."""
    number = _SMALL[n] if words and 0 <= n < len(_SMALL) else f"{n:,}"
    regular = noun[:-1] + "ies" if noun.endswith("y") else noun + ("es" if noun.endswith("ch") else "s")
    return f"{number} {noun if n == 1 else plural or regular}"


def out_of(n: int, total: int, noun: str) -> str:
    """So many of them all: "all 27 topics", "both topics", "2 of 4 topics", "none of 3 topics"."""
    if n == total == 2:
        return count(total, noun).replace("2", "both")
    if n == total > 1:
        return f"all {count(total, noun)}"
    return f"{n:,} of {count(total, noun)}" if n else f"none of {count(total, noun)}"


def verb(n: int, plural: str) -> str:
    """Verb for so many: "sits" or "sit", "is" or "are"."""
    return {"are": "is", "have": "has"}.get(plural, f"{plural}s") if n == 1 else plural


def head(name: str) -> str:
    """First phrase of a topic's name, without the abbreviation in brackets."""
    return str(name).split(", ")[0].split(" (")[0]


def is_plural(name: str) -> bool:
    """Whether a verb after the name is plural, by its last word: "graph networks" is, "NAS", "physics" are not."""
    word = head(name).split()[-1]
    return word.endswith("s") and not word.isupper() and not word.endswith(("ss", "us", "is", "ics"))


class Sources(NamedTuple):
    """What the sources of a pile are called: one of them "dump" or "source", and all of them, counted.

    The `phrase` is such as "five saved Hugging Face searches", "one BibTeX file" or "three files"; `searches` are "five
    searches", or "" unless all of them are search pages.
    """

    n: int
    word: str
    phrase: str
    searches: str


def sources_of(kinds: Mapping[str, str]) -> Sources:
    """What sources of these kinds are called, ``attrs["kinds"]`` of `paperatlas.read_papers`."""
    found, n = set(kinds.values()), len(kinds)
    nouns = [row["called"] for row in rows_of("kinds") if {row["kind"]} == found]
    searched = found == {"search page"}
    return Sources(
        n,
        "dump" if searched else "source",
        count(n, "".join(nouns) or "file", words=True),
        count(n, "search", words=True) if searched else "",
    )


def visible(text: object, *, keep: str = "\n\t") -> str:
    """Text with control and format characters but `keep` made visible, so that none acts on a page or a terminal."""
    return "".join(c if c.isprintable() or c in keep else f"⟨{ord(c):04X}⟩" for c in str(text))


def percent(share: float) -> str:
    """Share as whole per cent; shares that would read as 0 or 100 without being so keep a decimal."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    whole = round(100 * share)
    return f"{100 * share:.1f} %" if whole in (0, 100) and share not in (0.0, 1.0) else f"{whole} %"


def between(low: float, high: float) -> str:
    """Interval of shares: "12 to 19 %"."""
    return f"{100 * low:.0f} to {100 * high:.0f} %"


def listing(names: Sequence[str], *, most: int = 5) -> str:
    """Names in a row: "a, b and c"; beyond `most` the rest is counted."""
    rest = [f"{len(names) - most} more"] if len(names) > most else []
    *shown, last = [*names[:most], *rest] or ["none"]
    return f"{', '.join(shown)} and {last}" if shown else last


def quoted(name: str) -> str:
    """Name in typographic quotes."""
    return f"“{name}”"


def marked_names(topics: pd.DataFrame) -> pd.Series:
    """Names of topics (``topic``, ``name``) by number, `UNSTABLE` once before each known not to be ``stable``."""
    names = topics.set_index("topic")["name"].astype(str)
    stable = topics.get("stable", names == names).to_numpy(bool)
    marked = names.str.startswith(f"{UNSTABLE} ")
    return names.where(stable | marked, f"{UNSTABLE} " + names)


def is_marked(name: object) -> bool:
    """Whether a name carries the mark that `marked_names` sets."""
    return isinstance(name, str) and name.startswith(UNSTABLE + " ")


def sentence(text: str) -> str:
    """Text with a capital first letter and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
