"""Ours beside what a user would pick instead, each in a process of its own.

python benchmarks/peers.py dumps DUMPS [--model FOLDER] [--runs 3] [--methods "ours;ours, 20 refits;…"]
    Texts to topics with names: seconds (median of the runs, wall and processor, imports aside), peak memory,
    NPMI, diversity, papers without a topic, agreement between seeds. BERTopic and k-means are given our
    embeddings, made within the clock; with --model, BERTopic also gets those of the sentence-transformers
    model in that folder (its default recipe is all-MiniLM-L6-v2), which needs an environment with torch:
    pip install -e '.[transformers]' in one of its own. "ours, 20 refits" still chooses the number of topics,
    from fewer refits and without the null control; "ours once" is told the number and refits nothing. Of the further
    methods "Top2Vec" needs top2vec there, and "Turftopic" (KeyNMF, told our number) turftopic and --model.
python benchmarks/peers.py areas PAPERS [--size 50000] [--draw 0] [--runs 3] [--model FOLDER] [--vectors FILE]
                                        [--methods "ours;BERTopic"]
    Normalised mutual information of topics with the first category of every paper that states one (arXiv), for
    papers as Parquet with title, abstract and categories. --draw 1, 2, … are papers that no earlier draw holds.
    --vectors keeps the transformer's embeddings, so that further runs need not wait for them; their seconds
    are then left out.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scale import machine
from topics import by_bertopic, by_kmeans, by_nmf

OURS = "ours"
QUICK = "ours, 20 refits"
ONE_FIT = "ours once"
TRANSFORMER = "BERTopic, transformer"


def corpus_of(dumps: Path) -> pd.DataFrame:
    import paperatlas as pa

    return pa.build_corpus(pa.read_dumps(dumps)).sort_values("paper_id", ignore_index=True)


def papers_of(path: Path, size: int, draw: int = 0) -> pd.DataFrame:
    papers = pd.read_parquet(path)
    if size < len(papers):
        for earlier in range(draw):
            papers = papers.drop(papers.sample(size, random_state=earlier).index)
        papers = papers.sample(size, random_state=draw).sort_index(ignore_index=True)
    papers["paper_id"] = [f"{i:012x}" for i in range(len(papers))]
    return papers


def fitted(papers: pd.DataFrame, method: str, k: int, seed: int, model: str | None, kept: Path | None):
    """Topic of every paper and the words of every topic."""
    import paperatlas as pa

    ways = {
        OURS: {},
        QUICK: {"n_resamples": 20, "null_control": False},
        ONE_FIT: {"n_topics": k, "n_resamples": 0, "null_control": False},
    }
    if method in ways:
        topics = pa.fit_topics(papers, seed=seed, **ways[method])
        return topics.papers["topic"].to_numpy(), [row.split(";") for row in topics.at("topic")["words"]]
    texts = (papers["title"] + ". " + papers["abstract"]).tolist()
    if method == "Top2Vec":
        return top2vec(texts)
    if method == "Turftopic":
        return turftopic(texts, k, seed, model)
    if method == "NMF":
        return by_nmf(texts, k, seed)
    vectors = transformer_vectors(texts, model, kept) if method == TRANSFORMER else pa.embed_texts(texts)
    if method == "k-means":
        return by_kmeans(texts, vectors, k, seed)
    return by_bertopic(texts, vectors, seed)


def transformer_vectors(texts: list[str], model: str | None, kept: Path | None):
    import paperatlas as pa

    if kept and kept.exists():
        return np.load(kept)
    vectors = pa.embed_texts(texts, encoder=model)
    if kept:
        np.save(kept, vectors)
    return vectors


def top2vec(texts: list[str]):
    """As its documentation begins, but with the embedding it trains itself, which needs no download."""
    from top2vec import Top2Vec

    found = Top2Vec(texts, embedding_model="doc2vec", verbose=False)
    return found.doc_top, [row[:10].tolist() for row in found.topic_words]


def turftopic(texts: list[str], k: int, seed: int, model: str | None):
    """KeyNMF, the first model of its documentation."""
    from sentence_transformers import SentenceTransformer
    from turftopic import KeyNMF

    found = KeyNMF(k, encoder=SentenceTransformer(model, device="cpu"), random_state=seed)
    weights = found.fit_transform(texts)
    return weights.argmax(axis=1), [[word for word, _ in row] for _, row in found.get_topics(top_k=10)]


def run_one(papers: pd.DataFrame, args: argparse.Namespace) -> dict[str, object]:
    import bertopic  # noqa: F401 - what every process needs is loaded before the clock starts
    import sklearn.cluster  # noqa: F401
    import umap  # noqa: F401

    wall, processor = time.perf_counter(), time.process_time()
    labels, words = fitted(papers, args.method, args.k, args.seed, args.model, args.vectors)
    return {
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - processor,
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "labels": np.asarray(labels).tolist(),
        "words": words,
    }


def in_process(args: argparse.Namespace, method: str, k: int, seed: int) -> dict:
    command = [sys.executable, __file__, "one", args.command, str(args.path), method]
    command += ["--size", str(args.size), "--draw", str(args.draw), "--k", str(k), "--seed", str(seed)]
    command += ["--model", args.model] if args.model else []
    command += ["--vectors", str(args.vectors)] if args.vectors else []
    return json.loads(subprocess.check_output(command).splitlines()[-1])


def dumps_table(args: argparse.Namespace, methods: list[str]) -> pd.DataFrame:
    from paperatlas.topics.coherence import Coherence, diversity, single_words

    papers = corpus_of(args.path)
    coherence = Coherence((papers["title"] + ". " + papers["abstract"]).tolist())
    rows, k = [], 12
    for method in methods:
        found = [in_process(args, method, k, seed) for seed in range(args.runs)]
        labels = [np.array(run["labels"]) for run in found]
        if method == OURS:
            k = int(labels[0].max()) + 1
        words = [single_words(row) for row in found[0]["words"]]
        rows.append(
            {
                "method": method,
                "topics": len(words),
                "seconds": round(float(np.median([run["seconds"] for run in found])), 1),
                "cpu s": round(float(np.median([run["cpu"] for run in found])), 1),
                "peak MiB": int(np.median([run["MiB"] for run in found])),
                "NPMI": round(coherence.of_topics(words), 3),
                "diversity": round(diversity(words), 3),
                "without topic": round(float((labels[0] < 0).mean()), 3),
                "agreement of seeds": _agreement(labels),
            }
        )
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def _agreement(labels: list[np.ndarray]) -> float:
    """Mean adjusted Rand index between runs; papers without a topic count as one."""
    from sklearn.metrics import adjusted_rand_score

    whole = [np.where(row < 0, row.max() + 1, row) for row in labels]
    pairs = [adjusted_rand_score(a, b) for i, a in enumerate(whole) for b in whole[:i]]
    return round(float(np.mean(pairs)), 3) if pairs else float("nan")


def _nmi(areas: pd.Series, labels: np.ndarray, which: np.ndarray) -> float:
    from sklearn.metrics import normalized_mutual_info_score

    return float(normalized_mutual_info_score(areas[which], labels[which]))


def areas_table(args: argparse.Namespace, methods: list[str]) -> pd.DataFrame:
    papers = papers_of(args.path, args.size, args.draw)
    primary = papers["categories"].str.split().str[0]
    stated = primary.notna().to_numpy()
    rows = []
    for method in methods:
        found = [in_process(args, method, 18, seed) for seed in range(args.runs)]
        labels = [np.array(run["labels"]) for run in found]
        every = [_nmi(primary, row, stated) for row in labels]
        kept = [_nmi(primary, row, stated & (row >= 0)) for row in labels]
        rows.append(
            {
                "method": method,
                "papers": len(papers),
                "seeds": args.runs,
                "topics": int(np.median([row.max() + 1 for row in labels])),
                "NMI, all papers": round(float(np.mean(every)), 4),
                "lowest": round(min(every), 4),
                "highest": round(max(every), 4),
                "NMI, papers with a topic": round(float(np.mean(kept)), 4),
                "without topic": round(float(np.mean([(row < 0).mean() for row in labels])), 3),
                "agreement of seeds": _agreement(labels),
                "seconds": round(float(np.median([run["seconds"] for run in found])), 1),
                "cpu s": round(float(np.median([run["cpu"] for run in found])), 1),
                "peak MiB": int(np.median([run["MiB"] for run in found])),
            }
        )
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    dumps = commands.add_parser("dumps")
    dumps.add_argument("path", type=Path)
    dumps.add_argument("--methods", default="ours;ours, 20 refits;ours once;BERTopic;NMF;k-means")
    areas = commands.add_parser("areas")
    areas.add_argument("path", type=Path)
    areas.add_argument("--methods", default="ours;BERTopic")
    one = commands.add_parser("one")
    one.add_argument("kind")
    one.add_argument("path", type=Path)
    one.add_argument("method")
    for name in ("--k", "--seed"):
        one.add_argument(name, type=int, default=0)
    for command in (dumps, areas, one):
        command.add_argument("--runs", type=int, default=3)
        command.add_argument("--size", type=int, default=50_000)
        command.add_argument("--draw", type=int, default=0)
        command.add_argument("--model", help="folder of a sentence-transformers model")
        command.add_argument("--vectors", type=Path, help="file of its embeddings")
    args = parser.parse_args()
    if args.command == "one":
        dumped = args.kind == "dumps"
        papers = corpus_of(args.path) if dumped else papers_of(args.path, args.size, args.draw)
        print(json.dumps(run_one(papers, args)))
        return
    print(machine())
    methods = [*args.methods.split(";"), *([TRANSFORMER] if args.model else [])]
    table = (dumps_table if args.command == "dumps" else areas_table)(args, methods)
    print(table.to_markdown(index=False))


if __name__ == "__main__":
    main()
