"""How far apart two colours are for readers with and without a colour-vision deficiency."""

from __future__ import annotations

import numpy as np

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


def seen_difference(one: str, other: str, kind: str) -> float:
    """Distance of two colours in OKLab, times 100, as one kind of colour vision sees them."""
    return round(100 * float(np.linalg.norm(_seen(one, kind) - _seen(other, kind))), 3)


def _seen(colour: str, kind: str) -> np.ndarray:
    return _linear_to_oklab(np.clip(SIMULATIONS[kind] @ _linear(colour), 0, 1))


def oklab(colour: str) -> tuple[float, float, float]:
    """Lightness and the two colour axes of OKLab (Ottosson 2020)."""
    lightness, a, b = _linear_to_oklab(_linear(colour))
    return float(lightness), float(a), float(b)


def _linear_to_oklab(linear: np.ndarray) -> np.ndarray:
    return np.asarray(_OKLAB @ np.cbrt(_CONES @ linear))


def _linear(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
