"""The difference of two runs, as text and as a page in one file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from paperatlas.diff import Difference, TopicChange
from paperatlas.prose import count, listing, quoted, visible
from paperatlas.report.rendering import render

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
    found: list[Block] = [
        ("Inputs", difference.inputs),
        (f"Topics ({same} stay as they were)", [_topic(change) for change in changes]),
        (_headed("papers came in", difference.papers_added), _titles(difference.papers_added)),
        (_headed("papers went", difference.papers_removed), _titles(difference.papers_removed)),
        (
            _headed("papers moved to another topic", difference.moved),
            _each(difference.moved, lambda r: f"{quoted(r['title'])}: from {quoted(r['before'])} to {quoted(r['after'])}"),
        ),
        (
            _headed("dates changed", difference.dates),
            _each(difference.dates, lambda r: f"{quoted(r['title'])}: {r['before'] or 'none'} → {r['after'] or 'none'}"),
        ),
    ]  # fmt: skip
    for name, (added, removed) in difference.entries.items():
        column = {"systems": "name", "claims": "quote", "links": "url"}[name]
        for word, table in (("added", added), ("removed", removed)):
            rows = _each(table, partial(_entry, column))
            found.append((_headed(f"{name} {word}", table), rows))
    found.append(("Key numbers", _each(difference.numbers, _number)))
    return [(title, rows) for title, rows in found if rows]


def _headed(what: str, table: pd.DataFrame) -> str:
    noun, _, rest = what.partition(" ")
    return f"{count(len(table), noun.removesuffix('s'))} {rest}"


def _entry(column: str, row: dict[str, str]) -> str:
    return f"{row[column]} — {row['title']}" if row.get("title") else row[column]


def _number(row: dict[str, str]) -> str:
    return f"{row['number'].replace('_', ' ')}: {row['before']} → {row['after']}"


def _titles(table: pd.DataFrame) -> list[str]:
    """Titles with their topics, topic by topic."""
    return _each(
        table.sort_values("topic", kind="stable"), lambda row: f"{row['title']}, in {quoted(row['topic'])}"
    )


def _each(table: pd.DataFrame, say: Callable[[dict[str, str]], str]) -> list[str]:
    return [say({str(k): v for k, v in row.items()}) for row in table.to_dict("records")]


def _topic(change: TopicChange) -> str:
    before, after = (listing([quoted(name) for name in names]) for names in (change.before, change.after))
    return {
        "split": f"{before} was split into {after}",
        "merged": f"{before} were merged into {after}",
        "gone": f"{before} is gone",
        "new": f"{after} is new",
        "renamed": f"{before} is now called {after} ({count(change.shared, 'shared paper')}, overlap {change.overlap:.2f})",
    }[change.kind]
