"""The cache keeps what it is given, notices damage, and never raises."""

import io
import logging
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from paperatlas.cache import Cache, cache_folder


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


@pytest.fixture
def kept(tmp_path, result, caplog) -> tuple[Cache, Path]:
    """A cache with one file, that of the result."""
    caplog.set_level(logging.WARNING, "paperatlas")
    cache = Cache(tmp_path)
    cache.save("step", "key", result)
    (file,) = tmp_path.iterdir()
    return cache, file


def assert_same(found: Result, wanted: Result) -> None:
    pd.testing.assert_frame_equal(found.table, wanted.table)
    assert type(found.table["ids"][0][0]) is int
    np.testing.assert_array_equal(found.array, wanted.array)
    assert found.array.dtype == wanted.array.dtype
    assert found.facts == wanted.facts


def test_what_is_kept_comes_back(kept, result):
    assert_same(kept[0].load("step", "key", Result), result)


def truncated(share: float):
    return lambda content: content[: int(share * len(content))]


def flipped(place: int):
    def change(content: bytes) -> bytes:
        changed = bytearray(content)
        changed[place * len(content) // 100] ^= 1 << (place % 8)
        return bytes(changed)

    return change


@pytest.mark.parametrize(
    "damage",
    [*map(truncated, (0.0, 0.1, 0.5, 0.9, 0.999)), *map(flipped, range(0, 100, 4)), lambda _: b"rubbish"],
)
def test_damage_is_reported_or_does_no_harm(kept, result, caplog, damage):
    cache, file = kept
    file.write_bytes(damage(file.read_bytes()))
    if (back := cache.load("step", "key", Result)) is None:
        assert file.name in caplog.text
    else:  # a date or an attribute of the archive: nothing that is read
        assert_same(back, result)


def rewritten(file: Path, contents: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def a_pickle() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}], dtype=object), allow_pickle=True)
    return buffer.getvalue()


def test_another_steps_file_is_not_believed(kept, caplog):
    cache, file = kept
    file.rename(file.with_name("step-other.zip"))
    assert cache.load("step", "other", Result) is None
    assert "another step" in caplog.text


@pytest.mark.parametrize(("name", "content"), [("value.json", b"2"), ("value.npy", a_pickle())])
def test_what_was_not_sealed_is_not_read(kept, caplog, name, content):
    """Each part is sound for itself, but not what was kept."""
    cache, file = kept
    with zipfile.ZipFile(file) as archive:
        seal = archive.read("key")
    rewritten(file, {"key": seal, name: content})
    assert cache.load("step", "key", dict) is None
    assert "damaged" in caplog.text


def test_a_sealed_pickle_is_not_unpickled(tmp_path, caplog):
    cache = Cache(tmp_path)
    with pytest.raises(ValueError, match="Object arrays"):
        cache.save("step", "key", np.array([{}], dtype=object))
    assert list(tmp_path.iterdir()) == []


def test_no_place_to_write_is_reported_once_and_not_raised(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file")
    with caplog.at_level(logging.WARNING, "paperatlas"):
        for step in "abc":
            cache.save(step, "key", 1)
    (record,) = caplog.records
    assert "not kept" in record.getMessage()
    assert "PAPERATLAS_CACHE" in record.getMessage()


def test_two_processes_write_the_same_step(tmp_path):
    """Writers and readers at once: every reader meets nothing or a whole file."""
    code = (
        "import sys, logging, numpy as np; from pathlib import Path; from paperatlas.cache import Cache\n"
        "logging.getLogger('paperatlas').addHandler(logging.StreamHandler())\n"
        "cache = Cache(Path(sys.argv[1])); array = np.arange(20_000)\n"
        "for _ in range(20):\n"
        "    cache.save('step', 'key', array)\n"
        "    assert (cache.load('step', 'key', np.ndarray) == array).all()\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [run.communicate()[1] for run in runs] == ["", ""]
    assert [run.returncode for run in runs] == [0, 0]
    assert [file.name for file in tmp_path.iterdir()] == ["step-key.zip"]


def test_clear_removes_what_was_kept_and_what_killed_runs_left(tmp_path):
    (tmp_path / ".unfinished-old").write_bytes(b"x")
    (tmp_path / "thesis.txt").write_text("mine")
    cache = Cache(tmp_path)
    cache.save("a", "1", 1)
    assert cache.size()[0] == 2
    assert cache.clear() == 2
    assert cache.size() == (0, 0)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_without_a_home_there_is_no_cache(monkeypatch):
    def homeless(*_: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.delenv("PAPERATLAS_CACHE", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", homeless)
    assert cache_folder() is None
    assert Cache(cache_folder()).load("step", "key", dict) is None
