"""Where the files shipped with the project lie: inside an installed package, or in the checkout around it."""

from __future__ import annotations

import csv
import glob
from functools import cache
from pathlib import Path

from paperatlas.errors import AtlasError

_PACKAGE = Path(__file__).resolve().parent
# A wheel holds them below the package (see hatch_build.py); an editable install has them beside lib/.
_PLACES = (_PACKAGE / "files", _PACKAGE.parents[1])


def project_path(*parts: str) -> Path:
    """Path of a file, folder or pattern of files shipped with the project; an `AtlasError` if it is not there."""
    if found := _in_project(Path(*parts)):
        return found
    raise AtlasError(f"{'/'.join(parts)} is not part of this installation; it is in the project's repository")


def data_path(*parts: str) -> Path:
    """Path below the shipped ``data/`` folder."""
    return project_path("data", *parts)


@cache
def rows_of(table: str, folder: str = "data/vocabulary") -> list[dict[str, str]]:
    """The rows of a table that is part of the package."""
    text = (_PACKAGE / folder / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def locate(path: Path) -> Path:
    """A path or pattern as it is given, or, if it names nothing from the working folder, in the project's folder."""
    return path if path.is_absolute() or _names_something(path) else _in_project(path) or path


def _in_project(path: Path) -> Path | None:
    return next((place / path for place in _PLACES if _names_something(place / path)), None)


def _names_something(path: Path) -> bool:
    return path.exists() or bool(glob.glob(str(path), recursive=True))
