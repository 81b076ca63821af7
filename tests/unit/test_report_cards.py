"""Cards, progress and the parts of the report that need no browser."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import paperatlas as pa
from paperatlas.readers.dumps import format_dump
from paperatlas.report.brief import brief_html
from paperatlas.report.cards import Cards, _marked, _merged
from paperatlas.report.pages import data_sheet, markdown
from paperatlas.report.section import LeftOut, point
from paperatlas.report.sections import SECTIONS, trends


@pytest.fixture(scope="module")
def cards(study) -> Cards:
    return Cards(study)


class TestCards:
    def test_a_card_says_what_the_tables_say(self, cards, study):
        paper = study.papers.loc[study.papers["n_dumps"].idxmax()]
        card = cards.card(paper["paper_id"])
        assert f'id="p-{paper["paper_id"]}"' in card
        assert f"https://arxiv.org/abs/{paper['arxiv_id']}" in card
        assert f"<dd>{paper['confidence']:.2f}</dd>" in card
        merges = pd.DataFrame(study.corpus.attrs["merges"])
        for row in merges[merges["paper_id"] == paper["paper_id"]].itertuples():
            assert f"(rank {row.rank})" in card
        assert card.count("(rank ") == paper["n_dumps"]

    def test_every_quote_of_the_ledger_is_marked_in_the_abstract(self, cards, study):
        claims = study.ledger.claims
        row = claims[claims["field"] == "abstract"].iloc[0]
        marks = re.findall(r"<mark>(.*?)</mark>", cards.card(row["paper_id"]), re.DOTALL)
        assert any(pa.display.escape(row["quote"]) in mark for mark in marks)

    def test_the_nearest_papers_are_those_of_similar(self, cards, study):
        title = study.corpus["title"].iloc[5]
        wanted = study.similar(title, n=6)["paper_id"].tolist()[1:]
        found = re.findall(r'href="paper:(\w+)"', cards.card(study.corpus["paper_id"].iloc[5]))
        assert sorted(found) == sorted(wanted)

    def test_names_lead_to_cards_wherever_they_stand(self, cards, study):
        paper = study.papers.iloc[3]
        title = pa.display.escape(paper["title"])
        address = f"../{cards.address(paper['paper_id'])}"
        url = f"https://arxiv.org/abs/{paper['arxiv_id']}"
        for html in (
            f'<a href="{url}" rel="noopener">{title}</a>',
            f'<td class="pa-number">{title}</td>',
            f"the closest is “{title}”",
        ):
            assert f'<a href="{address}">{title}</a>' in cards.link_names(html, base="../"), html

    @pytest.mark.parametrize(
        "html",
        [
            '<a href="https://arxiv.org/abs/0000.00000">x</a>',
            "<td>not a title here</td>",
            "“neither is this”",
        ],
    )
    def test_what_is_no_paper_stays(self, cards, html):
        assert cards.link_names(html) == html


def test_marks_of_entries_that_overlap_are_one():
    assert _merged([(0, 4), (2, 6), (6, 7), (9, 10)]) == [(0, 7), (9, 10)]
    rows = [{"start": 0, "end": 3}, {"start": 2, "end": 5}, {"start": 0, "end": 9, "field": "title"}]
    assert _marked("a<b>c & d", rows) == "<mark>a&lt;b&gt;c</mark> &amp; d"


def test_only_addresses_of_ours_are_pointed():
    html = '<a href="paper:0a1b">x</a> <a href="paper:no-id">y</a> paper:0a1b'
    assert (
        point(html, lambda i: f"#p-{i}") == '<a href="#p-0a1b">x</a> <a href="paper:no-id">y</a> paper:0a1b'
    )


def test_markdown_of_any_text_is_that_text():
    assert markdown("a*b_c [x](y) `z`\n# h") == r"a\*b\_c \[x\]\(y\) \`z\` \# h"


@pytest.fixture(scope="module")
def undated(tmp_path_factory, records) -> pa.Study:
    """Twenty papers of one dump whose titles no reference knows, one of them hostile."""
    folder = tmp_path_factory.mktemp("pile")
    evil = "<img src=x onerror=alert(1)> </script> ``` {{x}}"
    rows = records.head(20)
    pairs = [(f"Unknown work {i} {evil if i == 3 else 'on ' + t[:20]}", a) for i, (t, a) in
             enumerate(zip(rows["title"], rows["abstract"], strict=True))]  # fmt: skip
    (folder / "own.txt").write_text(format_dump(pairs), encoding="utf-8")
    return pa.Study(folder)


class TestOtherPiles:
    def test_the_brief_adapts_and_says_what_is_left_out(self, undated):
        html = brief_html(undated)
        assert isinstance(trends(undated), LeftOut)
        assert "“How it moves”, because no paper has a date" in html
        assert "One dump with 20 records holds 20 papers, none of them dated" in html
        assert 'id="trends"' not in html
        for word in ("nan", "None", "Of 0 topics"):
            assert not re.search(rf"[> ]{word}[<.,; ]", html), word

    def test_every_part_is_made_or_left_out_with_a_reason(self, undated):
        for make in SECTIONS:
            part = make(undated)
            assert part.reason if isinstance(part, LeftOut) else part.html

    def test_what_dumps_say_is_never_markup(self, undated):
        html = brief_html(undated)
        assert "<img" not in html
        assert "&lt;img src=x onerror=alert(1)&gt;" in html
        assert html.count("</script>") == 1

    def test_the_data_sheet_is_generated(self, undated):
        sheet = data_sheet(undated)
        assert "five saved search pages" not in sheet
        assert "20 records of 20 papers" in sheet
        assert "0 of 20 papers (0 %) are dated" in sheet
        assert "### papers.csv" in sheet
