"""Place new papers among topics that were found before.

A fitted model is its core, the papers that were clustered pairwise, each with its topic, the embedder of the corpus,
the landmarks among which papers are seen, and the centres of the topics: two readable tables and a few arrays.
Nothing is unpickled, and a new paper joins exactly as a paper beyond the core joins in `paperatlas.fit_topics`.
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
from paperatlas.lsa import LsaEmbedder
from paperatlas.topics.fit import CORE, draw_order, fit_topics
from paperatlas.topics.inputs import checked
from paperatlas.topics.join import join_core, settled_centres
from paperatlas.topics.neighbourhood import LANDMARKS, Neighbourhood
from paperatlas.topics.result import Topics
from paperatlas.topics.space import Points, on_grid
from paperatlas.topics.terms import texts_of

_CORE_COLUMNS = ["paper_id", "title", "abstract", "topic", "confidence", "runner_up"]
_EMBEDDER, _CENTRES, _LANDMARKS = "lsa.npz", "centres.npy", "landmarks.npy"
_FORMAT = 3


@dataclass(frozen=True)
class TopicModel:
    """Topics to which papers can be assigned.

    Attributes
    ----------
    core : DataFrame, one row per clustered paper, sorted by ``paper_id``
        ``paper_id``, ``title``, ``abstract``, ``topic``, ``confidence``, ``runner_up``.
    topics : DataFrame, one row per topic
        ``topic``, ``name``, ``theme``, ``theme_name``, ``words``.
    embedder : LsaEmbedder
        Fitted on the whole corpus; papers join the topics by its vectors.
    landmarks : (m, d) float32 array on the grid
        Vectors of a sample of the corpus, among which papers are seen; none of a corpus that was clustered whole.
    centres : (k, d) float64 array
        Of the topics, in the neighbourhood of the landmarks.
    """

    core: pd.DataFrame
    topics: pd.DataFrame
    embedder: LsaEmbedder
    landmarks: Points
    centres: NDArray[np.float64]

    @classmethod
    def of(
        cls, corpus: pd.DataFrame, topics: Topics, *, seed: int = 0, embedder: LsaEmbedder | None = None
    ) -> TopicModel:
        """The model behind topics that `paperatlas.fit_topics` found in `corpus` with `seed`.

        New papers join by the vectors of `embedder`, one fitted on the corpus if not given, whatever vectors the
        topics were fitted with.

        Raises
        ------
        AtlasError
            If `topics` are of another corpus, leave papers without a topic, or were not found in the texts.
        """
        if corpus["paper_id"].tolist() != topics.papers["paper_id"].tolist():
            raise AtlasError("the topics are of another corpus; fit them on this one")
        if (topics.papers["topic"] < 0).any():
            raise AtlasError("these topics leave papers out; use fit_topics with method='consensus'")
        papers, _ = checked(corpus, None, None)
        drawn = draw_order(len(papers), seed)
        place = np.sort(drawn[:CORE])
        core = papers.iloc[place][["paper_id", "title", "abstract"]]
        core = core.merge(topics.papers[["paper_id", "topic", "confidence", "runner_up"]], on="paper_id")
        table = topics.table[["topic", "name", "theme", "words"]].copy()
        names = topics.themes.set_index("theme")["name"]
        table.insert(3, "theme_name", table["theme"].map(names))
        texts = texts_of(papers)
        embedder = embedder or LsaEmbedder.fit(texts, seed=seed)
        rows = on_grid(embedder.transform(texts))
        landmarks = rows[drawn[:LANDMARKS]] if len(papers) > CORE else rows[:0]
        rows = Neighbourhood(landmarks).rows(rows) if len(landmarks) else rows
        middle = settled_centres(rows, place, core["topic"].to_numpy(dtype=np.int32))
        return cls(core[_CORE_COLUMNS].reset_index(drop=True), table, embedder, landmarks, middle)

    def embed(self, papers: pd.DataFrame) -> NDArray[np.float32]:
        """Embeddings of papers, (n, d) float32, rows of unit length."""
        return self.embedder.transform(texts_of(papers.fillna({"title": "", "abstract": ""})))

    def assign(self, papers: pd.DataFrame, vectors: NDArray[Any] | None = None) -> pd.DataFrame:
        """Topic of every paper; a paper's row depends on that paper alone.

        Parameters
        ----------
        papers : DataFrame of n papers
            ``paper_id``, ``title``, ``abstract``.
        vectors : (n, d) array, optional
            What `embed` gives, if it is there already.

        Returns
        -------
        DataFrame of n rows in the same order
            ``paper_id``, ``topic``, ``topic_name``, ``theme``, ``theme_name``, ``confidence`` and ``runner_up``,
            as in `Topics.papers`.
        """
        from threadpoolctl import threadpool_limits

        m, n = len(self.core), len(papers)
        core = np.arange(m)
        with threadpool_limits(limits=1, user_api="blas"):
            rows = self._seen(self.embed(papers) if vectors is None else vectors)
            space = np.concatenate([self._core_rows, rows])
            topic, confidence, runner_up, _ = join_core(
                space,
                self.centres,
                core,
                self.core["topic"].to_numpy(dtype=np.int32),
                self.core["confidence"].to_numpy(dtype=np.float64),
                self.core["runner_up"].to_numpy(dtype=np.int64),
                np.empty((0, m), dtype=np.int16),
            )
        # A paper of the core keeps the topic it was clustered into.
        place = np.arange(m, m + n)
        known = papers["paper_id"].map(self._row).to_numpy(dtype=float)
        place = np.where(np.isnan(known), place, np.nan_to_num(known)).astype(np.intp)
        chosen = self.topics.set_index("topic").loc[topic[place]]
        return pd.DataFrame(
            {
                "paper_id": papers["paper_id"].to_numpy(),
                "topic": topic[place].astype(np.int64),
                "topic_name": chosen["name"].to_numpy(),
                "theme": chosen["theme"].to_numpy(),
                "theme_name": chosen["theme_name"].to_numpy(),
                "confidence": confidence[place],
                "runner_up": runner_up[place],
            }
        )

    def save(self, folder: Path) -> None:
        """Write core and topics as Parquet, embedder and centres as arrays, and ``model.json`` into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self.core.to_parquet(folder / "core.parquet", index=False)
        self.topics.to_parquet(folder / "topics.parquet", index=False)
        self.embedder.save(folder / _EMBEDDER)
        np.save(folder / _LANDMARKS, self.landmarks, allow_pickle=False)
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
            core, topics = (pd.read_parquet(folder / f"{name}.parquet") for name in ("core", "topics"))
            landmarks, middle = (
                np.load(folder / name, allow_pickle=False) for name in (_LANDMARKS, _CENTRES)
            )
            model = cls(core, topics, LsaEmbedder.load(folder / _EMBEDDER), landmarks, middle)
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
            *self.topics.to_numpy().ravel().tolist(),
            self.embedder.fingerprint,
            self.landmarks,
            self.centres,
        )

    @cached_property
    def _core_rows(self) -> Points:
        return self._seen(self.embed(self.core))

    @cached_property
    def _neighbourhood(self) -> Neighbourhood:
        return Neighbourhood(self.landmarks)

    def _seen(self, vectors: NDArray[Any]) -> Points:
        rows = on_grid(vectors)
        return self._neighbourhood.rows(rows) if len(self.landmarks) else rows

    @cached_property
    def _row(self) -> dict[str, int]:
        return {paper_id: row for row, paper_id in enumerate(self.core["paper_id"])}


def fit_model(
    corpus: pd.DataFrame, *, n_topics: int | None = None, seed: int = 0
) -> tuple[TopicModel, Topics]:
    """Find topics in a corpus, as `paperatlas.fit_topics` does, and keep them as a model."""
    texts = texts_of(corpus.fillna({"title": "", "abstract": ""}))
    embedder = LsaEmbedder.fit(texts, seed=seed)
    topics = fit_topics(corpus, embedder.transform(texts), n_topics=n_topics, seed=seed)
    return TopicModel.of(corpus, topics, seed=seed, embedder=embedder), topics
