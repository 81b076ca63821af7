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
        min_width=640,
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
        marker={"size": 10}, text=[f"{n} papers" for n in calibration["papers"]], textposition="top left",
        hovertemplate="confidence %{x:.2f}<br>stayed in %{y:.0%}<extra></extra>",
    )  # fmt: skip
    return figure
