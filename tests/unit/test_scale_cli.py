"""The command line of a run over many papers."""

import os
import subprocess
import sys

import pandas as pd
import pytest

import paperatlas as pa
from paperatlas.cli import main


def test_the_command_writes_every_paper_and_says_what_it_skipped(tmp_path, corpus, capsys):
    source = tmp_path / "papers.csv"
    corpus[["title", "abstract"]].head(60).to_csv(source, index=False)
    with source.open("a") as file:
        file.write("a row without end\n")
    out = tmp_path / "out"
    options = ["scale", str(source), "--out", str(out), "--workers", "0", "--part", "25", "--topics", "3"]
    assert main(options) == 0
    said = capsys.readouterr().out
    assert "papers.csv, line 62" in said or "papers.csv, line" in said
    papers = pd.concat([pd.read_parquet(path) for path in sorted((out / "papers").iterdir())])
    assert set(papers["paper_id"]) == set(corpus["paper_id"].head(60))
    assert set(papers["topic"]) == {0, 1, 2}
    assert "read 60 records into 3 partitions" in said
    assert main([*options[:-1], "1"]) == 0
    assert "every paper has a topic; the only one is “" in capsys.readouterr().out
    assert main(options) == 0
    # With a sample as large as the source, the run is fit_topics itself.
    fitted = pa.fit_topics(pa.build_corpus(pa.read_papers(source)), n_topics=3)
    found = papers.set_index("paper_id").loc[fitted.papers["paper_id"], "topic"]
    assert found.tolist() == fitted.papers["topic"].tolist()


@pytest.mark.skipif(sys.platform != "linux", reason="file names elsewhere are text")
def test_a_file_name_that_is_not_utf8_is_shown_by_number(tmp_path, capsys):
    source = tmp_path / os.fsdecode(b"p\xff.csv")
    rows = "".join(f"On thing {i},We study thing {i} and others.\n" for i in range(12))
    source.write_text(f"title,abstract\n{rows}a row without end\n")
    for _ in range(2):  # a second run knows the first one's source again
        assert main(["scale", str(source), "--out", str(tmp_path / "out"), "--workers", "0"]) == 0
        assert "p⟨DCFF⟩.csv, line 14" in capsys.readouterr().out
    papers = pd.read_parquet(tmp_path / "out" / "papers" / "part-00000.parquet")
    assert papers["dumps"].iloc[0].tolist() == ["p⟨DCFF⟩"]


def test_the_workers_interrupt_nobody(tmp_path):
    """Dask tells of each connection, on the terminal where nobody else has one."""
    source = tmp_path / "papers.csv"
    rows = "".join(f"On thing {i},We study thing {i} and others.\n" for i in range(12))
    source.write_text(f"title,abstract\n{rows}")
    command = [sys.executable, "-m", "paperatlas.cli", "scale", source, "--out", tmp_path / "out"]
    run = subprocess.run([*command, "--workers", "1"], capture_output=True, text=True, check=True)
    assert "partition 0 is done" in run.stdout
    assert run.stderr == ""


def test_a_missing_package_is_named_with_the_way_to_get_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    source = tmp_path / "x.csv"
    source.write_text("title,abstract\na,b\n")
    assert main(["scale", str(source), "--out", str(tmp_path / "o")]) == 2
    assert "pip install 'paperatlas[scale]'" in capsys.readouterr().err


def test_a_scheduler_that_is_not_there_is_named(tmp_path, capsys, monkeypatch):
    import distributed

    def refuse(*args, **kwargs):
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", refuse)
    assert main(["scale", "x", "--out", str(tmp_path / "o"), "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--workers", "-1"], "at least 1 worker, found -1"),
        (["--workers", "1", "--memory", "much"], "'much'"),
        (["--workers", "0", "--sample", "0"], "at least 10 papers, found 0"),
        (["--workers", "0", "--part", "0"], "at least 1 record, found 0"),
        (["--workers", "0", "--model", "m", "--topics", "3"], "leave out --topics"),
    ],
)
def test_a_size_that_cannot_be_is_refused_in_one_line(options, said, tmp_path, capsys):
    source = tmp_path / "x.csv"
    source.write_text("title,abstract\na,b\n")
    assert main(["scale", str(source), "--out", str(tmp_path / "o"), *options]) == 2
    refusal = capsys.readouterr().err
    assert said in refusal
    assert refusal.count("\n") == 1
    assert "fault of the program" not in refusal
