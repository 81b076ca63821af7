"""The ledger: what the papers of a corpus introduce, link to, claim and name, each with its quote."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from paperatlas.ledger.claims import Claim, claims_in
from paperatlas.ledger.datasets import NamedResource, resources_of_paper
from paperatlas.ledger.introductions import System
from paperatlas.ledger.links import Link, links_of_paper
from paperatlas.ledger.mentions import find_mentions
from paperatlas.ledger.reading import Finder, read_papers
from paperatlas.ledger.systems import systems_in

__all__ = ["Ledger", "build_ledger", "find_entries", "find_mentions", "paper_ledger"]

_FINDERS: dict[str, Finder] = {
    "systems": (systems_in, System),
    "links": (links_of_paper, Link),
    "claims": (lambda _, abstract: claims_in(abstract), Claim),
    "resources": (resources_of_paper, NamedResource),
}


@dataclass(frozen=True)
class Ledger:
    """What a corpus introduces, links to, claims and names: one table each.

    Every row has its `paper_id` and quotes the words it rests on: `quote` is the `field` of the paper (title or
    abstract) from `start` to `end`. Texts are read up to 20,000 characters.

    Attributes
    ----------
    systems : DataFrame
        One row per paper and name: `name`, `long_form` where the paper spells the name out, `kind` (method, model,
        dataset, benchmark or library). Abbreviations are matched with their long forms after Schwartz and Hearst
        (PSB 2003).
    links : DataFrame
        One row per paper and URL: `url` (cleaned, with its scheme), `host` (without "www."), `kind` (code, data, model,
        project page, demo, paper or other).
    claims : DataFrame
        One row per headline result: `value` and `unit` ("%", "points", "x" for a ratio, a metric's own unit, or empty);
        `value_high`, the upper end where a range is claimed; `kind` (score, improvement, reduction, speed-up, or
        sota); `direction` (up or down: the way the quantity moves, for a plain score the way it is better). A claim of
        the state of the art has the kind "sota" and the value NaN. Numbers that describe a set-up (years, layers, data
        sizes) and numbers given for others ("than 6%", "from 49.6%") are no claims.
    mentions : DataFrame
        Who names whose system; see `find_mentions`.
    resources : DataFrame
        One row per paper and data set or metric, at its first place: `name` (its one name in the vocabulary, or as the
        paper writes it), `kind` (dataset or metric).
    """

    systems: pd.DataFrame
    links: pd.DataFrame
    claims: pd.DataFrame
    mentions: pd.DataFrame
    resources: pd.DataFrame


def find_entries(corpus: pd.DataFrame, *tables: str) -> dict[str, pd.DataFrame]:
    """Some of "systems", "links", "claims" and "resources" of a `Ledger`, each paper's rows from that paper alone."""
    found = read_papers(corpus, [_FINDERS[table] for table in tables])
    return dict(zip(tables, found, strict=True))


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
    found = find_entries(corpus, *_FINDERS)
    return Ledger(**found, mentions=find_mentions(corpus, found["systems"]))


def paper_ledger(ledger: Ledger, paper_id: object) -> Ledger:
    """The part of a ledger that one paper's own title and abstract gave rise to."""
    tables: dict[str, pd.DataFrame] = vars(ledger)
    own = {name: table[table["paper_id"] == paper_id] for name, table in tables.items()}
    return Ledger(**{name: table.reset_index(drop=True) for name, table in own.items()})
