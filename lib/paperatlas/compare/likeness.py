"""Why two texts are alike: the terms that they share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from paperatlas.compare.queries import uses_of


def shared_terms(text: str, papers: pd.DataFrame, *, n: int = 3) -> list[tuple[str, ...]]:
    """Terms of a text that each paper uses too: phrases before words, rare ones before common ones.

    Parameters
    ----------
    text : str
    papers : DataFrame with ``title`` and ``abstract``
    n : int
        Terms per paper; none of them is part of another.

    Returns
    -------
    list of tuple of str
        One tuple per paper.
    """
    together = pd.DataFrame({"title": [text, *papers["title"]], "abstract": ["", *papers["abstract"]]})
    uses = uses_of(together)
    asked = np.flatnonzero(np.asarray(uses.matrix[[0]].todense()).ravel())
    used = np.asarray(uses.matrix[:, asked].todense()) > 0
    frequency = used.sum(axis=0)
    keys = [uses.keys[i] for i in asked]
    order = sorted(range(len(asked)), key=lambda i: (-len(keys[i].split()), frequency[i], keys[i]))
    shown = [uses.shown[i] for i in asked]
    return [_first([i for i in order if row[i]], keys, shown, n) for row in used[1:]]


def _first(places: Sequence[int], keys: Sequence[str], shown: Sequence[str], n: int) -> tuple[str, ...]:
    kept: list[str] = []
    words: set[str] = set()
    for place in places:
        parts = set(keys[place].split())
        if not parts & words:
            kept.append(shown[place])
            words |= parts
        if len(kept) == n:
            break
    return tuple(kept)
