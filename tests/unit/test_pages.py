"""The parts of the report that need no browser."""

import base64
import hashlib
import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import paperatlas as pa
from paperatlas.figures.palette import HUES, NIGHT, PAPER, contrast_ratio
from paperatlas.report.atlas import looks, on_the_page, papers_data, texts_data
from paperatlas.report.notebook_pages import figure, markdown
from paperatlas.report.pages import Pages
from paperatlas.templates import as_json, with_policy


@pytest.fixture(scope="module")
def data(study):
    return papers_data(study)


@pytest.fixture(scope="module")
def texts(study):
    return texts_data(study)


class TestPlaces:
    @given(arrays(float, st.tuples(st.integers(3, 60), st.just(2)), elements=st.floats(-50, 50)))
    def test_no_two_papers_lie_on_one_another(self, coords):
        points, _ = on_the_page(coords)
        gaps = np.linalg.norm(points[:, None] - points[None], axis=2) + 9 * np.eye(len(points))
        assert gaps.min() > 0.5

    def test_an_island_is_drawn_in_and_told(self):
        rng = np.random.default_rng(0)
        coords = np.concatenate([rng.normal(size=(200, 2)), rng.normal(size=(12, 2)) / 5 + [60, 0]])
        points, far = on_the_page(coords)
        assert far == list(range(200, 212))
        assert np.ptp(points[:200, 0]) > 0.7 * np.ptp(points[:, 0]), "the rest has most of the page"
        assert points[200:, 0].min() > points[:200, 0].max(), "it stays on its side"


class TestData:
    def test_the_map_says_what_the_tables_say(self, data, study):
        papers = data["papers"]
        assert papers["id"] == study.papers["paper_id"].tolist()
        names = [data["nodes"]["topic"][t]["name"].removeprefix("○ ") for t in papers["topic"]]
        assert names == study.papers["topic_name"].tolist()
        subs = [
            None if s is None else data["nodes"]["subtopic"][s]["name"].removeprefix("○ ")
            for s in papers["subtopic"]
        ]
        assert subs == [name or None for name in study.papers["subtopic_name"].fillna("")]
        for node in data["nodes"]["subtopic"]:
            assert 0 <= node["parent"] < len(data["nodes"]["topic"])

    def test_the_nearest_papers_are_those_of_similar(self, texts, study):
        found = [study.corpus["paper_id"].iloc[j] for j, _ in texts["nearest"][5]]
        wanted = study.similar(study.corpus["title"].iloc[5], n=6)["paper_id"].tolist()[1:]
        assert sorted(found) == sorted(wanted)

    def test_marks_cover_the_quotes_of_the_ledger(self, texts, study):
        places = {paper: i for i, paper in enumerate(study.papers["paper_id"])}
        claims = study.ledger.claims
        for row in claims[claims["field"] == "abstract"].head(50).itertuples():
            i = places[row.paper_id]
            spans = [
                texts["abstract"][i][start:end] for start, end, kind in texts["marks"][i] if kind == "claim"
            ]
            assert row.quote in spans

    def test_columns_of_the_user_colour_where_they_say_something(self, study):
        papers = study.papers.assign(
            rating=[i % 3 for i in range(len(study.papers))], included="yes", note=""
        )
        papers["tag"] = ["a" if i % 2 else "b" for i in range(len(papers))]
        papers["remark"] = [f"remark {i}" for i in range(len(papers))]

        class Told:
            def __getattr__(self, name):
                return getattr(study, name)

        told = Told()
        told.papers = papers
        kinds = {column["key"]: column["kind"] for column in papers_data(told)["columns"]}
        assert (kinds["rating"], kinds["tag"], kinds["venue"]) == ("number", "text", "text")
        assert {"included", "remark", "note"}.isdisjoint(kinds)

    @pytest.mark.parametrize("hue", HUES)
    def test_colours_can_be_seen_and_read(self, hue):
        colours = looks(hue)
        for look, background in (("light", PAPER), ("dark", NIGHT)):
            assert contrast_ratio(colours[look], background) >= 3
            assert contrast_ratio(colours[look + "_text"], background) >= 4.5


@given(st.text() | st.lists(st.text()))
def test_data_in_a_script_ends_nothing_hides_nothing_and_is_the_same_data(value):
    written = as_json(value)
    assert "<" not in written
    assert all(sign.isprintable() for sign in written)
    assert json.loads(written) == value


class TestNotebooks:
    def test_html_in_markdown_is_shown_and_not_obeyed(self):
        html = markdown(
            "# A *b*\n\n<img src=x onerror=alert(1)> [x](javascript:alert(2))\n\n|a|b|\n|-|-|\n|1|2|"
        )
        assert "<img" not in html
        assert "javascript:" not in re.findall(r'href="([^"]*)"', html)
        assert '<h1 id="a-b">A <em>b</em></h1>' in html
        assert "<td>1</td>" in html

    def test_the_title_of_a_figure_is_plain_text(self):
        layout = {
            "meta": {"alt": "x"},
            "title": {"text": "&lt;b&gt; <i>net</i>", "subtitle": {"text": "a<br>b"}},
        }
        made = figure({"data": [{"text": "</script>"}], "layout": layout})
        assert (made["title"], made["subtitle"]) == ("<b>  net", ["a", "b"])
        assert "</script" not in made["json"]


def test_own_scripts_are_named_by_their_hash_and_data_are_not_scripts():
    own = "go(1);\r\n"
    page = f'<html><head><title>x</title></head><body><script>{own}</script><script src="a.js"></script>'
    page += '<script type="application/json">{"a": 1}</script></body></html>'
    found = with_policy(page)
    digest = base64.b64encode(hashlib.sha256(b"go(1);\n").digest()).decode()
    policy = found.split('content="')[1].split('"')[0]
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    # It comes before anything that it is to hold for.
    assert found.index("Content-Security-Policy") < found.index("<title>")


def test_most_cited_papers_are_named_where_citations_are_known(tmp_path, corpus):
    rows = corpus.head(40)[["title", "abstract"]].assign(Citations=range(40))
    rows.to_csv(tmp_path / "own.csv", index=False)
    study = pa.Study(tmp_path / "own.csv")
    best = study.papers.loc[pd.to_numeric(study.papers["citations"]).idxmax()]
    topic = study.topics.at("topic").set_index("topic", drop=False).loc[best["topic"]].to_dict()
    html = Pages(study).topic(topic)
    cited = html.partition("Most cited")[2].partition("</section>")[0]
    assert best["paper_id"] in cited.partition("</li>")[0]
    assert "39 citations" in cited
