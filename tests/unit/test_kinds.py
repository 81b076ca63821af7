"""Files as people have them: each kind is recognised by its content and read for what it says."""

import gzip
import json
import os
import quopri
import zipfile

import pandas as pd
import pytest

import paperatlas as pa
from paperatlas.readers.languages import language_doubts, language_of
from paperatlas.readers.markup import plain_text, without_rights
from paperatlas.readers.records import is_placeholder
from tests.fuzz import readers as fuzz

LONG = "We light ten night markets for a year and count the moths, the stalls and the songs; half of the stalls close early."
CARDS = [
    ("Lanterns for Night Markets", LONG, "2203.00001"),
    ("Tides [and] Clocks", f"Clocks lose time. {LONG}", "2304.00002"),
]


def read(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return pa.read_papers(path)


def pairs(records):
    return list(zip(records["title"], records["abstract"], strict=True))


SITE = "https://huggingface.co"
HEAD = "Hugging Face\nModels\nDocs\nPricing\nLog In\nDaily Papers\nby\nAK\nDaily\nSearch papers\nlamps\n"


def cards(form):
    """Both cards of a page: n, title, abstract and arXiv id are put into the form."""
    return "".join(form.format(n=n, t=t, a=a, i=i, s=SITE) for n, (t, a, i) in enumerate(CARDS, start=10))


COPIED = {
    "authors": "\n{n}\n\n{t}\n\n{a}\n\n10 authors\n\n·\n\nMar 3, 2024\n\n2\n",
    "organisation": "\n-\n{t}\n{a}\nLamp Lab, Inc.\n·\nMar 3, 2024\n",
    "one line": "1.2k\n{t}\n\n{a}\n\n10 authors · Mar 3, 2024\n\n2\n",
    "published on": "Submitted by\nann\n\n{n}\n{t}\n{a}\n10 authors\nPublished on Mar 3, 2024\nUpvote\n+4\n",
    "bullet": "{n}\n{t}\n{a}\nAnn Doe, Bob Roe, et al.\n•\n2024-03-03\n",
}
LINKED = {
    "copied": "[{n}]({s}/login?next=%2Fpapers%2F{i})\n\n### [{t}]({s}/papers/{i})\n\n[{a}]({s}/papers/{i})\n\n"
    "[- 8 authors]({s}/papers/{i})\n\n·\n\nMay 29[2]({s}/papers/{i}#community)\n\n",
    "thumbnail": "[![](x.png)]({s}/papers/{i})\n\n- **[{t}](/papers/{i}?q=x)**\n\n  {a}\n\n  [Lab]({s}/lab) · May 29\n\n",
    "underlined": "[{t}]({s}/papers/{i}v2)\n---\n\n{a}\n\n8 authors\n\n",
    "after": "{t} <{s}/papers/{i}>\n\n{a}\n\n8 authors\n·\nMay 29, 2024\n\n",
    "html": '<article><a href="/login"><div>3</div></a><h3><a href="/papers/{i}" class="x">{t}</a></h3>'
    '<a href="/papers/{i}">'
    "<p>{a}</p></a><ul><li>8 authors</li></ul>·<time>May 29</time></article>",
    "html without a link": '<div><h2><a href="{s}/papers/{i}"><b>{t}</b></a></h2><p>\n{a}</p>8 authors</div>',
}
NUMBERED = {
    "amid": "[\n3\n][9]\n\n### [{t}][{n}]\n\n[\n\n{a}\n\n][{n}]\n[\n* 8 authors\n][9]\n·\nMay 29 [ 2][9]\n",
    "before": "\n[9]3\n\n   [{n}]{t}\n\n   [{n}]{a}\n\n   [9]8 authors\n   ·\n   May 29\n",
}


class TestSearchPages:
    @pytest.fixture
    def wanted(self):
        return [(title, abstract) for title, abstract, _ in CARDS]

    @pytest.mark.parametrize("form", COPIED.values(), ids=COPIED)
    def test_copied_with_votes_authors_dates_and_navigation(self, form, tmp_path, wanted):
        records = read(tmp_path, "page.txt", f"{HEAD}{cards(form)}Previous\n1\n2\nNext\nTOS\n")
        assert pairs(records) == wanted
        assert records["published"].tolist() == ["2024-03", "2024-03"]
        assert records.attrs["problems"] == []

    def test_titles_that_look_like_furniture_are_titles(self, tmp_path):
        long = "1001 Nights: " + "Lamps and Other Lights of the Old Towns, " * 3
        titles = ["Docs", "42", "Sort It Out", long]
        page = "".join(f"7\n{title}\n{LONG}\n1 author\n·\nMay 29\n2\n" for title in titles)
        records = read(tmp_path, "page.txt", HEAD + page)
        assert records["title"].tolist() == [title.strip() for title in titles]
        assert records["published"].isna().all()

    @pytest.mark.parametrize("form", [*LINKED.values(), *NUMBERED.values()], ids=[*LINKED, *NUMBERED])
    def test_links_hold_the_ids_and_ids_the_dates(self, form, tmp_path, wanted):
        text = cards(form)
        if "</" in text:
            text = f"<!doctype html><html><script>a < b</script><body>{text}</body></html>"
        if form in NUMBERED.values():
            text = f"[[logo] Site][1]\n* [ Models ][2]\n\n{text}\nReferences\n\n" + cards(
                "  {n}. {s}/papers/{i}\n"
            )
        records = read(tmp_path, "page", text)
        assert pairs(records) == wanted
        assert records["arxiv_id"].tolist() == ["2203.00001", "2304.00002"]
        assert records["published"].tolist() == ["2022-03", "2023-04"]

    @pytest.mark.parametrize("end", ["", "<script>x = '<a>'", "<div>" * 50_000, '<a href="/papers/2'])
    def test_html_that_is_cut_off_or_nested_without_end(self, end, tmp_path, wanted):
        head, page = "<!doctype html><body>" + "<div>" * 50_000, cards(LINKED["html without a link"])
        records = read(tmp_path, "page.html", head + page.removesuffix("8 authors</div>") + end)
        assert pairs(records) == wanted
        assert records["line"].tolist() == [1, 2]

    def test_blank_lines_without_end(self, tmp_path, wanted):
        """Ends at all only if no pattern looks at the same lines again and again."""
        assert pairs(read(tmp_path, "page.md", "\n" * 50_000 + cards(LINKED["underlined"]))) == wanted

    def test_a_web_archive_holds_a_page(self, tmp_path, wanted):
        page = quopri.encodestring(f"<html><body>{cards(LINKED['html'])}</body></html>".encode()).decode()
        head = 'From: <Saved>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
        part = "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
        assert pairs(read(tmp_path, "page.mhtml", f"{head}{part}{page}\n--b--\n")) == wanted

    def test_the_answers_of_the_site_keep_their_own_dates(self, tmp_path, wanted):
        more = {"publishedAt": "2025-01-11T18:00:00.000Z", "authors": [{"name": "A"}]}
        papers = [{"paper": {"id": i, "title": t, "summary": a, **more}} for t, a, i in CARDS]
        for content in (json.dumps(papers), "\n".join(map(json.dumps, papers))):
            records = read(tmp_path, "daily", content)
            assert pairs(records) == wanted
            assert records["published"].tolist() == ["2025-01", "2025-01"]
            assert records["authors"].tolist() == ["A", "A"]


class TestTables:
    @pytest.mark.parametrize(
        ("header", "row", "published"),
        [
            ("Title,Abstract,Month,Year", "T,{a},Mar,2021", "2021-03"),
            ("Title,Abstract,Month,Year", "T,{a},3,2021", "2021-03"),
            ("Title,Abstract Note,Date,Publication Year", "T,{a},Spring 2021,2021", "2021"),
            ("Document Title,Publication Title,Publication Year,Abstract", "T,IEEE Lamps,2021,{a}", "2021"),
            ("title,abstract,date,arxiv_id", "T,{a},n.d.,2103.00001v2", "2021-03"),
            ("sep=;\nTitle;Abstract;Year", "T;{a};2021", "2021"),
            ("About the data: exported\nRank,Title,Abstract,PubYear", "1,T,{a},2021", "2021"),
            ("PT\tAU\tTI\tSO\tAB\tPD\tPY", "J\tDoe, A\tT\tLAMPS\t{a}\tJAN-FEB\t2021", "2021"),
            ("Article Title\tAbstract\tPublication Date\tPublication Year", "T\t{a}\tMAY 6\t2021", "2021-05"),
            ("Export\n\nCriteria: x, y\nTitle;Abstract;Date;", "T;{a};2021-05-06;", "2021-05"),
            ("Titel;Zusammenfassung;Jahr", "T;{a};2021", "2021"),
            ("Titre;Résumé;Année;Mois", "T;{a};2021;3", "2021-03"),
            ("Title-题名,Summary-摘要,PubTime-发表时间", "T,{a},2021-05-06 10:00:00", "2021-05"),
            ("| Title | Abstract | Year |\n|---|:--|---|", "| T | {a} | 2021 |", "2021"),
        ],
    )
    def test_headers_and_dates_that_fall_back_record_by_record(self, tmp_path, header, row, published):
        abstract = LONG.replace(",", "").replace(";", "")
        records = read(tmp_path, "table.txt", f"{header}\n{row.format(a=abstract)}\n")
        assert pairs(records) == [("T", abstract)]
        assert records["published"].tolist() == [published]
        assert records.attrs["problems"] == []

    def test_encodings(self, tmp_path):
        text = "Title;Abstract\nÉtude des “ponts”;Ponts – à voir.\n"
        for encoding in ("utf-8-sig", "utf-16", "cp1252"):
            for end in ("\n", "\r\n", "\r"):
                raw = text.replace("\n", end).encode(encoding)
                assert read(tmp_path, "t.csv", raw)["title"].tolist() == ["Étude des “ponts”"]
        for encoding, title in (("gb18030", "网络分析方法研究与应用前景"), ("cp1251", "Исследование сетей")):
            with pytest.raises(pa.AtlasError, match="save it as UTF-8"):
                read(tmp_path, "t.csv", f"Title;Abstract\n{title};{title}\n".encode(encoding))

    @pytest.mark.parametrize(
        ("rows", "titles", "doubts"),
        [
            ('A\t"Text\t1\nB\t"Text\t2\nC\tText\t3\n', ["A", "B", "C"], 2),
            ('"A" one\tText\t1\n5" screens\tText "two".\t2\n', ['"A" one', '5" screens'], 0),
            ('A\t"Two\n""lines"".\t"\t1\nB\tText\t2\n', ["A", "B"], 0),
            ("A\tText\nB\nC\tText\t3\n", ["A", "C"], 2),
        ],
    )
    def test_quotation_marks_and_short_rows_cost_no_other_row(self, rows, titles, doubts, tmp_path):
        records = read(tmp_path, "t.tsv", f"Title\tAbstract\tShelf\n{rows}")
        assert records["title"].tolist() == titles
        assert len(records.attrs["problems"]) == doubts

    def test_lists_and_objects_in_cells_say_what_is_in_them(self, tmp_path):
        authors, ids = [{"name": "A. Doe"}, {"name": "B. Roe"}], {"ArXiv": "2103.00001"}
        row = f'T,A text.,"{authors}","{ids}"'
        records = read(tmp_path, "s2.csv", f"title,abstract,authors,externalIds\n{row}\n")
        assert records.loc[0, ["authors", "arxiv_id"]].tolist() == ["A. Doe; B. Roe", "2103.00001"]

    def test_own_columns_and_what_the_source_states_are_kept(self, tmp_path):
        content = '"Source title",Title,Abstract,DOI,"Cited by",Shelf\nLamps,T,[No abstract available],https://doi.org/10.5/X,4,b3\n'
        records = read(tmp_path, "scopus.csv", content)
        said = records.loc[0, ["venue", "doi", "citations", "Shelf", "abstract"]].tolist()
        assert said == ["Lamps", "10.5/x", "4", "b3", ""]
        (problem,) = records.attrs["problems"]
        assert (problem.record, problem.reason, problem.kept) == ("T", "no abstract", True)

    def test_odd_values_in_parquet(self, tmp_path):
        import pyarrow as arrow
        import pyarrow.parquet as pq

        far = arrow.array([2**62, 10**15], arrow.timestamp("us"))
        pq.write_table(arrow.table({"title": [b"bytes", b"more"], "date": far}), tmp_path / "far.parquet")
        records = pa.read_papers(tmp_path / "far.parquet")
        assert records["title"].tolist() == ["bytes", "more"]
        assert records["published"].fillna("").tolist() == ["", "2001-09"]
        twice = arrow.Table.from_arrays([arrow.array(["a"]), arrow.array(["b"])], names=["title", "title"])
        pq.write_table(twice, tmp_path / "twice.parquet")
        assert pa.read_papers(tmp_path / "twice.parquet")["title"].tolist() == ["a"]


BIB = r"""
@article{one, title = "{Induction at work }", keywords = "A", keywords = "B", year = 2017, abstract = {Text 40\% one.}}
@article{Two,Lab:1990, title = {{TWO}}, month = {{JAN-FEB}}, year = {{2018}}, abstract = {Text two.}}
@article{three, title = {Three}, abstract = {Text three.},
A line of free text (with a parenthesis).},
}
@article{four, title = {Four:{\hspace{0.1em}} M{\"u}ller at 20$^\circ$C}, journal = {J.}amp$\mathsemicolon$ more},
 abstract = {{\textless}jats:p{\textgreater}CO$_{\textrm{2}}$, p~{\textless}~0.05{\textless}/jats:p{\textgreater}}}
@misc{five, title={Handles}, abstract={such as
@article {style} and so on.}, date = {2007-12-02/2007-12-07}}
"""


def test_bibtex_as_publishers_write_it(tmp_path):
    records = read(tmp_path, "lib.bib", BIB)
    assert records["key"].tolist() == ["one", "Two,Lab:1990", "three", "four", "five"]
    titles = ["Induction at work", "TWO", "Three", "Four: Müller at 20°C", "Handles"]
    assert records["title"].tolist() == titles
    assert records["abstract"].tolist()[3] == "CO2, p < 0.05"
    assert records["published"].fillna("").tolist() == ["2017", "2018", "", "", "2007-12"]
    assert records["keywords"].tolist()[0] == "A; B"
    assert [(p.place, p.kept) for p in records.attrs["problems"]] == [("line 4", True), ("line 7", True)]
    on_one_line = " ".join(BIB.replace("A line of free text (with a parenthesis).},", "").split())
    assert pairs(read(tmp_path, "one.bib", on_one_line))[0] == pairs(records)[0]


@pytest.mark.parametrize("name", sorted(fuzz.seeds()))
@pytest.mark.parametrize("pack", ["", ".gz", ".zip"])
def test_every_kind_is_known_by_its_content_packed_or_not(name, pack, tmp_path):
    raw = fuzz.seeds()[name]
    path = tmp_path / f"file{pack}"
    if pack == ".zip":
        with zipfile.ZipFile(path, "w") as folder:
            folder.writestr("inside", raw)
    else:
        path.write_bytes(gzip.compress(raw) if pack else raw)
    records = pa.read_papers(path)
    assert len(records) == len(fuzz.PAPERS)
    assert records.attrs["problems"] == []


def test_names_and_dates_inside_objects_are_read_or_named(tmp_path):
    authors = [{"family": "Doe", "given": "A"}]
    crossref = {"title": ["Lamps"], "issued": {"date-parts": [[2021, 5]]}, "author": authors}
    content = {"title": {"value": "Tides"}, "abstract": {"value": LONG}}
    openreview = {"content": content, "cdate": 1_620_000_000_000}
    inverted = {"fly": [1], "Kites": [0]}
    openalex = {"title": "Kites", "abstract_inverted_index": inverted, "publication_year": 2020}
    bad = {"title": {"a": 1}, "abstract": LONG}
    records = read(tmp_path, "some.json", json.dumps({"results": [crossref, openreview, openalex, bad]}))
    assert pairs(records) == [("Lamps", ""), ("Tides", LONG), ("Kites", "Kites fly")]
    assert records["published"].tolist() == ["2021-05", "2021-05", "2020"]
    assert records["authors"].tolist()[0] == "Doe, A"
    reasons = [(p.place, p.reason, p.kept) for p in records.attrs["problems"]]
    assert reasons == [("record 1", "no abstract", True), ("record 4", "the title is an object", False)]


@pytest.mark.parametrize(
    "shape",
    [
        lambda papers: {"data": [{"citingPaper": paper, "contexts": []} for paper in papers]},
        lambda papers: [{"key": "A", "data": {**paper, "itemType": "article"}} for paper in papers],
        lambda papers: {f"2103.0000{n}": paper for n, paper in enumerate(papers)},
        lambda papers: {name: [paper[name] for paper in papers] for name in papers[0]},
        lambda papers: {"search": {"edges": [{"node": paper} for paper in papers]}},
    ],
)
def test_records_are_found_wherever_a_json_file_keeps_them(shape, tmp_path):
    papers = [{"title": title, "abstract": LONG, "year": 2021} for title in ("Lamps", "Tides")]
    assert pairs(read(tmp_path, "some.json", json.dumps(shape(papers)))) == [("Lamps", LONG), ("Tides", LONG)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Papers for the meeting.\nDo not move.\n", "save"),
        ("<html><body><p>Hello</p></body></html>", "save"),
        (
            "<?xml version='1.0'?><PubmedArticleSet><Article>A</Article></PubmedArticleSet>",
            "<PubmedArticleSet>.*; save",
        ),
        (
            "<!-- a -->" * 50 + "<rss xmlns:a='http://www.w3.org/2005/Atom'><title>Lamps</title></rss>",
            "XML of another kind.*; save",
        ),
        (json.dumps({"name": "lamp", "version": "1.0", "dependencies": {"wick": "2"}}), "expected"),
        (b"GIF89a" + bytes(200), "export"),
        (b"\xff\xd8\xff\xe0" + bytes(200), "export"),
        ("# Lamp\n\n| Name | Description |\n|---|---|\n| on | light |\n", "expected"),
    ],
)
def test_what_holds_no_papers_is_refused_with_a_remedy(content, said, tmp_path):
    with pytest.raises(pa.AtlasError, match=said):
        read(tmp_path, "file", content)


