"""Figures about order and coverage: themes along the rank, and what a reading list covers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import (
    ACCENT,
    HUES,
    INK,
    QUIET,
    escape,
    fade,
    new_figure,
    shorten,
    theme_colours,
)


def topic_ribbon(ranks: pd.DataFrame, papers: pd.DataFrame, dumps: pd.DataFrame) -> go.Figure:
    """Every dump as a ribbon of its papers from the first rank to the last, coloured by theme.

    Parameters
    ----------
    ranks : DataFrame
        As `paperatlas.compare.paper_ranks`.
    papers : DataFrame with ``paper_id``, ``title``, ``topic_name``, ``theme``, ``theme_name``
    dumps : DataFrame with ``dump`` and ``label``
    """
    themes = papers.drop_duplicates("theme").sort_values("theme")
    colours = theme_colours(papers["theme"])
    place_of = {theme: place for place, theme in enumerate(themes["theme"])}
    order = dumps["dump"].tolist()
    longest = int(ranks.max().max())
    cells = np.full((len(order), longest), np.nan)
    hover = np.full((len(order), longest), "", dtype=object)
    about = {
        paper: (place_of[theme], f"{escape(shorten(str(title), 70))}<br>{escape(str(topic))}")
        for paper, title, topic, theme in papers[["paper_id", "title", "topic_name", "theme"]].itertuples(
            index=False
        )
    }
    for row, dump in enumerate(order):
        for paper, rank in ranks[dump].dropna().items():
            cells[row, int(rank) - 1], hover[row, int(rank) - 1] = about[paper]
    n = len(themes)
    scale = [
        [edge / n, colours[theme]]
        for place, theme in enumerate(themes["theme"])
        for edge in (place, place + 1)
    ]
    labels = dict(zip(dumps["dump"], dumps["label"], strict=True))
    figure = new_figure(
        "How the subject runs along each dump",
        f"Ribbons of {len(order)} dumps, one cell per paper by rank, coloured by theme.",
        height=170 + 54 * len(order),
        xaxis={"title": "rank in the dump", "range": [0.5, longest + 0.5]},
        yaxis={"visible": False, "range": [len(order) - 0.4, -0.75]},
        legend={"y": -62 / (54 * len(order)), "yanchor": "top"},
    )
    figure.add_heatmap(
        z=cells, x=np.arange(1, longest + 1), y=np.arange(len(order)), colorscale=scale, zmin=-0.5, zmax=n - 0.5,
        showscale=False, customdata=hover, hovertemplate="rank %{x}: %{customdata}<extra></extra>", ygap=26,
        hoverongaps=False,
    )  # fmt: skip
    for theme, name in zip(themes["theme"], themes["theme_name"], strict=True):
        figure.add_scatter(
            x=[None], y=[None], mode="markers", name=escape(shorten(str(name), 42)),
            marker={"symbol": "square", "size": 11, "color": colours[theme]},
        )  # fmt: skip
    for row, dump in enumerate(order):
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=row - 0.44, yanchor="middle", showarrow=False,
            text=escape(shorten(labels[dump], 50)), font={"size": 12, "color": INK},
        )  # fmt: skip
    return figure


def coverage_curve(curve: pd.DataFrame) -> go.Figure:
    """What share of the telling terms the first n papers cover, chosen well and at random.

    Parameters
    ----------
    curve : DataFrame
        As `paperatlas.compare.coverage_curve`.
    """
    at = curve.iloc[min(12, len(curve) - 1)]
    figure = new_figure(
        "How much of the pile the first papers cover",
        f"Curves of coverage by number of papers read: after {int(at['papers'])}, {at['greedy']:.0%} by the list and "
        f"{at['random']:.0%} in random order.",
        height=420,
        xaxis_title="papers read",
        yaxis={"title": "share of the telling terms", "tickformat": ".0%", "range": [0, 1.03]},
        hovermode="x unified",
    )
    figure.add_scatter(
        x=[*curve["papers"], *curve["papers"][::-1]], y=[*curve["high"], *curve["low"][::-1]], fill="toself",
        fillcolor=fade(HUES[6], 0.22), line={"width": 0}, name="random order (95 %)", hoverinfo="skip",
    )  # fmt: skip
    for column, name, colour, dash in (
        ("at_most", "no list covers more", QUIET, "dot"),
        ("greedy", "the reading list", ACCENT, "solid"),
        ("random", "random order", HUES[6], "dash"),
    ):
        figure.add_scatter(
            x=curve["papers"], y=curve[column], name=name, mode="lines",
            line={"color": colour, "width": 3 if dash == "solid" else 2, "dash": dash},
        )  # fmt: skip
    return figure
