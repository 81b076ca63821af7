"""Fit the model of a run on a sample of its papers, once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from paperatlas.cache import code_version, fingerprint
from paperatlas.errors import AtlasError
from paperatlas.folders import flush
from paperatlas.scale.duplicates import Groups
from paperatlas.scale.parts import is_done, write_receipt
from paperatlas.scale.staging import Staged
from paperatlas.scale.work import papers_of
from paperatlas.topics.assign import TopicModel, fit_model

MIN_PAPERS = 10


def fit_on_sample(
    staged: Staged,
    groups: Groups,
    *,
    size: int,
    n_topics: int | None,
    seed: int,
    given: Path | None,
) -> TopicModel:
    """Fit a model on a sample of papers, or take that of an earlier run.

    The sample are the papers whose titles have the smallest hashes, so that it does not depend on how the
    records are cut. What was fitted lies in ``model/`` and is used again by the next run.

    Raises
    ------
    AtlasError
        If there are fewer than 10 papers to fit, or `given` holds no model.
    """
    folder = staged.folder / "model"
    asked = fingerprint(
        "model",
        code_version(),
        staged.key,
        size,
        n_topics,
        seed,
        None if given is None else str(given),
    )
    if is_done(staged.folder, "model", 0, asked):
        return TopicModel.load(folder)
    if given is not None:
        model = TopicModel.load(given)
    else:
        papers = sample_papers(staged, groups, size)
        if len(papers) < MIN_PAPERS:
            raise AtlasError(
                f"topics need at least {MIN_PAPERS} papers to be found in, there are {len(papers)}; give more "
                "papers, or a model of an earlier run"
            )
        model, _ = fit_model(papers, n_topics=n_topics, seed=seed)
    model.save(folder)
    flush(folder)
    write_receipt(staged.folder, "model", 0, asked, [path for path in folder.iterdir() if path.is_file()])
    return model


def sample_papers(staged: Staged, groups: Groups, size: int) -> pd.DataFrame:
    """At most `size` papers of all partitions, sorted by ``paper_id``."""
    rows = groups.sample(size)
    part = np.searchsorted(groups.starts, rows, side="right") - 1
    found = [
        papers_of(staged.folder, int(number), rows[part == number] - groups.starts[number])
        for number in np.unique(part)
    ]
    return pd.concat(found, ignore_index=True).sort_values("paper_id", ignore_index=True)
