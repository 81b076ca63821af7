"""What to read first, and why two papers are alike."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from paperatlas import compare
from paperatlas.compare.reading import TopicTerms


def pile(uses: list[list[int]], weights: list[float]) -> tuple[pd.DataFrame, TopicTerms]:
    n, m = len(uses), len(weights)
    papers = pd.DataFrame(
        {
            "paper_id": [f"p{i}" for i in range(n)],
            "title": [f"Title {i}" for i in range(n)],
            "abstract": ["Ten words that say what the paper is all about."] * n,
            "published": [f"20{10 + i}-01" for i in range(n)],
            "topic": [i % 2 for i in range(n)],
            "topic_name": ["even", "odd"] * (n // 2) + ["even"] * (n % 2),
        }
    )
    matrix = np.zeros((n, m), dtype=bool)
    for paper, terms in enumerate(uses):
        matrix[paper, terms] = True
    share = np.array(weights) / sum(weights)
    terms = TopicTerms(sparse.csr_array(matrix), [f"term {j}" for j in range(m)], share)
    return papers, terms


class TestReadingList:
    def test_each_paper_adds_most(self):
        papers, terms = pile([[0, 1], [1, 2, 3], [4], [0, 4]], [4, 1, 1, 1, 3])
        found = compare.reading_list(papers, terms, n=4)
        assert found["paper_id"].tolist() == ["p3", "p1"]
        assert found["adds"].tolist() == [0.7, 0.3]
        assert found["why"].tolist() == [("term 0", "term 4"), ("term 1", "term 2", "term 3")]

    def test_it_is_near_the_best_list_and_the_bound_holds(self):
        """Against all lists of three papers, on random piles."""
        for seed in range(20):
            rng = np.random.default_rng(seed)
            papers, terms = pile(
                [rng.choice(20, 5, replace=False).tolist() for _ in range(12)], rng.random(20)
            )
            found = compare.reading_list(papers, terms, n=3)
            dense = terms.uses.toarray()
            best = max(
                terms.weights[dense[list(three)].any(axis=0)].sum()
                for three in itertools.combinations(range(12), 3)
            )
            assert found["covered"].iloc[-1] >= (1 - 1 / np.e) * best
            assert found["at_most"].iloc[-1] >= best - 1e-4
            assert (found["at_most"] >= found["covered"] - 1e-9).all()

    def test_papers_that_stand_for_their_topic_are_listed(self):
        """Of papers that add the same: a sure one, the one of most searches, none of the longest."""
        papers, terms = pile([[0]] * 10, [1])
        for column, values in (("confidence", [0.6] * 7 + [0.9] * 3), ("n_dumps", [1] * 7 + [3, 2, 1])):
            found = compare.reading_list(papers.assign(**{column: values}), terms, n=1)
            assert found["paper_id"].tolist() == ["p7"]
        longest = papers.assign(abstract=["word " * (300 if i == 0 else 100) for i in range(10)])
        assert compare.reading_list(longest, terms, n=1)["paper_id"].tolist() == ["p1"]

    def test_newest_first_takes_the_newest_that_adds_half_as_much(self):
        papers, terms = pile([[0, 1, 2], [3], [0, 1]], [1, 1, 1, 1])
        assert compare.reading_list(papers, terms, variant="newest first")["paper_id"].iloc[0] == "p2"

    def test_a_pile_without_shared_terms_has_no_list(self):
        papers = pd.DataFrame(
            {
                "paper_id": list("abc"),
                "title": ["Kernels", "Prototypes", "Bandits"],
                "abstract": "",
                "topic": 0,
                "topic_name": "x",
                "published": None,
            }
        )
        assert compare.reading_lists(papers, set()).empty

    def test_a_topic_without_telling_terms_is_left_out(self):
        """No three papers of the second one share a term."""
        pairs = [f"{subject}." for subject in ("Kernels", "Bandits", "Lattices", "Sonnets")]
        papers, _ = pile([[0]] * 20, [1])
        papers = papers.assign(
            title=[f"Heron number {i}" for i in range(12)] + [*"abcdefgh"],
            abstract=["The heron nests in reeds, and reeds hide the heron."] * 12 + 2 * pairs,
            topic=[0] * 12 + [1] * 8,
        )
        found = compare.reading_lists(papers, set())
        assert set(found["why"]) == {("heron", "nests", "reeds")}


class TestShippedReading:
    def test_reasons_stand_in_the_paper(self, study):
        from paperatlas.text import fold_plural

        def folded(text):
            return " ".join(fold_plural(word.lower()) for word in re.findall(r"[^\W_]+", text))

        text = study.corpus.set_index("paper_id")
        for row in study.reading_lists.to_dict("records"):
            paper = text.loc[row["paper_id"]]
            written = paper["title"] + " " + paper["abstract"]
            # An abbreviation in brackets does not part a term: "transformer (GPT) model".
            words = [folded(text).replace(" ", "") for text in (written, re.sub(r"\([^)]*\)", "", written))]
            assert row["why"]
            for term in row["why"]:
                # "pre-training" and "pretraining" are one term.
                assert any(folded(term).replace(" ", "") in text for text in words), (row["title"], term)

    def test_variants_keep_their_promise(self, study):
        lists = study.reading_lists.groupby("variant")
        links = study.ledger.links
        assert set(lists.groups) == set(compare.VARIANTS)
        assert set(lists.get_group("with code")["paper_id"]) <= set(
            links.loc[links["kind"] == "code", "paper_id"]
        )
        assert lists.get_group("one per topic")["topic_name"].is_unique
        for _, table in lists:
            assert table["paper_id"].is_unique
            assert table["covered"].is_monotonic_increasing
            assert table["adds"].sum() == pytest.approx(table["covered"].iloc[-1], abs=1e-3)

    def test_the_list_comes_near_the_bound(self, study):
        main = study.reading_lists.query("variant == 'most covering'")
        assert (main["covered"] <= main["at_most"] + 1e-9).all()
        assert main["covered"].iloc[-1] > 0.85 * main["at_most"].iloc[-1]


def test_shared_terms_are_in_both_texts():
    papers = pd.DataFrame(
        {"title": ["Spiking graph kernels", "Convex bandits"], "abstract": ["On molecules.", "On regret."]}
    )
    assert compare.shared_terms("graph kernels with molecules", papers) == [
        ("graph kernels", "molecules"),
        (),
    ]
