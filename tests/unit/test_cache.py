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
    "damage", [lambda b: b[:-40], lambda b: b"rubbish", lambda b: b"", lambda b: b.replace(b"PAR1", b"PAR2")]
)
def test_damage_is_reported_and_counts_as_absent(tmp_path, caplog, result, damage):
    cache = Cache(tmp_path)
    cache.save("step", "key", {"table": result.table})
    file = next(tmp_path.glob("*.zip"))
    content = file.read_bytes()
    damaged = damage(content) if damage(content) != content else content[:100] + b"\0" + content[101:]
    file.write_bytes(damaged)
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
