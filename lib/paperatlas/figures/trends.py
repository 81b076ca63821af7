"""Figures about time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from paperatlas.display import names_in
from paperatlas.figures.palette import HUES, topic_colours
from paperatlas.figures.style import (
    QUIET,
    each,
    escape,
    explain_marks,
    fade,
    marks,
    new_figure,
    nothing_to_show,
    row_figure,
    row_labels,
    wrap,
)
from paperatlas.prose import count, marked_names, percent

_RATIOS = (0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 4, 8)  # round ones, for a log axis
VERDICT_COLOURS = {"rising": HUES[0], "fading": HUES[1], "steady": HUES[2], "cannot tell": QUIET}


def share_panels(trends: pd.DataFrame, topics: pd.DataFrame, tests: pd.DataFrame) -> go.Figure:
    """One small panel per topic: its share of the papers of each period with the interval, over all papers.

    Grey bars are the reference volume, all dated papers of the period. Pale points stand for periods that are
    left out of tests: those with fewer than 10 papers, and those that are not over.
    """
    from plotly.subplots import make_subplots

    unit = trends.attrs.get("period", "year")
    title = f"Each topic's share of the papers, {unit} by {unit}"
    if trends.empty:
        return nothing_to_show(title, "No paper has a date.")
    colours, names = topic_colours(topics), marked_names(topics).sort_index()
    columns = 3
    rows = -(-len(topics) // columns)
    told = tests.set_index("topic")["verdict"].reindex(names.index, fill_value="not tested")
    alt = "; ".join(f"{name}: {verdict}" for name, verdict in zip(names, told, strict=True))
    figure = make_subplots(
        figure=new_figure(
            title, f"{len(topics)} small line charts, one per topic. {alt}", height=130 + 180 * rows, min_width=720
        ),
        rows=rows, cols=columns, shared_xaxes="all", shared_yaxes="all",
        subplot_titles=[f"<b>{label}</b><br>{v}" for label, v in zip(row_labels(names, width=27), told, strict=True)],
        vertical_spacing=0.35 / rows, horizontal_spacing=0.03,
    )  # fmt: skip
    for place, topic in enumerate(names.index):
        panel = {"row": place // columns + 1, "col": place % columns + 1}
        for trace in _panel(trends, topic, colours[topic]):
            figure.add_trace(trace, **panel)
        if place + columns >= len(topics):
            figure.update_xaxes(showticklabels=True, **panel)
    periods = sorted(trends["period"].unique())
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=periods, nticks=6, tickangle=0)
    figure.update_yaxes(tickformat=".0%", rangemode="tozero", nticks=4)
    figure.update_annotations(font={"size": 11}, yshift=4)
    subtitle = (
        "band: 95 % interval · grey bars: all dated papers of the pile · "
        "pale: fewer than 10 papers or unfinished, not tested"
    )
    figure.update_layout(
        showlegend=False,
        margin_t=130,
        bargap=0.25,
        title={"subtitle": {"text": subtitle}, "y": 1, "yanchor": "top", "pad": {"t": 16, "l": 4}},
    )
    return explain_marks(figure, names)


def _panel(trends: pd.DataFrame, topic: int, colour: str) -> list[dict[str, object]]:
    """Traces of one topic: all papers, the interval, the shares that are tested, and the others."""
    series = trends[trends["topic"] == topic].sort_values("period")
    left_out = series["few"] | series["unfinished"]
    solid, pale = series[~left_out], series[left_out]
    # The reference volume keeps to the lower third; its own numbers are in the hover text.
    scale = trends["high"].max() / 3 / max(trends["total"].max(), 1)
    return [
        {"type": "bar", "x": series["period"], "y": (series["total"] * scale).round(5), "customdata": series["total"],
         "marker": {"color": fade(QUIET, 0.22), "line": {"width": 0}},
         "hovertemplate": "%{x}: %{customdata} dated papers in all<extra></extra>"},
        {"type": "scatter", "x": [*solid["period"], *solid["period"][::-1]], "mode": "lines",
         "y": [*solid["high"], *solid["low"][::-1]], "fill": "toself", "fillcolor": fade(colour, 0.18),
         "line": {"width": 0}, "hoverinfo": "skip"},
        *({"type": "scatter", "x": rows["period"], "y": rows["share"], "mode": mode,
           "line": {"color": colour, "width": 2}, "marker": {"size": 5, "color": shade},
           "customdata": rows[["n", "total", "low", "high"]].to_numpy(),
           "hovertemplate": "%{x}: %{customdata[0]} of %{customdata[1]} papers<br>"
           "%{y:.0%} (%{customdata[2]:.0%} to %{customdata[3]:.0%})<extra></extra>"}
          for rows, mode, shade in ((solid, "lines+markers", colour), (pale, "markers", fade(colour, 0.45)))),
    ]  # fmt: skip


def trend_slopes(tests: pd.DataFrame, names: Mapping[object, str] | None = None) -> go.Figure:
    """Change of each group's odds per year with its interval, the fastest riser on top.

    Beside it stands the same slope with the sources left out of account. Groups without a test are left out of
    `tests`, as from `paperatlas.trend_tests`; `names` says what the groups are called.
    """
    by = str(tests.columns[0])
    rows = tests[tests["odds_ratio"].notna()].sort_values(["odds_ratio", by], ascending=[False, True])
    if rows.empty:
        return nothing_to_show("Nothing to test", "No group has enough dated papers for a test.")
    rows = rows.reset_index(drop=True)
    counted, hangs = rows["verdict"].value_counts(), ", hangs on " + rows["depends_on"].astype(str)
    told = each(
        rows.assign(hangs=hangs.where(rows["depends_on"] != "", "")),
        "{odds_ratio:.2f} a year ({odds_low:.2f} to {odds_high:.2f}), {verdict}, adjusted p {p_adjusted:.3f}{hangs}",
    )
    plain, at = "sources left out of account", rows["plain_odds_ratio"]
    hover = each(rows, "{plain_odds_ratio:.2f} a year, " + plain)
    traces = [marks(plain, at, rows.index, colour=QUIET, symbol="line-ns-open", hovertext=hover)]
    for verdict, colour in VERDICT_COLOURS.items():
        own = rows[rows["verdict"] == verdict]
        symbols = ["circle" if agrees == "yes" else "circle-open" for agrees in own["agreement"]]
        bounds = own["odds_low"], own["odds_high"]
        if len(own):
            traces.append(
                marks(verdict, own["odds_ratio"], own.index, *bounds, colour=colour, symbol=symbols)
            )
    figure = row_figure(
        ", ".join(f"{counted[v]} {v}" for v in VERDICT_COLOURS if v in counted),
        row_labels(names_in(rows, by, names), rows["n"], 30),
        told,
        traces,
        # plotly's own ticks of a log axis overlap, and stand at two heights.
        xaxis={"title": "factor by which the odds change each year", "type": "log", "tickvals": _RATIOS},
        subtitle="bar: 95 % interval · filled: found, and a second test agrees · in brackets: papers",
    )
    return figure.add_vline(x=1, line={"color": QUIET, "width": 1})


def timeline(
    papers: pd.DataFrame,
    members: pd.DataFrame,
    firsts: Mapping[object, str],
    *,
    title: str,
    names: Mapping[object, str] | None = None,
    what: str = "papers that followed",
) -> go.Figure:
    """Papers of each group at their dates, the first of them set apart; the earliest first on top.

    Parameters
    ----------
    papers : DataFrame
        ``paper_id``, ``title``, ``published``; papers without a date are left out.
    members : DataFrame
        The group and the ``paper_id`` of its papers, one row per membership.
    firsts : mapping
        For each group that is shown, the id of its first paper: the one that introduced a system, or the oldest.
    names : mapping, optional
        Name of each group.
    what : str
        What the other papers are.
    """
    by = str(members.columns[members.columns != "paper_id"][0])
    dated = papers[papers["published"].notna()].set_index("paper_id")
    # The middle of a month or a year stands for it.
    dated["day"] = dated["published"] + dated["published"].map(len).map({7: "-15", 4: "-07-01"})
    known = {group: paper for group, paper in firsts.items() if paper in dated.index}
    shown = sorted(known, key=lambda group: (dated["day"][known[group]], str(group)))
    if not shown:
        return nothing_to_show(title, "There is no group of dated papers to show.")
    labels = row_labels(shown if names is None else [names[group] for group in shown], width=34)
    others = members[members[by].isin(shown) & members["paper_id"].isin(dated.index)]
    others = others[others["paper_id"] != others[by].map(known)]
    following = dated.loc[others["paper_id"]]
    wrapped = following.assign(title=[wrap(name, 48) for name in following["title"]])
    wrapped["published"] = wrapped["published"].map(escape)
    rows = [shown.index(group) for group in others[by]]
    ticks = marks(
        what, following["day"], rows, colour=fade(QUIET, 0.8), symbol="line-ns-open",
        hovertext=each(wrapped, "{title}<br>{published}"),
    )  # fmt: skip
    first = dated.loc[[known[group] for group in shown]]
    then = [count(rows.count(row), "paper") for row in range(len(shown))]
    told = each(first.assign(then=then), "{published}, {title}, then {then}")
    traces = [ticks, marks("first paper", first["day"], range(len(shown)))]
    return row_figure(title, labels, told, traces, xaxis={"type": "date"})


def burst_spans(
    bursts: pd.DataFrame,
    periods: Sequence[str],
    names: Mapping[object, str] | None = None,
    *,
    alpha: float = 0.05,
) -> go.Figure:
    """When each group was far more common than in all periods together; the earliest burst on top.

    Of `bursts`, as from `paperatlas.trends.find_bursts`, those with an adjusted p above `alpha` are left out. `periods`
    are all of them, in order; `names` says what the groups are called.
    """
    by = str(bursts.columns[0])
    rows = bursts[bursts["p_adjusted"] <= alpha].head(20).sort_values(["start", "end", by], kind="stable")
    if rows.empty:
        return nothing_to_show("Bursts", "No burst stands out from chance.")
    place = {period: number for number, period in enumerate(periods)}
    start, end = rows["start"].map(place) - 0.4, rows["end"].map(place) + 0.4
    shares = rows[["share", "share_outside"]].astype(float).itertuples(index=False)
    text = [f" {percent(share)}, else {percent(outside)}" for share, outside in shares]
    spans = marks("bursts", end, range(len(rows)), start, end, size=1, bar=12, text=text)
    step = max(1, len(periods) // 12)
    return row_figure(
        f"{count(len(rows), 'burst')} that chance does not explain",
        row_labels(names_in(rows, by, names), width=34),
        each(rows, "{start} to {end}, {n} of {total} papers, adjusted p {p_adjusted:.3f}"),
        [spans],
        xaxis={
            "tickvals": list(range(0, len(periods), step)),
            "ticktext": list(periods[::step]),
            "range": [-0.6, len(periods) * 1.18],
        },
        subtitle="share in the burst, and in all other periods",
    )
