"""Tables and snapshots as sources of dates, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from paperatlas.dates import PaperSource, add_dates
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
