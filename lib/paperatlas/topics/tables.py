"""Tables of the nodes of a tree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.naming import Describer
from paperatlas.topics.space import Labels, Points

_DIGITS = 6


def node_table(
    level: str,
    labels: Labels,
    parent: Labels | None,
    describer: Describer,
    described: Labels,
    reached: NDArray[np.float64],
    chance: float,
    ids: NDArray[np.str_],
    typicality: NDArray[np.float64],
    confidence: NDArray[np.float64],
) -> pd.DataFrame:
    """One row per node of a level, as documented at `paperatlas.topics.Topics`.

    Parameters
    ----------
    level : str
    labels : (n,) array
        Node of each paper, -1 for none.
    parent : (n,) array, optional
        Node of each paper one level up.
    describer : Describer
    described : (m,) array
        Labels of the papers that the describer has read.
    reached : (r, k) array
        Jaccard similarities over the refits.
    chance : float
        What structureless papers reach.
    ids : (n,) array of paper ids
    typicality, confidence : (n,) arrays
        How well a paper stands for its node, and trust in its topic.
    """
    k = int(labels.max(initial=-1)) + 1
    if not k:
        return pd.DataFrame()
    # Papers without a node are described as one more group, whose name is then left out.
    filled = np.where(described < 0, k, described).astype(np.int32)
    scores = describer.scores(filled)
    names, words = describer.names(filled, scores), describer.words(scores)
    rows: list[dict[str, Any]] = []
    for node in range(k):
        inside = np.flatnonzero(labels == node)
        typical = inside[np.argsort(-typicality[inside], kind="stable")]
        borderline = inside[np.lexsort((typicality[inside], confidence[inside]))]
        values = reached[:, node] if len(reached) else np.full(1, np.nan)
        low, high = np.percentile(values, [2.5, 97.5])
        mean = float(values.mean())
        rows.append(
            {
                "level": level,
                "topic": node,
                "parent": None if parent is None else int(parent[inside[0]]),
                "name": describer.spell(names[node]) or f"{level.capitalize()} {node}",
                "words": describer.spell(words[node], ";"),
                "size": len(inside),
                "stability": round(mean, _DIGITS),
                "stability_low": round(float(low), _DIGITS),
                "stability_high": round(float(high), _DIGITS),
                "grade": grade(mean, float(low), chance),
                "name_auc": round(describer.auc(names[node], filled == node), _DIGITS),
                "words_auc": round(describer.auc(words[node], filled == node), _DIGITS),
                "typical": tuple(ids[typical[:3]].tolist()),
                "borderline": tuple(ids[borderline[:3]].tolist()),
            }
        )
    return pd.DataFrame(rows).astype({"parent": "Int64"})


def grade(mean: float, low: float, chance: float) -> str:
    """``holds`` where the whole interval lies above chance, ``shaky`` where only the mean does, else ``fragile``."""
    bar = max(chance, 0.5)
    return "holds" if low > chance and mean > bar else "shaky" if mean > bar else "fragile"


def silhouette(space: Points, labels: Labels) -> float:
    """Mean silhouette width (Rousseeuw 1987) on cosine distance, in [-1, 1]; 0 for a single topic."""
    k = int(labels.max()) + 1
    if k < 2:
        return 0.0
    rows = space.astype(np.float64)
    own = np.arange(len(labels))
    member = np.zeros((len(labels), k))
    member[own, labels] = 1.0
    size = member.sum(axis=0)
    # Rows on the grid are not quite of unit length: papers in one place are at no distance, not at less.
    total = np.maximum(size - rows @ (member.T @ rows).T, 0.0)
    inside = total[own, labels] / np.maximum(size[labels] - 1, 1)
    apart = total / size
    apart[own, labels] = np.inf
    outside = apart.min(axis=1)
    width = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-12)
    return float(np.where(size[labels] > 1, width, 0.0).mean())
