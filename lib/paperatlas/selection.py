"""Which papers meet a condition, and how often each value occurs among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.share import parts_of

Mask = NDArray[np.bool_]


def has_values(papers: pd.DataFrame, column: str, wanted: Any) -> Mask:
    """(n,) papers with a value, or one of several, in a column; of names divided by semicolons one is enough."""
    _check(papers, column)
    several = wanted if isinstance(wanted, list | tuple | set) else [wanted]
    meant = {form for value in several for form in (value, _folded(value))}

    def meets(value: Any) -> bool:
        parts = [value, *(parts_of(value) if isinstance(value, str) else ())]
        return any(_folded(part) in meant for part in parts)

    return np.array([meets(value) for value in papers[column]], dtype=bool)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def in_years(published: pd.Series[Any], years: int | tuple[int | None, int | None]) -> Mask:
    """(n,) papers published from the first year to the last; None is an open end, and no date is in no year."""
    first, last = (years, years) if isinstance(years, int) else years
    year = pd.to_numeric(published.str[:4], errors="coerce")
    return year.between(-np.inf if first is None else first, np.inf if last is None else last).to_numpy()


def count_values(papers: pd.DataFrame, column: str, level: str) -> pd.DataFrame:
    """Papers of each node with each value of a column; see `paperatlas.Study.counts`."""
    _check(papers, column)
    _check(papers, level)
    node = [level, f"{level}_name"]
    held = papers[node].assign(value=papers[column].map(_values)).dropna(subset=[level])
    held = held[held["value"].map(bool)]
    found = held.explode("value").groupby([*node, "value"], as_index=False).size()
    found = found.rename(columns={"size": "papers"})
    found["share"] = (found["papers"] / found[level].map(held.groupby(level).size())).round(4)
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
