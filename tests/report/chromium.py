"""The browser of the tests: the system's Chromium, none of its own."""

from __future__ import annotations

import os
import shutil

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

needs_browser = pytest.mark.skipif(
    not CHROMIUM, reason="no Chromium on this machine; set CHROMIUM to its path"
)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