def test_a_volume_gives_its_papers_venue_and_date(tmp_path):
    text = (
        "% not @article{me, title={No}}\n@inproceedings{a, title={Lamps}, abstract={Text.}, crossref={v}}\n"
        '@proceedings{v, title={Proc. Lamps}, year=2021, month = may # "~5"}\n'
    )
    records = read(tmp_path, "lib.bib", text)
    assert records["title"].tolist() == ["Lamps", "Proc. Lamps"]
    assert records.loc[0, ["venue", "published"]].tolist() == ["Proc. Lamps", "2021-05"]


def test_endnote_xml(tmp_path):
    endnote = (
        "<xml><records><record><ref-type name='Journal Article'>17</ref-type><contributors><authors><author><style>Doe, A"
        "</style></author></authors></contributors><titles><title><style>Lamps</style></title><secondary-title>J Lamps"
        "</secondary-title></titles><dates><year>2021</year><pub-dates><date>May 6</date></pub-dates></dates>"
        f"<abstract>{LONG}</abstract></record></records></xml>"
    )
    records = read(tmp_path, "library.xml", endnote)
    found = records.loc[0, ["title", "abstract", "authors", "venue", "published"]].tolist()
    assert found == ["Lamps", LONG, "Doe, A", "J Lamps", "2021-05"]


