"""Tables that a spreadsheet opens: formulas are neutralised, and nothing else changes."""

import csv

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paperatlas as pa
from paperatlas.export import read_csv, write_csv

FORMULAS = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "'=1", "''=1", '=HYPERLINK("http://x","y")',
    "=1\n=2",
]  # fmt: skip

# What the loader lets through: it replaces null bytes and half surrogates.
cell = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(FORMULAS)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_like_a_formula(tmp_path, text):
    write_csv(pd.DataFrame({"title": [text], "n": [-1.5]}), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        (_, (written, number)) = csv.reader(file)
    assert written == "'" + text
    assert number == "-1.5", "numbers are not text"


def test_the_reader_of_papers_takes_the_apostrophe_off_again(tmp_path):
    """From our own tables, that is: a title such as "'-Omics' of wheat" of another table stays."""
    titles = ["=SUM of parts", "-2 is less than 2", "'=1 quoted", "'-Omics' of wheat"]
    papers = pd.DataFrame({"paper_id": list("abcd"), "title": titles, "abstract": "@home we study."})
    (tmp_path / "ours.csv").write_text(pa.cite(papers, "csv"), encoding="utf-8")
    back = pa.read_papers(tmp_path / "ours.csv")
    assert back["title"].tolist() == titles
    assert set(back["abstract"]) == {"@home we study."}
    papers.drop(columns="paper_id").to_csv(tmp_path / "theirs.csv", index=False)
    assert pa.read_papers(tmp_path / "theirs.csv")["title"].tolist() == titles


@given(st.lists(st.tuples(cell, cell, st.floats(allow_nan=False, allow_infinity=False)), min_size=1))
@settings(max_examples=150, deadline=None)
def test_what_was_written_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "round-trip.csv"
    write_csv(pd.DataFrame(rows, columns=["title", "quote", "value"]), path)
    back = read_csv(path)
    assert back["title"].astype(object).fillna("").tolist() == [title for title, _, _ in rows]
    assert back["quote"].astype(object).fillna("").tolist() == [quote for _, quote, _ in rows]
    assert back["value"].tolist() == [value for _, _, value in rows]
