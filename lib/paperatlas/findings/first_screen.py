"""The first screen: a headline made from the findings, and what a reader can use, the most useful first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from paperatlas.findings.moves import Finding, movements
from paperatlas.findings.of_topics import told_apart
from paperatlas.intervals import Z95
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
from paperatlas.trends import term_memberships
from paperatlas.trends.periods import last_finished
from paperatlas.trends.significance import LEAD, SURE

if TYPE_CHECKING:
    from paperatlas.study import Study

_FEW = 100
_NAMED = 4
_SUBJECTS = 3
# From which part of the papers on a doubt is worth a clause.
_WORTH_SAYING = {"largest source": 0.6, "no date": 0.02, "other languages": 0.05}


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
    kinds = study.records.attrs["kinds"]
    searches = count(len(kinds), "search", "searches", words=True)
    sources = searches if only_searches(kinds) else source_phrase(kinds)
    findings = (*movements(study), _ground(study), _checks(study), *_first_reading(study))
    opening = (
        searches[:1].upper() + searches[1:] if only_searches(kinds) else count(len(study.corpus), "paper")
    )
    about, moved = subjects(study), _moved(findings)
    headline = opening + (f" on {listing(about)}" if about else "") + (f": {moved}" if moved else "")
    years = study.corpus["published"].dropna().str[:4]
    span = "–".join(sorted({years.min(), years.max()})) if len(years) else "undated"
    summary = f"{count(len(study.corpus), 'paper')}, {span} · {source_phrase(kinds)}"
    return FirstScreen(headline, summary, findings, f"This describes {sources}, not the field.")


def _moved(findings: tuple[Finding, ...]) -> str:
    """The first two things that move, as the papers write them; what is sure goes before a lead."""
    moved = [f for f in findings if f.grade == SURE] or [f for f in findings if f.grade == LEAD]
    told = [f"{f.evidence['name'].iloc[0][0]}{f.lead.rstrip('.')[1:]}" for f in moved[:2]]
    return ", and ".join(told)


def subjects(study: Study) -> list[str]:
    """What the pile is about: what was searched for, the largest themes, or without topics the commonest terms."""
    kinds = study.records.attrs["kinds"]
    if only_searches(kinds) and 1 < len(kinds) <= _NAMED + 1:
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
    evidence = nodes[["topic", "name", "size", "stability", "stability_low", "stability_high", "grade"]]
    page = "index.html#topics"
    if len(nodes) == 1:
        text = "drawn anew, no part of the papers is found again as a topic of its own"
        return Finding(
            "There is one topic only.", sentence(text), "", page, evidence[["topic", "name", "size"]]
        )
    if not told_apart(study.topics):
        text = "groups come back as well in papers where there is nothing to find, so what is shown as a topic is a sketch"
        return Finding(
            "There are no topics to rely on.", sentence(text), "", page, evidence.drop(columns="grade")
        )
    held = nodes["grade"] == "holds"
    names = nodes["name"].map(head)
    names = names.where(~names.duplicated(keep=False), nodes["name"])
    leads = [
        f"{ground}: {listing(told, most=_NAMED)}"
        for ground, told in (
            ("solid ground", names[held].tolist()),
            ("thin ice", names[~held].tolist()[::-1]),
        )
        if told
    ]
    said = [f"{held.sum() or 'none'} of {count(len(nodes), 'topic')}"]
    finer = study.topics.at("subtopic")
    if len(finer):
        said.append(f"{(finer['grade'] == 'holds').sum() or 'none'} of {count(len(finer), 'subtopic')}")
    text = f"{listing(said)} {are(int(held.sum()))} found again when the papers are drawn anew"
    return Finding(" ".join(map(sentence, leads)), sentence(text), "", page, evidence)


def _checks(study: Study) -> Finding:
    """What to know before quoting a number: one row of evidence for each question, one clause for each that bites."""
    corpus, total, kinds = study.corpus, len(study.corpus), study.records.attrs["kinds"]
    years = corpus["published"].dropna().str[:4]
    last = years.max() if len(years) else ""
    unfinished = bool(len(years)) and last_finished(corpus, "year") < int(last)
    held = corpus["dumps"].explode().value_counts()
    many = held[held > _WORTH_SAYING["largest source"] * total]
    languages = corpus["language"].dropna().value_counts()
    asked = {
        "few papers": total if total < _FEW else 0,
        "unfinished": int((years == last).sum()) if unfinished else 0,
        "largest source": int(held.iloc[0]) if len(held) > 1 else 0,
        "no abstract": int(corpus["abstract"].fillna("").eq("").sum()),
        "no date": total - len(years),
        "other languages": int(languages.sum() - languages.max()) if len(languages) else 0,
        "problems": int((~study.problems["reason"].str.startswith(NO_ABSTRACT)).sum()),
    }
    n = asked["no abstract"]
    which = "each" if len(many) == len(held) else count(len(many), "", words=True).strip()
    hold = f"{which} of {source_phrase(kinds)} {'holds' if len(many) < 2 or which == 'each' else 'hold'}"
    at_least = f"{percent(float(many.min() / total))} or more" if len(set(many)) > 1 else ""
    clauses = {
        "few papers": f"{count(total, 'paper')} are few: a share of them is uncertain by up to "
        f"{100 * Z95 / (2 * total**0.5):.0f} points either way",
        "unfinished": f"{last} is not complete ({count(asked['unfinished'], 'paper')} so far)",
        "largest source": f"{hold} {at_least or percent(asked['largest source'] / total)} of the papers",
        "no abstract": f"{count(n, 'paper')} {'has' if n == 1 else 'have'} no abstract and {are(n)} placed by title alone",
        "no date": f"{percent(asked['no date'] / total)} of the papers have no date"
        if len(years)
        else "no paper has a date",
        "other languages": f"{percent(asked['other languages'] / total)} of the papers are in another language than most",
        "problems": f"{count(asked['problems'], 'entry', 'entries')} could not be read in full",
    }
    said = [clauses[what] for what, n in asked.items() if n > _WORTH_SAYING.get(what, 0) * total]
    evidence = pd.DataFrame({"what": list(asked), "n": list(asked.values()), "total": total})
    if not said:
        most = "nearly all" if asked["no date"] + asked["other languages"] else "all"
        text = f"{most} {count(total, 'paper')} have an abstract and a date"
        text += ", and no source outweighs the others" if len(held) > 1 else ""
        return Finding("Nothing stands in the way of quoting.", sentence(text), "", "passport.html", evidence)
    return Finding("Before you quote.", sentence("; ".join(said)), "", "passport.html", evidence)


def _first_reading(study: Study) -> list[Finding]:
    """What to read first, if the papers share enough terms to tell."""
    lists = study.reading_lists
    main = lists[lists["variant"] == "most covering"]
    if main.empty:
        return []
    use = f"together the {len(main)} use" if len(main) > 1 else "it uses"
    terms = "tell the topics apart" if len(study.topics.at("topic")) > 1 else "several papers share"
    text = f"begin with {quoted(main.iloc[0]['title'])}; {use} {percent(main.iloc[-1]['covered'])} of the terms that {terms}"
    evidence = main[["place", "paper_id", "title", "published", "covered"]]
    lead = f"Read first: {count(len(main), 'paper')}."
    return [Finding(lead, sentence(text), "", "index.html#reading", evidence)]
