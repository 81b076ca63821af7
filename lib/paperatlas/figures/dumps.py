"""Figures about the dumps."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import (
    ACCENT,
    GRID,
    HUES,
    QUIET,
    escape,
    explain_marks,
    marked_names,
    new_figure,
    short_labels,
    shorten,
)


def dump_sizes(table: pd.DataFrame) -> go.Figure:
    """Papers per dump, those that stand nowhere else set apart.

    Parameters
    ----------
    table : DataFrame
        As `paperatlas.Study.dump_table`: ``dump``, ``label``, ``papers``, ``only_here``.
    """
    table = table.sort_values("papers")
    labels = [escape(shorten(label, 44)) for label in table["label"]]
    shared = table["papers"] - table["only_here"]
    figure = new_figure(
        "How much of each dump stands nowhere else",
        "Bar chart of papers per dump. "
        + "; ".join(
            f"{r.label}: {r.papers} papers, {r.only_here} of them in no other dump"
            for r in table.iloc[::-1].itertuples()
        ),
        height=140 + 44 * len(table),
        barmode="stack",
        xaxis_title="papers",
    )
    for name, values, colour in (
        ("only here", table["only_here"], ACCENT),
        ("also elsewhere", shared, "#B9C6D0"),
    ):
        figure.add_bar(
            x=values, y=labels, name=name, orientation="h", marker_color=colour, text=values,
            textposition="inside", insidetextanchor="middle", customdata=table["dump"].map(escape),
            hovertemplate="%{x} papers " + name + "<br>%{customdata}<extra></extra>",
        )  # fmt: skip
    return figure


def dumps_per_paper(table: pd.DataFrame) -> go.Figure:
    """Papers that stand in one, two, … dumps, beside what random draws would give.

    Parameters
    ----------
    table : DataFrame
        As `paperatlas.expected_overlap`: ``n_dumps``, ``papers``, ``expected``, ``low``, ``high``.
    """
    figure = new_figure(
        "In how many dumps a paper stands",
        "; ".join(
            f"{r.papers} papers in {r.n_dumps} dumps, {r.expected} ({r.low:.0f} to {r.high:.0f}) by chance"
            for r in table.itertuples()
        ),
        height=360,
        xaxis={
            "title": "dumps, and papers that stand in so many",
            "tickvals": table["n_dumps"].tolist(),
            "ticktext": [f"{r.n_dumps}<br><b>{r.papers}</b>" for r in table.itertuples()],
        },
        legend={"y": -0.32},
        yaxis_title="papers",
    )
    figure.add_bar(
        x=table["n_dumps"],
        y=table["papers"],
        name="seen",
        marker_color="#9DB9CF",
        text=table["papers"],
        textposition="inside",
    )
    figure.add_scatter(
        x=table["n_dumps"], y=table["expected"], name="if dumps were random draws", mode="markers",
        marker={"symbol": "line-ew-open", "size": 30, "color": HUES[1], "line": {"width": 3}},
        error_y={"type": "data", "symmetric": False, "array": table["high"] - table["expected"],
                 "arrayminus": table["expected"] - table["low"], "color": HUES[1], "width": 6},
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
    import numpy as np

    names = marked_names(topics)
    labels = dumps.set_index("dump")["label"]
    counts = cells.pivot_table(index="topic", columns="dump", values="papers", aggfunc="sum")
    ratios = cells.assign(log2=np.log2(cells["odds_ratio"])).pivot_table(
        index="topic", columns="dump", values="log2"
    )
    sure = cells.pivot_table(index="topic", columns="dump", values="p_adjusted") < 0.05
    text = [
        [f"<b>{count}</b>" if certain else str(count) for count, certain in zip(row, marks, strict=True)]
        for row, marks in zip(counts.to_numpy(), sure.to_numpy(), strict=True)
    ]
    figure = new_figure(
        "Which dump is rich in which topic",
        f"Heat map of {len(counts)} topics by {len(counts.columns)} dumps with the number of papers in each cell.",
        height=160 + 30 * len(counts),
        min_width=640,
    )
    figure.add_heatmap(
        z=ratios.clip(-4, 4), x=short_labels([labels[d] for d in counts.columns], 26),
        y=short_labels([names[t] for t in counts.index], 48), text=text, texttemplate="%{text}",
        colorscale=[[0, "#C8501A"], [0.5, "#FFFFFF"], [1, "#0B6FB8"]], zmin=-4, zmax=4, xgap=2, ygap=2,
        colorbar={"title": {"text": "odds ratio", "font": {"size": 12, "color": QUIET}}, "tickvals": [-4, -2, 0, 2, 4],
                  "ticktext": ["1/16", "1/4", "1", "4", "16"], "thickness": 12, "outlinecolor": GRID},
        hovertemplate="%{y}<br>%{x}<br>%{text} papers<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(side="bottom", tickangle=-30)
    return explain_marks(figure, names)
