"""A source cut into partitions, and which of its records are one paper, across all of them."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.cache import code_version, fingerprint
from paperatlas.corpus import abstract_key, build_corpus
from paperatlas.errors import AtlasError
from paperatlas.folders import check_unchanged, look_at, read_json
from paperatlas.readers import Problem, find_sources, iter_papers
from paperatlas.scale.parts import FOLDERS, MANIFEST, Sources, Staged, keep, part_path, write_json
from paperatlas.titles import title_key
from paperatlas.topics.edits import rows_named

Rows = NDArray[np.int64]


def stage(source: Sources, folder: Path, *, part: int) -> Staged:
    """Write the records of `source`, and their keys, below `folder`, `part` a partition, unless they are there."""
    if part < 1:
        raise AtlasError(f"a partition needs at least 1 record, found {part}")
    inputs = look_at(find_sources(source))
    about = [{"name": known.path.name, "bytes": known.bytes, "sha256": known.sha256} for known in inputs]
    key = fingerprint("records", code_version(), part, *(sorted(item.items()) for item in about))
    before = read_json(folder / MANIFEST) or {}
    if before.get("key") != key:  # nothing of another cut is of any use
        for name in FOLDERS:
            shutil.rmtree(folder / name, ignore_errors=True)
    elif "records" in before:
        problems = [Problem(*problem) for problem in before["problems"]]
        staged = Staged(folder, key, part, before["records"], problems)
        if not staged.undone("records", key):
            return staged
    manifest = {"inputs": about, "key": key}
    write_json(manifest, folder / MANIFEST)
    problems, n = [], 0
    # Partitions run on across files, so that a thousand small files do not make a thousand of them.
    for records in iter_papers(source, chunk=part, problems=problems):
        keep(folder, "records", n // part, key, {"records": records, "keys": _keys(records)})
        n += len(records)
    check_unchanged(inputs)
    write_json({**manifest, "records": n, "problems": problems}, folder / MANIFEST)
    return Staged(folder, key, part, n, problems)


def _keys(records: pd.DataFrame) -> pd.DataFrame:
    """Hashes of what records may share, 0 for what they do not have."""
    known = records.reindex(columns=["title", "abstract", "doi", "arxiv_id"]).fillna("").astype(object)
    known["title"], known["abstract"] = known["title"].map(title_key), known["abstract"].map(abstract_key)
    return known.apply(pd.util.hash_array, raw=True).where(known != "", np.uint64(0))


def group_records(staged: Staged) -> Rows:
    """First of the records with which each shares a title, an abstract or an id, at one remove or more.

    `build_corpus` then parts those that contradict each other.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    keys = staged.gathered("keys")
    rows = pd.Series(np.arange(len(keys)))
    # What a record does not have it shares with none.
    firsts = [rows.groupby(keys[name]).transform("min").where(keys[name] > 0, rows) for name in keys]
    ends = (np.tile(rows, len(firsts)), np.concatenate(firsts))
    shared = coo_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(len(rows), len(rows)))
    group = connected_components(shared, directed=False)[1]
    return np.asarray(rows.groupby(group).transform("min"), dtype=np.int64)


def bring_home(staged: Staged, home_of: Rows) -> None:
    """Write the records of every partition's papers, from wherever they come, with the row of the first in ``home``."""
    if not staged.undone("members", staged.key):
        return
    members: dict[Any, list[pd.DataFrame]] = defaultdict(list)
    for number in reversed(range(staged.parts)):  # a home never lies in a later partition than its guests
        homes = home_of[number * staged.size :][: staged.size]
        records = pd.read_parquet(part_path(staged.folder, "records", number))
        for part, some in records.assign(home=homes % staged.size).groupby(homes // staged.size):
            members[part].append(some)
        table = pd.concat(members.pop(number, [records.head(0).assign(home=0)]), ignore_index=True)
        keep(staged.folder, "members", number, staged.key, {"members": table})


def papers_of(folder: Path, number: int, homes: Rows | None = None) -> pd.DataFrame:
    """Papers whose first records lie in one partition, or in these rows of it, as from `paperatlas.build_corpus`."""
    members = pd.read_parquet(part_path(folder, "members", number))
    if homes is not None:
        members = members[members["home"].isin(homes)]
    if members.empty:  # nothing but repetitions: a partition with the columns of the others
        return build_corpus(pd.read_parquet(part_path(folder, "records", number))).head(0)
    return build_corpus(members.drop(columns="home"))


def sample_papers(staged: Staged, home_of: Rows, size: int, named: Sequence[str]) -> pd.DataFrame:
    """At most `size` papers, and those that ids or titles name; sorted by ``paper_id``.

    The sample is that of the titles with the smallest hashes, however the records are cut.
    """
    titles = staged.gathered("keys", ["title"])["title"].groupby(home_of).min()
    homes = np.sort(titles.sort_values(kind="stable").index[:size].to_numpy())
    part = homes // staged.size
    found = [papers_of(staged.folder, n, homes[part == n] % staged.size) for n in np.unique(part).tolist()]
    for number in range(staged.parts) if named else ():
        papers = papers_of(staged.folder, number)
        found.append(papers.iloc[rows_named(papers, named)])
    papers = pd.concat(found, ignore_index=True).drop_duplicates("paper_id")
    return papers.sort_values("paper_id", ignore_index=True)
