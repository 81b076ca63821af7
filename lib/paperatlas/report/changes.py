"""The difference of two runs, as text and as a page in one file."""

from __future__ import annotations

import pandas as pd

from paperatlas.diff import Difference, TopicChange
from paperatlas.prose import count, listing, quoted, visible
from paperatlas.templates import render

_MOST = 10  # rows of a kind that the text shows; the page shows all

Block = tuple[str, list[str]]


def as_text(difference: Difference) -> str:
    """The difference in plain text, with at most ten rows of a kind."""
    lines = [f"before: {visible(difference.before)}", f"after:  {visible(difference.after)}"]
    if difference.nothing:
        return "\n".join([*lines, "the two runs say the same"])
    for title, rows in blocks(difference):
        lines += ["", title] + [f"  {visible(row)}" for row in rows[:_MOST]]
        if len(rows) > _MOST:
            lines.append(f"  and {len(rows) - _MOST:,} more")
    return "\n".join(lines)


def as_html(difference: Difference) -> str:
    """The difference as an HTML page that needs no other file."""
    return render("diff.html", difference=difference, blocks=blocks(difference))


def blocks(difference: Difference) -> list[Block]:
    """What differs, as headings with their rows; kinds without a change are left out."""
    kinds = ("split", "merged", "gone", "new", "renamed")
    changes = sorted((c for c in difference.topics if c.kind in kinds), key=lambda c: kinds.index(c.kind))
    same = sum(change.kind == "same" for change in difference.topics)
    came, went = (
        t.sort_values("topic", kind="stable") for t in (difference.papers_added, difference.papers_removed)
    )
    dates = difference.dates.replace({"before": {"": "none"}, "after": {"": "none"}})
    tables = [
        ("papers came in", came, "{title}, in “{topic}”"),
        ("papers went", went, "{title}, in “{topic}”"),
        ("papers moved to another topic", difference.moved, "“{title}”: from “{before}” to “{after}”"),
        ("dates changed", dates, "“{title}”: {before} → {after}"),
    ]
    for name, changed in difference.entries.items():
        column = {"systems": "name", "claims": "quote", "links": "url"}[name]
        for word, table in zip(("added", "removed"), changed, strict=True):
            tables.append((f"{name} {word}", table, f"{{{column}}}" + " — {title}" * ("title" in table)))
    numbers = difference.numbers.assign(number=difference.numbers["number"].str.replace("_", " "))
    found = [
        ("Inputs", difference.inputs),
        (f"Topics ({same} stay as they were)", [_topic(change) for change in changes]),
        *((_headed(what, table), _each(table, pattern)) for what, table, pattern in tables),
        ("Key numbers", _each(numbers, "{number}: {before} → {after}")),
    ]
    return [(title, rows) for title, rows in found if rows]


def _headed(what: str, table: pd.DataFrame) -> str:
    noun, _, rest = what.partition(" ")
    return f"{count(len(table), noun.removesuffix('s'))} {rest}"


def _each(table: pd.DataFrame, pattern: str) -> list[str]:
    return [pattern.format_map(row) for row in table.to_dict("records")]


def _topic(change: TopicChange) -> str:
    before, after = (listing([quoted(name) for name in names]) for names in (change.before, change.after))
    return {
        "split": f"{before} was split into {after}",
        "merged": f"{before} were merged into {after}",
        "gone": f"{before} is gone",
        "new": f"{after} is new",
        "renamed": f"{before} is now called {after} ({count(change.shared, 'shared paper')}, overlap {change.overlap:.2f})",
    }[change.kind]
