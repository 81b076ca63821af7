"""Which papers meet a condition, and how often each value occurs among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.readers import NO_ABSTRACT
from paperatlas.share import parts_of

Mask = NDArray[np.bool_]


def with_abstracts(records: pd.DataFrame) -> pd.DataFrame:
    """Records that have an abstract; the others stay among the problems, and their remedy says that they were left out."""
    found = records[records["abstract"] != ""].reset_index(drop=True)
    found.attrs["problems"] = [
        p._replace(remedy="it was left out", kept=False) if p.reason.startswith(NO_ABSTRACT) else p
        for p in records.attrs["problems"]
    ]
    return found


def has_values(papers: pd.DataFrame, column: str, wanted: Any) -> Mask:
    """(n,) papers with a value, or one of several, in a column; of names divided by semicolons one is enough."""
    _check(papers, column)
    several = set(wanted) if isinstance(wanted, list | tuple | set) else {wanted}
    folded_too = several | {value.casefold() for value in several if isinstance(value, str)}

    def meets(value: Any) -> bool:
        parts = [value, *(parts_of(value) if isinstance(value, str) else ())]
        return any((part.casefold() if isinstance(part, str) else part) in folded_too for part in parts)

    return np.array([meets(value) for value in papers[column]], dtype=bool)


def in_years(published: pd.Series[Any], years: int | tuple[int | None, int | None]) -> Mask:
    """(n,) papers published from the first year to the last; None is an open end, and no date is in no year."""
    first, last = (years, years) if isinstance(years, int) else years
    year = pd.to_numeric(published.str[:4], errors="coerce").to_numpy(dtype=float)
    low, high = -np.inf if first is None else first, np.inf if last is None else last
    with np.errstate(invalid="ignore"):
        return np.asarray((year >= low) & (year <= high))  # a missing year is neither


def count_values(papers: pd.DataFrame, column: str, level: str) -> pd.DataFrame:
    """Papers of each node with each value of a column; see `paperatlas.Study.counts`."""
    _check(papers, column)
    _check(papers, level)
    rows = [
        (node, name, value)
        for node, name, held in papers[[level, f"{level}_name", column]].itertuples(index=False)
        if not pd.isna(node)
        for value in _values(held)
    ]
    table = pd.DataFrame(rows, columns=[level, f"{level}_name", "value"])
    found = table.groupby([level, f"{level}_name", "value"], as_index=False).size()
    found = found.rename(columns={"size": "papers"})
    with_any = papers[[bool(_values(held)) for held in papers[column]]].groupby(level).size()
    found["share"] = (found["papers"] / found[level].map(with_any)).round(4)
    return found.sort_values([level, "papers", "value"], ascending=[True, False, True], ignore_index=True)


def _values(held: Any) -> list[Any]:
    if isinstance(held, tuple | list):
        return list(held)
    if isinstance(held, str):
        return parts_of(held) if ";" in held else [held.strip()] if held.strip() else []
    return [] if pd.isna(held) else [held]


def _check(papers: pd.DataFrame, column: str) -> None:
    if column not in papers:
        raise AtlasError(
            f"the papers have no column {column!r}; they have {', '.join(map(str, papers.columns))}"
        )