class TestLimits:
    @pytest.mark.parametrize("line", [b"\n", b"a,b\n", b'{"title": "a", "abstract": "b"}\n'])
    def test_a_bomb_stops_while_it_unpacks(self, line, tmp_path, monkeypatch):
        monkeypatch.setattr("paperatlas.readers.content.FREE_BYTES", 2**16)
        raw = (b"title,abstract\n" if line.startswith(b"a") else b"") + line * 100_000
        with pytest.raises(pa.AtlasError, match="more than 100 times its size"):
            read(tmp_path, "bomb.gz", gzip.compress(raw))

    def test_a_table_of_one_text_again_and_again_is_refused_before_it_unfolds(self, tmp_path):
        """Parquet keeps a text once and its place many times: a few kilobytes stand for gigabytes."""
        import pyarrow as pa_
        import pyarrow.parquet as pq

        same = pa_.DictionaryArray.from_arrays(pa_.array([0] * 200_000, pa_.int32()), pa_.array([LONG * 4]))
        pq.write_table(pa_.table({"title": same, "abstract": same}), tmp_path / "bomb.parquet")
        with pytest.raises(pa.AtlasError, match="more than 100 times its size"):
            pa.read_papers(tmp_path / "bomb.parquet")

    def test_too_many_columns_and_a_text_without_end(self, tmp_path):
        with pytest.raises(pa.AtlasError, match="columns; expected at most"):
            read(tmp_path, "wide.csv", "title," + ",".join(f"c{i}" for i in range(3_000)) + "\n")
        records = read(tmp_path, "long.jsonl", json.dumps({"title": "T", "abstract": "x" * 1_100_000}))
        assert [(p.reason) for p in records.attrs["problems"]] == ["no abstract"]

    def test_devices_and_pipes_are_refused_at_once(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path / "pipe", "/dev/zero"):
            with pytest.raises(pa.AtlasError, match="device or pipe"):
                pa.read_papers(path)

    def test_entities_are_refused(self, tmp_path):
        feed = '<?xml version="1.0"?><!DOCTYPE f [<!ENTITY a "b">]><feed xmlns="http://www.w3.org/2005/Atom"></feed>'
        with pytest.raises(pa.AtlasError, match="declares entities"):
            read(tmp_path, "feed.xml", feed)

    def test_names_that_act_on_a_terminal_are_shown_by_number(self, tmp_path):
        for name in (b"caf\xe9.csv", b"two\nlines.csv", "a\u202etxt.csv".encode()):
            (tmp_path / os.fsdecode(name)).write_text(f"title,abstract\nT,{LONG.replace(',', '')}\n")
        assert pa.read_papers(tmp_path)["dump"].tolist() == ["a⟨202E⟩txt", "caf⟨DCE9⟩", "two⟨000A⟩lines"]


