"""A visit to a page as a reader makes it, with everything that goes wrong on the way."""

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; set CHROMIUM to its path")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
LOOKS = [(1440, "light"), (390, "dark")]
ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"


def axe() -> Path | None:
    """The accessibility checker axe-core, from the file named by AXE_CORE or from axe-playwright-python."""
    if given := os.environ.get("AXE_CORE"):
        return Path(given)
    found = importlib.util.find_spec("axe_playwright_python")
    return Path(found.origin).with_name("axe.min.js") if found and found.origin else None


class Visitor:
    """A reader of one folder: remembers complaints of the console and requests that leave the folder."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.complaints: list[str] = []
        inside = folder.as_uri() + "/"
        page.on(
            "console",
            # A browser without a graphics card says that its own driver is slow; errors of WebGL still count.
            lambda m: (
                self.complaints.append(m.text)
                if m.type in ("error", "warning") and "GL Driver Message" not in m.text
                else None
            ),
        )
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("dialog", lambda d: (self.complaints.append(f"dialog {d.message}"), d.dismiss()))
        page.on(
            "request",
            lambda r: None if r.url.startswith((inside, "data:", "blob:")) else self.complaints.append(r.url),
        )

    def open(self, file: Path, suffix: str = "") -> None:
        """Open a page and wait until its figures and its map are drawn."""
        self.page.goto(file.as_uri() + suffix)
        waiting = ".pa-atlas:not([data-ready]), .pa-figure:not([data-drawn])"
        self.page.wait_for_selector(waiting, state="detached", timeout=60_000)

    def turn(self, scheme: str) -> None:
        """Turn the open page light or dark, as a reader's system does in the evening."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate("new Promise(requestAnimationFrame)")

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page where a run of CI is looked at: painting it takes longer than a test."""
        if os.environ.get("CI"):
            ARTIFACTS.mkdir(exist_ok=True)
            self.page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)

    def violations(self) -> list[Any]:
        """What axe-core finds on the page; [] without axe-core."""
        if not (checker := axe()):
            return []
        self.page.evaluate(checker.read_text(encoding="utf-8"))
        # All that it passed is large and takes longer to hand over than to find.
        n_passed, violations = self.page.evaluate(
            "axe.run(document, { preload: false, resultTypes: ['violations'] })"
            ".then((found) => [found.passes.length, found.violations])"
        )
        assert n_passed
        return [(v["id"], v["impact"], [node["html"][:160] for node in v["nodes"]][:3]) for v in violations]
