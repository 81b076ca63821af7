"""Figures about topics: their tree, how well they hold, and what each of them holds of sources, code and data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.palette import HUES, ink_on, mix, theme_colours, topic_colours
from paperatlas.figures.style import (
    QUIET,
    each,
    escape,
    fade,
    heat_figure,
    marks,
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
    nodes, table = topics.table, topics.at("topic")
    ids = nodes["level"] + " " + nodes["topic"].astype(str)
    above = nodes["level"].map({"topic": "theme ", "subtopic": "topic "}) + nodes["parent"].astype("str")
    # A theme of one topic is that topic, and a topic that does not divide is its own subtopic.
    alone = above.notna() & ~above.duplicated(keep=False)
    shown = ~(alone & (nodes["level"] == "subtopic")) & ~ids.isin(above[alone & (nodes["level"] == "topic")])
    known = {f"theme {theme}": mix(hue, 0.25) for theme, hue in theme_colours(table["theme"]).items()}
    known |= {f"topic {topic}": colour for topic, colour in topic_colours(table).items()}
    colours = ids.map(known).fillna(
        above.map(known).map(lambda colour: mix(colour, 0.75), na_action="ignore")
    )
    fragile = nodes["grade"] == "fragile"
    labels = nodes["name"].map(lambda name: wrap(name, 24))
    heads = nodes["name"].map(lambda name: f"<b>{escape(name.split(', ')[0])} …</b>")
    tiles = pd.DataFrame({
        "id": ids,
        "parent": above.where(above.isin(ids[shown]), ""),
        "label": labels.where(nodes["level"] != "theme", heads) + np.where(fragile, "<br><i>not found again</i>", ""),
        "colour": colours.where(~fragile, colours.map(lambda colour: mix(colour, 0.4))),
        "name": nodes["name"].map(escape),
        "size": nodes["size"],
    })[shown]  # fmt: skip
    themes = nodes[nodes["level"] == "theme"]
    figure = new_figure(
        "What the pile is about",
        "Papers by theme: " + "; ".join(each(themes, "{name}, {size} papers")),
        height=560,
        min_width=640,
        margin={"l": 4, "r": 4, "t": 56, "b": 4},
    )
    return figure.add_treemap(
        ids=tiles["id"], parents=tiles["parent"], labels=tiles["label"], values=tiles["size"], branchvalues="total",
        customdata=tiles["name"], texttemplate="%{label}<br>%{value}", sort=True, maxdepth=3, tiling={"pad": 3},
        marker={"colors": tiles["colour"], "cornerradius": 3}, insidetextfont={"color": [*map(ink_on, tiles["colour"])]},
        hovertemplate="%{customdata}<br>%{value} papers<extra></extra>",
    )  # fmt: skip


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
        [marks("stability", table["stability"], range(len(table)), *bounds, colour=shades.tolist())],
        xaxis={"title": "mean Jaccard similarity over resamples, with 95 % range", "range": [0, 1.02]},
    )


def share_by_topic(shares: pd.DataFrame, topics: pd.DataFrame, *, title: str) -> go.Figure:
    """Share of each topic's papers that have an entry, with its interval, the greatest first.

    `shares` are those of `paperatlas.code_availability` or `paperatlas.top_claims` by ``"topic"``.
    """
    shares = shares[shares["total"] > 0].sort_values(["share", "n", "group"], ascending=[False, False, True])
    shades = shares["group"].map(topic_colours(topics)).tolist()
    bounds = shares["low"], shares["high"]
    figure = row_figure(
        title,
        row_labels(shares["group"].map(marked_names(topics)), each(shares, "{n} of {total}"), 46),
        each(shares, "{share:.0%} ({low:.0%} to {high:.0%})"),
        [marks("share", shares["share"], range(len(shares)), *bounds, colour=shades)],
        xaxis={
            "title": "share of the topic's papers, with 95 % interval",
            "tickformat": ".0%",
            "rangemode": "tozero",
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
    entries = shares.groupby("entry", sort=False)["n"].sum()
    cells = shares.assign(
        row=shares["group"],
        column=shares["entry"],
        z=shares["share"].where(shares["total"] >= _FEW, 0.0),
        text=shares["n"].astype(str).replace("0", ""),
        told=each(shares, "{n} of {total} papers, {share:.0%}"),
    )
    counted = ", ".join(f"{entry}: {n}" for entry, n in entries.items())
    return heat_figure(
        title,
        f"Heat map of {shares['group'].nunique()} topics by {len(entries)} names; papers by name: {counted}",
        cells,
        marked_names(topics),
        entries.index.to_series(),
        colorscale=[[0, "#FFFFFF"], [1, HUES[0]]], zmin=0,
        colorbar={"title": {"text": "share"}, "tickformat": ".0%"},
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
    cells = cells.assign(
        z=np.log2(cells["times"]).clip(-4, 4),
        text=papers.where(cells["p_adjusted"] >= 0.05, "<b>" + papers + "</b>"),
        told=papers + f" {what}",
    )
    return heat_figure(
        title,
        f"Heat map of {len(rows)} rows by {len(columns)} sources; the number in each cell counts {what}.",
        cells,
        rows,
        columns,
        colorscale=[[0, "#C8501A"], [0.5, "#FFFFFF"], [1, "#0B6FB8"]], zmin=-4, zmax=4,
        colorbar={"title": {"text": ratio}, "tickvals": [-4, -2, 0, 2, 4], "ticktext": ["1/16", "1/4", "1", "4", "16"]},
    )  # fmt: skip
