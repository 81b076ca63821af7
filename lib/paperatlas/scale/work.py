"""What is done with one partition, by whoever holds it: a worker, or this process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from paperatlas.corpus import Merge, bands
from paperatlas.dates import add_dates
from paperatlas.export import PAPER_COLUMNS
from paperatlas.ledger import find_entries
from paperatlas.scale.merging import papers_of
from paperatlas.scale.parts import part_path, write_part, write_receipt
from paperatlas.topics.assign import TopicModel
from paperatlas.topics.edits import Edit, respelled, without_excluded


class Job(NamedTuple):
    """What to do with every partition in a folder that every worker sees; the options are those of `scale`."""

    folder: str
    key: str  # stands for inputs, options, model and code
    sources: tuple[str, ...]
    edits: tuple[Edit, ...]


def work_on(job: Job, number: int) -> int:
    """Date, embed and assign the papers of one partition, read their ledger, and write it all; returns their number."""
    folder = Path(job.folder)
    papers = papers_of(folder, number)
    merges = pd.DataFrame(papers.attrs.get("merges", []), columns=list(Merge._fields))
    papers = without_excluded(papers, job.edits)
    papers = add_dates(papers, job.sources if papers["published"].isna().any() else ())
    model = _model(str(folder / "model"), job.key)
    vectors = model.embed(respelled(papers, job.edits))
    papers = papers.join(model.place(papers, vectors).set_index("paper_id"), on="paper_id")
    papers.attrs = {}
    written: dict[str, pd.DataFrame | np.ndarray] = {
        "papers": papers[[c for c in PAPER_COLUMNS if c in papers]],
        "merges": merges,
        "bands": bands(papers["abstract"].tolist()),
        "vectors": vectors,
        **find_entries(papers, "systems", "links", "claims"),
    }
    for table, content in written.items():
        write_part(content, part_path(folder, table, number))
    write_receipt(folder, "papers", number, job.key, [part_path(folder, table, number) for table in written])
    return len(papers)


# One model a process; the key of the run is part of the call, so that another run loads its own.
@lru_cache(maxsize=1)
def _model(folder: str, key: str) -> TopicModel:  # noqa: ARG001
    return TopicModel.load(Path(folder))
