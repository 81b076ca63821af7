"""What a topic model is given: papers and vectors that make sense together, on a grid.

Every row is rounded to multiples of 2**-11, so that dot products of rows are exact in float32 whatever the
order of summation: no BLAS kernel, thread count or processor can change a comparison later on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.text.space import GRID_BITS, whole_rows

MIN_PAPERS = 10
GRID = 2.0**GRID_BITS
Points = NDArray[np.float32]
Labels = NDArray[np.int32]

_BLOCK = 8192


def on_grid(points: NDArray[Any]) -> Points:
    """Rows scaled to unit length and rounded to the grid; a row of zeros points along the first axis."""
    found = np.empty(np.shape(points), dtype=np.float32)
    for block in blocks(len(found)):
        found[block] = whole_rows(np.asarray(points[block], dtype=np.float64)) / GRID
    return found


def blocks(n: int) -> Iterator[slice]:
    """Cut n rows into slices, so that what is computed with them stays small."""
    return (slice(start, start + _BLOCK) for start in range(0, n, _BLOCK))


def checked(
    corpus: pd.DataFrame, vectors: NDArray[Any] | None, n_topics: int | None
) -> tuple[pd.DataFrame, NDArray[Any] | None]:
    """Papers and vectors in the order of paper_id, once they are known to make sense."""
    names = ("paper_id", "title", "abstract")
    if missing := [name for name in names if name not in corpus.columns]:
        raise AtlasError(
            f"the corpus lacks the columns {missing}; found {list(corpus.columns)}; use build_corpus"
        )
    if len(corpus) < MIN_PAPERS:
        raise AtlasError(f"topics need at least {MIN_PAPERS} papers; found {len(corpus)}; add more sources")
    if (twice := corpus["paper_id"].duplicated()).any():
        raise AtlasError(f"paper_id must be unique; {corpus.loc[twice, 'paper_id'].iloc[0]!r} stands twice")
    if vectors is not None:
        if len(vectors) != len(corpus):
            raise AtlasError(
                f"vectors and corpus must have as many rows; found {len(vectors)} and {len(corpus)}"
            )
        finite = np.isfinite(vectors).reshape(len(vectors), -1).all(axis=1)
        if not finite.all():
            row = int(np.argmin(finite))
            raise AtlasError(
                f"vectors must be finite; the one of {corpus['paper_id'].iloc[row]!r} (row {row}) is not; embed it again"
            )
    if n_topics is not None and not 1 <= n_topics <= len(corpus) // 3:
        raise AtlasError(
            f"n_topics must lie between 1 and a third of the papers ({len(corpus) // 3}); found {n_topics}"
        )
    order = np.argsort(corpus["paper_id"].to_numpy(dtype=str), kind="stable")
    # Made anew from its columns, without what the corpus carries about itself: that is copied at every turn.
    papers = pd.DataFrame({name: corpus[name].fillna("").to_numpy()[order] for name in names})
    return papers, None if vectors is None else np.asarray(vectors)[order]


def texts_of(papers: pd.DataFrame) -> list[str]:
    """Title and abstract of each paper as one text."""
    return [
        f"{title}. {abstract}" for title, abstract in zip(papers["title"], papers["abstract"], strict=True)
    ]


def draw_order(n: int, seed: int) -> NDArray[np.int64]:
    """Places of n papers in the order in which they are drawn; of a large corpus the first ones are clustered."""
    return np.random.Generator(np.random.PCG64([seed, 3])).permutation(n)
