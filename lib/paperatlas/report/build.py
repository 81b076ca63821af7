"""Write the report: a site that opens from a folder, without a network, and the brief, one page to send around."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from paperatlas import notebooks
from paperatlas.cache import fingerprint
from paperatlas.export import write_passport, write_tables
from paperatlas.folders import check_target, copy_inputs, replace_folder, scratch, staging
from paperatlas.report.pages import Pages
from paperatlas.templates import SITE

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from paperatlas.study import Study

TABLES = "tables"


def build_report(study: Study, out: Path, *, done: Callable[[str], None] = lambda _: None) -> Path:
    """Write the report on a study into a folder and return its start page; `done` is told each finished step.

    The papers are read once: the notebooks, each in a process of its own, work on a copy of what the study read. The folder
    holds the site (``index.html``), the brief (``paper-atlas.html``), the tables, and the passport. It is built beside `out`
    and moved there when it is complete, so that the last good report stays until then, also when the run is stopped. An
    `AtlasError` says if `out` holds anything but an earlier report, or if a notebook fails.
    """
    from plotly.offline import get_plotlyjs

    out = out.resolve()
    check_target(out, study.files)
    study.compute_all()
    paths = notebooks.about_the_pile()
    with staging(out) as place:
        site = place / "site"
        static = site / "_static"
        static.mkdir(parents=True)
        for file in sorted([*SITE.glob("*.js"), *SITE.glob("*.css")]):
            shutil.copy(file, static / file.name)
        (static / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
        runs = run_notebooks(study, paths, done)
        Pages(study).write(site, {path.stem: notebook for path, notebook in runs.items()})
        done("pages")
        write_tables(study, site / TABLES)
        write_passport(study, site)
        done("tables")
        replace_folder(site, out)
    return out / "index.html"


def run_notebooks(
    study: Study, paths: Sequence[Path] | None = None, tell: Callable[[str], None] = lambda _: None
) -> dict[Path, NotebookNode]:
    """Notebooks (by default the whole series) executed on what a study read, or taken from its cache.

    A source that is no longer what the study read, and a cell that fails, are an `AtlasError`.
    """
    own = [*study.date_inputs, *study.edit_inputs]
    with scratch("pa-", Path(tempfile.gettempdir())) as place:
        dumps = copy_inputs(study.dumps, study.inputs, place)
        files = [known.path for known in own]
        copies = copy_inputs(files, own, place / "own") if own else []
        names = {str(file): str(copy.relative_to(place)) for file, copy in zip(files, copies, strict=True)}
        return notebooks.execute_all(
            notebooks.series() if paths is None else paths,
            place=place,
            dumps=[path.relative_to(place) for path in dumps],
            options=study.options(names),
            cache=study.cache,
            inputs=fingerprint(
                [known.sha256 for known in (*study.inputs, *own)],
                study.records[["dump", "rank"]],
                study.corpus[["paper_id", "title", "abstract", "published", "arxiv_id", "venue"]],
            ),
            done=lambda path: tell(path.stem),
        )
