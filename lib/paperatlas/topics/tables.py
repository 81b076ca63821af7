"""Tables of topics and themes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.naming import Describer
from paperatlas.topics.space import Labels, Points, blocks

STABLE_FROM = 0.6
_DIGITS = 6


def by_size(labels: Labels) -> Labels:
    """Number the groups by size, larger first; of equal ones, that of the earlier paper first."""
    size = np.bincount(labels)
    first = np.full(len(size), len(labels))
    np.minimum.at(first, labels, np.arange(len(labels)))
    order = np.lexsort((first, -size))
    order = order[size[order] > 0]
    rank = np.zeros(len(size), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[labels]


def centres(space: Points, labels: Labels) -> NDArray[np.float64]:
    """(k, d) unit centres of the topics, rounded to 9 decimals."""
    k = int(labels.max()) + 1
    total = np.zeros((k, space.shape[1]))
    for block in blocks(len(space)):
        member = (labels[block] == np.arange(k)[:, None]).astype(np.float64)
        total += member @ space[block].astype(np.float64)
    length = np.sqrt((total * total).sum(axis=1, keepdims=True))
    return np.asarray(np.round(total / np.where(length > 0, length, 1.0), 9))


def cosine_to_centre(space: Points, labels: Labels) -> NDArray[np.float64]:
    """(n,) cosine of each paper with the centre of its topic."""
    middle = centres(space, labels)
    parts = [(space[block] * middle[labels[block]]).sum(axis=1) for block in blocks(len(space))]
    return np.concatenate(parts)


def topic_table(
    ids: NDArray[np.str_],
    labels: Labels,
    described: Labels,
    describer: Describer,
    reached: NDArray[np.float64],
    confidence: NDArray[np.float64],
    closeness: NDArray[np.float64],
) -> pd.DataFrame:
    """One row per topic, as documented at `paperatlas.topics.Topics`.

    Parameters
    ----------
    ids : (n,) array of paper ids
    labels : (n,) array
    described : (m,) array
        Labels of the papers that the describer has read.
    describer : Describer
    reached : (r, k) array
        Jaccard similarities over the refits.
    confidence, closeness : (n,) arrays
        Trust in a paper's topic, and cosine to the topic's centre.
    """
    scores = describer.scores(described)
    names, words = describer.names(described, scores), describer.words(scores)
    rows = []
    for topic in range(int(labels.max()) + 1):
        inside = np.flatnonzero(labels == topic)
        # Typical papers lie near the centre and stay in the topic; borderline papers leave it most often.
        typical = inside[
            np.argsort(-np.round(confidence[inside] * closeness[inside], _DIGITS), kind="stable")
        ]
        borderline = inside[np.lexsort((closeness[inside], confidence[inside]))]
        values = reached[:, topic]
        low, high = np.percentile(values, [2.5, 97.5]) if len(values) else (np.nan, np.nan)
        mean = round(float(values.mean()), _DIGITS) if len(values) else float("nan")
        rows.append(
            {
                "topic": topic,
                "name": describer.spell(names[topic]) or f"Topic {topic}",
                "words": describer.spell(words[topic], ";"),
                "size": len(inside),
                "stability": mean,
                "stability_low": round(float(low), _DIGITS),
                "stability_high": round(float(high), _DIGITS),
                "stable": bool(mean >= STABLE_FROM),
                "name_auc": round(describer.auc(names[topic], described == topic), _DIGITS),
                "words_auc": round(describer.auc(words[topic], described == topic), _DIGITS),
                "typical": tuple(ids[typical[:3]].tolist()),
                "borderline": tuple(ids[borderline[:3]].tolist()),
            }
        )
    return pd.DataFrame(rows)


def group_topics(near: NDArray[np.float64], labels: Labels) -> NDArray[np.int64]:
    """Theme of each topic: average linkage of the topics' mean co-association; 5 to 8 themes if k allows.

    Parameters
    ----------
    near : (n, k) array
        As from `paperatlas.topics.consensus.affinity`.
    labels : (n,) array
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    k = near.shape[1]
    if k < 3:
        return np.arange(k)
    wanted = min(8, max(5, (k + 2) // 2)) if k > 5 else max(2, k // 2)
    shared = np.stack([near[labels == topic].mean(axis=0) for topic in range(k)])
    apart = np.round(1.0 - (shared + shared.T) / 2, 9)
    np.fill_diagonal(apart, 0.0)
    tree = linkage(squareform(apart, checks=False), "average")
    return np.asarray(fcluster(tree, wanted, "maxclust") - 1, dtype=np.int64)


def theme_table(
    theme_of: NDArray[np.int64], labels: Labels, described: Labels, describer: Describer
) -> pd.DataFrame:
    """One row per theme, named by the same method as the topics."""
    of_paper, of_described = theme_of[labels], theme_of[described].astype(np.int32)
    scores = describer.scores(of_described)
    names, words = describer.names(of_described, scores), describer.words(scores)
    return pd.DataFrame(
        [
            {
                "theme": theme,
                "name": describer.spell(names[theme]) or f"Theme {theme}",
                "words": describer.spell(words[theme], ";"),
                "size": int((of_paper == theme).sum()),
                "topics": tuple(int(t) for t in np.flatnonzero(theme_of == theme)),
                "name_auc": round(describer.auc(names[theme], of_described == theme), _DIGITS),
            }
            for theme in range(int(theme_of.max()) + 1)
        ]
    )


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
