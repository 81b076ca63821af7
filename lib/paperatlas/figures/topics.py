"""Figures about topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import (
    ACCENT,
    QUIET,
    escape,
    fade,
    ink_on,
    mix,
    new_figure,
    shorten,
    theme_colours,
    topic_colours,
    wrap,
)
from paperatlas.prose import count

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
    for row in finest.to_dict("records"):
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
    """Stability of every topic with its interval, and its size; unstable topics pale.

    Parameters
    ----------
    table : DataFrame
        As `paperatlas.Topics.at` gives for ``"topic"``.
    """
    table = table.sort_values("stability")
    colours = topic_colours(table)
    labels = [
        escape(f"{shorten(name, 52)} ({size})")
        for name, size in zip(table["name"], table["size"], strict=True)
    ]
    shades = [
        colours[topic] if stable else fade(colours[topic], 0.35)
        for topic, stable in zip(table["topic"], table["stable"], strict=True)
    ]
    figure = new_figure(
        "How well each topic survives resampling",
        "Stability of each topic, lowest first: "
        + "; ".join(f"{n}: {s:.2f}" for n, s in zip(table["name"], table["stability"], strict=True)),
        height=130 + 28 * len(table),
        min_width=560,
        xaxis={"title": "mean Jaccard similarity over resamples, with 95 % range", "range": [0, 1.02]},
        showlegend=False,
    )
    figure.add_scatter(
        x=table["stability"], y=labels, mode="markers",
        marker={"size": 12, "color": shades},
        error_x={
            "type": "data", "symmetric": False, "array": table["stability_high"] - table["stability"],
            "arrayminus": table["stability"] - table["stability_low"], "thickness": 1.5, "width": 0, "color": QUIET,
        },
        hovertemplate="%{y}<br>stability %{x:.2f}<extra></extra>",
    )  # fmt: skip
    return figure


def confidence_check(calibration: pd.DataFrame) -> go.Figure:
    """Confidence from one half of the resamples against staying in the other half.

    Parameters
    ----------
    calibration : DataFrame
        As from `paperatlas.Topics.calibration`: ``confidence``, ``stayed``, ``papers``.
    """
    figure = new_figure(
        "Papers with high confidence stay in their topic",
        "; ".join(
            f"{papers} papers with mean confidence {confidence:.2f} stayed in {stayed:.0%} of new resamples"
            for papers, confidence, stayed in zip(
                calibration["papers"], calibration["confidence"], calibration["stayed"], strict=True
            )
        ),
        height=380,
        showlegend=False,
        xaxis={"title": "confidence", "range": [0, 1.04]},
        yaxis={"title": "stayed in new resamples", "range": [0, 1.1], "tickformat": ".0%"},
    )
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": QUIET, "dash": "dot"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=calibration["confidence"], y=calibration["stayed"], mode="lines+markers+text", line={"color": ACCENT},
        marker={"size": 10}, text=[count(n, "paper") for n in calibration["papers"]],
        textposition=["bottom right" if at < 0.7 else "top left" for at in calibration["confidence"]],
        hovertemplate="confidence %{x:.2f}<br>stayed in %{y:.0%}<extra></extra>",
    )  # fmt: skip
    return figure
