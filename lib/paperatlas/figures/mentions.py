"""Who names whom: later papers and the earlier systems that their abstracts name, on a line of time."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import ACCENT, HUES, escape, new_figure, nothing_to_show, shorten, wrap
from paperatlas.ledger.views import words_around
from paperatlas.links import paper_url
from paperatlas.prose import count

# With more mentions than this the naming papers share rows and have no title beside them, only a card.
_TITLED = 45
_ROWS_SHARED = 4
_ROW = 22
_LINE = "#93A1AC"


@dataclass
class _System:
    """A named system, the papers that name it, and its place."""

    name: str
    paper: str
    namers: list[str]
    words: dict[str, str]
    at_home: list[str] = field(default_factory=list)
    y: float = 0.0


def mention_network(corpus: pd.DataFrame, mentions: pd.DataFrame, *, most: int = 25) -> go.Figure:
    """The most named systems at their dates, with a line from every later paper that names them.

    Each system has a band of rows to itself, systems that one paper names stand next to each other, and each
    naming paper stands at its date in the band of the system that most papers name. Nothing is left to a
    physical simulation: the same ledger gives the same picture.

    Parameters
    ----------
    corpus : DataFrame
        ``paper_id``, ``title``, ``published``, ``arxiv_id``, ``abstract``.
    mentions : DataFrame
        As `paperatlas.ledger.Ledger.mentions`.
    most : int
        Systems shown: those that most papers name; of equal ones the earlier.
    """
    papers = {str(row["paper_id"]): row for row in corpus.to_dict("records")}
    systems = _most_named(mentions, papers, most)
    if not systems:
        return nothing_to_show("Who names whom", "No abstract names a system that another paper introduces.")
    place, titled = _place(systems, papers)
    rows = 1 + max(y for _, y in place.values())
    figure = new_figure(
        "Who names whom: lines lead back to the system",
        _in_words(systems, papers),
        height=int(150 + _ROW * rows),
        min_width=760,
        hovermode="closest",
        showlegend=False,
    )
    _draw(figure, systems, papers, place)
    band = [rows - 0.4, -0.6]
    figure.update_layout(
        xaxis=_time_axis([x for x, _ in place.values()], papers),
        yaxis={
            "range": band, "tickvals": [s.y for s in systems], "showgrid": False,
            "ticktext": [f"<b>{escape(shorten(s.name, 26))}</b>" for s in systems],
        },
        yaxis2={
            "range": band, "overlaying": "y", "side": "right", "showgrid": False, "automargin": True,
            "tickvals": [place[p][1] for p in titled], "tickfont": {"size": 11},
            "ticktext": [escape(shorten(papers[p]["title"], 42)) for p in titled],
        },
    )  # fmt: skip
    return figure


def _most_named(mentions: pd.DataFrame, papers: Mapping[str, Any], most: int) -> list[_System]:
    """The systems shown, linked ones next to each other."""
    found = mentions[mentions["paper_id"].isin(papers) & mentions["introduced_by"].isin(papers)]
    systems = [
        _System(
            str(name),
            str(paper),
            sorted(set(part["paper_id"]), key=lambda p: (_time(papers[p]), p)),
            {
                row["paper_id"]: words_around(papers[row["paper_id"]][row["field"]], row["start"], row["end"])
                for row in part.to_dict("records")
            },
        )
        for (name, paper), part in found.groupby(["name", "introduced_by"])
    ]
    systems.sort(key=lambda s: (-len(s.namers), _time(papers[s.paper]), s.name))
    left, ordered = systems[:most], []
    while left:
        waiting = [left[0]]
        while waiting:
            system = waiting.pop()
            if system in left:
                left.remove(system)
                ordered.append(system)
                waiting += [s for s in reversed(left) if _linked(s, system)]
    return ordered


def _linked(one: _System, other: _System) -> bool:
    return not {one.paper, *one.namers}.isdisjoint({other.paper, *other.namers})


def _place(
    systems: list[_System], papers: Mapping[str, Any]
) -> tuple[dict[str, tuple[float, float]], list[str]]:
    """Date and row of every paper in the figure, and the papers whose title stands beside their row."""
    own = {s.paper for s in systems}
    for paper in dict.fromkeys(p for s in systems for p in s.namers if p not in own):
        # Python's max takes the first of equals, which is the order of the figure.
        max((s for s in systems if paper in s.namers), key=lambda s: len(s.namers)).at_home.append(paper)
    shared = sum(len(s.at_home) for s in systems) > _TITLED
    place: dict[str, tuple[float, float]] = {}
    undated = _undated_at(systems, papers)
    row = 0.0
    for system in systems:
        rows = max(1, min(len(system.at_home), _ROWS_SHARED) if shared else len(system.at_home))
        for number, paper in enumerate(system.at_home):
            place[paper] = (_x(papers[paper], undated), row + number % rows)
        system.y = row + (rows - 1) / 2
        # A paper that introduces two named systems stands at the first; both have a mark of their own.
        place.setdefault(system.paper, (_x(papers[system.paper], undated), system.y))
        row += rows + 0.7
    return place, [] if shared else [p for s in systems for p in s.at_home]


def _draw(
    figure: go.Figure,
    systems: list[_System],
    papers: Mapping[str, Any],
    place: Mapping[str, tuple[float, float]],
) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for system in systems:
        for paper in system.namers:
            x += [place[paper][0], place[system.paper][0], None]
            y += [place[paper][1], system.y, None]
    figure.add_scatter(
        x=x, y=y, mode="lines+markers", line={"color": _LINE, "width": 1.2}, hoverinfo="skip",
        marker={"symbol": "arrow", "angleref": "previous", "size": [0, 11, 0] * (len(x) // 3), "color": _LINE,
                "standoff": [0, 6, 0] * (len(x) // 3), "line": {"width": 0}},
    )  # fmt: skip
    heads = {s.paper: f"{s.name}, named by {count(len(s.namers), 'later paper')}" for s in systems}
    namers = [p for s in systems for p in s.at_home]
    for ids, ys, axis, marker in (
        (namers, [place[p][1] for p in namers], "y2", {"size": 9, "color": HUES[1]}),
        (
            [s.paper for s in systems],
            [s.y for s in systems],
            "y",
            {"size": 13, "color": ACCENT, "symbol": "diamond"},
        ),
    ):
        figure.add_scatter(
            x=[place[p][0] for p in ids], y=ys, yaxis=axis, mode="markers",
            marker={**marker, "line": {"width": 1, "color": "#FFFFFF"}},
            customdata=[paper_url(papers[p]["arxiv_id"], papers[p]["title"]) for p in ids],
            hovertext=[_card(papers[p], heads.get(p, ""), [s for s in systems if p in s.words]) for p in ids],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip


def _card(paper: Mapping[Hashable, Any], head: str, names: list[_System]) -> str:
    """Hover card: what the paper is, which systems it names, and in which words."""
    lines = [f"<b>{escape(head)}</b>"] if head else []
    lines += [wrap(shorten(paper["title"], 120), 56), _date(paper)]
    for system in names:
        words = system.words[str(paper["paper_id"])]
        lines.append(f"names <b>{escape(system.name)}</b>: {wrap(words, 56)}")
    return "<br>".join(lines)


def _date(paper: Mapping[Hashable, Any]) -> str:
    return (
        escape(paper["published"])
        if isinstance(paper["published"], str) and paper["published"]
        else "no date"
    )


def _time(paper: Mapping[str, Any]) -> float:
    """Date in years; a year alone stands at its middle, no date after all others."""
    published = paper["published"]
    if not isinstance(published, str) or not published[:4].isdigit():
        return math.inf
    month = published[5:7]
    return int(published[:4]) + ((int(month) - 0.5) / 12 if month.isdigit() else 0.5)


def _undated_at(systems: list[_System], papers: Mapping[str, Any]) -> float:
    """Where papers without a date stand: a year after the last date."""
    times = [_time(papers[p]) for s in systems for p in (s.paper, *s.namers)]
    return max((t for t in times if math.isfinite(t)), default=0.0) + 1


def _x(paper: Mapping[str, Any], undated: float) -> float:
    time = _time(paper)
    return round(time, 3) if math.isfinite(time) else undated


def _time_axis(times: list[float], papers: Mapping[str, Any]) -> dict[str, Any]:
    """Years as whole numbers, and "no date" where papers without one stand."""
    dated = {round(_time(p), 3) for p in papers.values()} - {math.inf}
    known = [t for t in times if t in dated]
    years = range(math.floor(min(known)), math.floor(max(known)) + 2) if known else range(0)
    step = max(1, -(-len(years) // 12))
    ticks = [(float(year), str(year)) for year in years[::step]]
    if missing := [t for t in times if t not in dated]:
        ticks = [tick for tick in ticks if tick[0] < missing[0] - 0.6] + [(missing[0], "no date")]
    return {
        "title": "date of the paper", "tickvals": [at for at, _ in ticks], "ticktext": [text for _, text in ticks],
        "range": [min(times) - 0.4, max(times) + 0.4],
    }  # fmt: skip


def _in_words(systems: list[_System], papers: Mapping[str, Any]) -> str:
    return f"Network of {count(len(systems), 'named system')}. " + "; ".join(
        f"{s.name} ({_date(papers[s.paper])}) is named by "
        + ", ".join(f"{shorten(papers[p]['title'], 60)} ({_date(papers[p])})" for p in s.namers)
        for s in systems
    )
