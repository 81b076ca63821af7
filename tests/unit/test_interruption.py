"""Runs that are killed at any moment, disks that fill up, folders that refuse: nothing is lost."""

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from paperatlas import folders
from paperatlas.cache import Cache
from paperatlas.errors import AtlasError
from paperatlas.folders import PASSPORT, check_target, files_of, replace_folder, scratch, staging

KILLS = int(os.environ.get("PAPERATLAS_KILLS", "20"))


def listed(folder: Path) -> Path:
    """The folder with a passport that lists its files, as every result has one."""
    (folder / PASSPORT).write_text(json.dumps({"files": files_of(folder)}))
    return folder


def work(out: Path, cache: Path, start: int) -> None:
    """A run in small: keeps steps, writes a folder of files and puts it in place, again and again.

    Each result is recognisable as whole by its number, which stands in every file.
    """
    for number in range(start, start + 100_000):
        Cache(cache).save("step", str(number % 3), [number % 3] * 2000)
        with staging(out) as place:
            folder = place / "tables"
            folder.mkdir()
            for i in range(6):
                (folder / f"{i}.csv").write_text(f"{number}\n" * 500)
            replace_folder(listed(folder), out)


def content(out: Path) -> set[str]:
    files = sorted(out.glob("*.csv"))
    assert len(files) == 6
    texts = {file.read_text() for file in files}
    assert len(texts) == 1, "tables of two runs in one folder"
    (text,) = texts
    lines = text.splitlines()
    assert len(lines) == 500, "a half-written table"
    return set(lines)


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
@pytest.mark.parametrize("exchange", [True, False], ids=["in one step", "in two steps"])
def test_killed_at_any_moment(tmp_path, monkeypatch, exchange):
    """The last good output is there after every kill, the cache is whole, the next run tidies up."""
    if not exchange:  # a disk that cannot exchange two folders
        monkeypatch.setattr(folders, "_exchange", lambda one, other: False)
    rng = random.Random(0)
    out, cache = tmp_path / "out with ümläut", tmp_path / "cache"
    fork = multiprocessing.get_context("fork")
    for kill in range(KILLS // 2):
        run = fork.Process(target=work, args=(out, cache, kill * 1_000_000))
        run.start()
        while kill == 0 and not out.exists():  # the first result has to be there before it can be lost
            assert run.is_alive()
        run.join(timeout=rng.uniform(0, 0.1))
        run.kill()
        run.join()
        assert run.exitcode == -signal.SIGKILL
        if exchange:
            content(out)
        else:
            with staging(out):  # what the next run does first
                content(out)
        for key in range(3):
            assert Cache(cache).load("step", str(key), list) in (None, [key] * 2000)
    with staging(out):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", out.name]


def test_runs_that_start_at_one_time_do_not_clear_each_other_away(tmp_path, monkeypatch):
    """Another run looks for what killed runs left just when the folder is there and nobody holds it yet."""
    make, made = tempfile.mkdtemp, []

    def make_while_another_starts(**options) -> str:
        name = make(**options)
        made.append(name)
        if len(made) == 1:
            with scratch("run-", tmp_path):
                pass
        return name

    monkeypatch.setattr(tempfile, "mkdtemp", make_while_another_starts)
    with scratch("run-", tmp_path) as folder:
        (folder / "table").write_text("mine")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file sizes")
def test_a_full_disk_is_named_and_costs_nothing(tmp_path):
    """A limit on file sizes stands for the full disk: the write fails in the same way, half done."""
    out = tmp_path / "out"
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "import pandas as pd; from paperatlas.export import write_csv\n"
        "from paperatlas.errors import AtlasError; from paperatlas.folders import replace_folder, staging\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "out = Path(sys.argv[1])\n"
        "try:\n"
        "    with staging(out) as place:\n"
        "        (place / 't').mkdir()\n"
        "        write_csv(pd.DataFrame({'n': range(100_000)}), place / 't' / 'n.csv')\n"
        "        replace_folder(place / 't', out)\n"
        "except AtlasError as error:\n"
        "    print(error)\n"
    )
    out.mkdir()
    (out / "n.csv").write_text("good")
    run = subprocess.run([sys.executable, "-c", code, str(out)], capture_output=True, text=True, check=True)
    assert "cannot be written: File too large" in run.stdout
    assert "still there" in run.stdout
    assert (out / "n.csv").read_text() == "good"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root becomes somebody else")
def test_somebody_without_permission_is_told_before_anything_is_computed(tmp_path):
    """Root ignores permissions, so the question is asked as another user."""

    def ask() -> None:
        os.setuid(65534)
        with pytest.raises(AtlasError, match=r"nothing may be written in .*--out"):
            check_target(Path("/usr/out"))

    run = multiprocessing.get_context("fork").Process(target=ask)
    run.start()
    run.join()
    assert run.exitcode == 0
