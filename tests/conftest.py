"""Shared fixtures."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas import notebooks

ROOT = Path(__file__).resolve().parents[1]
DUMPS = ROOT / "data" / "dumps"


@pytest.fixture(scope="session")
def dumps_folder() -> Path:
    return DUMPS


@pytest.fixture(scope="session")
def records() -> pd.DataFrame:
    return pa.read_dumps(DUMPS)


@pytest.fixture(scope="session")
def corpus(records: pd.DataFrame) -> pd.DataFrame:
    return pa.build_corpus(records)


@pytest.fixture(scope="session")
def study() -> pa.Study:
    """The study of the shipped dumps, steps kept in the ordinary cache."""
    return pa.Study(DUMPS)


@contextmanager
def stored_notebooks() -> Iterator[None]:
    """The series as it is stored stands for a run on the shipped dumps: that it is one is what nbval checks."""

    def stored(study: pa.Study, paths: list[Path], tell) -> dict[Path, nbformat.NotebookNode]:
        runs = {}
        for path in paths:
            names = [Path(dump.name) for dump in study.dumps]
            runs[path] = notebooks.for_study(nbformat.read(path, as_version=4), names)
            tell(path.stem)
        return runs

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("paperatlas.report.build.run_notebooks", stored)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """No test and nothing that it calls reaches another machine; only this one may be spoken to."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse_elsewhere(address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and host not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test asked for the network: {address!r}")

    def guarded(original):
        def call(self, address, *rest):
            refuse_elsewhere(address)
            return original(self, address, *rest)

        return call

    def guarded_look_up(host, *rest, **more):
        refuse_elsewhere((host.decode() if isinstance(host, bytes) else host,) if host else None)
        return look_up(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(connect))
        patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield
