"""Figures about what dumps share: sets of papers, pairs of dumps, ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from paperatlas.figures.style import ACCENT, GRID, HUES, INK, QUIET, escape, new_figure, shorten

_ROW = 40
_BARS = 200
_LEGEND = 110


def dump_sets(sets: pd.DataFrame, dumps: pd.DataFrame, *, most: int = 15) -> go.Figure:
    """Papers by the exact set of dumps they stand in: bars over a matrix of dots (UpSet, Lex et al. 2014).

    Parameters
    ----------
    sets : DataFrame
        As `paperatlas.compare.intersections`: ``dumps`` (tuple), ``papers``.
    dumps : DataFrame with ``dump``, ``label`` and ``papers``
    most : int
        The largest sets are shown; the title says how many there are.
    """
    shown = sets.head(most)
    labels = dict(zip(dumps["dump"], dumps["label"], strict=True))
    order = dumps.sort_values(["papers", "dump"], ascending=[False, True])["dump"].tolist()
    row_of = {dump: -place for place, dump in enumerate(order)}
    columns = list(range(1, len(shown) + 1))
    of_all = f"the {len(shown)} largest of {len(sets)} sets" if len(sets) > len(shown) else "every set"
    figure = new_figure(
        "Which dumps hold the same papers",
        f"Bars of the number of papers in each exact set of dumps, {of_all}. "
        + "; ".join(
            f"{n} papers in {' and '.join(labels[d] for d in combination)} only"
            for combination, n in list(zip(shown["dumps"], shown["papers"], strict=True))[:6]
        ),
        height=_LEGEND + _BARS + _ROW * len(order),
        showlegend=False,
        hovermode="closest",
    )
    names = [
        "<br>".join(escape(shorten(labels[d], 50)) for d in combination) for combination in shown["dumps"]
    ]
    alone = [len(combination) == 1 for combination in shown["dumps"]]
    figure.add_bar(
        x=columns, y=shown["papers"], text=shown["papers"], textposition="outside", cliponaxis=False,
        marker_color=["#8FA3B2" if single else ACCENT for single in alone], customdata=names,
        hovertemplate="%{y} papers only in<br>%{customdata}<extra></extra>", yaxis="y2",
    )  # fmt: skip
    grid = [(column, row) for column in columns for row in row_of.values()]
    figure.add_scatter(
        x=[x for x, _ in grid], y=[y for _, y in grid], mode="markers", marker={"size": 7, "color": GRID},
        hoverinfo="skip",
    )  # fmt: skip
    for column, combination, single, name in zip(columns, shown["dumps"], alone, names, strict=True):
        rows = sorted(row_of[dump] for dump in combination)
        colour = "#8FA3B2" if single else ACCENT
        figure.add_scatter(
            x=[column] * len(rows), y=rows, mode="lines+markers", line={"color": colour, "width": 3},
            marker={"size": 11, "color": colour}, hovertemplate=f"{name}<extra></extra>",
        )  # fmt: skip
    papers = dict(zip(dumps["dump"], dumps["papers"], strict=True))
    for dump in order:
        # The name stands above its dots, so that it takes no width from them on a narrow page.
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=row_of[dump] + 0.44, yanchor="middle", showarrow=False,
            text=f"{escape(shorten(labels[dump], 44))} ({papers[dump]})", font={"size": 12, "color": QUIET},
            bgcolor="rgba(255,255,255,0.85)", borderpad=0,
        )  # fmt: skip
    share = _ROW * len(order) / (_BARS + _ROW * len(order))
    figure.update_layout(
        xaxis={
            "showticklabels": False,
            "showgrid": False,
            "title": of_all,
            "range": [0.4, len(shown) + 0.6],
            "anchor": "y",
        },
        yaxis={"visible": False, "range": [-len(order) + 0.6, 0.8], "domain": [0, share]},
        yaxis2={"domain": [share + 0.03, 1], "title": "papers", "rangemode": "tozero", "anchor": "x"},
    )
    return figure


def pair_overlaps(pairs: pd.DataFrame, dumps: pd.DataFrame, *, most: int = 20) -> go.Figure:
    """Shared papers of every pair of dumps, beside what draws from one pool would give.

    Parameters
    ----------
    pairs : DataFrame
        As `paperatlas.compare.overlap_tests`.
    dumps : DataFrame with ``dump`` and ``label``
    most : int
        Pairs shown, those furthest from chance first.
    """
    labels = dict(zip(dumps["dump"], dumps["label"], strict=True))
    far = (pairs["shared"] - pairs["expected"]).abs()
    shown = pairs.assign(far=far).sort_values(["p", "far"], ascending=[True, False], kind="stable").head(most)
    shown = shown.iloc[::-1]
    names = [
        f"{escape(shorten(labels[a].split(' · ')[0], 22))} and {escape(shorten(labels[b].split(' · ')[0], 22))}"
        for a, b in zip(shown["dump"], shown["other"], strict=True)
    ]
    places = np.arange(len(shown))
    figure = new_figure(
        "Which dumps share more than chance",
        "Shared papers per pair of dumps and the range under random draws. "
        + "; ".join(
            f"{n}: {r.shared} shared, {r.low} to {r.high} by chance"
            for n, r in list(zip(names, shown.itertuples(), strict=True))[::-1][:6]
        ),
        height=150 + 38 * len(shown),
        xaxis={"title": "shared papers", "rangemode": "tozero"},
        yaxis={"visible": False, "range": [-0.7, len(shown) - 0.2]},
    )
    for place, low, high in zip(places, shown["low"], shown["high"], strict=True):
        figure.add_scatter(
            x=[low, high], y=[place, place], mode="lines", line={"color": "#C3CFD8", "width": 10},
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=[None], y=[None], mode="lines", line={"color": "#C3CFD8", "width": 10}, name="random draws (95 %)"
    )
    colours = {"more than chance": ACCENT, "fewer than chance": HUES[1], "as by chance": QUIET}
    symbols = {"more than chance": "diamond", "fewer than chance": "square", "as by chance": "circle"}
    for verdict, colour in colours.items():
        of_verdict = (shown["verdict"] == verdict).to_numpy()
        if of_verdict.any():
            figure.add_scatter(
                x=shown["shared"][of_verdict], y=places[of_verdict], mode="markers", name=verdict,
                marker={"color": colour, "size": 11, "symbol": symbols[verdict]},
                customdata=[n for n, wanted in zip(names, of_verdict, strict=True) if wanted],
                hovertemplate="%{customdata}: %{x} shared<extra></extra>",
            )  # fmt: skip
    for place, name in zip(places, names, strict=True):
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=place + 0.42, yanchor="middle", text=name, showarrow=False,
            font={"size": 12, "color": QUIET},
        )  # fmt: skip
    return figure


def rank_pairs(
    ranks: pd.DataFrame, agreement: pd.DataFrame, dumps: pd.DataFrame, titles: pd.Series
) -> go.Figure:
    """Ranks of the shared papers in the two dumps that share most.

    Parameters
    ----------
    ranks : DataFrame
        As `paperatlas.compare.paper_ranks`.
    agreement : DataFrame
        As `paperatlas.compare.rank_agreement`.
    dumps : DataFrame with ``dump`` and ``label``
    titles : Series of titles by ``paper_id``
    """
    pair = agreement.sort_values(["shared", "dump", "other"], ascending=[False, True, True]).iloc[0]
    labels = dict(zip(dumps["dump"], dumps["label"], strict=True))
    both = ranks[[pair["dump"], pair["other"]]].dropna().astype(int)
    found = "" if pd.isna(pair["spearman"]) else f", rank correlation {pair['spearman']:.2f}"
    figure = new_figure(
        "Are shared papers ranked alike?",
        f"Scatter of the ranks of {len(both)} shared papers in {labels[pair['dump']]} and {labels[pair['other']]}"
        f"{found}.",
        height=440,
        xaxis_title=f"rank in {escape(shorten(labels[pair['dump']], 40))}",
        yaxis_title=f"rank in {escape(shorten(labels[pair['other']], 40))}",
        showlegend=False,
    )
    figure.add_scatter(
        x=both[pair["dump"]], y=both[pair["other"]], mode="markers",
        marker={"color": ACCENT, "size": 9, "opacity": 0.7, "line": {"width": 0.5, "color": INK}},
        customdata=[escape(shorten(titles[paper], 70)) for paper in both.index],
        hovertemplate="%{customdata}<br>ranks %{x} and %{y}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed")
    return figure
