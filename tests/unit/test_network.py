"""Nothing that the program does asks for the network."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys

import pytest

from paperatlas.readers.dumps import format_dump


def test_the_guard_of_the_tests_works():
    for call in (
        lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
        lambda: socket.getaddrinfo("example.org", 80),
    ):
        with pytest.raises(AssertionError, match="asked for the network"):
            call()


def _cut_off() -> list[str]:
    unshare = shutil.which("unshare")
    if not unshare:
        return []
    command = [unshare, "--net", "--map-root-user"]
    works = subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if works else []


@pytest.mark.skipif(not _cut_off(), reason="no network namespaces on this machine")
def test_export_without_any_network_device(tmp_path, records):
    """In a namespace of its own, where not even a name can be looked up."""
    pairs = list(zip(records["title"], records["abstract"], strict=True))[:30]
    (tmp_path / "page.txt").write_text(format_dump(pairs), encoding="utf-8")
    options = ("--out", str(tmp_path / "out"), "--no-cache")
    run = subprocess.run(
        [*_cut_off(), sys.executable, "-m", "paperatlas.cli", "export", str(tmp_path / "page.txt"), *options],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out" / "papers.csv").exists()
