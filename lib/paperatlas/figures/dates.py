"""Figures about dates."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import ACCENT, new_figure


def papers_per_period(corpus: pd.DataFrame, *, dated_by: str = "published") -> go.Figure:
    """Papers of the pile per year, those dated to the month set apart from those dated to the year.

    Parameters
    ----------
    corpus : DataFrame with ``published`` and ``precision``
    dated_by : str
        Column with the date.
    """
    dated = corpus[corpus[dated_by].notna()]
    years = dated[dated_by].str[:4].astype(int)
    missing = len(corpus) - len(dated)
    figure = new_figure(
        "When the papers of the pile appeared",
        "Bar chart of papers per year: "
        + ", ".join(f"{year}: {count}" for year, count in years.value_counts().sort_index().items())
        + (f"; {missing} papers have no date" if missing else ""),
        height=340,
        barmode="stack",
        xaxis={"title": "year", "dtick": max(1, len(set(years)) // 12)},
        yaxis_title="papers",
    )
    for name, precision, colour in (
        ("dated to the month", "month", ACCENT),
        ("dated to the year only", "year", "#B9C6D0"),
    ):
        counts = years[dated["precision"] == precision].value_counts().sort_index()
        if len(counts):
            figure.add_bar(x=counts.index, y=counts, name=name, marker_color=colour)
    return figure
