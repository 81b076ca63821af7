"""Figures over time, by structure: nothing lost, nothing untested drawn as sure, names never markup."""

import json

import numpy as np
import pandas as pd
import pytest

from paperatlas import figures
from paperatlas.trends import (
    find_bursts,
    memberships,
    newcomers,
    topic_trends,
    trend_tests,
)

HOSTILE = "<img src=x onerror=alert(1)>"
PERIODS = [str(year) for year in range(2014, 2026)]


@pytest.fixture(scope="module")
def pile() -> dict[str, pd.DataFrame]:
    """Twenty topics, two of the same name and one of a hostile one; topic 0 rises, topic 1 bursts, topic 2 is late."""
    random = np.random.default_rng(0)
    rows = []
    for year, total in zip(range(2014, 2026), [5, 20, 30, 40, 50, 60, 60, 80, 90, 120, 140, 60], strict=True):
        odds = np.ones(20)
        odds[0] = 0.1 * 2.0 ** (year - 2014)
        odds[1] = 8 if 2017 <= year <= 2018 else 0.3
        odds[2] = 4 if year >= 2021 else 0
        for topic in random.choice(20, size=total, p=odds / odds.sum()):
            month = int(random.integers(1, 13 if year < 2025 else 7))
            rows.append((f"p{len(rows):04d}", f"Paper {len(rows)}", f"{year}-{month:02d}", topic))
    papers = pd.DataFrame(rows, columns=["paper_id", "title", "published", "topic"])
    papers["arxiv_id"] = [f"2001.{row:05d}" for row in range(len(papers))]
    papers["dumps"] = [("a",) if row % 2 else ("a", "b") for row in range(len(papers))]
    topics = pd.DataFrame(
        {"topic": range(20), "name": [f"topic {i}" for i in range(20)], "theme": [i % 6 for i in range(20)]}
    )
    topics.loc[3, "name"] = topics.loc[4, "name"] = "one name"
    topics.loc[5, "name"] = HOSTILE
    trends = topic_trends(papers)
    return {"papers": papers, "topics": topics, "trends": trends, "tests": trend_tests(papers)}


@pytest.fixture(scope="module")
def names(pile: dict[str, pd.DataFrame]) -> pd.Series:
    return pile["topics"].set_index("topic")["name"]


def firsts_of(papers: pd.DataFrame, names: pd.Series):
    found = newcomers(papers)
    firsts = dict(zip(found["topic"], found["first_id"], strict=True))
    members = memberships(papers)[["topic", "paper_id"]]
    return figures.timeline(papers, members, firsts, title="Firsts", names=names)


def every_figure(pile: dict[str, pd.DataFrame], names: pd.Series) -> dict[str, object]:
    papers, topics, trends, tests = (pile[key] for key in ("papers", "topics", "trends", "tests"))
    return {
        "panels": figures.share_panels(trends, topics, tests),
        "slopes": figures.trend_slopes(tests, names),
        "firsts": firsts_of(papers, names),
        "bursts": figures.burst_spans(find_bursts(trends), sorted(trends["period"].unique()), names),
    }


def test_every_figure_has_a_title_words_and_no_markup_from_the_data(pile, names) -> None:
    for name, figure in every_figure(pile, names).items():
        assert figure.layout.title.text, name
        assert len(figure.layout.meta["alt"]) > 20, name
        drawn = json.dumps(
            {**figure.to_plotly_json(), "layout": {**figure.layout.to_plotly_json(), "meta": None}},
            default=str,
        )
        assert "<img" not in drawn, name


def test_periods_left_out_of_tests_are_not_part_of_the_line(pile) -> None:
    figure = figures.share_panels(pile["trends"], pile["topics"], pile["tests"])
    lines = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "lines+markers"]
    assert len(lines) == 20
    assert all(list(line.x) == PERIODS[1:-1] for line in lines), "2014 is thin, 2025 is under way"
    assert "not tested" in figure.layout.title.subtitle.text


def test_slopes_are_ranked_and_two_groups_of_one_name_keep_their_rows(pile, names) -> None:
    figure = figures.trend_slopes(pile["tests"], names)
    tested = pile["tests"].dropna(subset="odds_ratio").sort_values("odds_ratio", ascending=False)
    assert len(figure.layout.yaxis.ticktext) == len(tested)
    points = {
        int(y): x
        for trace in figure.data
        if trace.error_x.array is not None
        for x, y in zip(trace.x, trace.y, strict=True)
    }
    assert [points[row] for row in range(len(tested))] == tested["odds_ratio"].tolist()
    assert "rising" in {trace.name for trace in figure.data}
    rising = int(pile["tests"]["verdict"].eq("rising").sum())
    assert figure.layout.title.text.startswith(f"{rising} rising")


class TestWithoutDates:
    """A pile without dates gives figures that say so, not a traceback."""

    def test_every_figure(self, pile, names) -> None:
        papers = pile["papers"].assign(published=pd.Series([None] * len(pile["papers"]), dtype="str"))
        trends = topic_trends(papers)
        bare = {**pile, "papers": papers, "trends": trends, "tests": trend_tests(papers)}
        for name, figure in every_figure(bare, names).items():
            assert figure.layout.title.text, name
