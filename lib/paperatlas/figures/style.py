"""One look for every figure: template, figures of rows and of cells, and how a figure says what it shows."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio

from paperatlas.figures.palette import HUES, channels
from paperatlas.prose import MARK_EXPLAINED, is_marked

INK = "#1F2A33"
QUIET = "#5C6B77"
GRID = "#E4E9ED"
ACCENT = HUES[0]
_ROW = 27  # pixels of a figure with named rows
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


@cache
def _register() -> None:
    quiet = {"size": 12, "color": QUIET}
    axis = {
        "gridcolor": GRID, "linecolor": GRID, "zeroline": False, "ticks": "", "automargin": True, "tickfont": quiet,
        "title": {"standoff": 10, "font": {"size": 13, "color": QUIET}},
    }  # fmt: skip
    text = {"family": FONT, "size": 13, "color": INK}
    cells = {
        "texttemplate": "%{text}", "xgap": 2, "ygap": 2,
        "colorbar": {"thickness": 12, "outlinecolor": GRID, "title": {"font": quiet}},
    }  # fmt: skip
    layout = {
        "font": text,
        "title": {"x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 4}, "font": {"size": 17}},
        "paper_bgcolor": "#FFFFFF",
        "plot_bgcolor": "#FFFFFF",
        "colorway": list(HUES),
        "margin": {"l": 16, "r": 16, "t": 72, "b": 40},
        "xaxis": axis,
        "yaxis": axis,
        "hoverlabel": {"bgcolor": "#FFFFFF", "bordercolor": GRID, "font": text, "align": "left"},
        "legend": {"orientation": "h", "y": -0.15, "x": 0, "font": {"size": 12}},
        "bargap": 0.35,
    }
    pio.templates["paperatlas"] = go.layout.Template(layout=layout, data={"heatmap": [cells]})


def new_figure(title: str, alt: str, *, height: int = 420, min_width: int = 0, **layout: Any) -> go.Figure:
    """Empty figure in the house style.

    The title may come from data and is escaped. `alt` is the figure in words, for readers who do not see it, kept in
    ``layout.meta``. On a page narrower than `min_width` pixels the figure scrolls sideways by itself.
    """
    _register()
    figure = go.Figure()
    return figure.update_layout(
        template="paperatlas",
        title_text=escape(title),
        height=height,
        meta={"alt": alt, "min_width": min_width},
        **layout,
    )


def nothing_to_show(title: str, why: str) -> go.Figure:
    """Figure that says in a sentence why it is empty."""
    figure = new_figure(title, why, height=180)
    figure.add_scatter(x=[None], y=[None], hoverinfo="skip")
    figure.update_xaxes(visible=False).update_yaxes(visible=False)
    return figure.add_annotation(
        text=wrap(why, 44), showarrow=False, xref="paper", yref="paper", x=0.5, y=0.5
    )


def explain_marks(figure: go.Figure, names: Iterable[str]) -> go.Figure:
    """Figure that says under its title what the mark of `marked_names` means, where one of these names has it."""
    if not any(is_marked(name) for name in names):
        return figure
    told = figure.layout.title.subtitle.text
    top = figure.layout.margin.t or figure.layout.template.layout.margin.t
    return figure.update_layout(
        title_subtitle_text=f"{told}<br>{MARK_EXPLAINED}" if told else MARK_EXPLAINED, margin_t=top + 18
    )


def escape(text: str) -> str:
    """Text that plotly shows as it is: its labels and hover cards read a subset of HTML."""
    return html.escape("".join(c for c in text if c.isprintable() or c == "\n"), quote=False)


def wrap(text: str, width: int) -> str:
    """Escaped text broken into lines of about `width` characters with ``<br>``."""
    return "<br>".join(escape(line) for line in textwrap.wrap(text, width, break_on_hyphens=False))


def fade(colour: str, opacity: float) -> str:
    """Colour as ``rgba()`` with this opacity."""
    return f"rgba({', '.join(map(str, channels(colour)))}, {opacity})"


def row_labels(names: Iterable[object], counts: Iterable[object] | None = None, width: int = 40) -> list[str]:
    """Escaped names, shortened, each with its count in brackets."""
    how: dict[str, Any] = {"placeholder": " …", "break_on_hyphens": False}
    short = [textwrap.shorten(str(name), width, **how) for name in names]
    if counts is not None:
        short = [f"{name} ({count})" for name, count in zip(short, counts, strict=True)]
    return [escape(name) for name in short]


def each(rows: pd.DataFrame, text: str) -> list[str]:
    """A text for each row, with the values of its columns in place of their names in braces."""
    return [text.format_map(row) for row in rows.to_dict("records")]


def marks(
    name: str,
    at: Iterable[Any],
    rows: Iterable[int],
    low: Iterable[Any] | None = None,
    high: Iterable[Any] | None = None,
    *,
    colour: Any = ACCENT,
    symbol: Any = "circle",
    size: int = 11,
    bar: int = 2,
    **trace: Any,
) -> dict[str, Any]:
    """Trace of one kind of mark in some rows of a `row_figure`, with its interval; `trace` says what else is known of it."""
    found = {
        "type": "scatter", "name": name, "x": list(at), "y": list(rows),
        "mode": "markers+text" if "text" in trace else "markers", "textposition": "middle right",
        "marker": {"size": size, "symbol": symbol, "color": colour, "line": {"width": 2, "color": colour}},
        "hovertemplate": "%{hovertext}<extra></extra>", "cliponaxis": False, **trace,
    }  # fmt: skip
    if low is not None:
        ends = {"array": np.asarray(high) - np.asarray(at), "arrayminus": np.asarray(at) - np.asarray(low)}
        shown = {"thickness": bar, "width": 0, "color": colour if isinstance(colour, str) else QUIET}
        found["error_x"] = {"type": "data", "symmetric": False, **ends, **shown}
    return found


def row_figure(
    title: str,
    labels: Sequence[str],
    told: Sequence[str],
    traces: Sequence[dict[str, Any]],
    *,
    xaxis: Mapping[str, Any],
    subtitle: str = "",
) -> go.Figure:
    """Figure with a row for each label, the first on top, and a legend where there are marks of several kinds.

    Rows are numbered from 0, and two may have the same label. `told` is what there is to say of each row, to a pointer
    too where a trace of `marks` has no ``hovertext``; labels, and texts of the traces, are escaped by the caller.
    """
    figure = new_figure(
        title,
        f"{title}. " + "; ".join(f"{label}: {said}" for label, said in zip(labels, told, strict=True)),
        height=180 + _ROW * len(labels),
        min_width=620,
        xaxis=dict(xaxis),
        # Rows have numbers, since plotly draws two rows of one name into one.
        yaxis=_numbered(labels) | {"range": [len(labels) - 0.4, -0.6]},
        legend={"y": -70 / max(_ROW * len(labels), 60), "yanchor": "top"},
        showlegend=len(traces) > 1,
        title_subtitle_text=subtitle,
    )
    for trace in traces:
        figure.add_trace({"hovertext": [wrap(told[row], 48) for row in trace["y"]], **trace})
    return explain_marks(figure, labels)


def _numbered(labels: Sequence[str]) -> dict[str, Any]:
    places = {"tickvals": list(range(len(labels))), "ticktext": list(labels)}
    return {**places, "showgrid": False, "ticklabelstandoff": 8}


def heat_figure(
    title: str, alt: str, cells: pd.DataFrame, rows: pd.Series, columns: pd.Series, **trace: Any
) -> go.Figure:
    """Figure with a coloured cell for each of these rows and columns, given by their names; the first row on top.

    `cells` have ``row``, ``column``, ``z`` (the colour), ``text`` (in the cell) and ``told`` (to a pointer).
    """
    z, text, told = (
        cells.pivot_table(value, "row", "column", aggfunc="first").reindex(rows.index, columns=columns.index)
        for value in ("z", "text", "told")
    )
    figure = new_figure(title, alt, height=190 + 28 * len(rows), min_width=760)
    figure.add_heatmap(
        z=z.to_numpy(), text=text.fillna("").to_numpy(), hovertext=told.to_numpy(),
        hovertemplate="%{y}<br>%{x}<br>%{hovertext}<extra></extra>", **trace,
    )  # fmt: skip
    across, down = (_numbered(row_labels(names, width=width)) for names, width in ((columns, 28), (rows, 46)))
    figure.update_xaxes(tickangle=-40, **across).update_yaxes(autorange="reversed", **down)
    return explain_marks(figure, rows)
