"""The command line: what it writes, what it refuses, and that a refusal writes nothing."""

import json
import os
import re

import pandas as pd
import pytest

import paperatlas as pa
from paperatlas.cli import BAD_INPUT, main
from paperatlas.readers.dumps import format_dump

TABLES = {
    "papers.csv": "paper_id key title abstract authors doi arxiv_id url published venue keywords citations language "
    "theme topic subtopic topic_name subtopic_name confidence runner_up x y kept_neighbours dumps placed_by",
    "topics.csv": "level topic parent name words size stability stability_low stability_high grade name_auc odds_ratio "
    "odds_low odds_high p_adjusted verdict edited",
    "trends.csv": "level topic period n total share low high",
    "systems.csv": "paper_id name kind quote start end",
    "claims.csv": "paper_id quote value unit kind direction start end",
    "links.csv": "paper_id url host kind",
    "dumps.csv": "dump label records papers only_here terms",
    "reading_list.csv": "variant place paper_id title topic_name adds covered at_most why",
    "merges.csv": "paper_id dump rank rule score",
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory, dumps_folder):
    out = tmp_path_factory.mktemp("export") / "tables"
    assert main(["export", str(dumps_folder), "--out", str(out)]) == 0
    return out


def test_export_writes_every_table_with_its_columns(exported):
    others = "datasets.csv near_duplicates.csv problems.csv edits.csv papers.bib papers.ris reading_list.bib passport.json"
    assert {f.name for f in exported.iterdir()} == {*TABLES, *others.split()}
    for name, columns in TABLES.items():
        assert set(columns.split()) <= set(pd.read_csv(exported / name).columns), name


def test_exported_trends_are_those_of_the_study(exported, study):
    nodes = pd.read_csv(exported / "topics.csv").query("level == 'topic'").fillna({"depends_on": ""})
    for column in ("topic", "odds_low", "odds_high", "p_adjusted", "verdict", "depends_on"):
        assert nodes[column].tolist() == study.trend_tests[column].tolist(), column


def test_passport(exported, dumps_folder):
    passport = json.loads((exported / "passport.json").read_text())
    assert {"inputs", "versions", "platform", "threads", "seeds", "numbers", "seconds"} <= set(passport)
    assert passport["numbers"]["papers"] == 626
    assert str(dumps_folder) not in json.dumps(passport)


def test_a_second_export_is_the_same_and_replaces_the_first(exported, dumps_folder):
    before = {f.name: f.read_bytes() for f in exported.glob("*.csv")}
    assert main(["export", str(dumps_folder), "--out", str(exported)]) == 0
    assert {f.name: f.read_bytes() for f in exported.glob("*.csv")} == before
    assert [p.name for p in exported.parent.iterdir()] == ["tables"]


def test_inspect_names_what_it_could_not_place(tmp_path, capsys, records):
    page = tmp_path / "page.txt"
    pairs = list(zip(records["title"], records["abstract"], strict=True))[:3]
    page.write_text(format_dump(pairs) + "A Title at the End\n", encoding="utf-8")
    assert main(["inspect", str(page)]) == 0
    printed = capsys.readouterr().out
    assert "page: 3 records" in printed
    assert "page.txt, line 9: title without an abstract: 'A Title at the End'" in printed
    assert "one problem" in printed


@pytest.mark.parametrize("command", ["export", "report"])
@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.txt", None, "does not exist"),
        ("empty.txt", "", "is empty"),
        pytest.param(
            f"{300 * 'a'}.txt",
            None,
            "name too long",
            marks=pytest.mark.skipif(os.name == "nt", reason="POSIX"),
        ),
        ("binary.txt", "\0\1\2" * 99, "is not text"),
        ("one.txt", format_dump([("A title", "An abstract.")]), "at least 10 papers, found 1"),
    ],
)
def test_bad_input_is_refused_without_a_trace(tmp_path, capsys, command, name, content, message):
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    out = tmp_path / "out"
    assert main([command, str(tmp_path / name), "--out", str(out)]) == BAD_INPUT
    printed = capsys.readouterr()
    assert message in printed.err
    assert name[:9] in printed.err
    assert "Traceback" not in printed.err
    assert not out.exists()


def test_a_study_is_found_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(pa.Study("data/dumps").records) == 774
    assert len(pa.Study("data/dumps/004*.txt").records) == 119


def test_similar_papers(study):
    title = study.corpus["title"].iloc[0]
    found = study.similar(title.upper(), n=3)
    assert found["title"].iloc[0] == title
    assert found["similarity"].iloc[0] == pytest.approx(1, abs=1e-3)
    assert found["similarity"].is_monotonic_decreasing
    memory = study.similar("mixture of experts with sparse gating", n=5)
    assert memory["title"].str.contains("Expert|MoE|Mixture", regex=True).sum() >= 3


def test_report_tells_its_steps(tmp_path, monkeypatch, capsys, dumps_folder):
    page = tmp_path / "index.html"

    def build_report(study, out, done):
        done("site", 1, 2)
        return page

    monkeypatch.setattr("paperatlas.report.build_report", build_report)
    assert main(["report", str(dumps_folder), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert f"{page} is ready after" in said
    for step in ("records", "corpus", "site"):
        assert re.search(rf"^{step} +\d+\.\d s$", said, re.MULTILINE), step
    assert "\x1b" not in said, "nothing for terminals in a file"


def test_a_notebook_that_is_not_there_is_refused(capsys):
    assert main(["notebooks", "77"]) == 2
    assert "no notebook begins with 77; there are 00_start_here" in capsys.readouterr().err
