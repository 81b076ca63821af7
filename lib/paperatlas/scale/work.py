"""What is done with one partition, by whoever holds it: a worker, or this process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from paperatlas.dates import add_dates
from paperatlas.duplicates import bands
from paperatlas.export import PAPER_COLUMNS
from paperatlas.ledger import find_entries
from paperatlas.scale.merging import papers_of
from paperatlas.scale.parts import is_done, part_path, read_part, write_part, write_receipt
from paperatlas.topics.assign import TopicModel


class Job(NamedTuple):
    """What to do with every partition.

    Attributes
    ----------
    folder : str
        Where everything lies, as every worker sees it.
    key : str
        Stands for inputs, options, model and code.
    sources : tuple of str
        Where the dates of papers that state none are looked up, as for `paperatlas.add_dates`.
    vectors, ledger : bool
        Whether to write embeddings, and systems, links and claims.
    """

    folder: str
    key: str
    sources: tuple[str, ...]
    vectors: bool = True
    ledger: bool = True


def work_on(job: Job, number: int) -> int:
    """Date, embed and assign the papers of one partition, read their ledger, and write it all.

    Returns
    -------
    int
        Papers of the partition.
    """
    folder = Path(job.folder)
    if is_done(folder, "papers", number, job.key):
        return len(read_part(part_path(folder, "papers", number), ["paper_id"]))
    papers = papers_of(folder, number)
    papers = add_dates(papers, job.sources if papers["published"].isna().any() else ())
    model = _model(str(folder / "model"), job.key)
    vectors = model.embed(papers)
    topics = model.assign(papers, vectors) if len(papers) else model.assign(model.core.head(1)).head(0)
    papers = papers.join(topics.set_index("paper_id"), on="paper_id")
    papers.attrs = {}
    written: dict[str, pd.DataFrame | np.ndarray] = {
        "papers": papers[[c for c in PAPER_COLUMNS if c in papers]],
        "bands": bands(papers["abstract"].tolist()),
    }
    if job.ledger:
        written |= find_entries(papers, "systems", "links", "claims")
    if job.vectors:
        written["vectors"] = vectors
    for table, content in written.items():
        write_part(content, part_path(folder, table, number))
    files = [part_path(folder, table, number) for table in written]
    write_receipt(folder, "papers", number, job.key, files)
    return len(papers)


# One model a process; the key of the run is part of the call, so that another run loads its own.
@lru_cache(maxsize=1)
def _model(folder: str, key: str) -> TopicModel:  # noqa: ARG001
    return TopicModel.load(Path(folder))
