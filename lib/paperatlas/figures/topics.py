"""Figures about topics."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import ACCENT, QUIET, escape, fade, new_figure, shorten, topic_colours


def topic_bars(table: pd.DataFrame) -> go.Figure:
    """Stability of every topic with its interval, and its size; unstable topics pale.

    Parameters
    ----------
    table : DataFrame
        As `paperatlas.Topics.table`.
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


def topic_scan(scan: pd.DataFrame) -> go.Figure:
    """Coherence, diversity and stability for each number of topics, the choice marked.

    Parameters
    ----------
    scan : DataFrame
        As `paperatlas.Topics.scan`: ``k``, ``npmi``, ``diversity``, ``stability``, ``chosen``.
    """
    from plotly.subplots import make_subplots

    chosen = int(scan.loc[scan["chosen"], "k"].iloc[0])
    panels = (("stability", "stability (ARI)"), ("npmi", "coherence (NPMI)"), ("diversity", "diversity"))
    grid = make_subplots(
        rows=1, cols=3, subplot_titles=[title for _, title in panels], horizontal_spacing=0.08
    )
    figure = new_figure(
        f"Why {chosen} topics",
        f"Stability, coherence and diversity for {scan['k'].min()} to {scan['k'].max()} topics; {chosen} was chosen.",
        height=340,
        showlegend=False,
    )
    layout = figure.layout.to_plotly_json()
    figure = go.Figure(grid).update_layout(layout)
    for place, (column, _) in enumerate(panels, start=1):
        figure.add_scatter(
            x=scan["k"], y=scan[column], mode="lines+markers", line={"color": ACCENT}, row=1, col=place
        )
        figure.add_vline(x=chosen, line={"color": QUIET, "dash": "dot", "width": 1}, row=1, col=place)
        figure.update_xaxes(title="topics", row=1, col=place)
    return figure
