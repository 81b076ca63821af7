"""The interactive map of the report: its data, and the piece of HTML that ``site/map.js`` brings to life.

The piece needs plotly.js, ``map.js`` and ``map.css`` on the page and nothing else, so that it works in the
site, in the brief, and from a folder without a network. Whatever a paper says travels as data and becomes
text in the browser; it is never markup.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas.display import visible
from paperatlas.links import paper_url
from paperatlas.prose import MARK_EXPLAINED, is_marked, marked_names
from paperatlas.text.layout import NEIGHBOURS, Projection

if TYPE_CHECKING:
    from paperatlas.study import Study

TEXT_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
MISPLACED = 0.2
_WORD = re.compile(r"[^\W_]+")


def map_payload(study: Study, card: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Everything the map shows, ready for JSON.

    Parameters
    ----------
    study : Study
    card : callable, optional
        Address of a paper's card by its id; without it, names lead to the paper itself.

    Returns
    -------
    dict
        ``papers`` (one list per column, all in the order of ``study.papers``; ``words`` are the abstract's
        search words that its title lacks), ``topics``, ``themes`` and ``dumps`` (lists of name, size and
        colours for both looks), ``layouts`` (name, coordinates, share of neighbours kept by each paper, by
        all and by chance, and where the names go), ``neighbours`` and ``misplaced`` (the shares' k, and the
        share below which a paper counts as misplaced), ``note`` (what a mark before a name means).
    """
    papers, topics, dumps = study.papers, study.topics, study.dump_table
    names = marked_names(topics.at("topic"))
    theme_place = {int(theme): place for place, theme in enumerate(topics.at("theme")["theme"])}
    topic_place = {int(topic): place for place, topic in enumerate(topics.at("topic")["topic"])}
    dump_place = {dump: place for place, dump in enumerate(dumps["dump"])}
    topic_of = papers["topic"].map(topic_place).to_numpy()
    theme_of = papers["theme"].map(theme_place).to_numpy()

    from paperatlas.figures.palette import theme_colours, topic_colours

    hues, shades = theme_colours(topics.at("topic")["theme"]), topic_colours(topics.at("topic"))
    dark_shades = topic_colours(topics.at("topic"), dark=True)
    layouts = [
        _layout(_name(study.map), study.map, topic_of, theme_of),
        _layout("t-SNE", study.second_map, topic_of, theme_of),
    ]
    own = {"card": [card(paper) for paper in papers["paper_id"]]} if card else {}
    return {
        "papers": {
            **own,
            "id": papers["paper_id"].tolist(),
            "title": [visible(title) for title in papers["title"]],
            "published": _or_none(papers["published"]),
            "venue": _or_none(papers["venue"]),
            "url": [paper_url(*row) for row in zip(papers["arxiv_id"], papers["title"], strict=True)],
            "words": [search_words(*row) for row in zip(papers["title"], papers["abstract"], strict=True)],
            "topic": topic_of.tolist(),
            "runner_up": papers["runner_up"].map(topic_place).tolist(),
            "confidence": papers["confidence"].round(2).tolist(),
            "dumps": [[dump_place[dump] for dump in found] for found in papers["dumps"]],
        },
        "topics": [
            {
                "name": visible(name),
                "theme": theme_place[theme],
                "size": size,
                **_looks(shades[topic], dark_shades[topic]),
            }
            for topic, theme, name, size in _rows(
                topics.at("topic").assign(name=names.to_numpy()), "topic", "theme", "name", "size"
            )
        ],
        "themes": [
            {"name": visible(name), "size": size, **_looks(hues[theme])}
            for theme, name, size in _rows(topics.at("theme"), "theme", "name", "size")
        ],
        "dumps": [
            {"name": visible(label), "size": size, **_looks(_dump_colour(place))}
            for place, (label, size) in enumerate(_rows(dumps, "label", "papers"))
        ],
        "layouts": layouts,
        "neighbours": min(NEIGHBOURS, len(papers) - 2),
        "misplaced": MISPLACED,
        "note": f"{MARK_EXPLAINED}: drawn anew, the papers seldom give it again."
        if any(map(is_marked, names))
        else "",
    }


def map_html(study: Study, card: Callable[[str], str] | None = None) -> str:
    """The map as a piece of HTML: controls, stage, card, list, table, and its data.

    Parameters
    ----------
    study : Study
    card : callable, optional
        Address of a paper's card by its id, from the page that holds the map.

    Returns
    -------
    str
        For a page that loads plotly.js, ``site/map.js`` and ``site/map.css``.
    """
    return fragment(map_payload(study, card))


def fragment(payload: dict[str, Any]) -> str:
    """Piece of HTML for a payload as from `map_payload`."""
    content = json.dumps(payload, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    # Inside <script> only "<" can end the data or open a comment.
    content = content.replace("<", "\\u003c")
    return _FRAGMENT.replace("%PAYLOAD%", content)


def anchor(points: np.ndarray) -> tuple[float, float]:
    """Where the name of a group goes: the middle of the densest half of its points.

    Parameters
    ----------
    points : (n, 2) array, n at least 1
    """
    centre = np.median(points, axis=0)
    half = (len(points) + 1) // 2
    for _ in range(5):  # a few steps suffice: each drops what lies far off, a stray cluster above all
        order = np.argsort(((points - centre) ** 2).sum(axis=1), kind="stable")
        centre = points[order[:half]].mean(axis=0)
    return round(float(centre[0]), 3), round(float(centre[1]), 3)


def _rows(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table[column].tolist() for column in columns), strict=True))


