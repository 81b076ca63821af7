"""What is new: first papers and bursts on a line of time."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.rows import below, name_rows, row_height
from paperatlas.figures.style import (
    ACCENT,
    HUES,
    QUIET,
    escape,
    explain_marks,
    fade,
    new_figure,
    shorten,
    wrap,
)
from paperatlas.links import paper_url
from paperatlas.prose import percent


def timeline_of_firsts(
    papers: pd.DataFrame,
    members: pd.DataFrame,
    firsts: pd.DataFrame,
    *,
    names: pd.Series | None = None,
    most: int = 20,
) -> go.Figure:
    """First paper of each group, and the papers that followed; the earliest first on top.

    Parameters
    ----------
    papers : DataFrame
        ``paper_id``, ``title``, ``published``, ``arxiv_id``.
    members : DataFrame
        ``paper_id`` and the groups, as from `paperatlas.trends.memberships`.
    firsts : DataFrame
        As from `paperatlas.trends.newcomers`; its first column names the group. Of more than `most` the latest
        newcomers are shown.
    names : Series, optional
        Name of each group, where the group is a number.
    """
    by = str(firsts.columns[0])
    rows = firsts.head(most).sort_values(["first", by], kind="stable")
    shown = {group: escape(shorten(str(group if names is None else names[group]), 34)) for group in rows[by]}
    row_of = {group: row for row, group in enumerate(shown)}
    dated = papers[papers["published"].notna()].set_index("paper_id")
    dated = dated.assign(day=[day(value) for value in dated["published"]])
    new = int(rows["new"].sum())
    figure = new_figure(
        f"{new} of these {len(rows)} came late" if new else "None of these came late",
        "First paper of each, earliest first. "
        + "; ".join(
            f"{shown[row[0]]}: {row.first}, {escape(str(row.first_title))}"
            for row in rows.itertuples(index=False)
        ),
        height=row_height(len(rows)),
        min_width=640,
        legend=below(len(rows)),
    )
    figure.update_layout(
        title_subtitle_text="late: later than a random draw from the pile would explain · a click opens the paper"
    )
    own = members[members[by].isin(shown) & members["paper_id"].isin(dated.index)]
    followers = dated.loc[own["paper_id"]]
    figure.add_scatter(
        x=followers["day"], y=[row_of[group] for group in own[by]], mode="markers", name="papers that followed",
        marker={"symbol": "line-ns-open", "size": 10, "color": fade(QUIET, 0.7), "line": {"width": 1.2}},
        customdata=[paper_url(i, t) for i, t in zip(followers["arxiv_id"], followers["title"], strict=True)],
        text=[wrap(title, 48) for title in followers["title"]], hovertemplate="%{text}<br>%{x|%Y-%m}<extra></extra>",
    )  # fmt: skip
    for late, colour, symbol in ((True, HUES[1], "diamond"), (False, ACCENT, "circle")):
        chosen = rows[rows["new"] == late]
        if len(chosen):
            first = dated.loc[chosen["first_id"]]
            figure.add_scatter(
                x=first["day"], y=[row_of[group] for group in chosen[by]], mode="markers",
                name="first paper, came late" if late else "first paper",
                marker={"symbol": symbol, "size": 12, "color": colour},
                customdata=[paper_url(i, t) for i, t in zip(first["arxiv_id"], first["title"], strict=True)],
                text=[wrap(title, 48) for title in first["title"]],
                hovertemplate="<b>%{text}</b><br>%{x|%Y-%m}<extra></extra>",
            )  # fmt: skip
    name_rows(figure, list(shown.values()))
    figure.update_xaxes(type="date")
    return explain_marks(figure, list(shown.values()))


def day(published: str) -> str:
    """Day that stands for a month or a year: its middle."""
    return f"{published}-15" if len(published) > 4 else f"{published}-07-01"


def burst_spans(
    bursts: pd.DataFrame,
    periods: list[str],
    *,
    names: pd.Series | None = None,
    alpha: float = 0.05,
    most: int = 20,
) -> go.Figure:
    """When each group was far more common than in all periods together; the earliest burst on top.

    Parameters
    ----------
    bursts : DataFrame
        As from `paperatlas.trends.find_bursts`; bursts with an adjusted p above `alpha` are left out.
    periods : list of str
        All periods, in order.
    names : Series, optional
        Name of each group, where the group is a number.
    """
    by = str(bursts.columns[0])
    sure = bursts[bursts["strongest"] & (bursts["p_adjusted"] <= alpha)] if len(bursts) else bursts
    rows = sure.head(most).sort_values(["start", "end", by], kind="stable")
    labels = [escape(shorten(str(group if names is None else names[group]), 34)) for group in rows[by]]
    figure = new_figure(
        f"{len(rows)} bursts that chance does not explain"
        if len(rows)
        else "No burst that chance does not explain",
        "Bursts, earliest first. "
        + "; ".join(
            f"{label}: {row.start} to {row.end}, {row.n} of {row.total} papers"
            for label, row in zip(labels, rows.itertuples(), strict=True)
        ),
        height=row_height(len(rows)),
        min_width=640,
        showlegend=False,
    )
    figure.update_layout(title_subtitle_text="share in the burst, and in all other periods")
    place = {period: number for number, period in enumerate(periods)}
    for y, (label, row) in enumerate(zip(labels, rows.itertuples(), strict=True)):
        share, outside = (float(rows[column].iloc[y]) for column in ("share", "share_outside"))
        shares = f" {percent(share)}, else {percent(outside)}"
        start, end = place[str(row.start)] - 0.4, place[str(row.end)] + 0.4
        figure.add_scatter(
            x=[start, end], y=[y, y], mode="lines+text", line={"color": ACCENT, "width": 12},
            text=["", shares], textposition="middle right", cliponaxis=False,
            hovertemplate=f"{label}<br>{row.start} to {row.end}: {row.n} of {row.total} papers<br>"
            f"adjusted p {row.p_adjusted:.3f}<extra></extra>",
        )  # fmt: skip
    name_rows(figure, labels)
    step = max(1, len(periods) // 12)
    figure.update_xaxes(
        tickvals=list(range(0, len(periods), step)),
        ticktext=periods[::step],
        range=[-0.6, len(periods) * 1.18],
    )
    return explain_marks(figure, labels)
