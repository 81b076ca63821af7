"""What a topic model gives back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.stability import calibration

if TYPE_CHECKING:
    from bertopic import BERTopic


@dataclass
class Topics:
    """Topics of a corpus, and how far each can be trusted.

    Attributes
    ----------
    papers : DataFrame, one row per paper in the order of the corpus
        ``paper_id``, ``topic`` (0-based, larger topics first), ``topic_name``, ``theme``, ``theme_name``,
        ``confidence`` in [0, 1], ``runner_up`` (topic).
    table : DataFrame, one row per topic
        ``topic``, ``name``, ``theme``, ``words`` (ten, ``;`` between), ``size``, ``stability`` with
        ``stability_low`` and ``stability_high``, ``stable``, ``name_auc``, ``typical`` and ``borderline``
        (three paper ids each).
    themes : DataFrame, one row per theme
        ``theme``, ``name``, ``words``, ``size``, ``topics``.
    quality : DataFrame, one row
        Coherence, diversity, silhouette, stability, and the same on the null control.
    scan : DataFrame, one row per number of topics tried
        ``k``, ``npmi``, ``diversity``, ``stability``, ``stability_low``, ``stability_high``, ``chosen``.
    null : DataFrame, one row per measure
        ``measure``, ``value``, ``null``, ``margin``, ``passed``.
    rule : str
        How the number of topics was chosen.
    verdict : str
        Whether there are topics at all.
    texts : list of str
        Title and abstract of every paper.
    vectors : (n, d) float32 array
        Rows the papers were clustered by.
    landed : (r, n) int16 array
        Topic of every paper in every refit; -1 no match, -2 not drawn.
    """

    papers: pd.DataFrame
    table: pd.DataFrame
    themes: pd.DataFrame
    quality: pd.DataFrame
    scan: pd.DataFrame
    null: pd.DataFrame
    rule: str
    verdict: str
    texts: list[str]
    vectors: NDArray[np.float32]
    landed: NDArray[np.int16]

    def taken(self, rows: NDArray[np.intp]) -> Topics:
        """The same topics with the papers in another order: row ``i`` becomes the old row ``rows[i]``."""
        return replace(
            self,
            papers=self.papers.iloc[rows].reset_index(drop=True),
            texts=[self.texts[i] for i in rows],
            vectors=self.vectors[rows],
            landed=self.landed[:, rows],
        )

    def calibration(self, n_bins: int = 5) -> pd.DataFrame:
        """Confidence from half of the refits against staying in the other half.

        See `paperatlas.topics.stability.calibration`.
        """
        return calibration(self.papers["topic"].to_numpy(), self.landed, n_bins)

    @cached_property
    def model(self) -> BERTopic:
        """The same topics as a `bertopic.BERTopic`, built on first use."""
        from paperatlas.topics.bertopic_model import build_model

        names = dict(zip(self.table["topic"], self.table["name"], strict=True))
        model: Any = build_model(self.texts, self.vectors, self.papers["topic"].to_numpy(), names)
        return model
