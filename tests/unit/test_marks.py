"""An unstable topic is marked wherever its name stands, and the mark is explained there."""

from __future__ import annotations

import pandas as pd
import pytest

import paperatlas as pa
from paperatlas import figures
from paperatlas.prose import MARK_EXPLAINED, UNSTABLE
from paperatlas.trends import find_bursts, memberships, newcomers

LONG = "a name much longer than any label of a figure can ever be, so that it has to be shortened everywhere"


def topics_of(study: pa.Study, stable: bool) -> pd.DataFrame:
    table = study.topics.at("topic").assign(stable=True)
    largest = table["topic"] == table["topic"].iloc[0]
    return table.assign(stable=stable | ~largest, name=table["name"].where(~largest, LONG))


def drawn(study: pa.Study, topics: pd.DataFrame) -> dict[str, object]:
    names, papers, trends, tests = (
        pa.marked_names(topics),
        study.papers,
        study.trends,
        study.trend_tests,
    )
    found, members = newcomers(papers), memberships(papers)[["topic", "paper_id"]]
    firsts = dict(zip(found["topic"], found["first_id"], strict=True))
    return {
        "panels": figures.share_panels(trends, topics, tests),
        "bars": figures.topic_bars(topics),
        "slopes": figures.trend_slopes(tests, names),
        "firsts": figures.timeline(papers, members, firsts, title="Firsts", names=names),
        "bursts": figures.burst_spans(find_bursts(trends), sorted(trends["period"].unique()), names, alpha=1),
        "code": figures.share_by_topic(pa.code_availability(papers, study.ledger), topics, title="Code"),
        "metrics": figures.named_heatmap(
            pa.named_resources(papers, study.ledger, kind="metric"), topics, title="Metrics"
        ),
        "dumps": figures.topics_in_dumps(study.topics_by_dump, topics, study.dump_table),
    }


def test_every_figure_marks_an_unstable_topic_and_says_so(study):
    for name, figure in drawn(study, topics_of(study, stable=False)).items():
        text = figure.to_json(engine="json").encode().decode("unicode-escape")
        assert f"{UNSTABLE} a name much" in text, name
        assert MARK_EXPLAINED in figure.layout.title.subtitle.text, name


def test_no_figure_has_a_mark_where_all_topics_are_stable(study):
    for name, figure in drawn(study, topics_of(study, stable=True)).items():
        assert UNSTABLE not in figure.to_json(engine="json").encode().decode("unicode-escape"), name


@pytest.mark.parametrize("stable", [True, False])
def test_a_table_explains_the_mark_where_it_has_one(study, stable):
    shown = pa.Table(topics_of(study, stable))
    assert (MARK_EXPLAINED in shown._repr_html_()) is not stable
    assert (f"{UNSTABLE} {LONG}" in repr(shown)) is not stable
