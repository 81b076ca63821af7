"""Dates, identifiers and titles as people write them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paperatlas.readers.published import clean_arxiv_id, parse_published
from paperatlas.titles import condensed, normalise

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2023", "2023"), (2023, "2023"), (2023.0, "2023"), ("2023-05", "2023-05"), ("2023-5-7", "2023-05"),
        ("2023/05/17", "2023-05"), ("2023-05-17T08:00:00Z", "2023-05"),
        ("Mon, 2 Apr 2007 19:18:42 GMT", "2007-04"), ("17 May 2023", "2023-05"), ("May 2023", "2023-05"),
        ("Sept. 2019", "2019-09"), ("April 2, 2007", "2007-04"), (datetime(2020, 2, 29), "2020-02"),
        ("2023 Jan-Feb", "2023"), ("2021 Mar 15", "2021-03"), ("03/2021", "2021-03"),
        ("15.03.2021", "2021-03"), ("15/03/2021", "2021-03"), ("2021-00-00", "2021"), ("2010/01//", "2010-01"),
        ("2007-12-02/2007-12-07", "2007-12"), ({"date-parts": [[2021, 5]]}, "2021-05"),
        ({"date-parts": [[2020, 5], [2021, 6]]}, "2020-05"),
        (1_620_000_000_000, "2021-05"), ("n.d.", ""), ("", ""), (None, ""), (float("nan"), ""),
    ],
)  # fmt: skip
def test_dates_are_read_to_the_month_they_give(written: object, read: str) -> None:
    assert parse_published(written, today=TODAY) == read


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("2023-13", "impossible"), ("2023-02-30", "impossible"), ("0021-05", "impossible"),
        ("2026-07", "future"), ("2027", "future"), ("2026-06-16", "future"),
        ("05/06/2023", "expected a date such as"), ("forthcoming", "expected a date such as"),
        ("12 Brumaire 1799", "expected a date such as"), ("Spring 2021", "expected a date such as"),
        ("2019/2020", "in one year"),
    ],
)  # fmt: skip
def test_impossible_future_and_ambiguous_dates_are_refused(written: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_published(written, today=TODAY)


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("2104.00001", "2104.00001"), ("arXiv:2104.00001v3 [cs.CL]", "2104.00001"),
        ("https://arxiv.org/pdf/0704.0001v2.pdf", "0704.0001"),
        ("http://arxiv.org/abs/hep-th/9901001v1", "hep-th/9901001"), ("math.GT/0309136", "math.GT/0309136"),
        ("10.1145/3292500.3330701", ""), ("2113.00001", ""), ("", ""),
    ],
)  # fmt: skip
def test_arxiv_identifiers_are_found_in_what_surrounds_them(text: str, arxiv_id: str) -> None:
    assert clean_arxiv_id(text) == arxiv_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"SL$^{2}$A-INR", "SL²A-INR"),
        (r"Pad\'{e} Approximants", "Padé approximants"),
        (r"Erd\H{o}s--R\'enyi Graphs", "Erdős–Rényi graphs"),
        (r"$\beta$-VAE", "β-VAE"),
        ("$gen$CNN", "genCNN"),
        (r"\textbf{YOLACT\texttt{++}}", "YOLACT++"),
        (r"Q \& A", "Q and A"),
        ("Multi-Modal", "Multimodal"),
        (r"via $\frac{\ell_1}{\ell_2}$ Norms", "via ℓ1/ℓ2 norms"),
        ("don’t stop", "don't stop"),
        ("ﬁne-tuning", "Fine-Tuning"),
    ],
)
def test_spellings_of_one_title_become_one(one: str, other: str) -> None:
    assert condensed(normalise(one)) == condensed(normalise(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("YOLACT", "YOLACT++"), ("C", "C#"), ("C", "C++"), ("LLaMA", "LLaMA 2"), ("α-VAE", "β-VAE")],
)
def test_sister_titles_stay_apart(one: str, other: str) -> None:
    assert condensed(normalise(one)) != condensed(normalise(other))


@given(st.text(max_size=200))
def test_normalising_is_total_and_settles(text: str) -> None:
    once = normalise(text)
    assert once == once.strip()
    assert "  " not in once
    assert normalise(once) == once
