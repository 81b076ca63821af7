"""Where papers lie by what they say: latent semantic analysis, the same bits on every machine.

Sums of floating-point products depend on their order, and so on the BLAS kernel, the threads and the processor. Here
the singular vectors come from ARPACK, accurate to some 1e-13, and are rounded to a grid a billion times as coarse;
from there on every product is one of whole multiples of powers of two, and exact in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from paperatlas.errors import AtlasError
from paperatlas.text.vocabulary import Vocabulary, read_terms
from paperatlas.threads import single_threaded

Matrix = NDArray[np.float32]
Block = NDArray[np.float64]

GRID_BITS = 11

_AXES = 160  # at most
_MOST_TEXTS = 10_000  # to fit on
_MORE_IN_TITLE = 2  # a word of the title counts three times
_FEW_TEXTS = 20
_TEXTS_PER_AXIS = 5
_MIN_TEXTS_PHRASE = 3
_TEXTS_PER_PHRASE = 1000
_FIRST_AXIS = 0.5
_WEIGHT_BITS, _ROW_BITS, _LOADING_BITS = 8, 20, 14
_NEGLIGIBLE = 1e-9
_CHUNK = 8192


@dataclass(frozen=True)
class LsaEmbedder:
    """Latent semantic analysis with its noise taken out.

    Words and phrases (see `paperatlas.text.read_terms`) are counted, those of the title three times; a count enters
    by its square root, times ``log((1 + n) / n_texts) ** 1.25``, steep enough to do without a list of stop words. The
    leading right singular vectors of these rows, scaled to unit length, are the axes (Deerwester et al. 1990, JASIS
    41(6)). A coordinate on an axis with eigenvalue ``w`` is multiplied by ``1 - w0 / w``, where ``w0`` is the
    eigenvalue of the first axis left out: what barely rises above the noise counts for little (Wiener filter; cf.
    shrinkage of singular values, Gavish & Donoho 2017, IEEE Trans. Inf. Theory 63(4)). The first axis, which is what
    all texts share, counts half.

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
    def fit(cls, texts: Sequence[str]) -> LsaEmbedder:
        """Learn vocabulary, weights and at most 160 axes, one for five different texts.

        Parameters
        ----------
        texts : sequence of str
            ``"title. abstract"``; repeated texts count once. Of more than 10,000 only a sample is used: those with the
            smallest hashes.

        Raises
        ------
        AtlasError
            If there is no text or a text is not a string.
        """
        sample = sorted(sorted(canonical(texts)[0], key=_hash)[:_MOST_TEXTS])
        n = len(sample)
        titles, _, abstracts = zip(*(text.partition(". ") for text in sample), strict=True)
        terms = read_terms(titles, abstracts, min_papers=2 if n >= _FEW_TEXTS else 1)
        n_words = len(terms.vocabulary.words)
        enough = terms.n_papers >= max(_MIN_TEXTS_PHRASE, n // _TEXTS_PER_PHRASE)
        enough[:n_words] = True
        kept = np.flatnonzero(enough)
        vocabulary = replace(terms.vocabulary, phrases=[terms.keys[i] for i in kept[n_words:].tolist()])
        counts = (terms.counts + _MORE_IN_TITLE * terms.in_titles)[:, kept]
        # On a grid so coarse that no platform's logarithm can be told.
        logs = np.log((1.0 + n) / np.maximum(terms.n_papers[kept], 1))
        idf = _on_grid(logs * np.sqrt(np.sqrt(logs)), _WEIGHT_BITS)
        axes = max(1, min(_AXES, n // _TEXTS_PER_AXIS, len(kept)))
        return cls(vocabulary, idf, _loadings(_weighted(counts, idf), axes))

    def transform(self, texts: Sequence[str]) -> Matrix:
        """Embed texts, seen or unseen: (n, d) float32 array, rows of unit length."""
        out = np.zeros((len(texts), self.loadings.shape[1]), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            some = slice(start, start + _CHUNK)
            titles, _, abstracts = zip(*(text.partition(". ") for text in texts[some]), strict=True)
            counts, in_titles = self.vocabulary.count(titles, abstracts)
            weighted = _weighted(counts + _MORE_IN_TITLE * in_titles, self.idf)
            out[some] = unit_rows(weighted @ self.loadings)
        return out


def canonical(texts: Sequence[str]) -> tuple[list[str], NDArray[np.intp]]:
    """The different texts in code-point order, and where each of `texts` stands among them."""
    if isinstance(texts, str) or len(texts) == 0:
        raise AtlasError(f"expected a sequence with at least one text, found {texts!r}")
    for i, text in enumerate(texts):
        if not isinstance(text, str):
            raise AtlasError(f"texts must be strings; number {i} (from 0) is {text!r}; fill gaps with ''")
    unique = sorted(set(texts))
    number = {text: i for i, text in enumerate(unique)}
    return unique, np.array([number[text] for text in texts], dtype=np.intp)


def unit_rows(vectors: NDArray[Any]) -> Matrix:
    """(n, d) float32 rows scaled to unit length, snapped to a grid, and scaled once more.

    The grid is coarse enough to swallow all noise of the arithmetic. A row of zeros becomes the first axis.
    """
    rows = np.asarray(vectors, dtype=np.float64)
    # First to a power-of-two scale and 20 bits, so that the sum of squares is exact as well.
    peak = np.max(np.abs(rows), axis=1, keepdims=True, initial=0.0)
    whole = whole_rows(np.rint(np.ldexp(rows, 20 - np.frexp(peak)[1])))
    return (whole / _length(whole)).astype(np.float32)


def whole_rows(rows: Block) -> Block:
    """Rows scaled to unit length in units of ``2**-11``, rounded; a row of zeros becomes the first axis."""
    whole = quantise(rows / _length(rows))
    whole[~whole.any(axis=1), 0] = 2.0**GRID_BITS
    return whole


def quantise(vectors: NDArray[Any], bits: int = GRID_BITS) -> Block:
    """Vectors in units of ``2**-bits``, (n, d) float64, rounded to whole numbers, ties to even.

    Dot products of such rows of about unit length are whole numbers far below ``2**53``, exact in float64 in any
    order of summation, so whatever compares them comes out alike on every machine.
    """
    return np.rint(np.asarray(vectors, dtype=np.float64) * 2.0**bits)


def _length(rows: Block) -> Block:
    """(n, 1) lengths of rows of whole numbers, one for a row of zeros."""
    squares = np.sum(rows * rows, axis=1, keepdims=True)
    return np.sqrt(np.where(squares > 0, squares, 1.0))


def _on_grid(values: NDArray[Any], bits: int) -> Block:
    return np.asarray(quantise(values, bits) * 2.0**-bits)


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _weighted(counts: sparse.csr_array, idf: Block) -> sparse.csr_array:
    """Square roots of counts times idf, scaled to unit rows on a grid."""
    rows = sparse.csr_array(counts, dtype=np.float64)
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    rows.data = _on_grid(np.sqrt(rows.data), _WEIGHT_BITS) * idf[rows.indices]
    length = np.sqrt(np.bincount(row, weights=rows.data * rows.data, minlength=rows.shape[0]))
    rows.data = _on_grid(rows.data / np.where(length > 0, length, 1.0)[row], _ROW_BITS)
    return rows


def _loadings(rows: sparse.csr_array, d: int) -> Block:
    """(m, d) leading right singular vectors times shrinkage, on a grid, the strongest term of each positive."""
    n, m = rows.shape
    if rows.nnz == 0:
        return np.zeros((m, d))
    # No two rows weigh quite the same, so that no two axes do, which could then turn freely.
    uneven = sparse.diags_array(1.0 - np.arange(n) * (2.0**-10 / n)) @ rows
    axes, values = _leading_axes(uneven.tocsr(), d + 1)
    floor = values[d] if len(values) > d else 0.0
    axes, values = axes[:, :d], values[:d]
    shrunk = np.where(values > _NEGLIGIBLE * values[0], 1.0 - floor / np.maximum(values, floor), 0.0)
    shrunk /= shrunk[0]
    shrunk[0] = _FIRST_AXIS
    loadings = np.zeros((m, d))
    loadings[:, : len(values)] = _on_grid(axes * shrunk, _LOADING_BITS)
    strongest = np.take_along_axis(loadings, np.abs(loadings).argmax(axis=0)[None], axis=0)
    return np.asarray(loadings * np.where(strongest < 0, -1.0, 1.0))


@single_threaded
def _leading_axes(rows: sparse.csr_array, k: int) -> tuple[Block, Block]:
    """At most k right singular vectors, (m, k), and the squares of their singular values, descending."""
    from scipy.sparse.linalg import svds

    if k >= min(rows.shape):
        _, values, axes = np.linalg.svd(rows.toarray(), full_matrices=False)
    else:
        start = np.random.Generator(np.random.PCG64(0)).uniform(-1, 1, min(rows.shape))
        _, values, axes = svds(rows, k=k, v0=start, rng=0)
    order = np.argsort(-values, kind="stable")[:k]
    return axes[order].T, values[order] ** 2
