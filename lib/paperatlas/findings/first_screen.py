"""The first screen: a headline made from the findings, and what a reader can use, the most useful first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from paperatlas.findings.moves import Finding, found, movements
from paperatlas.findings.of_pile import concerns
from paperatlas.findings.of_topics import stability, told_apart
from paperatlas.prose import (
    count,
    head,
    only_searches,
    sentence,
    source_phrase,
)
from paperatlas.templates import say
from paperatlas.trends import term_memberships
from paperatlas.trends.significance import LEAD, SURE

if TYPE_CHECKING:
    from paperatlas.study import Study

_MOST_SEARCHES = 5
_SUBJECTS = 3


@dataclass(frozen=True)
class FirstScreen:
    """What the report says first."""

    headline: str  # what the papers are about, and what moves
    summary: str  # how many they are, from when and where
    findings: tuple[Finding, ...]  # three to six, ordered by what a reader can use
    caveat: str  # what the papers are not


def first_screen(study: Study) -> FirstScreen:
    """Say what a pile of papers shows, how sure that is, and where the evidence stands.

    Shares then and now are compared for every theme, topic and subtopic that holds and for every term that names a
    subject, as one family of tests (`paperatlas.trends.contrasts`: within sources, with swings allowed for,
    false-discovery rate 5 % over the family, intervals that hold for what was chosen out of it). What passes is
    *sure*, and the largest changes of it are told; where nothing passes, the clearest is told as *a lead* together
    with the number of comparisons it was chosen from. A term is new if no older paper uses it though chance would
    have put it there (`paperatlas.trends.newcomers`, corrected alike) and its share differs within sources.
    """
    kinds = study.records.attrs["kinds"]
    findings = (*movements(study), _ground(study), _checks(study), *_first_reading(study))
    years = study.corpus["published"].dropna().str[:4]
    said = say(
        "opening",
        papers=len(study.corpus),
        span=[years.min(), years.max()] if len(years) else [],
        sources=source_phrase(kinds),
        searches=count(len(kinds), "search", "searches", words=True) if only_searches(kinds) else "",
        about=subjects(study),
        moved=_moved(findings),
    )
    headline, summary, caveat = (text[:1].upper() + text[1:] for text in said)
    return FirstScreen(headline, summary, findings, sentence(caveat))


def _moved(findings: tuple[Finding, ...]) -> list[str]:
    """The first two things that move, as the papers write them; what is sure goes before a lead."""
    moved = [f for f in findings if f.grade == SURE] or [f for f in findings if f.grade == LEAD]
    return [f"{f.evidence['name'].iloc[0][0]}{f.lead.rstrip('.')[1:]}" for f in moved[:2]]


def subjects(study: Study) -> list[str]:
    """What the pile is about: what was searched for, the largest themes, or without topics the commonest terms."""
    kinds = study.records.attrs["kinds"]
    if only_searches(kinds) and 1 < len(kinds) <= _MOST_SEARCHES:
        return list(dict.fromkeys(str(label).split(" · ")[0] for label in study.dump_table["label"]))
    if not told_apart(study.topics):
        terms = term_memberships(study.worded, min_papers=3, max_share=1)
        uses = terms.loc[terms["subject"], "term"].value_counts()
        if len(uses):
            return sorted(uses.index, key=lambda term: (-uses[term], term))[:_SUBJECTS]
    nodes = study.topics.at("theme")
    if len(nodes) < _SUBJECTS:
        nodes = study.topics.at("topic")
    nodes = nodes.sort_values("size", ascending=False, kind="stable")
    return list(dict.fromkeys(head(name) for name in nodes["name"]))[:_SUBJECTS]


def _ground(study: Study) -> Finding:
    """Which topics are found again when the papers are resampled, and which are not."""
    nodes = study.topics.at("topic").sort_values("stability", ascending=False, kind="stable")
    columns = ["topic", "name", "size", "stability", "stability_low", "stability_high", "grade"]
    page = "index.html#topics"
    if len(nodes) == 1:
        return found("one_topic", "", page, nodes[columns[:3]], text=stability(study)[0])
    if not told_apart(study.topics):
        return found("no_topics", "", page, nodes[columns[:-1]], text=stability(study)[0])
    holds, names = nodes["grade"] == "holds", nodes["name"].map(head)
    names = names.where(~names.duplicated(keep=False), nodes["name"])
    grades = {level: study.topics.at(level)["grade"] == "holds" for level in ("topic", "subtopic")}
    levels = [(level, int(held.sum()), len(held)) for level, held in grades.items() if len(held)]
    solid, thin = names[holds].tolist(), names[~holds].tolist()[::-1]
    return found("ground", "", page, nodes[columns], solid=solid, thin=thin, levels=levels)


def _checks(study: Study) -> Finding:
    """What to know before quoting a number: one row of evidence for each question, one clause for each that bites."""
    total, asked = len(study.corpus), concerns(study)
    evidence = pd.DataFrame([(c.what, c.n, total) for c in asked], columns=["what", "n", "total"])
    amiss = {concern.what: concern.n for concern in asked}
    nearly, several = amiss["no date"] + amiss["other languages"] > 0, amiss["largest source"] > 0
    said = [concern.text for concern in asked if concern.bites]
    facts = {"said": said, "total": total, "nearly": nearly, "several": several}
    return found("checks", "", "passport.html", evidence, **facts)


def _first_reading(study: Study) -> list[Finding]:
    """What to read first, if the papers share enough terms to tell."""
    lists = study.reading_lists
    main = lists[lists["variant"] == "most covering"]
    if main.empty:
        return []
    several = len(study.topics.at("topic")) > 1
    first, last = main.iloc[0], main.iloc[-1]
    facts = {"title": first["title"], "covered": last["covered"], "several": several}
    evidence = main[["place", "paper_id", "title", "published", "covered"]]
    return [found("first_reading", "", "index.html#reading", evidence, n=len(main), **facts)]
