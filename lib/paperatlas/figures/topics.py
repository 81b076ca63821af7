"""Figures about topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.palette import ink_on, mix, theme_colours, topic_colours
from paperatlas.figures.style import (
    Marks,
    escape,
    fade,
    new_figure,
    row_figure,
    row_labels,
    wrap,
)
from paperatlas.prose import marked_names

if TYPE_CHECKING:
    from paperatlas.topics import Topics


def theme_tree(topics: Topics) -> go.Figure:
    """Themes, the topics in them and their subtopics, areas in proportion to papers; a click opens a node.

    Parameters
    ----------
    topics : Topics
        Nodes that are not found again when papers are resampled are pale and said so.
    """
    themes, table, finest = (topics.at(level) for level in ("theme", "topic", "subtopic"))
    hues, colours = theme_colours(themes["theme"]), topic_colours(table)
    lone = set(themes.loc[themes["topics"].map(len) == 1, "theme"])
    parts = finest[finest["topic"].duplicated(keep=False)]  # a topic that does not divide is its own subtopic
    tiles = [
        (
            f"theme {row['theme']}",
            "",
            *_tile(row, mix(hues[row["theme"]], 0.25), f"<b>{escape(row['name'].split(', ')[0])} …</b>"),
        )
        for row in themes.to_dict("records")
        if row["theme"] not in lone
    ]
    for row in table.to_dict("records"):
        parent = "" if row["theme"] in lone else f"theme {row['theme']}"
        tiles.append((f"topic {row['topic']}", parent, *_tile(row, colours[row["topic"]])))
    for row in parts.to_dict("records"):
        shade = mix(colours[row["topic"]], 0.75)
        tiles.append((f"subtopic {row['subtopic']}", f"topic {row['topic']}", *_tile(row, shade)))
    ids, parents, texts, names, sizes, shades = (list(column) for column in zip(*tiles, strict=True))
    figure = new_figure(
        "What the pile is about",
        "Papers by theme: "
        + "; ".join(f"{n}, {count} papers" for n, count in zip(themes["name"], themes["size"], strict=True)),
        height=560,
        min_width=640,
        margin={"l": 4, "r": 4, "t": 56, "b": 4},
    )
    figure.add_treemap(
        ids=ids, parents=parents, labels=texts, values=sizes, branchvalues="total", sort=True, maxdepth=3,
        customdata=[escape(name) for name in names], texttemplate="%{label}<br>%{value}",
        marker={"colors": shades, "cornerradius": 3}, insidetextfont={"color": [ink_on(c) for c in shades]},
        hovertemplate="%{customdata}<br>%{value} papers<extra></extra>", tiling={"pad": 3},
    )  # fmt: skip
    return figure


def _tile(row: dict[Any, Any], colour: str, label: str = "") -> tuple[str, str, int, str]:
    """Label, full name, papers and colour of a node; one that is not found again is pale and says so."""
    label = (label or wrap(row["name"], 24)) + ("" if row["stable"] else "<br><i>not found again</i>")
    return label, row["name"], row["size"], colour if row["stable"] else mix(colour, 0.4)


def topic_bars(table: pd.DataFrame) -> go.Figure:
    """Stability of every topic with its interval, the steadiest on top; unstable topics pale.

    Parameters
    ----------
    table : DataFrame
        As `paperatlas.Topics.at` gives for ``"topic"``.
    """
    table = table.sort_values("stability", ascending=False)
    colours = topic_colours(table)
    shades = [
        colours[topic] if stable else fade(colours[topic], 0.35)
        for topic, stable in zip(table["topic"], table["stable"], strict=True)
    ]
    marks = Marks(
        "stability", table["stability"], range(len(table)), table["stability_low"], table["stability_high"], shades,
        hover=[f"stability {value:.2f}" for value in table["stability"]],
    )  # fmt: skip
    return row_figure(
        "How well each topic survives resampling",
        "Stability of each topic, highest first: "
        + "; ".join(f"{n}: {s:.2f}" for n, s in zip(table["name"], table["stability"], strict=True)),
        row_labels(marked_names(table).tolist(), table["size"], 52),
        [marks],
        xaxis={"title": "mean Jaccard similarity over resamples, with 95 % range", "range": [0, 1.02]},
    )
