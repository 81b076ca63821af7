"""What is done with one partition, by whoever holds it: a worker, or this process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.corpus import build_corpus
from paperatlas.dates import add_dates
from paperatlas.ledger.claims import find_claims
from paperatlas.ledger.links import find_links
from paperatlas.ledger.systems import find_systems
from paperatlas.scale.parts import is_done, part_path, read_part, replacing, write_part, write_receipt
from paperatlas.scale.staging import RECORDS
from paperatlas.topics.assign import TopicModel

PAPER_COLUMNS = [
    "paper_id",
    "title",
    "abstract",
    "published",
    "arxiv_id",
    "venue",
    "dumps",
    "n_dumps",
    "best_rank",
]


class Job(NamedTuple):
    """What to do with every partition.

    Attributes
    ----------
    folder : str
        Where everything lies, as every worker sees it.
    key : str
        Stands for inputs, options, model and code.
    vectors, ledger : bool
        Whether to write embeddings, and systems, links and claims.
    sources : tuple of str
        Where the dates of papers that state none are looked up, as for `paperatlas.add_dates`.
    """

    folder: str
    key: str
    vectors: bool = True
    ledger: bool = True
    sources: tuple[str, ...] = ()


def papers_of(folder: Path, number: int, rows: NDArray[np.int64] | None = None) -> pd.DataFrame:
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
        `PAPER_COLUMNS` and ``row`` (of the record in the partition), sorted by ``paper_id``.
    """
    records = read_part(part_path(folder, RECORDS, number))
    records["row"] = np.arange(len(records))
    plan = read_part(part_path(folder, "plan", number))
    merged = plan[plan["keep"]]
    alone = records[~records["row"].isin(plan["row"])]
    if rows is not None:
        alone, merged = alone[alone["row"].isin(rows)], merged[merged["row"].isin(rows)]
    found = []
    if len(alone):
        single = build_corpus(alone)
        single["dumps"] = single["dumps"].map(list)
        found.append(single)
    if len(merged):
        found.append(merged)
    if not found:
        return pd.DataFrame(columns=[*PAPER_COLUMNS, "row"])
    papers = pd.concat(found, ignore_index=True)[[*PAPER_COLUMNS, "row"]]
    whole = {"n_dumps": "int64", "best_rank": "int64", "row": "int64"}
    return papers.astype(whole).sort_values("paper_id", ignore_index=True)


def work_on(job: Job, number: int) -> int:
    """Date, embed and assign the papers of one partition, read their ledger, and write it all.

    Returns
    -------
    int
        Papers of the partition.
    """
    folder = Path(job.folder)
    place = part_path(folder, "papers", number)
    if is_done(folder, "papers", number, job.key):
        return len(read_part(place, ["row"]))
    papers = _dated(papers_of(folder, number), job.sources)
    model = _model(str(folder / "model"), job.key)
    # A partition of nothing but repetitions has the columns of the others.
    vectors = model.embed(papers)
    topics = model.assign(papers, vectors) if len(papers) else model.assign(model.core.head(1)).head(0)
    papers = papers.join(topics.set_index("paper_id"), on="paper_id")
    written = {place: papers}
    if job.ledger:
        for table, find in (("systems", find_systems), ("links", find_links), ("claims", find_claims)):
            written[part_path(folder, table, number)] = find(papers)
    for path, content in written.items():
        write_part(content, path)
    files = list(written)
    if job.vectors:
        files.append(part_path(folder, "vectors", number).with_suffix(".npy"))
        _write_vectors(vectors, files[-1])
    write_receipt(folder, "papers", number, job.key, files)
    return len(papers)


def _dated(papers: pd.DataFrame, sources: Sequence[str]) -> pd.DataFrame:
    undated = papers["published"].isna()
    if not undated.any():
        return papers
    found = add_dates(papers.loc[undated, ["paper_id", "title", "abstract"]], list(sources))
    for column in ("published", "arxiv_id", "venue"):
        papers.loc[undated, column] = papers.loc[undated, column].fillna(found[column])
    return papers


def _write_vectors(vectors: NDArray[np.float32], path: Path) -> None:
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, vectors, allow_pickle=False)


# One model a process; the key of the run is part of the call, so that another run loads its own.
@lru_cache(maxsize=1)
def _model(folder: str, key: str) -> TopicModel:  # noqa: ARG001
    return TopicModel.load(Path(folder))
