"""False discoveries and power of the trend tests, on simulated piles of several designs.

Usage: python benchmarks/trends.py [--runs 400]

Designs: ``shipped`` has the periods, topics, terms and mix of sources of the shipped dumps; the others have two sources
that trade places over ten years. Nothing moves within a source. Shares swing about their level as an autoregression
with the given standard deviation (of the log share) and correlation from year to year. Printed: share of piles with
any find among topics, where topics or terms tell the swings, and with any sure difference between the last fifth and
the rest among 60 terms (promised: at most .05 each); and the smallest yearly change found four times in five.
"""

from __future__ import annotations

import argparse

import numpy as np

import paperatlas as pa
from paperatlas.intervals import adjusted_p
from paperatlas.trends import Cells, count_cells, power_curve, simulate_null, smallest_found
from paperatlas.trends.significance import fit_cells, testable
from paperatlas.trends.simulate import draw_terms

SWINGS = ((0.0, 0.0), (0.2, 0.5), (0.2, 0.8), (0.4, 0.5), (0.4, 0.8), (0.6, 0.8))


def two_sources(per_year: int, old: list[float], new: list[float]) -> Cells:
    """Two sources that trade places; topics with these shares in either."""
    early = np.linspace(0.9, 0.1, 10) * per_year
    total = np.round(np.concatenate([early, per_year - early]))
    n = np.repeat(np.array([old, new]).T, 10, axis=1) * total
    time = np.tile(np.arange(2014, 2024) + 0.5, 2)
    period = np.array([str(int(year)) for year in time], dtype=object)
    source = np.repeat([[True, False], [False, True]], 10, axis=0)
    return Cells(list(range(len(old))), n, period, time, total, source, ["old", "new"])


def with_terms(cells: Cells) -> tuple[Cells, Cells]:
    """The design, and 60 terms with a share of their own in either source."""
    shares = np.exp(np.random.default_rng(5).normal(-3.5, 0.8, (60, 2))).clip(0.01, 0.3)
    n = np.repeat(shares, 10, axis=1) * cells.total
    return cells, cells._replace(groups=list(range(60)), n=n)


def designs() -> dict[str, tuple[Cells, Cells]]:
    study = pa.Study("data/dumps")
    ten, thirty = np.linspace(0.02, 0.16, 10).tolist(), np.linspace(0.01, 0.05, 30).tolist()
    return {
        "shipped": (
            count_cells(study.corpus, study.topics),
            count_cells(study.corpus, study.terms, level="term"),
        ),
        "3 topics": with_terms(two_sources(100, [0.5, 0.2, 0.2], [0.1, 0.4, 0.2])),
        "10 topics": with_terms(two_sources(300, ten, ten[::-1])),
        "30 topics": with_terms(two_sources(200, thirty, thirty[::-1])),
    }


def false_contrasts(terms: Cells, runs: int, swing: float, persistence: float) -> float:
    """Share of piles in which any term differs between then and now."""
    random = np.random.default_rng(7)
    years = np.sort(np.repeat(terms.time, terms.total.astype(int)))
    now = (terms.time >= years[int(0.8 * len(years))]).astype(float)
    wrong = 0
    for _ in range(runs):
        drawn = terms._replace(n=draw_terms(terms, swing, persistence, random))
        fit = fit_cells(drawn.rows(testable(drawn)), covariate=now)
        wrong += bool((adjusted_p(fit.p) <= 0.05).any())
    return wrong / runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=400)
    runs = parser.parse_args().runs
    print("| design | swing | correlation | by topics | by terms | then and now |\n|---|--:|--:|--:|--:|--:|")
    for name, (cells, terms) in designs().items():
        for swing, persistence in SWINGS:
            wrong = [
                (
                    simulate_null(cells, known, runs=runs, swing=swing, persistence=persistence)[
                        "discoveries"
                    ]
                    > 0
                ).mean()
                for known in (None, terms)
            ]
            wrong.append(false_contrasts(terms, runs, swing, persistence))
            print(
                f"| {name} | {swing} | {persistence} | "
                + " | ".join(f"{share:.3f}" for share in wrong)
                + " |",
                flush=True,
            )
        for known in (None, terms):
            print(smallest_found(power_curve(cells, known, sizes=(30, 60, 120))).to_string(index=False))


if __name__ == "__main__":
    main()
