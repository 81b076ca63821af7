"""The wheel alone is the whole program: installed elsewhere, run from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from paperatlas.dumps import format_dump
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def run(wheel, tmp_path_factory):
    """Run the installed command from an empty folder, with a cache of its own."""
    place = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:  # which is all that an installation does with pure Python
        archive.extractall(place / "site")
    (place / "empty").mkdir()
    environment = {
        **os.environ, "PYTHONPATH": str(place / "site"), "PAPERATLAS_CACHE": str(place / "cache"),
    }  # fmt: skip

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "paperatlas.cli", *arguments],
            cwd=place / "empty", env=environment, capture_output=True, text=True,
        )  # fmt: skip

    return command


@pytest.fixture(scope="module")
def pile(tmp_path_factory) -> Path:
    kinds = ["growth of wheat", "colour of flowers", "weight of stones"]
    papers = [
        (
            f"The {kinds[i % 3]}, part {i}",
            f"We measure the {kinds[i % 3]} under condition {i % 7} and report it.",
        )
        for i in range(36)
    ]
    folder = tmp_path_factory.mktemp("pile") / "my dumps"
    folder.mkdir()
    (folder / "page.txt").write_text(format_dump(papers), encoding="utf-8")
    return folder


def test_it_holds_the_data_but_no_text_of_the_shipped_papers(wheel, corpus):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        prose = b"".join(archive.read(name) for name in names if name.endswith(".ipynb")).decode()
    for path in (ROOT / "data").rglob("*"):
        if path.is_file():
            inside = f"paperatlas/files/{path.relative_to(ROOT).as_posix()}"
            assert (inside in names) != path.is_relative_to(ROOT / "data" / "dumps"), inside
    assert [title for title in corpus["title"] if len(title) > 40 and title in prose] == []


def test_a_report_is_made_from_the_wheel_alone(run, pile, tmp_path):
    made = run("report", str(pile), "--out", str(tmp_path / "site"))
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "site" / "index.html").is_file()
    assert len(list((tmp_path / "site" / "notebooks").glob("*.html"))) >= 8


def test_notebooks_are_written_for_the_sources_given(run, pile, tmp_path):
    made = run("notebooks", "--to", str(tmp_path / "mine"), str(pile))
    assert made.returncode == 0, made.stderr
    for path in (tmp_path / "mine").glob("*.ipynb"):
        code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        assert not any(cell.outputs for cell in code)
        assert f"DUMPS = [{str(pile)!r}]" in "\n".join(cell.source for cell in code)
    again = run("notebooks", "--to", str(tmp_path / "mine"), str(pile))
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    assert "not empty" in again.stderr
