"""Figures about topics: their tree, how well they hold, and what each of them holds of sources, code and data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.palette import HUES, ink_on, mix, theme_colours, topic_colours
from paperatlas.figures.style import (
    QUIET,
    Marks,
    each,
    escape,
    fade,
    heat_figure,
    new_figure,
    nothing_to_show,
    row_figure,
    row_labels,
    wrap,
)
from paperatlas.prose import marked_names, percent

if TYPE_CHECKING:
    from paperatlas.topics import Topics

_FEW = 10


def theme_tree(topics: Topics) -> go.Figure:
    """Themes, the topics in them and their subtopics, areas in proportion to papers; a click opens a node.

    Nodes that are not found again when papers are resampled are pale and said so.
    """
    themes, table, finest = (topics.at(level) for level in ("theme", "topic", "subtopic"))
    hues, colours = theme_colours(themes["theme"]), topic_colours(table)
    lone = set(themes.loc[themes["topics"].map(len) == 1, "theme"])
    parts = finest[finest["topic"].duplicated(keep=False)]  # a topic that does not divide is its own subtopic
    tiles = []
    for row in themes[~themes["theme"].isin(lone)].to_dict("records"):
        label = f"<b>{escape(row['name'].split(', ')[0])} …</b>"
        tiles.append((f"theme {row['theme']}", "", *_tile(row, mix(hues[row["theme"]], 0.25), label)))
    for row in table.to_dict("records"):
        parent = "" if row["theme"] in lone else f"theme {row['theme']}"
        tiles.append((f"topic {row['topic']}", parent, *_tile(row, colours[row["topic"]])))
    for row in parts.to_dict("records"):
        shade = mix(colours[row["topic"]], 0.75)
        tiles.append((f"subtopic {row['subtopic']}", f"topic {row['topic']}", *_tile(row, shade)))
    ids, parents, texts, names, sizes, shades = (list(column) for column in zip(*tiles, strict=True))
    figure = new_figure(
        "What the pile is about",
        "Papers by theme: "
        + "; ".join(f"{n}, {count} papers" for n, count in zip(themes["name"], themes["size"], strict=True)),
        height=560,
        min_width=640,
        margin={"l": 4, "r": 4, "t": 56, "b": 4},
    )
    figure.add_treemap(
        ids=ids, parents=parents, labels=texts, values=sizes, branchvalues="total", sort=True, maxdepth=3,
        customdata=[escape(name) for name in names], texttemplate="%{label}<br>%{value}",
        marker={"colors": shades, "cornerradius": 3}, insidetextfont={"color": [ink_on(c) for c in shades]},
        hovertemplate="%{customdata}<br>%{value} papers<extra></extra>", tiling={"pad": 3},
    )  # fmt: skip
    return figure


def _tile(row: dict[Any, Any], colour: str, label: str = "") -> tuple[str, str, int, str]:
    """Label, full name, papers and colour of a node; one that is not found again is pale and says so."""
    label = (label or wrap(row["name"], 24)) + ("" if row["stable"] else "<br><i>not found again</i>")
    return label, row["name"], row["size"], colour if row["stable"] else mix(colour, 0.4)


def topic_bars(table: pd.DataFrame) -> go.Figure:
    """Stability of every topic with its interval, the steadiest on top; unstable ones pale."""
    table = table.sort_values("stability", ascending=False)
    colours = table["topic"].map(topic_colours(table))
    shades = colours.where(table["stable"], [fade(colour, 0.35) for colour in colours])
    bounds = table["stability_low"], table["stability_high"]
    return row_figure(
        "How well each topic survives resampling",
        row_labels(marked_names(table), table["size"], 52),
        each(table, "stability {stability:.2f}"),
        [Marks("stability", table["stability"], range(len(table)), *bounds, shades.tolist())],
        xaxis={"title": "mean Jaccard similarity over resamples, with 95 % range", "range": [0, 1.02]},
    )


def share_by_topic(shares: pd.DataFrame, topics: pd.DataFrame, *, title: str) -> go.Figure:
    """Share of each topic's papers that have an entry, with its interval, the greatest first.

    `shares` are those of `paperatlas.code_availability` or `paperatlas.top_claims` by ``"topic"``.
    """
    shares = shares[shares["total"] > 0].sort_values(["share", "n", "group"], ascending=[False, False, True])
    shades = shares["group"].map(topic_colours(topics)).tolist()
    marks = Marks("share", shares["share"], range(len(shares)), shares["low"], shares["high"], shades)
    widest = float(shares["high"].max()) if len(shares) else 1.0
    figure = row_figure(
        title,
        row_labels(shares["group"].map(marked_names(topics)), each(shares, "{n} of {total}"), 46),
        each(shares, "{share:.0%} ({low:.0%} to {high:.0%})"),
        [marks],
        xaxis={
            "title": "share of the topic's papers, with 95 % interval",
            "tickformat": ".0%",
            "range": [-0.02 * widest, 1.04 * widest],  # a point at nothing stands clear of the axis
            "nticks": 6,
        },
    )
    if total := int(shares["total"].sum()):
        overall = int(shares["n"].sum()) / total
        figure.add_vline(
            x=overall, line={"color": QUIET, "dash": "dot", "width": 1}, annotation_position="top",
            annotation={"text": f"all: {percent(overall)}", "font": {"size": 12, "color": QUIET}, "yshift": 4},
        )  # fmt: skip
    return figure


def named_heatmap(shares: pd.DataFrame, topics: pd.DataFrame, *, title: str) -> go.Figure:
    """Topic × data set: the colour is the share of the topic's papers that name it, the number counts them.

    Topics with fewer than ten papers stay white: their shares would outshine those that can be trusted. `shares` are
    those of `paperatlas.named_resources` by ``"topic"``.
    """
    if not len(shares):
        return nothing_to_show(title, "None of these papers names one.")
    names = marked_names(topics)
    entries = shares["entry"].drop_duplicates().tolist()
    share, n, total = (
        shares.pivot_table(index="group", columns="entry", values=column, aggfunc="sum")[entries]
        for column in ("share", "n", "total")
    )
    return heat_figure(
        title,
        f"Heat map of {len(n)} topics by {len(entries)} names; papers by name: "
        + ", ".join(f"{entry}: {count}" for entry, count in n.sum().items()),
        share.where(total >= _FEW, 0.0),
        n.astype(int).astype(str).replace("0", ""),
        [names[topic] for topic in n.index],
        entries,
        customdata=np.dstack([total, share]), colorscale=[[0, "#FFFFFF"], [1, HUES[0]]], zmin=0,
        colorbar={"title": {"text": "share"}, "tickformat": ".0%"},
        hovertemplate="%{y}<br>%{x}: %{text} of %{customdata[0]} papers, %{customdata[1]:.0%}<extra></extra>",
    )  # fmt: skip


def topics_in_dumps(cells: pd.DataFrame, topics: pd.DataFrame, dumps: pd.DataFrame) -> go.Figure:
    """Topic × source: papers in each cell, coloured by how far that is from chance; bold where it surely is.

    `cells` are those of `paperatlas.topics_by_dump`.
    """
    cells = cells.assign(row=cells["topic"], column=cells["dump"], times=cells["odds_ratio"])
    title, names = "Which source is rich in which topic", marked_names(topics)
    return _beside_chance(
        title, cells, names, dumps.set_index("dump")["label"], "papers of the topic", "odds ratio"
    )


def shared_papers(tests: pd.DataFrame, dumps: pd.DataFrame) -> go.Figure:
    """Source × source: papers that both hold, coloured by how far that is from chance; bold where it surely is.

    `tests` are those of `paperatlas.compare.overlap_tests`.
    """
    labels = dumps.set_index("dump")["label"]
    both = pd.concat([tests, tests.rename(columns={"dump": "other", "other": "dump"})])
    times = (both["shared"] + 0.5) / (both["expected"] + 0.5)
    cells = both.assign(row=both["dump"], column=both["other"], papers=both["shared"], times=times)
    title = "Which sources hold the same papers"
    return _beside_chance(title, cells, labels, labels, "papers in both", "times chance")


def _beside_chance(
    title: str, cells: pd.DataFrame, rows: pd.Series, columns: pd.Series, what: str, ratio: str
) -> go.Figure:
    """Heat map of ``papers`` by ``row`` and ``column``, coloured by ``times`` and bold by ``p_adjusted``."""
    if cells.empty:
        return nothing_to_show(title, "There is one source, and nothing to compare it with.")
    papers = cells["papers"].astype(str)
    text = papers.where(cells["p_adjusted"] >= 0.05, "<b>" + papers + "</b>")
    z, shown = (
        cells.assign(z=np.log2(cells["times"]).clip(-4, 4), shown=text).pivot_table(
            index="row", columns="column", values=name, aggfunc="first"
        )
        for name in ("z", "shown")
    )
    return heat_figure(
        title,
        f"Heat map of {len(z)} rows by {len(z.columns)} sources; the number in each cell counts {what}.",
        z,
        shown.fillna(""),
        [rows[row] for row in z.index],
        [columns[column] for column in z.columns],
        colorscale=[[0, "#C8501A"], [0.5, "#FFFFFF"], [1, "#0B6FB8"]], zmin=-4, zmax=4,
        colorbar={"title": {"text": ratio}, "tickvals": [-4, -2, 0, 2, 4], "ticktext": ["1/16", "1/4", "1", "4", "16"]},
        hovertemplate=f"%{{y}}<br>%{{x}}<br>%{{text}} {what}<extra></extra>",
    )  # fmt: skip
