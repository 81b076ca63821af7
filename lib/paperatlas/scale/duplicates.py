"""Which records are one paper, across all partitions, and which papers are near-duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.corpus import build_corpus, paper_ids
from paperatlas.scale.keys import BAND_COLUMNS, ID_COLUMNS, PERMUTATIONS
from paperatlas.scale.nearby import pairs_of_band
from paperatlas.scale.parts import part_path, read_part, write_part
from paperatlas.scale.staging import RECORDS, Staged

Rows = NDArray[np.int64]
_AT_ONCE = 100_000
_MERGES = ["paper_id", "dump", "rank", "rule", "score"]


@dataclass(frozen=True)
class Groups:
    """Records that are one paper.

    Attributes
    ----------
    group : (n,) int64 array
        Number of each record's group.
    home : (g,) int64 array
        First record of each group.
    size : (g,) int64 array
    order : (g,) uint64 array
        A hash of each group's title, by which samples are drawn.
    starts : (p + 1,) int64 array
        First record of each partition, and the end.
    """

    group: Rows
    home: Rows
    size: Rows
    order: NDArray[np.uint64]
    starts: Rows

    def sample(self, size: int) -> Rows:
        """Homes of the `size` groups with the smallest hashes: the same however the records are cut."""
        chosen = np.argsort(self.order, kind="stable")[:size]
        return np.sort(self.home[chosen])


def group_records(staged: Staged) -> Groups:
    """Records that share a title, an abstract or an id, which `build_corpus` then parts where they contradict."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    titles, starts = _column(staged, "title_key")
    n = len(titles)
    keys = [np.unique(_column(staged, name)[0], return_inverse=True)[1] for name in ID_COLUMNS]
    keys.append(np.unique(titles, return_inverse=True)[1])
    # Records are the first nodes, and every key is one more.
    nodes = np.concatenate([key + n + sum(int(k.max()) + 1 for k in keys[:i]) for i, key in enumerate(keys)])
    rows = np.tile(np.arange(n), len(keys))
    size = n + sum(int(key.max()) + 1 for key in keys)
    links = coo_array((np.ones(len(rows), dtype=np.int8), (rows, nodes)), shape=(size, size))
    component = connected_components(links, directed=False)[1][:n]
    home, group = np.unique(component, return_index=True, return_inverse=True)[1:]
    order = np.full(len(home), np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(order, group, titles)
    return Groups(group.astype(np.int64), home.astype(np.int64), np.bincount(group), order, starts)


def write_plan(staged: Staged, groups: Groups) -> pd.DataFrame:
    """Write, for every partition, which of its records to merge into which paper; returns all merges.

    ``plan/`` holds one row for each record that shares its paper with another: ``row`` (in the partition),
    ``keep`` (whether it stands for the paper), and if so the paper itself.
    """
    shared = np.flatnonzero(groups.size[groups.group] > 1)
    shared = shared[np.argsort(groups.group[shared], kind="stable")]
    merges: list[pd.DataFrame] = []
    plans: dict[int, list[pd.DataFrame]] = {number: [] for number in range(staged.parts)}
    for rows in _batches(shared, groups.group):
        records = _records_at(staged, groups.starts, np.sort(rows))
        records["paper_id"] = paper_ids(records)
        papers = build_corpus(records.drop(columns=["paper_id", "part", "row"]))
        merges.append(pd.DataFrame(papers.attrs["merges"], columns=_MERGES))
        records["keep"] = ~records["paper_id"].duplicated()
        papers = papers.drop(columns=["precision"], errors="ignore")
        papers["dumps"] = papers["dumps"].map(list)
        columns = ["part", "row", "keep", "paper_id"]
        kept = records["keep"]
        plan = pd.concat(
            [records.loc[kept, columns].merge(papers, on="paper_id"), records.loc[~kept, columns]]
        )
        for number, rows_of_part in plan.groupby("part"):
            plans[int(str(number))].append(rows_of_part.drop(columns="part"))
    for number, found_rows in plans.items():
        empty = pd.DataFrame({"row": pd.Series(dtype="int64"), "keep": pd.Series(dtype="bool")})
        plan = pd.concat(found_rows, ignore_index=True) if found_rows else empty
        write_part(plan, part_path(staged.folder, "plan", number))
    return pd.concat(merges, ignore_index=True) if merges else pd.DataFrame(columns=_MERGES)


def near_pairs(staged: Staged, groups: Groups, *, threshold: float = 0.8) -> pd.DataFrame:
    """Papers whose abstracts are much the same, listed and not merged.

    Each paper is compared with the first one that shares a band of its signature, so that a thousand copies
    are a thousand pairs and not half a million.

    Returns
    -------
    DataFrame
        ``row``, ``other`` (records, counted from 0 over all partitions), ``jaccard`` (estimated).
    """
    homes = groups.home
    found: list[NDArray[np.int64]] = []
    for column in BAND_COLUMNS:
        found.append(homes[pairs_of_band(_column(staged, column)[0][homes])])
    pairs = np.unique(np.concatenate(found), axis=0)
    if not len(pairs):
        return pd.DataFrame({"row": [], "other": [], "jaccard": []})
    rows, place = np.unique(pairs, return_inverse=True)
    place = place.reshape(pairs.shape)
    held = _signatures_at(staged, groups.starts, rows)
    jaccard = np.empty(len(pairs))
    for start in range(0, len(pairs), _AT_ONCE):
        a, b = place[start : start + _AT_ONCE].T
        jaccard[start : start + _AT_ONCE] = (held[a] == held[b]).mean(axis=1)
    near = jaccard >= threshold
    return pd.DataFrame(
        {"row": pairs[near, 0], "other": pairs[near, 1], "jaccard": np.round(jaccard[near], 4)}
    )


def _column(staged: Staged, name: str) -> tuple[NDArray[np.uint64], Rows]:
    parts = [
        read_part(part_path(staged.folder, "keys", number), [name])[name].to_numpy(dtype=np.uint64)
        for number in range(staged.parts)
    ]
    return np.concatenate(parts), np.cumsum([0, *map(len, parts)])


def _batches(rows: Rows, group: Rows) -> Iterator[Rows]:
    """Stretches of about `_AT_ONCE` rows that cut no group; `rows` are sorted by group."""
    start = 0
    while start < len(rows):
        end = min(start + _AT_ONCE, len(rows))
        while end < len(rows) and group[rows[end]] == group[rows[end - 1]]:
            end += 1
        yield rows[start:end]
        start = end


def _by_part(starts: Rows, rows: Rows) -> Iterator[tuple[int, Rows]]:
    """Partition and the rows within it, for ascending rows."""
    part = np.searchsorted(starts, rows, side="right") - 1
    for number in np.unique(part):
        yield int(number), rows[part == number] - starts[number]


def _records_at(staged: Staged, starts: Rows, rows: Rows) -> pd.DataFrame:
    tables = []
    for number, inside in _by_part(starts, rows):
        records = read_part(part_path(staged.folder, RECORDS, number)).iloc[inside]
        tables.append(records.assign(part=number, row=inside))
    return pd.concat(tables, ignore_index=True)


def _signatures_at(staged: Staged, starts: Rows, rows: Rows) -> NDArray[np.uint32]:
    held = np.empty((len(rows), PERMUTATIONS), dtype=np.uint32)
    at = 0
    for number, inside in _by_part(starts, rows):
        table = read_part(part_path(staged.folder, "keys", number), ["signature"])["signature"].iloc[inside]
        held[at : at + len(inside)] = np.frombuffer(b"".join(table), dtype=np.uint32).reshape(len(inside), -1)
        at += len(inside)
    return held


def ids_of(staged: Staged, starts: Rows, rows: Rows) -> dict[int, str]:
    """``paper_id`` of the papers that records stand for, by the records' numbers."""
    found: dict[int, str] = {}
    for number, inside in _by_part(starts, np.unique(rows)):
        papers = read_part(part_path(staged.folder, "papers", number), ["paper_id", "row"])
        of_row = dict(zip(papers["row"], papers["paper_id"], strict=True))
        found |= {int(starts[number] + row): of_row[row] for row in inside}
    return found
