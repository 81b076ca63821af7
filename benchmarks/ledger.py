"""How fast the ledger reads abstracts, and how slow it can be made.

Usage: python benchmarks/ledger.py PAPERS.parquet [--papers-timed N] [--slowest N]

PAPERS.parquet has the columns title and abstract. Three tables are printed: seconds and abstracts per second
of one core for each kind of entry (processor time, the best of three runs over the first papers); the slowest single
abstracts of the corpus; and the time for made-up hostile texts of two lengths, which may grow no faster than the
length.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from paperatlas.ledger import build_ledger, find_entries

TABLES = ("systems", "links", "claims", "resources")
HOSTILE = {
    "brackets": "(",
    "bracket pairs": "()",
    "abbreviations": "We propose a model (AbC), ",
    "no blanks": "a",
    "capitals": "ABc",
    "nested quotes": "``\"“'",
    "verbs": "we propose ",
    "names": "our FooNet, ",
    "digits": "1",
    "lists": "3% on A and ",
    "comparisons": "better than FooX by 3%, ",
    "unknown data sets": "3% on Foo1X, ",
    "parts": "components: (1) Graph Unit ",
    "data sets": "datasets such as FooX, BarX, ",
    "numbers": "achieves 3.1% accuracy, ",
    "full stops": ". A",
    "links": "https://github.com/a/b ",
    "open links": "http://",
    "hosts": "a.",
    "top": "achieves state-of-the-art ",
}


def best_of(runs: int, work: Callable[[], object]) -> float:
    """The least processor time of some runs, in seconds."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def throughput(corpus: pd.DataFrame) -> pd.DataFrame:
    seconds = {table: best_of(3, partial(find_entries, corpus, table)) for table in TABLES}
    seconds["the ledger in one pass, with mentions"] = best_of(3, lambda: build_ledger(corpus))
    table = pd.DataFrame({"seconds": seconds})
    table["microseconds per abstract"] = 1e6 * table["seconds"] / len(corpus)
    table["abstracts per second"] = (len(corpus) / table["seconds"]).round()
    return table.round(2)


def slowest(corpus: pd.DataFrame) -> pd.DataFrame:
    """Milliseconds of the slowest abstracts; those over 20 are timed again, to leave other programs out."""
    rows = []
    for place, title in enumerate(corpus["title"].tolist()):
        read = partial(build_ledger, corpus.iloc[[place]])
        took = best_of(1, read)
        if took > 0.02:
            took = best_of(5, read)
        rows.append((1e3 * took, title[:70]))
    rows.sort(reverse=True)
    return pd.DataFrame(rows[:5], columns=["milliseconds", "title"]).round(2)


def hostile() -> pd.DataFrame:
    rows = []
    for name, piece in HOSTILE.items():
        times = []
        for length in (10_000, 100_000):
            text = (piece * (length // len(piece) + 1))[:length]
            corpus = pd.DataFrame({"paper_id": ["p"], "title": [text], "abstract": [text]})
            times.append(best_of(3, lambda corpus=corpus: build_ledger(corpus)))
        rows.append((name, 1e3 * times[0], 1e3 * times[1], times[1] / max(times[0], 1e-9)))
    return pd.DataFrame(rows, columns=["text", "ms, 10,000", "ms, 100,000", "growth"]).round(1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("papers", type=Path)
    parser.add_argument("--papers-timed", type=int, default=20_000, help="abstracts for the throughput")
    parser.add_argument("--slowest", type=int, default=0, help="abstracts timed one by one; 0 for all")
    arguments = parser.parse_args()
    corpus = pd.read_parquet(arguments.papers, columns=["title", "abstract"])
    corpus.insert(0, "paper_id", [str(place) for place in range(len(corpus))])
    timed = corpus.sample(min(len(corpus), arguments.papers_timed), random_state=0)
    print(f"{platform.machine()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    print(throughput(timed).to_string(), "\n")
    print(
        slowest(corpus.head(arguments.slowest) if arguments.slowest else corpus).to_string(index=False), "\n"
    )
    print(hostile().to_string(index=False))


if __name__ == "__main__":
    main()
