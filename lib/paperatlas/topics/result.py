"""What a topic model gives back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.topics.stability import calibration

if TYPE_CHECKING:
    from bertopic import BERTopic


LEVELS = ("theme", "topic", "subtopic")


@dataclass
class Topics:
    """Themes, topics and subtopics of a corpus, and how far each can be trusted.

    Attributes
    ----------
    papers : DataFrame, one row per paper in the order of the corpus
        ``paper_id``; ``theme``, ``topic`` and ``subtopic`` (numbers within the level, larger nodes first; the last is
        missing where the topic has no subtopics), each with its name (``theme_name``, …); ``confidence`` in the topic,
        in [0, 1]; ``runner_up`` (topic).
    table : DataFrame, one row per node
        ``level``, ``topic`` (its number within the level), ``parent`` (number of the node one level up), ``name``,
        ``words`` (ten, ``;`` between), ``size``, ``stability`` with ``stability_low`` and ``stability_high`` (Jaccard
        similarity over the refits), ``grade`` (``holds``, ``shaky``, ``fragile``), ``name_auc`` and ``name_precision``
        (measured on papers that the name was not chosen on), ``genre`` (such as surveys, where the node is one and no
        subject), ``typical`` and ``borderline`` (three paper ids each).
    quality : DataFrame, one row
        Numbers of nodes; coherence, diversity and stability (adjusted Rand index) of the topics.
    null : DataFrame
        ``measure``, ``value``, ``null``, ``margin``, ``passed``: the same where there is nothing to find.
    verdict : str
        Whether there are topics at all.
    texts : list of str
        Title and abstract of every paper.
    vectors : (n, d) float32 array
        What was clustered.
    landed : (r, n) int16 array
        Topic of every paper in every refit; -2 if it was not drawn.
    """

    papers: pd.DataFrame
    table: pd.DataFrame
    quality: pd.DataFrame
    null: pd.DataFrame
    verdict: str
    texts: list[str]
    vectors: NDArray[np.float32]
    landed: NDArray[np.int16]

    def at(self, level: str) -> pd.DataFrame:
        """The nodes of one level, numbered in the column of its name (``theme``, ``topic`` or ``subtopic``).

        Topics and subtopics have their parent in the column of the level above, and every row ``stable``: whether it
        is found again more often than chance (``holds`` or ``shaky``). Themes carry the tuple of their ``topics``.

        Raises
        ------
        AtlasError
            If there is no such level.
        """
        if level not in LEVELS:
            raise AtlasError(f"there is no level {level!r}; use one of {', '.join(LEVELS)}")
        nodes = self.table[self.table["level"] == level].reset_index(drop=True)
        nodes = nodes.assign(stable=nodes["grade"] != "fragile").rename(columns={"topic": level})
        if level == "theme":
            topics = self.table[self.table["level"] == "topic"]
            children = [tuple(topics.loc[topics["parent"] == t, "topic"].tolist()) for t in nodes["theme"]]
            return nodes.drop(columns="parent").assign(topics=pd.Series(children, dtype=object))
        above = LEVELS[LEVELS.index(level) - 1]
        return nodes.rename(columns={"parent": above}).astype({above: "int64"})

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

        topics = self.at("topic")
        names = dict(zip(topics["topic"], topics["name"], strict=True))
        model: Any = build_model(self.texts, self.vectors, self.papers["topic"].to_numpy(), names)
        return model