def test_a_folder_reads_what_it_knows_and_lists_the_rest(tmp_path):
    (tmp_path / "README.txt").write_text("These are my papers.\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "refs.bib").write_text("@misc{a, title={A}, abstract={B}}\n")
    (tmp_path / "refs.csv").write_text("title,abstract\nC,D\n")
    records = pa.read_papers(tmp_path)
    assert records["dump"].tolist() == ["refs.bib", "refs.csv"]
    assert [p.source for p in records.attrs["problems"]] == ["README.txt", "more"]
    under_pattern = pa.read_papers(f"{tmp_path}/*")
    assert under_pattern["title"].tolist() == ["A", "C"]
    assert [p.source for p in under_pattern.attrs["problems"]] == ["README.txt"]
    assert [path.name for path in pa.find_sources(tmp_path)] == ["README.txt", "refs.bib", "refs.csv"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            "<jats:title>Abstract</jats:title><jats:p>CO<jats:sub>2</jats:sub> &amp; O<sub>3</sub></jats:p>",
            "CO2 & O3",
        ),
        ("p < 0.05 and n>3", "p < 0.05 and n>3"),
        ("&lt;i&gt;in vivo&lt;/i&gt;", "in vivo"),
        ("<mml:math><mml:mi>x</mml:mi><mml:mo>=</mml:mo><mml:mn>2</mml:mn></mml:math>", "x=2"),
        (r"$O(n \log n)$ with \emph{care}, 9{\texttimes} faster", "O(n log n) with care, 9× faster"),
        ("if a<b and c>d, <i>e</i>", "if a<b and c>d, e"),
        ("<?xml version='1.0'?><ns4:p><b>Abstract:</b> <tex-math>$x^2$</tex-math></ns4:p>", "x^2"),
        ("it costs $5, not $10", "it costs $5, not $10"),
        (r"code at \url{https://example.org/a_b}", "code at https://example.org/a_b"),
    ],
)
def test_text_is_plain(markup, text):
    assert plain_text(markup) == text


