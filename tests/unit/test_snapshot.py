"""A source that changes while a run is at work: never a result of two halves."""

import os
import random
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas import notebooks, study
from paperatlas.folders import copy_inputs, look_at
from paperatlas.readers.dumps import format_dump
from paperatlas.report import run_notebooks
from tests.notebooks.cells import write_notebook

CHANGES = int(os.environ.get("PAPERATLAS_CHANGES", "3"))


def page_of(n: int) -> str:
    kinds = ["growth", "colour", "weight"]
    return format_dump(
        [(f"On {kinds[i % 3]} {i}", f"We study the {kinds[i % 3]} of thing {i}.") for i in range(n)]
    )


@pytest.fixture
def page(tmp_path) -> Path:
    (tmp_path / "pile").mkdir()
    file = tmp_path / "pile" / "page.txt"
    file.write_text(page_of(12), encoding="utf-8")
    return file


@pytest.fixture
def counting(tmp_path) -> Path:
    """A notebook that says how many papers it was given."""
    count = "import paperatlas as pa\nstudy = pa.Study(DUMPS)\nlen(study.records)"
    return write_notebook(tmp_path / "00_count.ipynb", 'DUMPS = "data/dumps"', count)


def counted(run: nbformat.NotebookNode) -> int:
    return int(run.cells[-1].outputs[0]["data"]["text/plain"])


def test_kernels_read_what_the_study_read(page, counting, tmp_path, monkeypatch):
    pile = pa.Study(page.parent, cache=tmp_path / "cache")
    execute = notebooks._execute

    async def after_a_change(notebook, path):
        page.write_text(page_of(20), encoding="utf-8")
        return await execute(notebook, path)

    monkeypatch.setattr(notebooks, "_execute", after_a_change)
    (run,) = run_notebooks(pile, [counting]).values()
    assert counted(run) == len(pile.records) == 12
    source = "\n".join(cell.source for cell in run.cells)
    assert "DUMPS = ['pile']" in source
    assert str(tmp_path) not in source
    # What was kept stands for the papers it was made of: a study of the new ones runs anew.
    (again,) = run_notebooks(pa.Study(page.parent, cache=tmp_path / "cache"), [counting]).values()
    assert counted(again) == 20


def test_a_source_that_changed_since_the_study_read_it_is_named(page, counting, tmp_path):
    pile = pa.Study(page, cache=tmp_path / "cache")
    assert len(pile.records) == 12
    page.write_text(page_of(20), encoding="utf-8")
    with pytest.raises(pa.AtlasError, match=r"page\.txt changed while it was read"):
        run_notebooks(pile, [counting])
    assert not list((tmp_path / "cache").glob("notebook-*"))


def test_a_source_that_changes_while_it_is_read_is_named(page, tmp_path, monkeypatch):
    read = study.read_papers

    def read_and_change(paths):
        found = read(paths)
        page.write_text(page_of(20), encoding="utf-8")
        return found

    monkeypatch.setattr(study, "read_papers", read_and_change)
    with pytest.raises(pa.AtlasError, match=r"page\.txt changed while it was read"):
        _ = pa.Study(page, cache=False).records


def test_dates_that_change_while_they_are_read_are_not_kept(page, tmp_path, monkeypatch):
    table = tmp_path / "dates.csv"
    table.write_text("title,year\nOn growth 0,2020\n")
    find = study.find_dates

    def find_and_change(corpus, sources):
        found = find(corpus, sources)
        table.write_text("title,year\nOn growth 0,2021\n")
        return found

    monkeypatch.setattr(study, "find_dates", find_and_change)
    with pytest.raises(pa.AtlasError, match=r"dates\.csv changed while it was read"):
        _ = pa.Study(page, sources=[str(table)], cache=tmp_path / "cache").corpus
    assert not list((tmp_path / "cache").glob("dates-*"))


def test_changes_at_random_moments_never_mix(page, counting, tmp_path):
    """Each run gives one number of papers in the study and in the notebook, or a refusal."""
    import threading

    rng = random.Random(0)
    mixed = 0
    for change in range(CHANGES):
        page.write_text(page_of(12), encoding="utf-8")
        pile = pa.Study(page, cache=tmp_path / "cache")
        timer = threading.Timer(
            rng.uniform(0, 2.5), page.write_text, [page_of(20 + change)], {"encoding": "utf-8"}
        )
        timer.start()
        try:
            records = len(pile.records)
            (run,) = run_notebooks(pile, [counting]).values()
            mixed += counted(run) != records
        except pa.AtlasError:  # it was caught half written, or other than the study had read it
            pass
        timer.join()
    assert mixed == 0


@pytest.mark.parametrize(
    "given", [["pile"], ["pile/page.txt"], ["pile/page.txt", "pile"], ["p*/*.txt", "other"]]
)
def test_the_copy_is_read_as_the_original(page, tmp_path, monkeypatch, given):
    """Folders, files and patterns, named in any order and twice: the same records under the same names."""
    monkeypatch.chdir(tmp_path)
    Path("other").mkdir()
    Path("other/page.txt").write_text(page_of(9)[3:], encoding="utf-8")
    Path("other/notes.md").write_text("not papers")
    given = [Path(name) for name in given]
    copied = copy_inputs(given, look_at(pa.find_sources(given)), tmp_path / "copy")
    pd.testing.assert_frame_equal(pa.read_papers(copied), pa.read_papers(given))
