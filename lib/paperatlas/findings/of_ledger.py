"""What the papers introduce, name and claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas.findings.of_topics import left_out, names_of, share_of
from paperatlas.intervals import adjusted_p
from paperatlas.ledger import counts
from paperatlas.ledger.views import error_at_first_sight
from paperatlas.prose import quoted
from paperatlas.templates import say
from paperatlas.trends import trend_tests
from paperatlas.trends.significance import FADING, RISING

if TYPE_CHECKING:
    from paperatlas.study import Study


def ledger(study: Study) -> list[str]:
    """What the papers introduce, name and claim."""
    systems, claims, mentions = study.ledger.systems, study.ledger.claims, study.ledger.mentions
    code = counts.code_availability(study.papers, study.ledger)
    top = counts.top_claims(study.papers, study.ledger)
    numbered = claims[claims["value"].notna()]
    named = mentions.groupby("name")["paper_id"].nunique()
    most = sorted(named[named == named.max()].index)
    said = say(
        "ledger",
        introducing=systems["paper_id"].nunique(),
        systems=systems["name"].nunique(),
        naming=mentions["paper_id"].nunique(),
        named=len(named),
        most=[quoted(name) for name in most],
        namers=int(named.max()) if most else 0,
        code=share_of(int(code["n"].sum()), int(code["total"].sum())),
        top=share_of(int(top["n"].sum()), int(top["total"].sum())),
        numberless=counts.papers_without_number(claims),
        by_topic=_by_topic(study, code, top),
        claiming=numbered["paper_id"].nunique(),
        claims=len(numbered),
    )
    # How right the ledger was on the last papers labelled before it was run on them.
    rounds = error_at_first_sight()
    last = rounds[rounds["last"] & (rounds["found"] > 0) & (rounds["labelled"] > 0)]
    return [*said, *_entry_trends(study), *say("first_sight", rows=last.to_dict("records"))]


def _by_topic(study: Study, *asked: pd.DataFrame) -> list[str]:
    """Whether topics differ in each of some shares; p-values are adjusted over them (Benjamini and Hochberg 1995)."""
    said = []
    for shares, p in zip(asked, adjusted_p(np.array([counts.groups_differ(s) for s in asked])), strict=True):
        rows = [shares.sort_values(["share", "total"], ascending=[up, False]).head(1) for up in (True, False)]
        ends = pd.concat(rows)
        if p <= 0.05:
            ends["name"] = ends["group"].map(names_of(study))
        said += say("by_topic", p=p, ends=ends.to_dict("records"))
    return said


def _entry_trends(study: Study) -> list[str]:
    """Entries that move; one that moves with its topics is no find of its own."""
    members = counts.ledger_memberships(study.ledger)
    options: dict[str, Any] = {"level": "entry", "period": study.period, "terms": study.terms}
    tests = trend_tests(study.corpus, members, **options)
    moving = tests[tests["verdict"].isin([RISING, FADING])].sort_values(["p_adjusted", "entry"])
    if len(moving):
        members = members[members["entry"].isin(moving["entry"])]
        within = trend_tests(study.corpus, members, within=study.papers["topic"], **options)
        alone = moving["entry"].isin(within.loc[within["p_adjusted"] <= 0.05, "entry"])
        hangs = [left_out(depends_on, study.names("dump")) for depends_on in moving["depends_on"]]
        moving = moving.assign(alone=alone, hangs=hangs).head(4)
    askable = bool(tests["odds_ratio"].notna().any())
    return say("entries", askable=askable, n=len(tests), rows=moving.to_dict("records"))
