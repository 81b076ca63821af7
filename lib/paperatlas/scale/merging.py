"""Which records are one paper, across all partitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.corpus import abstract_key, build_corpus
from paperatlas.scale.parts import RECORDS, Staged, part_path, read_part, write_part, write_receipt
from paperatlas.titles import title_key
from paperatlas.topics.edits import rows_named

_KEYS = ("title_key", "abstract_key", "doi_key", "arxiv_key")
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """Records that may be one paper.

    Attributes
    ----------
    home : (n,) int64 array
        First record of each record's group.
    order : (g,) uint64 array
        A hash of each group's title, by which samples are drawn.
    starts : (p + 1,) int64 array
        First record of each partition, and the end.
    """

    home: Rows
    order: NDArray[np.uint64]
    starts: Rows

    def sample(self, size: int) -> Iterator[tuple[int, Rows]]:
        """Partitions, and in each the homes of the groups with the smallest hashes, however the records are cut."""
        rows = np.sort(np.unique(self.home)[np.argsort(self.order, kind="stable")[:size]])
        part = np.searchsorted(self.starts, rows, side="right") - 1
        for number in np.unique(part):
            yield int(number), rows[part == number] - self.starts[number]


def key_part(folder: Path, number: int, key: str) -> int:
    """Write hashes of what the records of one partition may share; returns the number of records."""
    records = read_part(part_path(folder, RECORDS, number), ["title", "abstract", "doi", "arxiv_id"])
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
    path = part_path(folder, "keys", number)
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
    first, group = np.unique(component, return_index=True, return_inverse=True)[1:]
    order = np.full(len(first), np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(order, group, keys["title_key"].to_numpy())
    by_home = np.argsort(first)  # as `np.unique` of the homes
    return Groups(first[group].astype(np.int64), order[by_home], starts)


def bring_home(staged: Staged, groups: Groups) -> None:
    """Write, for every partition, where its records belong, and the records of others that belong there.

    ``homes/`` holds the row of each record's home, counted from the first of the partition, and below zero in an
    earlier one; ``guests/`` the records that come in, with that row in ``home``.
    """
    guests: dict[int, list[pd.DataFrame]] = defaultdict(list)
    for number in reversed(range(staged.parts)):  # a home never lies in a later partition than its guests
        start, end = groups.starts[number], groups.starts[number + 1]
        homes = groups.home[start:end]
        write_part(homes - start, part_path(staged.folder, "homes", number))
        leaving = np.flatnonzero(homes < start)
        records = read_part(part_path(staged.folder, RECORDS, number))
        part = np.searchsorted(groups.starts, homes[leaving], side="right") - 1
        for home in np.unique(part):
            rows = leaving[part == home]
            guests[int(home)].append(records.iloc[rows].assign(home=homes[rows] - groups.starts[home]))
        coming = pd.concat([records.head(0).assign(home=0), *guests.pop(number, [])], ignore_index=True)
        write_part(coming, part_path(staged.folder, "guests", number))


def papers_of(folder: Path, number: int, homes: Rows | None = None) -> pd.DataFrame:
    """Papers that live in one partition, as from `paperatlas.build_corpus`: where their first record lies.

    Parameters
    ----------
    folder : Path
    number : int
    homes : int array, optional
        Only the papers whose first records stand in these rows.
    """
    records = read_part(part_path(folder, RECORDS, number))
    own = records.assign(home=np.load(part_path(folder, "homes", number), allow_pickle=False))
    every = pd.concat([own[own["home"] >= 0], read_part(part_path(folder, "guests", number))])
    if homes is not None:
        every = every[every["home"].isin(homes)]
    if every.empty:  # nothing but repetitions: a partition with the columns of the others
        return build_corpus(records).head(0)
    return build_corpus(every.drop(columns="home"))


def sample_papers(staged: Staged, groups: Groups, size: int, named: Sequence[str]) -> pd.DataFrame:
    """At most `size` papers of all partitions, and those that ids or titles name; sorted by ``paper_id``."""
    found = [papers_of(staged.folder, number, homes) for number, homes in groups.sample(size)]
    for number in range(staged.parts) if named else ():
        papers = papers_of(staged.folder, number)
        found.append(papers.iloc[rows_named(papers, named)])
    papers = pd.concat(found, ignore_index=True).drop_duplicates("paper_id")
    return papers.sort_values("paper_id", ignore_index=True)
