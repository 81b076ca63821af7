"""What holds for every kernel in which a notebook is checked: it fits into a small machine."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

MOST_MB = 900  # Binder gives one to two GB to the kernel, the server and all else


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """After each cell that nbval runs, look at the most memory that its kernel ever held."""
    result = yield
    if kernel := getattr(item.parent, "kernel", None):
        status = Path(f"/proc/{kernel.km.provisioner.process.pid}/status")  # on Linux alone
        if status.is_file() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
            peak = round(int(found[1]) * 1024 / 1e6)
            assert peak < MOST_MB, f"{item.nodeid}: the kernel held {peak} MB"
    return result
