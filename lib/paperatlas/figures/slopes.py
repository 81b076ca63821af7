"""Topics ranked: by how fast they move, and by their share in one era after another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.rows import below, name_rows, row_height
from paperatlas.figures.style import (
    HUES,
    QUIET,
    escape,
    explain_marks,
    fade,
    marked_names,
    new_figure,
    shorten,
    topic_colours,
)
from paperatlas.intervals import wilson

VERDICT_COLOURS = {"rising": HUES[0], "fading": HUES[1], "steady": HUES[2], "cannot tell": QUIET}


def trend_slopes(tests: pd.DataFrame, names: pd.Series, *, title: str = "") -> go.Figure:
    """Change of each group's odds per year with its interval, the fastest riser on top.

    Beside it stand the same slope with the sources left out of account, and with papers counted by their
    confidence.

    Parameters
    ----------
    tests : DataFrame
        As from `paperatlas.trend_tests`; groups without a test are left out.
    names : Series
        Name of each group, indexed by the first column of `tests`.
    title : str, optional
        The verdicts counted, by default.
    """
    by = str(tests.columns[0])
    rows = tests[tests["odds_ratio"].notna()].sort_values(["odds_ratio", by], ascending=[False, True])
    labels = [
        escape(f"{shorten(str(names[group]), 30)} ({n})")
        for group, n in zip(rows[by], rows["n"], strict=True)
    ]
    counted = rows["verdict"].value_counts()
    figure = new_figure(
        title or ", ".join(f"{counted[v]} {v}" for v in VERDICT_COLOURS if v in counted) or "Nothing to test",
        "Odds ratio per year of each group, largest first. "
        + "; ".join(
            f"{names[group]}: {ratio:.2f} ({low:.2f} to {high:.2f}), {verdict}"
            for group, ratio, low, high, verdict in rows[
                [by, "odds_ratio", "odds_low", "odds_high", "verdict"]
            ].itertuples(index=False)
        ),
        height=row_height(len(rows)),
        min_width=640,
        xaxis={"title": "factor by which the odds change each year", "type": "log", **_ticks(rows)},
        legend=below(len(rows)),
    )
    figure.update_layout(
        title_subtitle_text="bar: 95 % interval · filled: found, and a second test agrees · in brackets: papers"
    )
    figure.add_vline(x=1, line={"color": QUIET, "width": 1})
    places = pd.Series(range(len(rows)), index=rows.index)
    figure.add_scatter(
        x=rows["plain_odds_ratio"], y=places, mode="markers", name="sources left out of account",
        marker={"symbol": "line-ns-open", "size": 11, "color": QUIET, "line": {"width": 2}},
        hovertemplate="%{x:.2f} a year, sources left out of account<extra></extra>",
    )  # fmt: skip
    for verdict, colour in VERDICT_COLOURS.items():
        own = rows[rows["verdict"] == verdict]
        if own.empty:
            continue
        figure.add_scatter(
            x=own["odds_ratio"], y=places[own.index], mode="markers", name=verdict,
            marker={"size": 11, "color": colour, "line": {"width": 2, "color": colour},
                    "symbol": ["circle" if a == "yes" else "circle-open" for a in own["agreement"]]},
            error_x={"type": "data", "symmetric": False, "array": own["odds_high"] - own["odds_ratio"],
                     "arrayminus": own["odds_ratio"] - own["odds_low"], "thickness": 2, "width": 0},
            customdata=own[["odds_low", "odds_high", "p_adjusted", "depends_on"]].assign(
                depends_on=[f"<br>hangs on {escape(on)}" if on else "" for on in own["depends_on"]]
            ),
            hovertemplate="%{x:.2f} a year (%{customdata[0]:.2f} to %{customdata[1]:.2f})<br>"
            "adjusted p %{customdata[2]:.3f}%{customdata[3]}<extra></extra>",
        )  # fmt: skip
    name_rows(figure, labels)
    return explain_marks(figure, labels)


def _ticks(rows: pd.DataFrame) -> dict[str, object]:
    """Round ratios for a logarithmic axis."""
    values = np.array([0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 4, 8])
    if len(rows):
        low, high = float(rows["odds_low"].min()), float(rows["odds_high"].max())
        values = values[(values >= low * 0.9) & (values <= high * 1.1)]
    return {"tickvals": values.tolist(), "ticktext": [f"{value:g}" for value in values]}


def share_ranks(
    trends: pd.DataFrame, topics: pd.DataFrame, tests: pd.DataFrame, *, eras: int = 3
) -> go.Figure:
    """Rank of each topic's share in successive eras of about as many papers each.

    Parameters
    ----------
    trends : DataFrame
        As from `paperatlas.topic_trends`; only tested periods count.
    topics : DataFrame with ``topic``, ``name`` and ``theme``
    tests : DataFrame with ``topic`` and ``verdict``
        Rising and fading topics are drawn thick.
    eras : int
    """
    usable = trends[~trends["few"] & ~trends["unfinished"]]
    volume = usable.drop_duplicates("period").sort_values("time")
    reached = volume["total"].cumsum() - volume["total"] / 2
    era = dict(
        zip(
            volume["period"],
            np.minimum(reached * eras // max(volume["total"].sum(), 1), eras - 1),
            strict=True,
        )
    )
    cells = usable.assign(era=usable["period"].map(era).astype(int))
    sums = cells.groupby(["topic", "era"], as_index=False)[["n", "total"]].sum()
    sums["share"] = sums["n"] / sums["total"]
    sums["low"], sums["high"] = wilson(sums["n"].to_numpy(), sums["total"].to_numpy())
    sums = sums.sort_values(["era", "share", "topic"], ascending=[True, False, True])
    sums["rank"] = sums.groupby("era").cumcount() + 1
    spans = cells.groupby("era")["period"].agg(["min", "max"])
    present = sorted(spans.index)
    heads = [
        low if low == high else f"{low} to {high}" for low, high in spans.loc[present].itertuples(index=False)
    ]
    names = marked_names(topics)
    colours = topic_colours(topics)
    moves = tests.set_index("topic")["verdict"].isin(["rising", "fading"])
    last = sums[sums["era"] == present[-1]].sort_values("rank") if present else sums
    figure = new_figure(
        "Who overtakes whom: topics ranked by share, era by era",
        "Rank of each topic in the last era, largest share first: "
        + "; ".join(
            f"{rank}. {names[topic]} ({share:.0%})"
            for rank, topic, share in last[["rank", "topic", "share"]].itertuples(index=False)
        ),
        height=row_height(len(topics)),
        min_width=640,
        showlegend=False,
    )
    figure.update_layout(
        title_subtitle_text="each era holds about as many papers · thick: rising or fading by the test",
        margin_t=120,
    )
    for topic in topics["topic"].tolist():
        own = sums[sums["topic"] == topic]
        sure = bool(moves.get(topic, False))
        figure.add_scatter(
            x=[present.index(e) for e in own["era"]], y=own["rank"], mode="lines+markers+text",
            line={"color": colours[topic] if sure else fade(colours[topic], 0.55), "width": 4 if sure else 1.5,
                  "shape": "spline", "smoothing": 0.6},
            marker={"size": 9, "color": colours[topic]}, text=_labels(own, present, names[topic]),
            textposition=["middle right" if e == present[-1] else "top center" for e in own["era"]],
            textfont={"size": 12}, cliponaxis=False, customdata=own[["n", "total", "low", "high", "share"]],
            hovertemplate=escape(str(names[topic])) + "<br>%{customdata[0]} of %{customdata[1]} papers, "
            "%{customdata[4]:.0%} (%{customdata[2]:.0%} to %{customdata[3]:.0%})<extra></extra>",
        )  # fmt: skip
    figure.update_yaxes(autorange="reversed", visible=False)
    figure.update_xaxes(
        tickvals=list(range(len(present))), ticktext=heads, side="top", range=[-0.25, max(len(present) - 1, 1) * 1.75],
        showgrid=False,
    )  # fmt: skip
    return explain_marks(figure, names)


def _labels(own: pd.DataFrame, eras: list[int], name: str) -> list[str]:
    return [
        f" {share:.0%} {escape(shorten(str(name), 36))}" if era == eras[-1] else f"{share:.0%}"
        for era, share in zip(own["era"], own["share"], strict=True)
    ]
