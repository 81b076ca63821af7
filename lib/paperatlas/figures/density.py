"""A map that stays light: how many papers lie where, for corpora too large to draw each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import ACCENT, INK, QUIET, new_figure, shorten, theme_colours, wrap

_NAMED = 12
_WIDE, _HIGH = 0.24, 0.08  # room that a name takes, as shares of the map's longer side


def density_map(
    papers: pd.DataFrame, topics: pd.DataFrame, themes: pd.DataFrame, *, cells: int = 90, height: int = 640
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
    height : int
        Pixels.
    """
    counts, x, y = np.histogram2d(papers["x"], papers["y"], bins=cells)
    held = np.where(counts > 0, counts, np.nan).T
    figure = new_figure(
        "Where the papers crowd",
        f"Density map of {len(papers):,} papers in {cells} by {cells} cells, the largest of {len(topics)} topics "
        "named where their papers lie.",
        height=height,
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
        if points.empty or hidden or len(named) == _NAMED:
            continue
        named.append((across, up))
        figure.add_annotation(
            x=across, y=up, showarrow=False, text=f"<b>{wrap(shorten(name, 34), 20)}</b>",
            bgcolor="rgba(255,255,255,0.82)", font={"size": 12, "color": hues[theme]}, borderpad=2,
        )  # fmt: skip
    figure.update_layout(font_color=INK)
    return figure


def _middles(edges: np.ndarray) -> list[float]:
    middles: list[float] = np.round((edges[:-1] + edges[1:]) / 2, 3).tolist()
    return middles
