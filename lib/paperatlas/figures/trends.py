"""Figures about time."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import (
    ACCENT,
    GRID,
    QUIET,
    escape,
    explain_marks,
    fade,
    marked_names,
    new_figure,
    short_labels,
    shorten,
    topic_colours,
)

PALE = "pale: fewer than 10 papers or unfinished, not tested"


def share_panels(
    trends: pd.DataFrame,
    topics: pd.DataFrame,
    tests: pd.DataFrame,
    *,
    columns: int = 3,
) -> go.Figure:
    """One small panel per topic: its share of the papers of each period with the interval, over all papers.

    Grey bars are the reference volume, all dated papers of the period. Pale points stand for periods that are
    left out of tests: those with fewer than 10 papers, and those that are not over.

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
    numbers, names = topics["topic"].tolist(), marked_names(topics).tolist()
    titles = [
        f"<b>{escape(shorten(name, 34))}</b><br>{escape(verdicts.get(topic, 'not tested'))}"
        for topic, name in zip(numbers, names, strict=True)
    ]
    grid = make_subplots(
        rows=rows, cols=columns, subplot_titles=titles, shared_xaxes="all", shared_yaxes="all",
        vertical_spacing=0.35 / rows, horizontal_spacing=0.03,
    )  # fmt: skip
    unit = trends.attrs.get("period", "year")
    style = new_figure(
        f"Each topic's share of the papers, {unit} by {unit}",
        f"{len(topics)} small line charts, one per topic. "
        + "; ".join(
            f"{name}: {verdicts.get(topic, 'not tested')}" for topic, name in zip(numbers, names, strict=True)
        ),
        height=130 + 180 * rows,
        min_width=720,
        showlegend=False,
    )
    figure = go.Figure(grid).update_layout(style.layout.to_plotly_json())
    panels = [_panel(trends, topic, colours[topic]) for topic in numbers]
    figure.add_traces(
        [trace for panel in panels for trace in panel],
        rows=[place // columns + 1 for place, panel in enumerate(panels) for _ in panel],
        cols=[place % columns + 1 for place, panel in enumerate(panels) for _ in panel],
    )
    periods = sorted(trends["period"].unique())
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=periods, nticks=6, tickangle=0)
    figure.update_yaxes(tickformat=".0%", rangemode="tozero", nticks=4)
    figure.update_annotations(font={"size": 12}, yshift=4)
    subtitle = "band: 95 % interval · grey bars: all dated papers of the pile · " + PALE
    figure.update_layout(
        margin_t=130, bargap=0.25, title={"subtitle": {"text": subtitle}, "y": 1, "yanchor": "top"}
    )
    explain_marks(figure, names).update_layout(title_pad={"t": 16, "l": 4})
    for place in range(max(len(topics) - columns, 0), len(topics)):
        figure.update_xaxes(showticklabels=True, row=place // columns + 1, col=place % columns + 1)
    return figure


def _panel(trends: pd.DataFrame, topic: int, colour: str) -> list[dict[str, object]]:
    """Traces of one topic: all papers, the interval, every share, and the shares that are tested."""
    series = trends[trends["topic"] == topic].sort_values("period")
    solid = series[~series["few"] & ~series["unfinished"]]
    # The reference volume keeps to the lower third; its own numbers are in the hover text.
    scale = trends["high"].max() / 3 / max(trends["total"].max(), 1)
    counts = "%{x}: %{customdata[0]} of %{customdata[1]} papers"
    return [
        {"type": "bar", "x": series["period"], "y": (series["total"] * scale).round(5), "customdata": series["total"],
         "marker": {"color": fade(QUIET, 0.22), "line": {"width": 0}},
         "hovertemplate": "%{x}: %{customdata} dated papers in all<extra></extra>"},
        {"type": "scatter", "x": [*solid["period"], *solid["period"][::-1]], "mode": "lines",
         "y": [*solid["high"], *solid["low"][::-1]], "fill": "toself", "fillcolor": fade(colour, 0.18),
         "line": {"width": 0}, "hoverinfo": "skip"},
        {"type": "scatter", "x": series["period"], "y": series["share"], "mode": "markers",
         "marker": {"size": 4, "color": fade(colour, 0.45)}, "customdata": series[["n", "total"]].to_numpy(),
         "hovertemplate": counts + "<extra></extra>"},
        {"type": "scatter", "x": solid["period"], "y": solid["share"], "mode": "lines+markers",
         "line": {"color": colour, "width": 2}, "marker": {"size": 5},
         "customdata": solid[["n", "total", "low", "high"]].to_numpy(),
         "hovertemplate": counts + "<br>%{y:.0%} (%{customdata[2]:.0%} to %{customdata[3]:.0%})<extra></extra>"},
    ]  # fmt: skip


def share_heatmap(trends: pd.DataFrame, topics: pd.DataFrame) -> go.Figure:
    """Topic × period: the colour is the share of the period's papers, the number counts them.

    Below each period stands its reference volume; an asterisk marks periods that are left out of tests.

    Parameters
    ----------
    trends : DataFrame
        As from `paperatlas.topic_trends`.
    topics : DataFrame with ``topic`` and ``name``
    """
    names = marked_names(topics)
    shares = trends.pivot_table(index="topic", columns="period", values="share")
    counts = trends.pivot_table(index="topic", columns="period", values="n", aggfunc="sum")
    volume = trends.drop_duplicates("period").set_index("period")
    untested = volume["few"] | volume["unfinished"]
    labels = [f"{p}{'*' if untested[p] else ''}<br>{volume['total'][p]}" for p in shares.columns]
    longest = max((len(str(period)) + 1 for period in shares.columns), default=0)
    figure = new_figure(
        f"Topics by {trends.attrs.get('period', 'year')}: colour is share, the number counts papers",
        f"Heat map of {len(shares)} topics by {len(shares.columns)} periods.",
        height=170 + 28 * len(shares),
        min_width=250 + len(labels) * max(30, 6 + 7 * longest),
    )
    figure.add_heatmap(
        z=shares, x=labels, y=short_labels([names[t] for t in shares.index], 32),
        text=counts.where(counts > 0, "").astype(str), texttemplate="%{text}", xgap=2, ygap=2,
        colorscale=[[0, "#FFFFFF"], [1, ACCENT]], zmin=0,
        colorbar={"title": {"text": "share", "font": {"size": 12, "color": QUIET}}, "tickformat": ".0%",
                  "thickness": 12, "outlinecolor": GRID},
        hovertemplate="%{y}<br>%{x}: %{z:.0%}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(type="category", showgrid=False, tickangle=0, tickfont_size=11)
    subtitle = "below each period: all its dated papers" + (
        " · * fewer than 10 or unfinished, not tested" if untested.any() else ""
    )
    figure.update_layout(title_subtitle_text=subtitle, margin_t=90)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return explain_marks(figure, names)
