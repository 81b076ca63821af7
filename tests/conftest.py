"""Shared fixtures."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import paperatlas as pa

ROOT = Path(__file__).resolve().parents[1]
DUMPS = ROOT / "data" / "dumps"


@pytest.fixture(scope="session")
def dumps_folder() -> Path:
    return DUMPS


@pytest.fixture(scope="session")
def records() -> pd.DataFrame:
    return pa.read_dumps(DUMPS)


@pytest.fixture(scope="session")
def corpus(records: pd.DataFrame) -> pd.DataFrame:
    return pa.build_corpus(records)


@pytest.fixture(scope="session")
def study() -> pa.Study:
    """The study of the shipped dumps, steps kept in the ordinary cache."""
    return pa.Study(DUMPS)
