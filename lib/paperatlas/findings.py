"""What the data say, as sentences: each is generated, so that it holds for other dumps too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas import compare
from paperatlas.intervals import wilson
from paperatlas.prose import between, count, listing, percent, quoted

if TYPE_CHECKING:
    from paperatlas.study import Study


def _top(table: pd.DataFrame, by: pd.Series) -> dict[str, Any]:
    """Row of the table with the largest value; of equal ones the first."""
    return {str(k): v for k, v in table.iloc[int(by.to_numpy().argmax())].items()}


def overview(study: Study) -> list[str]:
    """The pile in five sentences."""
    corpus, topics = study.corpus, study.topics
    years = corpus["published"].dropna().str[:4]
    span = f"published from {years.min()} to {years.max()}" if len(years) else "none of them dated"
    largest = topics.themes.sort_values("size", ascending=False)
    n_dumps = len(study.dump_table)
    sentences = [
        f"{count(n_dumps, 'dump', words=True)} with {count(len(study.records), 'record')} "
        f"{'hold' if n_dumps != 1 else 'holds'} {count(len(corpus), 'paper')}, {span}",
        f"They fall into {count(len(topics.themes), 'theme', words=True)} and {count(len(topics.table), 'topic')}; "
        f"the largest themes are {listing([quoted(n) for n in largest['name'].head(3)])}",
        _stability(study),
        _trend_verdicts(study),
        f"The abstracts introduce {count(study.ledger.systems['name'].nunique(), 'named system')} and link to code "
        f"or data in {count(study.ledger.links['paper_id'].nunique(), 'paper')}",
    ]
    return sentences


def loading(study: Study) -> list[str]:
    """What the loader found."""
    records, corpus = study.records, study.corpus
    problems = records.attrs["problems"]
    several = int((corpus["n_dumps"] > 1).sum())
    near = study.near_duplicates
    sentences = [
        f"{count(len(records), 'record')} stand in {count(records['dump'].nunique(), 'dump', words=True)}; "
        + (f"{count(len(problems), 'line')} could not be placed" if problems else "every line was placed"),
        f"they are {count(len(corpus), 'paper')}, {several} of which ({percent(several / len(corpus))}) stand in "
        "more than one dump",
    ]
    if near:
        titles = corpus.set_index("paper_id")["title"]
        pair = near[0]
        sentences.append(
            f"{count(len(near), 'pair')} of papers {'is' if len(near) == 1 else 'are'} much alike and stay apart; "
            "the closest is "
            f"{quoted(titles[pair.paper_id])} and {quoted(titles[pair.other_id])} ({percent(pair.score)} of the abstract)"
        )
    return sentences


def dating(study: Study) -> list[str]:
    """How well the papers are dated."""
    corpus = study.corpus
    dated = corpus["published"].notna()
    to_month = corpus["precision"] == "month"
    sentences = [
        f"{dated.sum():,} of {count(len(corpus), 'paper')} ({percent(dated.mean())}) have a year, "
        f"{to_month.sum():,} a month, {corpus['arxiv_id'].notna().sum():,} an arXiv id"
    ]
    if dated.any():
        years = corpus.loc[dated, "published"].str[:4].astype(int)
        low, high = years.quantile(0.25), years.quantile(0.75)
        sentences.append(
            f"the middle half of them appeared from {low:.0f} to {high:.0f}; the newest in {years.max()}"
        )
    if not dated.all():
        sentences.append(
            f"{count(int((~dated).sum()), 'paper')} without a date {'are' if (~dated).sum() != 1 else 'is'} left out of "
            "every figure over time"
        )
    return sentences


def topics(study: Study) -> list[str]:
    """How far the topics can be trusted."""
    result = study.topics
    table = result.table
    best = _top(table, table["name_auc"])
    weak = result.papers["confidence"] < 0.5
    return [
        f"{count(len(result.table), 'topic')} in {count(len(result.themes), 'theme', words=True)}; every paper has one",
        _stability(study),
        f"{count(int(weak.sum()), 'paper')} ({percent(weak.mean())}) sit between topics, with a confidence below one half",
        f"the name that finds its own papers best is {quoted(best['name'])} (AUC {best['name_auc']:.2f}); the mean over "
        f"all names is {table['name_auc'].mean():.2f}",
    ]


def _stability(study: Study) -> str:
    table = study.topics.table
    stable = table[table["stable"]]
    steadiest = _top(table, table["stability"])
    return (
        f"{len(stable)} of {count(len(table), 'topic')} survive resampling of the papers; the most stable is "
        f"{quoted(steadiest['name'])} (Jaccard {steadiest['stability']:.2f})"
    )


def mapping(study: Study) -> list[str]:
    """How far the map can be trusted."""
    kept = study.papers["kept_neighbours"]
    worst = study.papers.groupby("topic_name")["kept_neighbours"].mean().sort_values()
    return [
        f"on average {percent(float(kept.mean()))} of a paper's nearest neighbours are still its nearest on the map; a "
        f"random picture would keep {percent(study.map.expected)}",
        f"{count(int((kept < 0.2).sum()), 'paper')} kept fewer than one in five: read their place with care",
        f"the map is truest in {quoted(str(worst.index[-1]))} and least true in {quoted(str(worst.index[0]))}",
    ]


def trends(study: Study) -> list[str]:
    """Which topics move."""
    tests = study.trend_tests.merge(study.topics.table[["topic", "name"]], on="topic")
    sentences = [_trend_verdicts(study)]
    for verdict in ("rising", "fading"):
        for row in tests[tests["verdict"] == verdict].sort_values("p_adjusted").head(3).itertuples():
            sentences.append(
                f"{quoted(str(row.name))} is {verdict}: its odds change by a factor of {row.odds_ratio:.2f} per year "
                f"({row.odds_low:.2f} to {row.odds_high:.2f})"
            )
    sentences.append(
        "a dump is the answer to a search, not a census: these are shares of this pile, not of the literature"
    )
    return sentences


def _trend_verdicts(study: Study) -> str:
    tests = study.trend_tests.merge(study.topics.table[["topic", "name"]], on="topic")
    parts = []
    for verdict in ("rising", "fading", "steady"):
        names = tests.loc[tests["verdict"] == verdict, "name"].tolist()
        if names:
            shown = f" ({listing([quoted(n) for n in names], most=2)})" if verdict != "steady" else ""
            parts.append(f"{len(names)} {'are' if len(names) != 1 else 'is'} {verdict}{shown}")
    unknown = int((tests["verdict"] == "not enough papers").sum())
    if unknown:
        parts.append(f"for {unknown} there are not enough papers to tell")
    return f"of {count(len(tests), 'topic')}, " + listing(parts, most=4)


def ledger(study: Study) -> list[str]:
    """What the papers introduce and claim."""
    systems, claims, links = study.ledger.systems, study.ledger.claims, study.ledger.links
    n = len(study.corpus)
    code = links.loc[links["kind"] == "code", "paper_id"].nunique()
    low, high = (float(bound[0]) for bound in wilson(np.array([code]), np.array([n])))
    numbered = claims["value"].notna()
    return [
        f"{count(systems['paper_id'].nunique(), 'paper')} introduce {count(systems['name'].nunique(), 'named system')}",
        f"{count(code, 'abstract')} ({percent(code / n)}, 95 % interval {between(low, high)}) give a link to code",
        f"{count(int(numbered.sum()), 'claim')} carry a number; {count(int((~numbered).sum()), 'claim')} of the state of "
        "the art do not",
    ]


def dumps(study: Study) -> list[str]:
    """What each dump is about."""
    table = study.dump_table
    if len(table) == 1:
        return [
            "there is one dump, so there is nothing to compare it with; add another to see what sets them apart"
        ]
    pairs = compare.overlaps(study.corpus)
    closest = _top(pairs, pairs["jaccard"])
    labels = table.set_index("dump")["label"]
    cells = study.topics_by_dump
    sure = int((cells["p_adjusted"] < 0.05).sum())
    lone = _top(table, table["only_here"] / table["papers"])
    return [
        f"the two dumps with most in common are {quoted(labels[closest['dump']])} and {quoted(labels[closest['other']])}: "
        f"{count(int(closest['shared']), 'shared paper')} (Jaccard {closest['jaccard']:.2f})",
        f"{quoted(lone['label'])} stands most alone: {percent(lone['only_here'] / lone['papers'])} of its papers are in no "
        "other dump",
        f"in {sure} of {len(cells)} cells a dump holds more or fewer papers of a topic than its size explains (Fisher's "
        "exact test, false-discovery rate 5 %)",
    ]
