"""Are planted searches labelled right?

    python benchmarks/dumps.py PAPERS [--draws N]

PAPERS is a Parquet file with ``title``, ``abstract`` and ``categories`` (arXiv; the first one counts). The planted
searches are five categories, by default cs.CV, cs.CL, cs.RO, cs.CR and cs.SE.

Five dumps of 150 papers, one per category, of which 20 % stand in a second dump as well. The label
of a dump is right if no other category has more papers with its terms, counted on papers that no dump
holds. Printed per set of categories: dumps whose label is right, draws in which all five are.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import paperatlas as pa
from paperatlas.compare import describe_dumps

CATEGORIES = "cs.CV,cs.CL,cs.RO,cs.CR,cs.SE"


def by_category(path: Path, categories: list[str]) -> dict[str, pd.DataFrame]:
    """Papers of each category, by their first one."""
    papers = pd.read_parquet(path, columns=["title", "abstract", "categories"])
    papers = papers.drop_duplicates("title")
    first = papers["categories"].str.split().str[0]
    return {name: papers[first == name].reset_index(drop=True) for name in categories}


def as_records(dumps: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Records as the loader gives them."""
    parts = [
        pd.DataFrame(
            {"dump": name, "rank": range(1, len(p) + 1), "title": p["title"], "abstract": p["abstract"]}
        )
        for name, p in dumps.items()
    ]
    return pd.concat(parts, ignore_index=True)


def rng_of(*seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(list(seed)))


def labels(pools: dict[str, pd.DataFrame], draws: int) -> None:
    right, all_right = 0, 0
    for draw in range(draws):
        rng = rng_of(draw, 1)
        names = list(pools)
        order = {name: rng.permutation(len(pools[name])) for name in names}
        dumps = {}
        for place, name in enumerate(names):
            other = names[(place + 1) % len(names)]
            own = pools[name].iloc[order[name][:120]]
            shared = pools[other].iloc[order[other][:30]]
            dumps[f"dump {place}"] = pd.concat([own, shared]).sample(frac=1, random_state=draw)
        records = as_records(dumps)
        table = describe_dumps(records, pa.build_corpus(records))
        found = []
        for name, label in zip(names, table["label"], strict=True):
            terms = [term.lower() for term in label.split(" · ")]
            hits = {}
            for category, pool in pools.items():
                rest = pool.iloc[order[category][120:1620]]
                text = (rest["title"] + " " + rest["abstract"]).str.lower().str.replace("-", " ")
                hits[category] = float(np.mean([text.str.contains(t, regex=False).mean() for t in terms]))
            found.append(max(hits, key=lambda category: hits[category]) == name)
            if draw == 0:
                print(f"{name}: {label}")
        right += sum(found)
        all_right += all(found)
    print(f"labels: {right} of {draws * len(pools)} right, all right in {all_right} of {draws} draws")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("papers", type=Path)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--categories", default=CATEGORIES, help="five arXiv categories, comma-separated")
    args = parser.parse_args()
    pools = by_category(args.papers, args.categories.split(","))
    labels(pools, args.draws)


if __name__ == "__main__":
    main()
