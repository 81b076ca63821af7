"""What the pages say of a study, part by part: the values of one part, or the reason why there is none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from paperatlas import findings
from paperatlas.findings.of_pile import concerns, near_duplicates
from paperatlas.findings.of_topics import between_topics, names_of
from paperatlas.prose import count, listing, no_census, percent, quoted

if TYPE_CHECKING:
    from paperatlas.study import Study

RATIOS = (0.5, 2.0)  # ends of the axis of yearly odds ratios
_CLAIMS = 8
_CURVE = (220.0, 44.0)

Part = dict[Any, Any]


def topics(study: Study) -> Part:
    """Themes, topics and subtopics, each with how far it can be trusted."""
    titles = study.corpus.set_index("paper_id")["title"]
    upper, lower = study.topics.at("topic"), study.topics.at("subtopic")
    themes = []
    for theme in study.topics.at("theme").to_dict("records"):
        inside = upper[upper["theme"] == theme["theme"]].to_dict("records")
        for topic in inside:
            topic["read"] = next(((paper, titles[paper]) for paper in topic["typical"]), None)
            own = lower[lower["topic"] == topic["topic"]]
            # Alone, it is the topic itself.
            topic["subtopics"] = own.to_dict("records") if len(own) > 1 else []
        # A theme of one topic has its name.
        themes.append({**theme, "inside": inside, "headed": len(inside) > 1})
    return {"title": "What it is about", "said": findings.topics(study)[1:], "themes": themes}


def trends(study: Study) -> Part:
    """Each topic's share over time, with its test and the verdict."""
    shares, tests = study.trends, study.trend_tests
    if shares.empty or not (shares["total"] > 0).any():
        dated = study.corpus["published"].notna().any()
        reason = f"no date states a {study.period}" if dated else "no paper has a date"
        return {"title": "How it moves", "reason": reason}
    sure = shares[~(shares["few"] | shares["unfinished"])]
    if sure["period"].nunique() < 2:
        return {"title": "How it moves", "reason": "fewer than two periods hold enough dated papers"}
    highest = min(max(float(sure["share"].max()) * 1.15, 0.05), 1.0)
    names = study.names("topic")
    order = {"rising": 0, "fading": 1, "steady": 2}
    rows = []
    for test in sorted(tests.to_dict("records"), key=lambda t: (order.get(t["verdict"], 3), t["topic"])):
        own = shares[shares["topic"] == test["topic"]]
        rows.append({**test, "name": names[test["topic"]], "curve": curve(own, highest), "odds": _odds(test)})
    return {
        "title": "How it moves", "said": findings.trends(study), "rows": rows, "highest": highest, "ratios": RATIOS,
        "periods": f"{shares['period'].min()} to {shares['period'].max()}",
    }  # fmt: skip


def _odds(test: Part) -> Part | None:
    """Where a yearly odds ratio and its interval lie on an axis of 0 to 1, or None where they are not finite."""
    values = [float(test[c]) for c in ("odds_low", "odds_ratio", "odds_high")]
    if not all(math.isfinite(v) and v > 0 for v in values):
        return None
    low, high = map(math.log, RATIOS)
    at = [(min(max(math.log(v), low), high) - low) / (high - low) for v in values]
    return {
        "at": at, "mark": -low / (high - low),
        "alt": f"odds per year × {values[1]:.2f}, {values[0]:.2f} to {values[2]:.2f}",
    }  # fmt: skip


def curve(shares: pd.DataFrame, highest: float) -> Part:
    """One topic's shares per period, in order, as points of a picture up to a share `highest`: line, band, and dots."""
    wide, high = _CURVE
    at = [wide * (i + 0.5) / len(shares) for i in range(len(shares))]

    def level(share: float) -> float:
        return high - 2 - (high - 4) * min(max(share, 0.0), highest) / highest

    low, up, mid = (shares[c].fillna(0.0).map(level).tolist() for c in ("low", "high", "share"))
    pale = (shares["few"] | shares["unfinished"]).tolist()
    sure = [i for i, doubtful in enumerate(pale) if not doubtful]
    band = [(at[i], up[i]) for i in sure] + [(at[i], low[i]) for i in reversed(sure)]
    said = zip(shares["period"], shares["share"].fillna(0.0), strict=True)
    return {
        "wide": wide, "high": high, "band": band, "line": [(at[i], mid[i]) for i in sure],
        "dots": list(zip(at, mid, pale, strict=True)),
        "alt": ", ".join(f"{period} {percent(share)}" for period, share in said),
    }  # fmt: skip


