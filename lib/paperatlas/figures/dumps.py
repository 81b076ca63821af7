"""Figures about the dumps: what they share, which is rich in what, and what to read of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import (
    ACCENT,
    GRID,
    QUIET,
    escape,
    explain_marks,
    new_figure,
    nothing_to_show,
    short_labels,
    shorten,
)
from paperatlas.prose import marked_names

_ROW, _BARS = 40, 200  # pixels of a dump's row, and of the bars above
_ALONE = "#8FA3B2"
_MOST = 15  # sets that are shown


def dump_sets(sets: pd.DataFrame, dumps: pd.DataFrame) -> go.Figure:
    """Papers by the exact set of dumps they stand in: bars over a matrix of dots (UpSet, Lex et al. 2014).

    Parameters
    ----------
    sets : DataFrame
        As `paperatlas.compare.intersections`: ``dumps`` (tuple), ``papers``.
    dumps : DataFrame with ``dump``, ``label`` and ``papers``
    """
    shown = sets.head(_MOST)
    labels = dict(zip(dumps["dump"], dumps["label"], strict=True))
    order = dumps.sort_values(["papers", "dump"], ascending=[False, True])
    row_of = {dump: -place for place, dump in enumerate(order["dump"])}
    columns = list(range(1, len(shown) + 1))
    of_all = f"the {len(shown)} largest of {len(sets)} sets" if len(sets) > len(shown) else "every set"
    share = _ROW * len(order) / (_BARS + _ROW * len(order))
    figure = new_figure(
        "Which sources hold the same papers",
        f"Bars of the number of papers in each exact set of sources, {of_all}. "
        + "; ".join(
            f"{n} papers in {' and '.join(labels[d] for d in combination)} only"
            for combination, n in list(zip(shown["dumps"], shown["papers"], strict=True))[:6]
        ),
        height=110 + _BARS + _ROW * len(order),
        showlegend=False,
        hovermode="closest",
        xaxis={
            "showticklabels": False, "showgrid": False, "title": of_all, "range": [0.4, len(shown) + 0.6], "anchor": "y",
        },
        yaxis={"visible": False, "range": [-len(order) + 0.6, 0.8], "domain": [0, share]},
        yaxis2={"domain": [share + 0.03, 1], "title": "papers", "rangemode": "tozero", "anchor": "x"},
    )  # fmt: skip
    names = [
        "<br>".join(escape(shorten(labels[d], 50)) for d in combination) for combination in shown["dumps"]
    ]
    colours = [_ALONE if len(combination) == 1 else ACCENT for combination in shown["dumps"]]
    figure.add_bar(
        x=columns, y=shown["papers"], text=shown["papers"], textposition="outside", cliponaxis=False,
        marker_color=colours, customdata=names, hovertemplate="%{y} papers only in<br>%{customdata}<extra></extra>",
        yaxis="y2",
    )  # fmt: skip
    grid = [(column, row) for column in columns for row in row_of.values()]
    figure.add_scatter(
        x=[x for x, _ in grid], y=[y for _, y in grid], mode="markers", marker={"size": 7, "color": GRID},
        hoverinfo="skip",
    )  # fmt: skip
    for column, combination, colour, name in zip(columns, shown["dumps"], colours, names, strict=True):
        rows = sorted(row_of[dump] for dump in combination)
        figure.add_scatter(
            x=[column] * len(rows), y=rows, mode="lines+markers", line={"color": colour, "width": 3},
            marker={"size": 11, "color": colour}, hovertemplate=f"{name}<extra></extra>",
        )  # fmt: skip
    for dump, label, papers in order[["dump", "label", "papers"]].itertuples(index=False):
        # The name stands above its dots, so that it takes no width from them on a narrow page.
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=row_of[dump] + 0.44, yanchor="middle", showarrow=False,
            text=f"{escape(shorten(label, 44))} ({papers})", font={"size": 12, "color": QUIET},
            bgcolor="rgba(255,255,255,0.85)", borderpad=0,
        )  # fmt: skip
    return figure


def topics_in_dumps(cells: pd.DataFrame, topics: pd.DataFrame, dumps: pd.DataFrame) -> go.Figure:
    """Topic × dump: papers in each cell, coloured by how far that is from chance.

    Parameters
    ----------
    cells : DataFrame
        As `paperatlas.topics_by_dump`.
    topics : DataFrame with ``topic`` and ``name``
    dumps : DataFrame with ``dump`` and ``label``
    """
    title = "Which source is rich in which topic"
    if cells.empty:
        return nothing_to_show(title, "There is one source, and nothing to compare it with.")
    names = marked_names(topics)
    labels = dumps.set_index("dump")["label"]
    counts = cells.pivot_table(index="topic", columns="dump", values="papers", aggfunc="sum")
    ratios = cells.assign(log2=np.log2(cells["odds_ratio"])).pivot_table(
        index="topic", columns="dump", values="log2"
    )
    sure = cells.pivot_table(index="topic", columns="dump", values="p_adjusted") < 0.05
    bold = [
        [f"<b>{count}</b>" if certain else str(count) for count, certain in zip(row, marks, strict=True)]
        for row, marks in zip(counts.to_numpy(), sure.to_numpy(), strict=True)
    ]
    figure = new_figure(
        title,
        f"Heat map of {len(counts)} topics by {len(counts.columns)} sources with the number of papers in each cell.",
        height=160 + 30 * len(counts),
        min_width=640,
    )
    figure.add_heatmap(
        z=ratios.clip(-4, 4), x=short_labels([labels[d] for d in counts.columns], 26),
        y=short_labels([names[t] for t in counts.index], 48), text=bold, texttemplate="%{text}",
        colorscale=[[0, "#C8501A"], [0.5, "#FFFFFF"], [1, "#0B6FB8"]], zmin=-4, zmax=4, xgap=2, ygap=2,
        colorbar={"title": {"text": "odds ratio", "font": {"size": 12, "color": QUIET}}, "tickvals": [-4, -2, 0, 2, 4],
                  "ticktext": ["1/16", "1/4", "1", "4", "16"], "thickness": 12, "outlinecolor": GRID},
        hovertemplate="%{y}<br>%{x}<br>%{text} papers<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(side="bottom", tickangle=-30)
    return explain_marks(figure, names)
