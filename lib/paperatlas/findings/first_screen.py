"""The first screen: a headline made from the findings, and what a reader can use, the most useful first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from paperatlas.findings.moves import Finding, Moves, arrivals, find_moves, movements
from paperatlas.prose import are, count, head, is_plural, listing, percent, quoted, sentence, source_phrase
from paperatlas.trends.contrast import LEAD, SURE
from paperatlas.trends.periods import last_finished

if TYPE_CHECKING:
    from paperatlas.study import Study

_DOMINATES = 0.6
_OTHER_LANGUAGES = 0.05
_MOST_NAMED = 4


@dataclass(frozen=True)
class FirstScreen:
    """What the report says first.

    Attributes
    ----------
    headline, summary : str
        What the papers are about and what moves; how many they are, from when and where.
    findings : tuple of Finding
        Four to six, ordered by what a reader can use.
    caveat : str
        What the papers are not.
    """

    headline: str
    summary: str
    findings: tuple[Finding, ...]
    caveat: str


def first_screen(study: Study) -> FirstScreen:
    """Say what a pile of papers shows, how sure that is, and where the evidence stands.

    Shares then and now are compared for every theme, topic and subtopic that holds and for every term that a reader
    would look up, as one family of tests (`paperatlas.trends.contrasts`: within sources, with swings allowed for,
    false-discovery rate 5 % over the family, intervals that hold for what was chosen out of it). What passes is
    *sure*, and the largest change of it is told; where nothing passes, the clearest is told as *a lead* together
    with the number of comparisons it was chosen from. A term is new if no older paper uses it though chance would
    have put it there (`paperatlas.trends.newcomers`, corrected alike) and its share differs within sources.
    """
    moves = find_moves(study)
    findings = (*movements(study, moves), *arrivals(moves), ground(study), checks(study), *first_reading(study))
    return FirstScreen(_headline(study, findings, moves), _summary(study), findings, _caveat(study))


def _headline(study: Study, findings: tuple[Finding, ...], moves: Moves) -> str:
    told = [f.lead.rstrip(".") for f in findings if f.grade in (SURE, LEAD)]
    told = [lead[0].lower() + lead[1:] if lead[1:2].islower() else lead for lead in told[:2]]
    said = f": {', '.join(told)}" if told else ""
    return f"{_opening(study)} on {listing(subjects(study))}{said}"


def _opening(study: Study) -> str:
    kinds = study.records.attrs["kinds"]
    if set(kinds.values()) <= {"search page"}:
        return sentence(count(len(kinds), "search", "searches", words=True)).rstrip(".")
    return count(len(study.corpus), "paper")


def subjects(study: Study) -> list[str]:
    """What the pile is about: what was searched for, or the largest themes."""
    kinds = study.records.attrs["kinds"]
    if set(kinds.values()) <= {"search page"} and len(kinds) <= _MOST_NAMED + 1:
        labels = [str(label).split(" · ") for label in study.dump_table["label"]]
        return list(dict.fromkeys(labels[0] if len(labels) == 1 else [label[0] for label in labels]))
    nodes = study.topics.at("theme")
    if len(nodes) < 2:
        nodes = study.topics.at("topic")
    return [head(name) for name in nodes.sort_values("size", ascending=False, kind="stable")["name"].head(3)]


def _summary(study: Study) -> str:
    years = study.corpus["published"].dropna().str[:4]
    span = "undated" if years.empty else years.min() if years.nunique() == 1 else f"{years.min()}–{years.max()}"
    return f"{count(len(study.corpus), 'paper')}, {span} · {source_phrase(study.records.attrs['kinds'])}"


def _caveat(study: Study) -> str:
    kinds = study.records.attrs["kinds"]
    if set(kinds.values()) <= {"search page"}:
        return f"This describes {count(len(kinds), 'search', 'searches', words=True)}, not the field."
    return f"This describes {source_phrase(kinds)}, not the field."


def ground(study: Study) -> Finding:
    """Which topics are found again when the papers are resampled, and which are not."""
    nodes = study.topics.at("topic").sort_values("stability", ascending=False, kind="stable")
    evidence = nodes[["topic", "name", "size", "stability", "stability_low", "stability_high", "grade"]]
    solid = [head(name) for name in nodes.loc[nodes["grade"] == "holds", "name"]]
    thin = [head(name) for name in nodes.loc[nodes["grade"] != "holds", "name"]][::-1]
    parts = [f"solid ground: {listing(solid, most=_MOST_NAMED)}"] if solid else []
    parts += [f"thin ice: {listing(thin, most=_MOST_NAMED)}"] if thin else []
    text = (
        f"{len(solid)} of {count(len(nodes), 'topic')} {are(len(solid))} found again when the papers are drawn anew"
    )
    if thin:
        text += f"; where the ice is thin, papers may as well stand elsewhere"
    return Finding(". ".join(map(sentence, parts)), sentence(text), "", "index.html#topics", evidence)


def checks(study: Study) -> Finding:
    """What to know before quoting a number."""
    corpus, kinds = study.corpus, study.records.attrs["kinds"]
    total, said, rows = len(corpus), [], []

    def check(what: str, n: int, text: str) -> None:
        rows.append((what, n, total))
        if text:
            said.append(text)

    years = corpus["published"].dropna().str[:4]
    last = int(years.max()) if len(years) else 0
    unfinished = bool(len(years)) and last_finished(corpus, "year") < last
    n = int((years == str(last)).sum())
    check("papers of an unfinished year", n if unfinished else 0, f"{last} is not over" if unfinished else "")
    held = corpus["dumps"].explode().value_counts()
    big = len(held) > 1 and held.iloc[0] >= _DOMINATES * total
    one = f"one of {source_phrase(kinds)} holds {percent(held.iloc[0] / total)} of the papers"
    check("papers of the largest source", int(held.iloc[0]), one if big else "")
    n = int(corpus["abstract"].fillna("").eq("").sum())
    check("papers without an abstract", n, f"{count(n, 'paper')} {are(n)} placed by the title alone" if n else "")
    n = total - len(years)
    check("papers without a date", n, f"{count(n, 'paper')} ({percent(n / total)}) lack a date" if n else "")
    languages = Counter(corpus["language"].dropna())
    n = total - languages.most_common(1)[0][1] if languages else 0
    mixed = f"{count(len(languages), 'language', words=True)} are mixed" if n >= _OTHER_LANGUAGES * total else ""
    check("papers in another language", n, mixed)
    n = len(study.problems)
    check("problems", n, f"{count(n, 'entry', 'entries')} could not be read in full" if n else "")
    evidence = pd.DataFrame(rows, columns=["what", "n", "total"])
    if not said:
        text = f"all {count(total, 'paper')} have an abstract and a date, and no source outweighs the others"
        return Finding("Nothing stands in the way of quoting.", sentence(text), "", "passport.html", evidence)
    return Finding("Before you quote.", sentence("; ".join(said)), "", "passport.html", evidence)


def first_reading(study: Study) -> list[Finding]:
    """What to read first, if the papers share enough terms to tell."""
    lists = study.reading_lists
    main = lists[lists["variant"] == "most covering"]
    if main.empty:
        return []
    n = len(main)
    text = (
        f"begin with {quoted(main.iloc[0]['title'])}; together they use {percent(main.iloc[-1]['covered'])} of the terms "
        "that tell the topics apart"
    )
    evidence = main[["place", "paper_id", "title", "published", "covered"]]
    return [Finding(f"Read first: {count(n, 'paper')}.", sentence(text), "", "index.html#reading", evidence)]
