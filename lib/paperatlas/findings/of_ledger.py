"""What the papers introduce, name and claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas.findings.of_topics import change_a_year, left_out, names_of
from paperatlas.intervals import adjusted_p, wilson
from paperatlas.ledger import counts
from paperatlas.ledger.views import error_at_first_sight
from paperatlas.prose import between, count, listing, percent, quoted, verb
from paperatlas.trends import trend_tests
from paperatlas.trends.significance import FADING, RISING

if TYPE_CHECKING:
    from paperatlas.study import Study


def ledger(study: Study) -> list[str]:
    """What the papers introduce, name and claim."""
    systems, claims = study.ledger.systems, study.ledger.claims
    code = counts.code_availability(study.papers, study.ledger)
    top = counts.top_claims(study.papers, study.ledger)
    by_topic = _by_topic(study, code, top)
    numbered = claims[claims["value"].notna()]
    introducing, claiming = systems["paper_id"].nunique(), numbered["paper_id"].nunique()
    return [
        f"{count(introducing, 'paper')} {verb(introducing, 'introduce')} "
        f"{count(systems['name'].nunique(), 'named system')}"
        if introducing
        else "no paper introduces a named system",
        _mentions(study),
        f"{_share_of_all(code, 'abstract', 'give')} a link to code; {by_topic[0]}",
        f"{count(claiming, 'paper')} {verb(claiming, 'make')} "
        f"{count(len(numbered), 'claim with a number', 'claims with a number')}",
        f"{_share_of_all(top, 'paper', 'claim')} the state of the art, "
        f"{counts.papers_without_number(claims)} with no number that the rules read; {by_topic[1]}",
        *_entry_trends(study),
        _error_at_first_sight(),
    ]


def _share_of_all(shares: pd.DataFrame, noun: str, what: str) -> str:
    n, total = int(shares["n"].sum()), int(shares["total"].sum())
    low, high = (float(bound[0]) for bound in wilson(np.array([n]), np.array([total])))
    some = count(n, noun) if n else f"no {noun}"
    return f"{some} ({percent(n / total)}, 95 % interval {between(low, high)}) {verb(max(n, 1), what)}"


def _by_topic(study: Study, *asked: pd.DataFrame) -> list[str]:
    """Whether topics differ in each of some shares; p-values are adjusted over them (Benjamini and Hochberg 1995)."""
    test = "permutation test, adjusted for two questions"
    said = []
    for shares, p in zip(asked, adjusted_p(np.array([counts.groups_differ(s) for s in asked])), strict=True):
        if np.isnan(p):
            said.append("there is nothing to compare between topics")
        elif p > 0.05:
            said.append(f"whether topics differ in this, the papers cannot tell (p = {p:.2f}, {test})")
        else:
            names = names_of(study)
            least, most = (
                shares.sort_values(["share", "total"], ascending=[up, False]).iloc[0] for up in (True, False)
            )
            from_, to = (
                f"{percent(row['share'])} in {quoted(names[row['group']])} ({row['n']} of {row['total']})"
                for row in (least, most)
            )
            how = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
            said.append(
                f"topics differ in this by more than chance explains ({how}, {test}), from {from_} to {to}"
            )
    return said


def _mentions(study: Study) -> str:
    mentions = study.ledger.mentions
    if not len(mentions):
        return "no abstract names a system that another paper here introduces"
    named = mentions.groupby("name")["paper_id"].nunique()
    most = [quoted(name) for name in sorted(named[named == named.max()].index)]
    naming = mentions["paper_id"].nunique()
    return (
        f"{count(naming, 'abstract')} {verb(naming, 'name')} {count(len(named), 'system')} that other papers "
        f"here introduce, most often {listing(most, most=3)} ({count(int(named.max()), 'paper')}"
        f"{'' if len(most) == 1 else ' each'})"
    )


def _entry_trends(study: Study) -> list[str]:
    """Entries that move; one that moves with its topics is no find of its own."""
    members = counts.ledger_memberships(study.ledger)
    options: dict[str, Any] = {"level": "entry", "period": study.period, "terms": study.terms}
    tests = trend_tests(study.corpus, members, **options)
    if not tests["odds_ratio"].notna().any():
        return ["no entry of the ledger stands in enough dated papers to ask whether it rises or fades"]
    moving = tests[tests["verdict"].isin([RISING, FADING])].sort_values(["p_adjusted", "entry"])
    if not len(moving):
        entries = count(len(tests), "ledger entry", "ledger entries")
        return [f"of {entries} in enough papers to ask, none is found to rise or fade"]
    members = members[members["entry"].isin(moving["entry"])]
    within = trend_tests(study.corpus, members, within=study.papers["topic"], **options)
    alone = set(within.loc[within["p_adjusted"] <= 0.05, "entry"])
    said = []
    for row in moving.head(4).to_dict("records"):
        entry, verdict = quoted(str(row["entry"])), row["verdict"]
        hangs = left_out(row["depends_on"], study.names("dump")) if row["depends_on"] else ""
        said.append(
            f"the share of papers with the entry {entry} is {verdict}, within topics as well: its odds {change_a_year(row)}"
            + (f"; a lead only: not found {hangs}" if hangs else "")
            if row["entry"] in alone
            else f"{entry} is {verdict} ({row['odds_ratio']:.2f} a year) together with its topics; within them no trend "
            "can be shown"
        )
    return said


def _error_at_first_sight() -> str:
    """How right the ledger was on the last papers labelled before it was run on them."""
    rounds = error_at_first_sight()
    last = rounds[rounds["last"] & (rounds["found"] > 0) & (rounds["labelled"] > 0)]
    parts = [
        f"{percent(row['precision'])} of the {row['measure']} found were right ({row['hits']} of {row['found']}) and "
        f"{percent(row['recall'])} of those there were found ({row['hits']} of {row['labelled']})"
        for row in last.to_dict("records")
    ]
    return f"on papers that the rules had not seen, {'; '.join(parts)}"
