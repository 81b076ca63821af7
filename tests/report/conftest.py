"""One browser and one built site for all tests of pages."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

import paperatlas as pa
from paperatlas.report import build_report
from tests.conftest import ROOT, stored_notebooks
from tests.report.visit import ARGUMENTS, CHROMIUM, Visitor


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Opens a file as a reader would, with the network cut; nothing may have gone wrong when the test ends."""
    visitors: list[Visitor] = []

    def open_(
        file: Path, suffix: str = "", *, folder: Path | None = None, width: int = 1440, scheme: str = "light",
        kind: type[Visitor] = Visitor, **options: Any,
    ) -> Visitor:  # fmt: skip
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, **options
        )
        visitors.append(kind(context.new_page(), folder or file.parent))
        visitors[-1].open(file, suffix)
        return visitors[-1]

    yield open_
    for visitor in visitors:
        assert visitor.complaints == []
        visitor.page.context.close()


@pytest.fixture(scope="session")
def site(study: pa.Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with stored_notebooks():
        return build_report(study, tmp_path_factory.mktemp("report") / "site").parent


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command as installed from the wheel alone, run from an empty folder with a cache of its own.

    Where Linux allows, it runs without any network device: not even a name can be looked up.
    """
    place = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:  # which is all that an installation does with pure Python
        archive.extractall(place / "site")
    (place / "empty").mkdir()
    ours = {"PYTHONPATH": str(place / "site"), "PAPERATLAS_CACHE": str(place / "cache")}
    cut_off = [shutil.which("unshare") or "false", "--net", "--map-root-user"]
    if subprocess.run([*cut_off, "true"], capture_output=True).returncode:
        cut_off = []

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*cut_off, sys.executable, "-m", "paperatlas.cli", *arguments]
        return subprocess.run(
            command, cwd=place / "empty", env=os.environ | ours, capture_output=True, text=True
        )

    return run
