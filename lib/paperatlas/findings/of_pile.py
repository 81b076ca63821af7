"""What a pile holds: its records, papers, dates, texts and sources, and what to read of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from paperatlas.findings.of_topics import levels_counted, names_of, stability, told_apart, verdicts_counted
from paperatlas.intervals import Z95
from paperatlas.prose import (
    count,
    listing,
    only_searches,
    out_of,
    percent,
    quoted,
    sentence,
    source_phrase,
    source_word,
    top,
    verb,
)
from paperatlas.readers import NO_ABSTRACT
from paperatlas.text.space import quantise
from paperatlas.trends import date_coverage
from paperatlas.trends.shares import last_finished

if TYPE_CHECKING:
    from paperatlas.study import Study

_FEW = 100
_MANY_UNDATED = 0.2


class Concern(NamedTuple):
    """Something to know before a number is quoted."""

    what: str
    n: int  # papers that it concerns
    least: float  # the part of all papers from which on it is worth a clause before anything is quoted
    text: str


def concerns(study: Study) -> list[Concern]:
    """What may be amiss with a pile, whether it is or not."""
    corpus, total = study.corpus, len(study.corpus)
    years = corpus["published"].dropna().str[:4]
    last = years.max() if len(years) else ""
    so_far = int((years == last).sum()) if len(years) and last_finished(corpus, "year") < int(last) else 0
    held, languages = corpus["dumps"].explode().value_counts(), corpus["language"].dropna().value_counts()
    largest = int(held.iloc[0]) if len(held) > 1 else 0
    bare, undated = int((corpus["abstract"] == "").sum()), total - len(years)
    foreign = int(languages.sum() - languages.max()) if len(languages) else 0
    problems = int((~study.problems["reason"].str.startswith(NO_ABSTRACT)).sum())
    points = f"{100 * Z95 / (2 * total**0.5):.0f}"
    few = f"topics of so few are a sketch, and a share is uncertain by up to {points} points either way"
    lack = f"{out_of(undated, total, 'paper')} {verb(undated, 'have')} no date and count in no trend"
    alone = f"{verb(bare, 'have')} no abstract and {verb(bare, 'are')} placed by title alone, with half the confidence"
    of = source_phrase(study.records.attrs["kinds"])
    return [
        Concern("few papers", total if total < _FEW else 0, 0.0, f"{count(total, 'paper')} are few: {few}"),
        Concern("unfinished", so_far, 0.0, f"{last} is not complete ({count(so_far, 'paper')} so far)"),
        Concern("largest source", largest, 0.6, f"the largest of {of} holds {percent(largest / total)} of the papers"),
        Concern("no abstract", bare, 0.0, f"{out_of(bare, total, 'paper')} {alone}"),
        Concern("no date", undated, 0.02,
                lack if len(years) else "no paper has a date, so nothing is said of what moves"),
        Concern("other languages", foreign, 0.05,
                f"{percent(foreign / total)} of the papers are in another language than most"),
        Concern("problems", problems, 0.0, f"{count(problems, 'entry', 'entries')} could not be read in full"),
    ]  # fmt: skip


def doubts(study: Study) -> list[str]:
    """What is to be doubted about the pile as a whole, in plain sentences; every page shows them."""
    total, edits = len(study.corpus), study.edits
    least = {"few papers": 0.0, "no abstract": 0.0, "no date": _MANY_UNDATED * total}
    said = [*study.corpus.attrs["language_doubts"]]
    said += [concern.text for concern in concerns(study) if concern.n > least.get(concern.what, total)]
    if not told_apart(study.topics):
        said.append(study.topics.verdict)
    if len(edits):
        said.append(
            f"a hand has changed this analysis ({count(len(edits), 'edit')}): tests of edited topics are tests of groups "
            "that somebody chose with the papers in view"
        )
    if misfits := int((edits["status"] != "applied").sum()):
        fit = "fits or is" if misfits == 1 else "fit or are"
        said.append(f"{count(misfits, 'edit')} no longer {fit} doubtful; the table of edits says why")
    return [sentence(text) for text in said]


def overview(study: Study) -> list[str]:
    """The pile in five sentences."""
    corpus, topics = study.corpus, study.topics
    years = corpus["published"].dropna().str[:4]
    span = f"published from {years.min()} to {years.max()}" if len(years) else "none of them dated"
    if len(set(years)) == 1:
        span = f"published in {years.iloc[0]}"
    themes = topics.at("theme").sort_values("size", ascending=False)["name"]
    are_themes = " themes" if len(themes) < len(topics.at("topic")) else ""
    largest = f"; the largest{are_themes} are {listing([quoted(n) for n in themes.head(3)])}"
    systems, linking = study.ledger.systems["name"].nunique(), study.ledger.links["paper_id"].nunique()
    return [
        f"{_sources_hold(study)}, {span}",
        levels_counted(topics) + (largest if len(themes) > 1 else ""),
        stability(study),
        verdicts_counted(study),
        f"the abstracts introduce {count(systems, 'named system') if systems else 'no named system'}, and "
        f"{count(linking, 'paper') if linking else 'none'} {'link' if linking > 1 else 'links'} to code or data",
    ]


def _sources_hold(study: Study) -> str:
    kinds, papers = study.records.attrs["kinds"], count(len(study.corpus), "paper")
    of = "" if len(study.records) == len(study.corpus) else f"{count(len(study.records), 'record')} of "
    return f"{source_phrase(kinds)} {verb(len(kinds), 'hold')} {of}{papers}"


def loading(study: Study) -> list[str]:
    """What the loader found."""
    corpus, problems, kinds = study.corpus, study.records.attrs["problems"], study.records.attrs["kinds"]
    lost = sum(not problem.kept for problem in problems)
    read = f"{count(lost, 'entry', 'entries')} could not be read" if lost else "every entry was read"
    doubted = len(problems) - lost
    doubt = f", {count(doubted, 'entry', 'entries')} with a doubt" if doubted else ""
    sentences = [f"{_sources_hold(study)}; {read}{doubt}"]
    if len(kinds) > 1:
        several = int((corpus["n_dumps"] > 1).sum())
        stand = "stands" if several == 1 else "stand"
        sentences.append(
            f"{out_of(several, len(corpus), 'paper')} {stand} in more than one {source_word(kinds)}"
        )
    return [*sentences, *near_duplicates(study)]


def near_duplicates(study: Study) -> list[str]:
    """Which papers are much alike and count as two each, if any."""
    if not (near := study.near_duplicates):
        return []
    titles = study.corpus.set_index("paper_id")["title"]
    both = f"{quoted(titles[near[0].paper_id])} and {quoted(titles[near[0].other_id])}"
    pairs = "one pair of papers is" if len(near) == 1 else f"{len(near):,} pairs are"
    first = "" if len(near) == 1 else "; the closest"
    share = percent(near[0].score)
    return [f"{pairs} much alike and not merged{first}: {both}, which share {share} of the abstract"]


def dating(study: Study) -> list[str]:
    """How well the papers are dated."""
    corpus, total = study.corpus, len(study.corpus)
    years = corpus["published"].dropna().str[:4].astype(int)
    to_month, with_id = int((corpus["precision"] == "month").sum()), int(corpus["arxiv_id"].notna().sum())
    sentences = [
        f"{out_of(len(years), total, 'paper')} {verb(len(years), 'have')} a year, {to_month or 'none':} a month and "
        f"{with_id or 'none'} an arXiv id"
    ]
    if len(set(years)) > 1:
        low, high = int(years.quantile(0.25)), int(years.quantile(0.75))
        spread = f"from {low} to {high}" if low < high else f"in {low}"
        sentences.append(f"the middle half of them appeared {spread}, the newest in {years.max()}")
    elif len(years):
        sentences.append(f"all of them appeared in {years.max()}")
    return [*sentences, *date_sources(corpus), *coverage(study)]


def date_sources(corpus: pd.DataFrame) -> list[str]:
    """Which source dated how many papers, how surely, and whether sources disagree."""
    used = corpus["date_source"].dropna().value_counts()
    said = [f"{quoted(str(name))} dated {count(int(n), 'paper')}" for name, n in used.items()]
    if own := used.index.tolist() == ["the records"]:
        said = ["every date stands in the records themselves"]
    scores = corpus["match_score"].dropna()
    if len(scores) and not own:
        exact = int((scores >= 1).sum())
        matches = count(len(scores), "match", "matches")
        said.append(
            f"{exact:,} of {matches} are exact; the weakest match scores {scores.min():.2f}"
            if exact < len(scores)
            else f"all {matches} are exact"
        )
    asked, odd = corpus.attrs.get("date_sources", []), corpus.attrs.get("date_disagreements", [])
    if odd:
        first = {name: quoted(str(text)) if "publ" not in name else text for name, text in odd[0].items()}
        said.append(
            f"sources disagree {count(len(odd), 'time')}, first on {first['title']}: {first['published']} in "
            f"{first['source']}, {first['other_published']} in {first['other_source']}; the first is taken"
        )
    elif len(asked) > 1 and not own:
        said.append(f"{count(len(asked), 'source', words=True)} were asked, and none disagrees with another")
    if problems := corpus.attrs.get("date_problems", []):
        said.append(f"{count(len(problems), 'entry', 'entries')} of the sources could not be used")
    return said


def coverage(study: Study, period: str = "year") -> list[str]:
    """What missing dates do to figures by year, quarter or month."""
    word = source_word(study.records.attrs["kinds"])
    tables = {
        what: date_coverage(study.corpus, study.topics, level=by, period=period)
        for what, by in (("topic", "topic"), (word, "dumps"))
    }
    return uneven_dates(
        tables, names_of(study).to_dict() | study.dump_table.set_index("dump")["label"].to_dict()
    )


def uneven_dates(tables: Mapping[str, pd.DataFrame], names: Mapping[object, str]) -> list[str]:
    """Whether dates are missing, and whether from some groups more than from others.

    Tables are those of `paperatlas.trends.date_coverage` by what the groups are ("topic", "dump"), names those of the
    groups.
    """
    whole = next(iter(tables.values())).attrs
    unit, missing = str(whole["period"]), whole["papers"] - whole["dated"]
    if not whole["dated"]:
        return [f"no paper has a {unit}, so nothing can be shown by {unit}; give a source of dates"]
    if not missing:
        return [f"every paper has a {unit}, so missing dates distort no figure by {unit}"]
    said = [
        f"{count(missing, 'paper')} ({percent(missing / whole['papers'])}) "
        f"{verb(missing, 'are')} missing from every figure by {unit}"
    ]
    for what, table in tables.items():
        if len(table) < 2:
            continue
        by = str(table.columns[0])
        poorer = table["share"] < whole["dated"] / whole["papers"]
        uneven = table[poorer & (table["p_adjusted"] <= 0.05)].sort_values(["share", by])
        test = f"Fisher's exact test, {count(len(table), what)}, false-discovery rate 5 %"
        shown = [
            f"{quoted(str(names[group]))} ({percent(share)} of {n:,} dated)"
            for group, share, n in uneven[[by, "share", "papers"]].itertuples(index=False)
        ]
        said.append(
            f"dates are missing unevenly by {what} ({test}): {listing(shown, most=3)}; curves of these mislead"
            if shown
            else f"no {what} lacks more of them than chance explains ({test}; smallest adjusted p "
            f"{table['p_adjusted'].min():.2f})"
        )
    return said


def texts(study: Study) -> list[str]:
    """What the embeddings are worth: how much nearer the nearest paper is than any."""
    grid = quantise(study.vectors)  # on the grid sums are exact, whatever the machine
    lengths = np.sqrt((grid * grid).sum(axis=1))
    similar = (grid @ grid.T) / lengths[:, None] / lengths[None, :]
    others = similar[~np.eye(len(grid), dtype=bool)].reshape(len(grid), -1)
    return [
        f"{count(len(grid), 'paper')} became vectors of {grid.shape[1]} numbers each",
        f"a paper and its nearest other have a similarity of {np.median(others.max(axis=1)):.2f} (median), two papers drawn "
        f"at random one of {np.median(others):.2f}",
    ]


def dumps(study: Study) -> list[str]:
    """What each source is about, and what it shares with the others."""
    table, kinds = study.dump_table, study.records.attrs["kinds"]
    word = source_word(kinds)
    if len(table) == 1:
        return [
            f"there is one {word} and nothing to compare it with; add another to see what sets them apart"
        ]
    labels = table.set_index("dump")["label"].map(quoted)
    about = "searches seem to have been for" if only_searches(kinds) else "sources seem to be about"
    lone = top(table, table["only_here"] / table["papers"])
    cells = study.topics_by_dump
    sure = cells[cells["p_adjusted"] < 0.05]
    sentences = [
        f"the {about} {listing(labels.tolist(), most=6)}",
        *_shared(study.overlap_tests, labels, word),
        f"{quoted(lone['label'])} stands most alone: {percent(lone['only_here'] / lone['papers'])} of its papers are in no "
        f"other {word}",
        f"in {len(sure) or 'none'} of {len(cells)} combinations of {word} and topic, the {word} holds more or fewer papers "
        "of the topic than its size explains (Fisher's exact test, false-discovery rate 5 %)",
    ]
    names = names_of(study)
    rich = sure[sure["odds_ratio"] > 1].sort_values(
        ["p", "odds_ratio"], ascending=[True, False], kind="stable"
    )
    for row in rich.head(3).to_dict("records"):
        sentences.append(
            f"{quoted(names[row['topic']])} makes up {percent(row['share'])} of {labels[row['dump']]} and "
            f"{percent(row['share_rest'])} of the other papers (odds ratio {row['odds_ratio']:,.1f}, 95 % interval "
            f"{row['odds_low']:,.1f} to {row['odds_high']:,.1f})"
        )
    return sentences


def _shared(tests: pd.DataFrame, labels: pd.Series, word: str) -> list[str]:
    """Overlap against chance."""
    if not tests["shared"].any():
        return [f"no two {word}s share a paper"]
    closest = top(tests, tests["jaccard"])
    both = f"{labels[closest['dump']]} and {labels[closest['other']]}"
    shared = f"{count(int(closest['shared']), 'paper')} (Jaccard {closest['jaccard']:.2f})"
    if len(tests) == 1:
        return [f"{both} share {shared}; whether that is much, two {word}s alone cannot say"]
    odd = int((tests["verdict"] != "as by chance").sum())
    return [
        f"the two {word}s with most in common are {both}: they share {shared}, where random draws would share "
        f"{closest['low']} to {closest['high']}",
        f"{odd or 'none'} of {count(len(tests), 'pair')} of {word}s {verb(odd, 'share')} more or fewer papers "
        "than random draws from one pool would (false-discovery rate 5 %)",
    ]


def reading(study: Study) -> list[str]:
    """What to read first."""
    lists = study.reading_lists
    main = lists[lists["variant"] == "most covering"]
    if main.empty:
        return ["the papers share too few telling terms for a reading list"]
    first, last = main.iloc[0], main.iloc[-1]
    covered, most = percent(last["covered"]), last["at_most"]
    bound = f"; no list of that length covers more than {percent(most)}" if most < 0.99 else ""
    return [
        f"{count(len(main), 'paper')} {verb(len(main), 'cover')} {covered} of the telling terms of all topics, "
        f"weighted by the papers that use them{bound}",
        f"begin with {quoted(first['title'])}, which covers {percent(first['adds'])} on its own ({listing(first['why'])})",
    ]
