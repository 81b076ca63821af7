"""Everything about a study in one file: the report and the tables, zipped."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.export import export
from paperatlas.folders import SEAL, check_sealed, refuse_sources_in, seal, staging, write_sealed
from paperatlas.prose import count
from paperatlas.report import build_report

if TYPE_CHECKING:
    from paperatlas.study import Study

_BUNDLE = "not a bundle"
# The same content gives the same bytes only without a time, for which stands the earliest that a zip file can tell.
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
    """Write the report and all tables of a study into one zip file, in a folder of its name without ``.zip``.

    Parameters
    ----------
    study : Study
    target : path
        The zip file, moved there when it is complete. An earlier bundle is replaced; any other file is not.
    say : callable
        Told each finished step, in a line.

    Raises
    ------
    AtlasError
        If `target` does not end in ``.zip``, names a folder, a source or a file that is no bundle, or the report
        cannot be built.
    """
    target = Path(target)
    if target.suffix.lower() != ".zip" or target.is_dir():
        raise AtlasError(f"{target} is not a place for a zip file; name a file that ends in .zip")
    refuse_sources_in(target, study.files)
    check_sealed(target, _BUNDLE)
    with staging(target) as place:
        content = place / "content"
        content.mkdir()
        (content / "README.txt").write_text(_README, encoding="utf-8")
        build_report(study, content / "report", done=say)
        export(study, content / "tables")
        packed = place / "packed"
        pack(content, packed, root=target.stem)
        write_sealed(packed.read_bytes()[:-SEAL], target, _BUNDLE)
    return target


def pack(folder: Path, target: Path, *, root: str) -> None:
    """Zip a folder's files under `root`: sorted by name, without times, owners or modes; the comment is a seal's place."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = seal(b"")
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{root}/{name}", date_time=_NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name].read_bytes())


def contents(target: str | os.PathLike[str]) -> pd.DataFrame:
    """What a file that `bundle` wrote holds: ``part`` and ``holds``, the report by its pages, each table by its rows."""
    with zipfile.ZipFile(target) as archive:
        names = {name.split("/", 1)[1]: name for name in archive.namelist()}
        pages = [name for name in names if name.startswith("report/") and name.endswith(".html")]
        parts = {"report/index.html": f"the report, {count(len(pages), 'page')}"}
        for name, inside in names.items():
            if name.startswith("tables/") and name.endswith(".csv"):
                parts[name] = count(len(pd.read_csv(archive.open(inside), usecols=[0])), "row")
    return pd.DataFrame(parts.items(), columns=["part", "holds"])
