"""What is promised of the topics of the shipped dumps."""

from __future__ import annotations

import numpy as np
import pytest

from paperatlas.corpus import build_corpus
from paperatlas.errors import AtlasError
from paperatlas.readers import read_dumps
from paperatlas.shipped import data_path
from paperatlas.topics import Topics, fit_topics
from paperatlas.topics.coherence import Coherence
from paperatlas.topics.naming import Describer
from paperatlas.topics.terms import count_phrases


@pytest.fixture(scope="module")
def topics() -> Topics:
    return fit_topics(build_corpus(read_dumps(data_path("dumps"))))


def test_the_topics_hold_together_differ_and_are_found_again(topics: Topics) -> None:
    quality = topics.quality.iloc[0]
    assert 12 <= quality["n_topics"] <= 20
    assert quality["without_topic"] == 0
    assert quality["npmi"] >= 0.10
    assert quality["diversity"] >= 0.85
    assert quality["stability"] >= 0.80
    assert 5 <= quality["n_themes"] <= 8
    assert topics.null["passed"].all()


def test_words_and_names_find_the_papers(topics: Topics) -> None:
    # 0.7 is acceptable and 0.8 excellent discrimination (Hosmer & Lemeshow 2000, Applied Logistic Regression).
    for column in ("words_auc", "name_auc"):
        assert topics.table[column].min() >= 0.7
        assert topics.table[column].mean() >= 0.8
    assert topics.table["name"].is_unique
    assert topics.table["words"].str.count(";").eq(9).all()


def test_words_that_stand_together_find_the_papers_about_as_well_as_the_plain_ranking(topics: Topics) -> None:
    papers = build_corpus(read_dumps(data_path("dumps")))
    labels = topics.papers["topic"].to_numpy().astype(np.int32)
    phrases = count_phrases(papers["title"].tolist(), papers["abstract"].tolist(), min_papers=3)
    describer = Describer(phrases, Coherence(topics.texts))
    plain = describer.words(describer.scores(labels), together=0)
    areas = [describer.auc(columns, labels == topic) for topic, columns in enumerate(plain)]
    assert topics.table["words_auc"].mean() >= sum(areas) / len(areas) - 0.02


def test_confidence_is_the_share_of_resamples_in_which_a_paper_stays(topics: Topics) -> None:
    curve = topics.calibration()
    many = curve[curve["refits"] >= 200]
    assert curve["stayed"].is_monotonic_increasing
    assert (many["stayed"] - many["confidence"]).abs().max() < 0.15


@pytest.mark.parametrize("asked", [2, 12, 30, 60])
def test_as_many_topics_come_back_as_are_asked_for(asked: int) -> None:
    """More than would be chosen, too: topics then may be smaller."""
    corpus = build_corpus(read_dumps(data_path("dumps")))
    found = fit_topics(corpus, n_topics=asked, n_resamples=2, null_control=False)
    assert len(found.table) == asked == found.papers["topic"].nunique()


def test_more_topics_than_the_papers_fall_into_are_refused() -> None:
    corpus = build_corpus(read_dumps(data_path("dumps")))
    with pytest.raises(AtlasError, match=r"205 topics were asked for, but .* no more than \d+ groups"):
        fit_topics(corpus, n_topics=205, n_resamples=2, null_control=False)
