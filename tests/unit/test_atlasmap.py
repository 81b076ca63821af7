"""Data and HTML of the interactive map."""

from __future__ import annotations

import itertools
import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperatlas import atlasmap
from paperatlas import layout as place
from paperatlas.figures import palette
from paperatlas.figures.style import HUES, theme_colours, topic_colours
from paperatlas.layout import Projection, kept_neighbours, second_project
from tests.unit import colour_vision


def small_study(n: int = 30) -> SimpleNamespace:
    """What the map reads of a study: 30 papers, topics 3, 5 and 8 in themes 1 and 4, two dumps."""
    rng = np.random.default_rng(0)
    topic_ids, theme_of = [3, 5, 8], {3: 1, 5: 4, 8: 1}
    topic = [topic_ids[i % 3] for i in range(n)]
    vectors = np.eye(8)[[i % 3 for i in range(n)]] + 0.1 * rng.normal(size=(n, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    coords = (vectors[:, :2] * 4).astype(np.float32)
    papers = pd.DataFrame(
        {
            "paper_id": [f"id{i}" for i in range(n)],
            "title": [f"Naïve Paper {i}" for i in range(n)],
            "abstract": [f"We study naïve and BIG-scale learning, case {i}." for i in range(n)],
            "arxiv_id": ["2411.16549" if i % 2 else None for i in range(n)],
            "published": ["2024-11" if i % 3 else None for i in range(n)],
            "venue": ["ICML 2025" if i % 4 else float("nan") for i in range(n)],
            "topic": topic,
            "theme": [theme_of[t] for t in topic],
            "confidence": np.linspace(0, 1, n),
            "runner_up": [topic_ids[(i + 1) % 3] for i in range(n)],
            "dumps": [("b", "a") if i % 5 == 0 else ("b",) for i in range(n)],
        }
    )
    k = min(15, n - 2)
    picture = Projection(coords, kept_neighbours(vectors, coords, k=k), k / (n - 1), "umap")
    topics = pd.DataFrame(
        {"topic": topic_ids, "name": ["alpha", "beta", "gamma"], "theme": [1, 4, 1], "size": [n // 3] * 3}
    )
    themes = pd.DataFrame({"theme": [1, 4], "name": ["first", "second"], "size": [2 * n // 3, n // 3]})
    return SimpleNamespace(
        papers=papers,
        vectors=vectors,
        map=picture,
        second_map=second_project(vectors, coords),
        topics=SimpleNamespace(at={"topic": topics, "theme": themes}.__getitem__),
        dump_table=pd.DataFrame({"dump": ["a", "b"], "label": ["dump a", "dump b"], "papers": [n // 5, n]}),
    )


@pytest.fixture(scope="module")
def payload() -> dict:
    return atlasmap.map_payload(small_study())


class TestPayload:
    def test_every_paper_is_there_once_and_every_column_has_all_of_them(self, payload):
        papers = payload["papers"]
        assert papers["id"] == [f"id{i}" for i in range(30)]
        assert {len(column) for column in papers.values()} == {30}
        for layout in payload["layouts"]:
            assert {len(layout[column]) for column in ("x", "y", "kept")} == {30}

    def test_topics_themes_and_dumps_are_told_by_their_place(self, payload):
        papers, study = payload["papers"], small_study()
        names = dict(zip(study.topics.at("topic")["topic"], study.topics.at("topic")["name"], strict=True))
        for column in ("topic", "runner_up"):
            told = [payload["topics"][place]["name"] for place in papers[column]]
            assert told == study.papers[column].map(names).tolist()
        themes = [payload["themes"][topic["theme"]]["name"] for topic in payload["topics"]]
        assert themes == ["first", "second", "first"]
        assert [payload["dumps"][d]["name"] for d in papers["dumps"][0]] == ["dump b", "dump a"]

    def test_every_topic_and_theme_has_a_name_and_a_place_in_every_layout(self, payload):
        assert [t["name"] for t in payload["topics"]] == ["alpha", "beta", "gamma"]
        assert [t["name"] for t in payload["themes"]] == ["first", "second"]
        for layout in payload["layouts"]:
            assert len(layout["topic_anchors"]) == 3
            assert len(layout["theme_anchors"]) == 2

    def test_map_error_of_both_layouts(self, payload):
        first, second = payload["layouts"]
        assert (first["name"], second["name"]) == ("UMAP", "t-SNE")
        for layout in (first, second):
            assert layout["kept_overall"] == pytest.approx(np.mean(layout["kept"]), abs=1e-3)
            assert layout["kept_by_chance"] == pytest.approx(15 / 29, abs=1e-4)

    def test_what_is_missing_is_null(self, payload):
        assert payload["papers"]["published"][:2] == [None, "2024-11"]
        assert payload["papers"]["venue"][:2] == [None, "ICML 2025"]
        json.dumps(payload, allow_nan=False)

    def test_addresses(self, payload):
        assert payload["papers"]["url"][1] == "https://arxiv.org/abs/2411.16549"
        assert all(url.startswith("https://") for url in payload["papers"]["url"])

    def test_search_finds_each_word_of_title_and_abstract(self, payload):
        # "naive" and "7" are in the title
        assert payload["papers"]["words"][7] == "and big case learning scale study we"

    def test_same_payload_again(self, payload):
        assert atlasmap.map_payload(small_study()) == payload

    def test_a_second_layout_that_is_shipped_is_read_and_not_drawn(self, tmp_path, monkeypatch):
        study = small_study()
        ids = study.papers["paper_id"].tolist()
        table = pd.DataFrame({"paper_id": ids[::-1], "x": 1.0, "y": 2.0, "x2": range(30), "y2": 3.0})
        file = tmp_path / f"map-{place.layout_key(study.vectors, ids)}.csv"
        table.to_csv(file, index=False)
        monkeypatch.setattr(place, "data_path", lambda _, name: tmp_path / name)
        monkeypatch.setattr(place, "second_layout", lambda *_, **__: pytest.fail("drawn anew"))
        coords = second_project(study.vectors, study.map.coords, paper_ids=ids).coords
        assert coords[:, 0].tolist() == list(range(29, -1, -1)), "rows are found by id"

    def test_a_shipped_map_without_a_second_layout_is_drawn(self, tmp_path, monkeypatch):
        study = small_study()
        ids = study.papers["paper_id"].tolist()
        file = tmp_path / f"map-{place.layout_key(study.vectors, ids)}.csv"
        pd.DataFrame({"paper_id": ids, "x": 1.0, "y": 2.0}).to_csv(file, index=False)
        monkeypatch.setattr(place, "data_path", lambda _, name: tmp_path / name)
        drawn = second_project(study.vectors, study.map.coords, paper_ids=ids)
        np.testing.assert_array_equal(drawn.coords, study.second_map.coords)


class Tags(HTMLParser):
    """Names of all elements, and the text of the data block."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.comments = 0
        self.data = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_comment(self, data):
        self.comments += 1

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "script":
            self.data += data


HOSTILE = ["</script><script>alert(1)</script>", "<!--<script>", "%PAYLOAD%", "&lt;/script&gt;"]
PLAIN = Tags(atlasmap.fragment({}))


class TestFragment:
    @given(st.text() | st.sampled_from(HOSTILE))
    def test_no_text_becomes_markup(self, text):
        found = Tags(atlasmap.fragment({"papers": {"title": [text]}}))
        assert found.tags == PLAIN.tags
        assert found.comments == 0
        assert json.loads(found.data.strip()) == {"papers": {"title": [text]}}

    def test_asks_for_nothing_from_elsewhere(self):
        html = atlasmap.map_html(small_study())
        outside = html[: html.index("<script")]
        assert not re.search(r"\b(src|href|style)=|@import|url\(", outside)

    def test_every_control_has_a_name(self):
        html = atlasmap.fragment({})
        for select in re.findall(r"<select[^>]*>", html):
            assert "aria-label" in select or re.search(r"<label[^>]*>[^<]+" + re.escape(select), html), select
        for button, text in re.findall(r"(<button[^>]*>)([^<]*)</button>", html):
            assert "aria-label" in button or text.strip().isalpha(), button

    def test_nothing_is_not_a_number(self):
        with pytest.raises(ValueError, match="JSON compliant"):
            atlasmap.fragment({"x": [float("nan")]})


class TestAlign:
    def test_undoes_moving_turning_mirroring_and_scaling(self):
        rng = np.random.default_rng(1)
        target = rng.normal(size=(50, 2))
        turn = np.array([[np.cos(2), -np.sin(2)], [np.sin(2), np.cos(2)]])
        moved = 7 * (target * [1, -1]) @ turn + [30, -4]
        np.testing.assert_allclose(place.align(moved, target), target, atol=1e-5)

    def test_unrelated_pictures_get_the_same_middle_and_spread(self):
        rng = np.random.default_rng(2)
        coords, target = rng.normal(size=(200, 2)), 9 * rng.normal(size=(200, 2)) + 5
        found = place.align(coords, target)
        np.testing.assert_allclose(found.mean(axis=0), target.mean(axis=0), atol=1e-4)
        spread, wanted = (np.linalg.norm(points - points.mean(axis=0)) for points in (found, target))
        assert spread == pytest.approx(wanted, rel=1e-5)

    def test_papers_all_in_one_place_stay_numbers(self):
        assert np.isfinite(place.align(np.ones((5, 2)), np.arange(10.0).reshape(5, 2))).all()


class TestSecondLayout:
    def test_keeps_groups_together_and_is_the_same_again(self):
        vectors = small_study(60).vectors
        coords = place.second_layout(vectors)
        assert coords.shape == (60, 2)
        assert kept_neighbours(vectors, coords, k=10).mean() > 0.3  # chance: 10 / 59
        np.testing.assert_array_equal(coords, place.second_layout(vectors))

    def test_ten_papers_suffice(self):
        assert np.isfinite(place.second_layout(small_study(10).vectors)).all()


class TestAnchor:
    def test_stays_with_the_crowd(self):
        crowd = np.random.default_rng(3).normal(size=(60, 2))
        strays = np.full((25, 2), 100.0)
        x, y = atlasmap.anchor(np.concatenate([crowd, strays]))
        assert abs(x) < 1
        assert abs(y) < 1

    def test_one_paper(self):
        assert atlasmap.anchor(np.array([[2.0, -3.0]])) == (2.0, -3.0)

    def test_order_of_papers_does_not_matter(self):
        points = np.random.default_rng(4).normal(size=(41, 2))
        assert atlasmap.anchor(points) == pytest.approx(atlasmap.anchor(points[::-1]), abs=2e-3)


class TestColours:
    def test_contrast_of_black_and_white_is_21(self):
        assert palette.contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21)
        assert palette.contrast_ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)  # just below 4.5

    def test_a_colour_that_is_readable_stays(self):
        assert palette.readable("#1F2A33", "#FFFFFF", 4.5) == "#1F2A33"

    def test_points_and_names_stand_out_on_white_and_on_black(self):
        table = pd.DataFrame({"topic": range(20), "theme": [i % 8 for i in range(20)]})
        for colour in [*topic_colours(table).values(), *theme_colours(table["theme"]).values(), *HUES]:
            looks = atlasmap._looks(colour)
            assert palette.contrast_ratio(looks["light"], "#FFFFFF") >= 3
            assert palette.contrast_ratio(looks["dark"], "#121212") >= 3
            assert palette.contrast_ratio(looks["light_text"], "#FFFFFF") >= 4.5
            assert palette.contrast_ratio(looks["dark_text"], "#121212") >= 4.5

    @pytest.mark.parametrize("dark", [False, True])
    @pytest.mark.parametrize(("themes", "siblings"), [(7, 7), (5, 5), (3, 3.5)])
    def test_twenty_topics_stay_apart_for_every_kind_of_colour_vision(self, dark, themes, siblings):
        # In OKLab, about 2 (times 100) is what the eye tells apart side by side. Siblings lie side by side in
        # legend and map; topics of different themes may come closer where they are told apart by their names.
        table = pd.DataFrame({"topic": range(20), "theme": [i % themes for i in range(20)]})
        colours = topic_colours(table, dark=dark)
        for one, other in itertools.combinations(range(20), 2):
            least = siblings if one % themes == other % themes else 2
            for kind in colour_vision.SIMULATIONS:
                gap = colour_vision.seen_difference(colours[one], colours[other], kind)
                assert gap >= least, (colours[one], colours[other], kind)

    def test_difference_is_that_of_oklab(self):
        # Ottosson 2020 gives white as (1, 0, 0) and pure red as (0.628, 0.225, 0.126).
        assert colour_vision.oklab("#FFFFFF") == pytest.approx((1, 0, 0), abs=1e-3)
        assert colour_vision.oklab("#FF0000") == pytest.approx((0.628, 0.225, 0.126), abs=1e-3)
        assert colour_vision.seen_difference("#000000", "#FFFFFF", "normal") == pytest.approx(100, abs=0.1)

    def test_red_and_green_are_near_for_those_who_lack_them(self):
        red, green = "#C0504D", "#77933C"
        assert colour_vision.seen_difference(red, green, "deutan") < 0.5 * colour_vision.seen_difference(
            red, green, "normal"
        )
