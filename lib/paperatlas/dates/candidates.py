"""What a source of dates offers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.readers import Problems


class DateSourceError(AtlasError):
    """A source of dates that cannot be read; the message names file and line, or address, and remedy."""


class Candidate(NamedTuple):
    """One dated publication a source knows of; ``published`` is "YYYY-MM" or "YYYY", never empty."""

    title: str
    published: str
    abstract: str = ""
    arxiv_id: str = ""
    venue: str = ""


def file_state(path: Path, *more: object) -> str:
    """What a source read from a file depends on, without reading it."""
    state = path.stat()
    return repr((str(path.resolve()), state.st_size, state.st_mtime_ns, *map(str, more)))


class DateSource(Protocol):
    """Anything with a name that offers dated publications for papers.

    ``asks_for_each`` says that every paper costs a request, so that only papers without a date are asked. A
    source may have a method ``state`` that returns a text which changes when its answers may; what it found
    is then kept between runs.
    """

    name: str
    asks_for_each: bool

    def candidates(self, papers: pd.DataFrame, problems: Problems) -> Iterator[Candidate]:
        """Publications that may be among `papers` (``paper_id``, ``title``, ``abstract``)."""
        ...
