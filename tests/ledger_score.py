"""How right the ledger is: precision and recall against labels set by hand."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from paperatlas.ledger import Ledger
from paperatlas.ledger.links import bare_url

TASKS = ("systems", "links", "claims", "state of the art")
Label = Mapping[str, Any]
Verdicts = list[tuple[str, str]]


def read_labels(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The hand labels of some files, paper after paper; see the README.md beside them."""
    return [label for path in paths for label in json.loads(path.read_text(encoding="utf-8"))]


def plain_name(name: str) -> str:
    """A name without case, blanks, hyphens, mark-up and plural: "STNs" and "stn" are one."""
    plain = re.sub(r"[\s\-_$\\{}'\"*^]", "", name.casefold())
    return plain[:-1] if len(plain) > 2 and plain.endswith("s") else plain


def _overlaps(label: Label, start: int, end: int, abstract: str) -> bool:
    places = [found.start() for found in re.finditer(re.escape(label["quote"]), abstract)]
    return any(at < end and start < at + len(label["quote"]) for at in places)


def _matched(task: str, finds: Iterable[Any], labels: list[Label], fits: Any) -> Verdicts:
    """(task, verdict) for each find and label: "right", "missed" (labelled only), "false" (found only).

    A find that the labels list as a borderline case is "accepted" and counts neither way; each label is used once.
    """
    left, verdicts = list(labels), []
    for find in finds:
        match = next((label for label in left if fits(label, find)), None)
        if match is not None:
            left.remove(match)
        verdicts.append(
            (task, "false" if match is None else "accepted" if match.get("accepted") else "right")
        )
    return verdicts + [(task, "missed") for label in left if not label.get("accepted")]


def _judged(label: Label, found: Mapping[str, pd.DataFrame], abstract: str) -> Verdicts:
    """The verdicts on one paper."""

    def is_system(label: Label, system: Label) -> bool:
        wanted = {plain_name(name) for name in (label["name"], *label.get("aliases", ()))}
        return bool(wanted & ({plain_name(system["name"]), plain_name(system["long_form"])} - {""}))

    def is_claim(label: Label, claim: Label) -> bool:
        values = [claim[name] for name in ("value", "value_high") if not math.isnan(claim[name])]
        same = any(
            math.isclose(value, wanted, rel_tol=1e-9) for value in values for wanted in label["values"]
        )
        return same and _overlaps(label, claim["start"], claim["end"], abstract)

    urls = [{"url": bare_url(url)} for url in label["links"]]
    claims = found["claims"]
    verdicts = [
        *_matched("systems", found["systems"].to_dict("records"), label["systems"], is_system),
        *_matched("links", found["links"]["url"], urls, lambda label, url: label["url"] == bare_url(url)),
        *_matched("claims", claims[claims["kind"] != "sota"].to_dict("records"), label["claims"], is_claim),
    ]
    said, meant = bool((claims["kind"] == "sota").any()), label.get("sota")
    if meant is not None and (said or meant):
        verdicts.append(("state of the art", "right" if said and meant else "false" if said else "missed"))
    return verdicts


def score_ledger(ledger: Ledger, corpus: pd.DataFrame, labels: list[dict[str, Any]]) -> pd.DataFrame:
    """Precision and recall of the ledger of a corpus against hand labels; a paper is found by its title.

    Returns
    -------
    One row per task: `task`, `labelled`, `found`, `right`, `precision`, `recall`.
    """
    by_title = {title.casefold().strip(): row for row, title in enumerate(corpus["title"])}
    verdicts: Verdicts = []
    for label in labels:
        paper = corpus.iloc[by_title[label["title"].casefold().strip()]]
        tables = {"systems": ledger.systems, "links": ledger.links, "claims": ledger.claims}
        own = {name: table[table["paper_id"] == paper["paper_id"]] for name, table in tables.items()}
        verdicts += _judged(label, own, paper["abstract"])
    rows = []
    for task in TASKS:
        right, false, missed = (verdicts.count((task, verdict)) for verdict in ("right", "false", "missed"))
        found, labelled = right + false, right + missed
        precision = right / found if found else float("nan")
        rows.append((task, labelled, found, right, precision, right / labelled if labelled else float("nan")))
    return pd.DataFrame(rows, columns=["task", "labelled", "found", "right", "precision", "recall"])
