"""What a run reads, held still: sources are hashed when they are read, and copied for whoever reads them again."""

from __future__ import annotations

import glob
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from paperatlas.errors import AtlasError
from paperatlas.folders import sha256


class Input(NamedTuple):
    """A file as it was when the run first looked at it."""

    path: Path
    bytes: int
    sha256: str


def look_at(files: Sequence[Path]) -> list[Input]:
    """Size and hash of files.

    Raises
    ------
    AtlasError
        If one cannot be read.
    """
    try:
        return [Input(path, path.stat().st_size, sha256(path)) for path in files]
    except OSError as error:
        raise AtlasError(f"{error.filename} cannot be read: {error.strerror}; check the file") from error


def check_unchanged(inputs: Sequence[Input]) -> None:
    """Refuse to go on with sources that are no longer what they were.

    Raises
    ------
    AtlasError
        If one was changed or removed.
    """
    for known in inputs:
        if not known.path.is_file() or sha256(known.path) != known.sha256:
            raise _changed(known.path)


def copy_inputs(given: Sequence[Path], inputs: Sequence[Input], folder: Path) -> list[Path]:
    """Copy what a run reads below `folder`, under the same names; returns a path for each given one.

    Parameters
    ----------
    given : sequence of Path
        Files, folders or patterns, as the user named them.
    inputs : sequence of Input
        The files found there.
    folder : Path
        New or empty.

    Raises
    ------
    AtlasError
        If a copy is not what was read.
    """
    copied = []
    left = list(inputs)
    for number, path in enumerate(given):
        place = folder / str(number) / (path.name if path.is_dir() else "")
        here = [known for known in left if _below(known.path, path)]
        for known in here:
            left.remove(known)
            # Two files of one name are told apart by their folders' names, so these stay as well.
            inside = Path(known.path.parent.name, known.path.name)
            copy = place / (known.path.relative_to(path) if path.is_dir() else inside)
            copy.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(known.path, copy)
            except FileNotFoundError as error:
                raise _changed(known.path) from error
            if sha256(copy) != known.sha256:
                raise _changed(known.path)
        if path.is_dir() and here:
            copied.append(place)
        else:
            copied += [place / known.path.parent.name / known.path.name for known in here]
    return copied


def _below(file: Path, given: Path) -> bool:
    if given.is_dir():
        return file.is_relative_to(given)
    return file == given or str(file) in glob.glob(str(given), recursive=True)


def _changed(path: Path) -> AtlasError:
    return AtlasError(f"{path} changed while it was read; nothing was kept; run again when it is complete")
