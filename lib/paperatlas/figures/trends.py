"""Figures about time."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import ACCENT, GRID, QUIET, escape, fade, new_figure, shorten, topic_colours


def share_panels(
    trends: pd.DataFrame, topics: pd.DataFrame, tests: pd.DataFrame, *, columns: int = 3
) -> go.Figure:
    """One small panel per topic: its share of the papers of each period, with the interval.

    Parameters
    ----------
    trends : DataFrame
        As from `paperatlas.topic_trends`.
    topics : DataFrame with ``topic``, ``name`` and ``theme``
    tests : DataFrame with ``topic`` and ``verdict``
    columns : int
        Panels in a row.
    """
    from plotly.subplots import make_subplots

    colours = topic_colours(topics)
    verdicts = tests.set_index("topic")["verdict"]
    topics = topics.sort_values("topic")
    rows = -(-len(topics) // columns)
    numbers, names = topics["topic"].tolist(), topics["name"].tolist()
    titles = [
        f"<b>{escape(shorten(name, 34))}</b><br>{escape(verdicts.get(topic, 'not tested'))}"
        for topic, name in zip(numbers, names, strict=True)
    ]
    grid = make_subplots(
        rows=rows, cols=columns, subplot_titles=titles, shared_xaxes="all", shared_yaxes="all",
        vertical_spacing=0.35 / rows, horizontal_spacing=0.03,
    )  # fmt: skip
    style = new_figure(
        "Each topic's share of the papers, year by year",
        f"{len(topics)} small line charts, one per topic. "
        + "; ".join(
            f"{name}: {verdicts.get(topic, 'not tested')}" for topic, name in zip(numbers, names, strict=True)
        ),
        height=130 + 180 * rows,
        min_width=720,
        showlegend=False,
    )
    figure = go.Figure(grid).update_layout(style.layout.to_plotly_json())
    for place, topic in enumerate(numbers):
        row, col = place // columns + 1, place % columns + 1
        series = trends[trends["topic"] == topic].sort_values("period")
        solid = series[~series["few"] & ~series["unfinished"]]
        colour = colours[topic]
        figure.add_scatter(
            x=[*solid["period"], *solid["period"][::-1]], y=[*solid["high"], *solid["low"][::-1]], fill="toself",
            fillcolor=fade(colour, 0.18), line={"width": 0}, hoverinfo="skip", row=row, col=col,
        )  # fmt: skip
        figure.add_scatter(
            x=series["period"], y=series["share"], mode="markers", marker={"size": 4, "color": fade(colour, 0.35)},
            customdata=series[["n", "total"]], row=row, col=col,
            hovertemplate="%{x}: %{customdata[0]} of %{customdata[1]} papers<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=solid["period"], y=solid["share"], mode="lines+markers", line={"color": colour, "width": 2},
            marker={"size": 5}, customdata=solid[["n", "total", "low", "high"]], row=row, col=col,
            hovertemplate="%{x}: %{customdata[0]} of %{customdata[1]} papers<br>%{y:.0%} "
            "(%{customdata[2]:.0%} to %{customdata[3]:.0%})<extra></extra>",
        )  # fmt: skip
    periods = sorted(trends["period"].unique())
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=periods, nticks=6, tickangle=0)
    figure.update_yaxes(tickformat=".0%", rangemode="tozero", nticks=4)
    figure.update_annotations(font={"size": 12}, yshift=4)
    figure.update_layout(margin_t=110)
    return figure


def share_heatmap(trends: pd.DataFrame, topics: pd.DataFrame) -> go.Figure:
    """Topic × period: the colour is the share of the period's papers, the number counts them.

    Parameters
    ----------
    trends : DataFrame
        As from `paperatlas.topic_trends`.
    topics : DataFrame with ``topic`` and ``name``
    """
    names = topics.set_index("topic")["name"]
    shares = trends.pivot_table(index="topic", columns="period", values="share")
    counts = trends.pivot_table(index="topic", columns="period", values="n", aggfunc="sum")
    figure = new_figure(
        "Topics by year: colour is share, the number counts papers",
        f"Heat map of {len(shares)} topics by {len(shares.columns)} periods.",
        height=150 + 28 * len(shares),
        min_width=720,
    )
    figure.add_heatmap(
        z=shares, x=[str(p) for p in shares.columns], y=[escape(shorten(names[t], 48)) for t in shares.index],
        text=counts.where(counts > 0, "").astype(str), texttemplate="%{text}", xgap=2, ygap=2,
        colorscale=[[0, "#FFFFFF"], [1, ACCENT]], zmin=0,
        colorbar={"title": {"text": "share", "font": {"size": 12, "color": QUIET}}, "tickformat": ".0%",
                  "thickness": 12, "outlinecolor": GRID},
        hovertemplate="%{y}<br>%{x}: %{z:.0%}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(type="category")
    figure.update_yaxes(autorange="reversed")
    return figure
