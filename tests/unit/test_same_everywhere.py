"""The export is the same, byte for byte, whatever the processor, the threads, and the order of the dumps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from paperatlas.shipped import data_path

MAKES_NO_PROMISE = {"passport.json"}  # names the machine, the versions and the seconds


def export(out: Path, setting: dict[str, str], *, backwards: bool = False) -> dict[str, bytes]:
    """Every exported table of the shipped dumps, computed in a process of its own with an empty cache."""
    dumps = sorted(map(str, data_path("dumps").glob("*.txt")), reverse=backwards)
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "paperatlas.cli", "export", *dumps, "--out", str(out)],
        env={**os.environ, **setting, "PAPERATLAS_CACHE": str(out.with_name("cache"))},
        check=True,
        capture_output=True,
    )
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name not in MAKES_NO_PROMISE}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return export(tmp_path_factory.mktemp("plain") / "tables", {})


def _knows_avx512() -> bool:
    cpus = Path("/proc/cpuinfo")
    return cpus.exists() and "avx512f" in cpus.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "setting",
    [
        {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "1", "NUMBA_CPU_NAME": "generic"},
        {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "2", "PYTHONHASHSEED": "7"},
        pytest.param(
            {"OPENBLAS_CORETYPE": "SkylakeX"},
            marks=pytest.mark.skipif(not _knows_avx512(), reason="this processor has no AVX-512"),
        ),
    ],
    ids=lambda setting: setting["OPENBLAS_CORETYPE"],
)
def test_processor_and_threads_change_nothing(
    plain: dict[str, bytes], setting: dict[str, str], tmp_path: Path
) -> None:
    assert export(tmp_path / "tables", setting) == plain


def test_the_order_of_the_dumps_changes_nothing_but_the_order_of_rows(
    plain: dict[str, bytes], tmp_path: Path
) -> None:
    found = export(tmp_path / "tables", {}, backwards=True)
    assert found.keys() == plain.keys()
    for name, table in found.items():
        assert sorted(table.splitlines()) == sorted(plain[name].splitlines()), name
