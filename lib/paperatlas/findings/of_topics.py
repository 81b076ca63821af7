"""What the topics are, how the map shows them, and how they move: how far each can be trusted, and what could be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas.intervals import wilson
from paperatlas.prose import between, count, listing, no_census, out_of, percent, quoted, top, verb
from paperatlas.trends.significance import FADING, MIN_PERIODS, OPEN, RISING, STEADY

if TYPE_CHECKING:
    from paperatlas.study import Study
    from paperatlas.topics import Topics

_AGAIN = {"holds": "is found again", "shaky": "is not always found again", "fragile": "is seldom found again"}
_RESAMPLED = "when the papers are resampled"
_LOW = 0.2  # share of its neighbours that a paper in a doubtful place keeps at most


def told_apart(topics: Topics) -> bool:
    """Whether there are topics at all, and not groups as chance makes them."""
    return not topics.verdict.startswith("There are no topics")


def names_of(study: Study, level: str = "topic") -> pd.Series:
    """Name of each node of a level, by its number."""
    return study.topics.at(level).set_index(level)["name"]


def topics(study: Study) -> list[str]:
    """How far the topics can be trusted."""
    sentences = [levels_counted(study.topics), stability(study), *between_topics(study)]
    auc = study.topics.at("topic")["name_auc"]
    if len(auc) > 1 and auc.notna().any():
        sentences.append(
            f"a topic's name finds its own papers with a mean AUC of {auc.mean():.2f} (1 is perfect, 0.5 is chance)"
        )
    return sentences


def levels_counted(topics: Topics) -> str:
    """How many nodes each level has."""
    themes, middle, finest = (len(topics.at(level)) for level in ("theme", "topic", "subtopic"))
    finer = count(finest, "subtopic", words=True)
    if middle == 1:
        return f"the papers are one topic with {finer}"
    if themes == middle:
        return f"the papers fall into {count(middle, 'topic', words=True)} with {finer}"
    return f"the papers fall into {count(themes, 'theme', words=True)} with {count(middle, 'topic', words=True)} and {finer}"


def stability(study: Study) -> str:
    """How many topics are found again, and which best."""
    table = study.topics.at("topic")
    if len(table) == 1:
        return "no part of the papers is found again as a topic of its own when they are resampled"
    if not told_apart(study.topics):
        return "groups come back just as well where there is nothing to find, so these topics are a sketch"
    held = int((table["grade"] == "holds").sum())
    steadiest = top(table, table["stability"])
    return (
        f"{out_of(held, len(table), 'topic')} {verb(held, 'are')} found again {_RESAMPLED}; the most stable is "
        f"{quoted(steadiest['name'])} (Jaccard {steadiest['stability']:.2f})"
    )


def between_topics(study: Study) -> list[str]:
    """How many papers have no sure topic, if any."""
    weak = study.topics.papers["confidence"] < 0.5
    if not (n := int(weak.sum())):
        return []
    share = percent(weak.mean())
    return [
        f"{count(n, 'paper')} ({share}) {verb(n, 'sit')} between topics, with a confidence below one half"
    ]


def topic(study: Study, number: int, level: str = "topic") -> list[str]:
    """One topic, or theme or subtopic, and how far to trust it."""
    nodes = study.topics.at(level).set_index(level)
    row: dict[Any, Any] = nodes.loc[number].to_dict()
    holds = f"{quoted(row['name'])} holds {count(int(row['size']), 'paper')}"
    if len(nodes) > 1:
        holds += (
            f" and {_AGAIN[row['grade']]} {_RESAMPLED} (Jaccard {row['stability']:.2f}, "
            f"95 % interval {row['stability_low']:.2f} to {row['stability_high']:.2f})"
        )
    sentences = [holds, f"its words are {listing(str(row['words']).split(';'), most=10)}"]
    if level != "topic":
        return sentences
    papers = study.topics.papers
    second = papers.loc[papers["topic"] == number, "runner_up"].value_counts()
    if len(nodes) > 1 and len(second) and second.index[0] in nodes.index:
        sentences.append(f"papers that leave it mostly join {quoted(nodes['name'][second.index[0]])}")
    verdict = study.trend_tests.set_index("topic")["verdict"].get(number, OPEN)
    unknown = "the papers cannot tell whether it rises or fades"
    return [*sentences, unknown if verdict == OPEN else f"its share is {verdict}"]


def mapping(study: Study) -> list[str]:
    """How far the map can be trusted."""
    kept = study.papers["kept_neighbours"]
    said = [
        f"on average {percent(float(kept.mean()))} of a paper's nearest neighbours are still its nearest on the map; a "
        f"random picture would keep {percent(study.map.expected)}"
    ]
    if n := int((kept < _LOW).sum()):
        whose = "its" if n == 1 else "their"
        said.append(f"{count(n, 'paper')} kept fewer than one in five; read {whose} place with care")
    return said


def trends(study: Study) -> list[str]:
    """Which topics move."""
    tests, names = study.trend_tests, names_of(study)
    moving = [
        f"{quoted(names[row['topic']])} is {verdict}: its odds {change_a_year(row)}"
        for verdict in (RISING, FADING, STEADY)
        for row in tests[tests["verdict"] == verdict].sort_values("p_adjusted").head(3).to_dict("records")
    ]
    doubts = doubt(tests, names, study.names("dump"))
    return [verdicts_counted(study), *moving, *doubts, no_census(study.records.attrs["kinds"])]


def change_a_year(row: Mapping[Any, Any]) -> str:
    """What odds do, of a row of `paperatlas.trend_tests`, with the interval; of a steady group over the whole span."""
    if row["verdict"] == STEADY:
        low, high = row["change_low"], row["change_high"]
        return f"change by a factor of {low:.2f} to {high:.2f} from {row['first']} to {row['last']} (90 % interval)"
    return f"change by a factor of {row['odds_ratio']:.2f} a year ({row['odds_low']:.2f} to {row['odds_high']:.2f})"


def verdicts_counted(study: Study) -> str:
    """The verdicts counted, those that move named; or why there is no trend to test."""
    tests, names = study.trend_tests, names_of(study)
    periods = int(tests["periods"].max()) if len(tests) else 0
    if periods < MIN_PERIODS:
        return (
            f"whether a topic rises or fades cannot be told: a trend needs {MIN_PERIODS} finished periods with 10 dated "
            f"papers each, and there {verb(periods, 'are')} {periods or 'none'}"
        )
    parts = []
    for verdict in (RISING, FADING, STEADY):
        if found := tests.loc[tests["verdict"] == verdict, "topic"].tolist():
            shown = f" ({listing([quoted(names[n]) for n in found], most=2)})" if verdict != STEADY else ""
            parts.append(f"{len(found)} {verb(len(found), 'are')} {verdict}{shown}")
    unknown = int((tests["verdict"] == OPEN).sum())
    if not parts:
        return f"the papers cannot tell whether {'the' if unknown == 1 else 'any'} topic rises or fades"
    rest = f"; of {unknown} the papers cannot tell" if unknown else ""
    return f"of {count(len(tests), 'topic')}, {listing(parts)}{rest}"


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
        return f"{listing(shown, most=3)} would seem to move if the mix of sources were left out of account"
    return "the mix of sources makes nothing seem to move that does not"


def power(smallest: pd.DataFrame) -> list[str]:
    """What could have been seen, from `paperatlas.trends.smallest_found`."""
    said = []
    for row in smallest.to_dict("records"):
        ways = {"rise": row[RISING], "fall": row[FADING]}
        seen = {way: f"by a factor of {by:g} a year" for way, by in ways.items() if by == by}
        parts = (
            [f"{listing([f'{way}s {by}' for way, by in seen.items()])} are found four times in five"]
            if seen
            else []
        )
        if len(seen) == 2 and ways["rise"] == ways["fall"]:
            parts = [f"rises and falls {seen['rise']} are found four times in five"]
        if missed := [way for way in ways if way not in seen]:
            parts.append(f"no {' or '.join(missed)} that was tried is found so often")
        said.append(f"in a topic of {row['papers']} papers, {'; '.join(parts)}")
    return said or ["there are too few periods with enough papers for any test"]


def promise(null: pd.DataFrame) -> list[str]:
    """Whether the tests keep their false-discovery rate, from `paperatlas.trends.simulate_null`."""
    if null.empty:
        return ["there are too few periods with enough papers for any test, so there is no promise to keep"]
    runs, wrong = len(null), int((null["discoveries"] > 0).sum())
    low, high = (float(bound[0]) for bound in wilson(np.array([wrong]), np.array([runs])))
    kept = "which keeps" if low <= 0.05 else "which BREAKS"
    return [
        f"of {runs:,} simulated piles without any trend, {wrong} {verb(wrong, 'show')} one "
        f"({percent(wrong / runs)}, 95 % interval {between(low, high)}), {kept} the promised 5 %"
    ]
