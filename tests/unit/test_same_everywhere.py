"""The export is the same, byte for byte, whatever the processor, the threads, and the order of the dumps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import paperatlas as pa
from paperatlas.export import export
from paperatlas.shipped import data_path

MAKES_NO_PROMISE = "passport.json"  # names the machine, the versions and the seconds


def content(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name != MAKES_NO_PROMISE}


@pytest.fixture(scope="module")
def plain(study: pa.Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every exported table of the shipped dumps, as this processor computes them by default."""
    out = tmp_path_factory.mktemp("plain") / "tables"
    export(study, out)
    return content(out)


def test_processor_threads_and_order_change_nothing(plain: dict[str, bytes], tmp_path: Path) -> None:
    """In a process of its own with an empty cache: all at once, as if on an old processor with two cores.

    Of dumps in another order only the rows' order may follow.
    """
    setting = {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "2", "PYTHONHASHSEED": "7"}
    cache = {"NUMBA_CPU_NAME": "generic", "PAPERATLAS_CACHE": str(tmp_path / "cache")}
    backwards = sorted(map(str, data_path("dumps").glob("*.txt")), reverse=True)
    out = tmp_path / "tables"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "paperatlas.cli", "export", *backwards, "--out", str(out)],
        env={**os.environ, **setting, **cache},
        check=True,
        capture_output=True,
    )
    found, wanted = (
        {name: sorted(table.splitlines()) for name, table in tables.items()}
        for tables in (content(out), plain)
    )
    assert found.keys() == wanted.keys()
    assert [name for name in wanted if found[name] != wanted[name]] == []
