"""Uploads land in their folder, whole, and nowhere else."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paperatlas as pa
from paperatlas.widgets import sources as uploads
from paperatlas.widgets.sources import save_uploads


def file(name: str, content: bytes = b"text") -> dict[str, object]:
    return {"name": name, "content": memoryview(content)}


def test_a_second_upload_replaces_the_first(tmp_path):
    save_uploads([file("a.txt", b"old")], tmp_path)
    save_uploads([file("a.txt", b"new")], tmp_path)
    assert (tmp_path / "a.txt").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (file("a.pdf"), "not the name of a source"),
        (file(".txt"), "not the name of a source"),
        (file("a" * 296 + ".txt"), "has 300 characters"),
        (file("a\n.txt"), "not the name of a source"),
        (file("a.txt", b""), "expected between 1 and"),
    ],
)
def test_one_bad_file_and_none_is_written(bad, reason, tmp_path):
    with pytest.raises(pa.DumpError, match=reason):
        save_uploads([file("good.txt"), bad], tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_file_beyond_what_the_reader_takes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "WHOLE_BYTES", 100)
    with pytest.raises(pa.DumpError, match="expected between 1 and"):
        save_uploads([file("a.txt", b"x" * (uploads.WHOLE_BYTES + 1))], tmp_path)


@given(
    st.text(min_size=1, max_size=40).map(lambda name: name + ".txt")
    | st.sampled_from(["../a.txt", "c:\\x\\a.txt"])
)
def test_no_name_leads_out_of_the_folder(name):
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer, "inner")
        try:
            saved = save_uploads([file(name)], folder)
        except pa.DumpError:
            return
        assert [path.parent for path in saved] == [folder]
        assert [p.name for p in Path(outer).iterdir()] == ["inner"]
        assert [p.resolve().parent for p in folder.iterdir()] == [folder.resolve()]
