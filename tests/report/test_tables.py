"""Searchable tables, used as a reader would: from a folder, in Chromium, with the network cut."""

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page

from paperatlas import display
from tests.report.visit import Visitor, needs_browser

SITE = Path(display.__file__).parent / "site"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"

pytestmark = needs_browser

ROWS = pd.DataFrame(
    {
        "paper_id": list("abcde"),
        "title": ["Café-Net", "net 10", "net 9", HOSTILE, '=HYPERLINK("https://x.org")'],
        "value": [3.0, 100.0, 20.0, float("nan"), -1.5],
        "when": ["2021-03", None, "2020", "2023-11", "2021"],
        "url": [
            "https://a.org/1",
            "https://a.org/2",
            "javascript:alert(3)",
            "http://a.org",
            "https://a.org/5",
        ],
    }
)
COLUMNS = {"title": "system", "value": "value", "when": "month"}


@pytest.fixture
def open_page(tmp_path: Path, visit: Any) -> Any:
    def open_(table: display.Table, *, width: int = 1000, scheme: str = "light") -> Page:
        for name in ("atlas.js", "tables.js", "atlas.css"):
            shutil.copy(SITE / name, tmp_path / name)
        (tmp_path / "page.html").write_text(
            "<!doctype html><html lang='en'><meta charset='utf-8'><title>Tables</title>"
            "<meta name='viewport' content='width=device-width'><link rel='stylesheet' href='atlas.css'>"
            "<script src='atlas.js'></script><script src='tables.js'></script>"
            f"<main><h1>Tables</h1>{table._repr_html_()}</main></html>",
            encoding="utf-8",
        )
        page: Page = visit(tmp_path / "page.html", width=width, scheme=scheme).page
        return page

    return open_


def table(rows: pd.DataFrame = ROWS) -> display.Table:
    return display.Table(rows, COLUMNS, caption="Systems", searchable=True)


def names(page: Page) -> list[str]:
    cells: Locator = page.locator("tbody tr:not([hidden]) td:first-child")
    return cells.all_inner_texts()


def head(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def test_numbers_sort_by_value_and_what_is_missing_comes_last(open_page):
    page = open_page(table())
    order = names(page)
    head(page, "value").click()
    assert page.locator("td:nth-child(2)").all_inner_texts() == ["-1.5", "3.0", "20.0", "100.0", "–"]
    assert page.locator("th").nth(1).get_attribute("aria-sort") == "ascending"
    head(page, "value").click()
    assert page.locator("td:nth-child(2)").all_inner_texts() == ["100.0", "20.0", "3.0", "-1.5", "–"]
    assert [th.get_attribute("aria-sort") for th in page.locator("th").all()] == [
        "none",
        "descending",
        "none",
    ]
    head(page, "value").click()
    assert names(page) == order


def test_heads_work_from_the_keyboard(open_page):
    page = open_page(table())
    page.get_by_role("searchbox").focus()
    page.keyboard.press("Tab")  # the scrolling box
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "system"
    page.keyboard.press("Enter")
    assert page.locator("th").first.get_attribute("aria-sort") == "ascending"


def test_the_filter_takes_every_word_wherever_it_stands(open_page):
    page = open_page(table())
    wanted = {"cafe": 1, "NET": 3, "net 2020": 1, '"net 9"': 1, "2021 net": 1, "nothing like it": 0, "": 5}
    for query, left in wanted.items():
        page.get_by_role("searchbox", name="Filter: Systems").fill(query)
        assert len(names(page)) == left, query
        assert page.locator(".pa-shown").inner_text() == f"{left} of 5 rows"


def test_a_screen_reader_is_told_the_count_and_escape_empties_the_filter(open_page):
    page = open_page(table())
    page.get_by_role("searchbox").fill("café")
    page.get_by_role("status").filter(has_text="1 of 5 rows").wait_for(state="attached")
    page.keyboard.press("Escape")
    assert len(names(page)) == 5


def test_hostile_text_stays_text(open_page):
    page = open_page(table())
    page.get_by_role("searchbox").fill("<img")
    head(page, "system").click()
    assert names(page) == [HOSTILE]
    assert page.locator("main img, main script").count() == 0
    hrefs = page.eval_on_selector_all("main a", "links => links.map(a => a.href)")
    found = ["https://a.org/", "https://a.org/1", "https://a.org/2", "https://a.org/5"]
    assert sorted(hrefs) == [*found, "https://huggingface.co/papers?q=net+9"]


def test_a_telephone_scrolls_the_table_and_not_the_page(open_page):
    wide = ROWS.assign(title="A rather long name of a system that says a good deal about itself")
    page = open_page(table(wide), width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    field = page.get_by_role("searchbox").bounding_box()
    assert field
    assert field["width"] > 250


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_assistive_technology(open_page, scheme):
    page = open_page(table(), scheme=scheme)
    assert Visitor(page, SITE).violations() == []