@pytest.mark.parametrize("mark", ["<script", "<!--", "<annotation>", "<mml:math><tex-math>", "\\cite{"])
def test_a_text_of_nothing_but_beginnings(mark):
    """Ends at all only if no pattern looks at the same characters again and again."""
    assert plain_text("Lamps" + mark * 50_000).startswith("Lamps")


def test_rights_and_placeholders_are_no_abstract():
    for abstract in (
        "Lamps glow. © 2021 Elsevier B.V. All rights reserved.", "© 2018 IEEE. Lamps glow.",
        "© 2020 Lamp Ltd. Lamps glow.", "© 2019 Lamp B.V. All rights reserved. Lamps glow.",
        "Lamps glow. Published by Lamp & Co.",
        "Lamps glow. Crown Copyright (C) 2018 Published by L. All rights reserved.",
    ):  # fmt: skip
        assert without_rights(abstract) == "Lamps glow."
    for abstract in (
        "© 2019 IEEE Lamps glow. We count.", "The law of copyright 1976 to 2010 glows.",
        "A list was published by the ministry.", "The © sign of 1886 is old.",
    ):  # fmt: skip
        assert without_rights(abstract) == abstract
    assert all(map(is_placeholder, ["", "[No abstract available]", "N/A", "There is no abstract.", "-"]))
    assert not any(map(is_placeholder, ["No.", "We abstract.", "An abstract."]))


