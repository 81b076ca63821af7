"""The ledger as a reader sees it: every row is there, every number can be traced, nothing is dressed up."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas import findings
from paperatlas.ledger import build_ledger
from paperatlas.ledger.views import KINDS, error_at_first_sight, paper_entries

HOSTILE = "<script>alert(1)</script>"


def pile(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    """Papers from (title, abstract, published)."""
    table = pd.DataFrame(rows, columns=["title", "abstract", "published"], dtype=object)
    return table.assign(paper_id=[f"p{i}" for i in range(len(table))], arxiv_id=None, topic=0)


NETS = pile(
    ("FooNet: A Net", "We propose FooNet. It reaches 84.7% top-1 accuracy on ImageNet.", "2020-01"),
    ("On Nets", "Unlike FooNet, our way achieves 80.1% top-1 accuracy on ImageNet.", "2021-05"),
    (f"BarNet: {HOSTILE}", f"{HOSTILE} Code: https://github.com/a/b. It is state-of-the-art.", None),
)
SILENT = pile(("On Thought", "We think.", None), ("On Silence", "", "2020"))


class TestTables:
    @pytest.mark.parametrize(
        ("view", "part"),
        [(pa.systems_table, "systems"), (pa.mentions_table, "mentions")],
    )
    def test_every_row_of_the_ledger_is_on_the_page(self, study, view, part):
        html = view(study.corpus, study.ledger)._repr_html_()
        assert html.count("<tr>") == 1 + len(getattr(study.ledger, part))

    def test_every_claim_with_a_number_is_on_the_page_and_sorts_by_it(self, study):
        html = pa.claims_table(study.corpus, study.ledger)._repr_html_()
        values = sorted(float(v) for v in re.findall(r'data-sort="([^"]+)"', html))
        assert values == sorted(study.ledger.claims["value"].dropna())

    @pytest.mark.parametrize("corpus", [NETS, SILENT, SILENT.head(0)])
    def test_any_pile_can_be_shown_and_stays_text(self, corpus):
        ledger = build_ledger(corpus)
        for view in (
            pa.systems_table,
            pa.claims_table,
            pa.mentions_table,
            pa.dataset_table,
        ):
            shown = view(corpus, ledger)
            assert "<script" not in shown._repr_html_()
            assert repr(shown)


class TestDataSets:
    def test_sentences_that_report_on_a_data_set_stand_side_by_side(self):
        text = repr(pa.dataset_table(NETS, build_ledger(NETS)))
        assert "It reaches 84.7% top-1 accuracy on ImageNet." in text
        assert "our way achieves 80.1% top-1 accuracy on ImageNet." in text

    def test_a_data_set_named_without_a_result_is_no_report(self):
        trained = pile(("On Nets", "We train on ImageNet. Our way is 3% better.", "2020"))
        assert "We train" not in repr(pa.dataset_table(trained, build_ledger(trained)))


class TestOnePaper:
    def test_every_entry_of_a_paper_stands_in_its_view(self, study):
        ledger = study.ledger
        for paper in (pa.richest_paper(study.corpus, ledger), study.corpus["paper_id"].iloc[0]):
            part = pa.paper_ledger(ledger, paper)
            tables = (part.systems, part.claims, part.links, part.mentions, part.resources)
            entries = paper_entries(ledger, paper)
            assert len(entries) == sum(map(len, tables))
            assert set(entries["kind"]) <= set(KINDS)
            html = pa.paper_view(study.corpus, ledger, paper)._repr_html_()
            distinct = entries.drop_duplicates(["kind", "field", "start", "end"])
            assert html.count("<sup") == len(distinct) + len(set(entries["kind"])), (
                "a letter each, and the legend"
            )

    def test_a_paper_is_found_by_its_title_too(self):
        view = pa.paper_view(NETS, build_ledger(NETS), "foonet - a net")
        assert "84.7 % (score)" in repr(view)

    def test_an_unknown_paper_is_an_error_that_helps(self):
        with pytest.raises(pa.AtlasError, match=r"'Nowhere'.*paper_id"):
            pa.paper_view(NETS, build_ledger(NETS), "Nowhere")


class TestOwnError:
    def test_rounds_are_those_of_the_labels_sheet(self):
        from paperatlas.shipped import data_path, project_path

        sheet = project_path("tests", "labels", "README.md").read_text(encoding="utf-8")
        rounds = pd.read_csv(data_path("reference", "ledger_error.csv"))
        for row in rounds.to_dict("records"):
            for of in ("found", "labelled"):
                # The sheet writes shares that are one without their counts.
                assert f"{row['hits']}/{row[of]}" in sheet or row["hits"] == row[of], row
        assert set(error_at_first_sight()["round"]) == {rounds["round"].iloc[-1]}


class TestFindings:
    def test_sentences_give_the_counts_of_the_tables(self, study):
        text = " ".join(findings.ledger(study))
        code = pa.code_availability(study.papers, study.ledger)
        assert f"{code['n'].sum()} abstracts" in text
        assert f"{study.ledger.systems['name'].nunique()} named systems" in text
        assert f"{study.ledger.claims['value'].notna().sum()} claims with a number" in text

    def test_the_last_sentence_is_the_error_on_unseen_papers(self, study):
        last = error_at_first_sight().query("measure == 'systems'").iloc[0]
        said = findings.ledger(study)[-1]
        assert f"({last['hits']} of {last['found']})" in said
        assert f"({last['hits']} of {last['labelled']})" in said

    def test_a_silent_pile_has_sentences_too(self, tmp_path):
        silent = SimpleNamespace(
            corpus=SILENT, papers=SILENT, ledger=build_ledger(SILENT), period="year", terms=None,
            topics=SimpleNamespace(table=pd.DataFrame({"topic": [0], "name": ["things"]})),
        )  # fmt: skip
        text = " ".join(findings.ledger(silent))
        assert "no abstract names" in text
        assert "nothing to compare" in text
        assert "nan" not in text


FADING = {year: 0.8 * 0.75 ** (year - 2016) for year in range(2016, 2024)}
STEADY = dict.fromkeys(range(2016, 2024), 0.5)


class TestTrendsOfEntries:
    """A data set that fades because its topic fades is no second finding."""

    @staticmethod
    def said(entry_shares: dict[int, float], topic_shares: dict[int, float]) -> str:
        """The findings on 1,600 invented papers: the share of the image topic, and of ImageNet within it, by year."""
        rng = np.random.default_rng(4)
        years = np.repeat(sorted(topic_shares), 200)
        image = rng.random(len(years)) < np.vectorize(topic_shares.get)(years)
        named = image & (rng.random(len(years)) < np.vectorize(entry_shares.get)(years))
        corpus = pd.DataFrame(
            {
                "paper_id": [f"p{i:04}" for i in range(len(years))],
                "title": "On maps",
                "abstract": np.where(named, "We test on ImageNet.", "We test on nothing."),
                "published": years.astype(str),
                "topic": image.astype(int),
                "dumps": [("one",)] * len(years),
            }
        )
        topics = SimpleNamespace(at=lambda level: pd.DataFrame({"topic": [0, 1], "name": ["text", "images"]}))
        study = SimpleNamespace(
            corpus=corpus,
            papers=corpus,
            ledger=build_ledger(corpus),
            period="year",
            topics=topics,
            terms=None,
            names=lambda kind: {},
        )
        return " ".join(findings.ledger(study))

    def test_an_entry_that_fades_with_its_topic_is_told_as_such(self):
        text = self.said(STEADY, FADING)
        assert "“names ImageNet” is fading" in text
        assert "together with its topics" in text
        assert "within topics as well" not in text

    def test_an_entry_that_fades_within_its_topic_is_a_finding(self):
        text = self.said(FADING, STEADY)
        assert "“names ImageNet” is fading, within topics as well" in text
