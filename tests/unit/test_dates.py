"""Dates from tables and snapshots, good and bad, and which publications are taken for a paper."""

import json
from pathlib import Path

import pandas as pd
import pytest

from paperatlas.dates import Candidate, PaperSource, add_dates
from paperatlas.dates.matching import TitleMatcher
from paperatlas.shipped import data_path

ABSTRACT = (
    "We present a simple, fully convolutional model for real time instance segmentation that achieves good "
    "accuracy on a common benchmark, evaluated on a single card, faster than any previous approach we know of."
)


def corpus_of(*titles: str, abstract: str = ABSTRACT) -> pd.DataFrame:
    return pd.DataFrame(
        {"paper_id": [f"p{i}" for i in range(len(titles))], "title": titles, "abstract": abstract}
    )


def entry(title: str, created: str = "Mon, 2 Apr 2007 19:18:42 GMT", **more: object) -> dict[str, object]:
    second = {"version": "v2", "created": "Tue, 3 Mar 2020 00:00:00 GMT"}
    said = {"id": "0704.0001", "title": title, "abstract": f"  {ABSTRACT}\n", "update_date": "2021-01-01"}
    return {**said, "versions": [{"version": "v1", "created": created}, second], **more}


def snapshot(tmp_path: Path, *entries: dict[str, object]) -> Path:
    path = tmp_path / "arxiv.json"
    path.write_text("".join(json.dumps(e) + "\n" for e in entries), encoding="utf-8")
    return path


def quiet(path: Path) -> PaperSource:
    return PaperSource(path, name="arXiv snapshot")


class TestReferenceTable:
    def test_every_row_of_it_is_usable(self) -> None:
        titles = pd.read_csv(data_path("reference", "dates.csv"), dtype=str)["title"]
        dated = add_dates(corpus_of(*titles, abstract=""))
        assert len(titles) == 626
        assert dated["published"].notna().sum() == 626
        assert dated["arxiv_id"].notna().sum() == 623
        assert dated.attrs["date_problems"] == []


