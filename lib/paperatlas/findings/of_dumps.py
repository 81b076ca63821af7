"""What each dump is about, what they share, what to read and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas import compare
from paperatlas.findings.rows import top
from paperatlas.prose import count, listing, percent, quoted

if TYPE_CHECKING:
    from paperatlas.study import Study


def dumps(study: Study) -> list[str]:
    """What each dump is about, and what it shares with the others."""
    table = study.dump_table
    if len(table) == 1:
        return [
            "there is one dump, so there is nothing to compare it with; add another to see what sets them apart"
        ]
    labels = table.set_index("dump")["label"]
    lone = top(table, table["only_here"] / table["papers"])
    cells = study.topics_by_dump
    sure = cells[cells["p_adjusted"] < 0.05]
    sentences = [
        f"the searches seem to have been for {listing([quoted(label) for label in labels], most=6)}",
        *_shared(study, labels),
        f"{quoted(lone['label'])} stands most alone: {percent(lone['only_here'] / lone['papers'])} of its papers are in no "
        "other dump",
        f"in {len(sure)} of {len(cells)} cells a dump holds more or fewer papers of a topic than its size explains "
        "(Fisher's exact test, false-discovery rate 5 %)",
    ]
    names = study.topics.table.set_index("topic")["name"]
    rich = sure[sure["odds_ratio"] > 1].sort_values(
        ["p", "odds_ratio"], ascending=[True, False], kind="stable"
    )
    for row in rich.head(3).to_dict("records"):
        sentences.append(in_group(row, names[row["topic"]], labels[row["dump"]]))
    return sentences


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.01 else f"{p:.2f}"


def in_group(row: Mapping[Any, Any], what: str, group: str) -> str:
    """One cell of a cross-table in plain words: shares, odds ratio, interval."""
    return (
        f"{quoted(what)} takes {percent(row['share'])} of {quoted(group)} and {percent(row['share_rest'])} of the other "
        f"papers (odds ratio {row['odds_ratio']:,.1f}, 95 % interval {row['odds_low']:,.1f} to {row['odds_high']:,.1f})"
    )


def _shared(study: Study, labels: pd.Series) -> list[str]:
    """Overlap against chance, and whether shared papers are ranked alike."""
    tests = study.overlap_tests
    if not tests["shared"].any():
        return ["no two dumps share a paper, so nothing says how large the pool behind them is"]
    jaccard = compare.overlaps(study.corpus)["jaccard"]
    closest = top(tests, jaccard)
    pool, low, high = compare.common_pool(study.corpus)
    odd = int((tests["verdict"] != "as by chance").sum())
    size = (
        f"{pool:,.0f} papers ({low:,.0f} to {high:,.0f})"
        if np.isfinite(high)
        else f"at least {low:,.0f} papers"
    )
    ranks = compare.rank_agreement(study.corpus)
    known = ranks.dropna(subset=["spearman"])
    if len(known):
        row = top(known, known["shared"])
        ranked = (
            f"of the {row['shared']} papers that {quoted(labels[row['dump']])} and {quoted(labels[row['other']])} share, "
            f"the ranks correlate by {row['spearman']:.2f} ({row['low']:.2f} to {row['high']:.2f}); "
            f"{(known['verdict'] == 'alike').sum()} of {count(len(known), 'pair')} with enough shared papers rank them alike"
        )
    else:
        ranked = "no two dumps share enough papers to tell whether they rank them alike"
    return [
        f"the two dumps with most in common are {quoted(labels[closest['dump']])} and {quoted(labels[closest['other']])}: "
        f"{count(int(closest['shared']), 'shared paper')} (Jaccard {jaccard.max():.2f}), where random draws would share "
        f"{closest['low']} to {closest['high']}",
        f"draws at random from one pool of {size} would hold as many distinct papers as the dumps do; of "
        f"{count(len(tests), 'pair')} of dumps, {odd} share{'s' if odd == 1 else ''} more or fewer papers than such "
        "draws would (false-discovery rate 5 %)",
        ranked,
    ]


def segments(study: Study) -> list[str]:
    """Where the subject of a dump changes along the rank."""
    parts, tests = study.segments.segments, study.segments.tests
    labels = study.dump_table.set_index("dump")["label"]
    found = tests[tests["borders"] > 0]
    tried = tests[tests["permutations"] > 0]
    if tried.empty:
        return ["the dumps are too short to look for a change of subject along the rank"]
    sentences = [
        f"the subject changes along the rank in {len(found)} of {count(len(tried), 'dump')} (permutation test, "
        f"{tried['permutations'].max():,} shuffles, Holm's adjustment)"
    ]
    for row in found.sort_values(["p_adjusted", "dump"]).head(4).to_dict("records"):
        own = parts[parts["dump"] == row["dump"]]
        stretches = [
            f"ranks {r.first} to {r.last}" + (f" ({r.label})" if r.label else "") for r in own.itertuples()
        ]
        sentences.append(
            f"{quoted(labels[row['dump']])} falls into {count(len(own), 'segment', words=True)} "
            f"(adjusted p {_p(row['p_adjusted'])}): {listing(stretches)}"
        )
    if len(found):
        sentences.append(
            "a border says that the order is not indifferent to the subject: a second search may begin there, or what "
            "one search finds further down is about something else"
        )
    return sentences


def reading(study: Study) -> list[str]:
    """What to read first."""
    lists = study.reading_lists
    main = lists[lists["variant"] == "most covering"]
    if main.empty:
        return ["the papers share too few telling terms for a reading list"]
    last = main.iloc[-1]
    sentences = [
        f"{count(len(main), 'paper')} cover {percent(last['covered'])} of the telling terms of all topics, weighted by the "
        f"papers that use them; no list of that length covers more than {percent(last['at_most'])}",
        f"begin with {quoted(main.iloc[0]['title'])}, which covers {percent(main.iloc[0]['adds'])} on its own "
        f"({listing(main.iloc[0]['why'])})",
    ]
    for variant in ("newest first", "with code", "one per topic"):
        other = lists[lists["variant"] == variant]
        if len(other):
            sentences.append(
                f"the list “{variant}” covers {percent(other.iloc[-1]['covered'])} with {count(len(other), 'paper')}"
            )
    return sentences


def gaps(study: Study, *, most: int = 6) -> list[str]:
    """Empty cells where papers were expected, as questions."""
    table = study.gaps
    asked = table[table["question"]] if len(table) else table
    if asked.empty:
        return [
            "no combination of topic and method or data set is empty although three papers or more were expected"
        ]
    verb = {"method": "speak of", "data set": "name"}
    sentences = [
        f"{count(len(asked), 'combination')} of {len(table)} {'is' if len(asked) == 1 else 'are'} empty although three "
        f"papers or more were expected; for {(asked['p_adjusted'] < 0.05).sum()} chance is an unlikely reason "
        "(false-discovery rate 5 %)"
    ]
    for row in asked.head(most).to_dict("records"):
        sentences.append(
            f"why does no abstract in {quoted(row['topic_name'])} {verb[row['kind']]} {quoted(row['term'])} "
            f"({row['expected']:.1f} expected, adjusted p {_p(row['p_adjusted'])})?"
        )
    return sentences
