"""Numbered partitions of a table in a folder, each written whole or not at all.

A step that is finished with a partition leaves a receipt: the key of the run (inputs, options, model, code) and
the hash of every file that it wrote. Only what agrees with its receipt counts as done.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.folders import flush, sha256

RECEIPTS = "done"


def part_path(folder: Path, table: str, number: int) -> Path:
    """File of partition `number` (from 0) of a table."""
    return folder / table / f"part-{number:05d}.parquet"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, brought to the disk and moved there in one step if all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        flush(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_part(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet, in one step."""
    with replacing(path) as temporary:
        table.to_parquet(temporary, index=False, compression="zstd")


def write_receipt(folder: Path, step: str, number: int, key: str, written: Sequence[Path]) -> None:
    """Note that a step is finished with a partition, and what it wrote."""
    files = {path.relative_to(folder).as_posix(): sha256(path) for path in written}
    write_json({"key": key, "files": files}, _receipt(folder, step, number))


def is_done(folder: Path, step: str, number: int, key: str) -> bool:
    """Whether a step with this key is finished with a partition, and all that it wrote is there, unchanged."""
    found = read_json(_receipt(folder, step, number))
    try:
        return found["key"] == key and all(
            sha256(folder / name) == digest for name, digest in found["files"].items()
        )
    except (AttributeError, KeyError, OSError, TypeError):
        return False


def _receipt(folder: Path, step: str, number: int) -> Path:
    return folder / RECEIPTS / f"{step}-{number:05d}.json"


def read_part(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """One partition.

    Raises
    ------
    AtlasError
        If it is missing or damaged.
    """
    import pyarrow as pa

    try:
        return pd.read_parquet(path, columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        raise AtlasError(
            f"{path}: expected a partition, found {error}; run the same command again"
        ) from error


def write_json(value: Any, path: Path) -> None:
    """Write JSON in one step."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """JSON of a file, or None where there is none that is whole."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def drop_beyond(folder: Path, tables: Sequence[str], n_parts: int) -> None:
    """Remove partitions that a run with more of them left behind."""
    for table in tables:
        for path in [*(folder / table).glob("part-*"), *(folder / RECEIPTS).glob(f"{table}-*")]:
            if int(path.stem.split("-")[1]) >= n_parts:
                path.unlink()


def drop_unfinished(folder: Path) -> None:
    """Remove what killed runs had begun to write. To be called when nobody writes here any more."""
    for path in filter(is_unfinished, folder.rglob(".*.tmp")):
        path.unlink(missing_ok=True)


def is_unfinished(path: Path) -> bool:
    """Whether a file is one that `replacing` had not moved to its place."""
    return path.name.startswith(".") and path.suffix == ".tmp"
