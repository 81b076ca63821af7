"""Latent semantic analysis of papers: torch-free embeddings, the same bits on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from paperatlas.cache import fingerprint
from paperatlas.errors import AtlasError
from paperatlas.fixedpoint import ROW_BITS, Block, Matrix, leading_axes, on_grid, unit_rows
from paperatlas.textprep import Vocabulary

if TYPE_CHECKING:
    from scipy import sparse

N_COMPONENTS = 160
MAX_FIT = 20_000

_TITLE_WEIGHT = 3
_PAIR_WEIGHT = 0.5
_FEW_TEXTS = 20
_TEXTS_PER_AXIS = 5
_MIN_TEXTS_PAIR = 3
_TEXTS_PER_PAIR = 1000
_WEIGHT_BITS = 8
_N_ITER = 6
_CHUNK = 8192
_LOADING_BITS = 31


@dataclass(frozen=True)
class LsaEmbedder:
    """Latent semantic analysis with its noise taken out.

    Words, plurals folded, and pairs of neighbouring words (at half weight) are counted, those of the title
    three times; a count enters by its square root, times ``log((1 + n) / n_texts) ** 1.25``, steep enough
    to do without a list of stop words in any language. The leading right singular vectors of these rows,
    scaled to unit length, are the axes (Deerwester et al. 1990, JASIS 41(6)). A coordinate on an axis with
    eigenvalue ``w`` is multiplied by ``1 - w0 / w``, where ``w0`` is the eigenvalue of the first axis left
    out: what barely rises above the noise counts for little (Wiener filter; cf. shrinkage of singular
    values, Gavish & Donoho 2017, IEEE Trans. Inf. Theory 63(4)).
    The result is scaled to unit length and rounded to a grid.

    All arithmetic is exact or element-wise (see `paperatlas.fixedpoint`), hence the same everywhere.

    Attributes
    ----------
    vocabulary : Vocabulary
        The m terms.
    idf : (m,) float64 array
        Weight of each term.
    loadings : (m, d) float64 array
        Axes times shrinkage.
    """

    vocabulary: Vocabulary
    idf: Block
    loadings: Block

    @classmethod
    def fit(
        cls, texts: Sequence[str], *, n_components: int = N_COMPONENTS, seed: int = 0, max_fit: int = MAX_FIT
    ) -> LsaEmbedder:
        """Learn vocabulary, weights and axes.

        Parameters
        ----------
        texts : sequence of str
            Repeated texts count once.
        n_components : int
            Axes at most; small corpora get one for five different texts.
        seed : int
            Start of the block power iteration.
        max_fit : int
            Of more texts than these only a sample is used: those with the smallest hashes.

        Raises
        ------
        AtlasError
            If there is no text or a text is not a string, or ``n_components`` is below 1.
        """
        return _fit(canonical(texts)[0], n_components, seed, max_fit)[0]

    def knows(self, text: str) -> bool:
        """Tell whether any word of the text is in the vocabulary."""
        return bool(self.vocabulary.count([text], title_weight=_TITLE_WEIGHT).nnz)

    def transform(self, texts: Sequence[str]) -> Matrix:
        """Embed texts, seen or unseen: (n, d) float32 array, rows of unit length."""
        out = np.zeros((len(texts), self.loadings.shape[1]), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            some = texts[start : start + _CHUNK]
            rows = _weighted(self.vocabulary.count(some, title_weight=_TITLE_WEIGHT), self.idf)
            out[start : start + len(some)] = unit_rows(np.asarray(rows @ self.loadings))
        return out

    @cached_property
    def fingerprint(self) -> str:
        """Hash of what embeddings depend on."""
        return fingerprint(*self.vocabulary.words, self.vocabulary.pairs, self.idf, self.loadings)

    def save(self, path: Path) -> None:
        """Write vocabulary, weights and axes as one ``.npz`` without pickles."""
        words = "\n".join(self.vocabulary.words).encode()
        with path.open("wb") as file:
            np.savez(
                file,
                words=np.frombuffer(words, dtype=np.uint8),
                pairs=self.vocabulary.pairs,
                idf=self.idf,
                loadings=self.loadings,
            )

    @classmethod
    def load(cls, path: Path) -> LsaEmbedder:
        """Read an embedder written by `save`.

        Raises
        ------
        AtlasError
            If the file is missing or damaged.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                words = arrays["words"].tobytes().decode().split("\n")
                vocabulary = Vocabulary({word: i for i, word in enumerate(words) if word}, arrays["pairs"])
                return cls(vocabulary, arrays["idf"], arrays["loadings"])
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise AtlasError(f"{path}: expected an embedder, found {error}; fit it again") from error