def _dump_colour(place: int) -> str:
    """A hue for each of the first eight dumps, lighter from there on."""
    from paperatlas.figures.palette import HUES

    colour = HUES[place % len(HUES)]
    return _lighter(colour) if place // len(HUES) % 2 else colour


def _looks(colour: str, dark: str | None = None) -> dict[str, str]:
    """A colour for points and for text, on white and on black."""
    from paperatlas.figures.palette import NIGHT, PAPER, POINT_CONTRAST, readable

    dark = dark or _lighter(colour)
    return {
        "light": readable(colour, PAPER, POINT_CONTRAST),
        "dark": readable(dark, NIGHT, POINT_CONTRAST),
        "light_text": readable(colour, PAPER, TEXT_CONTRAST + 1),  # names lie on points: some reserve
        "dark_text": readable(dark, NIGHT, TEXT_CONTRAST + 3),
    }


def _lighter(colour: str) -> str:
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(c + (255 - c) * 0.3):02X}" for c in channels)


def _layout(name: str, picture: Projection, topic_of: np.ndarray, theme_of: np.ndarray) -> dict[str, Any]:
    coords = picture.coords.astype(float)
    return {
        "name": name,
        "x": coords[:, 0].round(3).tolist(),
        "y": coords[:, 1].round(3).tolist(),
        "kept": picture.kept.round(3).tolist(),
        "kept_overall": round(float(picture.kept.mean()), 4),
        "kept_by_chance": round(picture.expected, 4),
        "topic_anchors": _anchors(coords, topic_of),
        "theme_anchors": _anchors(coords, theme_of),
    }


def _anchors(coords: np.ndarray, groups: np.ndarray) -> list[tuple[float, float]]:
    return [anchor(coords[groups == group]) for group in range(int(groups.max()) + 1)]


def _name(picture: Projection) -> str:
    return "principal components" if picture.source == "svd" else "UMAP"


def _or_none(values: pd.Series) -> list[str | None]:
    return [visible(value) if isinstance(value, str) and value else None for value in values]


def _plain(text: str) -> str:
    """Lower case, without accents: ``map.js`` does the same to a query."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.category(c).startswith("M")).lower()


def search_words(title: str, abstract: str) -> str:
    """Words of the abstract that the title lacks, each once, sorted."""
    return " ".join(sorted({*_WORD.findall(_plain(abstract))} - {*_WORD.findall(_plain(title))}))


_FRAGMENT = """
<section class="pa-map" aria-label="Map of the papers">
<div class="pa-map-bar">
<label class="pa-map-search"><span class="pa-map-unseen">Search titles and abstracts</span>
<input type="search" data-part="query" placeholder="Search titles and abstracts" autocomplete="off" spellcheck="false"></label>
<p class="pa-map-count"><span role="status" data-part="count"></span><button type="button" data-part="clear" hidden>Clear</button></p>
<div class="pa-map-switch" role="group" aria-label="Show as">
<button type="button" data-part="as-map" aria-pressed="true">Map</button><button type="button" data-part="as-table" aria-pressed="false">Table</button>
</div>
</div>
<details class="pa-map-options" data-part="options"><summary>Colours and filters</summary>
<div>
<label>Colour by<select data-part="colour"></select></label>
<label>Theme or topic<select data-part="part"></select></label>
<label data-part="dump-label">Dump<select data-part="dump"></select></label>
<fieldset data-part="years"><legend>Years</legend><select data-part="from" aria-label="From year"></select><span aria-hidden="true">–</span><select data-part="to" aria-label="To year"></select></fieldset>
</div>
</details>
<div class="pa-map-body" data-part="body">
<details class="pa-map-found" data-part="found"><summary data-part="found-title"></summary>
<ol data-part="list"></ol>
</details>
<div class="pa-map-stage" data-part="stage">
<div class="pa-map-plot" data-part="plot" tabindex="0" role="application" aria-label="Map of the papers. Arrow keys move it, plus and minus zoom, 0 shows all. The list and the table hold the same papers as text."></div>
<div class="pa-map-labels" data-part="labels" aria-hidden="true"></div>
<div class="pa-map-zoom" data-part="zoom" role="group" aria-label="Zoom">
<button type="button" data-part="in" aria-label="Zoom in" title="Zoom in">+</button><button type="button" data-part="out" aria-label="Zoom out" title="Zoom out">−</button><button type="button" data-part="whole" aria-label="Show all" title="Show all">⤢</button>
</div>
<div class="pa-map-card" id="pa-map-card" data-part="card" hidden></div>
</div>
<div class="pa-map-legend" data-part="legend"></div>
</div>
<div class="pa-map-table" data-part="table" role="region" aria-label="The papers as a table" tabindex="0" hidden></div>
<div class="pa-map-trust">
<p data-part="error"></p>
<div data-part="layouts" class="pa-map-switch" role="group" aria-label="Layout"></div>
<label class="pa-map-check"><input type="checkbox" data-part="misplaced"><span class="pa-map-ring" aria-hidden="true"></span><span data-part="misplaced-label"></span></label>
</div>
<noscript><p>The map needs JavaScript; the papers are listed in the tables of this report.</p></noscript>
<script type="application/json">%PAYLOAD%</script>
</section>
"""  # noqa: E501
