"""Look into one topic; try another number of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from paperatlas import findings
from paperatlas.display import Findings, Stack, Table
from paperatlas.errors import AtlasError
from paperatlas.study import Study
from paperatlas.widgets.live import chosen, html_box, linked, safely, wide

if TYPE_CHECKING:
    from ipywidgets import Widget


def inspect_topic(study: Study, topic: int = 0, *, live: bool | None = None) -> Stack | Widget:
    """One topic: how far to trust it, and its most typical and most doubtful papers; live, with a menu.

    Parameters
    ----------
    study : Study
    topic : int
        The topic shown (first).
    live : bool, optional
        Overrules `is_live`.

    Raises
    ------
    AtlasError
        If there is no such topic.
    """
    table = study.topics.table

    def answer(number: int) -> Stack:
        return Stack([Findings(findings.topic(study, number)), _papers_of(study, number)])

    if topic not in set(table["topic"]):
        raise AtlasError(f"there is no topic {topic}; they are numbered from 0 to {table['topic'].max()}")
    if not chosen(live):
        return answer(topic)
    import ipywidgets as w

    names = zip(table["topic"], table["name"], strict=True)
    options = [(f"{number} · {name}", int(number)) for number, name in names]
    return linked(w.Dropdown(options=options, value=topic, description="Topic", layout=wide()), answer)


def choose_topics(study: Study, *, live: bool | None = None) -> Table | Widget:
    """What each number of topics would cost; live, with a slider, and a button that fits that many.

    Parameters
    ----------
    study : Study
    live : bool, optional
        Overrules `is_live`.
    """
    scan = study.topics.scan
    if not chosen(live):
        return _scan_table(scan)
    import ipywidgets as w

    now = len(study.topics.table)
    numbers = [int(k) for k in scan["k"]]
    slider = w.SelectionSlider(
        options=numbers,
        value=now if now in numbers else numbers[0],
        description="Topics",
        continuous_update=False,
    )
    button = w.Button(description="Fit this many", tooltip="takes about as long as the first fit")
    fitted = html_box()

    def fit(_: object) -> None:
        button.disabled = True
        fitted.value = "<p>fitting …</p>"
        fitted.value = safely(lambda: _topic_table(_refitted(study, int(slider.value))))
        button.disabled = False

    button.on_click(fit)
    return w.VBox([linked(slider, lambda k: _scan_table(scan[scan["k"] == k])), button, fitted])


def _papers_of(study: Study, topic: int) -> Table:
    row = study.topics.table.set_index("topic").loc[topic]
    papers = study.corpus.merge(study.topics.papers, on="paper_id").set_index("paper_id")
    ids = dict.fromkeys([*row["typical"], *row["borderline"]])
    shown = papers.loc[list(ids)].assign(
        place=["typical" if i in row["typical"] else "doubtful" for i in ids]
    )
    return Table(
        shown,
        {"title": "paper", "published": "published", "confidence": "confidence", "place": "place"},
        formats={"confidence": ".2f"},
        caption=f"Papers of “{row['name']}”",
    )


def _scan_table(scan: pd.DataFrame) -> Table:
    columns = {
        "k": "topics",
        "stability": "stability",
        "stability_low": "low",
        "stability_high": "high",
        "npmi": "coherence",
        "diversity": "diversity",
        "mark": "choice",
    }
    return Table(
        scan.assign(mark=["chosen" if yes else "" for yes in scan["chosen"]]),
        columns,
        formats=dict.fromkeys(("stability", "stability_low", "stability_high", "npmi", "diversity"), ".2f"),
        caption="What each number of topics would cost",
        most=len(scan),
    )


def _refitted(study: Study, k: int) -> Study:
    return Study(
        study.dumps,
        n_topics=k,
        sources=study.sources,
        period=study.period,
        seed=study.seed,
        cache=study.cache.folder or False,
    )


def _topic_table(study: Study) -> Table:
    return Table(
        study.topics.table,
        {"name": "topic", "size": "papers", "stability": "stability", "words": "words"},
        formats={"stability": ".2f"},
        caption=f"The pile in {len(study.topics.table)} topics",
        most=40,
    )
