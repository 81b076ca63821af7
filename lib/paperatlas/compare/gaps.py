"""What a topic could be expected to use and does not: questions to ask of the pile."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paperatlas.compare.cells import adjust, cross_table, indicators
from paperatlas.compare.queries import phrases_in
from paperatlas.topics.terms import Phrases

# A phrase names a method if its last word is one of these; they hold in every quantitative field.
_METHODS = """
annealing augmentation autoencoder backpropagation bandit boosting calibration clustering cnn
convolution distillation dropout ensemble factorization filtering forest gan gating gnn hashing
interpolation lstm mlp normalization perceptron pooling preconditioning pretraining propagation
pruning quantization regression regularization rnn scheduling smoothing snn sparsification
transformer vae
"""
# These name a method only together with a word before them.
_HEADS = """
algorithm approximation attention compression decoding decomposition descent diffusion embedding
estimation expansion filter flow inference initialization kernel learning machine matching mechanism
method model network optimization process programming sampling search segmentation simulation
training transfer transform transport tree tuning
"""
_METHOD_WORDS, _PHRASE_HEADS = frozenset(_METHODS.split()), frozenset(_HEADS.split())
_MIN_EXPECTED = 3.0
_MOST_TERMS = 30
_FULLER = 0.7
_COLUMNS = [
    "kind",
    "topic",
    "topic_name",
    "term",
    "home",
    "papers",
    "expected",
    "low",
    "high",
    "odds_ratio",
    "odds_low",
]
_COLUMNS += ["odds_high", "p", "p_adjusted", "question"]


def method_terms(
    papers: pd.DataFrame, *, most: int = _MOST_TERMS, min_papers: int | None = None
) -> pd.DataFrame:
    """Which paper uses which method, methods being phrases that end in a word such as "distillation".

    An abbreviation counts for the phrase whose initials it is, and a longer phrase for the shorter one that it
    contains.

    Parameters
    ----------
    papers : DataFrame with ``title`` and ``abstract``
    most : int
        The commonest are kept.
    min_papers : int, optional
        Papers that must use a method; by default 10, or one in fifty where that is more.

    Returns
    -------
    DataFrame of booleans, one row per paper, one column per method
    """
    least = min_papers or max(10, len(papers) // 50)
    phrases = phrases_in(papers)
    counts = np.asarray(phrases.matrix.sum(axis=0)).ravel()
    found = [place for place, key in enumerate(phrases.keys) if counts[place] >= least and _is_method(key)]
    found.sort(key=lambda place: (-counts[place], phrases.keys[place]))
    initials: dict[str, int] = {}
    for place in found:
        if len(parts := phrases.keys[place].split()) > 1:
            initials.setdefault("".join(part[0] for part in parts), place)
    uses: dict[int, np.ndarray] = {}
    for place in found:
        words = set(phrases.keys[place].split())
        column = np.asarray(phrases.matrix[:, [place]].todense()).ravel() > 0
        home = initials.get(phrases.keys[place], place)
        same = [other for other in uses if words <= (w := set(phrases.keys[other].split())) or w <= words]
        if home != place or same:
            home = home if home != place else same[0]
            uses[home] = uses.get(home, np.zeros(len(papers), dtype=bool)) | column
        else:
            uses[place] = uses.get(place, False) | column
    kept = sorted(uses, key=lambda place: (-int(uses[place].sum()), phrases.keys[place]))[:most]
    names = [_shown(phrases, place, found, counts) for place in kept]
    return pd.DataFrame(
        {name: uses[place] for name, place in zip(names, kept, strict=True)}, index=papers.index
    )


def _is_method(key: str) -> bool:
    words = key.split()
    return words[-1] in _METHOD_WORDS or (len(words) > 1 and words[-1] in _PHRASE_HEADS)


def _shown(phrases: Phrases, place: int, found: list[int], counts: np.ndarray) -> str:
    """How a method is shown: by the longest phrase that most of its papers use."""
    words = set(phrases.keys[place].split())
    fuller = [
        o for o in found if words < set(phrases.keys[o].split()) and counts[o] >= _FULLER * counts[place]
    ]
    best = max(fuller, key=lambda o: (len(phrases.keys[o].split()), int(counts[o])), default=place)
    return phrases.shown[best]


def dataset_terms(papers: pd.DataFrame, resources: pd.DataFrame, *, min_papers: int = 5) -> pd.DataFrame:
    """Which paper names which data set.

    Parameters
    ----------
    papers : DataFrame with ``paper_id``
    resources : DataFrame
        As `paperatlas.ledger.Ledger.resources`: ``paper_id``, ``name``, ``kind``.
    min_papers : int
        Papers that must name a data set.
    """
    named = resources[resources["kind"] == "dataset"][["paper_id", "name"]].drop_duplicates()
    counts = named["name"].value_counts()
    kept = sorted(counts.index[counts >= min_papers])
    by_name = {name: set(named.loc[named["name"] == name, "paper_id"]) for name in kept}
    return pd.DataFrame(
        {name: papers["paper_id"].isin(ids).to_numpy() for name, ids in by_name.items()}, index=papers.index
    )


def find_gaps(papers: pd.DataFrame, resources: pd.DataFrame) -> pd.DataFrame:
    """Topic × method and topic × data set: seen against expected, and where nothing is though it might be.

    Most uses of some terms are in one topic, their home; that other topics use them less is then no news. So
    the home is left out, and expected is what the sizes of topic and term among the other papers give if they
    have nothing to do with each other. Fisher's exact test per cell; Benjamini and Hochberg (1995) over the cells of
    a kind. That a cell is empty does not say that something is missing: the two may not go together at all.
    It is a question.

    Parameters
    ----------
    papers : DataFrame
        As `paperatlas.Study.papers`: ``paper_id``, ``title``, ``abstract``, ``topic``, ``topic_name``.
    resources : DataFrame
        As `paperatlas.ledger.Ledger.resources`.

    Returns
    -------
    DataFrame
        ``kind`` (``method`` or ``data set``), ``topic``, ``topic_name``, ``term``, ``home`` (name of the topic left out, or
        empty), and as `cross_table` ``papers``, ``expected``, ``low``, ``high``, ``odds_ratio``, ``odds_low``,
        ``odds_high``, ``p``, ``p_adjusted``; ``question`` is true for empty cells where at least
        three papers were expected. The questions come first, those with most papers expected at the top.
    """
    papers = papers.reset_index(drop=True)
    names = dict(zip(papers["topic"], papers["topic_name"], strict=True))
    tables = []
    for kind, terms in (("method", method_terms(papers)), ("data set", dataset_terms(papers, resources))):
        if len(terms.columns) and len(names) > 1:
            cells = _away_from_home(papers["topic"], terms, names)
            cells["p_adjusted"] = np.round(adjust(cells["p"].to_numpy()), 6)
            cells.insert(0, "kind", kind)
            tables.append(cells)
    if not tables:
        return pd.DataFrame(columns=_COLUMNS).astype({"question": bool})
    table = pd.concat(tables, ignore_index=True)
    table["topic"] = table["topic"].astype(np.int64)
    table["topic_name"] = table["topic"].map(names)
    table["question"] = (table["papers"] == 0) & (table["expected"] >= _MIN_EXPECTED)
    order = ["question", "expected", "kind", "topic", "term"]
    table = table.sort_values(order, ascending=[False, False, True, True, True], ignore_index=True)
    return table[_COLUMNS]


def _away_from_home(topic_of: pd.Series, terms: pd.DataFrame, names: dict[int, str]) -> pd.DataFrame:
    """Cross-table of topics and terms, each term over the papers outside its home."""
    topics = indicators(topic_of)
    everywhere = cross_table(topics, terms)
    at_home = everywhere[
        (everywhere["p_adjusted"] < 0.05)
        & (2 * everywhere["papers"] > everywhere["column"].map(terms.sum()))
        & (everywhere["odds_ratio"] > 1)
    ]
    home = dict(zip(at_home["column"], at_home["row"], strict=True))
    tables = []
    for place in [None, *sorted(set(home.values()))]:
        of_place = [term for term in terms if home.get(term) == place]
        away = np.ones(len(terms), dtype=bool) if place is None else (topic_of != place).to_numpy()
        others = [topic for topic in topics if topic != place]
        if of_place and others:
            cells = cross_table(topics.loc[away, others], terms.loc[away, of_place])
            cells["home"] = "" if place is None else names[place]
            tables.append(cells)
    return pd.concat(tables, ignore_index=True).rename(columns={"row": "topic", "column": "term"})
