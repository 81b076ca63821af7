"""Dates for a reader's own dumps, through the command line and the study."""

import json
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from paperatlas import Study, notebooks
from paperatlas.cli import main
from paperatlas.dates import PaperSource
from paperatlas.errors import AtlasError
from paperatlas.readers.dumps import format_dump

TOPICS = [
    "kites", "bridges", "rivers", "clocks", "stamps", "violins", "orchards", "tides", "lamps", "maps", "bees",
]  # fmt: skip
TITLES = [f"A Long Study of {topic.title()} and Their Makers" for topic in TOPICS]
ABSTRACTS = [
    f"We look at {topic} in ten towns over twenty years and ask what made them better, who made them and why; "
    f"the answer is that people who care about {topic} talk to one another, measure what they do and write it down."
    for topic in TOPICS
]


def line(row: int) -> str:
    entry = {"id": f"1904.{row:05d}", "title": TITLES[row], "abstract": ABSTRACTS[row]}
    return (
        json.dumps(entry | {"versions": [{"version": "v1", "created": "Thu, 4 Apr 2019 17:59:39 GMT"}]})
        + "\n"
    )


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "own.txt"
    path.write_text(format_dump(list(zip(TITLES, ABSTRACTS, strict=True))), encoding="utf-8")
    return path


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    path = tmp_path / "arxiv-metadata"
    path.write_text("".join(line(row) for row in range(len(TITLES))), encoding="utf-8")
    return path


class TestInspect:
    def test_several_sources_in_the_order_given(
        self, dump: Path, snapshot: Path, tmp_path: Path, capsys
    ) -> None:
        table = tmp_path / "mine.csv"
        table.write_text(f"title,year\n{TITLES[0]},2011\n{TITLES[1]},2019\n", encoding="utf-8")
        assert main(["inspect", str(dump), "--dates", str(table), "--dates", str(snapshot)]) == 0
        printed = capsys.readouterr()
        assert "dates from mine.csv: 2 of 11 papers" in printed.out
        assert "dates from arxiv-metadata: 11 of 11 papers" in printed.out
        assert f"dates disagree on '{TITLES[0]}': 2011 in mine.csv, 2019-04 in arxiv-metadata" in printed.out
        assert "without a date" not in printed.out
        assert printed.err == ""

    def test_faults_name_file_and_line_and_the_rest_is_used(
        self, dump: Path, snapshot: Path, tmp_path: Path, capsys
    ) -> None:
        snapshot.write_bytes(snapshot.read_bytes()[:-50])
        table = tmp_path / "mine.csv"
        table.write_text(f"title,date\n{TITLES[0]},2931-01\n{TITLES[1]},2019-13\n{TITLES[2]},2018-02\n")
        assert main(["inspect", str(dump), "--dates", str(table), "--dates", str(snapshot)]) == 0
        printed = capsys.readouterr()
        faults = printed.err.splitlines()
        assert len(faults) == 3
        assert faults[0].startswith("paperatlas: mine.csv, line 2: expected a date up to ")
        assert faults[0].endswith("correct the date; the paper stays without a date")
        assert "mine.csv, line 3: expected a date, found the impossible '2019-13'" in faults[1]
        assert "arxiv-metadata, line 11, the last line, cut off: no whole JSON object" in faults[2]
        assert "dates from mine.csv: 1 of 11 papers" in printed.out
        assert "1 paper of 11 without a date" in printed.out


class TestStudy:
    def test_dates_from_a_file_are_kept_until_it_changes(self, dump: Path, tmp_path: Path) -> None:
        table = tmp_path / "mine.csv"
        table.write_text(f"title,year\n{TITLES[0]},2011\n{TITLES[1]},2031\n", encoding="utf-8")
        cache = tmp_path / "cache"

        def dated() -> pd.DataFrame:
            return Study(dump, sources=[str(table)], cache=cache).corpus

        first, second = dated(), dated()
        pd.testing.assert_frame_equal(first, second)
        assert first.attrs == second.attrs
        assert second.attrs["date_problems"][0].place == "line 3"
        assert len(list(cache.glob("dates-*.zip"))) == 1
        table.write_text(f"title,year\n{TITLES[0]},2012\n{TITLES[1]},2013\n", encoding="utf-8")
        assert dated()["published"].dropna().tolist() == ["2012", "2013"]

    def test_a_report_takes_its_options_into_the_notebooks(self, dump: Path) -> None:
        study = Study(dump, sources=["own dates.csv"], period="quarter", n_topics=4)
        cell = nbformat.v4.new_code_cell(
            "DUMPS = ...\nstudy = pa.Study(DUMPS)", metadata={"tags": ["parameters"]}
        )
        given = nbformat.v4.new_notebook(cells=[cell])
        changed = notebooks.for_study(given, [Path("page.txt")], study.options())
        assert changed.cells[0].source.splitlines() == [
            "DUMPS = ['page.txt']",
            "study = pa.Study(DUMPS, n_topics=4, sources=['own dates.csv'], period='quarter')",
        ]
        assert cell.source == "DUMPS = ...\nstudy = pa.Study(DUMPS)"

    def test_a_source_that_a_notebook_cannot_name_is_refused(self, dump: Path, tmp_path: Path) -> None:
        (tmp_path / "mine.csv").write_text("title,year\nA Study,2020\n", encoding="utf-8")
        with pytest.raises(AtlasError, match="by path; found PaperSource"):
            Study(dump, sources=[PaperSource(tmp_path / "mine.csv")]).options()
