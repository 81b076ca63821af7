"""How right the ledger is: precision and recall against labels set by hand, with intervals."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from paperatlas.intervals import wilson
from paperatlas.ledger import Ledger
from paperatlas.ledger.links import bare_url

TASKS = ("systems", "links", "claims", "state of the art")


def wilson_interval(hits: int, n: int) -> tuple[float, float]:
    """95 % score interval of the share `hits` of `n` (Wilson 1927); (0, 1) where n is 0."""
    if n == 0:
        return 0.0, 1.0
    low, high = wilson(np.array([hits]), np.array([n]))
    return float(low[0]), float(high[0])


def read_labels(paths: Iterable[str | Path]) -> list[dict[str, Any]]:
    """The hand labels of one or more files, paper after paper.

    Raises
    ------
    ValueError
        If a file is not a list of labelled papers; the message names it.
    """
    labels: list[dict[str, Any]] = []
    for path in paths:
        papers = json.loads(Path(path).read_text(encoding="utf-8"))
        if not isinstance(papers, list) or not all(
            isinstance(paper, dict) and "title" in paper for paper in papers
        ):
            raise ValueError(
                f"{path}: expected a list of papers with a title each; see the README.md beside it."
            )
        labels.extend(papers)
    return labels


def plain_name(name: str) -> str:
    """A name without case, blanks, hyphens, mark-up and plural: "STNs" and "stn" are one."""
    plain = re.sub(r"[\s\-_$\\{}'\"*^]", "", name.casefold())
    return plain[:-1] if len(plain) > 2 and plain.endswith("s") else plain


def _names(label: Mapping[str, Any]) -> set[str]:
    return {plain_name(name) for name in (label["name"], *label.get("aliases", ()))}


def _overlaps(label: Mapping[str, Any], start: int, end: int, abstract: str) -> bool:
    quote = str(label["quote"])
    at = abstract.find(quote)
    while at >= 0:
        if at < end and start < at + len(quote):
            return True
        at = abstract.find(quote, at + 1)
    return False


Verdicts = list[tuple[str, str, str]]


def _judge_paper(label: Mapping[str, Any], found: Mapping[str, pd.DataFrame], abstract: str) -> Verdicts:
    """(task, verdict, what) for each label and find of one paper.

    A verdict is "right" (labelled and found), "missed" (labelled only), "false" (found only)
    or "accepted" (found, and labelled as a borderline case that counts neither way).
    """
    verdicts = [*_judge_systems(label, found["systems"]), *_judge_links(label, found["links"])]
    verdicts += _judge_claims(label, found["claims"], abstract)
    if label.get("sota") is not None:
        said = bool((found["claims"]["kind"] == "sota").any())
        if said or label["sota"]:
            verdict = "right" if said and label["sota"] else "false" if said else "missed"
            verdicts.append(("state of the art", verdict, str(label["title"])))
    return verdicts


def _match(
    task: str, match: Mapping[str, Any] | None, labels: list[Mapping[str, Any]], what: str
) -> tuple[str, str, str]:
    """Judge one find by the label it matches, which is then used up."""
    if match is None:
        return task, "false", what
    labels.remove(match)
    return task, "accepted" if match.get("accepted") else "right", what


def _judge_systems(label: Mapping[str, Any], systems: pd.DataFrame) -> Verdicts:
    left: list[Mapping[str, Any]] = list(label["systems"])
    verdicts: Verdicts = []
    for system in systems.to_dict("records"):
        names = {plain_name(str(system["name"])), plain_name(str(system["long_form"]))} - {""}
        match = next((one for one in left if _names(one) & names), None)
        verdicts.append(_match("systems", match, left, str(system["name"])))
    return verdicts + [("systems", "missed", str(one["name"])) for one in left if not one.get("accepted")]


def _judge_links(label: Mapping[str, Any], links: pd.DataFrame) -> Verdicts:
    left = {bare_url(url): str(url) for url in label["links"]}
    verdicts = [
        ("links", "right" if left.pop(bare_url(url), None) else "false", str(url)) for url in links["url"]
    ]
    return verdicts + [("links", "missed", url) for url in left.values()]


def _judge_claims(label: Mapping[str, Any], claims: pd.DataFrame, abstract: str) -> Verdicts:
    left: list[Mapping[str, Any]] = list(label["claims"])
    verdicts: Verdicts = []
    for claim in claims[claims["kind"] != "sota"].to_dict("records"):
        values = [float(claim[name]) for name in ("value", "value_high") if not math.isnan(claim[name])]
        span = int(claim["start"]), int(claim["end"])
        match = next(
            (one for one in left if _same_value(one, values) and _overlaps(one, *span, abstract)), None
        )
        verdicts.append(_match("claims", match, left, f"{claim['value']:g} · {claim['quote']}"))
    return verdicts + [("claims", "missed", str(one["quote"])) for one in left if not one.get("accepted")]


def _same_value(label: Mapping[str, Any], values: list[float]) -> bool:
    return any(math.isclose(value, wanted, rel_tol=1e-9) for value in values for wanted in label["values"])


def judge_ledger(ledger: Ledger, corpus: pd.DataFrame, labels: list[dict[str, Any]]) -> pd.DataFrame:
    """Compare a ledger with hand labels, entry by entry.

    Parameters
    ----------
    ledger
        The ledger of the corpus.
    corpus
        One row per paper with `paper_id`, `title`, `abstract`.
    labels
        Labelled papers as `read_labels` gives them; a paper is found by its title.

    Returns
    -------
    One row per entry: `task`, `verdict` (right, missed, false or accepted), `what`, `title`.

    Raises
    ------
    ValueError
        If a labelled title is not in the corpus.
    """
    by_title = {str(title).casefold().strip(): place for place, title in enumerate(corpus["title"])}
    rows: list[tuple[str, str, str, str]] = []
    for label in labels:
        place = by_title.get(str(label["title"]).casefold().strip())
        if place is None:
            raise ValueError(
                f"The labelled paper “{label['title']}” is not in this corpus; label papers of the corpus you score."
            )
        paper = corpus.iloc[place]
        tables = {"systems": ledger.systems, "links": ledger.links, "claims": ledger.claims}
        found = {name: table[table["paper_id"] == paper["paper_id"]] for name, table in tables.items()}
        rows.extend(
            (*verdict, str(label["title"])) for verdict in _judge_paper(label, found, str(paper["abstract"]))
        )
    return pd.DataFrame(rows, columns=["task", "verdict", "what", "title"])


def score_ledger(ledger: Ledger, corpus: pd.DataFrame, labels: list[dict[str, Any]]) -> pd.DataFrame:
    """Precision and recall of a ledger against hand labels, with 95 % Wilson intervals.

    Parameters
    ----------
    ledger, corpus, labels
        As for `judge_ledger`.

    Returns
    -------
    One row per task: `task`, `papers`, `labelled`, `found`, `right`, `precision`,
    `precision_low`, `precision_high`, `recall`, `recall_low`, `recall_high`. Borderline
    entries, which the labels accept but do not ask for, count in none of them.
    """
    verdicts = judge_ledger(ledger, corpus, labels)
    counts = verdicts.groupby(["task", "verdict"]).size()
    rows = []
    for task in TASKS:
        right, false, missed = (
            int(counts.get((task, verdict), 0)) for verdict in ("right", "false", "missed")
        )
        found, labelled = right + false, right + missed
        rows.append(
            (
                task, len(labels), labelled, found, right,
                right / found if found else float("nan"), *wilson_interval(right, found),
                right / labelled if labelled else float("nan"), *wilson_interval(right, labelled),
            )
        )  # fmt: skip
    columns = [
        "task",
        "papers",
        "labelled",
        "found",
        "right",
        "precision",
        "precision_low",
        "precision_high",
        "recall",
        "recall_low",
        "recall_high",
    ]
    return pd.DataFrame(rows, columns=columns)
