"""Ours beside what a user would pick instead, each in a process of its own.

python benchmarks/peers.py dumps DUMPS [--model FOLDER] [--runs 3] [--methods "ours;ours, 20 refits;…"]
    Texts to topics with names: seconds (median of the runs, wall and processor, imports aside), peak memory,
    NPMI, diversity, papers without a topic, agreement between seeds. BERTopic and k-means are given our
    embeddings, made within the clock; with --model, BERTopic also gets those of the sentence-transformers
    model in that folder (its default recipe is all-MiniLM-L6-v2), which needs an environment with torch:
    pip install -e '.[transformers]' in one of its own. Of the further --methods "Top2Vec" needs top2vec there, and
    "Turftopic" (KeyNMF, told our number of topics) turftopic and --model. "ours, 20 refits" still chooses the number of topics, from
    fewer refits and without the null control; "ours once" is told the number and refits nothing.
python benchmarks/peers.py areas PAPERS [--size 50000] [--runs 3] [--model FOLDER] [--methods "ours;BERTopic"]
    Normalised mutual information of topics with the first category of every paper that states one (arXiv), for
    papers as Parquet with title, abstract and categories.
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

OURS = "ours"
QUICK = "ours, 20 refits"
ONE_FIT = "ours once"
TRANSFORMER = "BERTopic, transformer"


def corpus_of(dumps: Path) -> pd.DataFrame:
    import paperatlas as pa

    return pa.build_corpus(pa.read_dumps(dumps)).sort_values("paper_id", ignore_index=True)


def papers_of(path: Path, size: int) -> pd.DataFrame:
    papers = pd.read_parquet(path)
    if size < len(papers):
        papers = papers.sample(size, random_state=0).sort_index(ignore_index=True)
    papers["paper_id"] = [f"{i:012x}" for i in range(len(papers))]
    return papers


def fitted(papers: pd.DataFrame, method: str, k: int, seed: int, model: str | None):
    """Topic of every paper and the words of every topic."""
    import paperatlas as pa
    from paperatlas.topics import compare

    ways = {
        OURS: {},
        QUICK: {"n_resamples": 20, "null_control": False},
        ONE_FIT: {"n_topics": k, "n_resamples": 0, "null_control": False},
    }
    if method in ways:
        topics = pa.fit_topics(papers, seed=seed, **ways[method])
        return topics.papers["topic"].to_numpy(), [row.split(";") for row in topics.table["words"]]
    texts = (papers["title"] + ". " + papers["abstract"]).tolist()
    if method in OTHERS:
        return OTHERS[method](texts, k, seed, model)
    if method == "NMF" or method == "LDA":
        return compare._factors(texts, k, seed, method.lower())
    encoder = f"sentence-transformers:{model}" if method == TRANSFORMER else "lsa"
    vectors = pa.embed_texts(texts, method=encoder)
    if method == "k-means":
        return compare._kmeans(texts, vectors, k, seed)
    return compare._bertopic(texts, vectors, seed)


def top2vec(texts: list[str], k: int, seed: int, model: str | None):
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


OTHERS = {"Top2Vec": top2vec, "Turftopic": turftopic}


def run_one(papers: pd.DataFrame, method: str, k: int, seed: int, model: str | None) -> dict[str, object]:
    import bertopic  # noqa: F401 - what every process needs is loaded before the clock starts
    import sklearn.cluster  # noqa: F401
    import umap  # noqa: F401

    wall, processor = time.perf_counter(), time.process_time()
    labels, words = fitted(papers, method, k, seed, model)
    return {
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - processor,
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "labels": np.asarray(labels).tolist(),
        "words": words,
    }


def in_process(kind: str, path: Path, size: int, method: str, k: int, seed: int, model: str | None) -> dict:
    command = [sys.executable, __file__, "one", kind, str(path), method]
    command += [
        "--size",
        str(size),
        "--k",
        str(k),
        "--seed",
        str(seed),
        *(["--model", model] if model else []),
    ]
    return json.loads(subprocess.check_output(command).splitlines()[-1])


def dumps_table(path: Path, methods: list[str], runs: int, model: str | None) -> pd.DataFrame:
    from paperatlas.topics.coherence import Coherence, diversity, single_words
    from paperatlas.topics.stability import adjusted_rand

    papers = corpus_of(path)
    coherence = Coherence((papers["title"] + ". " + papers["abstract"]).tolist())
    rows, k = [], 12
    for method in methods:
        found = [in_process("dumps", path, 0, method, k, seed, model) for seed in range(runs)]
        labels = [np.array(run["labels"]) for run in found]
        if method == OURS:
            k = int(labels[0].max()) + 1
        words = [single_words(row) for row in found[0]["words"]]
        pairs = [adjusted_rand(_counted(a), _counted(b)) for i, a in enumerate(labels) for b in labels[:i]]
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
                "agreement of seeds": round(float(np.mean(pairs)), 3) if pairs else float("nan"),
            }
        )
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def _counted(labels):
    return np.where(labels < 0, labels.max() + 1, labels)


def _nmi(areas: pd.Series, labels: np.ndarray, which: np.ndarray) -> float:
    from sklearn.metrics import normalized_mutual_info_score

    return float(normalized_mutual_info_score(areas[which], labels[which]))


def areas_table(path: Path, size: int, methods: list[str], runs: int, model: str | None) -> pd.DataFrame:
    papers = papers_of(path, size)
    primary = papers["categories"].str.split().str[0]
    stated = primary.notna().to_numpy()
    rows = []
    for method in methods:
        found = [in_process("areas", path, size, method, 18, seed, model) for seed in range(runs)]
        labels = [np.array(run["labels"]) for run in found]
        every = [_nmi(primary, row, stated) for row in labels]
        kept = [_nmi(primary, row, stated & (row >= 0)) for row in labels]
        rows.append(
            {
                "method": method,
                "papers": len(papers),
                "seeds": runs,
                "topics": int(np.median([row.max() + 1 for row in labels])),
                "NMI, all papers": round(float(np.mean(every)), 4),
                "lowest": round(min(every), 4),
                "highest": round(max(every), 4),
                "NMI, papers with a topic": round(float(np.mean(kept)), 4),
                "without topic": round(float(np.mean([(row < 0).mean() for row in labels])), 3),
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
    one = commands.add_parser("dumps")
    one.add_argument("path", type=Path)
    one.add_argument("--methods", default="ours;ours, 20 refits;ours once;BERTopic;NMF;LDA;k-means")
    two = commands.add_parser("areas")
    two.add_argument("path", type=Path)
    two.add_argument("--size", type=int, default=50_000)
    two.add_argument("--methods", default="ours;BERTopic")
    alone = commands.add_parser("one")
    alone.add_argument("kind")
    alone.add_argument("path", type=Path)
    alone.add_argument("method")
    for name in ("--size", "--k", "--seed"):
        alone.add_argument(name, type=int, default=0)
    for command in (one, two):
        command.add_argument("--runs", type=int, default=3)
    for command in (one, two, alone):
        command.add_argument("--model", help="folder of a sentence-transformers model")
    args = parser.parse_args()
    if args.command == "one":
        papers = corpus_of(args.path) if args.kind == "dumps" else papers_of(args.path, args.size)
        print(json.dumps(run_one(papers, args.method, args.k, args.seed, args.model)))
        return
    print(machine())
    methods = [*args.methods.split(";"), *([TRANSFORMER] if args.model else [])]
    if args.command == "dumps":
        table = dumps_table(args.path, methods, args.runs, args.model)
    else:
        table = areas_table(args.path, args.size, methods, args.runs, args.model)
    print(table.to_markdown(index=False))


if __name__ == "__main__":
    main()
