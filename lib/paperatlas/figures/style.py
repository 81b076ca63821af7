"""One look for every figure: template, palette, and how a figure says what it shows."""

from __future__ import annotations

import html
from functools import cache
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio

# Themes take their hue from here. The order keeps neighbours apart for readers with colour-vision
# deficiencies too (after Okabe and Ito 2008 and Tol 2021, darkened for contrast on white).
HUES = ("#0B6FB8", "#C8501A", "#12805C", "#A8488F", "#9A6B00", "#3A3A9E", "#5E6B73", "#9C1F33")
INK = "#1F2A33"
QUIET = "#5C6B77"
GRID = "#E4E9ED"
ACCENT = HUES[0]
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")


def _template() -> go.layout.Template:
    axis = {
        "gridcolor": GRID,
        "linecolor": GRID,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
        "title": {"standoff": 10, "font": {"size": 13, "color": QUIET}},
        "tickfont": {"size": 12, "color": QUIET},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": INK},
            "title": {"x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 4}, "font": {"size": 17}},
            "paper_bgcolor": "#FFFFFF",
            "plot_bgcolor": "#FFFFFF",
            "colorway": list(HUES),
            "margin": {"l": 16, "r": 16, "t": 72, "b": 40},
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {
                "bgcolor": "#FFFFFF",
                "bordercolor": GRID,
                "font": {"family": FONT, "size": 13, "color": INK},
                "align": "left",
            },
            "legend": {"orientation": "h", "y": -0.15, "x": 0, "font": {"size": 12}},
            "bargap": 0.35,
        }
    )


@cache
def _register() -> None:
    pio.templates["paperatlas"] = _template()


def new_figure(title: str, alt: str, *, height: int = 420, min_width: int = 0, **layout: Any) -> go.Figure:
    """Empty figure in the house style.

    Parameters
    ----------
    title : str
        What to see, in a short sentence; it may come from data and is escaped.
    alt : str
        The figure in words, for readers who do not see it; kept in ``layout.meta["alt"]``.
    height : int
        Pixels.
    min_width : int
        Pixels below which the figure cannot be read; on a narrower page it scrolls sideways by itself.
    **layout
        Passed on to plotly's layout.
    """
    _register()
    figure = go.Figure()
    figure.update_layout(
        template="paperatlas",
        title_text=escape(title),
        height=height,
        meta={"alt": alt, "min_width": min_width},
        **layout,
    )
    return figure


def escape(text: str) -> str:
    """Text that plotly shows as it is: its labels and hover cards read a subset of HTML."""
    return html.escape("".join(c for c in text if c.isprintable() or c == "\n"), quote=False)


def shorten(text: str, width: int) -> str:
    """Text cut at a word to at most `width` characters, an ellipsis in place of the rest."""
    if len(text) <= width:
        return text
    cut = text[: width - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-")
    return (cut or text[: width - 1]) + "…"


def wrap(text: str, width: int) -> str:
    """Escaped text broken into lines of about `width` characters with ``<br>``."""
    import textwrap

    return "<br>".join(escape(line) for line in textwrap.wrap(text, width, break_on_hyphens=False))


def theme_colours(themes: pd.Series) -> dict[Any, str]:
    """Hue of every theme, in the order of their numbers."""
    return {theme: HUES[place % len(HUES)] for place, theme in enumerate(sorted(themes.unique()))}


def topic_colours(table: pd.DataFrame) -> dict[int, str]:
    """Colour of every topic: its theme's hue, lighter or darker than its siblings.

    Parameters
    ----------
    table : DataFrame with ``topic`` and ``theme``
    """
    hues = theme_colours(table["theme"])
    colours: dict[int, str] = {}
    for theme, topics in table.sort_values("topic").groupby("theme")["topic"]:
        n = len(topics)
        for place, topic in enumerate(topics):
            shift = 0.0 if n == 1 else 0.5 * place / (n - 1) - 0.2
            colours[int(topic)] = _shade(hues[theme], shift)
    return colours


def _shade(colour: str, shift: float) -> str:
    """Colour mixed with white (shift above zero) or black (below), by that share."""
    target = 255 if shift > 0 else 0
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(c + (target - c) * abs(shift)):02X}" for c in channels)


def fade(colour: str, opacity: float) -> str:
    """Colour as ``rgba()`` with this opacity."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"
