"""The report on the least that can be analysed: every part stands, or says why it has nothing to show."""

import random
import re
from pathlib import Path

import nbformat
import pytest

import paperatlas as pa
from paperatlas import notebooks
from paperatlas.report import build_report
from paperatlas.report.parts import trends
from tests.notebooks.cells import run_cell

SIGNS = "我们提出了一种新的方法用于图像识别和自然语言处理模型训练"


def run_here(study: pa.Study, paths: list[Path], tell) -> dict[Path, nbformat.NotebookNode]:
    """The notebooks on the sources of a study, in this process instead of a kernel each."""
    runs = {}
    for path in paths:
        notebook = notebooks.for_study(nbformat.read(path, as_version=4), study.dumps)
        names: dict[str, object] = {}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = [nbformat.v4.new_output("display_data", run_cell(cell.source, names))]
        runs[path] = notebook
        tell(path.stem)
    return runs


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Ten papers in one dump, without dates, in a script that sets no blanks between words."""
    rng = random.Random(0)
    folder = tmp_path_factory.mktemp("small")
    pairs = [
        (f"一种新的方法 {i} 用于识别", "".join(rng.choice(SIGNS) for _ in range(120)) + "。")
        for i in range(10)
    ]
    (folder / "page.txt").write_text(pa.format_dump(pairs), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAPERATLAS_CACHE", str(folder / "cache"))
        patch.chdir(folder)
        patch.setattr("paperatlas.report.build.run_notebooks", run_here)
        return build_report(pa.Study(folder / "page.txt"), folder / "site").parent


def test_every_notebook_has_its_page(site):
    for path in notebooks.about_the_pile():
        page = (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert "Traceback" not in page, path.name


def test_the_brief_says_what_it_leaves_out_and_why(site):
    brief = (site / "paper-atlas.html").read_text(encoding="utf-8")
    assert "“How it moves”, because no paper has a date" in brief
    assert '<section class="pa-part" id="trends"' not in brief
    for word in ("nan", "None", "Of 0 topics"):
        assert not re.search(rf"[> ]{word}[<.,; ]", brief), word
    assert brief.count("一种新的方法") >= 10, "every paper is there"


def test_the_data_sheet_is_that_of_this_pile(site):
    sheet = re.sub(r"<[^>]+>", "", (site / "data.html").read_text(encoding="utf-8"))
    assert "five saved search pages" not in sheet
    assert "10 records of 10 papers" in sheet
    assert "0 of 10 papers (0 %) are dated" in sheet
    assert "papers.csv" in sheet


def test_doubts_are_on_every_page(site):
    for page in ("topics/index.html", "paper-atlas.html"):
        assert "There are only 10 papers" in (site / page).read_text(encoding="utf-8"), page


def test_no_table_holds_a_gap_that_the_data_sheet_does_not_allow(site):
    for file in (site / "tables").glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        assert "nan" not in re.split(r"[,\n]", text.lower()), file.name


def test_years_that_state_no_month_are_not_called_undated(tmp_path):
    rows = "".join(f"On lantern {i},We study lanterns and beetle {i}.,{2010 + i}\n" for i in range(10))
    (tmp_path / "papers.csv").write_text(f"title,abstract,year\n{rows}")
    study = pa.Study(tmp_path / "papers.csv", period="month", cache=False)
    assert trends(study)["reason"] == "no date states a month"
