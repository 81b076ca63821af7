"""The index of the site's search: every paper and topic, as a script that works from a folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from paperatlas.atlasmap import search_words
from paperatlas.display import visible
from paperatlas.report.cards import Cards, page

if TYPE_CHECKING:
    from paperatlas.study import Study


def index_script(study: Study, cards: Cards) -> str:
    """Script that sets ``window.paperAtlas`` to the lists that ``site/find.js`` searches.

    Parameters
    ----------
    study : Study
    cards : Cards
    """
    papers, topics = study.papers, study.topics.at("topic")
    place = {int(topic): n for n, topic in enumerate(topics["topic"])}
    systems = study.ledger.systems.groupby("paper_id")["name"].agg(lambda names: sorted(set(names)))
    index = {
        "papers": [
            [
                visible(row["title"]),
                cards.address(row["paper_id"]),
                " · ".join(visible(row[c]) for c in ("published", "venue") if isinstance(row[c], str) and row[c]),
                place[row["topic"]],
                [visible(name) for name in systems.get(row["paper_id"], [])],
                search_words(row["title"], row["abstract"]),
            ]
            for row in papers.to_dict("records")
        ],
        "topics": [
            [visible(row["name"]), page(row["topic"]), int(row["size"]), visible(row["words"])]
            for row in topics.to_dict("records")
        ],
    }  # fmt: skip
    return f"window.paperAtlas = {json.dumps(index, separators=(',', ':'), ensure_ascii=True)};\n"
