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

import numpy as np
import pandas as pd


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


def compare(dumps: Path, model: str | None) -> pd.DataFrame:
    import paperatlas as pa
    from paperatlas.topics import compare_methods

    corpus = pa.build_corpus(pa.read_dumps(dumps))
    found = [compare_methods(pa.fit_topics(corpus))]
    if model:
        texts = (corpus["title"] + ". " + corpus["abstract"]).tolist()
        vectors = pa.embed_texts(texts, encoder=model)
        again = compare_methods(pa.fit_topics(corpus, vectors))
        found.append(again.assign(method=again["method"] + f", {Path(model).name}"))
    return pd.concat(found, ignore_index=True)


def resample(dumps: Path, runs: int) -> pd.DataFrame:
    import paperatlas as pa
    from paperatlas.topics.stability import adjusted_rand

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
        rows.append((free.max() + 1, adjusted_rand(labels[drawn], free), adjusted_rand(labels[drawn], held)))
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
