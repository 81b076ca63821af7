"""What takes over, what is left behind and what is new, as findings with their grade and their evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas.prose import are, count, head, is_plural, listing, percent, sentence
from paperatlas.trends.contrast import LEAD, OPEN, SURE, Span, contrasts, then_and_now
from paperatlas.trends.firsts import newcomers

if TYPE_CHECKING:
    from paperatlas.study import Study

# A finding names one thing and at most so many more that moved likewise.
_ALIKE = 2
# Of two groups that share this part of the smaller one's papers only one is told.
_SAME = 0.5
# Terms in a smaller part of the papers are told of nobody.
_COMMON = 0.002
_TERM, _LEVELS = "term", ("theme", "topic", "subtopic")


@dataclass(frozen=True)
class Finding:
    """One sentence or two in plain words, how sure they are, and what they rest on.

    Attributes
    ----------
    lead, text : str
        What was found, in a few words, and what it was found in.
    grade : str
        "sure", "a lead", "cannot tell", or "" where there is nothing to grade.
    page : str
        Where the evidence is shown, relative to the site.
    evidence : DataFrame
        The numbers behind the sentences.
    """

    lead: str
    text: str
    grade: str
    page: str
    evidence: pd.DataFrame


@dataclass(frozen=True)
class Moves:
    """Everything that could be told to move, with the papers behind it.

    ``table`` is as from `contrasts`, with ``level``, ``name``, ``change`` (of the share) and ``older`` (papers before
    the first, missing unless the group is new); ``members`` maps a group to its papers.
    """

    spans: tuple[Span, Span] | None
    table: pd.DataFrame
    members: dict[str, frozenset[str]]


def find_moves(study: Study) -> Moves:
    """Compare then and now for all that has a name: nodes that hold, and terms that a reader would look up."""
    groups, names = _family(study)
    spans = then_and_now(study.corpus)
    members = {str(key): frozenset(own) for key, own in groups.groupby("group")["paper_id"]}
    table = contrasts(study.corpus, groups)
    if spans is None or table.empty:
        return Moves(spans, table, members)
    table["level"], table["name"] = table["group"].str.split(":").str[0], table["group"].map(names)
    table["change"] = table["share_now"] - table["share_then"]
    terms = groups[groups["group"].str.startswith(_TERM)]
    new = newcomers(study.corpus, terms, level="group")
    new = new[new["new"]].set_index("group")
    table["first"], table["older"] = table["group"].map(new["first"]), table["group"].map(new["older"])
    return Moves(spans, table, members)


def _family(study: Study) -> tuple[pd.DataFrame, dict[str, str]]:
    """Memberships ``paper_id``, ``group`` of everything that may be told, and the groups' names."""
    parts, names, seen = [], {}, set()
    for level in _LEVELS:
        nodes = study.topics.at(level)
        for number, name in nodes.loc[nodes["stable"], [level, "name"]].itertuples(index=False):
            own = study.topics.papers.loc[study.topics.papers[level] == number, "paper_id"]
            if (papers := frozenset(own)) not in seen:
                seen.add(papers)
                names[f"{level}:{number}"] = head(name)
                parts.append(pd.DataFrame({"paper_id": own, "group": f"{level}:{number}"}))
    words = {word.casefold() for name in study.topics.table["name"] for word in name.split(", ")}
    uses = study.terms["term"].value_counts()
    told = {
        term
        for term in uses.index[uses >= _COMMON * len(study.corpus)]
        if _is_name(term) or term.casefold() in words
    }
    chosen = study.terms[study.terms["term"].isin(list(told))]
    parts.append(pd.DataFrame({"paper_id": chosen["paper_id"], "group": f"{_TERM}:" + chosen["term"]}))
    return pd.concat(parts, ignore_index=True), names | {f"{_TERM}:{term}": term for term in told}


def _is_name(term: str) -> bool:
    """Whether a term says what it is about by itself: a phrase, an abbreviation, a proper name."""
    return " " in term or bool(re.search(r"[A-Z0-9]", term))


def movements(study: Study, moves: Moves) -> list[Finding]:
    """What takes over and what is left behind; a lead where nothing is sure; or that nothing can be told."""
    if moves.spans is None:
        return [_timeless(study)]
    table = moves.table[moves.table["older"].isna()] if len(moves.table) else moves.table
    found = []
    for sign in (1, -1):
        way = table[np.sign(table["change"]) == sign]
        sure = way[way["grade"] == SURE].sort_values(["change", "group"], ascending=[sign < 0, True])
        leads = way[way["grade"] == LEAD].sort_values(["p", "group"])
        if len(sure):
            found.append(_moved(list(_apart(sure, moves, _ALIKE + 1)), moves))
        elif len(leads):
            found.append(_may_have_moved(leads.iloc[0].to_dict(), moves))
    return found or [_unmoved(table, moves)]


