"""The notebooks as a series: executed, tidy, short, linked, and their figures whole.

That the stored outputs are what the cells give is nbval's part; see ``[tool.pytest.ini_options]``.
"""

import ast
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from paperatlas import notebooks
from tests.notebooks.cells import PLOTLY

FIGURE_TAG = "nbval-ignore-output"
MACHINE_TAG = "machine-dependent"  # the one table of other methods, which rest on UMAP and on the clock
SERIES = notebooks.series()
LEAST_FACTS = 5
each = pytest.mark.parametrize("path", SERIES, ids=lambda p: p.stem)
each_and_template = pytest.mark.parametrize("path", [*SERIES, notebooks.template()], ids=lambda p: p.stem)


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def text_of(output: nbformat.NotebookNode) -> str:
    data = output.get("data", {})
    return "".join([output.get("text", ""), *(str(v) for k, v in data.items() if k != PLOTLY)])


def unexecuted(notebook: nbformat.NotebookNode) -> list[str]:
    """Cells that were not run in order, or whose output is gone: nbval compares nothing where nothing was run."""
    found = []
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for place, cell in enumerate(cells, start=1):
        if cell.execution_count != place or (gives_output(cell.source) and not cell.outputs):
            found.append(cell.source)
    return found


def gives_output(source: str) -> bool:
    """Whether a cell shows something: it ends in an expression, or prints."""
    tree = ast.parse(source)
    return (bool(tree.body) and isinstance(tree.body[-1], ast.Expr)) or "print(" in source


@pytest.mark.parametrize("library", ["sklearn", "bertopic", "umap", "scipy", "plotly"])
def test_the_reader_works_with_the_libraries_themselves(library):
    sources = "".join(cell.source for path in SERIES[3:7] for cell in code_cells(path))
    assert re.search(rf"^(?:from|import) {library}\b", sources, re.MULTILINE)


def checked_facts(notebook: nbformat.NotebookNode) -> list[str]:
    """Cells whose text nbval compares word for word."""
    return [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code"
        and FIGURE_TAG not in cell.metadata.get("tags", [])
        and any(output.get("text") or "text/plain" in output.get("data", {}) for output in cell.outputs)
    ]


@each_and_template
def test_is_executed_from_top_to_bottom(path):
    assert unexecuted(read(path)) == []


@each
def test_has_facts_enough_that_a_check_means_something(path):
    assert len(checked_facts(read(path))) >= LEAST_FACTS


@pytest.mark.parametrize(("before", "after"), list(pairwise(SERIES)), ids=lambda p: p.stem)
def test_neighbours_link_to_each_other(before, after):
    assert f"]({after.name})" in "".join(read(before).cells[i].source for i in (0, -1))
    assert f"]({before.name})" in read(after).cells[0].source


@each_and_template
def test_asks_one_question(path):
    cells = read(path).cells
    assert cells[0].source.startswith(f"# {path.name[:2]} · ")
    bold = [
        text for text in re.findall(r"\*\*([^*]+)\*\*", cells[0].source) if not text.startswith("What you'll")
    ]
    assert len(bold) == 1
    assert bold[0].endswith("?") or path == notebooks.template()


@each_and_template
def test_findings_are_generated(path):
    assert any(
        re.search(r"pa\.Findings\(findings(?:\.\w+\(study\)|_of\()", cell.source) for cell in code_cells(path)
    )


@each_and_template
def test_stores_no_error_warning_path_or_address(path, corpus):
    papers = "".join([*corpus["title"], *corpus["abstract"]]).replace(" ", "")
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.get("text")
            text = text_of(output)
            assert "Warning" not in text
            times = re.findall(r"\b\d{1,2}:\d{2}:\d{2}\b|\b\d+(?:\.\d+)? ?(?:ms|µs)\b", text)
            assert [
                t for t in times if t.replace(" ", "") not in papers
            ] == []  # "60 ms" may be what a paper claims
            assert not re.search(r"/(?:home|root|tmp|usr|work|Users)/\w", text)
            assert not re.search(r"\b0x[0-9a-f]{6,}", text)


@each_and_template
def test_is_short_enough_to_teach_from(path):
    lines = sum(len([line for line in cell.source.splitlines() if line.strip()]) for cell in code_cells(path))
    assert len(read(path).cells) <= 30
    assert lines <= 90


@each_and_template
def test_opens_and_closes_as_the_series_does(path):
    cells = read(path).cells
    opening = "".join(cell.source for cell in cells[:3] if cell.cell_type == "markdown")
    for heading in ("**What you'll do**", "**What you'll learn**", "**What you'll need**"):
        assert heading in opening
    assert "## On your own" in cells[-1].source
    assert "**What comes next:**" in cells[-1].source


@each_and_template
def test_exactly_the_figures_are_exempt_from_comparison(path):
    for cell in code_cells(path):
        has_figure = any(PLOTLY in output.get("data", {}) for output in cell.outputs)
        tags = cell.metadata.get("tags", [])
        assert (FIGURE_TAG in tags) == (has_figure or MACHINE_TAG in tags), cell.source


@each_and_template
def test_figures_have_data_a_title_and_words_for_those_who_do_not_see_them(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            if figure := output.get("data", {}).get(PLOTLY):
                assert figure["data"], cell.source
                assert figure["layout"]["title"]["text"]
                assert len(figure["layout"]["meta"]["alt"]) > 20


@each_and_template
def test_says_what_to_see_after_each_figure(path):
    cells = read(path).cells
    for cell, after in pairwise(cells):
        if FIGURE_TAG in cell.metadata.get("tags", []):
            assert after.cell_type == "markdown", cell.source
            assert after.source.startswith("**What to see:** "), cell.source


@each_and_template
def test_links_to_files_resolve(path):
    prose = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(((?!https?:)[^)\s#]+)\)", prose):
        assert (path.parent / target).exists(), target


@each_and_template
def test_prose_states_no_number_of_the_data(path, study):
    """Sentences that carry findings are generated; the prose must hold for other dumps too."""
    numbers = {
        len(study.records),
        len(study.corpus),
        len(study.topics.at("topic")),
        *study.records.groupby("dump").size(),
    }
    numbers = {n for n in numbers if n > 30}
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            found = {int(n) for n in re.findall(r"(?<![\w.])\d{2,6}(?![\w.])", cell.source)}
            assert not numbers & found, cell.source
