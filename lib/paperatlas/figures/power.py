"""How often a trend of known size is found."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import HUES, QUIET, SYMBOLS, fade, new_figure


def power_lines(curve: pd.DataFrame) -> go.Figure:
    """How often a planted trend is found, by its strength, one line for each number of papers.

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
            f"{r.papers} papers, factor {r.odds_ratio:g} a year: {r.power:.0%}" for r in curve.itertuples()
        ),
        height=380,
        xaxis={"title": "planted change of the odds per year, as a factor"},
        yaxis={"title": "found", "range": [-0.03, 1.05], "tickformat": ".0%"},
        legend={"y": -0.3},
    )
    figure.update_layout(title_subtitle_text=f"{runs} simulated corpora for each point · bars: 95 % interval")
    figure.add_hline(y=0.8, line={"color": QUIET, "dash": "dot", "width": 1})
    for place, (papers, own) in enumerate(curve.groupby("papers")):
        colour = HUES[place % len(HUES)]
        figure.add_scatter(
            x=own["odds_ratio"], y=own["power"], mode="lines+markers", name=f"{papers} papers",
            line={"color": colour}, marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 9},
            error_y={"type": "data", "symmetric": False, "array": own["high"] - own["power"],
                     "arrayminus": own["power"] - own["low"], "thickness": 1.5, "width": 0, "color": fade(colour, 0.5)},
            hovertemplate="factor %{x:g} a year: found in %{y:.0%}<extra></extra>",
        )  # fmt: skip
    return figure
