"""Notebooks as pages: Markdown, folded code, results, and figures as data that ``figures.js`` draws."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from paperatlas.prose import visible
from paperatlas.templates import as_json

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAP = '<p class="pa-map">'  # what stands in a stored notebook for the map, which a page of the report has itself
PLOTLY_TYPE = "application/vnd.plotly.v1+json"
_NOTEBOOK_LINK = re.compile(r"\[([^\]]+)\]\((\w+)\.ipynb\)")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def markdown(text: str) -> Markup:
    """HTML of Markdown; HTML within it is shown, not obeyed, and headings have anchors."""
    tokens = _MARKDOWN.parse(text)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(inline.content))
        if token.type == "table_open":
            token.attrSet("class", "pa-plain")
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    # What scrolls can be reached with the keyboard.
    return Markup(html.replace("<pre>", '<pre tabindex="0">'))  # noqa: S704 - made with html off


def anchor(heading: str) -> str:
    """What a heading is called in an address, as GitHub has it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def title_of(notebook: NotebookNode) -> str:
    """First heading of a notebook."""
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return next((str(text.splitlines()[0][2:]) for text in texts if text.startswith("# ")), "Notebook")


def cells(notebook: NotebookNode, present: Collection[str]) -> list[dict[str, Any]]:
    """Cells for the template: each a piece of ``text``, or ``code`` with its ``outputs``.

    Links to notebooks that are not `present` in the site become plain text.
    """
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            found.append({"code": cell.source, "outputs": [_output(output) for output in cell.outputs]})
        else:
            source = _NOTEBOOK_LINK.sub(
                lambda m: f"[{m[1]}]({m[2]}.html)" if m[2] in present else m[1], cell.source
            )
            found.append({"text": markdown(source)})
    return found


def _output(output: Any) -> dict[str, Any]:
    data = output.get("data", {})
    if spec := data.get(PLOTLY_TYPE):
        return {"figure": figure(spec)}
    if "".join(data.get("text/html", "")).startswith(MAP):
        return {"map": True}
    if "text/html" in data:  # written by `paperatlas.display`, which escapes
        # The corner of pandas' tables heads nothing.
        return {"html": Markup("".join(data["text/html"]).replace("<th></th>", "<td></td>"))}  # noqa: S704
    return {"plain": "".join(output.get("text", data.get("text/plain", "")))}


def figure(spec: dict[str, Any]) -> dict[str, Any]:
    """What the template needs of a figure of plotly's: data, description, size, and title for narrow pages."""
    layout = spec["layout"]
    title = layout.get("title", {})
    lines = [title.get("text") or "", *(title.get("subtitle", {}).get("text") or "").split("<br>")]
    # Plotly's titles are HTML of its own kind.
    plain = [visible(html.unescape(re.sub("<[^>]*>", " ", line)).strip()) for line in lines]
    return {
        "alt": layout.get("meta", {}).get("alt", ""),
        "height": int(layout.get("height", 420)),
        "width": int(layout.get("meta", {}).get("min_width", 0)),
        "title": plain[0],
        "subtitle": [line for line in plain[1:] if line],
        "json": Markup(as_json({"data": spec["data"], "layout": layout})),  # noqa: S704 - holds no "<"
    }
