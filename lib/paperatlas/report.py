"""Render the notebook series as a site that opens from a folder, without a network."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperatlas import findings, notebooks, passport
from paperatlas.atlasmap import map_html
from paperatlas.cache import fingerprint
from paperatlas.display import Findings, escape
from paperatlas.errors import AtlasError
from paperatlas.folders import check_target, replace_folder
from paperatlas.prose import count

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from paperatlas.study import Study

PLOTLY_TYPE = "application/vnd.plotly.v1+json"
PASSPORT = "passport.json"

Say = Callable[[str], None]

_CONF = """
project = "Paper Atlas"
author = ""
copyright = ""
extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_render_markdown_format = "commonmark"
html_theme = "sphinx_book_theme"
html_title = "Paper Atlas"
html_static_path = ["_static"]
html_css_files = ["paperatlas.css", "map.css"]
html_js_files = ["plotly.min.js", "figures.js", "map.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "navigation_with_keys": True,
    "navbar_persistent": [],
}
"""


def build_report(study: Study, out: Path, *, say: Say = lambda _: None) -> Path:
    """Write the report on a study into a folder and return its start page.

    The site is built beside `out` and moved there when it is complete, so that the last good report
    stays until then.

    Parameters
    ----------
    study : Study
    out : Path
        The folder. It may hold an earlier report, or nothing.
    say : callable
        Told each finished step, in a line.

    Raises
    ------
    AtlasError
        If `out` holds something else, a notebook fails, or the site cannot be rendered.
    """
    out = out.resolve()
    check_target(out, marker=PASSPORT)
    study.compute_all()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as staging:
        source, site = Path(staging, "source"), Path(staging, "site")
        _write_source(study, source, say)
        start = time.perf_counter()
        _render(source, site)
        say(f"{'site':<18}{time.perf_counter() - start:6.1f} s")
        (site / PASSPORT).write_text(passport.as_json(study), encoding="utf-8")
        replace_folder(site, out)
    return out / "index.html"


def _write_source(study: Study, source: Path, say: Say) -> None:
    static = source / "_static"
    static.mkdir(parents=True)
    here = Path(__file__).parent / "site"
    for name in ("paperatlas.css", "figures.js", "map.css", "map.js"):
        shutil.copy(here / name, static / name)
    from plotly.offline import get_plotlyjs

    (static / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
    (source / "conf.py").write_text(_CONF, encoding="utf-8")

    start = time.perf_counter()
    executed = notebooks.execute_all(
        notebooks.series(),
        dumps=study.dumps,
        cache=study.cache,
        inputs=fingerprint(study.fingerprint, study.records[["dump", "rank"]].to_numpy().tolist()),
        done=lambda path: say(f"{path.stem:<18}{time.perf_counter() - start:6.1f} s"),
    )
    (source / "notebooks").mkdir()
    for path, notebook in executed.items():
        # The site may be sent on: it names the dumps, not the folders of this machine.
        named = notebooks.with_dumps(notebook, [Path(dump.name) for dump in study.dumps])
        notebooks.write(for_site(named), source / "notebooks" / path.name)
    (source / "index.md").write_text(_start_page(study, list(executed)), encoding="utf-8")


def for_site(notebook: NotebookNode) -> NotebookNode:
    """Notebook with folded code, and figures as data that the site's script draws."""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
        for output in cell.outputs:
            if spec := output.get("data", {}).get(PLOTLY_TYPE):
                number += 1
                output["data"] = {"text/html": figure_html(spec, number)}
    return notebook


def figure_html(spec: dict[str, Any], number: int) -> str:
    """One figure as HTML: a place to draw, its data, and its description for those who do not see it."""
    layout = spec["layout"]
    alt = escape(layout.get("meta", {}).get("alt", ""))
    height = int(layout.get("height", 420))
    width = int(layout.get("meta", {}).get("min_width", 0))
    content = json.dumps({"data": spec["data"], "layout": layout}, separators=(",", ":"), ensure_ascii=True)
    # Inside <script> only "<" can end the data or open a comment.
    content = content.replace("<", "\\u003c")
    return (
        f'<figure class="pa-figure" id="figure-{number}" role="group" aria-label="{alt}">'
        f'<div class="pa-plot" style="min-height:{height}px;min-width:{width}px"></div>'
        f'<script type="application/json">{content}</script></figure>'
    )


def _start_page(study: Study, paths: Sequence[Path]) -> str:
    corpus, topics = study.corpus, study.topics
    numbers = (
        (f"{len(study.records):,}", "records"),
        (f"{len(corpus):,}", "papers"),
        (f"{len(study.dump_table):,}", "dumps" if len(study.dump_table) != 1 else "dump"),
        (f"{len(topics.themes):,}", "themes"),
        (f"{len(topics.table):,}", "topics"),
    )
    tiles = "".join(f"<li><b>{n}</b><span>{escape(label)}</span></li>" for n, label in numbers)
    entries = "\n".join(f"notebooks/{path.stem}" for path in paths)
    return (
        f"# {count(len(corpus), 'paper')} at a glance\n\n"
        f'```{{raw}} html\n<ul class="pa-numbers">{tiles}</ul>\n'
        f"{Findings(findings.overview(study))._repr_html_()}\n"
        f"{map_html(study)}\n```\n\n"
        f"```{{toctree}}\n:caption: The notebooks\n:maxdepth: 1\n\n{entries}\n```\n"
    )


def _render(source: Path, site: Path) -> None:
    import io

    from sphinx.application import Sphinx

    warnings = io.StringIO()
    doctrees = source.parent / "doctrees"
    try:
        app = Sphinx(
            str(source),
            str(source),
            str(site),
            str(doctrees),
            "html",
            status=None,
            warning=warnings,
            freshenv=True,
        )
        app.build()
    except Exception as error:
        raise AtlasError(f"the site cannot be rendered: {error}") from error
    if text := warnings.getvalue().strip():
        raise AtlasError(f"the site was rendered with warnings, the first: {text.splitlines()[0]}")
    for leftover in (".buildinfo", "objects.inv"):
        (site / leftover).unlink(missing_ok=True)
