"""The row that a sentence is about."""

from __future__ import annotations

from typing import Any

import pandas as pd


def top(table: pd.DataFrame, by: pd.Series) -> dict[str, Any]:
    """Row of the table with the largest value; of equal ones the first."""
    return {str(k): v for k, v in table.iloc[int(by.to_numpy().argmax())].items()}
