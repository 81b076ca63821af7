"""Which source of dates a name or a path stands for: any file of papers, the shipped table, arXiv."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from paperatlas.dates.candidates import Candidate, DateSource, DateSourceError, file_state
from paperatlas.errors import AtlasError
from paperatlas.readers import find_sources, iter_papers
from paperatlas.readers import NO_ABSTRACT, Problem, Problems
from paperatlas.shipped import data_path

# Sources without a file, by the names under which a command line or a notebook asks for them.
REFERENCE, ARXIV_API, ARXIV_ANSWERS = "reference table", "arXiv API", "arXiv API, answers on disk"


class PaperSource:
    """Dates from papers: any file that `paperatlas.read_papers` reads, streamed past the corpus.

    Parameters
    ----------
    path : str or Path
        A table, library or snapshot with titles and dates. Without abstracts a paper is dated only by the same
        title or by one with slight typing slips.
    name : str, optional
        How the source is called in ``date_source``; the file's name by default.

    Raises
    ------
    DateSourceError
        If there is no such file, or it holds no papers.
    """

    asks_for_each = False

    def __init__(self, path: str | Path, *, name: str | None = None) -> None:
        self.path = Path(path)
        self.name = name or self.path.name
        try:
            self._files = find_sources(self.path)
            next(iter_papers(self.path, chunk=1, problems=[]))
        except AtlasError as error:
            raise DateSourceError(str(error)) from error

    def candidates(
        self,
        papers: pd.DataFrame,  # noqa: ARG002 - the whole is offered, whatever is asked for
        problems: Problems,
    ) -> Iterator[Candidate]:
        """All dated papers of the source; what could not be used is noted in `problems`."""
        found: list[Problem] = []
        columns = ["title", "published", "abstract", "arxiv_id", "venue"]
        dated = n = 0
        try:
            for records in iter_papers(self.path, problems=found):
                n += len(records)
                some = records.loc[records["published"].notna(), columns].fillna("")
                dated += len(some)
                yield from (Candidate(*row) for row in some.itertuples(index=False, name=None))
        except AtlasError as error:
            raise DateSourceError(str(error)) from error
        finally:
            # Whether an abstract is there is no matter of dates.
            problems.extend(problem for problem in found if not problem.reason.startswith(NO_ABSTRACT))
        if n and not dated:
            raise DateSourceError(
                f"{self.path} dates none of its {n:,} papers; expected a column for date or year"
            )

    def state(self) -> str:
        """Changes with the files and the day."""
        return repr([file_state(file, self.name, date.today()) for file in self._files])


def choose_sources(sources: Sequence[DateSource | str | Path] | None) -> list[DateSource]:
    """Sources as objects; the shipped reference table alone for None.

    Raises
    ------
    DateSourceError
        If a path is no source.
    """
    chosen = [REFERENCE] if sources is None else sources
    return [_named(source) if isinstance(source, str | Path) else source for source in chosen]


def _named(name: str | Path) -> DateSource:
    if name == REFERENCE:
        return PaperSource(data_path("reference", "dates.csv"), name=REFERENCE)
    if name in (ARXIV_API, ARXIV_ANSWERS):
        from paperatlas.dates.arxiv_api import ArxivApi

        # A bar in a log or in a saved notebook is noise; who wants one there passes the source itself.
        return ArxivApi(ask=name == ARXIV_API, progress=sys.stderr.isatty())
    return PaperSource(name)
