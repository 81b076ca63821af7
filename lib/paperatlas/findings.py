"""What the data say, as sentences: each is generated, so that it holds for other dumps too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas import compare, ledger_findings
from paperatlas.dates import month_of_id
from paperatlas.fixedpoint import quantise
from paperatlas.intervals import wilson
from paperatlas.prose import between, count, listing, percent, quoted
from paperatlas.trends import date_coverage, topic_trends, worst_case
from paperatlas.trends import sentences as say

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
    lost = [problem for problem in problems if not problem.placed]
    doubted = len(problems) - len(lost)
    several = int((corpus["n_dumps"] > 1).sum())
    near = study.near_duplicates
    sentences = [
        f"{count(len(records), 'record')} stand in {count(records['dump'].nunique(), 'dump', words=True)}; "
        + (f"{count(len(lost), 'line')} could not be placed" if lost else "every line was placed")
        + (f", {count(doubted, 'line')} not without doubt" if doubted else ""),
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


def carrying(study: Study) -> list[str]:
    """What a pile can carry: which parts of the analysis have enough to stand on."""
    corpus, tests = study.corpus, study.trend_tests
    dated = int(corpus["published"].notna().sum())
    told = int((tests["verdict"] != "not enough papers").sum())
    n_dumps = len(study.dump_table)
    return [
        study.topics.verdict,
        f"{dated:,} of {count(len(corpus), 'paper')} have a date, and "
        f"{told or 'none'} of {count(len(study.topics.table), 'topic')} {'has' if told == 1 else 'have'} enough papers "
        "for a verdict on a trend",
        f"{count(n_dumps, 'dump', words=True)} can be compared"
        if n_dumps > 1
        else "one dump has nothing to be compared with",
    ]


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
    sentences += say.sources(corpus)
    sentences += say.month_check(corpus, corpus["arxiv_id"].map(month_of_id, na_action="ignore").fillna(""))
    return sentences + coverage(study)


def coverage(study: Study, period: str = "year") -> list[str]:
    """What missing dates do to figures by year, quarter or month."""
    corpus, result = study.corpus, study.topics
    tables = {
        what: date_coverage(corpus, result, by=by, period=period)
        for what, by in (("topic", "topic"), ("dump", "dumps"))
    }
    names = {
        "topic": result.table.set_index("topic")["name"],
        "dump": study.dump_table.set_index("dump")["label"],
    }
    worst = worst_case(topic_trends(corpus, result, period=period), corpus, result)
    return say.coverage(tables, names, worst)


def texts(study: Study) -> list[str]:
    """What the embeddings are worth: neighbours in words against neighbours by search.

    The searches know nothing of the embeddings, so that they are a second opinion on who belongs together.
    """
    corpus = study.corpus
    grid = quantise(study.vectors)  # on the grid sums are exact, whatever the machine
    lengths = np.sqrt((grid * grid).sum(axis=1))
    similar = (grid @ grid.T) / lengths[:, None] / lengths[None, :]
    pairs = ~np.eye(len(corpus), dtype=bool)
    nearest = np.where(pairs, np.round(similar, 6), -np.inf).argmax(axis=1)
    sentences = [
        f"{count(len(corpus), 'paper')} became vectors of {study.vectors.shape[1]} numbers each",
        "the median similarity of a paper to its nearest other is "
        f"{np.median(similar[np.arange(len(corpus)), nearest]):.2f}; of two papers drawn at random it is "
        f"{np.median(similar[pairs]):.2f}",
    ]
    in_dump = pd.get_dummies(corpus["dumps"].explode()).groupby(level=0).any().to_numpy(dtype=float)
    if in_dump.shape[1] > 1:
        together = in_dump @ in_dump.T > 0
        agree = int(together[np.arange(len(corpus)), nearest].sum())
        low, high = (float(b[0]) for b in wilson(np.array([agree]), np.array([len(corpus)])))
        sentences.append(
            f"for {percent(agree / len(corpus))} of the papers (95 % interval {between(low, high)}) the nearest other "
            "was found by one of the same searches; of two papers drawn at random, "
            f"{percent(float(together[pairs].mean()))} were"
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


def topic(study: Study, number: int) -> list[str]:
    """One topic, and how far to trust it."""
    row: dict[Any, Any] = study.topics.table.set_index("topic").loc[number].to_dict()
    verdict = study.trend_tests.set_index("topic")["verdict"].get(number)
    papers = study.topics.papers
    second = papers.loc[papers["topic"] == number, "runner_up"].value_counts()
    names = study.topics.table.set_index("topic")["name"]
    sentences = [
        f"{quoted(row['name'])} holds {count(int(row['size']), 'paper')} and "
        f"{'survives' if row['stable'] else 'does not survive'} resampling (Jaccard {row['stability']:.2f}, "
        f"95 % interval {row['stability_low']:.2f} to {row['stability_high']:.2f})",
        f"its words: {listing(str(row['words']).split(';'), most=10)}",
    ]
    if len(second) and second.index[0] in names.index:
        sentences.append(f"where its papers do not stay, most join {quoted(names[second.index[0]])}")
    if isinstance(verdict, str):
        sentences.append(f"its share over time: {verdict}")
    return sentences


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
    return [*sentences, *say.doubt(tests, tests["name"].set_axis(tests["topic"])), say.CENSUS]


def _trend_verdicts(study: Study) -> str:
    tests = study.trend_tests.merge(study.topics.table[["topic", "name"]], on="topic")
    if tests.empty:
        return "no topic can be followed over time, for too few papers have a date"
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
    """What the papers introduce, name and claim."""
    return ledger_findings.sentences(study)


def dumps(study: Study) -> list[str]:
    """What each dump is about, and what it shares with the others."""
    table = study.dump_table
    if len(table) == 1:
        return [
            "there is one dump, so there is nothing to compare it with; add another to see what sets them apart"
        ]
    labels = table.set_index("dump")["label"]
    lone = _top(table, table["only_here"] / table["papers"])
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
    closest = _top(tests, jaccard)
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
        row = _top(known, known["shared"])
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
