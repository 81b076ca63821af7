"""The map of papers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.density import density_map
from paperatlas.figures.style import (
    INK,
    escape,
    explain_marks,
    marked_names,
    new_figure,
    shorten,
    theme_colours,
    topic_colours,
    wrap,
)
from paperatlas.links import paper_url

LARGEST_PLAIN_SCATTER = 2_000
LARGEST_SCATTER = 20_000


def paper_map(
    papers: pd.DataFrame, topics: pd.DataFrame, themes: pd.DataFrame, *, height: int = 720
) -> go.Figure:
    """Every paper as a point, coloured by topic, themes named where their papers lie.

    More than 20,000 papers are drawn as a density (`density_map`).

    Parameters
    ----------
    papers : DataFrame
        As `paperatlas.Study.papers`.
    topics, themes : DataFrame
        As `paperatlas.Topics.table` and `paperatlas.Topics.themes`.
    height : int
        Pixels.
    """
    if len(papers) > LARGEST_SCATTER:
        return density_map(papers, topics, themes, height=height)
    colours = topic_colours(topics)
    hues = theme_colours(topics["theme"])
    figure = new_figure(
        "The papers, near to what they resemble",
        f"Map of {len(papers)} papers in {len(themes)} themes and {len(topics)} topics.",
        height=height,
        hovermode="closest",
        xaxis={"visible": False},
        yaxis={"visible": False, "scaleanchor": "x"},
        legend={"orientation": "h", "y": -0.02, "font": {"size": 12}, "itemsizing": "constant"},
    )
    scatter = go.Scattergl if len(papers) > LARGEST_PLAIN_SCATTER else go.Scatter
    ordered = topics.sort_values(["theme", "topic"])
    names = marked_names(ordered).tolist()
    for topic, name in zip(ordered["topic"], names, strict=True):
        points = papers[papers["topic"] == topic]
        marker = {
            "size": 8,
            "color": colours[topic],
            "line": {"width": 0.5, "color": "#FFFFFF"},
            "opacity": (0.35 + 0.6 * points["confidence"]).round(2),
        }
        figure.add_trace(
            scatter(
                x=points["x"].round(3),
                y=points["y"].round(3),
                mode="markers",
                name=escape(shorten(name, 40)),
                marker=marker,
                customdata=[
                    paper_url(*pair) for pair in zip(points["arxiv_id"], points["title"], strict=True)
                ],
                hovertext=[_card(paper) for paper in points.to_dict("records")],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    for theme, name in zip(themes["theme"], themes["name"], strict=True):
        points = papers[papers["theme"] == theme]
        figure.add_annotation(
            x=float(points["x"].median()),
            y=float(points["y"].median()),
            text=f"<b>{wrap(shorten(name, 44), 24)}</b>",
            showarrow=False,
            font={"size": 14, "color": hues[theme]},
            bgcolor="rgba(255,255,255,0.8)",
            borderpad=3,
        )
    figure.update_layout(font_color=INK)
    return explain_marks(figure, names)


def _card(paper: Mapping[Hashable, Any]) -> str:
    """Hover card of one paper."""
    when = " · ".join(
        str(paper[key]) for key in ("published", "venue") if isinstance(paper[key], str) and paper[key]
    )
    lines = (
        f"<b>{wrap(shorten(paper['title'], 160), 60)}</b>",
        escape(when),
        f"{escape(shorten(paper['topic_name'], 60))} · confidence {paper['confidence']:.2f}",
    )
    return "<br>".join(line for line in lines if line)
