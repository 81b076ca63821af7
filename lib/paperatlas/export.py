"""Write every table of a study as CSV, and the passport as JSON."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from paperatlas import passport
from paperatlas.folders import check_target, replace_folder

if TYPE_CHECKING:
    from paperatlas.study import Study

PASSPORT = "passport.json"


def tables(study: Study) -> dict[str, pd.DataFrame]:
    """Every exported table by its file's name; `data/README.md` documents the columns."""
    topics, ledger = study.topics, study.ledger
    topic_table = topics.table.merge(study.trend_tests, on="topic", how="left", suffixes=("", "_trend"))
    columns = [
        "paper_id", "title", "abstract", "arxiv_id", "published", "venue", "theme", "topic", "topic_name",
        "confidence", "runner_up", "x", "y", "kept_neighbours", "dumps",
    ]  # fmt: skip
    more = ["precision", "date_source", "match_score", "n_dumps", "best_rank"]
    facts = [
        "topic", "name", "theme", "words", "size", "stability", "stability_low", "stability_high", "name_auc",
        "odds_ratio", "odds_low", "odds_high", "p_adjusted", "verdict",
    ]  # fmt: skip
    titles = study.corpus.set_index("paper_id")["title"]
    return {
        "papers.csv": study.papers[columns + more],
        "topics.csv": topic_table[
            facts + [c for c in ("stable", "p", "typical", "borderline") if c in topic_table]
        ],
        "trends.csv": study.trends,
        "systems.csv": _with_title(ledger.systems, titles),
        "claims.csv": _with_title(ledger.claims, titles),
        "links.csv": _with_title(ledger.links, titles),
        "dumps.csv": study.dump_table,
        "merges.csv": pd.DataFrame(
            study.corpus.attrs["merges"], columns=["paper_id", "dump", "rank", "rule", "score"]
        ),
    }


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
        If `out` holds something other than an earlier export.
    """
    out = out.resolve()
    check_target(out, marker=PASSPORT)
    content = tables(study)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as staging:
        folder = Path(staging, "tables")
        folder.mkdir()
        for name, table in content.items():
            write_csv(table, folder / name)
        (folder / PASSPORT).write_text(passport.as_json(study), encoding="utf-8")
        replace_folder(folder, out)
    return sorted(out.iterdir())


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV; tuples become text with ``;`` between their parts."""
    plain = table.copy()
    for column in plain.columns:
        if plain[column].map(lambda value: isinstance(value, tuple | list)).any():
            plain[column] = [";".join(map(str, value)) for value in plain[column]]
    plain.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", errors="backslashreplace")