class TestTable:
    def test_bad_rows_are_listed_by_line_and_the_others_used(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.csv"
        path.write_text(
            "title,date\nImpossible Things,2021-13\nFuture Things,2931-01\n,2020\n"
            '"A Study of\nThings",2021\nRagged,2020,extra\nUndated Things,\nLast Things,2019\n',
            encoding="utf-8",
        )
        dated = add_dates(
            corpus_of("A Study of Things", "Last Things", "Future Things", "Undated Things"), [path]
        )
        assert dated["published"].fillna("").tolist() == ["2021", "2019", "", ""]
        problems = dated.attrs["date_problems"]
        assert [p.place for p in problems] == ["line 2", "line 3", "line 4", "line 7"]
        assert [p.source for p in problems] == ["mine.csv"] * 4


class TestOrder:
    def test_first_sure_source_wins_and_disagreement_is_reported(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.csv"
        path.write_text("title,date\nA Study of Things,2008-01\nOther Things,2001\n", encoding="utf-8")
        corpus = corpus_of("A Study of Things", "Other Things")
        sources = [path, quiet(snapshot(tmp_path, entry("A Study of Things")))]
        dated = add_dates(corpus, sources)
        assert dated["published"].tolist() == ["2008-01", "2001"]
        (report,) = dated.attrs["date_disagreements"]
        assert (report["paper_id"], report["source"], report["published"]) == ("p0", "mine.csv", "2008-01")
        assert (report["other_source"], report["other_published"]) == ("arXiv snapshot", "2007-04")
        assert add_dates(corpus, sources[::-1])["published"].tolist() == ["2007-04", "2001"]

    def test_what_records_say_of_themselves_goes_before_every_source(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.csv"
        path.write_text("title,date\nA Study of Things,2008-01\nOther Things,2001\n", encoding="utf-8")
        corpus = corpus_of("A Study of Things", "Other Things").assign(published=["2007", None])
        dated = add_dates(corpus, [path])
        assert dated["published"].tolist() == ["2007", "2001"]
        assert dated["date_source"].tolist() == ["the records", "mine.csv"]
        assert [odd["other_published"] for odd in dated.attrs["date_disagreements"]] == ["2008-01"]


YOLACT = (
    "We present a simple, fully-convolutional model for real-time instance segmentation that achieves 29.8 mAP "
    "on MS COCO at 33.5 fps evaluated on a single Titan Xp, which is significantly faster than any previous "
    "competitive approach. Moreover, we obtain this result after training on only one GPU."
)
YOLACT_PLUS = YOLACT.replace("29.8", "34.1") + " We also add deformable convolutions to the backbone."


def sure(paper: tuple[str, str], *others: tuple[str, str]) -> list[str]:
    """Titles among `others` that are surely the paper."""
    matcher = TitleMatcher(pd.DataFrame([("p", *paper)], columns=["paper_id", "title", "abstract"]))
    for title, abstract in others:
        matcher.offer(Candidate(title, "2020-01", abstract))
    return [match.candidate.title for match in matcher.matches().get("p", [])]


def test_sister_papers_with_nearly_one_abstract_are_not_confused() -> None:
    old, new = "YOLACT: Real-time Instance Segmentation", "YOLACT++: Better Real-time Instance Segmentation"
    both = [(old, YOLACT), (new, YOLACT_PLUS)]
    assert sure((old, YOLACT), *both) == [old]
    assert sure((new, YOLACT_PLUS), *both) == [new]
    assert sure(("YOLACT", YOLACT), *both) == [old]
    assert sure(("YOLACT++", YOLACT_PLUS), *both) == [new]
    assert sure((old, YOLACT), both[1]) == []


@pytest.mark.parametrize(
    "title",
    [
        "YOLACT: Real-time Instance Segmentatoin",
        "YOLACT",
        "Real-time Instance Segmentation",
        r"\textsc{Yolact}: Real--Time Instance Segmentation",
        "YOLACT - real time instance segmentation",
        "YOLATC",
    ],
)
def test_damaged_titles_are_found_by_title_and_abstract(title: str) -> None:
    assert sure((title, YOLACT), ("YOLACT: Real-time Instance Segmentation", YOLACT))


def test_the_same_title_over_another_abstract_is_another_paper() -> None:
    other = (
        "Deep networks for predicting the price of electricity in rural areas are compared with classical models "
        "over ten years of hourly data, and we find that the older ones do as well as the newer at lower cost."
    )
    assert sure(("Learning to Segment", YOLACT), ("Learning to Segment", other)) == []


@pytest.mark.parametrize(
    ("title", "other", "same"),
    [
        (
            "Attention in Convolutional Networks for Vision",
            "Attention in Convolutional Netwroks for Vision",
            True,
        ),
        ("Symmetric Networks for Graph Matching", "Asymmetric Networks for Graph Matching", False),
        ("Learning From Text for Graph Matching", "Learning From Test for Graph Matching", False),
        ("Supervised Networks for Graph Matching", "Unsupervised Networks for Graph Matching", False),
        ("A Report on Graph Matching in 2D Images", "A Report on Graph Matching in 3D Images", False),
        ("Graph Matching", "Graph Matching: A Survey of Methods", False),
        ("Networks", "Netwroks", False),
    ],
)
def test_without_abstracts_only_slight_slips_in_long_titles_pass(title: str, other: str, same: bool) -> None:
    assert bool(sure((title, ""), (other, ""))) is same


def test_a_near_miss_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    half = " ".join(YOLACT.split()[:24]) + " and then other things are said" * 5
    rows = [("YOLACT: Real-time Instance Segmentation", "2019", half), ("Cats", "2020", "")]
    pd.DataFrame(rows, columns=["title", "date", "abstract"]).to_csv(path, index=False)
    corpus = pd.DataFrame({"paper_id": ["p"], "title": ["YOLACT"], "abstract": [YOLACT]})
    dated = add_dates(corpus, [path])
    assert dated["published"].isna().all()


def test_one_record_does_not_date_two_papers(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    pd.DataFrame({"title": ["Deep Learning for Graphs and Trees"], "date": ["2020"]}).to_csv(
        path, index=False
    )
    corpus = pd.DataFrame(
        {
            "paper_id": ["exact", "slip"],
            "title": ["Deep Learning for Graphs and Trees", "Deep Learning for Grapsh and Trees"],
            "abstract": ["", ""],
        }
    )
    dated = add_dates(corpus, [path]).set_index("paper_id")
    assert dated.loc["exact", "published"] == "2020"
    assert pd.isna(dated.loc["slip", "published"])
