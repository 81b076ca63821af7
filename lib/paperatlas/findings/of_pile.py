"""What a pile holds: its records, papers, dates and texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from paperatlas.dates import month_of_id
from paperatlas.findings.of_topics import levels_counted, stability
from paperatlas.findings.of_trends import verdicts_counted
from paperatlas.intervals import wilson
from paperatlas.prose import between, count, listing, percent, quoted, source_word
from paperatlas.text.space import quantise
from paperatlas.trends import date_coverage
from paperatlas.trends.significance import OPEN

if TYPE_CHECKING:
    from paperatlas.study import Study


def overview(study: Study) -> list[str]:
    """The pile in five sentences."""
    corpus, topics = study.corpus, study.topics
    years = corpus["published"].dropna().str[:4]
    span = f"published from {years.min()} to {years.max()}" if len(years) else "none of them dated"
    largest = topics.at("theme").sort_values("size", ascending=False)
    n_dumps, word = len(study.dump_table), source_word(study.records.attrs["kinds"])
    sentences = [
        f"{count(n_dumps, word, words=True)} with {count(len(study.records), 'record')} "
        f"{'hold' if n_dumps != 1 else 'holds'} {count(len(corpus), 'paper')}, {span}",
        f"They fall into {levels_counted(topics)}; "
        f"the largest themes are {listing([quoted(n) for n in largest['name'].head(3)])}",
        stability(study),
        verdicts_counted(study),
        f"The abstracts introduce {count(study.ledger.systems['name'].nunique(), 'named system')} and link to code "
        f"or data in {count(study.ledger.links['paper_id'].nunique(), 'paper')}",
    ]
    return sentences


def loading(study: Study) -> list[str]:
    """What the loader found."""
    records, corpus = study.records, study.corpus
    problems, word = records.attrs["problems"], source_word(records.attrs["kinds"])
    lost = [problem for problem in problems if not problem.kept]
    doubted = len(problems) - len(lost)
    several = int((corpus["n_dumps"] > 1).sum())
    near = study.near_duplicates
    sentences = [
        f"{count(len(records), 'record')} stand in {count(records['dump'].nunique(), word, words=True)}; "
        + (f"{count(len(lost), 'entry', 'entries')} could not be read" if lost else "every entry was read")
        + (f", {count(doubted, 'entry', 'entries')} not without doubt" if doubted else ""),
        f"they are {count(len(corpus), 'paper')}, {several} of which ({percent(several / len(corpus))}) stand in "
        f"more than one {word}",
    ]
    if near:
        titles = corpus.set_index("paper_id")["title"]
        pair = near[0]
        sentences.append(
            f"{count(len(near), 'pair')} of papers {'is' if len(near) == 1 else 'are'} much alike and "
            f"{'stays' if len(near) == 1 else 'stay'} apart; "
            "the closest is "
            f"{quoted(titles[pair.paper_id])} and {quoted(titles[pair.other_id])} ({percent(pair.score)} of the abstract)"
        )
    return sentences


def carrying(study: Study) -> list[str]:
    """What a pile can carry: which parts of the analysis have enough to stand on."""
    corpus, tests = study.corpus, study.trend_tests
    dated = int(corpus["published"].notna().sum())
    told = int((tests["verdict"] != OPEN).sum())
    n_dumps, word = len(study.dump_table), source_word(study.records.attrs["kinds"])
    return [
        study.topics.verdict,
        f"{dated:,} of {count(len(corpus), 'paper')} have a date, and "
        f"{told or 'none'} of {count(len(study.trend_tests), 'topic')} {'has' if told == 1 else 'have'} enough papers "
        "for a verdict on a trend",
        f"{count(n_dumps, word, words=True)} can be compared"
        if n_dumps > 1
        else f"one {word} has nothing to be compared with",
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
    return [*sentences, *date_sources(corpus), *_month_check(corpus), *coverage(study)]


def date_sources(corpus: pd.DataFrame) -> list[str]:
    """Which source dated how many papers, how surely, and whether sources disagree."""
    scores = corpus["match_score"].dropna()
    used = corpus["date_source"].dropna().value_counts()
    said = [f"{quoted(str(name))} dated {count(int(n), 'paper')}" for name, n in used.items()]
    if len(scores):
        exact = int((scores >= 1).sum())
        weakest = f"; the weakest match scores {scores.min():.2f}" if exact < len(scores) else ""
        said.append(f"{exact:,} of {count(len(scores), 'match', 'matches')} are exact{weakest}")
    asked, odd = corpus.attrs.get("date_sources", []), corpus.attrs.get("date_disagreements", [])
    if odd:
        first = odd[0]
        said.append(
            f"sources disagree {count(len(odd), 'time')}, first on {quoted(str(first['title']))}: "
            f"{first['published']} in {quoted(str(first['source']))}, {first['other_published']} in "
            f"{quoted(str(first['other_source']))}; the first is taken"
        )
    elif len(asked) > 1:
        said.append(f"{count(len(asked), 'source', words=True)} were asked, and none disagrees with another")
    if problems := corpus.attrs.get("date_problems", []):
        said.append(f"{count(len(problems), 'entry', 'entries')} of the sources could not be used")
    return said


def _month_check(corpus: pd.DataFrame) -> list[str]:
    """Whether the dates agree with the months in arXiv's ids."""
    months = corpus["arxiv_id"].map(month_of_id, na_action="ignore").fillna("")
    both = corpus["published"].str.len().eq(7) & months.ne("")
    if not both.any():
        return []
    same = int((corpus.loc[both, "published"] == months[both]).sum())
    return [
        f"as a check, the month in the arXiv id is the month of the date in {same:,} of {count(int(both.sum()), 'paper')}"
    ]


