"""What moves through time, how far that can be trusted, and what could have been seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from paperatlas.intervals import wilson
from paperatlas.prose import between, count, listing, no_census, percent, quoted
from paperatlas.trends.significance import FADING, MIN_PERIODS, OPEN, RISING, STEADY

if TYPE_CHECKING:
    from paperatlas.study import Study


def trends(study: Study) -> list[str]:
    """Which topics move."""
    tests = study.trend_tests
    names = study.topics.at("topic").set_index("topic")["name"]
    sentences = [verdicts_counted(study)]
    for verdict in (RISING, FADING):
        for row in tests[tests["verdict"] == verdict].sort_values("p_adjusted").head(3).to_dict("records"):
            sentences.append(
                f"{quoted(names[row['topic']])} is {verdict}: its odds change by a factor of {row['odds_ratio']:.2f} a "
                f"year ({row['odds_low']:.2f} to {row['odds_high']:.2f})"
            )
    doubts = doubt(tests, names, study.names("dump"))
    return [*sentences, *doubts, no_census(study.records.attrs["kinds"])]


def too_few_periods(tests: pd.DataFrame) -> str:
    """Why there is no trend to test where time is too short; "" where it is not."""
    periods = int(tests["periods"].max()) if len(tests) else 0
    if periods >= MIN_PERIODS:
        return ""
    found = "there is one" if periods == 1 else f"there are {periods or 'none'}"
    return f"a trend needs {MIN_PERIODS} finished periods of 10 dated papers or more, and {found}"


def verdicts_counted(study: Study) -> str:
    """The verdicts counted, those that move named."""
    tests = study.trend_tests.merge(study.topics.at("topic")[["topic", "name"]], on="topic")
    if tests.empty or too_few_periods(tests):
        return f"whether a topic rises or fades cannot be told: {too_few_periods(tests)}"
    parts = []
    for verdict in (RISING, FADING, STEADY):
        names = tests.loc[tests["verdict"] == verdict, "name"].tolist()
        if names:
            shown = f" ({listing([quoted(n) for n in names], most=2)})" if verdict != STEADY else ""
            parts.append(f"{len(names)} {'are' if len(names) != 1 else 'is'} {verdict}{shown}")
    unknown = int((tests["verdict"] == OPEN).sum())
    if unknown == len(tests):
        return f"whether any of {count(unknown, 'topic')} rises or fades, these papers cannot tell"
    if unknown:
        parts.append(f"of {unknown} the papers cannot tell")
    return f"of {count(len(tests), 'topic')}, " + listing(parts, most=4)


def doubt(tests: pd.DataFrame, names: pd.Series, labels: Mapping[object, str]) -> list[str]:
    """What the sources (called by their labels), a second test and single periods do to the verdicts."""
    by = str(tests.columns[0])
    tested = tests[tests["odds_ratio"].notna()]
    found = tested[tested["verdict"].isin([RISING, FADING])]
    said = [_beside_plain(tested, found, names)] if len(tested) and len(labels) > 1 else []
    if found.empty:
        return said
    agree = int((found["agreement"] == "yes").sum())
    said.append(
        f"a second test (Mann-Kendall, corrected alike) agrees on {agree or 'none'} of {count(len(found), 'trend')} found"
    )
    for group, depends_on in found.loc[found["depends_on"] != "", [by, "depends_on"]].itertuples(index=False):
        lost = left_out(depends_on, labels)
        said.append(f"{quoted(str(names[group]))} is a lead only: its trend is not found {lost}")
    if not found["depends_on"].any():
        said.append(f"{'it is' if len(found) == 1 else 'each is'} found without any one period or source")
    return said


def left_out(depends_on: str, labels: Mapping[object, str]) -> str:
    """The periods and sources (by their labels) without which a trend is not found."""
    needs = [quoted(labels[name]) if name in labels else name for name in depends_on.split("; ")]
    return f"when {' or '.join(filter(None, [', '.join(needs[:-1]), needs[-1]]))} is left out"


def _beside_plain(tested: pd.DataFrame, found: pd.DataFrame, names: pd.Series) -> str:
    """What is left of trends once the mix of sources is allowed for."""
    by = str(tested.columns[0])
    lost = tested[(tested["plain_p_adjusted"] <= 0.05) & ~tested.index.isin(found.index)]
    if len(lost):
        shown = [quoted(str(names[group])) for group in lost[by]]
        return f"{listing(shown, most=3)} would move if the mix of sources were left out of account; within sources, not so"
    moved = np.abs(np.log(tested["plain_odds_ratio"] / tested["odds_ratio"]))
    row = tested.iloc[int(np.argmax(np.asarray(moved)))]
    if round(row["odds_ratio"], 2) == round(row["plain_odds_ratio"], 2):
        return "the mix of sources moves no estimate"
    return (
        f"the mix of sources moves the estimate for {quoted(str(names[row[by]]))} most: {row['odds_ratio']:.2f} a year "
        f"within sources, {row['plain_odds_ratio']:.2f} without regard to them"
    )


def power(smallest: pd.DataFrame) -> list[str]:
    """What could have been seen, from `paperatlas.trends.smallest_found`."""
    said = [
        f"with {row['papers']:.0f} papers, a rise is found four times in five {_from(row['rising'])}, "
        f"a fading {_from(row['fading'])}"
        for row in smallest.astype(float).to_dict("records")
    ]
    return said or ["there are too few periods with enough papers for any test"]


def _from(change: float) -> str:
    return "at none of the strengths tried" if np.isnan(change) else f"from a factor of {change:g} a year"


def promise(null: pd.DataFrame) -> list[str]:
    """Whether the tests keep their false-discovery rate, from `paperatlas.trends.simulate_null`."""
    if null.empty:
        return ["there are too few periods with enough papers for any test, so there is no promise to keep"]
    runs, wrong = len(null), int((null["discoveries"] > 0).sum())
    low, high = (float(bound[0]) for bound in wilson(np.array([wrong]), np.array([runs])))
    kept = "which keeps" if low <= 0.05 else "which BREAKS"
    return [
        f"{wrong} of {runs:,} simulated piles without any trend show one ({percent(wrong / runs)}, 95 % interval "
        f"{between(low, high)}), {kept} the promised 5 %"
    ]
