"""Every source gives the same records, and says what it could not use and where."""

import gzip
import json

import pandas as pd
import pytest

import paperatlas as pa
from paperatlas.readers import COLUMNS

PAPERS = [
    ("Attention is most of what you need", "We study attention, in depth.", "2017-06", "1706.03762", "NIPS"),
    ("On “quotes”, commas; and tabs", "Line one\n  line two.", "2021", "", "ICLR 2021"),
    ("A title with = signs", "An abstract, undated.", "", "hep-th/9901001", ""),
]
WANTED = [
    ("Attention is most of what you need", "We study attention, in depth.", "2017-06", "1706.03762", "NIPS"),
    ("On “quotes”, commas; and tabs", "Line one line two.", "2021", None, "ICLR 2021"),
    ("A title with = signs", "An abstract, undated.", "1999-01", "hep-th/9901001", None),
]


def arxiv_line(title, abstract, published, arxiv_id, venue):
    year, _, month = published.partition("-")
    created = f"Mon, 5 Jun {year} 10:00:00 GMT" if month == "06" else year
    versions = [{"version": "v1", "created": created}, {"version": "v2", "created": "x"}] if published else []
    entry = {"id": arxiv_id, "title": title, "abstract": abstract, "journal-ref": venue or None}
    return json.dumps({**entry, "update_date": "2024-01-01", "versions": versions})


def write(kind, folder):
    path = folder / f"papers.{kind}"
    table = pd.DataFrame(PAPERS, columns=["Title", "Summary", "Year", "arXiv ID", "Venue"])
    if kind.startswith("jsonl"):
        text = "\n".join(arxiv_line(*paper) for paper in PAPERS) + "\n"
        path.write_bytes(gzip.compress(text.encode()) if kind.endswith("gz") else text.encode())
    elif kind == "parquet":
        table.to_parquet(path, index=False)
    elif kind != "bib":
        table.to_csv(path, index=False, sep={"csv": ",", "tsv": "\t", "csv.gz": ";"}[kind])
    else:
        path.write_text(
            '@string{nips = "NIPS"}\n% a comment\n'
            "@inproceedings{a,\n title = {{Attention} is most of what you need},\n"
            " abstract = {We study attention, in depth.},\n year = 2017, month = jun, booktitle = nips,\n"
            " eprint = {1706.03762v5} }\n"
            "@misc{b, title={On “quotes”, commas; and tabs}, abstract={Line one\n  line two.},\n"
            " year={2021}, booktitle={ICLR 2021}}\n"
            '@article{c, title="A title with = signs", abstract="An abstract, undated.",'
            " url={https://arxiv.org/abs/hep-th/9901001}}\n",
            encoding="utf-8",
        )
    return path


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "parquet", "csv", "tsv", "csv.gz", "bib"])
def test_every_kind_of_file_gives_the_same_records(kind, tmp_path):
    found = pa.read_papers(write(kind, tmp_path))
    assert list(found.columns) == COLUMNS
    stated = found[["title", "abstract", "published", "arxiv_id", "venue"]]
    rows = stated.astype(object).where(stated.notna(), None).itertuples(index=False, name=None)
    assert list(rows) == WANTED
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["dump"].unique().tolist() == ["papers"]
    assert found.attrs["problems"] == []


def test_chunks_are_the_table_in_pieces_and_small(tmp_path):
    path = tmp_path / "many.csv"
    pd.DataFrame({"title": [f"paper {i}" for i in range(25)], "abstract": "text"}).to_csv(path, index=False)
    chunks = list(pa.iter_papers(path, chunk=10))
    assert [len(chunk) for chunk in chunks] == [10, 10, 5]
    pd.testing.assert_frame_equal(pd.concat(chunks, ignore_index=True), pa.read_papers(path))
    assert chunks[2]["rank"].tolist() == [21, 22, 23, 24, 25]


@pytest.mark.parametrize("chunk", [2, 10])
def test_what_stands_before_a_fault_is_kept_however_it_is_cut(chunk, tmp_path, monkeypatch):
    monkeypatch.setattr("paperatlas.readers.content.LONGEST_LINE", 100)
    lines = [json.dumps({"title": f"T{i}", "abstract": "Text."}) for i in range(3)]
    (tmp_path / "a.jsonl").write_text("\n".join([*lines, "x" * 200, lines[0]]))
    (tmp_path / "b.csv").write_text("title,abstract\nC,D\n")
    problems = []
    chunks = list(pa.iter_papers(tmp_path, chunk=chunk, problems=problems))
    assert pd.concat(chunks)["title"].tolist() == ["T0", "T1", "T2", "C"]
    assert {len(records) for records in chunks[:-1]} <= {chunk}
    assert [(p.source, p.remedy) for p in problems] == [
        ("a.jsonl", "break the file into lines; nothing more of it was read")
    ]


BROKEN = {
    "broken.jsonl": (
        '{"title": "a", "abstract": "b"}\n{"title": "cut\n[1]\n{"title": "c"}\n',
        ["line 2", "line 3", "line 4"],
        2,
    ),
    "broken.csv": ("title,abstract\na,b\nc\nd,\ne,f\n", ["line 3", "line 4"], 3),
    "broken.bib": (
        "@misc{a, title={A}, abstract={B}}\n@misc{b, title={never closed\n"
        "@misc{c, title={C}, abstract={D}}\n@misc{d, title={no abstract}}\n",
        ["line 2", "line 4"],
        3,
    ),
    "broken.tsv": ('title\tabstract\tyear\na\t"two\nlines"\t2020\nb\tc\t3020\n', ["line 4"], 2),
    "open.tsv": ('title\tabstract\nFirst\tText.\n"Big data\tMore.\nLast\tEnd.\n', ["line 3"], 3),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_used_is_named_by_line_and_the_rest_is_read(name, tmp_path):
    text, lines, kept = BROKEN[name]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    found = pa.read_papers(path)
    assert len(found) == kept
    problems = found.attrs["problems"]
    assert [problem.place for problem in problems] == lines
    assert {problem.source for problem in problems} == {name}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", b"colour,year\na,2020\n", "line 1: expected a column for title"),
        ("x.csv", b"title,abstract\na,\x81\n", "neither UTF-8 nor Windows-1252"),
        ("x.parquet", b"PAR1 and nothing else", "expected a Parquet file"),
        ("x.jsonl", b"", "empty"),
        ("x", b"", "empty"),
        ("x.bib", b"no entry here\n", "holds no paper"),
        ("x.txt", b"These are my papers.\nPlease do not move.\n", "no known kind"),
        ("x.pdf", b"%PDF-1.7", "is a PDF"),
        ("x.jsonl", b"[]\n", "holds no paper"),
        (
            "x.jsonl.gz",
            gzip.compress(b'{"title": "a", "abstract": "b"}\n' * 50, mtime=0)[:-12],
            "damaged or cut off",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_what_was_expected(name, content, said, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(pa.AtlasError) as raised:
        pa.read_papers(path)
    assert said in str(raised.value)
    assert path.name in str(raised.value)


def test_a_study_reads_any_source_and_keeps_the_dates_it_states(tmp_path, corpus):
    path = tmp_path / "some.parquet"
    some = corpus[["title", "abstract"]].head(40).assign(year="2019", venue="Some Workshop")
    some.to_parquet(path, index=False)
    study = pa.Study(path, cache=False)
    assert set(study.corpus["paper_id"]) == set(corpus["paper_id"].head(40))
    assert set(study.corpus["published"]) == {"2019"}
    assert set(study.corpus["date_source"]) == {"the records"}
    assert set(study.corpus["venue"]) == {"Some Workshop"}
