"""What the ledger says of papers, as groups whose share can be followed through time."""

from __future__ import annotations

from typing import Protocol

import pandas as pd


class HasEntries(Protocol):
    """A ledger: ``systems``, ``links`` and ``claims``, each with ``paper_id``."""

    systems: pd.DataFrame
    links: pd.DataFrame
    claims: pd.DataFrame


def kind_memberships(ledger: HasEntries, *, min_papers: int = 5) -> pd.DataFrame:
    """Papers by what they introduce, link to and claim.

    Parameters
    ----------
    ledger : Ledger
    min_papers : int
        Rarer entries are left out.

    Returns
    -------
    DataFrame
        ``paper_id``, ``entry`` ("introduces a model", "links to code", "claim: speed-up", …):
        one row per pair, sorted; feed it to `topic_trends` with ``by="entry"``.
    """
    parts = [
        _named(ledger.systems, "kind", "introduces a {}"),
        _named(ledger.links, "kind", "links to a {}").replace(
            {"entry": {"links to a code": "links to code"}}
        ),
        _named(ledger.claims, "kind", "claim: {}"),
    ]
    table = pd.concat(parts, ignore_index=True).drop_duplicates()
    size = table.groupby("entry")["paper_id"].transform("size")
    return table[size >= min_papers].sort_values(["entry", "paper_id"], ignore_index=True)


def _named(table: pd.DataFrame, column: str, wording: str) -> pd.DataFrame:
    known = table[table[column].notna() & table[column].ne("")]
    return pd.DataFrame(
        {
            "paper_id": known["paper_id"].astype("str").to_numpy(),
            "entry": [wording.format(value) for value in known[column]],
        }
    ).astype("str")
