"""Where the files shipped with the project lie."""

from __future__ import annotations

from pathlib import Path

from paperatlas.errors import AtlasError


def project_path(*parts: str) -> Path:
    """Path of a shipped file or folder: in the checkout, or inside an installed wheel.

    Raises
    ------
    AtlasError
        If neither place has it.
    """
    package = Path(__file__).resolve().parent
    roots = (package.parents[1], package / "_project")
    for root in roots:
        if (path := root.joinpath(*parts)).exists():
            return path
    raise AtlasError(
        f"{'/'.join(parts)} is not part of this installation; "
        "install the project from its own folder with 'pip install -e .'"
    )


def data_path(*parts: str) -> Path:
    """Path below the shipped ``data/`` folder."""
    return project_path("data", *parts)
