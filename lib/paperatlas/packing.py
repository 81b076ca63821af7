"""Everything about a study in one file: the report and the tables, zipped."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.export import export
from paperatlas.prose import count
from paperatlas.report import build_report

if TYPE_CHECKING:
    from paperatlas.study import Study

SUFFIX = ".zip"
# The same content gives the same bytes only if the entries carry no time; a zip file cannot say "none",
# and this is the earliest moment it can.
_NO_TIME = (1980, 1, 1, 0, 0, 0)

_README = """Paper Atlas

report/index.html   the report: open it in any browser; it needs no server and no network
tables/             every table as CSV (UTF-8), and passport.json: what went in and what computed it

Unpack the archive before opening the report: a browser cannot follow links inside a zip file.
"""


def bundle(
    study: Study,
    target: str | os.PathLike[str] = "my-atlas.zip",
    *,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Write the report and all tables of a study into one zip file.

    The file is written beside `target` and moved there when it is complete.

    Parameters
    ----------
    study : Study
    target : path
        The zip file. One that is there already is replaced.
    say : callable
        Told each finished step, in a line.

    Returns
    -------
    Path
        `target`; inside it, everything lies in a folder of the same name without ``.zip``.

    Raises
    ------
    AtlasError
        If `target` does not end in ``.zip`` or names a folder, or the report cannot be built.
    """
    target = Path(target)
    if target.suffix.lower() != SUFFIX or target.is_dir():
        raise AtlasError(f"{target} is not a place for a zip file; name a file that ends in {SUFFIX}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.stem}-", dir=target.parent) as staging:
        content = Path(staging, "content")
        content.mkdir()
        (content / "README.txt").write_text(_README, encoding="utf-8")
        build_report(study, content / "report", done=lambda step, *_: say(step))
        export(study, content / "tables")
        packed = Path(staging, "packed")
        pack(content, packed, root=target.stem)
        packed.replace(target)
    return target


def pack(folder: Path, target: Path, *, root: str) -> None:
    """Zip a folder's files under `root`: sorted by name, without times, owners or modes."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{root}/{name}", date_time=_NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name].read_bytes())


def contents(target: str | os.PathLike[str]) -> pd.DataFrame:
    """What a bundle holds: ``part`` and ``holds``, the report by its pages, each table by its rows.

    Parameters
    ----------
    target : path
        A file that `bundle` wrote.
    """
    with zipfile.ZipFile(target) as archive:
        names = {name.split("/", 1)[1]: name for name in archive.namelist()}
        pages = [name for name in names if name.startswith("report/") and name.endswith(".html")]
        parts = [("report/index.html", f"the report, {count(len(pages), 'page')}")]
        for name, inside in names.items():
            if name.startswith("tables/") and name.endswith(".csv"):
                lines = csv.reader(io.StringIO(archive.read(inside).decode("utf-8"), newline=""))
                parts.append((name, count(sum(1 for _ in lines) - 1, "row")))
    return pd.DataFrame(parts, columns=["part", "holds"])