def arrivals(moves: Moves) -> list[Finding]:
    """Terms that no older paper uses, though chance would have put some there."""
    if moves.table.empty or "older" not in moves.table:
        return []
    new = moves.table[moves.table["older"].notna() & (moves.table["grade"] != OPEN)]
    new = new.sort_values(["n_now", "group"], ascending=[False, True])
    told = list(_apart(new, moves, 4))
    if not told:
        return []
    said = [f"{row['name']} (since {row['first'][:4]}, {count(_papers(row), 'paper')})" for row in told]
    first = told[0]
    return [
        Finding(
            sentence(f"new: {listing([row['name'] for row in told])}"),
            sentence(
                f"{listing(said)}; none of the {first['older']:,.0f} papers before speaks of {first['name']}"
                if len(told) == 1
                else listing(said)
            ),
            SURE,
            "index.html#trends",
            pd.DataFrame(told),
        )
    ]


def _papers(row: dict[str, Any]) -> int:
    return int(row["n_then"] + row["n_now"])


def _apart(table: pd.DataFrame, moves: Moves, most: int) -> Iterator[dict[str, Any]]:
    """The first rows of the table that are not about the same papers."""
    told: list[frozenset[str]] = []
    for row in table.to_dict("records"):
        own = moves.members[row["group"]]
        if all(len(own & other) < _SAME * min(len(own), len(other)) for other in told):
            told.append(own)
            yield {str(key): value for key, value in row.items()}
        if len(told) == most:
            return


def _moved(rows: list[dict[str, Any]], moves: Moves) -> Finding:
    first, others = rows[0], rows[1:]
    said = [f"{row['name']} ({percent(row['share_now'])}, {percent(row['share_then'])} before)" for row in others]
    more = f". Likewise {listing(said)}" if said else ""
    return Finding(
        sentence(f"{first['name']} {_verb(first)}"),
        sentence(_shares(first, moves) + more),
        SURE,
        _page(first),
        pd.DataFrame(rows),
    )


def _may_have_moved(row: dict[Any, Any], moves: Moves) -> Finding:
    way = "gaining" if row["change"] > 0 else "losing"
    counts = f"{row['n_now']:,} of {row['total_now']:,} papers, {row['n_then']:,} of {row['total_then']:,} before"
    return Finding(
        sentence(f"{row['name']} may be {way} ground"),
        sentence(
            f"{_shares(row, moves)} ({counts}). Of {len(moves.table):,} comparisons one as clear may be chance, so these "
            "papers are too few to prove it"
        ),
        LEAD,
        _page(row),
        pd.DataFrame([row]),
    )


def _shares(row: dict[Any, Any], moves: Moves) -> str:
    """ "28 % of the papers of 2024–25 speak of them, against 8 % before"."""
    then, now = moves.spans or (Span(0, 0), Span(0, 0))
    them = "them" if is_plural(row["name"]) else "it"
    what = f"speak of {them}" if row["level"] == _TERM else f"are about {them}"
    before = f"in {then}" if then.first == then.last else "before"
    return (
        f"{percent(row['share_now'])} of the papers of {now} {what}, against {percent(row['share_then'])} {before}"
    )


def _verb(row: dict[str, Any]) -> str:
    now, then, many = row["share_now"], row["share_then"], is_plural(row["name"])
    if now > then:
        verb, rest = ("take", "over") if now >= 0.15 and now >= 2 * then else ("gain", "ground")
    else:
        verb, rest = ("all but disappear", "") if now <= then / 4 else ("lose", "ground")
    return f"{verb}{'' if many else 's'} {rest}".strip()


def _page(row: dict[Any, Any]) -> str:
    level, number = row["group"].split(":", 1)
    return f"topics/{int(number):02d}.html" if level == "topic" else "index.html#trends"


def _unmoved(table: pd.DataFrame, moves: Moves) -> Finding:
    then, now = moves.spans or (Span(0, 0), Span(0, 0))
    largest = table.assign(size=table["change"].abs()).sort_values(["size", "group"], ascending=[False, True])
    text = f"of {count(len(table), 'comparison')} between the papers of {now} and those of {then}, none stands out"
    if len(largest):
        row = largest.iloc[0].to_dict()
        text += f". The largest difference: {_shares(row, moves)} ({row['name']})"
    return Finding(
        "Nothing can be shown to move.", sentence(text), OPEN, "index.html#trends", largest.head(1)
    )


def _timeless(study: Study) -> Finding:
    years = study.corpus["published"].dropna().str[:4].value_counts().sort_index()
    evidence = years.rename_axis("year").rename("papers").reset_index()
    dated = int(years.sum())
    if not dated:
        text = "no paper has a date; give a source of dates, and the shares are followed through time"
    elif len(years) == 1:
        text = f"all {count(dated, 'dated paper')} are of {years.index[0]}, so there is no earlier year to compare with"
    else:
        text = f"{count(dated, 'dated paper')} {are(dated)} too few to compare the latest with those before"
    return Finding("What moves cannot be told.", sentence(text), OPEN, "index.html#limits", evidence)