def embed_lsa(unique: list[str], *, n_components: int, seed: int) -> Matrix:
    """Embeddings of different texts in canonical order; what ``fit`` and ``transform`` give, in one go."""
    embedder, rows = _fit(unique, n_components, seed, MAX_FIT)
    if rows.shape[0] == len(unique):
        return unit_rows(np.asarray(rows @ embedder.loadings))
    return embedder.transform(unique)


def canonical(texts: Sequence[str]) -> tuple[list[str], NDArray[np.intp]]:
    """The different texts in code-point order, and where each of `texts` stands among them."""
    if isinstance(texts, str):
        raise AtlasError("texts must be a sequence of strings, found one string; write [text] for one text")
    if len(texts) == 0:
        raise AtlasError("there is no text to embed; give at least one")
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise AtlasError(f"texts must be strings; number {i} (from 0) is {text!r}; fill gaps with ''")
    unique = sorted(set(texts))
    number = {text: i for i, text in enumerate(unique)}
    return unique, np.array([number[text] for text in texts], dtype=np.intp)


def _sample(texts: list[str], size: int) -> list[str]:
    """At most `size` texts, drawn by their hashes: no generator, no dependence on order."""
    if len(texts) <= size:
        return texts
    return sorted(sorted(texts, key=_hash)[:size])


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _fit(
    unique: list[str], n_components: int, seed: int, max_fit: int
) -> tuple[LsaEmbedder, sparse.csr_array]:
    """Fit on different texts in canonical order; also the weighted rows of those that were used."""
    if n_components < 1:
        raise AtlasError(f"n_components must be at least 1, found {n_components}")
    sample = _sample(unique, max_fit)
    n = len(sample)
    vocabulary, counts = Vocabulary.learn(
        sample,
        min_texts=2 if n >= _FEW_TEXTS else 1,
        min_texts_pair=max(_MIN_TEXTS_PAIR, n // _TEXTS_PER_PAIR),
        title_weight=_TITLE_WEIGHT,
    )
    idf = _rarity(n, np.bincount(counts.indices, minlength=len(vocabulary)))
    idf[len(vocabulary.words) :] *= _PAIR_WEIGHT
    rows = _weighted(counts, idf)
    if len(vocabulary) == 0:
        return LsaEmbedder(vocabulary, idf, np.zeros((0, 1))), rows
    d = max(1, min(n_components, n // _TEXTS_PER_AXIS, len(vocabulary)))
    axes, values = leading_axes(rows, min(d + 1, n, len(vocabulary)), n_iter=_N_ITER, seed=seed)
    floor = float(values[d]) if len(values) > d else 0.0
    axes, values = axes[:, :d], values[:d]
    shrunk = np.maximum(values - floor, 0.0) / np.where(values > 0, values, 1.0)
    loadings = on_grid(axes * (shrunk if shrunk.any() else 1.0), _LOADING_BITS)
    scores = np.asarray(rows @ loadings)
    # The sign of an axis is arbitrary; the side with the longer tail becomes the positive one.
    signs = np.where(np.add.reduce(scores * scores * scores, axis=0) < 0, -1.0, 1.0)
    return LsaEmbedder(vocabulary, idf, loadings * signs), rows


def _rarity(n: int, n_texts: NDArray[Any]) -> Block:
    """``log((1 + n) / n_texts) ** 1.25`` on a grid so coarse that no platform's logarithm can be told."""
    logs = np.log((1.0 + n) / np.maximum(n_texts, 1))
    return on_grid(logs * np.sqrt(np.sqrt(logs)), _WEIGHT_BITS)


def _weighted(counts: sparse.csr_array, idf: Block) -> sparse.csr_array:
    """Square roots of counts times idf, scaled to unit rows on the grid of `leading_axes`."""
    rows = counts.copy()
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    rows.data = on_grid(np.sqrt(rows.data), _WEIGHT_BITS) * idf[rows.indices]
    length = np.sqrt(np.bincount(row, weights=rows.data * rows.data, minlength=rows.shape[0]))
    rows.data = on_grid(rows.data / np.where(length > 0, length, 1.0)[row], ROW_BITS)
    return rows
