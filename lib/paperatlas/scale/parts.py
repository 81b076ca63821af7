"""Tables in numbered partitions in a folder, each written whole or not at all.

A step that is finished with a partition leaves a receipt: the key of the run (inputs, options, model, code) and
the hash of every file that it wrote. Only what agrees with its receipt counts as done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.folders import check_target, named, read_json, replacing, sha256
from paperatlas.readers import Problem, find_sources

Sources = str | Path | Sequence[str | Path]

MANIFEST = "manifest.json"
FOLDERS = (
    "records", "keys", "members", "papers", "merges", "bands", "vectors", "systems", "links", "claims", "done",
)  # fmt: skip
_WRITTEN = re.compile(
    rf"(?:(?:{'|'.join(FOLDERS)})/part-\d+\.parquet|done/[a-z]+-\d+\.json"
    r"|model/[a-z_]+\.(?:json|npy|parquet)|(?:manifest|summary)\.json"
    r"|(?:topics|months|merges|near_duplicates|edits)\.parquet|(?:[a-z]+/)?\.[^/]*\.tmp|\.lock)"
)


class Staged(NamedTuple):
    """A source in partitions of `size` records, the last of the rest, and the key of the content."""

    folder: Path
    key: str
    size: int
    records: int
    problems: list[Problem]

    @property
    def parts(self) -> int:
        """How many partitions there are."""
        return -(-self.records // self.size)

    def undone(self, step: str, key: str) -> list[int]:
        """Partitions that a step with this key is not finished with."""
        return [number for number in range(self.parts) if not is_done(self.folder, step, number, key)]

    def gathered(self, table: str, columns: list[str] | None = None, filters: Any = None) -> pd.DataFrame:
        """A table, or some columns and rows of it, of all partitions in their order; see `pandas.read_parquet`."""
        paths = (part_path(self.folder, table, number) for number in range(self.parts))
        tables = [pd.read_parquet(path, columns=columns, filters=filters) for path in paths]
        return pd.concat(tables, ignore_index=True)


def check_folder(source: Sources, folder: Path) -> None:
    """Refuse a folder that holds anything but a run over these sources, or one of them."""
    files = find_sources(source)
    about = read_json(folder / MANIFEST)
    of_a_run = isinstance(about, dict) and {"inputs", "key"} <= set(about)

    def is_ours(name: str) -> bool:
        return bool(_WRITTEN.fullmatch(name)) and (of_a_run or name.endswith(".tmp"))

    check_target(folder, files, is_ours)
    before = sorted(item["name"] for item in about["inputs"]) if of_a_run else []
    if before and before != sorted(file.name for file in files):
        raise AtlasError(
            f"{folder} holds a run over other sources ({named(before)}); delete it, or name another folder with --out"
        )


def part_path(folder: Path, table: str, number: int) -> Path:
    """File of partition `number` (from 0) of a table."""
    return folder / table / f"part-{number:05d}.parquet"


def write_part(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet, in one step and through to the disk."""
    with replacing(path) as temporary:
        table.to_parquet(temporary, index=False, compression="zstd")


def keep(folder: Path, step: str, number: int, key: str, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write what a step made of a partition, and then the receipt."""
    for table, content in tables.items():
        write_part(content, part_path(folder, table, number))
    write_receipt(folder, step, number, key, [part_path(folder, table, number) for table in tables])


def write_receipt(folder: Path, step: str, number: int, key: str, written: Iterable[Path]) -> None:
    """Note that a step is finished with a partition, and what it wrote."""
    files = {path.relative_to(folder).as_posix(): sha256(path) for path in written}
    write_json({"key": key, "files": files}, _receipt(folder, step, number))


def is_done(folder: Path, step: str, number: int, key: str) -> bool:
    """Whether a step with this key is finished with a partition, and all that it wrote is there, unchanged."""
    found = read_json(_receipt(folder, step, number))
    try:
        files = found["files"].items()
        return found["key"] == key and all(sha256(folder / name) == digest for name, digest in files)
    except (AttributeError, KeyError, OSError, TypeError):
        return False


def _receipt(folder: Path, step: str, number: int) -> Path:
    return folder / "done" / f"{step}-{number:05d}.json"


def write_json(value: Any, path: Path) -> None:
    """Write JSON in one step and through to the disk, in ASCII: a file's name need not be UTF-8."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
