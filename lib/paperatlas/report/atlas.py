"""What the scripts of the pages know of the papers: the map, the search and the card read nothing else.

A paper's place in these lists is its place in `paperatlas.Study.papers`. Nothing here is markup.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from paperatlas.export import PAPER_COLUMNS
from paperatlas.figures.palette import (
    HUES,
    NIGHT,
    PAPER,
    POINT_CONTRAST,
    mix,
    readable,
    theme_colours,
    topic_colours,
)
from paperatlas.prose import MARK_EXPLAINED, is_marked, visible
from paperatlas.text.layout import NEIGHBOURS, nearest
from paperatlas.text.tokens import long_forms
from paperatlas.titles import normalise
from paperatlas.topics import LEVELS

if TYPE_CHECKING:
    from paperatlas.study import Study

TEXT_CONTRAST = 5.5  # above the 4.5 of WCAG 2.2, criterion 1.4.3: thin letters on a tinted page
MISPLACED = 0.2
LARGE = 20_000  # above, abstracts and neighbours would make the pages too heavy to open
WIDTH = 1000.0  # of the map, in its own units
_NEAREST = 5
_LIGHTER = 0.7  # share of a colour on white
_HUES = (*HUES, *(mix(hue, _LIGHTER) for hue in HUES))
# What else a paper has can colour the map.
_KNOWN = {*PAPER_COLUMNS, "theme_name"} - {"venue", "keywords", "citations", "placed_by"}


def papers_data(study: Study) -> dict[str, Any]:
    """What every page may need at once: titles, places on the map, topics, and what papers are coloured by."""
    papers = study.papers
    points, far = on_the_page(papers[["x", "y"]].to_numpy(float))
    sources = study.dump_table
    dump_place = {dump: place for place, dump in enumerate(sources["dump"])}
    nodes, note = _nodes(study)
    return {
        "papers": {
            "id": papers["paper_id"].tolist(),
            "title": [visible(title) for title in papers["title"]],
            "published": texts_or_none(papers["published"]),
            **{level: [None if pd.isna(n) else int(n) for n in papers[level]] for level in LEVELS},
            "runner_up": papers["runner_up"].tolist(),
            "confidence": papers["confidence"].round(2).tolist(),
            "kept": [None if np.isnan(kept) else round(kept, 2) for kept in papers["kept_neighbours"]],
            "sources": [[dump_place[dump] for dump in found] for found in papers["dumps"]],
            "x": points[:, 0].round(1).tolist(),
            "y": points[:, 1].round(1).tolist(),
        },
        "nodes": nodes,
        "sources": [
            {"name": visible(label), "size": size, **looks(hue)}
            for hue, label, size in zip(
                cycle(_HUES), sources["label"], sources["papers"].tolist(), strict=False
            )
        ],
        "columns": _columns(papers),
        "abbreviations": long_forms(study.texts),
        "far": far,
        "kept": round(float(np.nanmean(study.map.kept)), 4),
        "by_chance": round(study.map.expected, 4),
        "neighbours": min(NEIGHBOURS, len(papers) - 2),
        "misplaced": MISPLACED,
        "note": note,
    }


def _nodes(study: Study) -> tuple[dict[str, list[dict[str, Any]]], str]:
    """Themes, topics and subtopics by number: names, sizes, parent, colours, page; and what their marks mean."""
    topics = study.topics.at("topic")
    dark = topic_colours(topics, dark=True)
    of_theme = {theme: looks(hue) for theme, hue in theme_colours(topics["theme"]).items()}
    of_topic = {
        topic: {**looks(shade, dark[topic]), "page": page(topic)}
        for topic, shade in topic_colours(topics).items()
    }
    nodes: dict[str, list[dict[str, Any]]] = {}
    for level, above in zip(LEVELS, ("", *LEVELS), strict=False):
        names, rows = study.names(level), study.topics.at(level).to_dict("records")
        nodes[level] = [
            {"name": visible(names[row[level]]), "size": row["size"], "parent": row.get(above)}
            | (of_topic[row["topic"]] if above else of_theme[row["theme"]])
            for row in rows
        ]
    marked = any(is_marked(node["name"]) for level in LEVELS for node in nodes[level])
    return nodes, f"{MARK_EXPLAINED}: drawn anew, the papers seldom give it again." if marked else ""


def page(topic: int) -> str:
    """Page of a topic, from the folder of the site."""
    return f"topics/{int(topic):02d}.html"


def looks(colour: str, dark: str | None = None) -> dict[str, str]:
    """A colour for points and for text, on white and on black."""
    dark = dark or mix(colour, _LIGHTER)
    return {
        "light": readable(colour, PAPER, POINT_CONTRAST),
        "dark": readable(dark, NIGHT, POINT_CONTRAST),
        "light_text": readable(colour, PAPER, TEXT_CONTRAST),
        "dark_text": readable(dark, NIGHT, TEXT_CONTRAST + 2),
    }


def _columns(papers: pd.DataFrame) -> list[dict[str, Any]]:
    """What the sources know beside the usual, where it can colour and filter: numbers, or few enough values."""
    found = []
    for name in papers.columns.difference(sorted(_KNOWN), sort=False):
        values = papers[name]
        if values.isna().all() or values.map(lambda value: isinstance(value, tuple | list)).any():
            continue
        numbers = pd.to_numeric(values, errors="coerce")
        kind: dict[str, Any]
        if numbers.notna().sum() == values.notna().sum() and numbers.min() < numbers.max():
            kind = {"kind": "number", "values": [None if pd.isna(v) else float(v) for v in numbers]}
        else:
            texts = texts_or_none(values)
            if name == "keywords":
                texts = [text.split(";")[0].strip() if text else None for text in texts]
            counts = pd.Series(texts).value_counts()
            if not 1 < len(counts) < max(len(papers) / 2, 3):
                continue
            names = sorted(counts.index[:8], key=lambda text: (-counts[text], text))
            groups = [{"name": group, **looks(hue)} for hue, group in zip(HUES, names, strict=False)]
            kind = {"kind": "text", "values": texts, "groups": groups}
        found.append({"name": visible(name).replace("_", " ").capitalize(), "key": visible(name), **kind})
    return found


def texts_or_none(values: pd.Series) -> list[str | None]:
    """Texts made visible; None for what is missing or empty."""
    return [visible(value) if not pd.isna(value) and str(value) else None for value in values]


def on_the_page(coords: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Places (n, 2) on a page a thousand units wide, and the rows of papers beyond a gap that was shortened.

    Islands are drawn in, stacked points spread; the vertical axis runs down.
    """
    drawn = [_without_gaps(coords[:, axis]) for axis in (0, 1)]
    points = np.column_stack([drawn[0][0], -drawn[1][0]])
    points -= points.min(axis=0)
    points *= WIDTH / max(float(points.max()), 1e-9)
    return _spread(points), np.union1d(drawn[0][1], drawn[1][1]).tolist()


