"""What each source is about, what they share, and what to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from paperatlas import compare
from paperatlas.prose import count, listing, only_searches, percent, quoted, source_word, top

if TYPE_CHECKING:
    from paperatlas.study import Study


def dumps(study: Study) -> list[str]:
    """What each source is about, and what it shares with the others."""
    table, kinds = study.dump_table, study.records.attrs["kinds"]
    word = source_word(kinds)
    if len(table) == 1:
        return [
            f"there is one {word}, so there is nothing to compare it with; add another to see what sets them apart"
        ]
    labels = table.set_index("dump")["label"]
    about = "searches seem to have been for" if only_searches(kinds) else "sources seem to be about"
    lone = top(table, table["only_here"] / table["papers"])
    cells = study.topics_by_dump
    sure = cells[cells["p_adjusted"] < 0.05]
    sentences = [
        f"the {about} {listing([quoted(label) for label in labels], most=6)}",
        *_shared(study, labels, word),
        f"{quoted(lone['label'])} stands most alone: {percent(lone['only_here'] / lone['papers'])} of its papers are in no "
        f"other {word}",
        f"in {len(sure)} of {len(cells)} cells a {word} holds more or fewer papers of a topic than its size explains "
        "(Fisher's exact test, false-discovery rate 5 %)",
    ]
    names = study.topics.at("topic").set_index("topic")["name"]
    rich = sure[sure["odds_ratio"] > 1].sort_values(
        ["p", "odds_ratio"], ascending=[True, False], kind="stable"
    )
    for row in rich.head(3).to_dict("records"):
        sentences.append(in_group(row, names[row["topic"]], labels[row["dump"]]))
    return sentences


def in_group(row: Mapping[Any, Any], what: str, group: str) -> str:
    """One cell of a cross-table in plain words: shares, odds ratio, interval."""
    return (
        f"{quoted(what)} takes {percent(row['share'])} of {quoted(group)} and {percent(row['share_rest'])} of the other "
        f"papers (odds ratio {row['odds_ratio']:,.1f}, 95 % interval {row['odds_low']:,.1f} to {row['odds_high']:,.1f})"
    )


def _shared(study: Study, labels: pd.Series, word: str) -> list[str]:
    """Overlap against chance, and whether shared papers are ranked alike."""
    tests = study.overlap_tests
    if not tests["shared"].any():
        return [f"no two {word}s share a paper, so they cannot be compared by what they share"]
    jaccard = compare.overlaps(study.corpus)["jaccard"]
    closest = top(tests, jaccard)
    odd = int((tests["verdict"] != "as by chance").sum())
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
        ranked = f"no two {word}s share enough papers to tell whether they rank them alike"
    return [
        f"the two {word}s with most in common are {quoted(labels[closest['dump']])} and {quoted(labels[closest['other']])}: "
        f"{count(int(closest['shared']), 'shared paper')} (Jaccard {jaccard.max():.2f}), where random draws would share "
        f"{closest['low']} to {closest['high']}",
        f"of {count(len(tests), 'pair')} of {word}s, {odd} share{'s' if odd == 1 else ''} more or fewer papers than random "
        f"draws would that hold as many distinct papers as the {word}s do (false-discovery rate 5 %)",
        ranked,
    ]


def reading(study: Study) -> list[str]:
    """What to read first."""
    lists = study.reading_lists
    main = lists[lists["variant"] == "most covering"]
    if main.empty:
        return ["the papers share too few telling terms for a reading list"]
    last = main.iloc[-1]
    sentences = [
        f"{count(len(main), 'paper')} cover {percent(last['covered'])} of the telling terms of all topics, weighted by the "
        f"papers that use them; the best possible list of that length covers at most {percent(last['at_most'])}",
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
