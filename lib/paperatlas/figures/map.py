"""The map of papers: each as a point, or how many lie where, for piles too large to draw each."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.palette import theme_colours, topic_colours
from paperatlas.figures.style import (
    ACCENT,
    QUIET,
    escape,
    explain_marks,
    new_figure,
    shorten,
    wrap,
)
from paperatlas.links import paper_url
from paperatlas.prose import marked_names

_LARGEST_PLAIN_SCATTER, _LARGEST_SCATTER = 2_000, 20_000
_NAMED = 12
_WIDE, _HIGH = 0.24, 0.08  # room that a name takes, as shares of the map's longer side


def paper_map(papers: pd.DataFrame, topics: pd.DataFrame, themes: pd.DataFrame) -> go.Figure:
    """Every paper as a point, coloured by topic, themes named where their papers lie.

    More than 20,000 papers are drawn as a density (`density_map`).

    Parameters
    ----------
    papers : DataFrame
        As `paperatlas.Study.papers`.
    topics, themes : DataFrame
        As `paperatlas.Topics.at` gives for ``"topic"`` and ``"theme"``.
    """
    if len(papers) > _LARGEST_SCATTER:
        return density_map(papers, topics, themes)
    colours = topic_colours(topics)
    hues = theme_colours(topics["theme"])
    figure = new_figure(
        "The papers, near to what they resemble",
        f"Map of {len(papers)} papers in {len(themes)} themes and {len(topics)} topics.",
        height=720,
        hovermode="closest",
        xaxis={"visible": False},
        yaxis={"visible": False, "scaleanchor": "x"},
        legend={"orientation": "h", "y": -0.02, "font": {"size": 12}, "itemsizing": "constant"},
    )
    scatter = go.Scattergl if len(papers) > _LARGEST_PLAIN_SCATTER else go.Scatter
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
        urls = [paper_url(paper) for paper in points.to_dict("records")]
        figure.add_trace(
            scatter(
                x=points["x"].round(3), y=points["y"].round(3), mode="markers", name=escape(shorten(name, 40)),
                marker=marker, customdata=urls, hovertext=[_card(paper) for paper in points.to_dict("records")],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )  # fmt: skip
    for theme, name in zip(themes["theme"], themes["name"], strict=True):
        points = papers[papers["theme"] == theme]
        _name_place(
            figure, float(points["x"].median()), float(points["y"].median()), shorten(name, 44), hues[theme]
        )
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


def _name_place(figure: go.Figure, x: float, y: float, name: str, colour: str) -> None:
    figure.add_annotation(
        x=x, y=y, text=f"<b>{wrap(name, 22)}</b>", showarrow=False, font={"size": 13, "color": colour},
        bgcolor="rgba(255,255,255,0.8)", borderpad=3,
    )  # fmt: skip


def density_map(
    papers: pd.DataFrame, topics: pd.DataFrame, themes: pd.DataFrame, *, cells: int = 90
) -> go.Figure:
    """How many papers lie where on the map, with the largest topics named where their papers lie.

    The figure's size depends on `cells` and not on the number of papers.

    Parameters
    ----------
    papers : DataFrame
        ``x``, ``y``, ``topic``.
    topics : DataFrame with ``topic``, ``name``, ``theme`` and ``size``
    themes : DataFrame with ``theme``
    cells : int
        Cells along each side.
    """
    counts, x, y = np.histogram2d(papers["x"], papers["y"], bins=cells)
    held = np.where(counts > 0, counts, np.nan).T
    figure = new_figure(
        "Where the papers crowd",
        f"Density map of {len(papers):,} papers in {cells} by {cells} cells, the largest of {len(topics)} topics "
        "named where their papers lie.",
        height=640,
        min_width=720,
        xaxis={"visible": False},
        yaxis={"visible": False, "scaleanchor": "x"},
    )
    most = max(float(counts.max()), 1.0)
    ticks = np.unique(np.round(np.geomspace(1, most, 4)).astype(int))
    figure.add_heatmap(
        z=np.round(np.log10(held), 3), x=_middles(x), y=_middles(y), customdata=counts.T.astype(int), hoverongaps=False,
        colorscale=[[0, "#D9E6F2"], [1, ACCENT]], zmin=0, zmax=max(float(np.log10(most)), 0.1),
        colorbar={"title": {"text": "papers", "font": {"size": 12, "color": QUIET}}, "thickness": 12,
                  "tickvals": np.log10(ticks).tolist(), "ticktext": [f"{tick:,}" for tick in ticks]},
        hovertemplate="%{customdata:,} papers<extra></extra>",
    )  # fmt: skip
    hues = theme_colours(themes["theme"])
    side = max(x[-1] - x[0], y[-1] - y[0])
    named: list[tuple[float, float]] = []
    largest = topics.sort_values(["size", "topic"], ascending=[False, True])
    for topic, name, theme in zip(largest["topic"], largest["name"], largest["theme"], strict=True):
        points = papers[papers["topic"] == topic]
        across, up = float(points["x"].median()), float(points["y"].median())
        # A name that would cover that of a larger topic is left out.
        hidden = any(abs(across - a) < _WIDE * side and abs(up - b) < _HIGH * side for a, b in named)
        if not points.empty and not hidden and len(named) < _NAMED:
            named.append((across, up))
            _name_place(figure, across, up, shorten(name, 34), hues[theme])
    return figure


def _middles(edges: np.ndarray) -> list[float]:
    middles: list[float] = np.round((edges[:-1] + edges[1:]) / 2, 3).tolist()
    return middles
