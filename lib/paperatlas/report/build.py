"""Render the notebook series and the papers as a site that opens from a folder, without a network."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from paperatlas import notebooks
from paperatlas.cache import fingerprint
from paperatlas.errors import AtlasError
from paperatlas.export import tables, write_csv
from paperatlas.folders import (
    check_target,
    check_unchanged,
    copy_inputs,
    look_at,
    replace_folder,
    scratch,
    staging,
)
from paperatlas.passport import write_passport
from paperatlas.report.brief import brief_html
from paperatlas.report.cards import Cards
from paperatlas.report.figure_pages import for_site
from paperatlas.report.finding import index_script
from paperatlas.report.pages import BRIEF, write_pages
from paperatlas.report.pictures import palette_css
from paperatlas.report.policy import set_policies

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from paperatlas.study import Study

_NOTEBOOK_LINK = re.compile(r"\[([^\]]+)\]\((\w+\.ipynb)\)")
TABLES = "tables"
SITE = Path(__file__).resolve().parents[1] / "site"
ASSETS = ("paperatlas.css", "brief.css", "map.css", "figures.js", "map.js", "find.js")

Done = Callable[[str, int, int], None]

_CONF = """
project = "Paper Atlas"
author = ""
copyright = ""
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
nb_execution_mode = "off"
nb_render_markdown_format = "commonmark"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
default_role = "code"
html_theme = "sphinx_book_theme"
html_title = "Paper Atlas"
html_static_path = ["_static"]
html_css_files = ["paperatlas.css", "palette.css", "brief.css", "map.css"]
html_js_files = ["plotly.min.js", "figures.js", "map.js", "find.js"]
html_copy_source = False
html_show_search_summary = False
html_use_index = False
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


def build_report(
    study: Study,
    out: Path,
    *,
    done: Done = lambda *_: None,
) -> Path:
    """Write the report on a study into a folder and return its start page.

    The papers are read once: the notebooks, each in a process of its own, work on a copy of what the study read.
    The folder holds the site (``index.html``), the brief (``paper-atlas.html``), the tables, and the passport.
    It is built beside `out` and moved there when it is complete, so that the last good report stays until
    then, also when the run is stopped.

    Parameters
    ----------
    study : Study
    out : Path
        The folder. It may hold an earlier report, or nothing.
    done : callable (step, finished, steps), optional
        Told each finished step of the report and how many there are.

    Raises
    ------
    AtlasError
        If `out` holds something else, a notebook fails, or the site cannot be rendered.
    """
    out = out.resolve()
    check_target(out, study.files)
    study.compute_all()
    paths = notebooks.about_the_pile()
    told = 0

    def tell(step: str) -> None:
        nonlocal told
        told += 1
        done(step, told, len(paths) + 3)

    with staging(out) as place:
        source, site = place / "source", place / "site"
        cards = Cards(study)
        _write_assets(study, cards, source)
        memory = _write_notebooks(study, cards, source, paths, tell)
        write_pages(study, cards, source, paths)
        tell("pages")
        _render(source, site)
        tell("site")
        (site / BRIEF).write_text(brief_html(study), encoding="utf-8", errors="backslashreplace")
        set_policies(site)
        (site / TABLES).mkdir()
        for name, table in tables(study).items():
            write_csv(table, site / TABLES / name)
        write_passport(study, site, memory)
        tell("brief and tables")
        replace_folder(site, out)
    return out / "index.html"


def _write_assets(study: Study, cards: Cards, source: Path) -> None:
    from plotly.offline import get_plotlyjs

    static = source / "_static"
    static.mkdir(parents=True)
    for name in ASSETS:
        shutil.copy(SITE / name, static / name)
    for extra in sorted(SITE.glob("tables.*")):
        shutil.copy(extra, static / extra.name)
    (static / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
    (static / "palette.css").write_text(palette_css(study.topics.at("topic")), encoding="utf-8")
    (static / "papers.js").write_text(index_script(study, cards), encoding="utf-8")
    more = [f'html_js_files.append("{extra.name}")' for extra in sorted(SITE.glob("tables.js"))]
    (source / "conf.py").write_text("\n".join([_CONF, *more, ""]), encoding="utf-8")


def run_notebooks(
    study: Study,
    paths: Sequence[Path] | None = None,
    tell: Callable[[str], None] = lambda _: None,
    *,
    place: Path | None = None,
) -> dict[Path, notebooks.Run]:
    """Notebooks (by default the whole series) executed on what a study read, or taken from its cache.

    Raises
    ------
    AtlasError
        If a source is no longer what the study read, or a cell fails.
    """
    if place is None:
        with scratch("pa-", Path(tempfile.gettempdir())) as folder:
            return run_notebooks(study, paths, tell, place=folder / "read")
    dumps = copy_inputs(study.dumps, study.inputs, place / "papers")
    options = study.options()
    known_files = [*study.date_inputs, *study.edit_inputs]
    own = [known.path for known in known_files]
    copies = copy_inputs(own, known_files, place / "own")
    copied = look_at([path for path in sorted(place.rglob("*")) if path.is_file()])
    named = {**options, "sources": [Path(name).name for name in options.get("sources", ())]}
    named |= {"edits": Path(options["edits"]).name} if "edits" in options else {}
    return notebooks.execute_all(
        notebooks.series() if paths is None else paths,
        dumps=dumps,
        cache=study.cache,
        options=options,
        places={str(path): str(copy) for path, copy in zip(own, copies, strict=True)},
        inputs=fingerprint(
            study.fingerprint,
            [known.sha256 for known in (*study.inputs, *known_files)],
            sorted(named.items()),
            study.records[["dump", "rank"]].to_numpy().tolist(),
            study.corpus[["published", "arxiv_id", "venue"]].to_numpy().tolist(),
        ),
        check=lambda: check_unchanged(copied),
        done=lambda path: tell(path.stem),
    )


def _write_notebooks(
    study: Study, cards: Cards, source: Path, paths: list[Path], tell: Callable[[str], None]
) -> dict[str, int | None]:
    """Write the executed notebooks as pages, and return the most memory each held, in MB."""
    runs = run_notebooks(study, paths, tell, place=source.parent / "read")
    (source / "notebooks").mkdir()
    present = {path.name for path in runs}
    for path, run in runs.items():
        notebooks.write(
            for_site(_only_links_to(present, run.notebook), cards), source / "notebooks" / path.name
        )
    return {path.stem: run.peak_memory_mb for path, run in runs.items()}


def _only_links_to(present: Collection[str], notebook: NotebookNode) -> NotebookNode:
    """Notebook whose links to notebooks that are not in the site are plain text."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _NOTEBOOK_LINK.sub(lambda m: m[0] if m[2] in present else m[1], cell.source)
    return notebook


def _render(source: Path, site: Path) -> None:
    import io

    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    warnings = io.StringIO()
    doctrees = source.parent / "doctrees"
    try:
        # Sphinx leaves its marks on docutils, and would warn of them at the next site of this process.
        with patch_docutils(str(source)), docutils_namespace():
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
    shutil.rmtree(site / "_sources", ignore_errors=True)
