"""Topics are found where they were planted, and not where there are none."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from paperatlas.errors import AtlasError
from paperatlas.topics import LEVELS, MIN_PAPERS, Topics, fit_topics
from paperatlas.topics.coherence import Coherence
from tests.piles import COMMON, SUBJECTS, planted


@pytest.fixture(scope="module")
def corpus() -> tuple[pd.DataFrame, np.ndarray]:
    return planted()


@pytest.fixture(scope="module")
def topics(corpus: tuple[pd.DataFrame, np.ndarray]) -> Topics:
    return fit_topics(corpus[0], n_resamples=20)


def tables(topics: Topics) -> dict[str, str]:
    """Every table as the text it would be exported as."""
    return {
        name: getattr(topics, name).to_csv(index=False) for name in ("papers", "table", "quality", "null")
    }


def test_planted_subjects_come_back_as_topics(
    topics: Topics, corpus: tuple[pd.DataFrame, np.ndarray]
) -> None:
    assert len(topics.at("topic")) == len(SUBJECTS)
    assert adjusted_rand_score(corpus[1], topics.papers["topic"]) > 0.95
    assert topics.quality["stability"].iloc[0] > 0.95
    assert topics.at("topic")["grade"].eq("holds").all()
    assert topics.verdict.startswith("There are topics")
    assert topics.null["passed"].all()


def test_subjects_of_more_papers_than_the_usual_topic_come_back_whole() -> None:
    corpus, subject = planted(60)
    topics = fit_topics(corpus, n_resamples=10)
    assert len(topics.at("topic")) == len(SUBJECTS)
    assert adjusted_rand_score(subject, topics.papers["topic"]) > 0.95
    assert topics.verdict.startswith("There are topics")


def test_where_all_papers_are_one_topic_nothing_is_said_of_topics(corpus: Any) -> None:
    one = fit_topics(corpus[0], n_topics=1, n_resamples=20)
    assert len(one.at("subtopic")) > 1
    assert one.null["measure"].tolist() == ["subtopics beside points without structure"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_counts_its_papers_and_is_ordered_by_size(topics: Topics, level: str) -> None:
    table = topics.at(level)
    counts = topics.papers[level].value_counts()
    assert table["size"].tolist() == [counts[node] for node in table[level]]
    assert table["size"].is_monotonic_decreasing
    assert (table["stability_low"] <= table["stability"]).all()
    assert (table["stability"] <= table["stability_high"]).all()
    node_of = topics.papers.set_index("paper_id")[level]
    for row in table.to_dict("records"):
        assert {node_of[paper] for paper in (*row["typical"], *row["borderline"])} == {row[level]}
        assert len(row["typical"]) == len(row["borderline"]) == 3


def test_every_level_is_nested_in_the_one_above() -> None:
    rng = np.random.default_rng(4)
    rows, truth = [], []
    for words in SUBJECTS.values():
        own = words.split()
        for half in (own[:6], own[6:]):
            for _ in range(24):
                text = [*rng.choice(half, 14), *rng.choice(own, 10), *rng.choice(COMMON.split(), 6)]
                rows.append((f"s{len(rows):03d}", " ".join(rng.choice(half, 3)), " ".join(text)))
                truth.append(half[0])
    corpus = pd.DataFrame(rows, columns=["paper_id", "title", "abstract"])
    topics = fit_topics(corpus, n_topics=5, n_resamples=10, null_control=False)
    papers = topics.papers
    for above, level in (("theme", "topic"), ("topic", "subtopic")):
        inside = papers[papers[level].notna()]
        assert inside.groupby(level)[above].nunique().eq(1).all()
        parents = inside.groupby(level)[above].first()
        assert topics.at(level).set_index(level)[above].to_dict() == parents.to_dict()
    assert topics.at("subtopic").groupby("topic").size().ge(2).all()
    assert papers["subtopic"].notna().mean() > 0.9
    assert adjusted_rand_score(truth, papers["subtopic"].fillna(-1)) > 0.8
    topics_of = {t: row.theme for row in topics.at("theme").itertuples() for t in row.topics}
    assert topics_of == topics.at("topic").set_index("topic")["theme"].to_dict()


def test_where_words_are_chance_no_topics_are_told() -> None:
    rng = np.random.default_rng(3)
    words = [*" ".join(SUBJECTS.values()).split(), *COMMON.split()]
    noise = pd.DataFrame(
        {
            "paper_id": [f"n{i:03d}" for i in range(80)],
            "title": [" ".join(rng.choice(words, 4)) for _ in range(80)],
            "abstract": [" ".join(rng.choice(words, 40)) for _ in range(80)],
        }
    )
    topics = fit_topics(noise, n_resamples=20)
    assert topics.verdict.startswith("There are no topics")


def test_the_order_of_the_papers_changes_nothing(corpus: Any, topics: Topics) -> None:
    order = np.random.default_rng(1).permutation(len(corpus[0]))
    again = fit_topics(corpus[0].iloc[order].reset_index(drop=True), n_resamples=20)
    pd.testing.assert_frame_equal(again.papers, topics.papers.iloc[order].reset_index(drop=True))
    mine, theirs = tables(topics), tables(again)
    assert {name for name in mine if mine[name] != theirs[name]} == {"papers"}


@pytest.mark.parametrize("found", [0, 3, MIN_PAPERS - 1])
def test_too_few_papers_are_refused_with_both_numbers(corpus: Any, found: int) -> None:
    with pytest.raises(AtlasError, match=f"at least {MIN_PAPERS} papers; found {found}"):
        fit_topics(corpus[0].head(found))


def test_bad_input_is_named(corpus: Any) -> None:
    papers = corpus[0]
    with pytest.raises(AtlasError, match=r"lacks the columns \['abstract'\]"):
        fit_topics(papers.drop(columns="abstract"))
    with pytest.raises(AtlasError, match="must be unique"):
        fit_topics(pd.concat([papers, papers.head(1)]))
    with pytest.raises(AtlasError, match="found 3 and 120"):
        fit_topics(papers, np.ones((3, 2)))
    with pytest.raises(AtlasError, match="n_topics must lie between 1 and a third"):
        fit_topics(papers, n_topics=100)
    vectors = np.ones((len(papers), 3))
    vectors[7, 1] = np.nan
    with pytest.raises(AtlasError, match=f"finite; the one of '{papers['paper_id'].iloc[7]}' .row 7. is not"):
        fit_topics(papers, vectors)


def test_a_model_of_a_large_corpus_places_its_papers_as_the_fit_did(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import paperatlas.topics.assign as assign
    import paperatlas.topics.fit as fit

    for module in (fit, assign):
        monkeypatch.setattr(module, "CORE", 60)
    corpus, _ = planted(per_subject=40)
    topics = fit_topics(corpus, n_topics=5)
    model = assign.TopicModel.of(corpus, topics)
    assert len(model.core) == 60
    model.save(tmp_path)
    for kept in (model, assign.TopicModel.load(tmp_path)):
        found = kept.assign(corpus)
        assert found.pop("placed_by").eq("abstract").all()
        pd.testing.assert_frame_equal(found, topics.papers, check_dtype=False)
        alone = kept.assign(corpus.iloc[[7]])
        pd.testing.assert_frame_equal(alone.drop(columns="placed_by"), found.iloc[[7]].reset_index(drop=True))
    (tmp_path / "leaves.parquet").unlink()
    with pytest.raises(AtlasError, match="expected a topic model"):
        assign.TopicModel.load(tmp_path)


def test_the_bertopic_object_works_and_survives_saving(topics: Topics, tmp_path: Path) -> None:
    from bertopic import BERTopic

    model = topics.model
    assert model.topics_ == topics.papers["topic"].tolist()
    assert model.get_topic_info()["CustomName"].tolist() == topics.at("topic")["name"].tolist()
    assert len(model.hierarchical_topics(topics.texts)) == len(topics.at("topic")) - 1
    years = [2000 + i % 3 for i in range(len(topics.texts))]
    assert model.topics_over_time(topics.texts, years)["Frequency"].sum() == len(topics.texts)
    model.save(tmp_path / "model", serialization="pickle")
    again = BERTopic.load(tmp_path / "model")
    assert again.topics_ == model.topics_
    assert [w for w, _ in again.get_topic(0)] == [w for w, _ in model.get_topic(0)]


def test_coherence_equals_gensim() -> None:
    from gensim.corpora import Dictionary
    from gensim.models.coherencemodel import CoherenceModel
    from sklearn.feature_extraction.text import CountVectorizer

    corpus, _ = planted(per_subject=12)
    texts = [*(corpus["title"] + ". " + corpus["abstract"]), "", "heron", "heron heron falcon heron"]
    analyse = CountVectorizer(stop_words="english").build_analyzer()
    words = [
        ["sparrow", "falcon", "heron", "quasar"],
        ["yeast", "oven", "rye", "hull", "keel"],
        ["magma", "fault"],
    ]
    tokens = [analyse(text) for text in texts]
    theirs = CoherenceModel(
        topics=words, texts=tokens, dictionary=Dictionary(tokens), coherence="c_npmi", topn=10, processes=1
    ).get_coherence_per_topic()
    ours = [Coherence(texts).of_topics([topic]) for topic in words]
    np.testing.assert_allclose(ours, theirs, atol=1e-8)
