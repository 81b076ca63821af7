"""Themes: topics that lie close together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paperatlas.topics.space import Labels

FEWEST, MOST = 5, 12


def group_topics(near: NDArray[np.float64], topic: Labels) -> NDArray[np.int32]:
    """Theme of each topic: average linkage of how often papers of two topics fall together; 5 to 12 themes.

    Parameters
    ----------
    near : (n, k) array
        As from `paperatlas.topics.consensus.affinity`.
    topic : (n,) array

    Returns
    -------
    (k,) int32 array
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    k = near.shape[1]
    if k <= FEWEST:
        return np.arange(k, dtype=np.int32)
    wanted = min(MOST, max(FEWEST, round(k / 2.5)))
    member = np.zeros((k, len(topic)))
    member[topic, np.arange(len(topic))] = 1.0  # a topic may have lost all of its papers to others
    shared = (member @ near) / np.maximum(member.sum(axis=1, keepdims=True), 1.0)
    # The root of a share tells more of the small ones, which is all that topics far apart have in common.
    apart = np.round(1.0 - np.sqrt((shared + shared.T) / 2), 9)
    np.fill_diagonal(apart, 0.0)
    return np.asarray(
        fcluster(linkage(squareform(apart, checks=False), "average"), wanted, "maxclust") - 1, dtype=np.int32
    )
