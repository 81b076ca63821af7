"""Figures of the ledger's counts: shares and data sets by topic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.palette import HUES, topic_colours
from paperatlas.figures.style import (
    GRID,
    QUIET,
    Marks,
    explain_marks,
    new_figure,
    nothing_to_show,
    row_figure,
    row_labels,
    short_labels,
)
from paperatlas.prose import marked_names, percent

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
    shares = shares[shares["total"] > 0].sort_values(["share", "n", "group"], ascending=[False, False, True])
    colours = topic_colours(topics)
    names = [marked_names(topics)[topic] for topic in shares["group"]]
    told = [f"{n} of {total}" for n, total in zip(shares["n"], shares["total"], strict=True)]
    intervals = [
        f"{share:.0%} ({low:.0%} to {high:.0%})"
        for share, low, high in shares[["share", "low", "high"]].itertuples(index=False)
    ]
    marks = Marks(
        "share", shares["share"], range(len(shares)), shares["low"], shares["high"],
        [colours[topic] for topic in shares["group"]], hover=intervals,
    )  # fmt: skip
    widest = float(shares["high"].max()) if len(shares) else 1.0
    figure = row_figure(
        title,
        "Share of each topic's papers, highest first: "
        + "; ".join(
            f"{name}: {n}, 95 % interval {i}" for name, n, i in zip(names, told, intervals, strict=True)
        ),
        row_labels(names, told, 46),
        [marks],
        xaxis={
            "title": "share of the topic's papers, with 95 % interval",
            "tickformat": ".0%",
            "range": [-0.02 * widest, 1.04 * widest],  # a point at nothing stands clear of the axis
            "nticks": 6,
        },
    )
    if total := int(shares["total"].sum()):
        overall = int(shares["n"].sum()) / total
        figure.add_vline(
            x=overall, line={"color": QUIET, "dash": "dot", "width": 1},
            annotation={"text": f"all: {percent(overall)}", "font": {"size": 12, "color": QUIET}, "yshift": 4},
            annotation_position="top",
        )  # fmt: skip
    return figure


def named_heatmap(shares: pd.DataFrame, topics: pd.DataFrame, *, title: str) -> go.Figure:
    """Topic × data set: the colour is the share of the topic's papers that name it, the number counts them.

    Topics with fewer than ten papers stay white: their shares would outshine those that can be trusted.

    Parameters
    ----------
    shares : DataFrame
        As from `paperatlas.named_resources` by ``"topic"``.
    topics : DataFrame with ``topic`` and ``name``
    title : str
    """
    if not len(shares):
        return nothing_to_show(title, "No paper of these names one.")
    names = marked_names(topics)
    entries = shares["entry"].drop_duplicates().tolist()
    grid = {
        column: shares.pivot_table(index="group", columns="entry", values=column, aggfunc="sum")[entries]
        for column in ("share", "n", "total")
    }
    top = [f"{e}: {n}" for e, n in shares.groupby("entry", sort=False)["n"].sum().items()]
    figure = new_figure(
        title,
        f"Heat map of {len(grid['n'])} topics by {len(entries)} names; papers by name: {', '.join(top)}",
        height=190 + 28 * len(grid["n"]),
        min_width=760,
    )
    figure.add_heatmap(
        z=grid["share"].where(grid["total"] >= _FEW, 0.0).to_numpy(), x=short_labels(entries, 30),
        y=short_labels([names[topic] for topic in grid["n"].index], 44),
        customdata=np.dstack([grid["total"], grid["share"]]),
        text=grid["n"].astype(int).astype(str).replace("0", "").to_numpy(), texttemplate="%{text}", xgap=2, ygap=2,
        colorscale=[[0, "#FFFFFF"], [1, HUES[0]]], zmin=0,
        colorbar={"title": {"text": "share", "font": {"size": 12, "color": QUIET}}, "tickformat": ".0%",
                  "thickness": 12, "outlinecolor": GRID},
        hovertemplate="%{y}<br>%{x}: %{text} of %{customdata[0]} papers, %{customdata[1]:.0%}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(type="category", tickangle=-40, showgrid=False)
    figure.update_yaxes(autorange="reversed", type="category", ticklabelstandoff=6, showgrid=False)
    return explain_marks(figure, names)
