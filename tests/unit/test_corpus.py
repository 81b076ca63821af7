"""Merging records into papers."""

from __future__ import annotations

import pandas as pd
import pytest

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


def test_id_depends_on_the_title_alone(corpus, records):
    one_dump = pa.build_corpus(records[records["dump"] == records["dump"].iloc[0]])
    ids = corpus.set_index("title")["paper_id"]
    assert (one_dump["paper_id"] == one_dump["title"].map(ids)).all()


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


def test_merges_account_for_every_record_that_is_not_alone(records, corpus):
    alone = int((records.merge(corpus, on="title")["n_dumps"] == 1).sum())
    assert len(corpus.attrs["merges"]) == len(records) - alone


def test_the_commonest_wording_stands_for_the_paper():
    corpus = pa.build_corpus(
        table(("a", 1, "T", "long wording of it"), ("b", 1, "T", "short"), ("c", 1, "T", "short"))
    )
    assert corpus["abstract"].tolist() == ["short"]


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


def test_titles_of_symbols_alone_stay_apart():
    assert len(pa.build_corpus(table(("a", 1, "…", "one abstract"), ("a", 2, "!!", "another abstract")))) == 2


def test_yolact_is_listed_and_not_merged(corpus):
    titles = corpus.set_index("paper_id")["title"]
    pairs = [
        {titles[p.paper_id].split(":")[0], titles[p.other_id].split(":")[0]}
        for p in pa.near_duplicates(corpus)
    ]
    assert {"YOLACT", "YOLACT++"} in pairs


def test_near_duplicates_are_symmetric_and_sorted(corpus):
    found = pa.near_duplicates(corpus, threshold=0.5)
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    assert all(p.paper_id < p.other_id for p in found)


def test_near_duplicates_of_wordless_abstracts():
    assert pa.near_duplicates(pd.DataFrame({"paper_id": ["a", "b"], "abstract": ["…", "!"]})) == []


def test_refusals():
    with pytest.raises(pa.AtlasError, match="lack the columns"):
        pa.build_corpus(pd.DataFrame({"title": ["x"]}))
    with pytest.raises(pa.AtlasError, match="no record"):
        pa.build_corpus(table())