def test_languages_are_told_by_letters_and_function_words():
    spanish = "Las lámparas de la ciudad y el mar"
    texts = ["The lamps of the town are lit", spanish, "本文研究了节点分类", "夜の市場のランプ", "x"]
    assert [language_of(text) for text in texts] == ["en", "es", "zh", "ja", ""]
    assert language_doubts(["en"] * 50 + ["es"]) == []
    assert "several languages" in language_doubts(["en"] * 5 + ["es"] * 5)[0]
    assert "Chinese" in language_doubts(["zh"] * 5)[0]


def corpus_of(*rows):
    names = ["title", "abstract", "doi", "arxiv_id", "published"]
    table = pd.DataFrame([(*row, *[None] * (5 - len(row))) for row in rows], columns=names)
    return pa.build_corpus(table.assign(dump="a", rank=range(1, len(rows) + 1)))


class TestOnePaper:
    @pytest.mark.parametrize(
        ("one", "other", "n"),
        [
            (("Lamps", LONG, "10.5/x"), ("Lamps at night, revised", "Other text.", "10.5/x"), 1),
            (("Lamps", LONG, None, "2101.00001"), ("Lanterns", "Other.", None, "2101.00001"), 1),
            ((r"Learning $\alpha$-Nets", "A b c."), ("Learning α-nets", "A b c. © 2021 Elsevier B.V."), 1),
            (("CO<sub>2</sub> &amp; lime", "A b c."), ("CO2 & Lime", "A b c."), 1),
            (("Pre-training lamps", ""), ("Pretraining Lamps", LONG), 1),
            (("Counting. Part I", LONG), ("Counting. Part II", LONG), 2),
            (("Lamps", LONG, "10.5/x"), ("Lamps", LONG, "10.5/y"), 2),
            (("Lamps", "", None, None, "2010"), ("Lamps", "", None, None, "2020"), 2),
            (("Lamps", LONG), ("Lamps", "Ships at sea sink, and sailors swim; no captain has ever told us why the tide of "
              "one evening should ruin harbours that stood against every storm before."), 2),
            (("Editorial", ""), ("Editorial", ""), 2),
            (("Lamps", "This paper has been withdrawn."), ("Tides", "This paper has been withdrawn."), 2),
        ],
    )  # fmt: skip
    def test_by_ids_titles_and_abstracts(self, one, other, n):
        corpus = corpus_of(one, other)
        assert len(corpus) == n
        assert corpus["paper_id"].is_unique
        pd.testing.assert_frame_equal(
            corpus_of(other, one)[["paper_id", "title"]], corpus[["paper_id", "title"]]
        )

    def test_a_paper_keeps_the_earliest_date_and_what_its_records_state(self):
        corpus = corpus_of(
            ("Lamps", LONG, None, "2101.00001", "2021-01"), ("Lamps", LONG, "10.5/x", None, "2021")
        )
        said = corpus.loc[0, ["published", "precision", "doi", "arxiv_id"]].tolist()
        assert said == ["2021-01", "month", "10.5/x", "2101.00001"]


def test_a_study_names_what_lacks_an_abstract_and_can_leave_it_out(tmp_path):
    rows = [
        {"title": f"Lamps of town {i}", "abstract": f"{LONG} Town {i}." if i else "", "year": 2020}
        for i in range(14)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    study = pa.Study(tmp_path / "a.jsonl", cache=False)
    assert len(study.corpus) == 14
    assert study.problems[["source", "place", "record"]].to_numpy().tolist() == [
        ["a.jsonl", "line 1", "Lamps of town 0"]
    ]
    only = pa.Study(tmp_path / "a.jsonl", abstracts_only=True, cache=False)
    assert len(only.corpus) == 13
    assert only.problems["remedy"].tolist() == ["it was left out"]


def test_a_small_run_of_the_fuzzer():
    assert fuzz.main(150, seed=7) == 0
