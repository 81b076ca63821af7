"""Where the files shipped with the project lie."""

from __future__ import annotations

from pathlib import Path

from paperatlas.errors import AtlasError


def project_path(*parts: str) -> Path:
    """Path of a file or folder of the checkout that this package is installed from.

    Raises
    ------
    AtlasError
        If it is not there: the package was installed without its project.
    """
    path = Path(__file__).resolve().parents[2].joinpath(*parts)
    if path.exists():
        return path
    raise AtlasError(
        f"{'/'.join(parts)} is not part of this installation; "
        "install the project from its own folder with 'pip install -e .'"
    )


def data_path(*parts: str) -> Path:
    """Path below the shipped ``data/`` folder."""
    return project_path("data", *parts)
