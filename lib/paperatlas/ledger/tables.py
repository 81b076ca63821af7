"""Rows to tables: one shape for all tables of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


def as_table(rows: Sequence[tuple[object, ...]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A table of rows with a dtype for each column.

    Text that no string column can hold, such as a lone surrogate, stays as Python objects.

    Parameters
    ----------
    rows
        One tuple per row, in the order of the columns.
    columns
        Names and dtypes: "str", "int64", "float64", or "object" for what the values are.
    """
    values = zip(*rows, strict=True) if rows else ((),) * len(columns)
    table: dict[str, Any] = {}
    for (name, dtype), column in zip(columns.items(), values, strict=True):
        table[name] = _column(list(column), dtype)
    return pd.DataFrame(table)


def _column(values: list[Any], dtype: str) -> Any:
    try:
        return pd.Series(values, dtype=None if dtype == "object" and values else dtype)
    except UnicodeEncodeError:
        return pd.Series(values, dtype=object)
