"""The brief: one file that a reader gets by mail, opens without a network, and prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

import paperatlas as pa
from paperatlas import findings
from paperatlas.display import escape
from paperatlas.prose import sentence
from paperatlas.report import brief_html
from paperatlas.report.section import LeftOut, Section
from paperatlas.report.sections import SECTIONS
from tests.report.chromium import needs_browser
from tests.report.visit import ARTIFACTS, Visitor, axe

MEGABYTE = 2**20
A4 = 688  # pixels between the margins of the style sheet: 210 − 2 × 14 mm
PAGE_HIGH = 1009  # 297 − 2 × 15 mm


@pytest.fixture(scope="session")
def html(study: pa.Study) -> str:
    return brief_html(study)


@pytest.fixture(scope="session")
def brief(html: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("brief") / "paper-atlas.html"
    file.write_text(html, encoding="utf-8")
    return file


@pytest.fixture
def reader(brief: Path, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1100, "height": 900}, offline=True)
    visitor = Visitor(page, brief.parent)
    visitor.open(brief)
    page.evaluate("() => { window.opened = []; window.open = (...wanted) => { opened.push(wanted); }; }")
    yield page
    assert visitor.complaints == []
    page.close()


def test_one_file_of_a_size_for_mail_that_needs_no_other(html):
    assert len(html.encode()) < 8 * MEGABYTE
    assert not re.search(r"<link|\bsrc=|@import|url\(", html)
    assert not re.findall(r'href="(?!#|https://)', html)
    assert "paper:" not in re.findall(r'href="([^"]*)"', html)


def test_says_the_pile_in_five_sentences(html, study):
    told = findings.overview(study)
    assert len(told) == 5
    for text in told:
        assert escape(sentence(text)) in html


def test_every_paper_is_on_the_map_and_in_the_list_and_every_anchor_leads_there(html, study):
    ids = study.corpus["paper_id"].tolist()
    assert sorted(re.findall(r'<circle [^>]*data-paper="(\w+)"', html)) == sorted(ids)
    assert sorted(re.findall(r'<li id="p-(\w+)"', html)) == sorted(ids)
    anchors = set(re.findall(r'href="#([\w-]+)"', html))
    assert anchors <= set(re.findall(r'id="([\w-]+)"', html))
    assert sum(anchor.startswith("p-") for anchor in anchors) > len(study.topics.at("topic")) / 2


def test_every_topic_has_its_trust_and_its_verdict(html, study):
    topics, trends = (
        re.search(rf'id="{key}">.*?</section>', html, re.DOTALL)[0] for key in ("topics", "trends")
    )
    for row in study.topics.at("topic").itertuples():
        assert escape(row.name) in topics
        assert f"stability {row.stability:.2f}, {row.stability_low:.2f} to {row.stability_high:.2f}" in topics
    assert topics.count(">fragile<") == int((~study.topics.at("topic")["stable"]).sum())
    for verdict, n in study.trend_tests["verdict"].value_counts().items():
        assert trends.count(f">{verdict}<") == n


def test_parts_are_there_or_say_why_not(html, study):
    for make in SECTIONS:
        part = make(study)
        assert isinstance(part, Section | LeftOut)
        assert escape(part.title) in html
        if isinstance(part, LeftOut):
            assert escape(part.reason) in html


@needs_browser
class TestMap:
    def at(self, page: Page, paper: str) -> tuple[float, float]:
        circle = page.locator(f'circle[data-paper="{paper}"]')
        circle.scroll_into_view_if_needed()
        box = circle.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    @pytest.fixture
    def lonely(self, study: pa.Study) -> pd.Series:
        """The paper farthest from its nearest on the map: no other is under the same pointer."""
        from scipy.spatial import KDTree

        papers = study.papers
        points = papers[["x", "y"]].to_numpy()
        gap = KDTree(points).query(points, k=2)[0][:, 1]
        return papers.iloc[int(gap.argmax())]

    def test_card_and_click(self, reader, lonely):
        reader.mouse.move(*self.at(reader, lonely["paper_id"]))
        card = reader.locator(".pb-card")
        assert lonely["title"] in card.inner_text()
        assert f"confidence {lonely['confidence']:.2f}" in card.inner_text()
        reader.mouse.click(*self.at(reader, lonely["paper_id"]))
        [(address, target, rel)] = reader.evaluate("window.opened")
        assert (address, target, rel) == (f"https://arxiv.org/abs/{lonely['arxiv_id']}", "_blank", "noopener")

    def test_search_shows_what_matches_on_the_map_and_below(self, reader, study):
        reader.locator("#pb-query").fill("spiking")
        shown = reader.locator(".pb-papers li:not([hidden])").count()
        assert 0 < shown < len(study.corpus)
        assert reader.locator(".pb-map circle:not(.pb-off)").count() == shown
        assert reader.locator("#pb-count").inner_text().startswith(f"{shown} of {len(study.corpus)} papers")
        reader.locator("#pb-query").fill("")
        assert reader.locator("circle.pb-off").count() == 0

    def test_a_name_leads_into_the_folded_list(self, reader):
        link = reader.locator("#topics tbody a").first
        title = link.inner_text()
        link.click()
        entry = reader.locator(".pb-papers li:target")
        assert entry.is_visible()
        assert entry.get_by_role("link").inner_text() == title


@needs_browser
@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
)
def test_on_every_screen(brief, browser, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    visitor = Visitor(page, brief.parent)
    visitor.open(brief)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        page.locator("svg").evaluate_all(
            "all => all.filter(s => s.getBoundingClientRect().width === 0 && s.checkVisibility()).length"
        )
        == 0
    )
    if axe():
        page.evaluate("document.querySelectorAll('details')[0].open = true")
        assert visitor.violations(("minor", "moderate", "serious", "critical")) == []
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"brief-{width}-{scheme}.png", full_page=True)
    assert visitor.complaints == []
    page.close()


@needs_browser
def test_on_paper_nothing_is_cut_off(brief, browser, tmp_path):
    page = browser.new_page(viewport={"width": A4, "height": PAGE_HIGH}, color_scheme="dark", offline=True)
    page.goto(brief.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    boxes = page.evaluate("""() => [...document.querySelectorAll("svg, table, li, p, figure")]
        .filter((node) => node.checkVisibility())
        .map((node) => [node.tagName, node.getBoundingClientRect().left, node.getBoundingClientRect().right,
                        node.getBoundingClientRect().height])""")
    assert {"svg", "TABLE", "FIGURE"} <= {box[0] for box in boxes}
    for tag, left, right, height in boxes:
        assert left >= -1, tag
        assert right <= A4 + 1, tag
        if tag in ("svg", "FIGURE"):
            assert height < PAGE_HIGH, "a picture fits on a page"
    assert page.locator("input, nav, #papers").evaluate_all("all => all.every(n => !n.checkVisibility())")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    file = ARTIFACTS / "brief.pdf"
    ARTIFACTS.mkdir(exist_ok=True)
    page.pdf(path=file, prefer_css_page_size=True, print_background=False)
    n_pages = len(re.findall(rb"/Type\s*/Page\b", file.read_bytes()))
    assert 3 <= n_pages <= 12
    page.close()
