"""Static pictures as SVG: they print, need no script, and take their colours from the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from paperatlas.atlasmap import TEXT_CONTRAST, anchor
from paperatlas.display import escape
from paperatlas.figures.palette import NIGHT, PAPER, readable, theme_colours, topic_colours
from paperatlas.figures.style import shorten

WIDTH, HEIGHT = 1000, 640  # of the map, in its own units
_SIZE = 19  # of its names


def palette_css(topics: pd.DataFrame) -> str:
    """Style sheet that gives each topic (``--t0``) and theme (``--h0``) its colour, light and dark.

    Parameters
    ----------
    topics : DataFrame with ``topic`` and ``theme``
    """
    hues = theme_colours(topics["theme"])

    def rules(dark: bool) -> str:
        page = NIGHT if dark else PAPER
        shades = topic_colours(topics, dark=dark)
        names = {theme: readable(hue, page, TEXT_CONTRAST + 1) for theme, hue in hues.items()}
        return "".join(
            [f"--t{topic}:{colour};" for topic, colour in shades.items()]
            + [f"--h{theme}:{colour};" for theme, colour in names.items()]
        )

    light, dark = rules(False), rules(True)
    return (
        f".pb{{{light}}}@media screen{{html[data-theme=dark] .pb{{{dark}}}}}"
        f"@media screen and (prefers-color-scheme:dark){{html:not([data-theme=light]) .pb{{{dark}}}}}"
    )


def map_svg(papers: pd.DataFrame, themes: pd.DataFrame) -> str:
    """The papers as points, with the names of their themes.

    Parameters
    ----------
    papers : DataFrame
        As `paperatlas.Study.papers`.
    themes : DataFrame
        As `paperatlas.Topics.themes`.
    """
    x, y = papers["x"].to_numpy(dtype=float), papers["y"].to_numpy(dtype=float)
    margin = 14
    scale = min((WIDTH - 2 * margin) / max(np.ptp(x), 1e-9), (HEIGHT - 2 * margin) / max(np.ptp(y), 1e-9))
    left = WIDTH / 2 + (x - (x.min() + x.max()) / 2) * scale
    top = HEIGHT / 2 - (y - (y.min() + y.max()) / 2) * scale
    # The picture is as high as its points need, so that no empty band stays above and below.
    first = top.min() - 2 * margin
    height = top.max() - first + 2 * margin
    radius = float(np.clip(0.2 * np.sqrt(WIDTH * height / len(papers)), 2.2, 5.5))
    groups = []
    topic, ids = papers["topic"].to_numpy(), papers["paper_id"].tolist()
    for each in sorted(set(topic.tolist())):
        points = "".join(
            f'<circle cx="{left[i]:.1f}" cy="{top[i] - first:.1f}" data-paper="{escape(ids[i])}"/>'
            for i in np.flatnonzero(topic == each)
        )
        groups.append(f'<g style="fill:var(--t{each})">{points}</g>')
    places = np.column_stack([left, top - first])
    names = _names(places, papers["theme"].to_numpy(), themes, height)
    alt = f"Map of {len(papers):,} papers in {len(themes)} themes; papers that resemble each other lie close together."
    return (
        f'<svg class="pb-map" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(alt)}" '
        f'style="--r:{radius:.1f}px">{"".join(groups)}{names}</svg>'
    )


def _names(places: np.ndarray, theme_of: np.ndarray, themes: pd.DataFrame, height: float) -> str:
    """Names of the themes, the largest first, each where its papers are densest and no other name is."""
    taken: list[tuple[float, float, float, float]] = []
    written = []
    for theme, name in themes.sort_values("size", ascending=False, kind="stable")[
        ["theme", "name"]
    ].itertuples(index=False):
        lines = _lines(shorten(str(name), 46))
        wide, high = max(map(len, lines)) * 0.58 * _SIZE, len(lines) * 1.15 * _SIZE
        x, y = anchor(places[theme_of == theme])
        for shift in (0, -1, 1, -2, 2, -3, 3):
            cx = float(np.clip(x, wide / 2 + 4, WIDTH - wide / 2 - 4))
            cy = float(np.clip(y + shift * 0.8 * high, high / 2 + 4, height - high / 2 - 4))
            box = (cx - wide / 2, cy - high / 2, cx + wide / 2, cy + high / 2)
            if all(box[2] < a or c < box[0] or box[3] < b or d < box[1] for a, b, c, d in taken):
                taken.append(box)
                spans = "".join(
                    f'<tspan x="{cx:.0f}" y="{box[1] + (n + 0.85) * 1.15 * _SIZE:.0f}">{escape(line)}</tspan>'
                    for n, line in enumerate(lines)
                )
                written.append(f'<text style="fill:var(--h{theme})">{spans}</text>')
                break
    return f'<g class="pb-names" aria-hidden="true">{"".join(written)}</g>'


def _lines(text: str, width: int = 24) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def share_curve(shares: pd.DataFrame, colour: str, highest: float, alt: str) -> str:
    """A topic's share per period as a line in its interval; periods that no test uses are pale.

    Parameters
    ----------
    shares : DataFrame
        One topic's rows of `paperatlas.topic_trends`, in order.
    colour : str
        CSS colour.
    highest : float
        Share at the top of the picture.
    alt : str
    """
    wide, high = 220.0, 44.0
    n = len(shares)
    at = [wide * (i + 0.5) / n for i in range(n)]

    def level(share: float) -> float:
        return high - 2 - (high - 4) * min(max(share, 0.0), highest) / highest

    low, up, mid = (shares[c].fillna(0.0).tolist() for c in ("low", "high", "share"))
    pale = (shares["few"] | shares["unfinished"]).tolist()
    sure = [i for i in range(n) if not pale[i]]
    band = " ".join(f"{at[i]:.1f},{level(up[i]):.1f}" for i in sure)
    band += " " + " ".join(f"{at[i]:.1f},{level(low[i]):.1f}" for i in reversed(sure))
    line = " ".join(f"{at[i]:.1f},{level(mid[i]):.1f}" for i in sure)
    dots = "".join(
        f'<circle class="{"pb-pale" if pale[i] else ""}" cx="{at[i]:.1f}" cy="{level(mid[i]):.1f}" r="2.2"/>'
        for i in range(n)
    )
    return (
        f'<svg class="pb-curve" viewBox="0 0 {wide:.0f} {high:.0f}" role="img" aria-label="{escape(alt)}" '
        f'style="color:{colour}"><polygon points="{band}"/><polyline points="{line}"/>{dots}</svg>'
    )


def interval(
    middle: float, low: float, high: float, *, ends: tuple[float, float], mark: float | None, alt: str
) -> str:
    """An estimate as a dot on its interval, on an axis from one end to the other.

    Parameters
    ----------
    middle, low, high : float
    ends : pair of float
        What lies at the left and right border; longer intervals are cut there.
    mark : float, optional
        Where a line is drawn across, such as "no change".
    alt : str
    """
    wide = 150.0

    def at(value: float) -> float:
        return 4 + (wide - 8) * (min(max(value, ends[0]), ends[1]) - ends[0]) / (ends[1] - ends[0])

    across = (
        f'<line class="pb-mark" x1="{at(mark):.1f}" x2="{at(mark):.1f}" y1="0" y2="20"/>'
        if mark is not None
        else ""
    )
    return (
        f'<svg class="pb-interval" viewBox="0 0 {wide:.0f} 20" role="img" aria-label="{escape(alt)}">'
        f'<line class="pb-axis" x1="0" x2="{wide:.0f}" y1="10" y2="10"/>{across}'
        f'<line class="pb-span" x1="{at(low):.1f}" x2="{at(high):.1f}" y1="10" y2="10"/>'
        f'<circle cx="{at(middle):.1f}" cy="10" r="4"/></svg>'
    )


def bar(parts: Sequence[tuple[float, str]], alt: str) -> str:
    """Shares side by side in one bar: pairs of share and CSS class."""
    pieces = []
    begin = 0.0
    for share, style in parts:
        pieces.append(f'<rect class="{style}" x="{100 * begin:.2f}" width="{100 * share:.2f}" height="8"/>')
        begin += share
    return (
        f'<svg class="pb-bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{escape(alt)}">'
        f"{''.join(pieces)}</svg>"
    )
