"""Runs that are told to stop: one line, and nothing is left behind."""

import os
import signal
import subprocess
import sys

import pytest

import paperatlas as pa
from paperatlas import cli, notebooks
from tests.notebooks.cells import write_notebook

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")

# `paperatlas notebooks` on one notebook, with a folder in the making beside it.
# A shell has its background jobs ignore SIGINT, and nohup HUP; this run is one in the foreground.
_RUN = """
import signal
import sys
from pathlib import Path
from paperatlas import cli, notebooks
from paperatlas.folders import staging
execute = notebooks.execute_all
def work(*args, **options):
    with staging(Path(sys.argv[2])):
        print("at work", flush=True)
        return execute(*args, **options)
notebooks.execute_all = work
notebooks.series = lambda: [Path(sys.argv[1])]
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
sys.exit(cli.main(["notebooks", "00"]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_one_line_and_leaves_nothing(tmp_path, number):
    """Sent by the kernel itself, so that it arrives while a notebook runs."""
    path = write_notebook(
        tmp_path / "00_work.ipynb", f"import os, time; os.kill(os.getppid(), {int(number)}); time.sleep(60)"
    )
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
    path = write_notebook(
        tmp_path / "00_work.ipynb", "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    command = [sys.executable, "-c", _RUN, str(path), str(tmp_path / "out")]
    assert subprocess.run(command, env=environment, capture_output=True).returncode == -signal.SIGKILL
    write_notebook(tmp_path / "00_work.ipynb", "1 + 1")
    assert subprocess.run(command, env=environment, capture_output=True).returncode == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name, "tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_killed_kernel_is_named_with_its_true_cause(tmp_path):
    path = write_notebook(
        tmp_path / "00_work.ipynb", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    )
    with pytest.raises(
        pa.AtlasError, match=r"00_work\.ipynb stopped: its process was ended from outside.*memory"
    ):
        notebooks.execute_all([path])


def test_a_notebook_that_fails_is_one_line_whatever_else_runs(tmp_path, monkeypatch, capfd):
    """The second is shut down in the middle of a cell, and nobody hears of it."""
    sources = {"00_work.ipynb": "1/0", "01_slow.ipynb": "import time; time.sleep(60)"}
    paths = [write_notebook(tmp_path / name, source) for name, source in sources.items()]
    monkeypatch.setattr(notebooks, "series", lambda: paths)
    monkeypatch.setattr(notebooks, "at_a_time", lambda: 2)
    assert cli.main(["notebooks", "00", "01"]) == cli.BAD_INPUT
    (line,) = capfd.readouterr().err.splitlines()
    assert line == (
        "paperatlas: 00_work.ipynb stopped: ZeroDivisionError: division by zero; open it in JupyterLab to see where"
    )
