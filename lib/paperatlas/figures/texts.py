"""Figures about embeddings."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from paperatlas.figures.style import ACCENT, HUES, new_figure


def similarity_spread(vectors: np.ndarray, *, seed: int = 0) -> go.Figure:
    """Cosine similarity of papers to their nearest neighbour and to papers drawn at random.

    Parameters
    ----------
    vectors : (n, d) array, rows of unit length
    seed : int
        Of the random pairs.
    """
    rng = np.random.default_rng(seed)
    n = len(vectors)
    first, shift = rng.integers(0, n, 5_000), rng.integers(1, n, 5_000)
    chance = (vectors[first] * vectors[(first + shift) % n]).sum(axis=1)
    sample = rng.permutation(n)[:2_000]
    similar = vectors[sample] @ vectors.T
    similar[np.arange(len(sample)), sample] = -np.inf
    closest = similar.max(axis=1)
    figure = new_figure(
        "A paper's nearest neighbour is far closer than a random paper",
        f"Two histograms of cosine similarity: to the nearest paper (median {np.median(closest):.2f}) "
        f"and to a random paper (median {np.median(chance):.2f}).",
        height=340,
        barmode="overlay",
        xaxis_title="cosine similarity",
        yaxis_title="share of papers",
    )
    for name, values, colour in (("random paper", chance, HUES[1]), ("nearest paper", closest, ACCENT)):
        figure.add_histogram(
            x=np.round(values, 4), name=name, marker_color=colour, opacity=0.65, histnorm="probability",
            xbins={"start": -0.4, "end": 1.0, "size": 0.04},
        )  # fmt: skip
    return figure
