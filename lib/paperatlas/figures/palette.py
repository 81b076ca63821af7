"""Colours that stay apart: hue says the theme, shade the topic, for every kind of colour vision."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

# Themes take their hue from here. The order keeps neighbours apart for readers with colour-vision
# deficiencies too (after Okabe and Ito 2008 and Tol 2021, darkened for contrast on white).
HUES = ("#0B6FB8", "#C8501A", "#12805C", "#A8488F", "#9A6B00", "#3A3A9E", "#5E6B73", "#9C1F33")
PAPER, NIGHT = "#FFFFFF", "#121212"  # backgrounds of the two looks
APART = 4.0  # of two themes; about twice what the eye tells apart side by side
POINT_CONTRAST = 3.0  # WCAG 2.2, success criterion 1.4.11

# Ottosson 2020: from linear sRGB to cone responses, and from their cube roots to OKLab.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# Machado, Oliveira and Fernandes 2009, severity 1, on linear sRGB.
SIMULATIONS = {
    "normal": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def theme_colours(themes: pd.Series) -> dict[Any, str]:
    """Hue of every theme, in the order of their numbers."""
    return {theme: HUES[place % len(HUES)] for place, theme in enumerate(sorted(themes.unique()))}


def topic_colours(table: pd.DataFrame, *, dark: bool = False) -> dict[int, str]:
    """Colour of every topic: a shade of its theme's hue, as far as can be from the topics before it.

    A theme's first topic has the plain hue, or the nearest shade that no other theme's topic has. Each
    further one is chosen farthest-first (Gonzalez 1985) among the shades of the hue that contrast with the
    background. The distance of two colours is the smallest of those that readers with and without a
    colour-vision deficiency see; that to a topic of another theme counts double, because the hue tells them
    apart as well.

    Parameters
    ----------
    table : DataFrame with ``topic`` and ``theme``
    dark : bool
        For a dark background instead of a white one.
    """
    hues = theme_colours(table["theme"])
    chosen: dict[int, str] = {}
    theme_of: dict[int, Any] = {}
    for topic, theme in table.sort_values("topic")[["topic", "theme"]].itertuples(index=False):
        shades = _shades(hues[theme], dark)
        siblings = [colour for other, colour in chosen.items() if theme_of[other] == theme]
        strangers = [colour for other, colour in chosen.items() if theme_of[other] != theme]
        if siblings:
            gaps = [
                min(
                    *(difference(shade, c) for c in siblings),
                    *(2 * difference(shade, c) for c in strangers),
                    99,
                )
                for shade in shades
            ]
            # Of shades about equally far away, the first: they are listed from the plain hue outwards.
            shade = next(s for s, gap in zip(shades, gaps, strict=True) if gap >= 0.9 * max(gaps))
        else:
            shade = next((s for s in shades if all(difference(s, c) >= APART for c in strangers)), shades[0])
        chosen[int(topic)] = shade
        theme_of[int(topic)] = theme
    return chosen


@cache
def _shades(hue: str, dark: bool) -> tuple[str, ...]:
    """Shades of a hue that can be seen on the background, from the plain one outwards."""
    lightness, a, b = oklab(hue)
    chroma, angle = float(np.hypot(a, b)), float(np.arctan2(b, a))
    plain = lightness + (0.15 if dark else 0.0)
    steps = np.linspace(0.48, 0.92, 12) if dark else np.linspace(0.28, 0.68, 11)
    made: dict[str, None] = {}
    for turn in (0, -12, 12):
        for strength in (1.0, 0.65):
            for step in sorted(steps, key=lambda s: round(abs(float(s) - plain), 6)):
                at = angle + np.deg2rad(turn)
                radius = chroma * strength
                colour = _to_hex(np.array([step, radius * np.cos(at), radius * np.sin(at)]))
                if contrast_ratio(colour, NIGHT if dark else PAPER) >= POINT_CONTRAST:
                    made.setdefault(colour)
    return tuple(made)


@cache
def difference(one: str, other: str) -> float:
    """Distance of two colours in OKLab, times 100: the smallest over all kinds of colour vision."""
    return min(seen_difference(one, other, kind) for kind in SIMULATIONS)


def seen_difference(one: str, other: str, kind: str) -> float:
    """Distance of two colours in OKLab, times 100, as one kind of colour vision sees them."""
    return round(100 * float(np.linalg.norm(_seen(one, kind) - _seen(other, kind))), 3)


@cache
def _seen(colour: str, kind: str) -> np.ndarray:
    return _linear_to_oklab(np.clip(SIMULATIONS[kind] @ _linear(colour), 0, 1))


def oklab(colour: str) -> tuple[float, float, float]:
    """Lightness and the two colour axes of OKLab (Ottosson 2020)."""
    lightness, a, b = _linear_to_oklab(_linear(colour))
    return float(lightness), float(a), float(b)


def _linear_to_oklab(linear: np.ndarray) -> np.ndarray:
    return np.asarray(_OKLAB @ np.cbrt(_CONES @ linear))


def _to_hex(lab: np.ndarray) -> str:
    linear = np.linalg.inv(_CONES) @ (np.linalg.inv(_OKLAB) @ lab) ** 3
    linear = np.clip(linear, 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * float(c)):02X}" for c in srgb)


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
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#FFFFFF" if luminance < 0.179 else "#000000"


def mix(colour: str, share: float) -> str:
    """Colour on white at this share, as ``#RRGGBB``."""
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (c - 255) * share):02X}" for c in channels)
