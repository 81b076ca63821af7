"""The shipped data are what the manifest says."""

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
