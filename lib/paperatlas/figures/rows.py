"""Figures with one named row for each group."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go


def name_rows(figure: go.Figure, labels: Sequence[str]) -> None:
    """Name the rows 0, 1, … from the top; two groups may have the same name."""
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        range=[len(labels) - 0.4, -0.6],
        showgrid=False,
    )


def row_height(rows: int) -> int:
    """Pixels that so many rows need."""
    return 180 + 27 * rows


def below(rows: int) -> dict[str, object]:
    """Legend under the axis of a figure with so many rows."""
    return {"y": -70 / max(27 * rows, 60), "yanchor": "top"}
