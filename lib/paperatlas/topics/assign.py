"""Place new papers among topics that were found before.

A fitted model is the papers that were clustered, each with its leaf of the tree, the embedder of the corpus, and the
centres of the leaves: readable tables and a few arrays. Nothing is unpickled, and a new paper joins exactly as a paper
beyond the core joins in `paperatlas.fit_topics`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.cache import fingerprint
from paperatlas.errors import AtlasError
from paperatlas.text.encoders import Space, fit_space
from paperatlas.threads import single_threaded
from paperatlas.topics.edited import BY_TITLE
from paperatlas.topics.inputs import Points, checked, draw_order, on_grid, texts_of
from paperatlas.topics.join import place, settled_centres, spread
from paperatlas.topics.levels import CORE
from paperatlas.topics.result import LEVELS, Topics, papers_table

_CORE_COLUMNS = ["paper_id", "leaf", "margin", "confidence", "runner_up", "placed_by"]
_CENTRES = "centres.npy"
_FORMAT = 6


@dataclass(frozen=True)
class TopicModel:
    """A tree of topics to which papers can be assigned.

    Attributes
    ----------
    core : DataFrame, one row per clustered paper, sorted by ``paper_id``
        ``paper_id``, ``leaf``, ``margin``, ``confidence``, ``runner_up``, ``placed_by`` ("" where nothing says so).
        Papers that a hand has placed are among them.
    nodes : DataFrame, one row per node
        ``level``, ``topic``, ``parent``, ``name``, ``words``.
    leaves : DataFrame, one row per leaf
        ``theme``, ``topic``, ``subtopic`` (-1 for none).
    embedder : Space
        Fitted on the whole corpus; papers join the tree by its vectors.
    centres : (l, d) float32 array on the grid
        Of the leaves.
    """

    core: pd.DataFrame
    nodes: pd.DataFrame
    leaves: pd.DataFrame
    embedder: Space
    centres: Points

    @classmethod
    def of(
        cls, corpus: pd.DataFrame, topics: Topics, *, seed: int = 0, embedder: Space | None = None
    ) -> TopicModel:
        """The model behind topics that `paperatlas.fit_topics` found in `corpus` with `seed`.

        New papers join by the vectors of `embedder`, one fitted on the corpus if not given, whatever vectors the
        topics were fitted with.

        Raises
        ------
        AtlasError
            If `topics` are of another corpus.
        """
        if corpus["paper_id"].tolist() != topics.papers["paper_id"].tolist():
            raise AtlasError("the topics are of another corpus; fit them on this one")
        papers, _ = checked(corpus, None, None)
        of_topics = topics.papers if "placed_by" in topics.papers else topics.papers.assign(placed_by="")
        placed = papers[["paper_id"]].merge(of_topics, on="paper_id")
        drawn = draw_order(len(papers), seed)
        core = np.union1d(drawn[:CORE], np.flatnonzero(placed["placed_by"] == "hand"))
        found = placed.iloc[core].reset_index(drop=True)
        labels = found[list(LEVELS)].astype({"subtopic": "Int64"}).fillna({"subtopic": -1}).astype("int64")
        leaves, leaf = np.unique(labels.to_numpy(), axis=0, return_inverse=True)
        texts = texts_of(papers)
        embedder = embedder or fit_space(texts)
        rows = on_grid(embedder.transform(texts))
        middle = settled_centres(rows, core, leaf.reshape(-1), leaves[:, 1], drawn)
        found["leaf"] = leaf.reshape(-1).astype("int64")
        found["margin"] = place(rows[core], middle, leaves[:, 1])["margin"]
        return cls(
            found[_CORE_COLUMNS],
            topics.table[["level", "topic", "parent", "name", "words"]],
            pd.DataFrame(leaves, columns=list(LEVELS)),
            embedder,
            middle,
        )

    def embed(self, papers: pd.DataFrame) -> NDArray[np.float32]:
        """Embeddings of papers, (n, d) float32, rows of unit length."""
        return self.embedder.transform(texts_of(papers.fillna({"title": "", "abstract": ""})))

    @single_threaded
    def assign(self, papers: pd.DataFrame, vectors: NDArray[Any] | None = None) -> pd.DataFrame:
        """Theme, topic and subtopic of every paper; a paper's row depends on that paper alone.

        Parameters
        ----------
        papers : DataFrame of n papers
            ``paper_id``, ``title``, ``abstract``.
        vectors : (n, d) array, optional
            What `embed` gives, if it is there already.

        Returns
        -------
        DataFrame of n rows in the same order
            The columns of `Topics.papers`, and ``placed_by``: ``abstract``, ``title`` alone, or ``hand``.
        """
        at = pd.Index(self.core["paper_id"]).get_indexer(papers["paper_id"])
        rows = on_grid(self.embed(papers) if vectors is None else vectors)
        found = spread(rows, self.centres, self.leaves["topic"].to_numpy(), self.core, at)
        of_leaf = self.leaves.iloc[found["leaf"]]
        nodes = {level: of_leaf[level].to_numpy() for level in LEVELS}
        # A paper without an abstract is half as sure as its title makes it; one of the core may be halved already.
        known = np.where(at >= 0, self.core["placed_by"].to_numpy()[at], "")
        bare = (known == "") & papers["abstract"].fillna("").eq("").to_numpy()
        found["confidence"] = found["confidence"].where(~bare, np.round(found["confidence"] * BY_TITLE, 4))
        placed_by = np.select([known != "", bare], [known, "title"], "abstract")
        return papers_table(papers["paper_id"], nodes, self.nodes, found).assign(placed_by=placed_by)

    def save(self, folder: Path) -> None:
        """Write the tables as Parquet, embedder and centres as arrays, and ``model.json`` into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("core", "nodes", "leaves"):
            getattr(self, name).to_parquet(folder / f"{name}.parquet", index=False)
        self.embedder.save(folder)
        np.save(folder / _CENTRES, self.centres, allow_pickle=False)
        about = {"format": _FORMAT, "fingerprint": self.fingerprint}
        (folder / "model.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TopicModel:
        """Read a model written by `save`.

        Raises
        ------
        AtlasError
            If a file is missing, or does not hold what was written.
        """
        try:
            about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            core, nodes, leaves = (
                pd.read_parquet(folder / f"{name}.parquet") for name in ("core", "nodes", "leaves")
            )
            middle = np.load(folder / _CENTRES, allow_pickle=False)
            model = cls(core, nodes, leaves, Space.load(folder), middle)
            whole = about["format"] == _FORMAT and about["fingerprint"] == model.fingerprint
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise AtlasError(
                f"{folder}: expected a topic model, found none ({error}); fit it again"
            ) from error
        if not whole:
            raise AtlasError(f"{folder}: the topic model is not the one that was written; fit it again")
        return model

    @cached_property
    def fingerprint(self) -> str:
        """Hash of what assignments depend on."""
        return fingerprint(
            *self.core[_CORE_COLUMNS].to_numpy().ravel().tolist(),
            *self.nodes.astype(str).to_numpy().ravel().tolist(),
            *self.leaves.to_numpy().ravel().tolist(),
            self.embedder.fingerprint,
            self.centres,
        )
