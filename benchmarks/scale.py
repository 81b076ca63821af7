"""How time and memory grow, and what a second worker brings.

python benchmarks/scale.py grow PAPERS... [--sizes 1000,10000,88691,185849] [--runs 3] [--no-map]
    Seconds (wall and processor), peak memory and topics for each size, medians of runs in processes of their own:
    embeddings, topics with their names, map. Prints a table and the exponent of growth from 10,000 papers on, of
    each step and of all. Several tables of papers are put one after the other; smaller sizes are samples.
python benchmarks/scale.py dask PAPERS... [--records 1000000] [--workers 1,2] [--part 10000] --out DIR
    Throughput of `paperatlas scale` after the fit, and the most memory that a worker held. Papers are
    repeated with a twentieth of their words exchanged until there are enough records.
python benchmarks/scale.py start
    Import, first figure and export of the shipped dumps, each in a fresh process; medians of 3.
python benchmarks/scale.py profile PAPERS [--size 2000]
    Processor time per record of every step of a partition.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd


def machine() -> str:
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{model}, {os.cpu_count()} cores, {pages:.0f} GiB; Python {platform.python_version()}, "
        f"numpy {np.__version__}, pandas {pd.__version__}; load when started {os.getloadavg()[0]:.1f}"
    )


def papers_from(paths: list[str], size: int | None = None) -> pd.DataFrame:
    import paperatlas as pa

    records = pd.concat(list(pa.iter_papers(paths)), ignore_index=True)
    if size is not None and size < len(records):
        records = records.sample(size, random_state=0).sort_index(ignore_index=True)
    records["paper_id"] = [f"{i:012x}" for i in range(len(records))]
    return records


def measured(name: str, act, into: dict[str, float]):
    wall, processor = time.perf_counter(), time.process_time()
    result = act()
    into[f"{name} s"] = round(time.perf_counter() - wall, 1)
    into[f"{name} cpu s"] = round(time.process_time() - processor, 1)
    into[f"{name} peak MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return result


def grow_one(paths: list[str], size: int, with_map: bool) -> dict[str, float]:
    import paperatlas as pa
    from paperatlas import project

    papers = papers_from(paths, size)
    found: dict[str, float] = {"papers": len(papers)}
    texts = (papers["title"] + ". " + papers["abstract"]).tolist()
    vectors = measured("embed", lambda: pa.embed_texts(texts), found)
    topics = measured("topics", lambda: pa.fit_topics(papers, vectors), found)
    found["k"] = len(topics.at("topic"))
    if with_map:
        picture = measured("map", lambda: project(vectors), found)
        found["kept"] = round(float(np.nanmean(picture.kept)), 3)
    for clock in ("s", "cpu s"):
        steps = [step for step in ("embed", "topics", "map") if f"{step} s" in found]
        found[f"all {clock}"] = round(sum(found[f"{step} {clock}"] for step in steps), 1)
    return found


def grow(paths: list[str], sizes: list[int], runs: int, with_map: bool) -> pd.DataFrame:
    rows = []
    for size in sizes:
        command = [sys.executable, __file__, "grow-one", *paths, "--size", str(size)]
        command += [] if with_map else ["--no-map"]
        found = [json.loads(subprocess.check_output(command)) for _ in range(runs)]
        rows.append({name: statistics.median(run[name] for run in found) for name in found[0]})
        print(rows[-1], flush=True)
    table = pd.DataFrame(rows)
    large = table[table["papers"] >= 10_000]
    if len(large) > 1:
        for column in [c for c in table if c.endswith(" cpu s")]:
            slope = np.polyfit(np.log(large["papers"]), np.log(large[column]), 1)[0]
            print(f"exponent of growth from 10,000 papers, {column.removesuffix(' cpu s')}: {slope:.2f}")
    return table


def perturbed(paths: list[str], n: int, file: Path) -> None:
    """`n` records: the papers over and over, with a twentieth of the words exchanged and a mark in the title."""
    papers = papers_from(paths)
    rng = np.random.default_rng(0)
    words = " ".join(papers["abstract"].head(2_000)).split()
    tables, made = [], 0
    while made < n:
        turn = papers.head(n - made).copy()
        if made:
            abstracts = []
            for abstract in turn["abstract"]:
                split = abstract.split()
                for at in rng.integers(0, len(split), max(1, len(split) // 20)):
                    split[at] = words[int(rng.integers(len(words)))]
                abstracts.append(" ".join(split))
            turn["abstract"] = abstracts
            turn["title"] = turn["title"] + f" {made}"
        tables.append(turn[["title", "abstract", "published"]])
        made += len(turn)
    pd.concat(tables).to_parquet(file, index=False)


def dask_runs(paths: list[str], records: int, workers: list[int], out: Path, part: int) -> pd.DataFrame:
    from paperatlas.scale import local_cluster, scale

    source = out / f"records-{records}.parquet"
    if not source.exists():
        perturbed(paths, records, source)
    rows, model = [], None
    for n in workers:
        with tempfile.TemporaryDirectory(dir=out) as folder, local_cluster(n, memory="2GB") as client:
            result = scale(source, Path(folder) / "run", client=client, model=model, part=part)
            peak = max(client.run(_peak).values())
            if model is None:
                model = out / "model"
                (Path(folder) / "run" / "model").rename(model)
            spent = sum(seconds for step, seconds in result.seconds.items() if step != "fit")
            rows.append(
                {
                    "workers": n,
                    "records": result.records,
                    "papers": result.papers,
                    "near pairs": result.near,
                    "records/s": round(result.records / spent),
                    "peak MiB of a worker": peak,
                    **result.seconds,
                }
            )
            print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def _peak() -> int:
    """Most MiB this process held; unlike `resource`, which also counts what its parent held when it began."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def start() -> pd.DataFrame:
    tasks = {
        "import paperatlas": "import paperatlas",
        "import and build the corpus": "import paperatlas as pa; pa.Study().corpus",
        "first figure, nothing kept": (
            "import paperatlas as pa; from paperatlas import figures; s = pa.Study(cache=False);"
            "figures.topic_bars(s.topics.at('topic'))"
        ),
    }
    rows = []
    for name, code in tasks.items():
        walls = []
        for _ in range(3):
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            walls.append(time.perf_counter() - begun)
        rows.append({"task": name, "median s": round(statistics.median(walls), 2)})
    return pd.DataFrame(rows)


