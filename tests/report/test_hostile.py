"""The report on papers that mean harm, opened in Chromium: nothing runs, nothing is asked for."""

from pathlib import Path

import pytest

from tests import hostile
from tests.report.visit import needs_browser


@pytest.fixture(scope="module")
def hostile_site(installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written by the program as installed from its wheel, outside of the checkout and without a network."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "page.txt").write_bytes(hostile.dump().encode("utf-8", errors="surrogatepass"))
    made = installed("report", str(folder / "page.txt"), "--out", str(folder / "site"))
    assert made.returncode == 0, made.stderr
    return folder / "site"


def files(site: Path) -> list[Path]:
    return sorted(file for file in site.rglob("*.html") if "_static" not in file.parts)


@needs_browser
def test_no_page_runs_or_asks_for_anything(hostile_site, visit):
    visitor = visit(hostile_site / "index.html", width=1280)
    page = visitor.page
    page.on("popup", lambda other: visitor.complaints.append(f"popup {other.url}"))
    for file in files(hostile_site):
        visitor.open(file)
        # Whatever listens to the pointer may listen now.
        for target in page.locator(".pa-figure, table, svg").all()[:12]:
            if target.is_visible():
                target.hover(force=True, timeout=5_000)
        for name in page.locator("a[data-paper]:visible").all()[:40:13]:
            name.click()
            page.locator(".pa-card[data-ready=true]").wait_for()
        assert page.evaluate("window.__pwned") is None, file.name
        assert page.url.startswith(file.as_uri()), file.name
        assert visitor.complaints == [], file.name
        links = page.eval_on_selector_all(
            "a[href], area[href], [src], form[action]",
            "all => all.map(e => e.href || e.src || e.action).map(a => a.baseVal ?? String(a))",
        )
        for link in links:
            assert not link.strip().lower().startswith(("javascript:", "vbscript:", "data:text")), (
                file.name,
                link,
            )
        handlers = page.evaluate(
            "[...document.querySelectorAll('*')].flatMap(e => e.getAttributeNames().filter(n => n.startsWith('on') "
            "&& e.getAttribute(n).includes('__pwned')))"
        )
        assert handlers == [], file.name


def test_what_papers_say_is_never_markup(hostile_site):
    for file in files(hostile_site):
        text = file.read_text(encoding="utf-8")
        assert "<img" not in text, file.name
        assert text.count("</script>") == text.count("<script"), file.name
    brief = (hostile_site / "paper-atlas.html").read_text(encoding="utf-8")
    assert "&lt;img src=x onerror=" in brief


def test_no_page_holds_an_invisible_or_reversing_character(hostile_site):
    """A right-to-left override would turn round the text that follows it, far beyond the title."""
    for file in files(hostile_site):
        text = file.read_text(encoding="utf-8")
        for character in "\x1b\0\u202e\u2066\u200b\ufeff":
            assert character not in text, (file.name, f"U+{ord(character):04X}")
