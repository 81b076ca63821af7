"""Put finished results in place in one step, and never over somebody else's files."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from paperatlas.errors import AtlasError


def check_target(out: Path, *, marker: str) -> None:
    """Refuse a folder that holds something other than an earlier result of ours.

    Raises
    ------
    AtlasError
        If `out` is a file, or a folder with content but without `marker`.
    """
    if out.exists() and not out.is_dir():
        raise AtlasError(f"{out} is a file; name a folder with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / marker).exists():
        raise AtlasError(
            f"{out} holds files that are not ours (no {marker}); name an empty folder with --out"
        )


def replace_folder(new: Path, old: Path) -> None:
    """Put a finished folder in the place of an older one."""
    if old.exists():
        aside = Path(tempfile.mkdtemp(prefix=f".{old.name}-", dir=old.parent)) / "old"
        old.rename(aside)
        new.rename(old)
        shutil.rmtree(aside.parent, ignore_errors=True)
    else:
        new.rename(old)
