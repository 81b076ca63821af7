"""Write every table of a study as CSV, and the run's passport: what went in, what computed it, what came out."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas import __version__
from paperatlas.corpus import Merge
from paperatlas.folders import PASSPORT, check_target, files_of, replace_folder, staging
from paperatlas.share import cite
from paperatlas.share import read_csv as read_csv
from paperatlas.share import write_csv as write_csv
from paperatlas.text.encoders import encoder_name
from paperatlas.topics.result import LEVELS
from paperatlas.trends import topic_trends, trend_tests
from paperatlas.trends.significance import OPEN

if TYPE_CHECKING:
    from paperatlas.study import Study


PAPER_COLUMNS = [
    "paper_id", "key", "title", "abstract", "authors", "doi", "arxiv_id", "url", "published", "venue", "keywords",
    "citations", "language", "theme", "topic", "subtopic", "topic_name", "subtopic_name", "confidence", "runner_up",
    "x", "y", "kept_neighbours", "dumps", "precision", "date_source", "match_score", "n_dumps", "best_rank",
    "placed_by",
]  # fmt: skip
_PACKAGES = (
    "numpy", "pandas", "scipy", "scikit-learn", "bertopic", "umap-learn", "hdbscan", "numba", "plotly", "jupyterlab",
    "jinja2",
)  # fmt: skip
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def tables(study: Study) -> dict[str, pd.DataFrame]:
    """Every exported table by its file's name; `data/README.md` documents the columns."""
    ledger = study.ledger
    titles = study.corpus[["paper_id", "title"]]

    def titled(entries: pd.DataFrame) -> pd.DataFrame:
        return titles.merge(entries, on="paper_id", how="right")

    return {
        "papers.csv": study.papers[PAPER_COLUMNS],
        "topics.csv": _nodes(study),
        "trends.csv": trend_table(study.corpus, study.topics.papers, period=study.period),
        "systems.csv": titled(ledger.systems),
        "claims.csv": titled(ledger.claims),
        "links.csv": titled(ledger.links),
        "datasets.csv": titled(ledger.resources.query("kind == 'dataset'").drop(columns="kind")),
        "dumps.csv": study.dump_table,
        "reading_list.csv": study.reading_lists,
        "merges.csv": pd.DataFrame(study.corpus.attrs["merges"], columns=list(Merge._fields)),
        "near_duplicates.csv": pd.DataFrame(
            study.near_duplicates, columns=["paper_id", "other_id", "similarity"]
        ),
        "problems.csv": study.problems,
        "edits.csv": study.edits,
    }


def texts(study: Study) -> dict[str, str]:
    """The papers, and those of the reading list, as reference managers read them, by their file's name."""
    ids = study.reading_lists["paper_id"].drop_duplicates()
    return {
        "papers.bib": cite(study.papers, "bibtex"),
        "papers.ris": cite(study.papers, "ris"),
        "reading_list.bib": cite(ids.to_frame().merge(study.papers, on="paper_id"), "bibtex"),
    }


