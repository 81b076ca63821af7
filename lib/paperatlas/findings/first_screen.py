"""The first screen: a headline made from the findings, and what a reader can use, the most useful first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas.findings.of_pile import concerns
from paperatlas.findings.of_topics import left_out, names_of, stability, told_apart
from paperatlas.prose import head, sentence
from paperatlas.templates import say
from paperatlas.trends import contrasts, newcomers, then_and_now
from paperatlas.trends.significance import FADING, LEAD, OPEN, RISING, SURE

if TYPE_CHECKING:
    from paperatlas.study import Study

_MOST_SEARCHES = 5
_SUBJECTS = 3
# A finding names one thing and at most so many more that moved likewise.
_ALIKE = 2
_NEW = 4
# A term is new if this part of the dated papers is older than its first, and if so many papers carry it.
_OLDER, _CARRIED = 1 / 3, 10
# A smaller change of the share is no lead for anybody.
_WORTH_A_LEAD = 0.02
# Of two findings that share this part of the smaller one's papers only one is told.
_SAME = 0.5
# Terms in a smaller part of the papers are told of nobody.
_COMMON = 0.002
_TOPICS, _TRENDS = "index.html#topics", "index.html#trends"

_Row = dict[Any, Any]
_Told = list[frozenset[str]]  # the papers of each thing told already


@dataclass(frozen=True)
class Finding:
    """One sentence or two in plain words, how sure they are, and what they rest on."""

    lead: str  # what was found, in a few words
    text: str  # what it was found in
    grade: str  # "sure", "a lead", "cannot tell", or "" where there is nothing to grade
    page: str  # where the evidence is shown, relative to the site
    evidence: pd.DataFrame  # the numbers behind the sentences


def found(macro: str, grade: str, page: str, evidence: pd.DataFrame, **facts: Any) -> Finding:
    """A finding in the words of a macro, which says it in brief first."""
    lead, text = map(sentence, say(macro, **facts))
    return Finding(lead, text, grade, page, evidence)


@dataclass(frozen=True)
class FirstScreen:
    """What the report says first."""

    headline: str  # what the papers are about, and what moves
    summary: str  # how many they are, from when and where
    findings: tuple[Finding, ...]  # three to six, ordered by what a reader can use
    caveat: str  # what the papers are not


def first_screen(study: Study) -> FirstScreen:
    """Say what a pile of papers shows, how sure that is, and where the evidence stands.

    Shares then and now are compared for every term that names a subject, as one family of tests
    (`paperatlas.trends.contrasts`: within sources, with swings allowed for, false-discovery rate 5 % over the family,
    intervals that hold for what was chosen out of it). What passes is *sure*, and the largest changes of it are told;
    where nothing passes, the trend of a topic over the years is, or the clearest change as *a lead* together with the
    number of comparisons it was chosen from. A term is new if no older paper uses it though chance would have put it
    there (`paperatlas.trends.newcomers`, corrected alike) and its share differs within sources.
    """
    findings = (*movements(study), _ground(study), _checks(study), *_first_reading(study))
    moved = [f for f in findings if f.grade == SURE] or [f for f in findings if f.grade == LEAD]
    years = study.corpus["published"].dropna().str[:4]
    facts = {"papers": len(study.corpus), "span": [years.min(), years.max()] if len(years) else []}
    facts |= {"called": study.called, "about": subjects(study), "moved": [_as_written(f) for f in moved[:2]]}
    headline, summary, caveat = (text[:1].upper() + text[1:] for text in say("opening", **facts))
    return FirstScreen(headline, summary, findings, sentence(caveat))


def _as_written(finding: Finding) -> str:
    """What moves, without a full stop and with the first letter that the papers give it."""
    return f"{finding.evidence['name'].iloc[0][0]}{finding.lead.rstrip('.')[1:]}"


def subjects(study: Study) -> list[str]:
    """What the pile is about: what was searched for, or the largest themes."""
    if study.called.searches and 1 < study.called.n <= _MOST_SEARCHES:
        return list(dict.fromkeys(str(label).split(" · ")[0] for label in study.dump_table["label"]))
    nodes = study.topics.at("theme")
    if len(nodes) < _SUBJECTS:
        nodes = study.topics.at("topic")
    nodes = nodes.sort_values("size", ascending=False, kind="stable")
    return list(dict.fromkeys(head(name) for name in nodes["name"]))[:_SUBJECTS]


def _ground(study: Study) -> Finding:
    """Which topics are found again when the papers are resampled, and which are not."""
    nodes = study.topics.at("topic").sort_values("stability", ascending=False, kind="stable")
    evidence = nodes[["topic", "name", "size", "stability", "stability_low", "stability_high", "grade"]]
    if len(nodes) == 1 or not told_apart(study.topics):
        alone, graded = len(nodes) == 1, ["stability", "stability_low", "stability_high", "grade"]
        evidence = evidence.drop(columns=graded if alone else "grade")
        return found("no_ground", "", _TOPICS, evidence, alone=alone, text=stability(study)[0])
    holds, names = nodes["grade"] == "holds", nodes["name"].map(head)
    names = names.where(~names.duplicated(keep=False), nodes["name"])
    grades = {level: study.topics.at(level)["grade"] == "holds" for level in ("topic", "subtopic")}
    levels = [(level, int(held.sum()), len(held)) for level, held in grades.items() if len(held)]
    solid, thin = names[holds].tolist(), names[~holds].tolist()[::-1]
    return found("ground", "", _TOPICS, evidence, solid=solid, thin=thin, levels=levels)


def _checks(study: Study) -> Finding:
    """What to know before quoting a number: one row of evidence for each question, one clause for each that bites."""
    total, asked = len(study.corpus), concerns(study)
    evidence = asked[["what", "n"]].assign(total=total)
    said, amiss = asked.loc[asked["bites"], "text"].tolist(), asked.set_index("what")["n"].to_dict()
    return found("checks", "", "passport.html", evidence, said=said, total=total, amiss=amiss)


def _first_reading(study: Study) -> list[Finding]:
    """What to read first, if the papers share enough terms to tell."""
    lists = study.reading_lists
    main = lists[lists["variant"] == "most covering"]
    if main.empty:
        return []
    evidence = main[["place", "paper_id", "title", "published", "covered"]]
    facts = {"papers": main.to_dict("records"), "several": len(study.topics.at("topic")) > 1}
    return [found("first_reading", "", "index.html#reading", evidence, **facts)]


def movements(study: Study) -> list[Finding]:
    """What takes over, what is left behind and what is new; leads where nothing is sure; or that nothing is seen."""
    if then_and_now(study.corpus) is None:
        return [_timeless(study)]
    table = _compared(study)
    told: _Told = []
    ways = [_one_way(table, sign, told) or _over_the_years(study, table, sign, told) for sign in (1, -1)]
    moved = [finding for finding in ways if finding] or [_unmoved(table)]
    new = table[table["older"].notna() & (table["grade"] != OPEN)]
    rows = _apart(new.sort_values(["n_now", "name"], ascending=[False, True]), told, _NEW)
    # The grade of the evidence is that of the change, not of being new.
    evidence = pd.DataFrame(rows).drop(columns="grade", errors="ignore")
    return [*moved, *([found("arrived", SURE, _TRENDS, evidence, rows=rows)] if rows else [])]


def _compared(study: Study) -> pd.DataFrame:
    """Terms that name a subject, then and now.

    As from `contrasts`, with the ``name``, ``change`` (of the share), ``papers`` (a set of ids) and, of terms that are
    new, ``first`` and ``older`` (papers before the first).
    """
    groups = study.terms[study.terms["subject"]].rename(columns={"term": "group"})
    groups = groups[groups.groupby("group")["paper_id"].transform("size") >= _COMMON * len(study.corpus)]
    table = contrasts(study.corpus, groups, study.terms).rename(columns={"group": "name"})
    table["change"] = table["share_now"] - table["share_then"]
    table["papers"] = table["name"].map(groups.groupby("group")["paper_id"].agg(frozenset))
    new = newcomers(study.corpus, groups, level="group")
    late = new["older"] >= _OLDER * study.corpus["published"].notna().sum()
    new = new[new["new"] & late & (new["n"] >= _CARRIED)].set_index("group")
    return table.assign(first=table["name"].map(new["first"]), older=table["name"].map(new["older"]))


def _one_way(table: pd.DataFrame, sign: int, told: _Told) -> Finding | None:
    """The largest sure change up (1) or down (-1), else the clearest lead that sources alone do not make."""
    way = table[np.sign(table["change"]).eq(sign) & (table["older"].isna() | (table["share_then"] > 0))]
    sure = way[way["grade"] == SURE].sort_values(["change", "name"], ascending=[sign < 0, True])
    if rows := _apart(sure, told, _ALIKE + 1):
        return found("moved", SURE, _TRENDS, pd.DataFrame(rows), rows=rows)
    leads = way[(way["grade"] == LEAD) & (way["change"].abs() >= _WORTH_A_LEAD)]
    leads = leads[np.sign(leads["odds_ratio"] - 1) == sign].sort_values(["p", "name"])
    rows = _apart(leads, told, 1) if sure.empty else []
    facts = {"rows": rows, "comparisons": len(table)}
    return found("may_move", LEAD, _TRENDS, pd.DataFrame(rows), **facts) if rows else None


def _over_the_years(study: Study, table: pd.DataFrame, sign: int, told: _Told) -> Finding | None:
    """The clearest trend of a topic up (1) or down (-1), where then and now alone show none.

    A topic is named by one of several things that it is about, and that one may rise while the topic fades.
    """
    tests = study.trend_tests[study.trend_tests["verdict"] == (RISING if sign > 0 else FADING)]
    papers = study.topics.papers.groupby("topic")["paper_id"].agg(frozenset)
    tests = tests.assign(
        name=tests["topic"].map(names_of(study).map(head)), papers=tests["topic"].map(papers)
    )
    tests = tests[~tests["name"].isin(table.loc[table["change"] * sign <= 0, "name"])]
    rows = _apart(tests.sort_values(["p_adjusted", "topic"]), told, 1)
    if not rows:
        return None
    columns = ["name", "n", "odds_ratio", "odds_low", "odds_high", "p_adjusted", "depends_on"]
    without = left_out(rows[0]["depends_on"], study.names("dump"))
    facts = {"row": rows[0], "rising": sign > 0, "without": without}
    page = f"topics/{rows[0]['topic']:02d}.html"
    return found("over_the_years", LEAD if without else SURE, page, pd.DataFrame(rows)[columns], **facts)


def _apart(table: pd.DataFrame, told: _Told, most: int) -> list[_Row]:
    """The first rows that are not about papers told already; their papers join `told`."""
    rows: list[_Row] = []
    for row in table.to_dict("records"):
        own = row.pop("papers")
        if len(rows) < most and all(len(own & other) < _SAME * min(len(own), len(other)) for other in told):
            told.append(own)
            rows.append(row)
    return rows


def _unmoved(table: pd.DataFrame) -> Finding:
    largest = table.loc[table["change"].abs().sort_values(ascending=False, kind="stable").index].head(1)
    row = next(iter(largest.to_dict("records")), None)
    return found("unmoved", OPEN, _TRENDS, largest.drop(columns="papers"), n=len(table), row=row)


def _timeless(study: Study) -> Finding:
    years = study.corpus["published"].dropna().str[:4].value_counts().sort_index()
    evidence = years.rename_axis("year").rename("papers").reset_index()
    facts = {"dated": int(years.sum()), "years": years.index.tolist()}
    return found("timeless", OPEN, "index.html#limits", evidence, **facts)
