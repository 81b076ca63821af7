"""Papers carried away are read back as they were: by the project's own reader and by two others."""

import bibtexparser
import pandas as pd
import pytest
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import example, given, settings
from hypothesis import strategies as st

import paperatlas as pa
from paperatlas.share import parts_of

ENDINGS = {"bibtex": ".bib", "ris": ".ris", "csl": ".json"}
PILE = pd.DataFrame(
    {
        "paper_id": ["a1", "a2", "a3", "a4"],
        "key": ["Hoeg2019:x-y", None, None, None],
        "title": [
            "β-cells at 50% of R&D: {a_b} ~ #1 costs $5 & p < 0.05 -- 'so' ''it'' goes",
            "Schrödinger meets Łukasz",
            "The long rain",
            "The long rain, again",
        ],
        "abstract": ["We ask. C:\\dir ^ stays, & so does }one{ brace.", "Über alles.", "", None],
        "authors": ["Høeg, Åsa; Institute of Rain and Snow; Bo Li", "Li, Bo", None, None],
        "published": ["2019-03", "2020", None, "2021-12"],
        "venue": ["Proceedings of the Rain Conference", "Journal of Snow", None, None],
        "doi": ["10.1000/a_b.1", None, None, None],
        "arxiv_id": [None, "2003.00001", None, "hep-th/9901001"],
        "url": ["https://example.org/~me/a_b?x=1&y=2%20", None, None, None],
        "keywords": ["rain; Networks, Graph", None, None, None],
        "citations": ["12", None, None, None],
        "topic_name": ["rain, long rain", "rain, long rain", None, None],
    }
)


def read_back(text, form, folder):
    path = folder / f"papers{ENDINGS[form]}"
    path.write_text(text, encoding="utf-8")
    return pa.read_papers(path)


@pytest.mark.parametrize("form", ENDINGS)
def test_nothing_is_lost_and_nothing_invented(form, tmp_path):
    found = read_back(pa.cite(PILE, form), form, tmp_path)
    for name in ("title", "authors", "published", "venue", "doi", "arxiv_id", "url"):
        assert found[name].fillna("").tolist() == PILE[name].fillna("").tolist(), name
    assert found["abstract"].tolist() == PILE["abstract"].fillna("").tolist()
    assert found["key"].iloc[0] == "Hoeg2019:x-y"
    assert found["key"].is_unique
    assert set(parts_of(found["keywords"].iloc[0])) == {"rain", "Networks, Graph", "long rain"}
    assert found["keywords"].isna().tolist() == [False, False, True, True]
    if form != "csl":  # which has no place for it
        assert found["citations"].fillna("").tolist() == ["12", "", "", ""]


def test_bibtexparser_reads_the_same():
    library = bibtexparser.parse_string(pa.cite(PILE), append_middleware=[LatexDecodingMiddleware()])
    assert not library.failed_blocks
    first, second, third, fourth = library.entries
    assert first.key == "Hoeg2019:x-y"
    assert [entry["title"].replace("–", "--") for entry in library.entries] == PILE["title"].tolist()
    assert second["author"] == "Li, Bo"
    assert (first.entry_type, second.entry_type, third.entry_type) == ("inproceedings", "article", "misc")
    assert set(third.fields_dict) == {"title"}
    assert (fourth["year"], fourth["month"], fourth["eprint"]) == ("2021", "dec", "hep-th/9901001")


def test_nothing_in_a_title_acts_in_latex():
    title = r"On $\alpha \input{x} 5%$ and \emph{rain} \write18{ls} & 7% _a\\"[:-1]
    text = pa.cite(pd.DataFrame({"title": [title], "url": [r"https://x.org/}\input{y}"]}))
    assert r"$\alpha {\textbackslash}input{x} 5\%$" in text
    assert r"\emph{rain} {\textbackslash}write18{ls} \& 7\% \_a{\textbackslash}" in text
    assert "https://x.org/%7D%5Cinput%7By%7D}" in text
    assert not bibtexparser.parse_string(text).failed_blocks


def test_a_form_that_is_none_is_refused():
    with pytest.raises(pa.AtlasError, match="use one of 'bibtex'"):
        pa.cite(PILE, "endnote")
    with pytest.raises(pa.AtlasError, match="lacks the column 'title'"):
        pa.cite(PILE[["paper_id"]])


# Not the signs that begin markup: what a title of tags or LaTeX commands means, the reader decides.
_TEXT = st.text("aZéßβ9 .,:;()!?%&#_~{}'`-@=\"/*+|[]", min_size=1, max_size=40).map(
    lambda text: " ".join(f"T{text}x".split())
)


@settings(deadline=None)
@given(st.lists(_TEXT, min_size=1, max_size=3))
@example(["T&#9x", "A &notin of sets"])
@example(["Recall@k(all)", "A @misc(b"])
def test_any_title_survives(tmp_path_factory, titles):
    folder = tmp_path_factory.mktemp("any")
    rows = pd.DataFrame({"title": titles, "abstract": titles[::-1]})
    for form in ENDINGS:
        found = read_back(pa.cite(rows, form), form, folder)
        assert found["title"].tolist() == titles, form
