"""Notebooks as pages: folded code, figures as data for the site's script, names of papers that lead to their cards."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from paperatlas.display import escape

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from paperatlas.report.cards import Cards

PLOTLY_TYPE = "application/vnd.plotly.v1+json"


def for_site(notebook: NotebookNode, cards: Cards | None = None) -> NotebookNode:
    """Notebook with folded code, figures as data that the site's script draws, and links to cards."""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
        for output in cell.outputs:
            data = output.get("data", {})
            if spec := data.get(PLOTLY_TYPE):
                number += 1
                output["data"] = {"text/html": figure_html(spec, number)}
            elif cards and "text/html" in data:
                data["text/html"] = cards.link_names("".join(data["text/html"]), base="../")
    return notebook


def figure_html(spec: dict[str, Any], number: int) -> str:
    """One figure as HTML: a place to draw, its data, and its description for those who do not see it.

    On a page too narrow for the figure and its title, the title stands above it as a caption.
    """
    layout = spec["layout"]
    alt = escape(layout.get("meta", {}).get("alt", ""))
    height = int(layout.get("height", 420))
    width = int(layout.get("meta", {}).get("min_width", 0))
    content = json.dumps({"data": spec["data"], "layout": layout}, separators=(",", ":"), ensure_ascii=True)
    # Inside <script> only "<" can end the data or open a comment.
    content = content.replace("<", "\\u003c")
    return (
        f'<figure class="pa-figure" id="figure-{number}" role="group" aria-label="{alt}" tabindex="0">'
        f"{_caption(layout.get('title', {}))}"
        f'<div class="pa-plot" style="min-height:{height}px;min-width:{width}px"></div>'
        f'<script type="application/json">{content}</script></figure>'
    )


def _caption(title: dict[str, Any]) -> str:
    lines = [title.get("text") or "", *(title.get("subtitle", {}).get("text") or "").split("<br>")]
    # Plotly's titles are HTML of its own kind.
    plain = [escape(html.unescape(re.sub("<[^>]*>", " ", line)).strip()) for line in lines]
    first, rest = plain[0], "<br>".join(line for line in plain[1:] if line)
    below = f"<small>{rest}</small>" if rest else ""
    return f'<figcaption class="pa-title" hidden><b>{first}</b>{below}</figcaption>'
