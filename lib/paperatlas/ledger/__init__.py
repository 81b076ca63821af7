"""The ledger: what the papers of a corpus introduce, link to, claim and name, each with its quote."""

from __future__ import annotations

from paperatlas.ledger.build import Ledger, build_ledger, paper_ledger
from paperatlas.ledger.claims import find_claims
from paperatlas.ledger.links import find_links
from paperatlas.ledger.mentions import find_mentions
from paperatlas.ledger.resources import find_resources
from paperatlas.ledger.systems import find_systems

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
