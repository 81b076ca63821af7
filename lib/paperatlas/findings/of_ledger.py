"""What the papers introduce, name and claim."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas.findings.of_trends import left_out
from paperatlas.intervals import adjusted_p, wilson
from paperatlas.ledger import counts
from paperatlas.ledger.views import error_at_first_sight
from paperatlas.prose import between, count, listing, percent, quoted
from paperatlas.trends import trend_tests

if TYPE_CHECKING:
    from paperatlas.study import Study


def ledger(study: Study) -> list[str]:
    """What the papers introduce, name and claim."""
    systems, claims = study.ledger.systems, study.ledger.claims
    code = counts.code_availability(study.papers, study.ledger)
    top = counts.top_claims(study.papers, study.ledger)
    by_topic = _by_topic(study, code, top)
    numbered = claims["value"].notna()
    introducing = systems["paper_id"].nunique()
    return [
        f"{count(introducing, 'paper')} introduce{'s' if introducing == 1 else ''} "
        f"{count(systems['name'].nunique(), 'named system')}"
        if introducing
        else "no paper introduces a named system",
        _mentions(study),
        f"{_share_of_all(code, 'abstract')} give a link to code; {by_topic[0]}",
        _most_named(study),
        f"{count(int(numbered.sum()), 'claim')} with a number {'stands' if numbered.sum() == 1 else 'stand'} in "
        f"{count(claims.loc[numbered, 'paper_id'].nunique(), 'paper')}",
        f"{_share_of_all(top, 'paper')} claim the state of the art, "
        f"{counts.papers_without_number(claims)} of them with no number that the rules read; {by_topic[1]}",
        *_entry_trends(study),
        *_error_at_first_sight(),
    ]


def _share_of_all(shares: pd.DataFrame, noun: str) -> str:
    n, total = int(shares["n"].sum()), int(shares["total"].sum())
    low, high = (float(bound[0]) for bound in wilson(np.array([n]), np.array([total])))
    return f"{count(n, noun)} ({percent(n / total)}, 95 % interval {between(low, high)})"


def _by_topic(study: Study, *asked: pd.DataFrame) -> list[str]:
    """Whether topics differ in each of some shares; p-values are adjusted over them (Benjamini and Hochberg 1995)."""
    p_adjusted = adjusted_p(np.array([counts.groups_differ(shares) for shares in asked]))
    nothing = bool(np.isnan(p_adjusted).all())
    names = pd.Series() if nothing else study.topics.at("topic").set_index("topic")["name"]
    return [_difference(shares, p, names) for shares, p in zip(asked, p_adjusted.tolist(), strict=True)]


def _difference(shares: pd.DataFrame, p: float, names: pd.Series) -> str:
    if np.isnan(p):
        return "there is nothing to compare between topics"
    if p > 0.05:
        return f"that topics differ in this cannot be shown (p = {p:.2f}, permutation test, adjusted for two questions)"
    most, least = (
        shares.sort_values(["share", "total"], ascending=[order, False]).iloc[0] for order in (False, True)
    )
    said = "< 0.001" if p < 0.001 else f"= {p:.3f}"
    ends = [
        f"{percent(row['share'])} in {quoted(names[row['group']])} ({row['n']} of {row['total']})"
        for row in (least, most)
    ]
    return (
        f"topics differ in this by more than chance explains (p {said}, permutation test, adjusted for two questions), "
        f"from {ends[0]} to {ends[1]}"
    )


def _mentions(study: Study) -> str:
    mentions = study.ledger.mentions
    if not len(mentions):
        return "no abstract names a system that another paper here introduces"
    named = mentions.groupby("name")["paper_id"].nunique()
    most = [quoted(name) for name in sorted(named[named == named.max()].index)]
    naming = mentions["paper_id"].nunique()
    verb, each = ("name" if naming != 1 else "names"), ("" if len(most) == 1 else " each")
    return (
        f"{count(naming, 'abstract')} {verb} {count(len(named), 'system')} of other papers here; named most "
        f"{'is' if len(most) == 1 else 'are'} {listing(most, most=3)}, by {count(int(named.max()), 'paper')}{each}"
    )


def _most_named(study: Study) -> str:
    parts = []
    for kind, noun in (("dataset", "data set"), ("metric", "metric")):
        named = (
            study.ledger.resources[study.ledger.resources["kind"] == kind]
            .groupby("name")["paper_id"]
            .nunique()
        )
        top = sorted(named.items(), key=lambda pair: (-pair[1], str(pair[0])))[:3]
        shown = listing([f"{name} ({n})" for name, n in top])
        parts.append(f"the {noun}s that most papers name are {shown}" if top else f"no {noun} is named")
    return "; ".join(parts)


def _entry_trends(study: Study) -> list[str]:
    members = counts.ledger_memberships(study.ledger)
    tests = trend_tests(study.corpus, members, level="entry", period=study.period, terms=study.terms)
    if not len(tests):
        return ["no entry of the ledger stands in enough dated papers to ask whether it rises or fades"]
    moving = tests[tests["verdict"].isin(["rising", "fading"])].sort_values(["p_adjusted", "entry"])
    if not len(moving):
        return [
            f"of {count(len(tests), 'ledger entry', 'ledger entries')} in enough papers to ask, none shows a trend over time"
        ]
    topic_of = study.papers["topic"].rename("topic")
    within = trend_tests(
        study.corpus,
        members[members["entry"].isin(moving["entry"])],
        level="entry",
        period=study.period,
        within=topic_of,
        terms=study.terms,
    ).set_index("entry")
    labels = study.names("dump")
    return [_entry_trend(row, within.loc[row["entry"]], labels) for row in moving.head(4).to_dict("records")]


def _entry_trend(row: dict[Hashable, Any], within: pd.Series, labels: Mapping[object, str]) -> str:
    """An entry that moves; one that moves with its topics is no find of its own."""
    entry = quoted(str(row["entry"]))
    if not within["p_adjusted"] <= 0.05:
        return (
            f"{entry} is {row['verdict']} ({row['odds_ratio']:.2f} a year) together with its topics: within them that "
            "cannot be shown"
        )
    hangs = f"; a lead only: not found {left_out(row['depends_on'], labels)}" if row["depends_on"] else ""
    return (
        f"the share of papers with the entry {entry} is {row['verdict']}, within topics as well: its odds change by a "
        f"factor of {row['odds_ratio']:.2f} a year ({row['odds_low']:.2f} to {row['odds_high']:.2f}){hangs}"
    )


def _error_at_first_sight() -> list[str]:
    """How right the ledger was on the last papers labelled before it was run on them."""
    rounds = error_at_first_sight()
    last = rounds[rounds["last"] & (rounds["found"] > 0) & (rounds["labelled"] > 0)]
    parts = [
        f"of the {row['measure']} it found {percent(row['precision'])} were right ({row['hits']} of {row['found']}) and of "
        f"those there it found {percent(row['recall'])} ({row['hits']} of {row['labelled']})"
        for row in last.to_dict("records")
    ]
    return [f"measured on papers that these rules had not seen, {'; '.join(parts)}"]
