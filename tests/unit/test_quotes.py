"""Marked quotes: any overlap nests, any text stays text."""

import re
from html.parser import HTMLParser

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from paperatlas.display import visible
from paperatlas.ledger.views import KINDS, PaperQuotes, mark_quotes


class Marks(HTMLParser):
    """Reads marked text back: its characters, and how often each kind covers each of them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.covers: list[frozenset[str]] = []
        self.letters: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, "every element is closed"

    def handle_starttag(self, tag, attrs):
        self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag, "elements nest"

    def handle_data(self, data):
        if self.open and self.open[-1][0] == "sup":
            self.letters.append(data)
            return
        classes = {str(attrs["class"]).rsplit("pa-mark-", 1)[1] for _, attrs in self.open}
        self.text += data
        self.covers += [frozenset(classes)] * len(data)


# A browser turns a carriage return into a line feed, and `visible` makes some characters longer.
plain = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=40)
spans = st.lists(
    st.tuples(st.integers(-3, 45), st.integers(-3, 45), st.sampled_from(list(KINDS))), max_size=8
)


@given(plain, spans)
def test_every_character_is_marked_by_exactly_the_quotes_that_hold_it(text, spans):
    found = Marks(mark_quotes(text, spans))
    assert found.text == visible(text)
    if visible(text) == text:
        wanted = [
            frozenset(kind.replace(" ", "-") for start, end, kind in spans if start <= i < end)
            for i in range(len(text))
        ]
        assert found.covers == wanted


@given(st.text(), spans)
def test_any_text_stays_text(text, spans):
    html = mark_quotes(text, spans)
    assert set(re.findall(r"</?(\w+)", html)) <= {"mark", "sup"}
    assert Marks(html).text.replace("\r", "\n") == visible(text).replace("\r", "\n")


ENTRIES = pd.DataFrame(
    [
        ("system", "Net (method)", "title", "Net", 0, 3),
        ("claim", "90 %", "abstract", "90% on", 4, 10),
        ("data set", "X", "abstract", "X", 11, 12),
    ],
    columns=["kind", "reading", "field", "quote", "start", "end"],
)


def test_a_paper_shows_its_marks_its_legend_and_its_entries():
    html = PaperQuotes("Net: a net", "Net 90% on X.", ENTRIES, url="https://a.org/?a=1&b=2")._repr_html_()
    assert 'href="https://a.org/?a=1&amp;b=2"' in html
    assert html.count("<li>") == 3, "the legend names the kinds that are there, and no other"
    assert 'pa-mark-data-set">X<sup title="data set">D</sup></mark>.' in html
    assert html.count("<tr>") == 1 + 3


def test_a_paper_without_entries_says_so():
    view = PaperQuotes("T", "A", ENTRIES.head(0))
    assert "no entry" in repr(view)
    assert "no entry" in view._repr_html_()
    assert "Marks" not in view._repr_html_(), "nor has a legend"