def ledger(study: Study) -> Part:
    """What the papers introduce, name and claim."""
    book, title = study.ledger, "What the papers introduce and claim"
    if book.systems.empty and book.claims.empty:
        reason = "no abstract names a system or claims a result in a form that the rules read"
        return {"title": title, "reason": reason}
    by = book.mentions.drop_duplicates("name").set_index("name")["introduced_by"]
    lists = [
        ("Introduced here and taken up here", [(n, k, by[n]) for n, k in _papers_by_name(book.mentions)])
    ]
    for kind, heading in (("dataset", "Data sets named most"), ("metric", "Measures named most")):
        named = book.resources[book.resources["kind"] == kind]
        lists.append((heading, [(n, k, None) for n, k in _papers_by_name(named)]))
    texts = study.corpus.set_index("paper_id")[["title", "abstract"]]
    claims = [
        {
            "paper": row["paper_id"], "title": texts.loc[row["paper_id"], "title"], "when": row["when"],
            "parts": in_its_sentence(texts.loc[row["paper_id"], row["field"]], row["start"], row["end"]),
        }
        for row in _latest_claims(study).to_dict("records")
    ]  # fmt: skip
    lists = [pair for pair in lists if pair[1]]
    return {"title": title, "said": findings.ledger(study), "lists": lists, "claims": claims}


def _papers_by_name(table: pd.DataFrame, most: int = 6) -> list[tuple[str, int]]:
    """Names with the number of papers that hold them, most first."""
    counts = table.groupby("name")["paper_id"].nunique()
    return sorted(((str(n), int(k)) for n, k in counts.items()), key=lambda pair: (-pair[1], pair[0]))[:most]


def in_its_sentence(text: str, start: int, end: int) -> tuple[str, str, str]:
    """A passage with what stands before and behind it in its sentence."""
    begin = max(text.rfind(". ", 0, start) + 2, text.rfind("\n", 0, start) + 1)
    begin = begin if begin > 1 else 0
    stop = text.find(". ", end)
    return text[begin:start], text[start:end], text[end : len(text) if stop < 0 else stop + 1]


def _latest_claims(study: Study) -> pd.DataFrame:
    claims = study.ledger.claims
    full = claims[claims["value"].notna()].copy()
    full["when"] = full["paper_id"].map(study.corpus.set_index("paper_id")["published"]).fillna("")
    full = full.sort_values(["when", "paper_id", "start"], ascending=[False, True, True])
    return full.drop_duplicates("paper_id").head(_CLAIMS)


def dumps(study: Study) -> Part:
    """What each source is about, and what it adds."""
    table, names = study.dump_table, names_of(study)
    alone = len(table) == 1
    cells = study.topics_by_dump
    sources = []
    for dump in table.to_dict("records"):
        own = cells[(cells["dump"] == dump["dump"]) & (cells["p_adjusted"] < 0.05)].sort_values(
            "p", kind="stable"
        )
        more, less = (own.loc[way, "topic"].head(3) for way in (own["odds_ratio"] > 1, own["odds_ratio"] < 1))
        sources.append({
            **dump, "own": dump["only_here"] / dump["papers"],
            # A source on its own has no terms that set it apart: its topics say what it is about.
            "terms": list(dump["terms"]) or names.head(8).tolist(),
            "tilts": [] if alone else [
                (word, listing([quoted(str(names[t])) for t in which]))
                for word, which in (("More", more), ("Less", less)) if len(which)
            ],
        })  # fmt: skip
    title = "What the source is about" if alone else "What each source is about"
    return {"title": title, "said": findings.dumps(study), "sources": sources, "alone": alone}


def reading(study: Study) -> Part:
    """What to read first: the papers that together cover most of what the collection is about."""
    lists = study.reading_lists
    if lists.empty:
        reason = "too few terms stand in several papers for a list that covers them"
        return {"title": "What to read first", "reason": reason}
    found = lists[lists["variant"] == lists["variant"].iloc[0]].head(12).to_dict("records")
    return {"title": "What to read first", "said": findings.reading(study), "papers": found}


def limits(study: Study) -> Part:
    """What the pages cannot say, and how doubtful the rest is."""
    amiss = {concern.what: concern.text for concern in concerns(study) if concern.n}
    nodes, unsure = study.topics.at("topic"), int((study.trend_tests["verdict"] == "cannot tell").sum())
    fragile = listing([quoted(name) for name in nodes.loc[~nodes["stable"], "name"]])
    said = [
        no_census(study.records.attrs["kinds"]),
        amiss.get("no date", ""),
        *between_topics(study),
        f"read with care: {fragile}, not found again when the papers are resampled"
        if fragile != "none"
        else "",
        f"for {count(unsure, 'topic')} the papers cannot tell a trend from chance" if unsure else "",
        *findings.mapping(study),
        amiss.get("problems", ""),
        *near_duplicates(study),
        amiss.get("no abstract", ""),
        "systems, claims and links come from titles and abstracts alone; what a paper says elsewhere is not seen",
    ]
    return {"title": "What this cannot tell", "said": [text for text in said if text]}


PARTS = (topics, trends, ledger, dumps, reading, limits)
"""The parts of the brief after its map, in order. Another takes a function, and a block in ``parts.html``."""
