"""What notebooks and pages show is escaped, and only https links are links."""

from __future__ import annotations

import pandas as pd
import pytest

from paperatlas.display import Findings, Table, visible
from paperatlas.links import paper_url
from paperatlas.prose import between, count, listing, percent, sentence

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
            "t": [HOSTILE, "b"],
            "u": ["javascript:alert(1)", "https://example.org/?a=1&b=2"],
            "n": [0.123, None],
        }
    )
    html = Table(
        rows, {"t": HOSTILE, "n": "n"}, links={"t": "u"}, formats={"n": ".1f"}, caption=HOSTILE
    )._repr_html_()
    assert "<img" not in html
    assert "javascript" not in html
    assert '<a href="https://example.org/?a=1&amp;b=2" rel="noopener">b</a>' in html
    assert ">0.1</td>" in html
    assert ">–</td>" in html


def test_table_says_how_many_rows_are_hidden():
    rows = pd.DataFrame({"n": range(1_250)})
    assert "and 1,230 more rows" in Table(rows, {"n": "n"})._repr_html_()
    assert "more rows" not in Table(rows.head(20), {"n": "n"})._repr_html_()


def test_visible_keeps_letters_of_all_scripts():
    assert visible("Größe, 模型, नमूना") == "Größe, 模型, नमूना"
    assert visible("a\u200bb\x00") == "a⟨200B⟩b⟨0000⟩"


@pytest.mark.parametrize(
    ("arxiv_id", "url"),
    [
        ("2309.11523", "https://arxiv.org/abs/2309.11523"),
        ("cs.LG/0102003", "https://arxiv.org/abs/cs.LG/0102003"),
        (None, "https://huggingface.co/papers?q=A+%26+B"),
        (float("nan"), "https://huggingface.co/papers?q=A+%26+B"),
        ("2309.11523/../x", "https://huggingface.co/papers?q=A+%26+B"),
        ('"><script>', "https://huggingface.co/papers?q=A+%26+B"),
    ],
)
def test_paper_url(arxiv_id, url):
    assert paper_url(arxiv_id, "A & B") == url


def test_paper_url_of_a_lone_surrogate():
    assert paper_url(None, "a\ud800b") == "https://huggingface.co/papers?q=ab"


def test_prose():
    assert count(1, "paper") == "1 paper"
    assert count(1_234, "paper") == "1,234 papers"
    assert count(3, "dump", words=True) == "three dumps"
    assert count(0, "problem", words=True) == "no problems"
    assert (percent(0.5), percent(0.001), percent(0.999), percent(0), percent(1)) == (
        "50 %",
        "0.1 %",
        "99.9 %",
        "0 %",
        "100 %",
    )
    assert between(0.121, 0.19) == "12 to 19 %"
    assert listing(["a"]) == "a"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert listing(["a", "b", "c", "d"], most=2) == "a, b and 2 more"
    assert listing([]) == "none"
    assert sentence("done!") == "Done!"