def _of_each_level(compute: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """What is computed for every level of the tree, one below the other: its ``level``, and ``topic`` for the number."""
    found = [compute(level=level).rename(columns={level: "topic"}).assign(level=level) for level in LEVELS]
    return pd.concat(found, ignore_index=True)


def _nodes(study: Study) -> pd.DataFrame:
    """Every node of the tree with the test of its trend, one correction per level."""
    facts = ["odds_ratio", "odds_low", "odds_high", "p_adjusted", "verdict", "depends_on"]
    tests = _of_each_level(
        partial(trend_tests, study.corpus, study.topics, period=study.period, terms=study.terms)
    )
    table = study.topics.table.merge(tests[["level", "topic", *facts]], on=["level", "topic"], how="left")
    # Without a single date there is no test, and the verdict says so.
    return table.assign(verdict=table["verdict"].astype(object).fillna(OPEN))


def trend_table(papers: pd.DataFrame, assigned: pd.DataFrame, *, period: str) -> pd.DataFrame:
    """Shares of every level of the tree, one below the other: ``level``, ``topic`` and what `topic_trends` says.

    `papers` have ``paper_id`` and ``published``, `assigned` ``paper_id`` and the levels' numbers.
    """
    shares = _of_each_level(partial(topic_trends, papers, assigned, period=period))
    return shares.reindex(columns=["level", "topic", "period", "n", "total", "share", "low", "high"])


def write_tables(study: Study, folder: Path) -> None:
    """Write every table, and the texts for reference managers, into a new folder."""
    folder.mkdir()
    for name, table in tables(study).items():
        write_csv(table, folder / name)
    for name, text in texts(study).items():
        (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")


def export(study: Study, out: Path) -> list[Path]:
    """Write the tables of a study into a folder, and return the files written.

    They are written beside `out` and moved there together, so that a folder never holds the tables of two runs. An
    `AtlasError` says if `out` holds anything but an earlier export, or a source, or cannot be written.
    """
    out = out.resolve()
    check_target(out, study.files)
    study.compute_all()  # what cannot be computed fails before anything is written
    with staging(out) as place:
        folder = place / "tables"
        write_tables(study, folder)
        write_passport(study, folder)
        replace_folder(folder, out)
    return sorted(out.iterdir())


def passport(study: Study) -> dict[str, Any]:
    """Inputs with hashes, versions, platform, threads, seeds, key numbers, and seconds per step."""
    packages = {name: version(name) for name in _PACKAGES}
    return {
        "inputs": [
            {"name": file.path.name, "bytes": file.bytes, "sha256": file.sha256} for file in study.inputs
        ],
        "versions": {"python": platform.python_version(), "paperatlas": __version__, **packages},
        "platform": {"system": platform.system(), "machine": platform.machine()},
        "threads": {"cpus": os.cpu_count(), **{name: os.environ.get(name) for name in _THREADS}},
        "seeds": {"study": study.seed},
        "encoder": encoder_name(study.encoder),
        "numbers": key_numbers(study),
        "doubts": study.doubts,
        **({"edits": study.edits.to_dict("records")} if len(study.edits) else {}),
        "seconds": study.seconds,
    }


def key_numbers(study: Study) -> dict[str, float | int | str]:
    """Numbers by which two runs can be told apart; those that a pile does not have are left out."""
    corpus, topics, ledger = study.corpus, study.topics, study.ledger
    nodes = topics.at("topic")
    numbers: dict[str, float | int | str] = {
        "records": len(study.records),
        "problems": len(study.records.attrs["problems"]),
        "papers": len(corpus),
        "sources": len(study.dump_table),
        "near_duplicates": len(study.near_duplicates),
        "papers_with_year": int(corpus["published"].notna().sum()),
        "papers_with_month": int((corpus["precision"] == "month").sum()),
        **{f"{level}s": len(topics.at(level)) for level in LEVELS},
        "mean_confidence": round(float(topics.papers["confidence"].mean()), 4),
        "stable_topics": int(nodes["stable"].sum()),
        "mean_stability": round(float(nodes["stability"].mean()), 4),
        "mean_name_auc": round(float(nodes["name_auc"].mean()), 4),
        "kept_neighbours": round(float(np.nanmean(study.map.kept)), 4),
        "systems": int(ledger.systems["name"].nunique()),
        "claims": len(ledger.claims),
        "links": len(ledger.links),
    }
    for verdict, found in study.trend_tests["verdict"].value_counts().items():
        numbers[f"trends_{str(verdict).replace(' ', '_')}"] = int(found)
    return {name: number for name, number in numbers.items() if number == number}  # nan is none


def write_passport(study: Study, folder: Path) -> None:
    """Write the passport of a finished folder: beside what `passport` holds, every file with its hash.

    By that list the next run knows which files it may replace.
    """
    content = {**passport(study), "files": files_of(folder)}
    (folder / PASSPORT).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
