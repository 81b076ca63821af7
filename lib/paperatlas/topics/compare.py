"""The same papers and the same scores for several topic models, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.topics.bertopic_model import classic_model
from paperatlas.topics.coherence import Coherence, diversity, single_words
from paperatlas.topics.fit import fit_topics
from paperatlas.topics.inputs import texts_of
from paperatlas.topics.stability import adjusted_rand

Answer = tuple[NDArray[Any], list[list[str]]]
_FIRST = 10
BERTOPIC = "BERTopic's steps on these vectors"


def compare_methods(
    corpus: pd.DataFrame,
    vectors: NDArray[Any] | None = None,
    *,
    n_topics: int | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    methods: Sequence[str] = ("ours", BERTOPIC, "NMF", "LDA", "k-means"),
) -> pd.DataFrame:
    """Topics, dropped papers, coherence, diversity, seed stability and seconds of several methods.

    NMF, LDA and k-means get the number of topics that ours has; BERTopic finds its own. All but ours are
    used as their documentation shows, with the same stop words; words are the ten highest by c-TF-IDF
    (BERTopic, k-means) or by component (NMF, LDA).

    Parameters
    ----------
    corpus : DataFrame
        As for `fit_topics`.
    vectors : (n, d) array, optional
        Embeddings for BERTopic and k-means; `paperatlas.embed_texts` if not given.
    n_topics : int, optional
        As for `fit_topics`.
    seeds : sequence of int
        Each method runs once for each seed; scores and seconds are those of the first.
    methods : sequence of str

    Returns
    -------
    DataFrame, one row per method
        ``method``, ``topics``, ``without_topic`` (share), ``npmi``, ``diversity``, ``seed_stability`` (mean
        adjusted Rand index between pairs of seeds, a missing topic counted as one more), ``seconds``.
    """
    from paperatlas.text import embed_texts

    papers = corpus.sort_values("paper_id", kind="stable").reset_index(drop=True)
    texts = texts_of(papers)
    if vectors is None:
        vectors = embed_texts(texts)
    else:
        vectors = np.asarray(vectors)[np.argsort(corpus["paper_id"].to_numpy(dtype=str), kind="stable")]
    coherence = Coherence(texts)
    start = time.perf_counter()
    ours = fit_topics(papers, vectors, n_topics=n_topics, seed=seeds[0])
    first_seconds = time.perf_counter() - start
    k = len(ours.at("topic"))

    def run_ours(seed: int) -> Answer:
        fitted = (
            ours
            if seed == seeds[0]
            else fit_topics(papers, vectors, n_topics=k, n_resamples=2, null_control=False, seed=seed)
        )
        return fitted.papers["topic"].to_numpy(), [row.split(";") for row in fitted.at("topic")["words"]]

    runs: dict[str, Callable[[int], Answer]] = {
        "ours": run_ours,
        BERTOPIC: lambda seed: _bertopic(texts, vectors, seed),
        "NMF": lambda seed: _factors(texts, k, seed, "nmf"),
        "LDA": lambda seed: _factors(texts, k, seed, "lda"),
        "k-means": lambda seed: _kmeans(texts, vectors, k, seed),
    }
    rows = []
    for method in methods:
        labels, seconds, words = [], 0.0, [[""]]
        for seed in seeds:
            start = time.perf_counter()
            found, lists = runs[method](seed)
            if seed == seeds[0]:
                seconds = first_seconds if method == "ours" else time.perf_counter() - start
                words = [single_words(row) for row in lists]
            labels.append(np.where(found < 0, found.max() + 1, found))
            if seed == seeds[0]:
                dropped = float((found < 0).mean())
        pairs = [adjusted_rand(a, b) for a, b in combinations(labels, 2)]
        rows.append(
            {
                "method": method,
                "topics": len(words),
                "without_topic": round(dropped, 4),
                "npmi": round(coherence.of_topics(words), 4),
                "diversity": round(diversity(words), 4),
                "seed_stability": round(float(np.mean(pairs)), 4) if pairs else float("nan"),
                "seconds": round(seconds, 2),
            }
        )
    return pd.DataFrame(rows)


def _bertopic(texts: list[str], vectors: NDArray[Any], seed: int) -> Answer:
    model = classic_model(texts, vectors, seed=seed)
    labels = np.asarray(model.topics_)
    topics = [topic for topic in sorted(set(labels.tolist())) if topic >= 0]
    return labels, [[word for word, _ in model.get_topic(topic)[:_FIRST]] for topic in topics]


def _factors(texts: list[str], k: int, seed: int, kind: str) -> Answer:
    from sklearn.decomposition import NMF, LatentDirichletAllocation
    from sklearn.feature_extraction.text import TfidfTransformer

    counts, words = _counts(texts)
    if kind == "nmf":
        model: Any = NMF(k, init="nndsvda", random_state=seed, max_iter=400)
        weights = model.fit_transform(TfidfTransformer(sublinear_tf=True).fit_transform(counts))
    else:
        model = LatentDirichletAllocation(k, random_state=seed, max_iter=20)
        weights = model.fit_transform(counts)
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
