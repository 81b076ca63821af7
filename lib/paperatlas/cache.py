"""Keep finished steps on disk, so that a second run is fast and an interrupted one loses nothing.

One step is one zip file, named by the step and a hash of everything its result depends on: the texts, the
parameters, the code, and the versions of the numeric libraries. Tables are stored as Parquet, arrays as
npy, the rest as JSON; nothing is ever unpickled. A file is written beside its place and moved there in
one step, so that a reader never meets half of it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import logging
import os
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

logger = logging.getLogger("paperatlas")

NUMERIC_LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn", "umap-learn", "bertopic")


def cache_folder() -> Path | None:
    """Folder of the cache: ``PAPERATLAS_CACHE``, or the user's cache folder; None if there is no place."""
    if given := os.environ.get("PAPERATLAS_CACHE"):
        return Path(given)
    from platformdirs import user_cache_path

    try:
        return user_cache_path("paperatlas")
    except RuntimeError:  # no home directory
        return None


def fingerprint(*parts: object) -> str:
    """Hash (32 hexadecimal digits) of texts, numbers, bytes and arrays, in this order."""
    digest = hashlib.sha256()
    for part in parts:
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
    """Hash of the library's own source and of the versions of the numeric libraries."""
    package = Path(__file__).parent
    sources = sorted(package.rglob("*.py"))
    versions = []
    for name in NUMERIC_LIBRARIES:
        try:
            versions.append(version(name))
        except PackageNotFoundError:
            versions.append("")
    return fingerprint(*(source.read_bytes() for source in sources), *versions)


class Cache:
    """Finished steps below one folder; without a folder it keeps nothing.

    Parameters
    ----------
    folder : Path or None
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def _file(self, step: str, key: str) -> Path | None:
        return self.folder / f"{step}-{key}.zip" if self.folder else None

    def load(self, step: str, key: str) -> dict[str, Any] | None:
        """Values kept for this step and key, or None.

        A damaged or foreign file is reported on the ``paperatlas`` logger and counts as absent.
        """
        file = self._file(step, key)
        if file is None or not file.is_file():
            return None
        try:
            with zipfile.ZipFile(file) as archive:
                if archive.read("key").decode() != f"{step} {key}":
                    raise ValueError("it belongs to another step")
                return {
                    Path(name).stem: _decode(Path(name).suffix, archive.read(name))
                    for name in archive.namelist()
                    if name != "key"
                }
        except Exception as error:
            logger.warning("cache file %s cannot be used (%s); the step is computed again", file.name, error)
            return None

    def save(self, step: str, key: str, values: Mapping[str, Any]) -> None:
        """Keep values under this step and key; a full or read-only disk is reported, not raised."""
        file = self._file(step, key)
        if file is None:
            return
        temporary = None
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{step}-", dir=file.parent)
            temporary = Path(name)
            with os.fdopen(handle, "wb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("key", f"{step} {key}")
                for stem, value in values.items():
                    suffix, content = _encode(value)
                    archive.writestr(stem + suffix, content)
            temporary.replace(file)
        except OSError as error:
            logger.warning("the step %s is not kept: %s", step, error)
        finally:
            if temporary:
                temporary.unlink(missing_ok=True)

    def size(self) -> tuple[int, int]:
        """Number of files and their bytes."""
        files = self._all()
        return len(files), sum(file.stat().st_size for file in files)

    def clear(self) -> int:
        """Remove every kept step; returns how many."""
        files = self._all()
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def _all(self) -> list[Path]:
        return sorted(self.folder.glob("*.zip")) if self.folder and self.folder.is_dir() else []


def _encode(value: Any) -> tuple[str, bytes]:
    if isinstance(value, pd.DataFrame):
        bare = value.copy(deep=False)
        bare.attrs = {}
        buffer = io.BytesIO()
        bare.to_parquet(buffer)
        return ".parquet", buffer.getvalue()
    if isinstance(value, np.ndarray):
        buffer = io.BytesIO()
        np.save(buffer, value, allow_pickle=False)
        return ".npy", buffer.getvalue()
    return ".json", json.dumps(value).encode()


def _decode(suffix: str, content: bytes) -> Any:
    if suffix == ".parquet":
        table = pd.read_parquet(io.BytesIO(content))
        for column in [c for c in table if pd.api.types.is_object_dtype(table[c])]:
            table[column] = [tuple(v.tolist()) if isinstance(v, np.ndarray) else v for v in table[column]]
        return table
    if suffix == ".npy":
        return np.load(io.BytesIO(content), allow_pickle=False)
    return json.loads(content)


def pack(result: Any) -> dict[str, Any]:
    """Result of a step as named values: a dataclass by its fields, anything else as ``value``."""
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        return {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    return {"value": result}


def unpack(kind: type, values: Mapping[str, Any]) -> Any:
    """Inverse of `pack` for a result of this type."""
    return kind(**values) if dataclasses.is_dataclass(kind) else values["value"]
