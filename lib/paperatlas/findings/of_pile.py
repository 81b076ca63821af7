"""What a pile holds: its records, papers, dates and texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from paperatlas.findings.of_topics import levels_counted, stability
from paperatlas.findings.of_trends import verdicts_counted
from paperatlas.prose import count, listing, percent, quoted, source_phrase, source_word
from paperatlas.text.space import quantise
from paperatlas.trends import date_coverage

if TYPE_CHECKING:
    from paperatlas.study import Study


def overview(study: Study) -> list[str]:
    """The pile in five sentences."""
    corpus, topics, kinds = study.corpus, study.topics, study.records.attrs["kinds"]
    years = corpus["published"].dropna().str[:4]
    span = f"published from {years.min()} to {years.max()}" if len(years) else "none of them dated"
    if len(set(years)) == 1:
        span = f"published in {years.iloc[0]}"
    themes = topics.at("theme").sort_values("size", ascending=False)["name"]
    largest = f"; the largest themes are {listing([quoted(n) for n in themes.head(3)])}"
    systems, linking = study.ledger.systems["name"].nunique(), study.ledger.links["paper_id"].nunique()
    return [
        f"{source_phrase(kinds)} with {count(len(study.records), 'record')} {'hold' if len(kinds) != 1 else 'holds'} "
        f"{count(len(corpus), 'paper')}, {span}",
        levels_counted(topics) + (largest if len(themes) > 1 else ""),
        stability(study),
        verdicts_counted(study),
        f"the abstracts introduce {count(systems, 'named system') if systems else 'no named system'}, and "
        f"{count(linking, 'paper') if linking else 'none'} {'link' if linking > 1 else 'links'} to code or data",
    ]


def loading(study: Study) -> list[str]:
    """What the loader found."""
    records, corpus = study.records, study.corpus
    problems, kinds = records.attrs["problems"], records.attrs["kinds"]
    lost = [problem for problem in problems if not problem.kept]
    doubted = len(problems) - len(lost)
    several = int((corpus["n_dumps"] > 1).sum())
    shared = f", {several:,} of which ({percent(several / len(corpus))}) stand in more than one {source_word(kinds)}"
    sentences = [
        f"{count(len(records), 'record')} stand in {source_phrase(kinds)}; "
        + (f"{count(len(lost), 'entry', 'entries')} could not be read" if lost else "every entry was read")
        + (f", {count(doubted, 'entry', 'entries')} not without doubt" if doubted else ""),
        f"they are {count(len(corpus), 'paper')}" + (shared if len(kinds) > 1 else ""),
    ]
    if near := study.near_duplicates:
        titles = corpus.set_index("paper_id")["title"]
        pair = near[0]
        them = f"{quoted(titles[pair.paper_id])} and {quoted(titles[pair.other_id])} ({percent(pair.score)} of the abstract)"
        sentences.append(
            f"one pair of papers is much alike and stays apart: {them}"
            if len(near) == 1
            else f"{len(near):,} pairs of papers are much alike and stay apart; the closest is {them}"
        )
    return sentences


def _of_all(n: int, total: int) -> str:
    return f"all {count(total, 'paper')}" if n == total else f"{n or 'none'} of {count(total, 'paper')}"


def dating(study: Study) -> list[str]:
    """How well the papers are dated."""
    corpus = study.corpus
    dated = corpus["published"].notna()
    to_month = int((corpus["precision"] == "month").sum())
    sentences = [
        f"{_of_all(int(dated.sum()), len(corpus))} have a year, {to_month or 'none':} a month, "
        f"{int(corpus['arxiv_id'].notna().sum()) or 'none'} an arXiv id"
    ]
    if dated.any():
        years = corpus.loc[dated, "published"].str[:4].astype(int)
        low, high = int(years.quantile(0.25)), int(years.quantile(0.75))
        spread = f"from {low} to {high}" if low < high else f"in {low}"
        sentences.append(
            f"the middle half of them appeared {spread}; the newest in {years.max()}"
            if len(set(years)) > 1
            else f"all of them appeared in {low}"
        )
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
        if len(table) < 2:
            continue
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
    """What the embeddings are worth: how much nearer the nearest paper is than any."""
    grid = quantise(study.vectors)  # on the grid sums are exact, whatever the machine
    lengths = np.sqrt((grid * grid).sum(axis=1))
    similar = (grid @ grid.T) / lengths[:, None] / lengths[None, :]
    others = similar[~np.eye(len(grid), dtype=bool)].reshape(len(grid), -1)
    return [
        f"{count(len(grid), 'paper')} became vectors of {grid.shape[1]} numbers each",
        f"the median similarity of a paper to its nearest other is {np.median(others.max(axis=1)):.2f}; of two papers "
        f"drawn at random it is {np.median(others):.2f}",
    ]
