"""Bring papers of one's own: upload, see what the reader finds, analyse, take the results home."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from paperatlas.display import Findings, Stack, Table
from paperatlas.errors import AtlasError, DumpError
from paperatlas.folders import replacing
from paperatlas.packing import PARTS, bundle
from paperatlas.readers import problem_table, read_papers
from paperatlas.readers.reading import ENDINGS
from paperatlas.study import STEPS, Study
from paperatlas.templates import say
from paperatlas.widgets.desk import Desk, fill

if TYPE_CHECKING:
    from ipywidgets import Widget

LONGEST_NAME = 200  # bytes, with room for the name of the part that is being written


def bring_papers(desk: Desk, folder: str | Path = "my_papers") -> Findings | Widget:
    """Live, a button to upload files into a folder, a list of them, and a button to analyse them.

    The analysis is a new study on the desk: what follows there speaks of the new papers.
    """
    folder = Path(folder)
    if not desk.live:
        return Findings(
            [f"in a live notebook, a button here uploads your files into the folder {folder.name}"]
        )
    import ipywidgets as w

    upload = w.FileUpload(multiple=True, description="Upload files", layout={"width": "auto"})
    start = w.Button(description="Analyse", button_style="primary")
    bar = w.IntProgress(max=len(STEPS), layout={"visibility": "hidden"})
    files, message = w.VBox(), w.Output()

    def list_files() -> None:
        files.children = [_file_row(path, list_files) for path in _files(folder)]
        start.disabled = not files.children

    def received(change: dict[str, Any]) -> None:
        if change["new"]:
            fill(message, lambda: saved(change["new"], folder))
            list_files()

    def analyse(_: object) -> None:
        start.disabled, bar.value, bar.layout.visibility = True, 0, "visible"
        fill(message, lambda: _analysed(desk, folder, bar))
        start.disabled, bar.layout.visibility = False, "hidden"

    upload.observe(received, names="value")
    start.on_click(analyse)
    list_files()
    return w.VBox([w.HBox([upload, start, bar]), files, message])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("[!.]*") if path.is_file()) if folder.is_dir() else []


def _file_row(path: Path, changed: Any) -> Widget:
    import ipywidgets as w

    remove = w.Button(description="Remove", layout={"width": "auto"}, tooltip=f"Remove {path.name}")

    def gone(_: object) -> None:
        path.unlink(missing_ok=True)
        changed()

    remove.on_click(gone)
    return w.HBox([remove, w.Label(path.name)])


def saved(files: Sequence[Mapping[str, Any]], folder: Path) -> Stack:
    """Save uploads one by one; say what the reader makes of them, and why others were skipped."""
    skipped = []
    for file in files:
        try:
            path = save_upload(file, folder)
            try:
                read_papers(path)
            except AtlasError:  # what cannot be read would stand in the way of all others
                path.unlink()
                raise
        except AtlasError as error:
            skipped.append(str(error))
    records = read_papers(folder) if _files(folder) else pd.DataFrame({"dump": []})
    problems = problem_table(records.attrs.get("problems", []))
    facts = {"saved": len(files) - len(skipped), "skipped": skipped, "folder": folder.name}
    told = say("uploads", **facts, read=records["dump"].value_counts(), problems=len(problems))
    shown = [Table(problems, caption="What could not be read", most=5)] if len(problems) else []
    return Stack([Findings(told), *shown])


def _analysed(desk: Desk, folder: Path, bar: Any) -> Findings:
    def step(name: str, _seconds: float) -> None:
        bar.value += 1
        bar.description = name

    study = Study(folder, progress=step)
    study.compute_all()
    desk.put(study)
    return Findings([f"everything below now speaks of the papers in {folder.name}"])


def take_home(desk: Desk, target: str | Path = "my-atlas.zip") -> Table | Widget:
    """What a file that `paperatlas.bundle` writes holds; live, with a button that packs it."""
    target = Path(target)
    inside = Table(pd.DataFrame(PARTS.items(), columns=["part", "holds"]), caption=f"Inside {target.name}")
    if not desk.live:
        return inside
    import ipywidgets as w
    from IPython.display import FileLink

    button = w.Button(description="Pack", button_style="primary")
    progress, link, shown = w.Label(), w.Output(), w.Output()
    fill(shown, lambda: inside)

    def packed() -> FileLink:
        bundle(desk.study, target, say=lambda line: setattr(progress, "value", line))
        return FileLink(str(target), result_html_prefix="Download: ")

    def pack(_: object) -> None:
        button.disabled = True
        fill(link, packed)
        button.disabled, progress.value = False, ""

    button.on_click(pack)
    return w.VBox([w.HBox([button, progress]), link, shown])


def save_upload(file: Mapping[str, Any], folder: str | os.PathLike[str]) -> Path:
    """Put an uploaded file (``name``, ``content``, as `ipywidgets.FileUpload` gives it) into a folder."""
    path = Path(folder, _checked_name(str(file["name"])))
    with replacing(path) as temporary:
        temporary.write_bytes(file["content"])
    return path


def _checked_name(name: str) -> str:
    # A browser names the file; nothing of it may lead out of the folder.
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = not bare.startswith((".", "_")) and bare.isprintable() and bare.lower().endswith(ENDINGS)
    if not plain or len(bare.encode("utf-8", errors="replace")) > LONGEST_NAME:
        usual = ", ".join(ending for ending in ENDINGS if not ending.endswith(".gz"))
        raise DumpError(
            f"{name[:80]!r} is not the name of a source of papers; expected at most {LONGEST_NAME} bytes that end "
            f"in {usual}, or packed as .gz; rename the file"
        )
    return bare
