"""Put finished results in place in one step, and never over somebody else's files."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paperatlas.errors import AtlasError

_AT_FDCWD = -100
_EXCHANGE = 2


def check_target(out: Path, *, marker: str) -> None:
    """Refuse a folder that holds something other than an earlier result of ours, or cannot be replaced.

    This is asked before anything is computed.

    Raises
    ------
    AtlasError
        If `out` is a file, or a folder with content but without `marker`, or cannot be looked into.
    """
    try:
        if out.exists() and not out.is_dir():
            raise AtlasError(f"{out} is a file; name a folder with --out")
        if out.is_dir() and any(out.iterdir()) and not (out / marker).exists():
            raise AtlasError(
                f"{out} holds files that are not ours (no {marker}); name an empty folder with --out"
            )
        place = next(folder for folder in out.absolute().parents if folder.exists())
        if not os.access(place, os.W_OK | os.X_OK):
            raise PermissionError(13, f"nothing may be written in {place}")
    except OSError as error:
        raise _cannot_write(out, error) from error


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Folder beside `out` to build its next content in; gone afterwards.

    What a killed run left there is cleared away first, and the last good result is put back if that run
    was stopped between taking it out and putting the next one in.

    Raises
    ------
    AtlasError
        If the disk is full, or nothing may be written beside `out`.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _clear_after_killed_runs(out)
        with (
            tempfile.TemporaryDirectory(
                prefix=_prefix(out), dir=out.parent, ignore_cleanup_errors=True
            ) as folder,
            _alive(Path(folder)),
        ):
            yield Path(folder)
    except OSError as error:
        raise _cannot_write(out, error) from error


def _prefix(out: Path) -> str:
    return f".{out.name}.paperatlas-"


def _cannot_write(out: Path, error: OSError) -> AtlasError:
    return AtlasError(
        f"{out} cannot be written: {error.strerror or error}; what was there before is still there; "
        "make room or mend the permissions, or name another folder with --out"
    )


@contextmanager
def _alive(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder for as long as this process lives and works in it."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _clear_after_killed_runs(out: Path) -> None:
    if sys.platform == "win32":
        return
    for folder in sorted(out.parent.glob(f"{_prefix(out)}*")):
        try:
            with _alive(folder):
                if (folder / _ASIDE).is_dir() and not out.exists():
                    (folder / _ASIDE).rename(out)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # another process is at work there, or it belongs to somebody else
            continue


_ASIDE = "last-good"


def replace_folder(new: Path, old: Path) -> None:
    """Put a finished folder in the place of an older one.

    On Linux the two change places in one step (``renameat2``), so that there is no moment without a
    result. Elsewhere the older one is moved aside into the folder of the new one, where the next
    `staging` finds it if the process is killed at that moment.
    """
    _flush(new)
    if not old.exists():
        new.rename(old)
    elif not _exchange(new, old):
        aside = new.parent / _ASIDE
        old.rename(aside)
        try:
            new.rename(old)
        except BaseException:
            aside.rename(old)
            raise
        shutil.rmtree(aside, ignore_errors=True)
    else:
        shutil.rmtree(new, ignore_errors=True)


def _flush(folder: Path) -> None:
    """Bring the content of a folder to the disk, so that its new name does not arrive there before it."""
    if sys.platform == "win32":
        return
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places; False where the system or the disk cannot do that in one step."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        exchange = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:  # a C library without it
        return False
    return bool(exchange(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0)
