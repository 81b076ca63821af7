"""Cut any source of papers into partitions of equal size, once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from paperatlas.cache import code_version, fingerprint
from paperatlas.errors import AtlasError
from paperatlas.readers import Problem, find_sources, iter_papers
from paperatlas.scale.parts import (
    drop_beyond,
    is_done,
    is_unfinished,
    part_path,
    read_json,
    write_json,
    write_part,
)

MANIFEST = "manifest.json"
RECORDS = "records"
TABLES = (RECORDS, "keys", "plan", "papers", "vectors", "systems", "links", "claims")


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
        If the source cannot be read, or `folder` holds something else.
    """
    about = read_json(folder / MANIFEST)
    if about is None and folder.is_dir() and not all(map(is_unfinished, folder.iterdir())):
        raise AtlasError(
            f"{folder}: expected an empty folder or one of an earlier run, found other files; name another"
        )
    if part < 1:
        raise AtlasError(f"a partition needs at least 1 record, found {part}")
    inputs = [
        {"name": path.name, "bytes": path.stat().st_size, "blake2b": _digest(path)}
        for path in find_sources(source)
    ]
    key = fingerprint("records", code_version(), part, *(sorted(item.items()) for item in inputs))
    if about and about.get("key") == key and _whole(folder, key, about["parts"]):
        return Staged(folder, key, about["parts"], about["records"], [Problem(*p) for p in about["problems"]])
    problems: list[Problem] = []
    n_parts = n_records = 0
    write_json({"inputs": inputs, "complete": False}, folder / MANIFEST)
    # Partitions run on across files, so that a thousand small files do not make a thousand of them.
    for records in _equal(iter_papers(source, chunk=part, problems=problems), part):
        write_part(records, part_path(folder, RECORDS, n_parts), key)
        n_parts += 1
        n_records += len(records)
    drop_beyond(folder, TABLES, n_parts)
    write_json(
        {
            "inputs": inputs,
            "complete": True,
            "key": key,
            "part": part,
            "parts": n_parts,
            "records": n_records,
            "problems": problems,
        },
        folder / MANIFEST,
    )
    return Staged(folder, key, n_parts, n_records, problems)


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
    return all(is_done(part_path(folder, RECORDS, number), key) for number in range(n_parts))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
