"""Embeddings of papers: one unit vector per text, without torch, the same bits on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.text.space import (
    GRID_BITS,
    N_COMPONENTS,
    LsaEmbedder,
    Matrix,
    canonical,
    embed_lsa,
    quantise,
    unit_rows,
)

__all__ = ["GRID_BITS", "Encoder", "LsaEmbedder", "Vectoriser", "embed_texts", "quantise", "unit_rows"]


class Encoder(Protocol):
    """Anything that turns a list of n texts into an (n, d) array, as sentence-transformers models do."""

    def encode(self, texts: list[str], /) -> Any:
        """(n, d) array."""


class Vectoriser(Protocol):
    """Anything with scikit-learn's ``fit_transform`` that turns a list of n texts into an (n, d) array."""

    def fit_transform(self, texts: list[str], /) -> Any:
        """(n, d) array, dense or sparse."""


def embed_texts(
    texts: Sequence[str],
    *,
    method: str | Encoder | Vectoriser = "lsa",
    n_components: int = N_COMPONENTS,
    seed: int = 0,
) -> Matrix:
    """Place texts in a space where papers on one subject lie close together.

    A text's vector does not depend on the order of `texts`, and equal texts have equal vectors.
    With ``method="lsa"`` (see `LsaEmbedder`) it is also the same, bit for bit, on every machine.

    Parameters
    ----------
    texts : sequence of n str
        ``"title. abstract"``. A text without any word of the vocabulary gets the first axis.
    method : str or object
        ``"lsa"``; ``"sentence-transformers"`` (all-MiniLM-L6-v2), ``"sentence-transformers/MODEL"`` or
        ``"sentence-transformers:FOLDER"``, read from disk and never downloaded; or an object with
        ``encode``, ``fit_transform`` or ``transform`` that takes a list of texts.
    n_components : int
        Dimensions of ``"lsa"`` at most; small corpora get fewer (one for five texts).
    seed : int
        Start of the iteration behind ``"lsa"``.

    Returns
    -------
    (n, d) float32 array
        Rows of unit length.

    Raises
    ------
    AtlasError
        If there is no text, a text is not a string, the method is unknown or not installed, its model is
        not on disk, or an object's answer is not one finite row per text.
    """
    unique, place = canonical(texts)
    if isinstance(method, str):
        if method == "lsa":
            return embed_lsa(unique, n_components=n_components)[place]
        from paperatlas.encoders import sentence_encoder

        method = sentence_encoder(method)
    return unit_rows(_answer(method, unique))[place]


def _answer(method: Any, texts: list[str]) -> NDArray[np.float64]:
    """What an object makes of the texts, checked: one finite row per text."""
    for name in ("encode", "fit_transform", "transform"):
        if callable(embed := getattr(method, name, None)):
            break
    else:
        raise AtlasError(
            f"method must be 'lsa', 'sentence-transformers[/MODEL]' or an object with encode, fit_transform "
            f"or transform; found {method!r}"
        )
    answer = embed(texts)
    if hasattr(answer, "toarray"):
        answer = answer.toarray()
    vectors = np.asarray(answer, dtype=np.float64)
    who = f"{type(method).__name__}.{name}"
    if vectors.ndim != 2 or len(vectors) != len(texts) or vectors.shape[1] == 0:
        raise AtlasError(f"{who} must return one row per text, ({len(texts)}, d); found {vectors.shape}")
    if not np.isfinite(vectors).all():
        bad = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        raise AtlasError(f"{who} returned a value that is not finite, first for the text {texts[bad][:60]!r}")
    return vectors