def profile(paths: list[str], size: int) -> pd.DataFrame:
    import paperatlas as pa
    from paperatlas.corpus import bands
    from paperatlas.ledger import find_entries
    from paperatlas.topics.assign import TopicModel

    papers = papers_from(paths, 2 * size)
    new = papers.iloc[size:]
    fit = papers.head(size).reset_index(drop=True)
    topics = pa.fit_topics(fit, n_topics=12, n_resamples=2, null_control=False)
    model = TopicModel.of(fit, topics)
    vectors = model.embed(new)
    steps = {
        "build corpus": lambda: pa.build_corpus(new),
        "bands": lambda: bands(new["abstract"].tolist()),
        "assign": lambda: model.assign(new, vectors),
        "embed": lambda: model.embed(new),
        "systems": lambda: find_entries(new, "systems"),
        "links": lambda: find_entries(new, "links"),
        "claims": lambda: find_entries(new, "claims"),
    }
    for act in steps.values():
        act()
    rows = []
    for name, act in steps.items():
        begun = time.process_time()
        act()
        spent = 1000 * (time.process_time() - begun) / len(new)
        rows.append({"step": name, "cpu ms a record": round(spent, 3)})
    rows.append({"step": "all", "cpu ms a record": round(sum(row["cpu ms a record"] for row in rows), 3)})
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("grow", "grow-one", "dask", "profile"):
        one = commands.add_parser(name)
        one.add_argument("papers", nargs="+")
        if name == "grow":
            one.add_argument("--sizes", default="1000,10000,88691,185849")
            one.add_argument("--runs", type=int, default=3)
        if name in ("grow-one", "profile"):
            one.add_argument("--size", type=int, default=2_000)
        if name.startswith("grow"):
            one.add_argument("--no-map", action="store_true")
        if name == "dask":
            one.add_argument("--records", type=int, default=1_000_000)
            one.add_argument("--workers", default="1,2")
            one.add_argument("--part", type=int, default=10_000)
            one.add_argument("--out", type=Path, required=True, help="folder for the records and the runs")
    commands.add_parser("start")
    args = parser.parse_args()
    if args.command == "grow-one":
        print(json.dumps(grow_one(args.papers, args.size, not args.no_map)))
        return
    print(machine())
    if args.command == "grow":
        table = grow(args.papers, [int(size) for size in args.sizes.split(",")], args.runs, not args.no_map)
    elif args.command == "dask":
        args.out.mkdir(parents=True, exist_ok=True)
        table = dask_runs(
            args.papers, args.records, [int(n) for n in args.workers.split(",")], args.out, args.part
        )
    elif args.command == "profile":
        table = profile(args.papers, args.size)
    else:
        table = start()
    print(table.to_markdown(index=False))


if __name__ == "__main__":
    main()
