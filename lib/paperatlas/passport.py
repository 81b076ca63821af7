"""The run passport: what went in, what computed it, and the numbers that came out."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from paperatlas import __version__
from paperatlas.folders import PASSPORT, files_of
from paperatlas.text.encoders import encoder_name

if TYPE_CHECKING:
    from paperatlas.study import Study

PACKAGES = (
    "numpy", "pandas", "scipy", "scikit-learn", "bertopic", "umap-learn", "hdbscan",
    "numba", "plotly", "jupyterlab", "jinja2",
)  # fmt: skip
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def passport(study: Study, peak_memory_mb: Mapping[str, int | None] | None = None) -> dict[str, Any]:
    """Inputs with hashes, versions, platform, threads, seeds, key numbers, and seconds per step.

    `peak_memory_mb` is the most memory that the kernel of each notebook held, where notebooks ran.
    """
    return {
        "inputs": [
            {"name": file.path.name, "bytes": file.bytes, "sha256": file.sha256} for file in study.inputs
        ],
        "versions": {
            "python": platform.python_version(),
            "paperatlas": __version__,
            **{name: version(name) for name in PACKAGES},
        },
        "platform": {"system": platform.system(), "machine": platform.machine()},
        "threads": {"cpus": os.cpu_count(), **{name: os.environ.get(name) for name in THREAD_VARIABLES}},
        "seeds": {"study": study.seed},
        "encoder": encoder_name(study.encoder),
        "numbers": key_numbers(study),
        "doubts": study.doubts,
        **({"edits": study.edits.to_dict("records")} if len(study.edits) else {}),
        "seconds": study.seconds,
        **({"peak_memory_mb": dict(peak_memory_mb)} if peak_memory_mb else {}),
    }


def key_numbers(study: Study) -> dict[str, float | int | str]:
    """Numbers by which two runs can be told apart; those that a pile does not have are left out."""
    corpus, topics = study.corpus, study.topics
    ledger = study.ledger
    numbers: dict[str, float | int | str] = {
        "records": len(study.records),
        "problems": len(study.records.attrs["problems"]),
        "papers": len(corpus),
        "sources": len(study.dump_table),
        "near_duplicates": len(study.near_duplicates),
        "papers_with_year": int(corpus["published"].notna().sum()),
        "papers_with_month": int((corpus["precision"] == "month").sum()),
        "papers_with_arxiv_id": int(corpus["arxiv_id"].notna().sum()),
        "papers_with_venue": int(corpus["venue"].notna().sum()),
        "median_characters_of_abstracts": int(corpus["abstract"].str.len().median()),
        "embedding_dimensions": int(study.vectors.shape[1]),
        "topics": len(topics.at("topic")),
        "themes": len(topics.at("theme")),
        "subtopics": len(topics.at("subtopic")),
        "mean_confidence": round(float(topics.papers["confidence"].mean()), 4),
        "papers_between_topics": int((topics.papers["confidence"] < 0.5).sum()),
        "stable_topics": int(topics.at("topic")["stable"].sum()),
        "mean_stability": round(float(topics.at("topic")["stability"].mean()), 4),
        "mean_name_auc": round(float(topics.at("topic")["name_auc"].mean()), 4),
        "kept_neighbours": round(float(np.nanmean(study.map.kept)), 4),
        "misplaced_papers": int((study.map.kept < 0.2).sum()),
        "systems": int(ledger.systems["name"].nunique()),
        "papers_with_a_system": int(ledger.systems["paper_id"].nunique()),
        "claims": len(ledger.claims),
        "claims_with_a_number": int(ledger.claims["value"].notna().sum()),
        "links": len(ledger.links),
        "papers_with_a_link": int(ledger.links["paper_id"].nunique()),
        "tested_topics": len(study.trend_tests),
    }
    for n, papers in corpus["n_dumps"].value_counts().sort_index().items():
        numbers[f"papers_in_{n}_sources"] = int(papers)
    for verdict, tests in study.trend_tests["verdict"].value_counts().items():
        numbers[f"trends_{str(verdict).replace(' ', '_')}"] = int(tests)
    return {name: number for name, number in numbers.items() if number == number}  # nan is none


def write_passport(
    study: Study, folder: Path, peak_memory_mb: Mapping[str, int | None] | None = None
) -> None:
    """Write the passport of a finished folder: beside what `passport` holds, every file with its hash.

    By that list the next run knows which files it may replace.
    """
    content = {**passport(study, peak_memory_mb), "files": files_of(folder)}
    (folder / PASSPORT).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
