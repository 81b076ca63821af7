"""What the pages say of a study, part by part: the values of one part, or the reason why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas import findings
from paperatlas.findings.of_pile import concerns, near_duplicates
from paperatlas.findings.of_topics import between_topics, names_of
from paperatlas.ledger.counts import most_named
from paperatlas.ledger.views import claims_table
from paperatlas.prose import percent, quoted
from paperatlas.templates import say
from paperatlas.topics import LEVELS
from paperatlas.trends.significance import FADING, OPEN, RISING, STEADY

if TYPE_CHECKING:
    from paperatlas.study import Study

RATIOS = (0.5, 2.0)  # ends of the axis of yearly odds ratios
_CLAIMS, _NAMES = 8, 6

Part = dict[Any, Any]


def topics(study: Study) -> Part:
    """Themes, topics and subtopics, each with how far it can be trusted; a theme of one topic is that topic."""
    nodes = {f"{level}s": study.topics.at(level).to_dict("records") for level in LEVELS}
    return {"said": findings.topics(study)[1:], **nodes}


def trends(study: Study) -> Part:
    """Each topic's share over time, with its test and the verdict."""
    shares, tests = study.trends, study.trend_tests
    if shares.empty or not (shares["total"] > 0).any():
        dated = study.corpus["published"].notna().any()
        return {"reason": f"no date states a {study.period}" if dated else "no paper has a date"}
    sure = shares[~(shares["few"] | shares["unfinished"])]
    if sure["period"].nunique() < 2:
        return {"reason": "fewer than two periods hold enough dated papers"}
    highest = min(max(float(sure["share"].max()) * 1.15, 0.05), 1.0)
    names, order = study.names("topic"), [RISING, FADING, STEADY, OPEN]
    rows = []
    for test in sorted(tests.to_dict("records"), key=lambda t: (order.index(t["verdict"]), t["topic"])):
        drawn = curve(shares[shares["topic"] == test["topic"]], highest)
        rows.append({**test, "name": names[test["topic"]], "curve": drawn, "odds": _odds(test)})
    periods = f"{shares['period'].min()} to {shares['period'].max()}"
    return {
        "said": findings.trends(study),
        "rows": rows,
        "highest": highest,
        "ratios": RATIOS,
        "periods": periods,
    }


def _odds(test: Part) -> Part | None:
    """Where a yearly odds ratio and its interval lie on an axis of 0 to 1, or None where they are not finite."""
    values = [test[column] for column in ("odds_low", "odds_ratio", "odds_high")]
    if not np.isfinite(values).all():
        return None
    at = np.interp(np.log([*values, 1.0]), np.log(RATIOS), (0.0, 1.0)).tolist()
    alt = f"odds per year × {values[1]:.2f}, {values[0]:.2f} to {values[2]:.2f}"
    return {"at": at[:3], "mark": at[3], "alt": alt}


def curve(shares: pd.DataFrame, highest: float) -> Part:
    """One topic's shares per period, in order, to draw up to a share `highest`, and to read."""
    rows = shares.fillna({"share": 0.0, "low": 0.0, "high": 0.0}).to_dict("records")
    said = ", ".join(f"{row['period']} {percent(row['share'])}" for row in rows)
    return {"rows": rows, "highest": highest, "alt": said}


def ledger(study: Study) -> Part:
    """What the papers introduce, name and claim."""
    book = study.ledger
    if book.systems.empty and book.claims.empty:
        return {"reason": "no abstract names a system or claims a result in a form that the rules read"}
    kind = book.resources["kind"]
    tables = {
        "Introduced here and taken up here": book.mentions,
        "Data sets named most": book.resources[kind == "dataset"],
        "Measures named most": book.resources[kind == "metric"],
    }
    lists = [
        (heading, most_named(table).head(_NAMES).to_dict("records")) for heading, table in tables.items()
    ]
    latest = claims_table(study.corpus, book).rows.drop_duplicates("paper_id").head(_CLAIMS)
    claims = latest.fillna({"published": ""}).to_dict("records")
    return {"said": findings.ledger(study), "lists": lists, "claims": claims}


def dumps(study: Study) -> Part:
    """What each source is about, and what it adds."""
    cells, names = study.topics_by_dump, names_of(study)
    sure = cells[cells["p_adjusted"] < 0.05].sort_values("p", kind="stable")
    sources = study.dump_table.to_dict("records")
    for source in sources:
        own = sure[sure["dump"] == source["dump"]]
        for way, which in (("more", own["odds_ratio"] > 1), ("less", own["odds_ratio"] < 1)):
            source[way] = own.loc[which, "topic"].head(3).map(names).map(quoted).tolist()
        # A source on its own has no terms that set it apart: its topics say what it is about.
        source["terms"] = source["terms"] or names.head(8).tolist()
    title = {"title": "What the source is about"} if len(sources) == 1 else {}
    return {"said": findings.dumps(study), "sources": sources, **title}


def reading(study: Study) -> Part:
    """What to read first: the papers that together cover most of what the collection is about."""
    lists = study.reading_lists
    if lists.empty:
        return {"reason": "too few terms stand in several papers for a list that covers them"}
    found = lists[lists["variant"] == lists["variant"].iloc[0]].head(12).to_dict("records")
    return {"said": findings.reading(study), "papers": found}


def limits(study: Study) -> Part:
    """What the pages cannot say, and how doubtful the rest is."""
    amiss = concerns(study).query("n > 0").set_index("what")["text"]
    nodes, unsure = study.topics.at("topic"), int((study.trend_tests["verdict"] == OPEN).sum())
    fragile = nodes.loc[~nodes["stable"], "name"].map(quoted).tolist()
    said = [
        *findings.no_census(study),
        amiss.get("no date", ""),
        *between_topics(study),
        *say("unsure", fragile=fragile, n=unsure),
        *findings.mapping(study),
        amiss.get("problems", ""),
        *near_duplicates(study),
        amiss.get("no abstract", ""),
        "systems, claims and links come from titles and abstracts alone; what a paper says elsewhere is not seen",
    ]
    return {"said": said}


PARTS = {
    "What it is about": topics,
    "How it moves": trends,
    "What the papers introduce and claim": ledger,
    "What each source is about": dumps,
    "What to read first": reading,
    "What this cannot tell": limits,
}
"""The parts of the brief after its map, in order. Another takes a function, and a block in ``parts.html``."""
