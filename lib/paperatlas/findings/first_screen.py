"""The first screen: a headline made from the findings, and what a reader can use, the most useful first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from paperatlas.findings.moves import Finding, find_moves, movements
from paperatlas.prose import (
    are,
    count,
    head,
    listing,
    only_searches,
    percent,
    quoted,
    sentence,
    source_phrase,
)
from paperatlas.readers import NO_ABSTRACT
from paperatlas.trends.periods import last_finished
from paperatlas.trends.significance import LEAD, SURE

if TYPE_CHECKING:
    from paperatlas.study import Study

_DOMINATES = 0.6
_OTHER_LANGUAGES = 0.05
_UNDATED = 0.02
_NAMED = 4
_SUBJECTS = 3


@dataclass(frozen=True)
class FirstScreen:
    """What the report says first.

    Attributes
    ----------
    headline, summary : str
        What the papers are about and what moves; how many they are, from when and where.
    findings : tuple of Finding
        Three to six, ordered by what a reader can use.
    caveat : str
        What the papers are not.
    """

    headline: str
    summary: str
    findings: tuple[Finding, ...]
    caveat: str


def first_screen(study: Study) -> FirstScreen:
    """Say what a pile of papers shows, how sure that is, and where the evidence stands.

    Shares then and now are compared for every theme, topic and subtopic that holds and for every term that names a
    subject, as one family of tests (`paperatlas.trends.contrasts`: within sources, with swings allowed for,
    false-discovery rate 5 % over the family, intervals that hold for what was chosen out of it). What passes is
    *sure*, and the largest changes of it are told; where nothing passes, the clearest is told as *a lead* together
    with the number of comparisons it was chosen from. A term is new if no older paper uses it though chance would
    have put it there (`paperatlas.trends.newcomers`, corrected alike) and its share differs within sources.
    """
    findings = (*movements(study, find_moves(study)), ground(study), checks(study), *first_reading(study))
    return FirstScreen(_headline(study, findings), _summary(study), findings, _caveat(study))


def _headline(study: Study, findings: tuple[Finding, ...]) -> str:
    """The sources, what they are about, and the first two things that move; what is sure goes before a lead."""
    moved = [f for f in findings if f.grade == SURE] or [f for f in findings if f.grade == LEAD]
    told = []
    for finding in moved[:2]:
        lead, name = finding.lead.rstrip("."), str(finding.evidence["name"].iloc[0])
        told.append(name[0] + lead[1:])  # as the papers write it
    kinds = study.records.attrs["kinds"]
    opening = count(len(study.corpus), "paper")
    if only_searches(kinds):
        opening = sentence(count(len(kinds), "search", "searches", words=True)).rstrip(".")
    return f"{opening} on {listing(subjects(study))}{': ' if told else ''}{', and '.join(told)}"


def subjects(study: Study) -> list[str]:
    """What the pile is about: what was searched for, or the largest themes."""
    kinds = study.records.attrs["kinds"]
    if only_searches(kinds) and 1 < len(kinds) <= _NAMED + 1:
        return list(dict.fromkeys(str(label).split(" · ")[0] for label in study.dump_table["label"]))
    nodes = study.topics.at("theme")
    if len(nodes) < _SUBJECTS:
        nodes = study.topics.at("topic")
    nodes = nodes.sort_values("size", ascending=False, kind="stable")
    return list(dict.fromkeys(head(name) for name in nodes["name"]))[:_SUBJECTS]


def _summary(study: Study) -> str:
    years = study.corpus["published"].dropna().str[:4]
    span = "undated"
    if len(years):
        span = years.min() if years.min() == years.max() else f"{years.min()}–{years.max()}"
    return f"{count(len(study.corpus), 'paper')}, {span} · {source_phrase(study.records.attrs['kinds'])}"


def _caveat(study: Study) -> str:
    kinds = study.records.attrs["kinds"]
    sources = (
        count(len(kinds), "search", "searches", words=True) if only_searches(kinds) else source_phrase(kinds)
    )
    return f"This describes {sources}, not the field."


def ground(study: Study) -> Finding:
    """Which topics are found again when the papers are resampled, and which are not."""
    nodes = study.topics.at("topic").sort_values("stability", ascending=False, kind="stable")
    evidence = nodes[["topic", "name", "size", "stability", "stability_low", "stability_high", "grade"]]
    solid = [head(name) for name in nodes.loc[nodes["grade"] == "holds", "name"]]
    thin = [head(name) for name in nodes.loc[nodes["grade"] != "holds", "name"]][::-1]
    if len(nodes) == 1:
        text = "drawn anew, no part of the papers is found again as a topic of its own"
        return Finding("There is one topic only.", sentence(text), "", "index.html#topics", evidence)
    leads = [f"solid ground: {listing(solid, most=_NAMED)}"] if solid else []
    leads += [f"thin ice: {listing(thin, most=_NAMED)}"] if thin else []
    said = [f"{len(solid) or 'none'} of {count(len(nodes), 'topic')}"]
    finer = study.topics.at("subtopic")
    if len(finer):
        said.append(f"{int((finer['grade'] == 'holds').sum()) or 'none'} of {count(len(finer), 'subtopic')}")
    text = f"{listing(said)} {are(len(solid))} found again when the papers are drawn anew"
    return Finding(" ".join(map(sentence, leads)), sentence(text), "", "index.html#topics", evidence)


def checks(study: Study) -> Finding:
    """What to know before quoting a number: one row of evidence for each question, one clause for each that bites."""
    corpus, total = study.corpus, len(study.corpus)
    years = corpus["published"].dropna().str[:4]
    last = years.max() if len(years) else ""
    unfinished = bool(len(years)) and last_finished(corpus, "year") < int(last)
    held = corpus["dumps"].explode().value_counts()
    languages = corpus["language"].dropna().value_counts()
    asked = {
        "unfinished": int((years == last).sum()) if unfinished else 0,
        "largest source": int(held.iloc[0]) if len(held) > 1 else 0,
        "no abstract": int(corpus["abstract"].fillna("").eq("").sum()),
        "no date": total - len(years),
        "other languages": int(languages.sum() - languages.max()) if len(languages) else 0,
        "problems": int((~study.problems["reason"].str.startswith(NO_ABSTRACT)).sum()),
    }
    n = asked["no abstract"]
    clauses = {
        "unfinished": f"{last} is not complete ({count(asked['unfinished'], 'paper')} so far)",
        "largest source": f"one of {source_phrase(study.records.attrs['kinds'])} holds "
        f"{percent(asked['largest source'] / total)} of the papers",
        "no abstract": f"{count(n, 'paper')} {'has' if n == 1 else 'have'} no abstract and {are(n)} placed by title alone",
        "no date": f"{percent(asked['no date'] / total)} of the papers have no date"
        if len(years)
        else "no paper has a date",
        "other languages": f"{percent(asked['other languages'] / total)} of the papers are in another language than most",
        "problems": f"{count(asked['problems'], 'entry', 'entries')} could not be read in full",
    }
    least = {
        "largest source": _DOMINATES * total,
        "no date": _UNDATED * total,
        "other languages": _OTHER_LANGUAGES * total,
    }
    said = [clauses[what] for what, n in asked.items() if n > least.get(what, 0)]
    evidence = pd.DataFrame({"what": list(asked), "n": list(asked.values()), "total": total})
    if not said:
        text = f"nearly all of {count(total, 'paper')} have an abstract and a date, and no source outweighs the others"
        return Finding("Nothing stands in the way of quoting.", sentence(text), "", "passport.html", evidence)
    return Finding("Before you quote.", sentence("; ".join(said)), "", "passport.html", evidence)


def first_reading(study: Study) -> list[Finding]:
    """What to read first, if the papers share enough terms to tell."""
    lists = study.reading_lists
    main = lists[lists["variant"] == "most covering"]
    if main.empty:
        return []
    use = f"together the {len(main)} use" if len(main) > 1 else "it uses"
    text = (
        f"begin with {quoted(main.iloc[0]['title'])}; {use} {percent(main.iloc[-1]['covered'])} of the terms that tell the "
        "topics apart"
    )
    evidence = main[["place", "paper_id", "title", "published", "covered"]]
    return [
        Finding(
            f"Read first: {count(len(main), 'paper')}.", sentence(text), "", "index.html#reading", evidence
        )
    ]
