"""Merging records into papers."""

import random

import pandas as pd
import pytest
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cdist

import paperatlas as pa
from paperatlas.titles import normalise_title


def table(*rows: tuple[str, int, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["dump", "rank", "title", "abstract"])


def test_shipped_dumps(corpus):
    assert len(corpus) == 626
    assert corpus["n_dumps"].value_counts().sort_index().tolist() == [507, 93, 23, 3]
    assert corpus["paper_id"].is_unique
    assert corpus["paper_id"].is_monotonic_increasing


def test_order_of_records_does_not_matter(records, corpus):
    shuffled = pa.build_corpus(records.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(shuffled, corpus)
    assert shuffled.attrs == corpus.attrs


def test_rules():
    corpus = pa.build_corpus(
        table(
            ("a", 1, "One Title", "First abstract."),
            ("b", 3, "one title.", "First abstract, revised."),
            ("b", 1, "Another title", "First  abstract."),
            ("b", 2, "Apart", "Apart."),
        )
    )
    assert corpus["title"].tolist().count("Apart") == 1
    merged = corpus[corpus["n_dumps"] == 2].iloc[0]
    assert (merged["dumps"], merged["best_rank"]) == (("a", "b"), 1)
    rules = {(m.dump, m.rank): m.rule for m in corpus.attrs["merges"]}
    assert sorted(rules.values()) == ["kept", "same abstract", "same title"]
    assert ("b", 2) not in rules
    assert all(0 < m.score <= 1 for m in corpus.attrs["merges"])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("YOLACT: Real-time", "YOLACT++: Real-time", False),
        ("C# programs", "C programs", False),
        ("Attention Is All You Need", "attention is all you need.", True),
        ("Poincaré Embeddings", "Poincare embeddings", True),
        ("Fine-grained parsing", "Fine grained  parsing", True),
        ("State_space models", "State space models", True),
    ],
)
def test_normalised_titles(one, other, same):
    assert (normalise_title(one) == normalise_title(other)) is same


def test_near_duplicates_are_those_that_comparing_all_pairs_finds(corpus):
    """Abstracts with up to one word in five exchanged, each against all others."""
    rng = random.Random(0)
    corpus = corpus.head(300)
    words = " ".join(corpus["abstract"]).split()
    changed = []
    for share in [0.02, 0.05, 0.1, 0.15, 0.2] * 20:
        abstract = corpus["abstract"][len(changed)].split()
        for at in rng.sample(range(len(abstract)), int(share * len(abstract))):
            abstract[at] = rng.choice(words)
        changed.append(" ".join(abstract))
    texts = [*corpus["abstract"], *changed]
    pile = pd.DataFrame({"paper_id": [f"{i:04d}" for i in range(len(texts))], "abstract": texts})
    similar = cdist(texts, texts, scorer=ratio, score_cutoff=80)
    known = {(f"{i:04d}", f"{j:04d}") for i, j in zip(*similar.nonzero(), strict=True) if i < j}
    found = {pair[:2] for pair in pa.near_duplicates(pile)}
    assert len(known) >= 95
    assert found <= known
    assert len(found) >= 0.97 * len(known)
    shuffled = pa.near_duplicates(pile.sample(frac=1, random_state=1))
    assert {pair[:2] for pair in shuffled} == found


def test_own_columns_do_not_take_the_names_of_results():
    rows = [("d", i, f"Herons of river {i}", f"Herons nest by river {i} in reeds.") for i in range(12)]
    own = {name: range(12) for name in ("topic", "topic_name", "confidence", "x", "mark")}
    corpus = pa.build_corpus(table(*rows).assign(**own))
    assert {"own_topic", "own_topic_name", "own_confidence", "own_x", "mark"} <= set(corpus)
    papers = corpus.join(pa.fit_topics(corpus).papers.set_index("paper_id"), on="paper_id")
    assert sorted(papers["own_topic"]) == list(range(12))


def test_refusals():
    with pytest.raises(pa.AtlasError, match="lack the columns"):
        pa.build_corpus(pd.DataFrame({"title": ["x"]}))
    with pytest.raises(pa.AtlasError, match="no record"):
        pa.build_corpus(table())
