"""Tables of the nodes of a tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.names import NodeName
from paperatlas.topics.space import Labels

_DIGITS = 6


def node_table(
    level: str,
    labels: Labels,
    parents: NDArray[np.int64] | None,
    named: Sequence[NodeName],
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
    parents : (k,) array, optional
        Node one level up.
    named : sequence of k NodeName
    reached : (r, k) array
        Jaccard similarities over the refits.
    chance : float
        What structureless papers reach.
    ids : (n,) array of paper ids
    typicality, confidence : (n,) arrays
        How well a paper stands for its node, and trust in its topic.
    """
    rows: list[dict[str, Any]] = []
    for node, name in enumerate(named):
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
                "parent": pd.NA if parents is None else int(parents[node]),
                "name": name.name or f"{level.capitalize()} {node}",
                "words": ";".join(name.words),
                "size": len(inside),
                "stability": round(mean, _DIGITS),
                "stability_low": round(float(low), _DIGITS),
                "stability_high": round(float(high), _DIGITS),
                "grade": grade(mean, float(low), chance),
                "name_auc": round(name.auc, _DIGITS),
                "name_precision": round(name.precision, _DIGITS),
                "genre": name.genre,
                "typical": tuple(ids[typical[:3]].tolist()),
                "borderline": tuple(ids[borderline[:3]].tolist()),
            }
        )
    return pd.DataFrame(rows).astype({"parent": "Int64"}) if rows else pd.DataFrame()


def grade(mean: float, low: float, chance: float) -> str:
    """``holds`` where the whole interval lies above chance, ``shaky`` where only the mean does, else ``fragile``."""
    bar = max(chance, 0.5)
    return "holds" if low > chance and mean > bar else "shaky" if mean > bar else "fragile"
