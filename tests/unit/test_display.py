"""What notebooks and pages show is escaped, and only https links are links."""

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperatlas.display import Findings, Table, paper_url, visible

HOSTILE = "<img src=x onerror=alert(1)>&\"'\x1b[31m\u202e"


def test_findings_are_escaped_sentences():
    findings = Findings(["three papers", HOSTILE, ""])
    assert findings._repr_html_().count("<li>") == 2
    assert "<img" not in findings._repr_html_()
    assert repr(findings).splitlines()[0] == "Three papers."
    assert "\x1b" not in repr(findings)


def test_table_escapes_and_links_only_https():
    rows = pd.DataFrame(
        {
            "paper_id": ["x", "y"],
            "title": [HOSTILE, "b"],
            "url": ["javascript:alert(1)", "https://example.org/?a=1&b=2"],
            "score": [0.123, None],
        }
    )
    html = Table(rows, {"title": HOSTILE, "score": "n"}, caption=HOSTILE)._repr_html_()
    assert "<img" not in html
    assert "javascript" not in html
    assert '<a href="https://example.org/?a=1&amp;b=2" rel="noopener" data-paper="y">b</a>' in html
    assert ">0.12</td>" in html
    assert ">–</td>" in html


def test_table_says_how_many_rows_are_hidden():
    rows = pd.DataFrame({"n": range(1_250)})
    assert "and 1,230 more rows" in Table(rows, {"n": "n"})._repr_html_()
    assert "more rows" not in Table(rows.head(20), {"n": "n"})._repr_html_()
    assert "more rows" not in Table(rows, {"n": "n"}, searchable=True)._repr_html_()
    huge = pd.DataFrame({"n": range(5_001)})
    assert "and 1 more row" in Table(huge, {"n": "n"}, searchable=True)._repr_html_()


def test_a_table_knows_its_columns_and_the_names_of_its_numbers():
    tests = pd.DataFrame(
        {"topic": [0, 7], "n": [1200, 3], "odds_ratio": [1.234, np.nan], "odds_low": 1.0, "odds_high": 2.0,
         "p_adjusted": [0.00001, 0.25], "verdict": "rising", "tau": 0.5}
    )  # fmt: skip
    tests.attrs["names"] = {"topic": {0: HOSTILE}}
    head, first, second = repr(Table(tests)).splitlines()
    assert head.split("\t") == [
        "topic", "papers", "odds ratio per year", "low", "high", "adjusted p", "verdict",
    ]  # fmt: skip
    assert first.split("\t")[1:3] == ["1200", "1.23"]
    assert first.split("\t")[5] == "< 0.001"
    assert second.split("\t")[:3] == ["7", "3", "–"], "a number without a name stays a number"
    html = Table(tests, "topic n")._repr_html_()
    assert "<img" not in html
    assert html.count('class="pa-number"') == 3
    assert 'title="' in Table(tests)._repr_html_(), "a pointer is told what an odds ratio is"


def test_titles_carry_the_id_of_their_paper_and_lead_to_it():
    papers = pd.DataFrame(
        {"paper_id": ["a", "b", "c"], "title": ["One", "Two", "Three"], "arxiv_id": ["2309.11523", None, None],
         "url": [None, "https://example.org/b", "javascript:alert(1)"]}
    )  # fmt: skip
    html = Table(papers, "title")._repr_html_()
    assert '<a href="https://arxiv.org/abs/2309.11523" rel="noopener" data-paper="a">One</a>' in html
    assert '<a href="https://example.org/b" rel="noopener" data-paper="b">Two</a>' in html
    assert '<a href="https://huggingface.co/papers?q=Three" rel="noopener" data-paper="c">Three</a>' in html


class Cells(HTMLParser):
    """The tags of a page and the text of its table cells, as a browser would take them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.cells: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag == "td":
            self.cells.append("")

    def handle_data(self, data):
        if self.cells and self.lasttag in {"td", "a"} and data.strip("\n"):
            self.cells[-1] += data


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1, max_size=4))
def test_any_text_stays_text_in_a_searchable_table(pairs):
    rows = pd.DataFrame(pairs, columns=["title", "url"]).astype(object)
    rows["paper_id"] = rows["url"]
    html = Table(rows, "title", searchable=True, caption=pairs[0][0])._repr_html_()
    page = Cells(html)
    assert page.tags <= {"div", "table", "caption", "thead", "tr", "th", "tbody", "td", "a"}
    assert {name for name, _ in page.attributes} <= {
        "class", "role", "aria-label", "style", "tabindex", "scope", "href", "rel", "title", "data-paper",
    }  # fmt: skip
    assert all(value.startswith("https://") for name, value in page.attributes if name == "href")
    # A parser drops the line feed no reader sees either; everything else arrives as it was.
    assert [cell.replace("\n", "") for cell in page.cells] == [visible(a).replace("\n", "") for a, _ in pairs]


def test_a_searchable_table_holds_every_row_and_sorts_by_value():
    rows = pd.DataFrame(
        {
            "n": [3, 20, 100],
            "share": [0.5, np.nan, 0.25],
            "when": ["2021-03", "2021", None],
            "ok": [True, False, True],
        }
    )
    columns = {"n": "n", "share": "share", "when": "when", "ok": "ok"}
    table = Table(rows, columns, most=1, searchable=True)
    html = table._repr_html_()
    assert html.count("<tr>") == 4
    assert "more rows" not in html
    assert 'data-sort="20.0">20</td>' in html
    assert 'data-sort="0.25">25%</td>' in html
    assert html.count("data-sort") == 5, "neither missing values, nor text, nor yes and no"
    assert len(repr(table).splitlines()) == 2, "as plain text only the first rows"
    assert "data-sort" not in Table(rows, columns)._repr_html_()


@pytest.mark.parametrize(
    ("paper", "url"),
    [
        ({"arxiv_id": "2309.11523", "doi": "10.5/x"}, "https://arxiv.org/abs/2309.11523"),
        ({"arxiv_id": "cs.LG/0102003"}, "https://arxiv.org/abs/cs.LG/0102003"),
        ({"doi": "10.5/x#1", "url": "https://a.org/1"}, "https://doi.org/10.5/x%231"),
        ({"doi": None, "url": "http://a.org/1?q=2"}, "https://a.org/1?q=2"),
        ({}, "https://huggingface.co/papers?q=A+%26+B"),
        ({"arxiv_id": float("nan"), "url": "javascript:alert(1)"}, "https://huggingface.co/papers?q=A+%26+B"),
        ({"arxiv_id": "2309.11523/../x", "doi": "x"}, "https://huggingface.co/papers?q=A+%26+B"),
        ({"arxiv_id": '"><script>', "url": '"><script>'}, "https://huggingface.co/papers?q=A+%26+B"),
    ],
)
def test_paper_url(paper, url):
    assert paper_url({"title": "A & B", **paper}) == url
