"""How often a trend of known size is found."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import HUES, QUIET, SYMBOLS, fade, new_figure


def power_lines(curve: pd.DataFrame) -> go.Figure:
    """How often a planted trend is found, by its strength, one line for each number of papers and direction.

    Parameters
    ----------
    curve : DataFrame
        As from `paperatlas.trends.power_curve`.
    """
    runs = int(curve["runs"].max()) if len(curve) else 0
    figure = new_figure(
        "Weak trends in small topics stay unseen" if runs else "Too few periods for any test",
        "Share of planted trends that are found, by their strength. "
        + "; ".join(
            f"{r.papers} papers, {r.direction} by {r.change:g} a year: {r.power:.0%}"
            for r in curve.itertuples()
        ),
        height=400,
        xaxis={"title": "planted change of the odds per year, as a factor"},
        yaxis={"title": "found", "range": [-0.03, 1.05], "tickformat": ".0%"},
        legend={"y": -0.3},
    )
    figure.update_layout(title_subtitle_text=f"{runs} simulated groups for each point · bars: 95 % interval")
    figure.add_hline(y=0.8, line={"color": QUIET, "dash": "dot", "width": 1})
    sizes = sorted(set(curve["papers"]))
    for (papers, direction), own in curve.groupby(["papers", "direction"]):
        place = sizes.index(papers)
        colour = HUES[place % len(HUES)]
        figure.add_scatter(
            x=own["change"], y=own["power"], mode="lines+markers", name=f"{papers} papers, {direction}",
            line={"color": colour, "dash": "solid" if direction == "rising" else "dash"},
            marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 9},
            error_y={"type": "data", "symmetric": False, "array": own["high"] - own["power"],
                     "arrayminus": own["power"] - own["low"], "thickness": 1.5, "width": 0, "color": fade(colour, 0.5)},
            hovertemplate=f"{direction} by %{{x:g}} a year: found in %{{y:.0%}}<extra></extra>",
        )  # fmt: skip
    return figure
