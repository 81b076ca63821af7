"""The cache keeps what it is given, notices damage, and never raises."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from paperatlas.cache import Cache, cache_folder, fingerprint, pack, unpack


@dataclass(frozen=True)
class Result:
    table: pd.DataFrame
    array: np.ndarray
    facts: dict


@pytest.fixture
def result() -> Result:
    table = pd.DataFrame(
        {
            "name": ["é", None],
            "n": [1, 2],
            "words": [("a", "b"), ()],
            "ids": [(1,), (2, 3)],
            "share": [0.5, np.nan],
        }
    )
    return Result(table, np.arange(6, dtype=np.float32).reshape(2, 3), {"k": 3, "list": [1.5]})


def test_round_trip_of_a_dataclass(tmp_path, result):
    cache = Cache(tmp_path)
    cache.save("step", "key", pack(result))
    back = unpack(Result, cache.load("step", "key"))
    pd.testing.assert_frame_equal(back.table, result.table)
    assert type(back.table["ids"][0][0]) is int
    np.testing.assert_array_equal(back.array, result.array)
    assert back.array.dtype == np.float32
    assert back.facts == result.facts


def test_absent_is_none(tmp_path):
    assert Cache(tmp_path / "nowhere").load("step", "key") is None
    assert Cache(None).load("step", "key") is None


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-40], lambda b: b"rubbish", lambda b: b"", lambda b: b[:300] + b"!" + b[301:]]
)
def test_damage_is_reported_and_counts_as_absent(tmp_path, caplog, result, damage):
    cache = Cache(tmp_path)
    cache.save("step", "key", {"table": result.table})
    file = next(tmp_path.glob("*.zip"))
    file.write_bytes(damage(file.read_bytes()))
    with caplog.at_level(logging.WARNING, "paperatlas"):
        assert cache.load("step", "key") is None
    assert file.name in caplog.text


def test_a_foreign_file_is_not_believed(tmp_path, caplog):
    cache = Cache(tmp_path)
    cache.save("step", "key", {"value": 1})
    next(tmp_path.glob("*.zip")).rename(tmp_path / "step-other.zip")
    with caplog.at_level(logging.WARNING, "paperatlas"):
        assert cache.load("step", "other") is None
    assert "another step" in caplog.text


def test_pickles_are_refused(tmp_path, caplog):
    import io
    import zipfile

    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(tmp_path / "step-key.zip", "w") as archive:
        archive.writestr("key", "step key")
        archive.writestr("value.npy", buffer.getvalue())
    with caplog.at_level(logging.WARNING, "paperatlas"):
        assert Cache(tmp_path).load("step", "key") is None


def test_no_place_to_write_is_reported_not_raised(tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with caplog.at_level(logging.WARNING, "paperatlas"):
        Cache(blocked).save("step", "key", {"value": 1})
    assert "not kept" in caplog.text


def test_nothing_half_written_is_left(tmp_path):
    cache = Cache(tmp_path)
    with pytest.raises(TypeError):
        cache.save("step", "key", {"value": object()})
    assert list(tmp_path.iterdir()) == []


def test_size_and_clear(tmp_path):
    cache = Cache(tmp_path)
    cache.save("a", "1", {"value": 1})
    cache.save("b", "2", {"value": 2})
    files, size = cache.size()
    assert files == 2
    assert size > 0
    assert cache.clear() == 2
    assert cache.size() == (0, 0)


def test_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("PAPERATLAS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


def test_fingerprints_tell_apart():
    parts = [
        ("a", "b"),
        ("ab",),
        ("a", "b", ""),
        (b"a", "b"),
        (np.zeros(2),),
        (np.zeros((1, 2)),),
        (np.zeros(2, np.float32),),
        ("\ud800",),
    ]
    assert len({fingerprint(*p) for p in parts}) == len(parts)
    assert fingerprint("a", 1) == fingerprint("a", 1)


@pytest.mark.parametrize("place", range(0, 100, 4))
def test_a_flipped_bit_is_noticed_or_does_no_harm(tmp_path, caplog, result, place):
    cache = Cache(tmp_path)
    cache.save("step", "key", pack(result))
    file = next(tmp_path.glob("*.zip"))
    content = bytearray(file.read_bytes())
    at = place * len(content) // 100
    content[at] ^= 1 << (place % 8)
    file.write_bytes(content)
    with caplog.at_level(logging.WARNING, "paperatlas"):
        back = cache.get("step", "key", Result)
    if back is None:
        assert file.name in caplog.text
    else:  # a date or an attribute of the archive: nothing that is read
        pd.testing.assert_frame_equal(back.table, result.table)
        np.testing.assert_array_equal(back.array, result.array)
        assert back.facts == result.facts


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_noticed(tmp_path, caplog, result, share):
    cache = Cache(tmp_path)
    cache.save("step", "key", pack(result))
    file = next(tmp_path.glob("*.zip"))
    file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])
    with caplog.at_level(logging.WARNING, "paperatlas"):
        assert cache.load("step", "key") is None
    assert file.name in caplog.text


def test_a_value_exchanged_within_the_archive_is_noticed(tmp_path, caplog):
    """Each part is sound for itself, but not what was sealed."""
    import zipfile

    cache = Cache(tmp_path)
    cache.save("step", "key", {"value": 1})
    file = next(tmp_path.glob("*.zip"))
    with zipfile.ZipFile(file) as archive:
        seal = archive.read("key")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("key", seal)
        archive.writestr("value.json", "2")
    with caplog.at_level(logging.WARNING, "paperatlas"):
        assert cache.load("step", "key") is None
    assert "damaged" in caplog.text


def test_a_result_of_another_form_is_computed_again(tmp_path, caplog):
    cache = Cache(tmp_path)
    cache.save("step", "key", {"table": [1], "something": 2})
    with caplog.at_level(logging.WARNING, "paperatlas"):
        assert cache.get("step", "key", Result) is None
    assert "something else" in caplog.text


def test_two_processes_write_the_same_step(tmp_path):
    """Writers and readers at once: every reader meets nothing or a whole file."""
    import subprocess
    import sys

    code = (
        "import sys, logging, numpy as np; from pathlib import Path; from paperatlas.cache import Cache\n"
        "logging.getLogger('paperatlas').addHandler(logging.StreamHandler())\n"
        "cache = Cache(Path(sys.argv[1])); array = np.arange(20_000)\n"
        "for _ in range(20):\n"
        "    cache.save('step', 'key', {'array': array})\n"
        "    assert (cache.load('step', 'key')['array'] == array).all()\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [run.communicate()[1] for run in runs] == ["", ""]
    assert [run.returncode for run in runs] == [0, 0]
    assert [file.name for file in tmp_path.iterdir()] == ["step-key.zip"]


def test_clear_removes_what_killed_runs_left_but_not_what_is_being_written(tmp_path):
    import os

    (tmp_path / ".unfinished-old").write_bytes(b"x")
    os.utime(tmp_path / ".unfinished-old", (0, 0))
    (tmp_path / ".unfinished-new").write_bytes(b"x")
    (tmp_path / "thesis.txt").write_text("mine")
    assert Cache(tmp_path).size() == (1, 1)
    assert Cache(tmp_path).clear() == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == [".unfinished-new", "thesis.txt"]


def test_a_place_without_permission_is_reported_once(tmp_path, caplog, monkeypatch):
    import tempfile

    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    cache = Cache(tmp_path)
    with caplog.at_level(logging.WARNING, "paperatlas"):
        for step in "abc":
            cache.save(step, "key", {"value": 1})
    assert len(caplog.records) == 1
    assert "PAPERATLAS_CACHE" in caplog.text


def test_no_home_is_no_place(monkeypatch):
    import platformdirs

    monkeypatch.delenv("PAPERATLAS_CACHE", raising=False)
    monkeypatch.setattr(
        platformdirs, "user_cache_path", lambda name: __import__("pathlib").Path("~/.cache/x")
    )
    assert cache_folder() is None
