"""How well embeddings keep research areas together.

    python benchmarks/areas.py CORPUS [--label COLUMN] [--sample N] [--per-label N] [--model FOLDER]

CORPUS is a Parquet or CSV file with columns ``title`` and ``abstract`` and a column of labels: ``area`` (IJCAI
tracks as they are called in the programmes; parts and synonyms are put together), ``venue``, or
``categories`` (arXiv; the first one counts). Printed per embedding: papers per second, accuracy and macro
F1 of 10-nearest-neighbour classification (cosine, ten stratified folds), and the normalised mutual information
of the labels with k-means (mean of three seeds). Embeddings: TF-IDF as it is, TF-IDF + SVD-200 as scikit-learn
gives them, ours, and a sentence-transformers model if its folder is given.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import paperatlas as pa

SAME_AREA = {
    "Multidisciplinary Topics and Applications": "Applications",
    "Machine Learning Applications": "Applications",
    "Natural Language Processing": "NLP",
    "Planning and Scheduling": "Planning",
    "Heuristic Search and Game Playing": "Search",
    "Constraint Satisfaction and Optimization": "Constraints",
    "Constraints and SAT": "Constraints",
    "Agent-based and Multi-agent Systems": "Agents",
    "Uncertainty in AI": "Uncertainty",
    "AI Ethics, Trust, Fairness": "Ethics",
    "AI Ethics": "Ethics",
}
NOT_AN_AREA = ("", "Research Papers")
MIN_PAPERS = 30
N_NEIGHBOURS = 10


def labelled_papers(path: Path, label: str, sample: int | None, per_label: int | None) -> pd.DataFrame:
    """Columns text and label; labels with fewer than 30 papers are left out."""
    papers = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    if label not in papers:
        raise SystemExit(f"{path}: no column {label!r}; there are {', '.join(papers.columns)}")
    found = papers[label].fillna("").astype(str)
    if label == "area":
        found = found.str.replace(r" (I|II|III|IV|V)$", "", regex=True).replace(SAME_AREA)
    if label == "categories":
        found = found.str.split().str[0].fillna("")
    papers = pd.DataFrame({"text": papers["title"] + ". " + papers["abstract"], "label": found})
    papers = papers[~papers["label"].isin(NOT_AN_AREA)]
    if per_label is not None:
        common = papers["label"].value_counts().head(15).index
        papers = papers[papers["label"].isin(common)].groupby("label").sample(per_label, random_state=0)
    if sample is not None and sample < len(papers):
        papers = papers.sample(sample, random_state=0)
    least = min(MIN_PAPERS, per_label or MIN_PAPERS)
    return papers[papers["label"].map(papers["label"].value_counts()) >= least]


def score(vectors: Any, labels: np.ndarray) -> tuple[float, float, float]:
    """kNN accuracy, its macro F1, and the NMI of k-means with 15 clusters."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import accuracy_score, f1_score, normalized_mutual_info_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.preprocessing import normalize

    vectors = normalize(vectors)
    guess = cross_val_predict(
        KNeighborsClassifier(N_NEIGHBOURS, metric="cosine", algorithm="brute"),
        vectors,
        labels,
        cv=StratifiedKFold(10, shuffle=True, random_state=0),
    )
    shared = [
        normalized_mutual_info_score(labels, KMeans(15, n_init=3, random_state=seed).fit_predict(vectors))
        for seed in range(3)
    ]
    return (
        float(accuracy_score(labels, guess)),
        float(f1_score(labels, guess, average="macro")),
        float(np.mean(shared)),
    )


def tfidf(texts: list[str]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(stop_words="english", sublinear_tf=True, min_df=2).fit_transform(texts)


def tfidf_svd(texts: list[str]) -> Any:
    from sklearn.decomposition import TruncatedSVD

    rows = tfidf(texts)
    return TruncatedSVD(min(200, min(rows.shape) - 1), random_state=0).fit_transform(rows)


EMBEDDINGS: dict[str, Callable[[list[str]], Any]] = {
    "TF-IDF": tfidf,
    "TF-IDF + SVD-200": tfidf_svd,
    "Paper Atlas": pa.embed_texts,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--label", default="area", choices=["area", "venue", "categories"])
    parser.add_argument("--sample", type=int, help="papers drawn at random")
    parser.add_argument("--per-label", type=int, help="papers of each of the 15 most frequent labels")
    parser.add_argument("--model", help="folder of a sentence-transformers model, alone and beside ours")
    args = parser.parse_args()
    papers = labelled_papers(args.corpus, args.label, args.sample, args.per_label)
    texts, labels = papers["text"].tolist(), papers["label"].to_numpy(dtype=object).astype(str)
    print(f"{len(texts)} papers, {len(set(labels))} labels ({args.label}) of {args.corpus.name}\n")
    print("| embedding | papers/s | kNN accuracy | kNN macro F1 | k-means NMI |\n|---|---|---|---|---|")
    tfidf(texts[:50])  # imports and first calls are not what is timed
    pa.embed_texts(texts[:50])
    embeddings = dict(EMBEDDINGS)
    for encoder in (args.model, f"lsa+{args.model}") if args.model else ():
        embeddings[encoder] = partial(pa.embed_texts, encoder=encoder)
    for name, embed in embeddings.items():
        start = time.perf_counter()
        vectors = embed(texts)
        speed = len(texts) / (time.perf_counter() - start)
        accuracy, f1, shared = score(vectors, labels)
        print(f"| {name} | {speed:,.0f} | {accuracy:.3f} | {f1:.3f} | {shared:.3f} |", flush=True)


if __name__ == "__main__":
    main()
