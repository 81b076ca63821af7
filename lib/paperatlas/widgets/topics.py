"""Look into one topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperatlas import findings
from paperatlas.display import Findings, Stack, Table
from paperatlas.errors import AtlasError
from paperatlas.study import Study
from paperatlas.widgets.live import chosen, linked, wide

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
    table = study.topics.at("topic")

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


def _papers_of(study: Study, topic: int) -> Table:
    row = study.topics.at("topic").set_index("topic").loc[topic]
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
