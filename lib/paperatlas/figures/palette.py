"""Colours that stay apart: hue says the theme, shade the topic, for every kind of colour vision."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from paperatlas.shipped import rows_of

# Themes take their hue from here. The order keeps neighbours apart for readers with colour-vision
# deficiencies too (after Okabe and Ito 2008 and Tol 2021, darkened for contrast on white).
HUES = ("#0B6FB8", "#C8501A", "#12805C", "#A8488F", "#9A6B00", "#3A3A9E", "#5E6B73", "#9C1F33")
PAPER, NIGHT = "#FFFFFF", "#121212"  # backgrounds of the two looks
POINT_CONTRAST = 3.0  # WCAG 2.2, success criterion 1.4.11


@cache
def _shades() -> dict[tuple[str, str], list[str]]:
    """Eight shades of each hue, the plain one first, by hue and look.

    They were searched once: farthest-first (Gonzalez 1985) in OKLab among the shades that contrast with the background,
    the distance of two being the smallest that readers with and without a colour-vision deficiency see.
    """
    return {(row["hue"], row["look"]): row["shades"].split() for row in rows_of("shades", "data")}


def theme_colours(themes: pd.Series) -> dict[Any, str]:
    """Hue of every theme, in the order of their numbers."""
    return {theme: HUES[place % len(HUES)] for place, theme in enumerate(sorted(themes.unique()))}


def topic_colours(table: pd.DataFrame, *, dark: bool = False) -> dict[int, str]:
    """Colour of every topic, for a white or a dark page: a shade of its theme's hue, in the order of their numbers."""
    ordered = table.sort_values("topic")
    hues, place = ordered["theme"].map(theme_colours(table["theme"])), ordered.groupby("theme").cumcount()
    shades = (_shades()[hue, "night" if dark else "day"] for hue in hues)
    rows = zip(ordered["topic"].tolist(), shades, place, strict=True)
    return {topic: own[number % len(own)] for topic, own, number in rows}


def channels(colour: str) -> np.ndarray:
    """Red, green and blue of a ``#RRGGBB`` colour, 0 to 255."""
    return np.array([*bytes.fromhex(colour[1:])])


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    srgb = channels(colour) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def contrast_ratio(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, background: str, contrast: float) -> str:
    """Colour moved away from the background, no further than this contrast asks (WCAG 2.2)."""
    towards = "#000000" if luminance(background) > 0.5 else "#FFFFFF"
    moved = [mix(colour, 1 - step / 20, towards) for step in range(21)]
    return next((each for each in moved if contrast_ratio(each, background) >= contrast), towards)


def ink_on(colour: str) -> str:
    """White or black, whichever reads better on a ``#RRGGBB`` colour: at least 4.5 to 1 (WCAG 2.2)."""
    return "#FFFFFF" if luminance(colour) < 0.179 else "#000000"


def mix(colour: str, share: float, ground: str = "#FFFFFF") -> str:
    """Colour at this share on another, as ``#RRGGBB``."""
    mixed = channels(ground) + (channels(colour) - channels(ground)) * share
    return "#" + bytes(mixed.round().astype(np.uint8).tolist()).hex().upper()
