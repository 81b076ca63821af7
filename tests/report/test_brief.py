"""The brief: one file that a reader gets by mail, opens without a network, and prints."""

import re
from pathlib import Path

import pytest

import paperatlas as pa
from paperatlas.display import escape
from paperatlas.report import brief_html
from paperatlas.report.parts import PARTS
from tests.report.visit import ARTIFACTS, LOOKS, needs_browser

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


def test_one_file_of_a_size_for_mail_that_needs_no_other(html):
    assert len(html.encode()) < 3 * MEGABYTE
    assert not re.search(r"<link|<script[^>]*\bsrc=|<img|@import|url\(", html)
    assert not re.findall(r'href="(?!#|https://)', html.partition("<script>")[0])


def test_what_does_not_fit_is_left_out_what_is_missed_least_first(html, study, monkeypatch):
    for part, left in ((0.9, "list"), (0.5, "ends of abstracts"), (0.2, "map")):
        monkeypatch.setattr("paperatlas.report.pages.MAIL", part * len(html.encode()))
        page = brief_html(study)
        assert len(page.encode()) < part * len(html.encode()), left
        assert 'id="papers"' not in page
        assert ("abstracts end after" in page) == (left == "ends of abstracts")
        assert ('class="pa-atlas"' in page) == (left != "map")
        assert set(re.findall(r'href="#(?!paper=)([\w-]+)"', page)) <= set(re.findall(r'id="([\w-]+)"', page))


def test_every_paper_is_listed_and_every_anchor_leads_there(html, study):
    page = html.partition("<script>")[0]
    assert sorted(re.findall(r'<li id="p-(\w+)"', page)) == sorted(study.corpus["paper_id"])
    anchors = set(re.findall(r'href="#([\w-]+)"', page))
    assert anchors <= set(re.findall(r'id="([\w-]+)"', page))
    assert sum(anchor.startswith("p-") for anchor in anchors) > len(study.topics.at("topic")) / 2


def test_every_topic_has_its_trust_and_its_verdict(html, study):
    topics, trends = (
        re.search(rf'id="{key}">.*?</section>', html, re.DOTALL)[0] for key in ("topics", "trends")
    )
    for row in study.topics.at("topic").itertuples():
        assert escape(row.name) in topics
        assert f"stability {row.stability:.2f}, {row.stability_low:.2f} to {row.stability_high:.2f}" in topics
    for grade, n in study.topics.at("topic")["grade"].value_counts().items():
        assert topics.count(f">{grade}<") == n
    for verdict, n in study.trend_tests["verdict"].value_counts().items():
        assert trends.count(f">{verdict}<") == n


def test_parts_are_there_or_say_why_not(html, study):
    for title, make in PARTS.items():
        part = make(study)
        assert escape(part.get("title", title)) in html
        assert "reason" not in part or escape(part["reason"]) in html


@needs_browser
def test_a_click_opens_the_card_with_its_abstract(visit, brief, study):
    reader = visit(brief, width=1100).page
    reader.locator("#reading li a").first.click()
    abstract = reader.get_by_role("dialog").locator(".pa-abstract")
    abstract.wait_for()
    title = reader.locator("#pa-card-title").inner_text()
    assert abstract.inner_text()[:60] in study.corpus.set_index("title").loc[title, "abstract"]
    reader.get_by_role("link", name="Show on the map").click()
    assert reader.locator(".pa-ring").is_visible()


@needs_browser
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_on_every_screen(visit, brief, width, scheme):
    visitor = visit(brief, width=width, scheme=scheme)
    page = visitor.page
    assert (
        page.locator("svg").evaluate_all(
            "all => all.filter(s => s.getBoundingClientRect().width === 0 && s.checkVisibility()).length"
        )
        == 0
    )
    page.evaluate("document.querySelectorAll('details')[0].open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for look in ("light", "dark"):
        visitor.turn(look)
        assert visitor.violations() == []
        visitor.picture(f"brief-{width}-{look}")


@needs_browser
def test_on_paper_nothing_is_cut_off(visit, brief):
    page = visit(brief, width=A4, scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    boxes = page.evaluate("""() => [...document.querySelectorAll("svg, table, li, p, figure")]
        .filter((node) => node.checkVisibility())
        .map((node) => [node.tagName, node.getBoundingClientRect().left, node.getBoundingClientRect().right,
                        node.getBoundingClientRect().height])""")
    assert {"svg", "TABLE"} <= {box[0] for box in boxes}
    for tag, left, right, height in boxes:
        assert left >= -1, tag
        assert right <= A4 + 1, tag
        if tag == "svg":
            assert height < PAGE_HIGH, "a picture fits on a page"
    assert page.locator("input, nav, #papers, .pa-list").evaluate_all(
        "all => all.every(n => !n.checkVisibility())"
    )
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    file = ARTIFACTS / "brief.pdf"
    ARTIFACTS.mkdir(exist_ok=True)
    page.pdf(path=file, prefer_css_page_size=True, print_background=False)
    n_pages = len(re.findall(rb"/Type\s*/Page\b", file.read_bytes()))
    assert 3 <= n_pages <= 14
    assert "made on" in page.locator(".pa-summary").inner_text()
    address = page.locator("#reading .pa-onpaper").first
    assert address.is_visible()
    assert address.inner_text().startswith("https://")
