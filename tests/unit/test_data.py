"""The shipped data are what the manifest says."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from paperatlas.shipped import data_path

MANIFEST = json.loads(data_path("manifest.json").read_text(encoding="utf-8"))


def test_every_file_is_listed():
    listed = {entry["path"] for entry in MANIFEST["files"]}
    present = {
        str(path.relative_to(data_path()))
        for path in data_path().rglob("*")
        if path.is_file() and path.name not in {"manifest.json", "README.md"}
    }
    assert listed == present


@pytest.mark.parametrize("entry", MANIFEST["files"], ids=lambda entry: entry["path"])
def test_bytes_and_hash(entry):
    content = data_path(*entry["path"].split("/")).read_bytes()
    assert len(content) == entry["bytes"]
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert entry["source"]
    assert entry["licence"]


def test_data_sheet_speaks_of_every_exported_column(study):
    from paperatlas.export import tables

    sheet = set(re.findall(r"`(\w+)`", data_path("README.md").read_text(encoding="utf-8")))
    for name, table in tables(study).items():
        if name != "trends.csv":
            assert set(table.columns) <= sheet, name


def test_data_sheet_answers_what_a_data_sheet_answers():
    sheet = data_path("README.md").read_text(encoding="utf-8")
    for folder in ("dumps/", "reference/dates.csv"):
        section = sheet.split(f"## {folder}")[1].split("\n## ")[0]
        for question in ("How collected", "Exclusions", "Known errors", "Licence"):
            assert f"**{question}.**" in section, (folder, question)
    log = sheet.split("## Change log")[1]
    assert re.findall(r"^- (\d{4}-\d\d-\d\d): ", log, re.MULTILINE)


def test_data_sheet_counts_what_is_there(records, corpus):
    sheet = data_path("README.md").read_text(encoding="utf-8")
    for dump, n in records.groupby("dump").size().items():
        assert f"| `{dump}.txt` | {n} |" in sheet
    assert f"{len(records)} records of {len(corpus)} papers" in sheet
    ends = corpus["abstract"].str.endswith((".", "!", "?", '."', ".)", ".”"))
    assert f"{(~ends).sum()} of the {len(corpus)} end without a full stop" in sheet


def test_the_reader_of_the_data_sheet_undoes_what_the_writer_does():
    """The pattern that the sheet gives to other readers is the one that the library uses."""
    from paperatlas.export import _NEUTRALISED

    sheet = data_path("README.md").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"matches `\^(.+?)`\.", sheet)
    for text in ("'=1", "''=1", "'-1", "'\t1", "'＝1", "'Tis", "=1", "1-2", "' =1"):
        assert bool(re.match(pattern, text)) == bool(_NEUTRALISED.match(text)), text
