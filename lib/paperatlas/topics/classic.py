"""BERTopic's own recipe, UMAP and HDBSCAN, for those who want it and to compare with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.bertopic_model import word_counter
from paperatlas.topics.coherence import Coherence, diversity, single_words
from paperatlas.topics.inputs import texts_of
from paperatlas.topics.result import Topics

_DIGITS = 6


def classic_model(
    texts: list[str], vectors: NDArray[Any], *, n_topics: int | None = None, seed: int = 0
) -> Any:
    """BERTopic's steps on given vectors: UMAP to 5 dimensions, HDBSCAN, c-TF-IDF.

    Parameters
    ----------
    texts : list of n str
    vectors : (n, d) array
    n_topics : int, optional
        Merge topics down to this number (BERTopic's ``nr_topics``; the outliers count as one).
    seed : int
        Of UMAP.
    """
    import warnings

    from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder
    from hdbscan import HDBSCAN
    from umap import UMAP

    neighbours = max(2, min(15, len(texts) - 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # UMAP says that a seed costs parallelism
        model = BERTopic(
            embedding_model=BaseEmbedder(),
            umap_model=UMAP(
                n_neighbors=neighbours,
                n_components=min(5, len(texts) - 2),
                min_dist=0.0,
                metric="cosine",
                random_state=seed,
            ),
            hdbscan_model=HDBSCAN(min_cluster_size=10 if len(texts) >= 50 else 3, prediction_data=True),
            vectorizer_model=word_counter(len(texts)),
            nr_topics=None if n_topics is None else n_topics + 1,
        )
        model.fit(texts, embeddings=np.asarray(vectors, dtype=np.float32))
    return model


def fit_classic(papers: pd.DataFrame, vectors: NDArray[Any], *, n_topics: int | None, seed: int) -> Topics:
    """`classic_model` in the shape of `Topics`; without stability, themes of its own, subtopics, or null control."""
    texts = texts_of(papers)
    model = classic_model(texts, vectors, n_topics=n_topics, seed=seed)
    labels = np.asarray(model.topics_, dtype=np.int64)
    sizes = {topic: int((labels == topic).sum()) for topic in sorted(set(labels.tolist()))}
    words = {topic: [w for w, _ in model.get_topic(topic) if w] for topic in sizes}
    probability = getattr(model, "probabilities_", None)
    confidence = np.where(
        labels < 0, 0.0, 1.0 if probability is None else np.asarray(probability, dtype=float)
    )
    ids = papers["paper_id"].to_numpy(dtype=str)
    rows = []
    for topic, size in sizes.items():
        inside = np.flatnonzero(labels == topic)
        order = inside[np.argsort(-confidence[inside], kind="stable")]
        rows.append(
            {
                "level": "topic",
                "topic": topic,
                "parent": topic,
                "name": "no topic" if topic < 0 else ", ".join(words[topic][:3]),
                "words": ";".join(words[topic][:10]),
                "size": size,
                "stability": np.nan,
                "stability_low": np.nan,
                "stability_high": np.nan,
                "grade": "fragile",
                "name_auc": np.nan,
                "name_precision": np.nan,
                "genre": "",
                "typical": tuple(ids[order[:3]].tolist()),
                "borderline": tuple(ids[order[::-1][:3]].tolist()),
            }
        )
    table = pd.DataFrame(rows).astype({"parent": "Int64"})
    real = table[table["topic"] >= 0]
    lists = [single_words(row.split(";")) for row in real["words"]]
    quality = {
        "n_papers": len(papers),
        "n_topics": len(real),
        "n_themes": len(real),
        "without_topic": round(float((labels < 0).mean()), _DIGITS),
        "npmi": round(Coherence(texts).of_topics(lists), _DIGITS),
        "diversity": round(diversity(lists), _DIGITS),
    }
    name_of = dict(zip(table["topic"], table["name"], strict=True))
    names = [name_of[topic] for topic in labels.tolist()]
    of_paper = pd.DataFrame(
        {
            "paper_id": papers["paper_id"],
            "theme": labels,
            "theme_name": names,
            "topic": labels,
            "topic_name": names,
            "subtopic": pd.array([pd.NA] * len(papers), dtype="Int64"),
            "subtopic_name": "",
            "confidence": np.round(confidence, 4),
            "runner_up": labels,
        }
    )
    themes = table.assign(level="theme", parent=pd.array([pd.NA] * len(table), dtype="Int64"))
    found = Topics(
        papers=of_paper,
        table=pd.concat([themes, table], ignore_index=True),
        quality=pd.DataFrame([quality]),
        null=pd.DataFrame(columns=["measure", "value", "null", "margin", "passed"]),
        verdict="No null control was run.",
        texts=texts,
        vectors=np.asarray(vectors, dtype=np.float32),
        landed=np.zeros((0, len(papers)), dtype=np.int16),
    )
    found.__dict__["model"] = model
    return found
