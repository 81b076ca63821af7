"""Which records are one paper, across all partitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.corpus import Merge, abstract_key, build_corpus, paper_ids
from paperatlas.scale.parts import RECORDS, Staged, is_done, part_path, read_part, write_part, write_receipt
from paperatlas.titles import title_key

_KEYS = ("title_key", "abstract_key", "doi_key", "arxiv_key")
_AT_ONCE = 100_000
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """Records that may be one paper.

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

    def by_part(self, rows: Rows) -> Iterator[tuple[int, Rows]]:
        """Partition and the rows within it, for ascending rows."""
        part = np.searchsorted(self.starts, rows, side="right") - 1
        for number in np.unique(part):
            yield int(number), rows[part == number] - self.starts[number]


def key_part(folder: Path, number: int, key: str) -> int:
    """Write hashes of what the records of one partition may share; returns the number of records."""
    path = part_path(folder, "keys", number)
    records = read_part(part_path(folder, RECORDS, number), ["title", "abstract", "doi", "arxiv_id"])
    if is_done(folder, "keys", number, key):
        return len(records)
    texts = (
        map(title_key, records["title"]),
        map(abstract_key, records["abstract"]),
        records["doi"].fillna(""),
        records["arxiv_id"].fillna(""),
    )
    # What a record does not have it shares with none.
    hashes = {
        name: [_hash(value or f"none {number} {row}") for row, value in enumerate(values)]
        for name, values in zip(_KEYS, texts, strict=True)
    }
    write_part(pd.DataFrame(hashes, dtype="uint64"), path)
    write_receipt(folder, "keys", number, key, [path])
    return len(records)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def group_records(staged: Staged) -> Groups:
    """Records that share a title, an abstract or an id, which `build_corpus` then parts where they contradict."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    tables = [read_part(part_path(staged.folder, "keys", number)) for number in range(staged.parts)]
    starts = np.cumsum([0, *map(len, tables)])
    keys = pd.concat(tables, ignore_index=True)
    n = len(keys)
    # Records are the first nodes, and every key is one more.
    codes = [pd.factorize(keys[name])[0] for name in _KEYS]
    firsts = n + np.cumsum([0, *(code.max() + 1 for code in codes)])
    nodes = np.concatenate([code + first for code, first in zip(codes, firsts, strict=False)])
    ends = (np.tile(np.arange(n), len(codes)), nodes)
    links = coo_array((np.ones(len(nodes), dtype=np.int8), ends), shape=(firsts[-1], firsts[-1]))
    component = connected_components(links, directed=False)[1][:n]
    home, group = np.unique(component, return_index=True, return_inverse=True)[1:]
    order = np.full(len(home), np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(order, group, keys["title_key"].to_numpy())
    return Groups(group.astype(np.int64), home.astype(np.int64), np.bincount(group), order, starts)


def write_plan(staged: Staged, groups: Groups) -> pd.DataFrame:
    """Write, for every partition, which of its records to merge into which paper; returns all merges.

    ``plan/`` holds one row for each record that shares its paper with another: ``row`` (in the partition),
    ``keep`` (whether it stands for the paper), and if so the paper itself.
    """
    shared = np.flatnonzero(groups.size[groups.group] > 1)
    shared = shared[np.argsort(groups.group[shared], kind="stable")]
    merges: list[Merge] = []
    plans: dict[int, list[pd.DataFrame]] = {number: [] for number in range(staged.parts)}
    for rows in _batches(shared, groups.group):
        records = _records_at(staged, groups, np.sort(rows))
        papers = build_corpus(records.drop(columns=["part", "row"]))
        merges += papers.attrs["merges"]
        place = records[["part", "row"]].assign(paper_id=paper_ids(records))
        place["keep"] = ~place["paper_id"].duplicated()
        kept = place[place["keep"]].merge(papers, on="paper_id")
        for number, of_part in pd.concat([kept, place[~place["keep"]]]).groupby("part"):
            plans[int(str(number))].append(of_part.drop(columns="part"))
    empty = pd.DataFrame({"row": pd.Series(dtype="int64"), "keep": pd.Series(dtype="bool")})
    for number, tables in plans.items():
        plan = pd.concat(tables, ignore_index=True) if tables else empty
        write_part(plan, part_path(staged.folder, "plan", number))
    return pd.DataFrame(merges, columns=list(Merge._fields))


def _batches(rows: Rows, group: Rows) -> Iterator[Rows]:
    """Stretches of about `_AT_ONCE` rows that cut no group; `rows` are sorted by group."""
    start = 0
    while start < len(rows):
        end = min(start + _AT_ONCE, len(rows))
        while end < len(rows) and group[rows[end]] == group[rows[end - 1]]:
            end += 1
        yield rows[start:end]
        start = end


def _records_at(staged: Staged, groups: Groups, rows: Rows) -> pd.DataFrame:
    tables = []
    for number, inside in groups.by_part(rows):
        records = read_part(part_path(staged.folder, RECORDS, number)).iloc[inside]
        tables.append(records.assign(part=number, row=inside))
    return pd.concat(tables, ignore_index=True)


def papers_of(folder: Path, number: int, rows: Rows | None = None) -> pd.DataFrame:
    """Papers that live in one partition: one for each group of records whose first record lies there.

    Parameters
    ----------
    folder : Path
    number : int
    rows : int array, optional
        Only the papers of these records of the partition.

    Returns
    -------
    DataFrame
        The columns of `paperatlas.build_corpus`, sorted by ``paper_id``.
    """
    records = read_part(part_path(folder, RECORDS, number))
    plan = read_part(part_path(folder, "plan", number))
    alone = records[~records.index.isin(plan["row"])]
    merged = plan[plan["keep"]]
    if rows is not None:
        alone, merged = alone[alone.index.isin(rows)], merged[merged["row"].isin(rows)]
    found = [build_corpus(alone)] if len(alone) else []
    if len(merged):
        found.append(merged.drop(columns=["row", "keep"]))
    if not found:
        # A partition of nothing but repetitions has the columns of the others.
        return build_corpus(records).head(0)
    whole = {"n_dumps": "int64", "best_rank": "int64"}
    return pd.concat(found, ignore_index=True).astype(whole).sort_values("paper_id", ignore_index=True)


def sample_papers(staged: Staged, groups: Groups, size: int) -> pd.DataFrame:
    """At most `size` papers of all partitions, sorted by ``paper_id``."""
    found = [
        papers_of(staged.folder, number, inside) for number, inside in groups.by_part(groups.sample(size))
    ]
    return pd.concat(found, ignore_index=True).sort_values("paper_id", ignore_index=True)
