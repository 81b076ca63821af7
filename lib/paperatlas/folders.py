"""What a run reads is held still; what it writes is put in place in one step, never over somebody else's files."""

from __future__ import annotations

import ctypes
import glob
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from paperatlas.errors import AtlasError
from paperatlas.prose import listing, visible

PASSPORT = "passport.json"
# Files that the system puts into every folder it shows; nobody misses them.
_OF_THE_SYSTEM = {".DS_Store", "Thumbs.db", "desktop.ini", ".directory"}
_ASIDE, _OURS = "last-good", ".paperatlas"  # nobody else ends a name so
_AT_FDCWD, _EXCHANGE = -100, 2  # of renameat2


IsOurs = Callable[[str], bool]  # is given a file's name from its folder


class Input(NamedTuple):
    """A file as it was when the run first looked at it."""

    path: Path
    bytes: int
    sha256: str


def sha256(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def look_at(files: Iterable[Path]) -> list[Input]:
    """Size and hash of files; an `AtlasError` names the one that cannot be read."""
    try:
        return [Input(path, path.stat().st_size, sha256(path)) for path in files]
    except OSError as error:
        raise AtlasError(f"{error.filename} cannot be read: {error.strerror}; check the file") from error


def check_unchanged(inputs: Iterable[Input], copy: Path | None = None) -> None:
    """Refuse to go on with sources that were changed or removed, or with a copy of something else."""
    for known in inputs:
        path = copy or known.path
        if not path.is_file() or sha256(path) != known.sha256:
            raise AtlasError(
                f"{known.path} changed while it was read; nothing was kept; run again when it is complete"
            )


def copy_inputs(given: Sequence[Path], inputs: Sequence[Input], folder: Path) -> list[Path]:
    """Copy what a run reads below a folder, and say what to read there; a copy of something else is refused.

    `given` are files, folders or patterns, as the user named them, and `inputs` the files found there. The copies lie
    to one another as the files do: two of one name are told apart by their folders' names.
    """
    base = os.path.commonpath(
        [Path(os.path.abspath(path)).parent for path in [*given, *(known.path for known in inputs)]]
    )
    for known in inputs:
        copy = folder / os.path.relpath(known.path, base)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            shutil.copyfile(known.path, copy)
        check_unchanged([known], copy)
    return [folder / os.path.relpath(path, base) for path in given]


def entries(folder: Path) -> list[Path]:
    """Everything below a folder but folders and what the system left there; links are not followed."""
    return sorted(
        path
        for path in folder.rglob("*")
        if (path.is_symlink() or not path.is_dir())
        and path.name not in _OF_THE_SYSTEM
        and not path.name.startswith("._")
    )


def files_of(folder: Path) -> dict[str, str]:
    """Hash of every file below a folder but links, by its path from there with ``/`` between the parts."""
    files = (path for path in entries(folder) if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files}


def named(names: Iterable[str]) -> str:
    """Up to three names, and how many there are beside them."""
    return listing([visible(name) for name in sorted(names)], most=3)


def check_target(out: Path, sources: Iterable[Path] = (), is_ours: IsOurs | None = None) -> None:
    """Refuse a folder that may not be replaced: a file, one with a source in it, or with files of somebody else.

    A file is ours by its name, as `is_ours` says, or as the folder's passport lists it with its hash. This is asked
    before anything is computed, and again before anything is removed.
    """
    try:
        if out.exists() and not out.is_dir():
            raise AtlasError(f"{out} is a file; name a folder with --out")
        refuse_sources_in(out, sources)
        if out.is_dir():
            _check_content(out, out, is_ours)
        place = next(folder for folder in out.absolute().parents if folder.exists())
        if not os.access(place, os.W_OK | os.X_OK):
            raise PermissionError(13, f"nothing may be written in {place}")
    except OSError as error:
        raise _cannot_write(out, error) from error


def refuse_sources_in(out: Path, sources: Iterable[Path]) -> None:
    """Refuse a folder that holds what the run reads."""
    within = out.resolve()
    for source in sources:
        if source.resolve().is_relative_to(within):
            raise AtlasError(
                f"{source} is read and lies in {out}, which would be replaced; name another folder with --out"
            )


def _check_content(folder: Path, out: Path, is_ours: IsOurs | None = None) -> None:
    """Refuse a folder, called `out`, that holds anything but our files."""
    is_ours = is_ours or _as_listed(folder).__contains__
    found = [path.relative_to(folder).as_posix() for path in entries(folder)]
    if foreign := [name for name in found if not is_ours(name)]:
        raise AtlasError(
            f"{out} holds files that this version of the program did not write as they are now: {named(foreign)}; "
            "move them away, or name another folder with --out"
        )


def _as_listed(folder: Path) -> set[str]:
    """The files that are as the folder's passport lists them, and the passport."""
    passport = read_json(folder / PASSPORT)
    files = passport.get("files") if isinstance(passport, dict) else None
    written = {**files, PASSPORT: sha256(folder / PASSPORT)} if files and isinstance(files, dict) else {}
    return {name for name, digest in files_of(folder).items() if written.get(name) == digest}


def read_json(path: Path) -> Any:
    """JSON of a file, or None where there is none that is whole."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, moved there in one step if all went well, and gone if not.

    It is brought through to the disk first: a power cut leaves the old file or the new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".unfinished-", suffix=".tmp", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        flush(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sealed(content: bytes) -> bytes:
    """Content with its hash at the end, by which a file is known to be as it was written."""
    digest = hashlib.sha256(content).hexdigest()
    return content + f"<!-- Paper Atlas, SHA-256 of the above: {digest} -->\n".encode()


_SEAL = len(sealed(b""))  # bytes


def is_sealed(content: bytes) -> bool:
    """Whether content is as `sealed` made it."""
    return content == sealed(content[:-_SEAL])


def sealed_zip(contents: Mapping[str, bytes]) -> bytes:
    """Contents by their names as a zip file whose comment is the seal."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = sealed(b"")  # the place of it
        for name, content in contents.items():
            archive.writestr(name, content)
    return sealed(packed.getvalue()[:-_SEAL])


def check_sealed(path: Path) -> None:
    """Refuse to replace a file that was not written with a seal, or was changed since."""
    if path.exists() and not (path.is_file() and is_sealed(path.read_bytes())):
        raise AtlasError(f"{path} is there already and not as this program wrote it; name another file")


def write_sealed(content: bytes, path: Path) -> None:
    """Write sealed content, in the place of an earlier one, as it was written, and of nothing else."""
    try:
        check_sealed(path)
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise AtlasError(f"{path} cannot be written: {error.strerror}; name another file") from error


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Folder beside `out` to build its next content in; gone afterwards.

    What a killed run left there is cleared away first, and the last good result is put back if that run
    was stopped between taking it out and putting the next one in.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with scratch(f".{out.name}.paperatlas-", out.parent, put_back=out) as folder:
            yield folder
    except OSError as error:
        raise _cannot_write(out, error) from error


def _cannot_write(out: Path, error: OSError) -> AtlasError:
    return AtlasError(
        f"{out} cannot be written: {error.strerror or error}; what was there before is still there; "
        "make room or mend the permissions, or name another folder with --out"
    )


@contextmanager
def scratch(prefix: str, place: Path, *, put_back: Path | None = None) -> Iterator[Path]:
    """New folder in `place`, gone afterwards; those that killed runs left there are cleared away first.

    `put_back` is where the last good result belongs, if a killed run had put it aside.
    """
    for left in sorted(place.glob(f"{glob.escape(prefix)}*{_OURS}")):
        # Another process may be at work there, or somebody may have saved something in the last result.
        with suppress(OSError, AtlasError):
            with held(left):
                _tidy(left, put_back)
            left.rmdir()
    with ExitStack() as stack:
        while True:
            folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=_OURS, dir=place))
            # Another run, which clears up just now, may take it for a killed one's.
            with suppress(FileNotFoundError, FileExistsError, BlockingIOError):
                stack.enter_context(held(folder))
                if folder.exists():
                    break
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _tidy(left: Path, put_back: Path | None) -> None:
    """Empty the folder of a killed run, which may hold the last good result, not looked through yet."""
    aside = left / _ASIDE
    if put_back and aside.is_dir() and not put_back.exists():
        aside.rename(put_back)
    elif aside.is_dir():
        _check_content(aside, aside)
    shutil.rmtree(left, ignore_errors=True)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder for as long as this process lives and works in it; `OSError` if another holds it."""
    if sys.platform == "win32":
        # Opened so, a file is there for one process, and goes with it.
        handle = os.open(folder / ".lock", os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_TEMPORARY)
    else:
        handle = os.open(folder, os.O_RDONLY)
    try:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def replace_folder(new: Path, old: Path) -> None:
    """Put a finished folder in the place of an older one, unless that holds files that are not ours.

    On Linux the two change places in one step (``renameat2``), so that there is no moment without a result. Elsewhere
    the older one is moved aside first, into the folder of the new one, where the next `staging` finds it if the process
    is killed at that moment. The older one is looked through once it is out of everybody's reach, and put back if
    somebody saved something there in the meantime.
    """
    flush(new)
    if not old.exists():
        new.rename(old)
        return
    check_target(old)
    aside = new.parent / _ASIDE
    try:
        if _exchange(new, old):
            new.rename(aside)
        else:
            old.rename(aside)
            new.rename(old)
        _check_content(aside, old)
    except BaseException:
        if aside.exists():
            if old.exists():
                old.rename(new)
            aside.rename(old)
        raise
    aside.rename(new)  # no longer what is to be put back; it goes with the folder that it is in


def flush(path: Path) -> None:
    """Bring a file, or a folder with all it holds, through to the disk."""
    for entry in () if sys.platform == "win32" else (*path.rglob("*"), path):
        handle = os.open(entry, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places; False where the system or the disk cannot do that in one step."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)  # not every C library has it
    paths = (_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other))
    return bool(renameat2 and renameat2(*paths, _EXCHANGE) == 0)
