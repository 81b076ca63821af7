"""Runs that are told to stop: one line, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import paperatlas as pa
from paperatlas import notebooks

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")

_RUN = """
import sys
from pathlib import Path
from paperatlas import cli, commands, notebooks
def work(options):
    from paperatlas.folders import staging
    with staging(Path(sys.argv[2])):
        print("at work", flush=True)
        notebooks.execute_all([Path(sys.argv[1])])
commands.warm = work
sys.exit(cli.main(["warm", "x"]))
"""


def a_notebook(folder: Path, source: str) -> Path:
    path = folder / "00_work.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_one_line_and_leaves_nothing(tmp_path, number):
    """Sent by the kernel itself, so that it arrives while a notebook runs."""
    path = a_notebook(tmp_path, f"import os, time; os.kill(os.getppid(), {int(number)}); time.sleep(60)")
    (tmp_path / "tmp").mkdir()
    run = subprocess.run(
        [sys.executable, "-c", _RUN, str(path), str(tmp_path / "out")],
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        capture_output=True,
        text=True,
    )
    assert run.stdout == "at work\n"
    assert run.stderr == "paperatlas: stopped; what was there before is still there\n"
    assert run.returncode == 128 + number
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name, "tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_a_killed_run_left_is_cleared_by_the_next(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    path = a_notebook(tmp_path, "import os, signal; os.kill(os.getppid(), signal.SIGKILL)")
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    command = [sys.executable, "-c", _RUN, str(path), str(tmp_path / "out")]
    assert subprocess.run(command, env=environment, capture_output=True).returncode == -signal.SIGKILL
    a_notebook(tmp_path, "1 + 1")
    assert subprocess.run(command, env=environment, capture_output=True).returncode == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name, "tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_killed_kernel_is_named_with_its_true_cause(tmp_path):
    path = a_notebook(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(
        pa.AtlasError, match=r"00_work\.ipynb stopped: its process was ended from outside.*memory"
    ):
        notebooks.execute_all([path])


def test_a_fault_of_the_program_is_one_line(monkeypatch, capsys):
    from paperatlas import cli, commands

    def fail(options):
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(commands, "warm", fail)
    assert cli.main(["warm", "x"]) == cli.FAULT
    (line,) = capsys.readouterr().err.splitlines()
    assert "RuntimeError: two lines; this is a fault of the program" in line
