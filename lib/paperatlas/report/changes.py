"""The difference of two runs, as text and as a page in one file."""

from __future__ import annotations

from paperatlas.diff import Difference
from paperatlas.prose import visible
from paperatlas.templates import render, say

_MOST = 10  # rows of a kind that the text shows; the page shows all


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


def blocks(difference: Difference) -> list[tuple[str, list[str]]]:
    """What differs, as headings with their rows; kinds without a change are left out."""
    found: list[tuple[str, list[str]]] = []
    for line in say("differences", d=difference):
        if line.startswith("- "):
            found[-1][1].append(line.removeprefix("- "))
        else:
            found.append((line, []))
    return [(title, rows) for title, rows in found if rows]
