"""What a query becomes: parts of words, spelling, abbreviations."""

import pytest

from paperatlas.text import Terms, read_query, read_terms

_ABSTRACTS = [
    "Graph neural networks (GNNs) pass messages. Attention weighs them.",
    "We train graph neural networks (GNN) on molecules.",
    "A GNN with few-shot learning and attention.",
    "Few-shot learning for adversarial robustness of segmentation.",
    "Adversarial training, adversarial examples, segmentation and attention.",
    "A GNN for optimal transport.",
    "Optimal transport for segmentation.",
]


@pytest.fixture(scope="module")
def terms() -> Terms:
    return read_terms([f"Paper {i}" for i in range(len(_ABSTRACTS))], _ABSTRACTS)


@pytest.mark.parametrize(
    ("query", "papers", "note"),
    [
        ("attention", {0, 2, 4}, ""),
        ("Attention for segmentation", {4}, ""),
        ("atention", {0, 2, 4}, "no paper says 'atention'; showing 'attention'"),
        ("adversar", {3, 4}, "no paper says 'adversar'; showing 'adversarial'"),
        ("few shot learning", {2, 3}, ""),
        ("gnn", {0, 1, 2, 5}, "'gnn' and 'graph neural networks' count as one"),
        ("graph neural network", {0, 1, 2, 5}, "count as one"),
        ("OT", {5, 6}, "no paper says 'OT'; showing 'Optimal transport'"),
        ("zebrafish", set(), "no paper says 'zebrafish', nor anything like it"),
        ("of the", set(), ""),
        ("", set(), ""),
    ],
)
def test_a_query_finds_what_it_means(terms: Terms, query: str, papers: set[int], note: str) -> None:
    found = read_query(query, terms)
    assert set(found.holders(terms).nonzero()[0].tolist()) == papers
    assert note.lower() in found.note.lower()
    assert bool(found.note) == bool(note)


def test_chinese_is_found_by_its_characters() -> None:
    terms = read_terms(["图像分割方法", "图像分割综述", "语音识别"], ["", "", ""])
    assert read_query("图像分割", terms).holders(terms).tolist() == [True, True, False]
