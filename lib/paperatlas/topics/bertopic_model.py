"""A BERTopic object around given topics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paperatlas.text.tokens import stop_words


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
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(
        stop_words=stop_words(),
        ngram_range=(1, 2),
        token_pattern=r"(?u)\b[^\W\d_][^\W_]+\b",  # noqa: S106
        min_df=2 if len(texts) >= 100 else 1,
    )
    model = BERTopic(
        embedding_model=BaseEmbedder(),
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=BaseCluster(),
        vectorizer_model=counter,
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True),
        calculate_probabilities=False,
    )
    # BERTopic numbers topics by size again and may swap equal ones; ours are numbered already.
    model._sort_mappings_by_frequency = lambda documents: documents
    model.fit(texts, embeddings=vectors, y=np.asarray(labels).astype(int))
    del model._sort_mappings_by_frequency
    model.set_topic_labels({int(topic): name for topic, name in names.items()})
    return model
