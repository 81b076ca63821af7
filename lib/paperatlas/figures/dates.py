"""Figures about dates."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.rows import below, name_rows, row_height
from paperatlas.figures.style import ACCENT, HUES, escape, explain_marks, new_figure, shorten


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


def date_coverage(to_year: pd.DataFrame, to_month: pd.DataFrame, names: pd.Series, *, what: str) -> go.Figure:
    """Share of each group's papers with a year and with a month, with intervals; the least covered on top.

    Parameters
    ----------
    to_year, to_month : DataFrame
        As from `paperatlas.trends.date_coverage` for years and for months.
    names : Series
        Name of each group, indexed by the first column of the tables.
    what : str
        What the groups are: "topic", "dump", …
    """
    by = str(to_year.columns[0])
    order = to_year.sort_values(["share", by])
    labels = {
        group: escape(f"{shorten(str(names[group]), 40)} ({n})")
        for group, n in order[[by, "papers"]].itertuples(index=False)
    }
    figure = new_figure(
        f"How many papers of each {what} have a date",
        "; ".join(f"{labels[row[0]]}: {row.dated} with a year" for row in order.itertuples(index=False)),
        height=row_height(len(order)),
        min_width=560,
        xaxis={"title": "share of the papers, with 95 % interval", "tickformat": ".0%"},
        legend=below(len(order)),
    )
    for table, name, colour, symbol, shift in (
        (to_year, "dated to the year", ACCENT, "circle", -0.16),
        (to_month, "dated to the month", HUES[1], "diamond", 0.16),
    ):
        rows = table.set_index(by).loc[order[by]].reset_index()
        figure.add_scatter(
            x=rows["share"], y=[place + shift for place in range(len(rows))], mode="markers", name=name,
            marker={"size": 9, "color": colour, "symbol": symbol},
            error_x={"type": "data", "symmetric": False, "array": rows["high"] - rows["share"],
                     "arrayminus": rows["share"] - rows["low"], "thickness": 1.5, "width": 0},
            customdata=[[labels[row[0]], row.dated, row.papers] for row in rows.itertuples(index=False)],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]} of %{customdata[2]} papers<extra></extra>",
        )  # fmt: skip
    name_rows(figure, list(labels.values()))
    least = min(float(to_year["low"].min()), float(to_month["low"].min())) if len(order) else 0.0
    figure.update_xaxes(range=[max(0.0, least - 0.03), 1.005])
    return explain_marks(figure, list(labels.values()))
