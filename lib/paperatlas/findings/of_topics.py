"""What the topics are, how the map shows them, and how they move: how far each can be trusted, and what could be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas.intervals import wilson
from paperatlas.prose import quoted
from paperatlas.templates import say
from paperatlas.topics.result import LEVELS
from paperatlas.trends.significance import FADING, MIN_PERIODS, OPEN, RISING, STEADY

if TYPE_CHECKING:
    from paperatlas.study import Study
    from paperatlas.topics import Topics


def told_apart(topics: Topics) -> bool:
    """Whether there are topics at all, and not groups as chance makes them."""
    return not topics.verdict.startswith("There are no topics")


def names_of(study: Study, level: str = "topic") -> pd.Series:
    """Name of each node of a level, by its number."""
    return study.topics.at(level).set_index(level)["name"]


def topics(study: Study) -> list[str]:
    """How far the topics can be trusted."""
    auc = study.topics.at("topic")["name_auc"]
    found = say("names_found", auc=auc.mean()) if len(auc) > 1 and auc.notna().any() else []
    return [*levels(study), *stability(study), *between_topics(study), *found]


def levels(study: Study) -> list[str]:
    """How many nodes each level has."""
    return say("levels", **{level: len(study.topics.at(level)) for level in LEVELS})


def stability(study: Study) -> list[str]:
    """How many topics are found again, and which best."""
    table = study.topics.at("topic")
    best, held = table.iloc[table["stability"].argmax()], int((table["grade"] == "holds").sum())
    facts = {"apart": told_apart(study.topics), "name": best["name"], "jaccard": best["stability"]}
    return say("stability", n=len(table), held=held, **facts)


def between_topics(study: Study) -> list[str]:
    """How many papers have no sure topic, if any."""
    weak = study.topics.papers["confidence"] < 0.5
    return say("between_topics", n=int(weak.sum()), share=weak.mean())


def topic(study: Study, number: int, level: str = "topic") -> list[str]:
    """One topic, or theme or subtopic, and how far to trust it."""
    nodes, papers = study.topics.at(level).set_index(level), study.topics.papers
    names, alone = nodes["name"], len(nodes) == 1
    runners_up = papers.loc[papers["topic"] == number, "runner_up"].value_counts().index
    asked = level == "topic" and not alone and len(runners_up) > 0
    second = names.get(runners_up[0]) if asked else None
    verdict = study.trend_tests.set_index("topic")["verdict"].get(number, OPEN)
    node = nodes.loc[number].to_dict()
    return say("topic", node=node, alone=alone, level=level, second=second, verdict=verdict)


def mapping(study: Study) -> list[str]:
    """How far the map can be trusted."""
    kept = study.papers["kept_neighbours"]
    return say("mapping", kept=float(kept.mean()), expected=study.map.expected, n=int((kept < 0.2).sum()))


def trends(study: Study) -> list[str]:
    """Which topics move."""
    tests, names = study.trend_tests, names_of(study)
    said = verdicts(study)
    for verdict in (RISING, FADING, STEADY):
        for row in tests[tests["verdict"] == verdict].sort_values("p_adjusted").head(3).to_dict("records"):
            said += say("moving", name=names[row["topic"]], row=row)
    return [*said, *doubt(tests, names, study.names("dump")), *no_census(study)]


def no_census(study: Study) -> list[str]:
    """Why no share of a pile is one of the literature."""
    return say("no_census", searches=study.called.searches)


def verdicts(study: Study) -> list[str]:
    """The verdicts counted, those that move named; or why there is no trend to test."""
    tests = study.trend_tests.assign(name=study.trend_tests["topic"].map(names_of(study)))
    named = []
    for verdict in (RISING, FADING, STEADY):
        if found := tests.loc[tests["verdict"] == verdict, "name"].map(quoted).tolist():
            named += say("verdict", n=len(found), verdict=verdict, names=found)
    periods, unknown = int(tests["periods"].max()) if len(tests) else 0, int((tests["verdict"] == OPEN).sum())
    return say("verdicts", periods=periods, least=MIN_PERIODS, named=named, n=len(tests), unknown=unknown)


def doubt(tests: pd.DataFrame, names: pd.Series, labels: Mapping[object, str]) -> list[str]:
    """What the sources (called by their labels), a second test and single periods do to the verdicts."""
    tests = tests.assign(name=tests.iloc[:, 0].map(names).astype(str))
    tested = tests[tests["odds_ratio"].notna()]
    found = tested[tested["verdict"].isin([RISING, FADING])]
    hanging = found.loc[found["depends_on"] != "", ["name", "depends_on"]].to_numpy().tolist()
    lost = tested.loc[(tested["plain_p_adjusted"] <= 0.05) & ~tested.index.isin(found.index), "name"]
    return say(
        "doubt", several=len(tested) > 0 and len(labels) > 1, lost=lost.map(quoted).tolist(), n=len(found),
        agree=int((found["agreement"] == "yes").sum()),
        hanging=[(name, left_out(depends_on, labels)) for name, depends_on in hanging],
    )  # fmt: skip


def left_out(depends_on: str, labels: Mapping[object, str]) -> str:
    """The periods and sources (by their labels) without which a trend is not found, if there are any."""
    if not depends_on:
        return ""
    needs = [quoted(labels[name]) if name in labels else name for name in depends_on.split("; ")]
    return f"when {' or '.join(filter(None, [', '.join(needs[:-1]), needs[-1]]))} is left out"


def power(smallest: pd.DataFrame) -> list[str]:
    """What could have been seen, from `paperatlas.trends.smallest_found`."""
    said: list[str] = []
    for row in smallest.fillna(0.0).to_dict("records"):
        said += say("power", papers=row["papers"], rise=row[RISING], fall=row[FADING])
    return said or ["there are too few periods with enough papers for any test"]


def promise(null: pd.DataFrame) -> list[str]:
    """Whether the tests keep their false-discovery rate, from `paperatlas.trends.simulate_null`."""
    return say("promise", **share_of(int((null["discoveries"] > 0).sum()), len(null)))


def share_of(n: int, total: int) -> dict[str, Any]:
    """A share with its 95 % interval, as sentences take it."""
    low, high = (float(bound[0]) for bound in wilson(np.array([n]), np.array([total])))
    return {"n": n, "total": total, "low": low, "high": high}
