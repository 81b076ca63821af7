"""Numbered partitions of a table in a folder, each written whole or not at all.

A partition carries the key of the run that wrote it (inputs, options, model, code) in its Parquet metadata,
so that a restarted run knows what is done without a list that could be wrong.
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

_KEY = b"paperatlas.key"


def part_path(folder: Path, table: str, number: int) -> Path:
    """File of partition `number` (from 0) of a table."""
    return folder / table / f"part-{number:05d}.parquet"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, moved there in one step if all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_part(table: pd.DataFrame, path: Path, key: str) -> None:
    """Write a table as Parquet with its key, in one step."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = pa.Table.from_pandas(table, preserve_index=False)
    content = content.replace_schema_metadata({**(content.schema.metadata or {}), _KEY: key.encode()})
    with replacing(path) as temporary:
        pq.write_table(content, temporary, compression="zstd")


def is_done(path: Path, key: str) -> bool:
    """Whether a whole partition with this key lies at `path`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException):
        return False
    return found.get(_KEY) == key.encode()


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
        for path in (folder / table).glob("part-*"):
            if int(path.stem.split("-")[1]) >= n_parts:
                path.unlink()


def drop_unfinished(folder: Path) -> None:
    """Remove what killed runs had begun to write. To be called when nobody writes here any more."""
    for path in filter(is_unfinished, folder.rglob(".*.tmp")):
        path.unlink(missing_ok=True)


def is_unfinished(path: Path) -> bool:
    """Whether a file is one that `replacing` had not moved to its place."""
    return path.name.startswith(".") and path.suffix == ".tmp"
