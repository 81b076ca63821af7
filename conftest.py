"""What holds for every kernel in which a notebook is checked: it fits into a small machine."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from paperatlas.notebooks import peak_memory_mb

MOST_MB = 900  # Binder gives one to two GB to the kernel, the server and all else


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """After each cell that nbval runs, look at the most memory that its kernel ever held."""
    result = yield
    if kernel := getattr(item.parent, "kernel", None):
        peak = peak_memory_mb(kernel.km.provisioner.process.pid)  # None where the system does not tell
        assert peak is None or peak < MOST_MB, f"{item.nodeid}: the kernel held {peak} MB"
    return result
