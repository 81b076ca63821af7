"""Does the comparison of dumps find what was planted, and nothing where nothing was?

    python benchmarks/dumps.py labels PAPERS [--draws N]
    python benchmarks/dumps.py segments PAPERS [--draws N]
    python benchmarks/dumps.py shuffled PAPERS [--draws N]

PAPERS is a Parquet file with ``title``, ``abstract`` and ``categories`` (arXiv; the first one counts). The planted
searches are five categories, by default cs.CV, cs.CL, cs.RO, cs.CR and cs.SE.

``labels``: five dumps of 150 papers, one per category, of which 20 % stand in a second dump as well. The label
of a dump is right if no other category has more papers with its terms, counted on papers that no dump
holds. Printed per set of categories: dumps whose label is right, draws in which all five are.

``segments``: a dump of two to four stretches of 30 to 60 papers, each from another category, in a pile with 300
others. Printed: draws in which every planted border has a found one within 3 ranks, draws in which the
number is right too, and the share of single borders found.

``shuffled``: the same dumps in random order, two to a pile. Printed: share of dumps with p of at most 0.05, which
should be 0.05, with its 95 % interval, and of piles with any border after Holm's adjustment, at most 0.05.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import paperatlas as pa
from paperatlas.compare import describe_dumps, find_segments
from paperatlas.intervals import wilson

CATEGORIES = "cs.CV,cs.CL,cs.RO,cs.CR,cs.SE"
NEAR = 3


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


def planted(pools: dict[str, pd.DataFrame], rng: np.random.Generator) -> tuple[pd.DataFrame, list[int]]:
    """A dump of several stretches, and the ranks at which the second and later ones begin."""
    k = int(rng.integers(2, 5))
    names = rng.permutation(list(pools))[:k]
    sizes = rng.integers(30, 61, k)
    parts = [
        pools[name].iloc[rng.choice(len(pools[name]), size, replace=False)]
        for name, size in zip(names, sizes, strict=True)
    ]
    return pd.concat(parts), (np.cumsum(sizes)[:-1] + 1).tolist()


def others(pools: dict[str, pd.DataFrame], rng: np.random.Generator) -> pd.DataFrame:
    """300 papers beside the planted dump, from all categories."""
    parts = [pool.iloc[rng.choice(len(pool), 60, replace=False)] for pool in pools.values()]
    return pd.concat(parts).sample(frac=1, random_state=int(rng.integers(2**31)))


def embedded(records: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    corpus = pa.build_corpus(records)
    return corpus, pa.embed_texts((corpus["title"] + ". " + corpus["abstract"]).tolist())


def segments(pools: dict[str, pd.DataFrame], draws: int) -> None:
    every, exact, hit, planted_borders, extra = 0, 0, 0, 0, 0
    for draw in range(draws):
        rng = rng_of(draw, 2)
        dump, borders = planted(pools, rng)
        corpus, vectors = embedded(as_records({"planted": dump, "rest": others(pools, rng)}))
        found = find_segments(corpus, vectors, seed=draw).segments
        starts = found.loc[(found["dump"] == "planted") & (found["segment"] > 1), "first"].tolist()
        near = [any(abs(start - border) <= NEAR for start in starts) for border in borders]
        every += all(near)
        exact += all(near) and len(starts) == len(borders)
        hit += sum(near)
        planted_borders += len(borders)
        extra += int(((found["dump"] == "rest") & (found["segment"] > 1)).any())
    print(
        f"segments: all planted borders within {NEAR} ranks in {every} of {draws} draws, their number right too in "
        f"{exact}; {hit} of {planted_borders} borders found; a border in the shuffled dump beside in {extra}"
    )


def shuffled(pools: dict[str, pd.DataFrame], draws: int) -> None:
    small, piles = [], 0
    for draw in range(draws):
        rng = rng_of(draw, 3)
        dumps = {
            name: planted(pools, rng)[0].sample(frac=1, random_state=2 * draw + i)
            for i, name in enumerate(("one", "two"))
        }
        tests = find_segments(*embedded(as_records(dumps)), seed=draw, permutations=199).tests
        small += (tests["p"] <= 0.05).tolist()
        piles += int((tests["borders"] > 0).any())
    for name, n, total in (
        ("dumps with p <= 0.05", sum(small), len(small)),
        ("piles with a border", piles, draws),
    ):
        low, high = (float(bound[0]) for bound in wilson(np.array([n]), np.array([total])))
        print(f"shuffled: {name}: {n} of {total} ({n / total:.3f}, 95 % interval {low:.3f} to {high:.3f})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("labels", "segments", "shuffled"))
    parser.add_argument("papers", type=Path)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--categories", default=CATEGORIES, help="five arXiv categories, comma-separated")
    args = parser.parse_args()
    pools = by_category(args.papers, args.categories.split(","))
    {"labels": labels, "segments": segments, "shuffled": shuffled}[args.what](pools, args.draws)


if __name__ == "__main__":
    main()
