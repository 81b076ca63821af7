"""Topics measured: the exported tables, the models side by side, the whole procedure on resamples.

python benchmarks/topics.py export EXPORT_DIR
    NPMI coherence of the first ten words of every topic (gensim's c_npmi, window 10, over the papers'
    own texts), topic diversity, and the share of papers left without a topic. Reads papers.csv (title,
    abstract, topic) and topics.csv (topic, words with ';' between).
python benchmarks/topics.py compare DUMPS [--model FOLDER]
    Ours, BERTopic, NMF and k-means on the same papers, with the same scores; with `--model`, also on the
    sentence-transformers model in that folder.
python benchmarks/topics.py resample DUMPS [--runs 50]
    The whole procedure, from the texts on and with its choice of the number of topics, on 80 % of the
    papers: adjusted Rand index with the full run on the papers both hold.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    from paperatlas import Topics

Answer = tuple[NDArray[Any], list[list[str]]]
_FIRST = 10


def export(folder: Path) -> dict[str, float]:
    """The yardstick, by gensim, independent of the library."""
    from gensim.corpora import Dictionary
    from gensim.models.coherencemodel import CoherenceModel
    from sklearn.feature_extraction.text import CountVectorizer

    papers = pd.read_csv(folder / "papers.csv")
    table = pd.read_csv(folder / "topics.csv")
    analyse = CountVectorizer(stop_words="english").build_analyzer()
    texts = [
        analyse(f"{title}. {abstract}")
        for title, abstract in zip(papers["title"], papers["abstract"], strict=True)
    ]
    dictionary = Dictionary(texts)
    words = []
    for row in table.loc[table["topic"] >= 0, "words"]:
        unique = dict.fromkeys(word for term in row.split(";") for word in analyse(term))
        words.append([word for word in list(unique)[:10] if word in dictionary.token2id])
    coherence = CoherenceModel(
        topics=words, texts=texts, dictionary=dictionary, coherence="c_npmi", topn=10, processes=1
    ).get_coherence()
    flat = [word for row in words for word in row]
    return {
        "topics": len(words),
        "npmi": coherence,
        "diversity": len(set(flat)) / len(flat),
        "without_topic": float((papers["topic"] < 0).mean()),
    }


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
    from paperatlas.topics.coherence import Coherence, diversity, single_words

    order = np.argsort(topics.papers["paper_id"].to_numpy(dtype=str), kind="stable")
    ours = topics.taken(order)
    texts, vectors = ours.texts, ours.vectors
    coherence = Coherence(texts)
    table = ours.at("topic")
    k = len(table)
    answers = {
        "ours": (ours.papers["topic"].to_numpy(), [words.split(";") for words in table["words"]]),
        "BERTopic's steps on these vectors": by_bertopic(texts, vectors, seed),
        "NMF": by_nmf(texts, k, seed),
        "k-means": by_kmeans(texts, vectors, k, seed),
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


def by_bertopic(texts: list[str], vectors: NDArray[Any], seed: int) -> Answer:
    model = classic_model(texts, vectors, seed=seed)
    labels = np.asarray(model.topics_)
    topics = [topic for topic in sorted(set(labels.tolist())) if topic >= 0]
    return labels, [[word for word, _ in model.get_topic(topic)[:_FIRST]] for topic in topics]


def by_nmf(texts: list[str], k: int, seed: int) -> Answer:
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfTransformer

    counts, words = _counts(texts)
    model = NMF(k, init="nndsvda", random_state=seed, max_iter=400)
    weights = model.fit_transform(TfidfTransformer(sublinear_tf=True).fit_transform(counts))
    return weights.argmax(axis=1), _top(model.components_, words)


def by_kmeans(texts: list[str], vectors: NDArray[Any], k: int, seed: int) -> Answer:
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
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    from paperatlas.text.tokens import stop_words

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
            vectorizer_model=CountVectorizer(
                stop_words=stop_words(), ngram_range=(1, 2), min_df=2 if len(texts) >= 100 else 1
            ),
        )
        model.fit(texts, embeddings=np.asarray(vectors, dtype=np.float32))
    return model


def compare(dumps: Path, model: str | None) -> pd.DataFrame:
    import paperatlas as pa

    corpus = pa.build_corpus(pa.read_dumps(dumps))
    found = [compare_methods(pa.fit_topics(corpus))]
    if model:
        texts = (corpus["title"] + ". " + corpus["abstract"]).tolist()
        vectors = pa.embed_texts(texts, encoder=model)
        again = compare_methods(pa.fit_topics(corpus, vectors))
        found.append(again.assign(method=again["method"] + f", {Path(model).name}"))
    return pd.concat(found, ignore_index=True)


def resample(dumps: Path, runs: int) -> pd.DataFrame:
    from sklearn.metrics import adjusted_rand_score

    import paperatlas as pa

    corpus = pa.build_corpus(pa.read_dumps(dumps))
    full = pa.fit_topics(corpus, null_control=False)
    labels = full.papers["topic"].to_numpy()
    k = len(full.table)
    rows = []
    for run in range(runs):
        drawn = np.sort(
            np.random.default_rng(1000 + run).permutation(len(corpus))[: round(0.8 * len(corpus))]
        )
        part = corpus.iloc[drawn].reset_index(drop=True)
        free = pa.fit_topics(part, seed=run, null_control=False).papers["topic"].to_numpy()
        held = (
            pa.fit_topics(part, seed=run, null_control=False, n_topics=k, n_resamples=1)
            .papers["topic"]
            .to_numpy()
        )
        rows.append(
            (
                free.max() + 1,
                adjusted_rand_score(labels[drawn], free),
                adjusted_rand_score(labels[drawn], held),
            )
        )
        print(f"{run + 1}/{runs}", rows[-1], flush=True)
    return pd.DataFrame(rows, columns=["topics", "ari_own_choice", "ari_same_number"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("export")
    one.add_argument("folder", type=Path)
    two = commands.add_parser("compare")
    two.add_argument("dumps", type=Path)
    two.add_argument("--model", help="folder of a sentence-transformers model")
    three = commands.add_parser("resample")
    three.add_argument("dumps", type=Path)
    three.add_argument("--runs", type=int, default=50)
    args = parser.parse_args()
    if args.command == "export":
        print("  ".join(f"{name} {value:.4f}" for name, value in export(args.folder).items()))
    elif args.command == "compare":
        print(compare(args.dumps, args.model).to_markdown(index=False))
    else:
        found = resample(args.dumps, args.runs)
        print(found.describe().round(4).to_string())


if __name__ == "__main__":
    main()
