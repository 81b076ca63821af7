"""Search for papers like a given one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paperatlas.display import Findings, Note, Table
from paperatlas.errors import AtlasError
from paperatlas.study import Study
from paperatlas.widgets.live import chosen, linked, wide

if TYPE_CHECKING:
    from ipywidgets import Widget


def similar_papers(
    study: Study, query: str, *, n: int = 8, live: bool | None = None
) -> Table | Note | Widget:
    """Papers nearest to a title or to any text; live, with a field to search for something else.

    Where the papers use no word of the query, this stands in place of the answer.

    Parameters
    ----------
    study : Study
    query : str
        As for `Study.similar`.
    n : int
        Papers shown.
    live : bool, optional
        Overrules `is_live`.
    """

    def answer(text: str) -> Table:
        return Table(
            study.similar(text, n=n),
            {"title": "paper", "published": "published", "similarity": "similarity"},
            formats={"similarity": ".2f"},
            caption=f"Nearest to “{text}”",
        )

    if not chosen(live):
        try:
            return answer(query)
        except AtlasError as error:
            return Note(str(error))
    import ipywidgets as w

    field = w.Text(value=query, description="Search", continuous_update=False, layout=wide())
    return linked(field, lambda text: answer(text) if text.strip() else Findings(["type a few words"]))
