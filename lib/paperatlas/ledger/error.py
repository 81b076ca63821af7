"""How far the ledger can be trusted: how right it was on papers it had not seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from paperatlas.display import Note, Stack, Table
from paperatlas.errors import AtlasError
from paperatlas.intervals import wilson
from paperatlas.prose import between, percent
from paperatlas.shipped import data_path

_COLUMNS = ["round", "papers", "measure", "hits", "found", "labelled"]


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


def error_report() -> Stack:
    """How right the ledger was on papers labelled by hand before it read them, round by round."""
    try:
        rounds = error_at_first_sight()
    except AtlasError as problem:
        return Stack([Note(f"The ledger's error cannot be shown: {problem}")])
    before = (
        "each round of labels was counted before its errors were read; the rules were mended after each, so the last "
        "round is the estimate for papers the ledger has not seen"
    )
    return Stack([Note(before), first_sight_table(rounds)])


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
