"""How far the ledger can be trusted: scored on hand labels, and as it was on papers it had not seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from paperatlas.corpus import build_corpus, normalise_title
from paperatlas.display import Note, Stack, Table
from paperatlas.errors import AtlasError
from paperatlas.intervals import wilson
from paperatlas.ledger import Ledger, build_ledger, judge_ledger, read_labels, score_ledger
from paperatlas.prose import between, count, percent
from paperatlas.readers import read_dumps
from paperatlas.shipped import data_path, project_path

_COLUMNS = ["round", "papers", "measure", "hits", "found", "labelled"]


@dataclass(frozen=True)
class LedgerError:
    """How right a ledger is.

    Attributes
    ----------
    scores : DataFrame
        As from `paperatlas.score_ledger`, on the labelled papers.
    verdicts : DataFrame
        As from `paperatlas.ledger.judge_ledger`: every label and find.
    of_this_pile : bool
        Whether the labelled papers are of the corpus asked about; if not, they are the shipped ones.
    """

    scores: pd.DataFrame
    verdicts: pd.DataFrame
    of_this_pile: bool

    @property
    def caveat(self) -> str:
        """What has to be known before the figures are read."""
        where = (
            "" if self.of_this_pile else "your papers have no hand labels, so these are the papers shipped; "
        )
        return (
            f"{where}the rules were mended on these labelled papers, so the figures flatter: they guard against "
            "getting worse and are no estimate for new papers"
        )


def measure_error(corpus: pd.DataFrame, ledger: Ledger) -> LedgerError:
    """Score the ledger on the hand labels of the shipped papers.

    Parameters
    ----------
    corpus : DataFrame
        ``paper_id``, ``title``, ``abstract``.
    ledger : Ledger
        Of that corpus. If the corpus lacks a labelled paper, a ledger of the shipped dumps is scored instead.

    Raises
    ------
    AtlasError
        If the labels are not there: the package was installed without its project.
    """
    labels = read_labels(sorted(project_path("tests", "labels").glob("*.json")))
    titles = set(corpus["title"].map(normalise_title))
    ours = all(normalise_title(label["title"]) in titles for label in labels)
    if not ours:
        corpus = build_corpus(read_dumps(data_path("dumps")))
        ledger = build_ledger(corpus)
    return LedgerError(score_ledger(ledger, corpus, labels), judge_ledger(ledger, corpus, labels), ours)


def error_at_first_sight(path: Path | None = None) -> pd.DataFrame:
    """Precision and recall of every round of labelling, before its errors were looked at.

    Parameters
    ----------
    path : Path, optional
        A table as ``data/reference/ledger_error.csv``, the default.

    Returns
    -------
    DataFrame, one row per round and measure, in the order of the file
        ``round``, ``papers``, ``measure``, ``hits``, ``found``, ``labelled``, ``precision`` and ``recall`` with
        ``_low`` and ``_high`` (95 % Wilson interval), ``last`` (of the last round, the estimate for new papers).

    Raises
    ------
    AtlasError
        If a column is missing or a count is impossible; the message names file and line.
    """
    path = path or data_path("reference", "ledger_error.csv")
    table = pd.read_csv(path, encoding="utf-8")
    if table.columns.tolist() != _COLUMNS:
        raise AtlasError(
            f"{path.name}, line 1: expected the columns {', '.join(_COLUMNS)}; found {', '.join(map(str, table.columns))}"
        )
    wrong = ~table["hits"].between(0, table[["found", "labelled"]].min(axis=1))
    if wrong.any():
        row = table[wrong].iloc[0]
        raise AtlasError(
            f"{path.name}, line {int(wrong.to_numpy().argmax()) + 2}: {row['hits']} hits among {row['found']} found and "
            f"{row['labelled']} labelled; hits are in both, so correct the counts"
        )
    hits = table["hits"].to_numpy()
    for name, of in (("precision", "found"), ("recall", "labelled")):
        total = table[of].to_numpy()
        low, high = wilson(hits, total)
        table[name] = np.round(hits / np.where(total > 0, total, np.nan), 6)
        table[f"{name}_low"], table[f"{name}_high"] = np.round(low, 6), np.round(high, 6)
    return table.assign(last=table["round"] == (table["round"].iloc[-1] if len(table) else ""))


def _share(hits: int, of: int, low: float, high: float) -> str:
    return f"{percent(hits / of)} ({between(low, high)}; {hits} of {of})" if of else "none to judge by"


def _with_shares(table: pd.DataFrame, hits: str) -> pd.DataFrame:
    """Precision and recall as text: share, interval and counts."""
    shown = table.copy()
    for name, of in (("precision", "found"), ("recall", "labelled")):
        columns = [hits, of, f"{name}_low", f"{name}_high"]
        shown[name] = [_share(*row) for row in table[columns].itertuples(index=False, name=None)]
    return shown


def error_report(corpus: pd.DataFrame, ledger: Ledger) -> Stack:
    """The ledger's own error for a reader: on the labelled papers, at first sight, and mistake by mistake.

    Where the labels are not installed, a note says so in place of the tables. For the parameters see
    `measure_error`.
    """
    try:
        error, rounds = measure_error(corpus, ledger), error_at_first_sight()
    except AtlasError as problem:
        return Stack([Note(f"The ledger's error cannot be shown: {problem}")])
    before = (
        "the table below holds the figures of each round of labels at first sight, before its errors were read; the "
        "rules were mended after each, so the last round is the estimate for papers the ledger has not seen"
    )
    return Stack(
        [
            Note(error.caveat),
            scores_table(error),
            mistakes_table(error),
            Note(before),
            first_sight_table(rounds),
        ]
    )


def scores_table(error: LedgerError) -> Table:
    """The scores on the labelled papers; `LedgerError.caveat` belongs above it."""
    shown = _with_shares(error.scores, "right")
    columns = {"task": "entries", "precision": "right of those found", "recall": "found of those there"}
    caption = f"Precision and recall on {count(int(error.scores['papers'].max()), 'labelled paper')}, with 95 % intervals"
    return Table(shown, columns, caption=caption)


def first_sight_table(rounds: pd.DataFrame) -> Table:
    """Every round of labelling before its errors were looked at, the last first: the estimate for new papers."""
    shown = _with_shares(rounds, "hits")
    order = {name: -place for place, name in enumerate(shown["round"].unique())}
    shown = shown.sort_values("round", key=lambda names: names.map(order), kind="stable")
    shown["round"] = shown["round"] + np.where(shown["last"], " (the estimate)", "")
    columns = {
        "round": "papers", "measure": "entries", "precision": "right of those found", "recall": "found of those there",
    }  # fmt: skip
    return Table(shown, columns, caption="At first sight, the last round first", most=max(len(shown), 1))


def mistakes_table(error: LedgerError) -> Table:
    """What was missed and what was found wrongly on the labelled papers."""
    wrong = error.verdicts[error.verdicts["verdict"].isin(["missed", "false"])]
    said = {"missed": "missed", "false": "found, but wrong"}
    # Of the state of the art a paper is asked only whether it claims it; there is nothing to name.
    what = wrong["what"].where(wrong["what"] != wrong["title"], "claims it in words")
    shown = wrong.assign(verdict=wrong["verdict"].map(said), what=what)
    shown = shown.sort_values(["task", "verdict", "title", "what"])
    columns = {"task": "entries", "verdict": "mistake", "what": "what", "title": "paper"}
    return Table(
        shown,
        columns,
        caption=f"{count(len(shown), 'mistake')} on the labelled papers",
        most=max(len(shown), 1),
    )
