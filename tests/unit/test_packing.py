"""The zip: whole or not there, and never over a file of somebody's."""

import json
import zipfile

import pytest

import paperatlas as pa
from paperatlas.folders import PASSPORT, files_of


def write(folder, names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


@pytest.mark.parametrize("name", ["atlas", "atlas.tar"])
def test_a_name_that_is_no_zip_is_refused_before_any_work(name, tmp_path):
    with pytest.raises(pa.AtlasError, match=r"ends in \.zip"):
        pa.bundle(pa.Study("nowhere"), tmp_path / name)


def test_an_earlier_bundle_is_replaced_and_one_that_was_changed_is_not(tmp_path, monkeypatch):
    def folder_of(study, out, **_):
        write(out, ["page.html", "deep/er.csv"])
        (out / PASSPORT).write_text(json.dumps({"files": files_of(out)}))

    monkeypatch.setattr("paperatlas.packing.build_report", folder_of)
    monkeypatch.setattr("paperatlas.packing.export", folder_of)
    (tmp_path / "page.txt").write_text("A Title\nAn abstract.\n")
    study = pa.Study(tmp_path / "page.txt")
    target = pa.bundle(study, tmp_path / "atlas.zip")
    assert pa.bundle(study, target) == target
    with zipfile.ZipFile(target) as archive:
        assert "atlas/report/deep/er.csv" in archive.namelist()
        assert archive.read("atlas/tables/page.html") == b"page.html"
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("atlas/notes.txt", "mine")
    changed = target.read_bytes()
    with pytest.raises(pa.AtlasError, match="not as this program wrote it"):
        pa.bundle(study, target)
    assert target.read_bytes() == changed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["atlas.zip", "page.txt"]
