"""Figures about topics."""

from __future__ import annotations

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


def theme_tree(table: pd.DataFrame, themes: pd.DataFrame) -> go.Figure:
    """Themes and the topics in them, areas in proportion to papers; unstable topics pale and said so.

    Parameters
    ----------
    table, themes : DataFrame
        As `paperatlas.Topics.table` and `paperatlas.Topics.themes`.
    """
    hues, colours = theme_colours(themes["theme"]), topic_colours(table)
    lone = set(themes.loc[themes["topics"].map(len) == 1, "theme"])
    tiles = [
        (f"theme {theme}", "", f"<b>{escape(name.split(', ')[0])} …</b>", name, size, mix(hues[theme], 0.25))
        for theme, name, size in zip(themes["theme"], themes["name"], themes["size"], strict=True)
        if theme not in lone
    ] + [
        (
            f"topic {topic}",
            "" if theme in lone else f"theme {theme}",
            wrap(name, 24) + ("" if stable else "<br><i>unstable</i>"),
            name,
            size,
            colours[topic] if stable else mix(colours[topic], 0.4),
        )
        for topic, theme, name, size, stable in zip(
            table["topic"], table["theme"], table["name"], table["size"], table["stable"], strict=True
        )
    ]
    ids, parents, texts, names, sizes, shades = (list(column) for column in zip(*tiles, strict=True))
    figure = new_figure(
        "What the pile is about",
        "Papers by theme: "
        + "; ".join(f"{n}, {count} papers" for n, count in zip(themes["name"], themes["size"], strict=True)),
        height=520,
        min_width=640,
        margin={"l": 4, "r": 4, "t": 56, "b": 4},
    )
    figure.add_treemap(
        ids=ids, parents=parents, labels=texts, values=sizes, branchvalues="total", sort=True,
        customdata=[escape(name) for name in names], texttemplate="%{label}<br>%{value}",
        marker={"colors": shades, "cornerradius": 3}, insidetextfont={"color": [ink_on(c) for c in shades]},
        hovertemplate="%{customdata}<br>%{value} papers<extra></extra>",
        pathbar={"visible": False}, tiling={"pad": 3},
    )  # fmt: skip
    return figure


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
        As `paperatlas.Topics.scan`: ``k``, ``npmi``, ``diversity``, ``stability`` with ``stability_low`` and
        ``stability_high``, ``chosen``.
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
    figure.add_scatter(
        x=[*scan["k"], *scan["k"][::-1]], y=[*scan["stability_high"], *scan["stability_low"][::-1]],
        fill="toself", fillcolor=fade(ACCENT, 0.15), line={"width": 0}, hoverinfo="skip", row=1, col=1,
    )  # fmt: skip
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
        marker={"size": 10}, text=[count(n, "paper") for n in calibration["papers"]],
        textposition=["bottom right" if at < 0.7 else "top left" for at in calibration["confidence"]],
        hovertemplate="confidence %{x:.2f}<br>stayed in %{y:.0%}<extra></extra>",
    )  # fmt: skip
    return figure
