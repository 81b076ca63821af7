"""The ledger: what the papers of a corpus introduce, link to, claim and name, each with its quote."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd

from paperatlas.ledger.claims import CLAIMS, find_claims
from paperatlas.ledger.links import LINKS, find_links
from paperatlas.ledger.named import RESOURCES, find_mentions, find_resources
from paperatlas.ledger.reading import read_papers
from paperatlas.ledger.systems import SYSTEMS, find_systems

__all__ = [
    "Ledger",
    "build_ledger",
    "find_claims",
    "find_links",
    "find_mentions",
    "find_resources",
    "find_systems",
    "paper_ledger",
]


@dataclass(frozen=True)
class Ledger:
    """What a corpus introduces, links to, claims and names: one table each.

    Every row quotes the words it rests on: `quote` is the `field` of the paper from `start` to `end`.
    """

    systems: pd.DataFrame
    links: pd.DataFrame
    claims: pd.DataFrame
    mentions: pd.DataFrame
    resources: pd.DataFrame


def build_ledger(corpus: pd.DataFrame) -> Ledger:
    """Build the ledger of a corpus.

    Parameters
    ----------
    corpus
        One row per paper with `paper_id`, `title`, `abstract` and, for the order of mentions, `published`.

    Returns
    -------
    The ledger. Its rows follow the order of the corpus, and each paper's rows depend on that paper alone, except
    for mentions.
    """
    systems, links, claims, resources = read_papers(corpus, SYSTEMS, LINKS, CLAIMS, RESOURCES)
    return Ledger(systems, links, claims, find_mentions(corpus, systems), resources)


def paper_ledger(ledger: Ledger, paper_id: object) -> Ledger:
    """The part of a ledger that one paper's own title and abstract gave rise to."""
    parts = {}
    for part in fields(ledger):
        table = getattr(ledger, part.name)
        parts[part.name] = table[table["paper_id"] == paper_id].reset_index(drop=True)
    return Ledger(**parts)
