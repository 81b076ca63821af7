"""Colours that stay apart: hue says the theme, shade the topic, for every kind of colour vision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

# Themes take their hue from here. The order keeps neighbours apart for readers with colour-vision
# deficiencies too (after Okabe and Ito 2008 and Tol 2021, darkened for contrast on white).
HUES = ("#0B6FB8", "#C8501A", "#12805C", "#A8488F", "#9A6B00", "#3A3A9E", "#5E6B73", "#9C1F33")
PAPER, NIGHT = "#FFFFFF", "#121212"  # backgrounds of the two looks
POINT_CONTRAST = 3.0  # WCAG 2.2, success criterion 1.4.11

# Shades of each hue, the plain one first, on white and on dark. They were searched once: farthest-first (Gonzalez 1985)
# in OKLab among the shades that contrast with the background, the distance of two being the smallest that readers with
# and without a colour-vision deficiency see.
SHADES = {
    "#0B6FB8": ["#046CB5", "#002A53", "#245682", "#2C85CF", "#00376F", "#0097D5", "#1C78C2", "#0060A8"],
    "#C8501A": ["#CE5621", "#510A00", "#762F11", "#B5362A", "#B8665A", "#C0490E", "#DC6230", "#6F0000"],
    "#12805C": ["#00704D", "#40A17B", "#004E2D", "#3B8654", "#00381A", "#0E6333", "#31946F", "#004223"],
    "#A8488F": ["#AB4B92", "#693059", "#D370B7", "#460E39", "#91327A", "#630F65", "#CE6098", "#B8579E"],
    "#9A6B00": ["#815300", "#A68756", "#522700", "#8D6F3E", "#754800", "#816333", "#5D3100", "#927E49"],
    "#3A3A9E": ["#37369A", "#8B78E5", "#2D016F", "#3056B5", "#656EB0", "#466ED0", "#473C7B", "#261C80"],
    "#5E6B73": ["#5E6B73", "#2D3439", "#48555C", "#75828B", "#536068", "#69777F", "#333F46", "#232A2F"],
    "#9C1F33": ["#97182F", "#EA6972", "#9C4E52", "#5F001C", "#7C001A", "#803649", "#8F4247", "#CE7C8E"],
}  # fmt: skip
NIGHT_SHADES = {
    "#0B6FB8": ["#489EEA", "#96ECFF", "#5385B4", "#9BD0FF", "#0066A1", "#3B91DD", "#4779A8", "#33B0F0"],
    "#C8501A": ["#F87C4B", "#B23C00", "#FFD1A1", "#FFB0A2", "#FF9C4B", "#B26D3E", "#A95D40", "#BF794A"],
    "#12805C": ["#5BBA93", "#B5E6C1", "#3B8654", "#40A17B", "#86D29C", "#31946F", "#4DAD87", "#00704D"],
    "#A8488F": ["#E17CC4", "#944396", "#B8579E", "#E0A7DF", "#A63B74", "#BB67BC", "#DB99C6", "#FFBEED"],
    "#9A6B00": ["#B3822A", "#F4C16E", "#BF9F6D", "#816333", "#FFE286", "#996A00", "#BF8F39", "#D9B886"],
    "#3A3A9E": ["#5F67CF", "#ADB8FF", "#767FEA", "#99A5FF", "#8892D7", "#B6D7FF", "#6A73DC", "#555BC1"],
    "#5E6B73": ["#8D9BA3", "#69777F", "#BECDD6", "#DDE6EC", "#818E97", "#99A7B0", "#75828B", "#B2C0C9"],
    "#9C1F33": ["#CE505B", "#FF9BBA", "#D07D80", "#9A4D5F", "#DC5D66", "#FF838A", "#FFB6BC", "#EA6C5A"],
}  # fmt: skip


def theme_colours(themes: pd.Series) -> dict[Any, str]:
    """Hue of every theme, in the order of their numbers."""
    return {theme: HUES[place % len(HUES)] for place, theme in enumerate(sorted(themes.unique()))}


def topic_colours(table: pd.DataFrame, *, dark: bool = False) -> dict[int, str]:
    """Colour of every topic: a shade of its theme's hue, in the order of the topics' numbers.

    Parameters
    ----------
    table : DataFrame with ``topic`` and ``theme``
    dark : bool
        For a dark background instead of a white one.
    """
    hues = theme_colours(table["theme"])
    ordered = table.sort_values("topic")
    place = ordered.groupby("theme").cumcount()
    shades = NIGHT_SHADES if dark else SHADES
    return {
        int(topic): shades[hues[theme]][number % len(shades[hues[theme]])]
        for topic, theme, number in zip(ordered["topic"], ordered["theme"], place, strict=True)
    }


def _linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    return float(np.array([0.2126, 0.7152, 0.0722]) @ _linear(colour))


def contrast_ratio(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, background: str, contrast: float) -> str:
    """Colour moved away from the background, no further than this contrast asks (WCAG 2.2)."""
    towards = 0 if luminance(background) > 0.5 else 255
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    for step in range(21):
        mixed = "#" + "".join(f"{round(c + (towards - c) * step / 20):02X}" for c in channels)
        if contrast_ratio(mixed, background) >= contrast:
            return mixed
    return mixed


def ink_on(colour: str) -> str:
    """White or black, whichever reads better on a ``#RRGGBB`` colour: at least 4.5 to 1 (WCAG 2.2)."""
    return "#FFFFFF" if luminance(colour) < 0.179 else "#000000"


def mix(colour: str, share: float) -> str:
    """Colour on white at this share, as ``#RRGGBB``."""
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (c - 255) * share):02X}" for c in channels)