def _without_gaps(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values whose empty gaps are narrower than what their middle half takes, and the rows that came much nearer."""
    order = np.argsort(values, kind="stable")
    most = max(0.6 * float(np.ptp(np.quantile(values, [0.25, 0.75]))), 1e-9)
    result = np.zeros(len(values))
    result[order[1:]] = np.cumsum(np.minimum(np.diff(values[order]), most))
    nearer = abs(values - np.median(values)) - abs(result - np.median(result))
    return result, np.flatnonzero(nearer > most)


def _spread(points: np.ndarray, *, apart: float = 4.0, rounds: int = 12) -> np.ndarray:
    """Points of which no two lie on one another: each pair closer than `apart` is pushed apart, a few times over."""
    apart = min(apart, 0.6 * WIDTH / np.sqrt(len(points)))
    turn = np.pi * (3 - np.sqrt(5)) * np.arange(len(points))
    points = points + np.column_stack([np.cos(turn), np.sin(turn)]) / 1000  # a direction for each of a stack
    for _ in range(rounds):
        one, other = cKDTree(points).query_pairs(apart, output_type="ndarray").T
        away = points[one] - points[other]
        length = np.maximum(np.hypot(*away.T), 1e-9)[:, None]
        push = away / length * (apart - length) / 2
        np.add.at(points, one, push)
        np.subtract.at(points, other, push)
    return points


def texts_data(study: Study) -> dict[str, Any]:
    """What a card and a citation say beside `papers_data`: lists in the order of the papers."""
    papers, ledger = study.papers, study.ledger
    few = len(papers) <= LARGE
    marks: dict[str, list[list[Any]]] = defaultdict(list)
    for kind, table in (("system", ledger.systems), ("claim", ledger.claims), ("link", ledger.links)):
        for row in table[table["field"] == "abstract"].to_dict("records"):
            marks[row["paper_id"]].append([int(row["start"]), int(row["end"]), kind])
    ids = papers["paper_id"]
    return {
        "abstract": papers["abstract"].tolist() if few else [""] * len(papers),
        **{
            name: texts_or_none(papers[name])
            for name in ("authors", "keywords", "doi", "arxiv_id", "url", "key", "venue")
        },
        "shared": _shared_words(study),
        "nearest": _nearest_papers(study) if few else [[] for _ in ids],
        "marks": [sorted(marks[paper]) for paper in ids],
        "systems": _entries(ledger.systems, "name", ids),
        "claims": _entries(ledger.claims, "quote", ids),
        "links": _entries(ledger.links, "url", ids),
    }


def cut_short(texts: dict[str, Any], signs: int) -> dict[str, Any]:
    """`texts_data` with abstracts of at most so many characters."""
    short = [
        text if len(text) <= signs else f"{text[:signs].rsplit(' ', 1)[0]} …" for text in texts["abstract"]
    ]
    marks = [[mark for mark in marked if mark[1] < signs] for marked in texts["marks"]]
    return {**texts, "abstract": short, "marks": marks}


def _entries(table: pd.DataFrame, column: str, ids: pd.Series) -> list[list[str]]:
    found = table.groupby("paper_id")[column].agg(lambda values: list(dict.fromkeys(map(visible, values))))
    return [found.get(paper, []) for paper in ids]


def _shared_words(study: Study) -> list[list[str]]:
    """Words of its topic that each paper uses, the topic's most telling first."""
    words = study.topics.at("topic").set_index("topic")["words"].str.split(";")
    texts = (f" {normalise(text)}" for text in study.texts)
    return [
        [word for word in words[topic] if f" {normalise(word).rstrip('s')}" in text][:6]
        for topic, text in zip(study.papers["topic"], texts, strict=True)
    ]


def _nearest_papers(study: Study) -> list[list[list[float]]]:
    """Places of the papers nearest to each by cosine, with their similarity."""
    vectors = study.vectors
    found = nearest(vectors, k=min(_NEAREST, len(vectors) - 1))
    return [[[int(j), round(float(vectors[i] @ vectors[j]), 2)] for j in row] for i, row in enumerate(found)]
