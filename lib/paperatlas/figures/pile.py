"""Figures of the pile as a whole: when its papers appeared, and which have a date."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from paperatlas.display import names_in
from paperatlas.figures.style import (
    ACCENT,
    HUES,
    PALE,
    Marks,
    new_figure,
    nothing_to_show,
    row_figure,
    row_labels,
)


def papers_per_period(corpus: pd.DataFrame) -> go.Figure:
    """Papers of the pile per year, those dated to the month set apart from those dated to the year.

    Parameters
    ----------
    corpus : DataFrame with ``published`` and ``precision``
    """
    title = "When the papers of the pile appeared"
    dated = corpus[corpus["published"].notna()]
    if dated.empty:
        return nothing_to_show(title, "No paper has a date.")
    years = dated["published"].str[:4].astype(int)
    missing = len(corpus) - len(dated)
    figure = new_figure(
        title,
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
        ("dated to the year only", "year", PALE),
    ):
        counts = years[dated["precision"] == precision].value_counts().sort_index()
        if len(counts):
            figure.add_bar(x=counts.index, y=counts, name=name, marker_color=colour)
    return figure


def date_coverage(
    to_year: pd.DataFrame, to_month: pd.DataFrame, names: Mapping[object, str] | None = None, *, what: str
) -> go.Figure:
    """Share of each group's papers with a year and with a month, with intervals; the least covered on top.

    Parameters
    ----------
    to_year, to_month : DataFrame
        As from `paperatlas.trends.date_coverage` for years and for months.
    names : mapping, optional
        Name of each group.
    what : str
        What the groups are: "topic", "dump", …
    """
    by = str(to_year.columns[0])
    order = to_year.sort_values(["share", by])
    labels = row_labels(names_in(order, by, names), order["papers"])
    marks = []
    for table, name, colour, symbol, shift in (
        (to_year, "dated to the year", ACCENT, "circle", -0.16),
        (to_month, "dated to the month", HUES[1], "diamond", 0.16),
    ):
        rows = table.set_index(by).loc[order[by]]
        hover = [
            f"{label}<br>{dated} of {papers} papers"
            for label, dated, papers in zip(labels, rows["dated"], rows["papers"], strict=True)
        ]
        places = [place + shift for place in range(len(rows))]
        marks.append(
            Marks(name, rows["share"], places, rows["low"], rows["high"], colour, symbol, 9, hover=hover)
        )
    least = min(float(to_year["low"].min()), float(to_month["low"].min())) if len(order) else 0.0
    return row_figure(
        f"How many papers of each {what} have a date",
        "; ".join(
            f"{label}: {dated} with a year" for label, dated in zip(labels, order["dated"], strict=True)
        ),
        labels,
        marks,
        xaxis={
            "title": "share of the papers, with 95 % interval",
            "tickformat": ".0%",
            "range": [max(0.0, least - 0.03), 1.005],
        },
    )
