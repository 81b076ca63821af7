"""What a topic model gives back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.text import read_terms
from paperatlas.topics.coherence import Coherence, diversity, single_words
from paperatlas.topics.inputs import draw_order, texts_of
from paperatlas.topics.names import name_nodes
from paperatlas.topics.stability import calibration

if TYPE_CHECKING:
    from bertopic import BERTopic

LEVELS = ("theme", "topic", "subtopic")
_READ = 10_000  # papers from which words and names are taken at most
_DIGITS = 6


def described_nodes(
    papers: pd.DataFrame,
    labels: Mapping[str, NDArray[np.integer]],
    reached: Mapping[str, NDArray[np.float64]],
    chance: Mapping[str, float],
    typicality: NDArray[np.float64],
    confidence: NDArray[np.float64],
    without: Collection[str] = (),
) -> tuple[pd.DataFrame, dict[str, float]]:
    """One row per node of every level, as documented at `Topics`, and ``npmi`` and ``diversity`` of the topics.

    By level: the papers' nodes; `reached`, the (r, k) Jaccard similarities over the refits; `chance`, what structureless
    papers reach. `typicality` says how well each paper stands for its nodes, `confidence` how far its topic can be
    trusted; no name is among the terms `without`.
    """
    ids = papers["paper_id"].to_numpy(dtype=str)
    read = np.sort(np.argsort(ids, kind="stable")[draw_order(len(ids), 0)[:_READ]])
    some = papers.iloc[read]
    terms = read_terms(some["title"].tolist(), some["abstract"].tolist(), without=without)
    coherence = Coherence(texts_of(some))
    names = name_nodes(terms, [labels[level][read] for level in LEVELS], coherence)
    rows: list[dict[str, Any]] = []
    for level, above, named in zip(LEVELS, ("", *LEVELS), names, strict=False):
        for node, name in enumerate(named):
            inside = np.flatnonzero(labels[level] == node)
            typical = inside[np.argsort(-typicality[inside], kind="stable")]
            borderline = inside[np.lexsort((typicality[inside], confidence[inside]))]
            values = reached[level][:, node] if len(reached[level]) else np.full(1, np.nan)
            low, high = np.percentile(values, [2.5, 97.5])
            row = {
                "level": level,
                "topic": node,
                "parent": int(labels[above][inside[0]]) if above else pd.NA,
                "name": name.name or f"{level.capitalize()} {node}",
                "words": ";".join(name.words),
                "size": len(inside),
                "stability": values.mean(),
                "stability_low": low,
                "stability_high": high,
                "grade": grade(values.mean(), low, chance[level]),
                "name_auc": name.auc,
                "genre": name.genre,
                "typical": tuple(ids[typical[:3]].tolist()),
                "borderline": tuple(ids[borderline[:3]].tolist()),
            }
            rows.append(row)
    table = pd.DataFrame(rows).astype({"parent": "Int64"}).round(_DIGITS)
    words = [single_words(row.split(";")) for row in table.loc[table["level"] == "topic", "words"]]
    return table, {"npmi": coherence.of_topics(words), "diversity": diversity(words)}


def grade(mean: float, low: float, chance: float) -> str:
    """``holds`` where the whole interval lies above chance, ``shaky`` where only the mean does, else ``fragile``."""
    bar = max(chance, 0.5)
    return "holds" if low > chance and mean > bar else "shaky" if mean > bar else "fragile"


def papers_table(
    paper_ids: pd.Series[Any],
    nodes: Mapping[str, NDArray[np.integer]],
    table: pd.DataFrame,
    found: pd.DataFrame,
) -> pd.DataFrame:
    """`Topics.papers` from the nodes of every level, their names in `table`, and ``confidence`` and ``runner_up``."""
    columns: dict[str, Any] = {"paper_id": paper_ids.to_numpy()}
    for level in LEVELS:
        names = table[table["level"] == level].set_index("topic")["name"]
        labels = pd.Series(nodes[level], dtype="int64")
        columns[level] = labels
        columns[f"{level}_name"] = labels.map(names).astype("object").fillna("").astype("str")
    columns["subtopic"] = columns["subtopic"].astype("Int64").where(columns["subtopic"] >= 0)
    return pd.DataFrame({**columns, "confidence": found["confidence"], "runner_up": found["runner_up"]})


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
        similarity over the refits), ``grade`` (``holds``, ``shaky``, ``fragile``), ``name_auc`` (measured on
        papers that the name was not chosen on), ``genre`` (such as surveys, where the node is one and no subject),
        ``typical`` and ``borderline`` (three paper ids each).
    quality : DataFrame, one row
        Numbers of nodes; coherence, diversity and stability (adjusted Rand index) of the topics.
    null : DataFrame
        ``measure``, ``value``, ``null`` (the same where there is nothing to find), ``margin``, ``passed`` (a quarter of
        the way from there to 1, or more).
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

    def calibration(self) -> pd.DataFrame:
        """Does confidence mean something? Confidence from half of the refits against staying in the other half.

        Returns
        -------
        DataFrame, one row for every fifth of confidence that holds a paper
            ``low``, ``high``, ``papers``, ``confidence`` (mean), ``stayed`` (share of held-out refits in which its
            papers stayed in their topic), ``refits`` (paper × refit pairs behind it).
        """
        return calibration(self.papers["topic"].to_numpy(), self.landed)

    @cached_property
    def model(self) -> BERTopic:
        """The same topics as a `bertopic.BERTopic`, built on first use."""
        from paperatlas.topics.bertopic_model import build_model

        topics = self.at("topic")
        names = dict(zip(topics["topic"], topics["name"], strict=True))
        model: Any = build_model(self.texts, self.vectors, self.papers["topic"].to_numpy(), names)
        return model
