"""The run passport: what went in, what computed it, and the numbers that came out."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from paperatlas.dumps import find_dumps

if TYPE_CHECKING:
    from paperatlas.study import Study

PACKAGES = (
    "paperatlas", "numpy", "pandas", "scipy", "scikit-learn", "bertopic", "umap-learn", "hdbscan",
    "numba", "plotly", "jupyterlab", "myst-nb", "sphinx",
)  # fmt: skip
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def passport(study: Study) -> dict[str, Any]:
    """Inputs with hashes, versions, platform, threads, seeds, key numbers, and seconds per step."""
    return {
        "inputs": [
            {
                "name": file.name,
                "bytes": file.stat().st_size,
                "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            }
            for file in find_dumps(study.dumps)
        ],
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "platform": {"system": platform.system(), "machine": platform.machine()},
        "threads": {"cpus": os.cpu_count(), **{name: os.environ.get(name) for name in THREAD_VARIABLES}},
        "seeds": {"study": study.seed},
        "numbers": key_numbers(study),
        "seconds": study.seconds,
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def key_numbers(study: Study) -> dict[str, float | int | str]:
    """Numbers by which two runs can be told apart."""
    corpus, topics = study.corpus, study.topics
    ledger = study.ledger
    numbers: dict[str, float | int | str] = {
        "records": len(study.records),
        "problems": len(study.records.attrs["problems"]),
        "papers": len(corpus),
        "dumps": len(study.dump_table),
        "near_duplicates": len(study.near_duplicates),
        "papers_with_year": int(corpus["published"].notna().sum()),
        "papers_with_month": int((corpus["precision"] == "month").sum()),
        "papers_with_arxiv_id": int(corpus["arxiv_id"].notna().sum()),
        "embedding_dimensions": int(study.vectors.shape[1]),
        "topics": len(topics.table),
        "themes": len(topics.themes),
        "mean_confidence": round(float(topics.papers["confidence"].mean()), 4),
        "kept_neighbours": round(float(study.map.kept.mean()), 4),
        "systems": len(ledger.systems),
        "claims": len(ledger.claims),
        "links": len(ledger.links),
    }
    numbers.update(
        {f"papers_in_{n}_dumps": int(k) for n, k in corpus["n_dumps"].value_counts().sort_index().items()}
    )
    numbers.update(
        {
            f"trends_{str(v).replace(' ', '_')}": int(k)
            for v, k in study.trend_tests["verdict"].value_counts().items()
        }
    )
    return numbers


def as_json(study: Study) -> str:
    """Passport as JSON text."""
    return json.dumps(passport(study), indent=2) + "\n"
