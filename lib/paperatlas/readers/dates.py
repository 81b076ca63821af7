"""Dates that a source of papers states itself."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from paperatlas.dates.candidates import Candidate, Problems


class StatedDates:
    """The dates among the records themselves, as a source for `paperatlas.add_dates`.

    Parameters
    ----------
    records : DataFrame
        As from `paperatlas.read_papers`.
    """

    name = "the records"
    asks_for_each = False

    def __init__(self, records: pd.DataFrame) -> None:
        self._records = records

    def candidates(
        self,
        papers: pd.DataFrame,  # noqa: ARG002 - the whole is offered, whatever is asked for
        problems: Problems,  # noqa: ARG002 - the reader has noted them
    ) -> Iterator[Candidate]:
        """Every record with a date."""
        dated = self._records[self._records["published"].notna()]
        columns = ["title", "published", "abstract", "arxiv_id", "venue", "dump", "line"]
        for title, published, abstract, arxiv_id, venue, dump, line in zip(
            *(dated[name].fillna("") if dated[name].dtype != "int64" else dated[name] for name in columns),
            strict=True,
        ):
            yield Candidate(title, published, abstract, arxiv_id, venue, f"{dump}, line {line}")
