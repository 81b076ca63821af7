"""Keep finished steps on disk, so that a second run is fast and an interrupted one loses nothing.

One step is one zip file, named by the step and a hash of everything its result depends on: the texts, the
parameters, the code, and the versions of the numeric libraries. Tables are stored as Parquet, arrays as
npy, the rest as JSON; nothing is ever unpickled. A file is written beside its place and moved there in
one step, so that a reader never meets half of it; it carries a hash of its content, so that damage shows.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import logging
import os
import zipfile
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from paperatlas.folders import is_sealed, replacing, sealed_zip

logger = logging.getLogger("paperatlas")

_SOURCES = (".py", ".csv", ".toml", ".txt", ".html")
NUMERIC_LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn", "umap-learn", "bertopic")


def cache_folder() -> Path | None:
    """Folder of the cache: ``PAPERATLAS_CACHE``, or the user's cache folder; None if there is no place."""
    if given := os.environ.get("PAPERATLAS_CACHE"):
        return Path(given)
    from platformdirs import user_cache_path

    with suppress(RuntimeError):  # no home directory, as where a container runs under any number
        return user_cache_path("paperatlas")
    return None


def fingerprint(*parts: object) -> str:
    """Hash (32 hexadecimal digits) of texts, numbers, bytes, arrays and tables, in this order."""
    digest = hashlib.sha256()
    for part in parts:
        part = [*part, part.to_numpy().tolist()] if isinstance(part, pd.DataFrame) else part
        if isinstance(part, np.ndarray):
            content = repr((part.shape, part.dtype.str)).encode() + np.ascontiguousarray(part).tobytes()
        elif isinstance(part, bytes):
            content = part
        else:
            content = repr(part).encode("utf-8", errors="surrogatepass")
        digest.update(len(content).to_bytes(8, "little") + content)
    return digest.hexdigest()[:32]


@cache
def code_version() -> str:
    """Hash of the library's own source, its vocabulary and sentences, and of the versions of the numeric libraries."""
    sources = sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix in _SOURCES)
    return fingerprint(*(source.read_bytes() for source in sources), *map(version, NUMERIC_LIBRARIES))


class Cache:
    """Finished steps below one folder; without a folder it keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._complained = False

    def _file(self, step: str, key: str) -> Path | None:
        return self.folder / f"{step}-{key}.zip" if self.folder else None

    def load(self, step: str, key: str, kind: type) -> Any:
        """Result of this type kept for this step and key, or None; a damaged or foreign file is reported on the log."""
        file = self._file(step, key)
        if file is None:
            return None
        try:
            content = file.read_bytes()
            if not is_sealed(content):
                raise ValueError("it is damaged")
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                contents = {name: archive.read(name) for name in archive.namelist()}
            if contents.pop("key") != f"{step} {key}".encode():
                raise ValueError("it belongs to another step")
            values = {Path(name).stem: _decoded(Path(name).suffix, found) for name, found in contents.items()}
            return kind(**values) if dataclasses.is_dataclass(kind) else values["value"]
        except FileNotFoundError:
            return None
        except Exception as error:
            reason = getattr(error, "strerror", None) or error
            logger.warning("cache file %s cannot be used (%s); the step is computed again", file.name, reason)
            return None

    def save(self, step: str, key: str, result: Any) -> None:
        """Keep a dataclass by its fields, anything else whole; a full or read-only disk is reported once, not raised."""
        file = self._file(step, key)
        if file is None:
            return
        values = {"value": result}
        if dataclasses.is_dataclass(result):
            values = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
        contents = dict(_encoded(stem, value) for stem, value in values.items())
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with replacing(file) as temporary:
                temporary.write_bytes(sealed_zip({"key": f"{step} {key}".encode(), **contents}))
        except OSError as error:
            if not self._complained:
                said = "the step %s is not kept: %s; results are right, only the next run is slower "
                said += "(PAPERATLAS_CACHE names another folder)"
                logger.warning(said, step, error.strerror or error)
            self._complained = True

    def size(self) -> tuple[int, int]:
        """Number of files and their bytes."""
        sizes = [file.stat().st_size for file in self._all()]
        return len(sizes), sum(sizes)

    def clear(self) -> int:
        """Remove every kept step, and what killed runs left; returns how many files."""
        files = self._all()
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def _all(self) -> list[Path]:
        # An unfinished file may be one that another process is writing; that costs it the step, and nothing else.
        return [*self.folder.glob("*.zip"), *self.folder.glob(".unfinished-*")] if self.folder else []


def _encoded(stem: str, value: Any) -> tuple[str, bytes]:
    """Name and bytes of a value: a table as Parquet, an array as npy, the rest as JSON."""
    buffer = io.BytesIO()
    if isinstance(value, pd.DataFrame):
        bare = value.copy(deep=False)
        bare.attrs = {}
        bare.to_parquet(buffer)
        return f"{stem}.parquet", buffer.getvalue()
    if isinstance(value, np.ndarray):
        np.save(buffer, value, allow_pickle=False)
        return f"{stem}.npy", buffer.getvalue()
    return f"{stem}.json", json.dumps(value).encode()


def _decoded(suffix: str, content: bytes) -> Any:
    if suffix == ".parquet":
        table = pd.read_parquet(io.BytesIO(content))
        for column in [c for c in table if pd.api.types.is_object_dtype(table[c])]:
            table[column] = [tuple(v.tolist()) if isinstance(v, np.ndarray) else v for v in table[column]]
        return table
    if suffix == ".npy":
        return np.load(io.BytesIO(content), allow_pickle=False)
    return json.loads(content)
