"""Everything about a study in one file: the report and the tables, zipped."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from paperatlas.errors import AtlasError
from paperatlas.export import export
from paperatlas.folders import check_sealed, refuse_sources_in, sealed_zip, staging, write_sealed
from paperatlas.report import build_report

if TYPE_CHECKING:
    from paperatlas.study import Study

PARTS = {
    "report/index.html": "the report: map, cards, search, notebooks; opens in any browser, without a network",
    "report/paper-atlas.html": "the brief: everything on one page, in one file",
    "tables/*.csv": "every table",
    "tables/passport.json": "what went in, and what computed it",
}
_ADVICE = "Unpack the archive before opening the report: a browser cannot follow links inside a zip file."


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
    check_sealed(target)
    with staging(target) as place:
        content = place / "content"
        build_report(study, content / "report", done=say)
        export(study, content / "tables")
        lines = [f"{part:<28}{holds}" for part, holds in PARTS.items()]
        files = {"README.txt": "\n".join(["Paper Atlas", "", *lines, "", _ADVICE, ""]).encode()}
        for path in sorted(path for path in content.rglob("*") if path.is_file()):
            files[path.relative_to(content).as_posix()] = path.read_bytes()
        packed = sealed_zip({f"{target.stem}/{name}": file for name, file in files.items()})
        write_sealed(packed, target)
    return target
