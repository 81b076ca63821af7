"""The same papers and the same scores for several topic models, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.bertopic_model import classic_model
from paperatlas.topics.coherence import Coherence, diversity, single_words
from paperatlas.topics.result import Topics

Answer = tuple[NDArray[Any], list[list[str]]]
_FIRST = 10


def compare_methods(topics: Topics, *, seed: int = 0) -> pd.DataFrame:
    """The same papers and the same scores for other methods.

    NMF and k-means get as many topics as there are; BERTopic finds its own number. All are used as their
    documentation shows, with the same stop words; words are the ten highest by c-TF-IDF (BERTopic, k-means) or by
    component (NMF).

    Parameters
    ----------
    topics : Topics
        BERTopic and k-means cluster the same vectors.
    seed : int

    Returns
    -------
    DataFrame, one row per method
        ``method``, ``topics``, ``without_topic`` (share), ``npmi``, ``diversity``.
    """
    order = np.argsort(topics.papers["paper_id"].to_numpy(dtype=str), kind="stable")
    ours = topics.taken(order)
    texts, vectors = ours.texts, ours.vectors
    coherence = Coherence(texts)
    table = ours.at("topic")
    k = len(table)
    answers = {
        "ours": (ours.papers["topic"].to_numpy(), [words.split(";") for words in table["words"]]),
        "BERTopic's steps on these vectors": _bertopic(texts, vectors, seed),
        "NMF": _nmf(texts, k, seed),
        "k-means": _kmeans(texts, vectors, k, seed),
    }
    rows = []
    for method, (labels, lists) in answers.items():
        words = [single_words(row) for row in lists]
        rows.append(
            {
                "method": method,
                "topics": len(words),
                "without_topic": round(float((labels < 0).mean()), 4),
                "npmi": round(coherence.of_topics(words), 4),
                "diversity": round(diversity(words), 4),
            }
        )
    return pd.DataFrame(rows)


def _bertopic(texts: list[str], vectors: NDArray[Any], seed: int) -> Answer:
    model = classic_model(texts, vectors, seed=seed)
    labels = np.asarray(model.topics_)
    topics = [topic for topic in sorted(set(labels.tolist())) if topic >= 0]
    return labels, [[word for word, _ in model.get_topic(topic)[:_FIRST]] for topic in topics]


def _nmf(texts: list[str], k: int, seed: int) -> Answer:
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfTransformer

    counts, words = _counts(texts)
    model = NMF(k, init="nndsvda", random_state=seed, max_iter=400)
    weights = model.fit_transform(TfidfTransformer(sublinear_tf=True).fit_transform(counts))
    return weights.argmax(axis=1), _top(model.components_, words)


def _kmeans(texts: list[str], vectors: NDArray[Any], k: int, seed: int) -> Answer:
    from bertopic.vectorizers import ClassTfidfTransformer
    from scipy.sparse import csr_matrix
    from sklearn.cluster import KMeans

    labels = KMeans(k, n_init=10, random_state=seed).fit_predict(vectors)
    counts, words = _counts(texts)
    member = np.zeros((k, len(texts)))
    member[labels, np.arange(len(texts))] = 1.0
    joined = np.asarray((counts.T @ member.T).T)
    return labels, _top(ClassTfidfTransformer().fit_transform(csr_matrix(joined)).toarray(), words)


def _counts(texts: list[str]) -> tuple[Any, NDArray[Any]]:
    from sklearn.feature_extraction.text import CountVectorizer

    from paperatlas.text.tokens import stop_words

    counter = CountVectorizer(stop_words=stop_words(), min_df=2 if len(texts) >= 100 else 1, max_df=0.5)
    return counter.fit_transform(texts), counter.get_feature_names_out()


def _top(weights: NDArray[Any], words: NDArray[Any]) -> list[list[str]]:
    return [[str(words[j]) for j in np.argsort(-row, kind="stable")[:_FIRST]] for row in weights]
