"""The wheel alone is the whole program: installed elsewhere, run from an empty folder.

That it makes a report is seen in test_hostile.py, whose report the installed program writes.
"""

import zipfile

import nbformat

from paperatlas.readers.dumps import format_dump
from tests.conftest import ROOT


def test_it_holds_the_data_but_no_text_of_the_shipped_papers(wheel, corpus):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        prose = b"".join(archive.read(name) for name in names if name.endswith(".ipynb")).decode()
    for path in (ROOT / "data").rglob("*"):
        if path.is_file():
            inside = f"paperatlas/files/{path.relative_to(ROOT).as_posix()}"
            assert (inside in names) != path.is_relative_to(ROOT / "data" / "dumps"), inside
    assert [title for title in corpus["title"] if len(title) > 40 and title in prose] == []


def test_notebooks_are_written_for_the_sources_given(installed, tmp_path):
    pile = tmp_path / "my dumps"
    pile.mkdir()
    (pile / "page.txt").write_text(format_dump([("A Title", "An abstract.")]), encoding="utf-8")
    made = installed("notebooks", "--to", str(tmp_path / "mine"), str(pile))
    assert made.returncode == 0, made.stderr
    for path in (tmp_path / "mine").glob("*.ipynb"):
        code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        assert not any(cell.outputs for cell in code)
        assert f"DUMPS = [{str(pile)!r}]" in "\n".join(cell.source for cell in code)
    again = installed("notebooks", "--to", str(tmp_path / "mine"), str(pile))
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "not empty" in again.stderr
