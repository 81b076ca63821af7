"""What each source is about, what they share, and what to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperatlas.prose import count, listing, only_searches, percent, quoted, source_word, top

if TYPE_CHECKING:
    import pandas as pd

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
        *_shared(study.overlap_tests, labels, word),
        f"{quoted(lone['label'])} stands most alone: {percent(lone['only_here'] / lone['papers'])} of its papers are in no "
        f"other {word}",
        f"in {len(sure) or 'none'} of {len(cells)} cells a {word} holds more or fewer papers of a topic than its size "
        "explains (Fisher's exact test, false-discovery rate 5 %)",
    ]
    names = study.topics.at("topic").set_index("topic")["name"]
    rich = sure[sure["odds_ratio"] > 1].sort_values(
        ["p", "odds_ratio"], ascending=[True, False], kind="stable"
    )
    for row in rich.head(3).to_dict("records"):
        sentences.append(
            f"{quoted(names[row['topic']])} takes {percent(row['share'])} of {quoted(labels[row['dump']])} and "
            f"{percent(row['share_rest'])} of the other papers (odds ratio {row['odds_ratio']:,.1f}, 95 % interval "
            f"{row['odds_low']:,.1f} to {row['odds_high']:,.1f})"
        )
    return sentences


def _shared(tests: pd.DataFrame, labels: pd.Series, word: str) -> list[str]:
    """Overlap against chance."""
    if not tests["shared"].any():
        return [f"no two {word}s share a paper, so they cannot be compared by what they share"]
    closest = top(tests, tests["jaccard"])
    both = f"{quoted(labels[closest['dump']])} and {quoted(labels[closest['other']])}"
    shared = f"{count(int(closest['shared']), 'paper')} (Jaccard {closest['jaccard']:.2f})"
    if len(tests) == 1:
        return [f"{both} share {shared}; whether that is much, two {word}s alone cannot say"]
    odd = int((tests["verdict"] != "as by chance").sum())
    return [
        f"the two {word}s with most in common are {both}: they share {shared}, where random draws would share "
        f"{closest['low']} to {closest['high']}",
        f"of {count(len(tests), 'pair')} of {word}s, {odd or 'none'} share{'s' if odd < 2 else ''} more or fewer papers "
        f"than random draws would that hold as many distinct papers as the {word}s do (false-discovery rate 5 %)",
    ]


def reading(study: Study) -> list[str]:
    """What to read first."""
    lists = study.reading_lists
    main = lists[lists["variant"] == "most covering"]
    if main.empty:
        return ["the papers share too few telling terms for a reading list"]
    first, last = main.iloc[0], main.iloc[-1]
    sentences = [
        f"{count(len(main), 'paper')} cover{'s' if len(main) == 1 else ''} {percent(last['covered'])} of the telling terms "
        "of all topics, weighted by the papers that use them; the best possible list of that length covers at most "
        f"{percent(last['at_most'])}",
        f"begin with {quoted(first['title'])}, which covers {percent(first['adds'])} on its own ({listing(first['why'])})",
    ]
    for variant in ("newest first", "with code", "one per topic"):
        other = lists[lists["variant"] == variant]
        if len(other):
            covered = percent(other.iloc[-1]["covered"])
            sentences.append(f"the list “{variant}” covers {covered} with {count(len(other), 'paper')}")
    return sentences
