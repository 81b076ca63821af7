"""Cut any source of papers into partitions of equal size, once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from paperatlas.cache import code_version, fingerprint
from paperatlas.errors import AtlasError
from paperatlas.folders import entries, named, refuse_sources_in
from paperatlas.readers import Problem, find_sources, iter_papers
from paperatlas.scale.parts import (
    drop_beyond,
    is_done,
    part_path,
    read_json,
    write_json,
    write_part,
    write_receipt,
)

MANIFEST = "manifest.json"
RECORDS = "records"
TABLES = (RECORDS, "keys", "plan", "papers", "vectors", "systems", "links", "claims")
_WRITTEN = re.compile(
    rf"(?:(?:{'|'.join(TABLES)})/part-\d+\.(?:parquet|npy)|done/[a-z]+-\d+\.json|model/[a-z_]+\.(?:json|npy|npz|parquet)"
    r"|(?:manifest|summary)\.json|(?:topics|months|merges|near_duplicates)\.parquet|(?:[a-z]+/)?\.[^/]*\.tmp|\.lock)"
)


class Staged(NamedTuple):
    """A source in partitions: their number, the number of records, and the key of the content."""

    folder: Path
    key: str
    parts: int
    records: int
    problems: list[Problem]


def stage(source: str | Path | Sequence[str | Path], folder: Path, *, part: int) -> Staged:
    """Write the records of `source` to ``records/`` below `folder`, `part` a partition.

    A folder that holds these partitions already is left as it is.

    Raises
    ------
    AtlasError
        If the source cannot be read, or changes meanwhile.
    """
    if part < 1:
        raise AtlasError(f"a partition needs at least 1 record, found {part}")
    files = find_sources(source)
    inputs = _look_at(files)
    key = fingerprint("records", code_version(), part, *(sorted(item.items()) for item in inputs))
    about = read_json(folder / MANIFEST) or {}
    if about.get("key") == key and _whole(folder, key, about["parts"]):
        return Staged(folder, key, about["parts"], about["records"], [Problem(*p) for p in about["problems"]])
    problems: list[Problem] = []
    n_parts = n_records = 0
    write_json({"inputs": inputs, "complete": False}, folder / MANIFEST)
    # Partitions run on across files, so that a thousand small files do not make a thousand of them.
    for records in _equal(iter_papers(source, chunk=part, problems=problems), part):
        path = part_path(folder, RECORDS, n_parts)
        write_part(records, path)
        write_receipt(folder, RECORDS, n_parts, key, [path])
        n_parts += 1
        n_records += len(records)
    for file, known in zip(files, inputs, strict=True):
        if _look_at([file]) != [known]:
            raise AtlasError(
                f"{file} changed while it was read; run the same command again when it is complete"
            )
    drop_beyond(folder, TABLES, n_parts)
    counted = {"key": key, "part": part, "parts": n_parts, "records": n_records, "problems": problems}
    write_json({"inputs": inputs, "complete": True, **counted}, folder / MANIFEST)
    return Staged(folder, key, n_parts, n_records, problems)


def check_folder(source: str | Path | Sequence[str | Path], folder: Path) -> None:
    """Refuse a folder that holds anything but a run over these sources, or one of them.

    Raises
    ------
    AtlasError
        Before anything is written.
    """
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


def _equal(chunks: Any, size: int) -> Any:
    import pandas as pd

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


def _whole(folder: Path, key: str, n_parts: int) -> bool:
    return all(is_done(folder, RECORDS, number, key) for number in range(n_parts))


def _look_at(files: Sequence[Path]) -> list[dict[str, Any]]:
    return [{"name": path.name, "bytes": path.stat().st_size, "blake2b": _digest(path)} for path in files]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
