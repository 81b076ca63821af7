"""What is promised of the topics of the shipped dumps."""

import pandas as pd
import pytest

from paperatlas import Study
from paperatlas.errors import AtlasError
from paperatlas.topics import Topics, fit_topics


@pytest.fixture(scope="module")
def topics(study: Study) -> Topics:
    return study.fitted


def test_the_topics_hold_together_differ_and_are_found_again(topics: Topics) -> None:
    quality = topics.quality.iloc[0]
    assert 10 <= quality["n_topics"] <= 20
    assert 5 <= quality["n_themes"] <= 12
    assert quality["n_subtopics"] > quality["n_topics"]
    assert quality["without_topic"] == 0
    assert quality["npmi"] >= 0.10
    assert quality["diversity"] >= 0.85
    assert quality["stability"] >= 0.65  # moderate recovery (Steinley 2004, Psychological Methods 9(3))
    assert topics.null["passed"].all()


def test_names_are_terms_of_the_field_that_find_the_papers(topics: Topics) -> None:
    # 0.7 is acceptable discrimination (Hosmer & Lemeshow 2000, Applied Logistic Regression).
    table = topics.at("topic")
    assert table["name_auc"].mean() >= 0.7
    assert table["name"].is_unique
    assert table["words"].str.count(";").eq(9).all()
    every = topics.table.assign(head=topics.table["name"].str.split(", ").str[0].str.lower())
    assert not every.duplicated(["level", "head"]).any()
    heads = set(every.loc[every["level"] == "topic", "head"])
    assert {
        "recurrent neural networks (rnns)",
        "graph neural networks (gnns)",
        "mixture of experts (moe)",
    } <= heads


def test_confidence_is_the_share_of_resamples_in_which_a_paper_stays(topics: Topics) -> None:
    curve = topics.calibration()
    many = curve[curve["refits"] >= 200]
    assert curve["stayed"].is_monotonic_increasing
    assert (many["stayed"] - many["confidence"]).abs().max() < 0.15


@pytest.mark.parametrize("asked", [2, 30, 60])
def test_as_many_topics_come_back_as_are_asked_for(asked: int, corpus: pd.DataFrame) -> None:
    """More than would be chosen, too: topics then may be smaller."""
    found = fit_topics(corpus, n_topics=asked, n_resamples=2, null_control=False)
    assert len(found.at("topic")) == asked == found.papers["topic"].nunique()


def test_more_topics_than_the_papers_fall_into_are_refused(corpus: pd.DataFrame) -> None:
    with pytest.raises(AtlasError, match=r"205 topics were asked for, but .* no more than \d+ groups"):
        fit_topics(corpus, n_topics=205, n_resamples=2, null_control=False)
