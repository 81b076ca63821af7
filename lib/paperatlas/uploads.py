"""Sources that arrive through a browser: checked, then put into a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from paperatlas.errors import DumpError
from paperatlas.folders import replacing
from paperatlas.readers.content import WHOLE_BYTES
from paperatlas.readers.reading import ENDINGS

# What file systems take, in bytes, with room for the name of the part that is being written.
LONGEST_NAME = 200


def save_uploads(files: Iterable[Mapping[str, Any]], folder: str | os.PathLike[str]) -> list[Path]:
    """Put uploaded files into a folder; all of them, or none.

    Parameters
    ----------
    files : iterable of mappings
        With ``name`` and ``content`` (bytes-like), as `ipywidgets.FileUpload` gives them.
    folder : path
        Made if it is not there. A file of the same name is replaced.

    Returns
    -------
    list of Path
        The files, in the order given.

    Raises
    ------
    DumpError
        If a name is not that of a source or too long, or a file is empty or too large.
    """
    checked = [(_checked_name(str(file["name"])), bytes(file["content"])) for file in files]
    for name, content in checked:
        if not 0 < len(content) <= WHOLE_BYTES:
            raise DumpError(f"{name} holds {len(content):,} bytes; expected between 1 and {WHOLE_BYTES:,}")
    folder = Path(folder)
    for name, content in checked:
        with replacing(folder / name) as temporary:
            temporary.write_bytes(content)
    return [folder / name for name, _ in checked]


def _checked_name(name: str) -> str:
    # A browser names the file; nothing of it may lead out of the folder.
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    if bare.startswith((".", "_")) or not bare.isprintable() or not bare.lower().endswith(ENDINGS):
        plain = ", ".join(ending for ending in ENDINGS if not ending.endswith(".gz"))
        raise DumpError(
            f"{name[:80]!r} is not the name of a source of papers; expected one that ends in {plain}, or packed as .gz"
        )
    if len(bare.encode("utf-8", errors="replace")) > LONGEST_NAME:
        raise DumpError(
            f"the name {bare[:20]}… has {len(bare)} characters; expected at most {LONGEST_NAME} bytes; rename the file"
        )
    return bare
