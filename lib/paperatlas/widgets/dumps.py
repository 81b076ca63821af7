"""Bring dumps of one's own: upload, see what the loader finds, analyse, take the results home."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperatlas import findings
from paperatlas.display import Findings, Table, escape
from paperatlas.packing import bundle, contents
from paperatlas.prose import count
from paperatlas.readers import read_papers
from paperatlas.study import STEPS, Study
from paperatlas.uploads import save_uploads
from paperatlas.widgets.live import chosen, html_box, safely

if TYPE_CHECKING:
    from ipywidgets import Widget


def bring_dumps(
    folder: str | os.PathLike[str] = "my_dumps", *, live: bool | None = None
) -> Findings | Widget:
    """Live, a button to upload dumps into a folder, and one to analyse them; else a sentence that says so.

    Parameters
    ----------
    folder : path
        Where uploads are put, beside the notebook.
    live : bool, optional
        Overrules `is_live`.
    """
    folder = Path(folder)
    if not chosen(live):
        return Findings(
            [f"in a live notebook, a button stands here that uploads dumps into the folder {folder.name}"]
        )
    import ipywidgets as w

    upload = w.FileUpload(
        accept=".txt,.gz", multiple=True, description="Upload dumps", layout={"width": "auto"}
    )
    start = w.Button(description="Analyse", button_style="primary", disabled=not folder.is_dir())
    bar = w.IntProgress(max=len(STEPS), layout={"visibility": "hidden"})
    message = html_box()

    def received(change: dict[str, Any]) -> None:
        if change["new"]:
            message.value = safely(lambda: _saved(change["new"], folder))
            start.disabled = not folder.is_dir()

    def analyse(_: object) -> None:
        start.disabled, bar.value, bar.layout.visibility = True, 0, "visible"

        def step(name: str, _seconds: float) -> None:
            bar.value += 1
            bar.description = name

        def overview() -> Findings:
            study = Study(folder, progress=step)
            study.compute_all()
            return Findings([*findings.overview(study), _how_to_go_on(folder)])

        message.value = safely(overview)
        start.disabled, bar.layout.visibility = False, "hidden"

    upload.observe(received, names="value")
    start.on_click(analyse)
    return w.VBox([w.HBox([upload, start, bar]), message])


def _saved(files: Sequence[Any], folder: Path) -> Findings:
    saved = save_uploads(files, folder)
    records = read_papers(folder)
    problems = records.attrs["problems"]
    return Findings(
        [
            f"{count(len(saved), 'file')} saved; the folder {folder.name} now holds {count(len(records), 'record')} in "
            f"{count(records['dump'].nunique(), 'dump', words=True)}; "
            + (
                f"{count(len(problems), 'entry', 'entries')} could not be read, or only in part"
                if problems
                else "every entry was read"
            ),
            *(str(problem) for problem in problems[:5]),
        ]
    )


def _how_to_go_on(folder: Path) -> str:
    return (
        f'for the zip below and for the other notebooks, write DUMPS = "{folder.name}" in their first code cell, then '
        "choose Run, Restart Kernel and Run All Cells"
    )


def take_home(
    study: Study, target: str | os.PathLike[str] = "my-atlas.zip", *, live: bool | None = None
) -> Table | None:
    """Pack report and tables of a study as `paperatlas.bundle` does, and say what is inside.

    Live, the file lands at `target`, beside the notebook, with its progress and a link to download it;
    else it is made in a temporary folder, to show what it would hold.

    Parameters
    ----------
    study : Study
    target : path
        The zip file.
    live : bool, optional
        Overrules `is_live`.

    Raises
    ------
    AtlasError
        As `paperatlas.bundle`.
    """
    target = Path(target)
    if not chosen(live):
        with tempfile.TemporaryDirectory() as folder:
            return _inside(bundle(study, Path(folder, target.name)))
    from IPython.display import FileLink, display

    progress = html_box()
    display(progress)

    def say(line: str) -> None:
        progress.value = f"<p>{escape(line)}</p>"

    progress.value = "<p>packing …</p>"
    progress.value = _inside(bundle(study, target, say=say))._repr_html_()
    display(FileLink(str(target), result_html_prefix="Download: "))
    return None


def _inside(packed: Path) -> Table:
    return Table(contents(packed), {"part": "part", "holds": "holds"}, caption=f"Inside {packed.name}")
