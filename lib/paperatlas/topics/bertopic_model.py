"""A BERTopic object around given topics, and BERTopic's own recipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperatlas.text.tokens import stop_words


def word_counter(n_texts: int) -> Any:
    """CountVectorizer of words and pairs without filler, that keeps working on very few texts."""
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(
        stop_words=stop_words(),
        ngram_range=(1, 2),
        token_pattern=r"(?u)\b[^\W\d_][^\W_]+\b",  # noqa: S106
        min_df=2 if n_texts >= 100 else 1,
    )


def build_model(
    texts: list[str], vectors: NDArray[np.float32], labels: NDArray[Any], names: Mapping[int, str]
) -> Any:
    """BERTopic with these topics: c-TF-IDF, hierarchy, topics over time, save and load all work.

    It is BERTopic's "manual topic modelling": no reduction and no clustering, the labels are given.
    """
    from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder
    from bertopic.cluster import BaseCluster
    from bertopic.dimensionality import BaseDimensionalityReduction
    from bertopic.vectorizers import ClassTfidfTransformer

    model = BERTopic(
        embedding_model=BaseEmbedder(),
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=BaseCluster(),
        vectorizer_model=word_counter(len(texts)),
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True),
        calculate_probabilities=False,
    )
    # BERTopic numbers topics by size again and may swap equal ones; ours are numbered already.
    model._sort_mappings_by_frequency = lambda documents: documents
    model.fit(texts, embeddings=vectors, y=np.asarray(labels).astype(int))
    del model._sort_mappings_by_frequency
    model.set_topic_labels({int(topic): name for topic, name in names.items()})
    return model


def classic_model(texts: list[str], vectors: NDArray[Any], *, seed: int = 0) -> Any:
    """BERTopic's steps on given vectors: UMAP to 5 dimensions, HDBSCAN, c-TF-IDF.

    Parameters
    ----------
    texts : list of n str
    vectors : (n, d) array
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
        )
        model.fit(texts, embeddings=np.asarray(vectors, dtype=np.float32))
    return model