def coverage(study: Study, period: str = "year") -> list[str]:
    """What missing dates do to figures by year, quarter or month."""
    tables = {
        what: date_coverage(study.corpus, study.topics, level=by, period=period)
        for what, by in (("topic", "topic"), (source_word(study.records.attrs["kinds"]), "dumps"))
    }
    topics = study.topics.at("topic").set_index("topic")["name"]
    return uneven_dates(tables, topics.to_dict() | study.dump_table.set_index("dump")["label"].to_dict())


def uneven_dates(tables: Mapping[str, pd.DataFrame], names: Mapping[object, str]) -> list[str]:
    """Whether dates are missing, and whether from some groups more than from others.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        As from `paperatlas.trends.date_coverage`, by what the groups are ("topic", "dump").
    names : mapping
        Name of each group.
    """
    whole = next(iter(tables.values())).attrs
    unit, missing = str(whole["period"]), whole["papers"] - whole["dated"]
    if not whole["dated"]:
        return [f"no paper has its {unit}, so there is no figure by {unit}; give sources of dates"]
    if not missing:
        return [f"every paper has its {unit}, so missing dates distort no figure by {unit}"]
    said = [
        f"{count(missing, 'paper')} ({percent(missing / whole['papers'])}) "
        f"{'is' if missing == 1 else 'are'} missing from every figure by {unit}"
    ]
    for what, table in tables.items():
        by = str(table.columns[0])
        poorer = table["share"] < whole["dated"] / whole["papers"]
        uneven = table[poorer & (table["p_adjusted"] <= 0.05)].sort_values(["share", by])
        test = f"Fisher's exact test, {count(len(table), what)}, false-discovery rate 5 %"
        if uneven.empty:
            least = float(table["p_adjusted"].min())
            said.append(
                f"no {what} lacks more of them than chance explains ({test}; smallest adjusted p {least:.2f})"
            )
            continue
        shown = [
            f"{quoted(str(names[group]))} ({percent(share)} of {n:,} dated)"
            for group, share, n in uneven[[by, "share", "papers"]].itertuples(index=False)
        ]
        said.append(
            f"dates are missing unevenly by {what} ({test}): {listing(shown, most=3)}; curves of these mislead"
        )
    return said


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
            f"stands in one of the same {source_word(study.records.attrs['kinds'])}s; of two papers drawn at random, "
            f"{percent(float(together[pairs].mean()))} do"
        )
    return sentences
