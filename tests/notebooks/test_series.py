"""The notebooks as a series: executed, tidy, short, linked, and their figures whole.

That the stored outputs are what the cells give is nbval's part; see ``[tool.pytest.ini_options]``.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

import paperatlas as pa
from paperatlas import notebooks

PLOTLY = "application/vnd.plotly.v1+json"
FIGURE_TAG = "nbval-ignore-output"
MACHINE_TAG = "machine-dependent"  # the one table of other methods, which rest on UMAP and on the clock
SERIES = notebooks.series()
each = pytest.mark.parametrize("path", SERIES, ids=lambda p: p.stem)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def text_of(output: nbformat.NotebookNode) -> str:
    data = output.get("data", {})
    return "".join([output.get("text", ""), *(str(v) for k, v in data.items() if k != PLOTLY)])


def test_numbers_follow_one_another():
    assert [p.name[:2] for p in SERIES] == [f"{i:02}" for i in range(len(SERIES))]


@each
def test_is_executed_from_top_to_bottom(path):
    assert [cell.execution_count for cell in code_cells(path)] == list(range(1, len(code_cells(path)) + 1))


@each
def test_stores_no_error_warning_path_or_address(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.get("text")
            text = text_of(output)
            assert "Warning" not in text
            assert not re.search(r"/(?:home|root|tmp|usr|work|Users)/\w", text)
            assert not re.search(r"\b0x[0-9a-f]{6,}", text)


@each
def test_is_short_enough_to_teach_from(path):
    lines = sum(len([line for line in cell.source.splitlines() if line.strip()]) for cell in code_cells(path))
    assert len(read(path).cells) <= 50
    assert lines <= 140


@each
def test_opens_and_closes_as_the_series_does(path):
    cells = read(path).cells
    opening = "".join(cell.source for cell in cells[:3] if cell.cell_type == "markdown")
    for heading in ("**What you'll do**", "**What you'll learn**", "**What you'll need**"):
        assert heading in opening
    assert "## On your own" in cells[-1].source
    assert "**What comes next:**" in cells[-1].source


@each
def test_has_one_parameters_cell_that_names_the_dumps(path):
    tagged = [cell for cell in code_cells(path) if notebooks.PARAMETERS_TAG in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert tagged[0].source.startswith('DUMPS = "data/dumps"')
    changed = notebooks.with_dumps(read(path), [Path("my dumps/a.txt")])
    assert "DUMPS = ['my dumps/a.txt']" in "".join(cell.source for cell in changed.cells)


@each
def test_exactly_the_figures_are_exempt_from_comparison(path):
    for cell in code_cells(path):
        has_figure = any(PLOTLY in output.get("data", {}) for output in cell.outputs)
        tags = cell.metadata.get("tags", [])
        assert (FIGURE_TAG in tags) == (has_figure or MACHINE_TAG in tags), cell.source


@each
def test_figures_have_data_a_title_and_words_for_those_who_do_not_see_them(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            if figure := output.get("data", {}).get(PLOTLY):
                assert figure["data"], cell.source
                assert figure["layout"]["title"]["text"]
                assert len(figure["layout"]["meta"]["alt"]) > 20


@each
def test_says_what_to_see_after_each_figure(path):
    cells = read(path).cells
    for cell, after in pairwise(cells):
        if FIGURE_TAG in cell.metadata.get("tags", []):
            assert after.cell_type == "markdown", cell.source
            assert "What to see" in after.source or "**" in after.source, cell.source


@each
def test_links_to_other_notebooks_resolve(path):
    for target in re.findall(r"\]\(([\w.]+\.ipynb)\)", "".join(cell.source for cell in read(path).cells)):
        assert (path.parent / target).exists(), target


@each
def test_prose_states_no_number_of_the_data(path, study):
    """Sentences that carry findings are generated; the prose must hold for other dumps too."""
    numbers = {
        len(study.records),
        len(study.corpus),
        len(study.topics.table),
        *study.records.groupby("dump").size(),
    }
    numbers = {n for n in numbers if n > 30}
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            found = {int(n) for n in re.findall(r"(?<![\w.])\d{2,6}(?![\w.])", cell.source)}
            assert not numbers & found, cell.source


def test_a_failing_cell_is_named(tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("raise ValueError('no such thing')")]
    )
    path = tmp_path / "00_fails.ipynb"
    nbformat.write(notebook, path)
    with pytest.raises(pa.AtlasError, match=r"00_fails\.ipynb stopped: ValueError: no such thing"):
        notebooks.execute_all([path])


def test_a_notebook_without_parameters_is_refused(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    with pytest.raises(pa.AtlasError, match="parameters"):
        notebooks.with_dumps(notebook, [tmp_path])
