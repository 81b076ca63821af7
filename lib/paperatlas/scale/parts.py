"""A source cut into numbered partitions in a folder, each written whole or not at all.

A step that is finished with a partition leaves a receipt: the key of the run (inputs, options, model, code) and
the hash of every file that it wrote. Only what agrees with its receipt counts as done.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.cache import code_version, fingerprint
from paperatlas.errors import AtlasError
from paperatlas.folders import check_unchanged, entries, look_at, named, refuse_sources_in, replacing, sha256
from paperatlas.readers import Problem, find_sources, iter_papers

Sources = str | Path | Sequence[str | Path]

MANIFEST = "manifest.json"
RECORDS = "records"
RECEIPTS = "done"
TABLES = (
    RECORDS, "keys", "homes", "guests", "papers", "merges", "bands", "vectors", "systems", "links", "claims",
)  # fmt: skip
_ARRAYS = ("homes", "bands", "vectors")
_WRITTEN = re.compile(
    rf"(?:(?:{'|'.join(TABLES)})/part-\d+\.(?:parquet|npy)|{RECEIPTS}/[a-z]+-\d+\.json"
    r"|model/[a-z_]+\.(?:json|npy|npz|parquet)|(?:manifest|summary)\.json"
    r"|(?:topics|months|merges|near_duplicates|edits)\.parquet|(?:[a-z]+/)?\.[^/]*\.tmp|\.lock)"
)


class Staged(NamedTuple):
    """A source in partitions: their number, the number of records, and the key of the content."""

    folder: Path
    key: str
    parts: int
    records: int
    problems: list[Problem]


def stage(source: Sources, folder: Path, *, part: int) -> Staged:
    """Write the records of `source` to ``records/`` below `folder`, `part` a partition, unless they are there already."""
    if part < 1:
        raise AtlasError(f"a partition needs at least 1 record, found {part}")
    inputs = look_at(find_sources(source))
    about = [{"name": known.path.name, "bytes": known.bytes, "sha256": known.sha256} for known in inputs]
    key = fingerprint("records", code_version(), part, *(sorted(item.items()) for item in about))
    before = read_json(folder / MANIFEST) or {}
    if before.get("complete") and before["key"] == key and not undone(folder, RECORDS, before["parts"], key):
        problems = [Problem(*problem) for problem in before["problems"]]
        return Staged(folder, key, before["parts"], before["records"], problems)
    if before.get("key") != key:  # nothing of another cut is of any use
        for table in (*TABLES, RECEIPTS):
            shutil.rmtree(folder / table, ignore_errors=True)
    problems = []
    n_parts = n_records = 0
    write_json({"inputs": about, "complete": False, "key": key}, folder / MANIFEST)
    # Partitions run on across files, so that a thousand small files do not make a thousand of them.
    for records in _equal(iter_papers(source, chunk=part, problems=problems), part):
        write_part(records, path := part_path(folder, RECORDS, n_parts))
        write_receipt(folder, RECORDS, n_parts, key, [path])
        n_parts += 1
        n_records += len(records)
    check_unchanged(inputs)
    counted = {"key": key, "part": part, "parts": n_parts, "records": n_records, "problems": problems}
    write_json({"inputs": about, "complete": True, **counted}, folder / MANIFEST)
    return Staged(folder, key, n_parts, n_records, problems)


def _equal(chunks: Iterator[pd.DataFrame], size: int) -> Iterator[pd.DataFrame]:
    held: list[pd.DataFrame] = []
    n = 0
    for chunk in chunks:
        held.append(chunk)
        n += len(chunk)
        if n >= size:
            joined = pd.concat(held, ignore_index=True) if len(held) > 1 else held[0]
            yield joined.iloc[:size]
            held = [joined.iloc[size:].reset_index(drop=True)]
            n -= size
    if n:
        yield pd.concat(held, ignore_index=True)


def check_folder(source: Sources, folder: Path) -> None:
    """Refuse a folder that holds anything but a run over these sources, or one of them."""
    files = find_sources(source)
    refuse_sources_in(folder, files)
    if not folder.exists():
        return
    if not folder.is_dir():
        raise AtlasError(f"{folder} is a file; name a folder with --out")
    about = read_json(folder / MANIFEST)
    of_a_run = isinstance(about, dict) and {"inputs", "complete"} <= set(about)
    foreign = [
        name
        for name in (path.relative_to(folder).as_posix() for path in entries(folder))
        if not (_WRITTEN.fullmatch(name) and (of_a_run or name.endswith(".tmp")))
    ]
    if foreign:
        raise AtlasError(
            f"{folder} holds files that this program did not write: {named(foreign)}; expected an empty folder or one "
            "of an earlier run; move them away, or name another folder with --out"
        )
    before = sorted(item["name"] for item in about["inputs"]) if of_a_run else []
    if before and before != sorted(file.name for file in files):
        raise AtlasError(
            f"{folder} holds a run over other sources ({named(before)}); delete it, or name another folder with --out"
        )


def part_path(folder: Path, table: str, number: int) -> Path:
    """File of partition `number` (from 0) of a table."""
    return folder / table / f"part-{number:05d}.{'npy' if table in _ARRAYS else 'parquet'}"


def write_part(content: pd.DataFrame | NDArray[Any], path: Path) -> None:
    """Write a table as Parquet or an array as npy, in one step and through to the disk."""
    with replacing(path, durable=True) as temporary:
        if isinstance(content, np.ndarray):
            with temporary.open("wb") as file:
                np.save(file, content, allow_pickle=False)
        else:
            content.to_parquet(temporary, index=False, compression="zstd")


def read_part(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """One partition of a table; an `AtlasError` if it is missing or damaged."""
    import pyarrow as pa

    try:
        return pd.read_parquet(path, columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        raise AtlasError(
            f"{path}: expected a partition, found {error}; run the same command again"
        ) from error


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


def undone(folder: Path, step: str, n_parts: int, key: str) -> list[int]:
    """Partitions that a step with this key is not finished with."""
    return [number for number in range(n_parts) if not is_done(folder, step, number, key)]


def _receipt(folder: Path, step: str, number: int) -> Path:
    return folder / RECEIPTS / f"{step}-{number:05d}.json"


def write_json(value: Any, path: Path) -> None:
    """Write JSON in one step and through to the disk, in ASCII: a file's name need not be UTF-8."""
    with replacing(path, durable=True) as temporary:
        temporary.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """JSON of a file, or None where there is none that is whole."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def drop_unfinished(folder: Path) -> None:
    """Remove what killed runs had begun to write. To be called when nobody writes here any more."""
    for path in folder.rglob(".*.tmp"):
        path.unlink(missing_ok=True)
