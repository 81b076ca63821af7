"""False discoveries and power of the trend tests, on simulated piles of several designs.

Usage: python benchmarks/trends.py [--runs 400]

Designs: ``shipped`` has the periods, topics and mix of sources of the shipped dumps; the others have two sources that
trade places over ten years. No topic moves within a source. Shares swing about their level as an autoregression
with the given standard deviation (of the log share) and correlation from year to year. Printed: share of piles with
any find (promised: at most .05) with its 95 % interval, and the smallest yearly change found four times in five.
"""

from __future__ import annotations

import argparse

import numpy as np

import paperatlas as pa
from paperatlas.intervals import wilson
from paperatlas.trends import Cells, count_cells, power_curve, simulate_null, smallest_found

SWINGS = ((0.0, 0.0), (0.2, 0.5), (0.2, 0.8), (0.4, 0.5), (0.4, 0.8), (0.6, 0.8))


def two_sources(per_year: int, old: list[float], new: list[float]) -> Cells:
    """Two sources that trade places; topics with these shares in either."""
    early = np.linspace(0.9, 0.1, 10) * per_year
    total = np.round(np.concatenate([early, per_year - early]))
    n = np.repeat(np.array([old, new]).T, 10, axis=1) * total
    time = np.tile(np.arange(2014, 2024) + 0.5, 2)
    period = np.array([str(int(year)) for year in time], dtype=object)
    source = np.repeat([[True, False], [False, True]], 10, axis=0)
    return Cells(list(range(len(old))), n, n, period, time, total, source, ["old", "new"])


def designs() -> dict[str, Cells]:
    study = pa.Study("data/dumps")
    return {
        "shipped": count_cells(study.corpus, study.topics),
        "3 topics": two_sources(100, [0.5, 0.2, 0.2], [0.1, 0.4, 0.2]),
        "10 topics": two_sources(
            300, np.linspace(0.02, 0.16, 10).tolist(), np.linspace(0.16, 0.02, 10).tolist()
        ),
        "30 topics": two_sources(
            200, np.linspace(0.01, 0.05, 30).tolist(), np.linspace(0.05, 0.01, 30).tolist()
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=400)
    runs = parser.parse_args().runs
    print("| design | swing | correlation | piles with a find | 95 % interval |\n|---|--:|--:|--:|---|")
    for name, cells in designs().items():
        for swing, persistence in SWINGS:
            null = simulate_null(cells, runs=runs, swing=swing, persistence=persistence, seed=7)
            wrong = int((null["discoveries"] > 0).sum())
            low, high = (float(bound[0]) for bound in wilson(np.array([wrong]), np.array([runs])))
            print(f"| {name} | {swing} | {persistence} | {wrong / runs:.3f} | {low:.3f} to {high:.3f} |")
        print(smallest_found(power_curve(cells, sizes=(30, 60, 120))).to_string(index=False))


if __name__ == "__main__":
    main()
