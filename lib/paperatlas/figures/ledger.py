"""Figures of the ledger's counts: shares by topic and by year, data sets and metrics by either."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import (
    ACCENT,
    GRID,
    HUES,
    QUIET,
    escape,
    explain_marks,
    fade,
    marked_names,
    new_figure,
    nothing_to_show,
    short_labels,
    shorten,
    topic_colours,
)
from paperatlas.prose import percent

_FEW = 10


def share_by_topic(shares: pd.DataFrame, topics: pd.DataFrame, *, title: str) -> go.Figure:
    """Share of each topic's papers that have an entry, with its interval, the greatest first.

    Parameters
    ----------
    shares : DataFrame
        As from `paperatlas.code_availability` or `paperatlas.top_claims` by ``"topic"``.
    topics : DataFrame with ``topic``, ``name`` and ``theme``
    title : str
    """
    shares = shares[shares["total"] > 0].sort_values(["share", "n", "group"], ascending=[True, True, False])
    names, colours = marked_names(topics), topic_colours(topics)
    labels = [
        escape(f"{shorten(names[topic], 46)} ({n} of {total})")
        for topic, n, total in shares[["group", "n", "total"]].itertuples(index=False, name=None)
    ]
    n, total = int(shares["n"].sum()), int(shares["total"].sum())
    widest = float(shares["high"].max()) if len(shares) else 1.0
    figure = new_figure(
        title,
        "Share of each topic's papers, highest first: "
        + "; ".join(
            f"{names[row['group']]}: {row['n']} of {row['total']}, 95 % interval {row['low']:.0%} to {row['high']:.0%}"
            for row in shares[::-1].to_dict("records")
        ),
        height=150 + 28 * len(shares),
        min_width=600,
        xaxis={
            "title": "share of the topic's papers, with 95 % interval",
            "tickformat": ".0%",
            # A point at nothing stands clear of the axis.
            "range": [-0.02 * widest, 1.04 * widest],
            "nticks": 6,
        },
        yaxis_ticklabelstandoff=6,
        showlegend=False,
    )
    figure.add_scatter(
        x=shares["share"], y=labels, mode="markers", marker={"size": 12, "color": [colours[t] for t in shares["group"]]},
        error_x={
            "type": "data", "symmetric": False, "array": shares["high"] - shares["share"],
            "arrayminus": shares["share"] - shares["low"], "thickness": 1.5, "width": 0, "color": QUIET,
        },
        customdata=shares[["low", "high"]],
        hovertemplate="%{y}<br>%{x:.0%} (%{customdata[0]:.0%} to %{customdata[1]:.0%})<extra></extra>",
    )  # fmt: skip
    if total:
        figure.add_vline(
            x=n / total, line={"color": QUIET, "dash": "dot", "width": 1},
            annotation={"text": f"all: {percent(n / total)}", "font": {"size": 12, "color": QUIET}, "yshift": 4},
            annotation_position="top",
        )  # fmt: skip
    return explain_marks(figure, names)


def share_by_year(shares: pd.DataFrame, *, title: str) -> go.Figure:
    """Share of each year's papers that have an entry, with its interval; years with few papers pale.

    Parameters
    ----------
    shares : DataFrame
        As from `paperatlas.code_availability` by ``"year"``.
    title : str
    """
    shares = shares[shares["total"] > 0]
    if not len(shares):
        return nothing_to_show(title, "No paper has a date, so there are no years to show.")
    few = shares["total"] < _FEW
    widest = float(shares["high"].max())
    figure = new_figure(
        title,
        "Share of each year's papers: "
        + "; ".join(f"{row.group}: {row.n} of {row.total}" for row in shares.itertuples()),
        height=380,
        xaxis={"type": "category", "title": "year", "tickangle": 0, "nticks": 7},
        yaxis={
            "title": "share of the year's papers",
            "tickformat": ".0%",
            "range": [-0.02 * widest, 1.04 * widest],
        },
        showlegend=bool(few.any()),
    )
    for part, name, colour in (
        (shares[~few], f"{_FEW} papers or more", ACCENT),
        (shares[few], f"fewer than {_FEW} papers", fade(ACCENT, 0.4)),
    ):
        if len(part):
            figure.add_scatter(
                x=part["group"], y=part["share"], mode="markers", name=name, marker={"size": 10, "color": colour},
                error_y={
                    "type": "data", "symmetric": False, "array": part["high"] - part["share"],
                    "arrayminus": part["share"] - part["low"], "thickness": 1.5, "width": 0, "color": colour,
                },
                customdata=part[["n", "total", "low", "high"]],
                hovertemplate="%{x}: %{customdata[0]} of %{customdata[1]} papers<br>%{y:.0%} "
                "(%{customdata[2]:.0%} to %{customdata[3]:.0%})<extra></extra>",
            )  # fmt: skip
    figure.update_xaxes(categoryorder="array", categoryarray=shares["group"].tolist())
    return figure


def named_heatmap(shares: pd.DataFrame, *, title: str, topics: pd.DataFrame | None = None) -> go.Figure:
    """Entry × year, or topic × entry: the colour is the share of the group's papers, the number counts them.

    Groups with fewer than ten papers stay white: their shares would outshine those that can be trusted.

    Parameters
    ----------
    shares : DataFrame
        As from `paperatlas.named_resources`.
    title : str
    topics : DataFrame with ``topic`` and ``name``, optional
        Given where the groups are topics, which then are the rows.
    """
    if not len(shares):
        return nothing_to_show(title, "No paper of these names one, or none has a date.")
    entries, groups = (shares[column].drop_duplicates().tolist() for column in ("entry", "group"))
    grid = {
        column: shares.pivot_table(
            index="entry", columns="group", values=column, dropna=False, aggfunc="sum"
        ).reindex(index=entries, columns=groups)
        for column in ("share", "n", "total")
    }
    across, down = [str(g) for g in groups], short_labels([str(e) for e in entries], 30)
    if topics is not None:
        names = marked_names(topics)
        grid = {column: table.T for column, table in grid.items()}
        across, down = down, short_labels([names[g] for g in groups], 44)
    top = [f"{e}: {n}" for e, n in shares.groupby("entry", sort=False)["n"].sum().items()]
    figure = new_figure(
        title,
        f"Heat map of {len(down)} rows by {len(across)} columns; papers by name: "
        + (", ".join(top) or "none"),
        height=190 + 28 * len(down),
        min_width=760,
    )
    figure.add_heatmap(
        z=grid["share"].where(grid["total"] >= _FEW, 0.0).to_numpy(), x=across, y=down,
        customdata=np.dstack([grid["total"], grid["share"]]),
        text=grid["n"].astype(int).astype(str).replace("0", "").to_numpy(), texttemplate="%{text}", xgap=2, ygap=2,
        colorscale=[[0, "#FFFFFF"], [1, HUES[0]]], zmin=0,
        colorbar={"title": {"text": "share", "font": {"size": 12, "color": QUIET}}, "tickformat": ".0%",
                  "thickness": 12, "outlinecolor": GRID},
        hovertemplate="%{y}<br>%{x}: %{text} of %{customdata[0]} papers, %{customdata[1]:.0%}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(type="category", tickangle=0 if topics is None else -40, showgrid=False)
    figure.update_yaxes(autorange="reversed", type="category", ticklabelstandoff=6, showgrid=False)
    return figure if topics is None else explain_marks(figure, marked_names(topics))
