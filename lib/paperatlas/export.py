"""Write every table of a study as CSV, and the passport as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from paperatlas.corpus import Merge
from paperatlas.folders import check_target, replace_folder, staging
from paperatlas.passport import write_passport
from paperatlas.share import cite, read_csv, write_csv
from paperatlas.topics.result import LEVELS
from paperatlas.trends import topic_trends, trend_tests
from paperatlas.trends.significance import OPEN

if TYPE_CHECKING:
    from paperatlas.study import Study


__all__ = ["export", "read_csv", "tables", "texts", "trend_table", "write_csv", "write_tables"]

PAPER_COLUMNS = [
    "paper_id", "key", "title", "abstract", "authors", "doi", "arxiv_id", "url", "published", "venue", "keywords",
    "citations", "language", "theme", "topic", "subtopic", "topic_name", "subtopic_name", "confidence", "runner_up",
    "x", "y", "kept_neighbours", "dumps", "precision", "date_source", "match_score", "n_dumps", "best_rank",
    "placed_by",
]  # fmt: skip


def tables(study: Study) -> dict[str, pd.DataFrame]:
    """Every exported table by its file's name; `data/README.md` documents the columns."""
    ledger = study.ledger
    datasets = ledger.resources[ledger.resources["kind"] == "dataset"].drop(columns="kind")
    titles = study.corpus.set_index("paper_id")["title"]
    near = pd.DataFrame(study.near_duplicates, columns=["paper_id", "other_id", "similarity"])
    return {
        "papers.csv": study.papers[PAPER_COLUMNS],
        "topics.csv": _nodes(study),
        "trends.csv": trend_table(study.corpus, study.topics.papers, period=study.period),
        "systems.csv": _with_title(ledger.systems, titles),
        "claims.csv": _with_title(ledger.claims, titles),
        "links.csv": _with_title(ledger.links, titles),
        "datasets.csv": _with_title(datasets, titles),
        "dumps.csv": study.dump_table,
        "reading_list.csv": study.reading_lists,
        "merges.csv": pd.DataFrame(study.corpus.attrs["merges"], columns=list(Merge._fields)),
        "near_duplicates.csv": near,
        "problems.csv": study.problems,
        "edits.csv": study.edits,
    }


def texts(study: Study) -> dict[str, str]:
    """The papers, and those of the reading list, as reference managers read them, by their file's name."""
    ids = study.reading_lists["paper_id"].drop_duplicates()
    first = ids.to_frame().merge(study.papers, on="paper_id")
    return {
        "papers.bib": cite(study.papers, "bibtex"),
        "papers.ris": cite(study.papers, "ris"),
        "reading_list.bib": cite(first, "bibtex"),
    }


def _nodes(study: Study) -> pd.DataFrame:
    """Every node of the tree with the test of its trend, one correction per level."""
    facts = ["odds_ratio", "odds_low", "odds_high", "p_adjusted", "verdict", "depends_on"]
    found = []
    for level, nodes in study.topics.table.groupby("level", sort=False):
        tests = trend_tests(
            study.corpus, study.topics, level=str(level), period=study.period, terms=study.terms
        )
        tests = tests.rename(columns={str(level): "topic"})[["topic", *facts]]
        found.append(nodes.merge(tests, on="topic", how="left"))
    table = pd.concat(found, ignore_index=True)
    # Without a single date there is no test, and the verdict says so.
    return table.assign(verdict=table["verdict"].astype(object).fillna(OPEN))


def trend_table(papers: pd.DataFrame, assigned: pd.DataFrame, *, period: str) -> pd.DataFrame:
    """Shares of every level of the tree, one below the other: ``level``, ``topic`` and what `topic_trends` says.

    `papers` have ``paper_id`` and ``published``, `assigned` ``paper_id`` and the levels' numbers.
    """
    columns = ["level", "topic", "period", "n", "total", "share", "low", "high"]
    found = []
    for level in LEVELS:
        shares = topic_trends(papers, assigned, level=level, period=period).rename(columns={level: "topic"})
        found.append(shares.assign(level=level).reindex(columns=columns))
    return pd.concat(found, ignore_index=True)


def _with_title(table: pd.DataFrame, titles: pd.Series) -> pd.DataFrame:
    table = table.copy()
    table.insert(1, "title", table["paper_id"].map(titles))
    return table


def export(study: Study, out: Path) -> list[Path]:
    """Write the tables of a study into a folder.

    They are written beside `out` and moved there together, so that a folder never holds the tables of two runs.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    AtlasError
        If `out` holds anything but an earlier export, or a source, or cannot be written.
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


def write_tables(study: Study, folder: Path) -> None:
    """Write every table, and the papers for reference managers, into a new folder."""
    folder.mkdir()
    for name, table in tables(study).items():
        write_csv(table, folder / name)
    for name, text in texts(study).items():
        (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
