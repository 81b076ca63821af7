"""The built site, opened as a reader would: from a folder, in Chromium, with the network cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

import paperatlas as pa
from paperatlas import notebooks
from paperatlas.report import build_report, figure_html
from tests.report.chromium import needs_browser

ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"


@pytest.fixture(scope="session")
def site(study: pa.Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_report(study, tmp_path_factory.mktemp("report") / "site").parent


class Visit:
    """One page, opened, with everything that went wrong on the way."""

    def __init__(self, page: Page, file: Path, site: Path) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("dialog", lambda d: (self.complaints.append(f"dialog {d.message}"), d.dismiss()))
        inside = site.as_uri()
        page.on(
            "request",
            lambda r: None if r.url.startswith((inside, "data:", "blob:")) else self.complaints.append(r.url),
        )
        page.goto(file.as_uri())
        page.wait_for_function(
            "[...document.querySelectorAll('.pa-figure')].every(f => f.dataset.drawn === 'true')",
            timeout=20_000,
        )


def pages(site: Path) -> list[Path]:
    return [site / "index.html", *(site / "notebooks" / f"{p.stem}.html" for p in notebooks.series())]


@needs_browser
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_every_page_at_every_size(site, browser, width, scheme):
    ARTIFACTS.mkdir(exist_ok=True)
    for file in pages(site):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, device_scale_factor=1
        )
        visit = Visit(context.new_page(), file, site)
        page = visit.page
        figures = page.locator(".pa-figure").count()
        assert page.locator(".pa-figure .main-svg").count() >= figures, file.name
        assert page.locator(".pa-figure[aria-label='']").count() == 0, (
            f"{file.name}: a figure without alt text"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{file.name} scrolls sideways"
        page.screenshot(path=ARTIFACTS / f"{file.stem}-{width}-{scheme}.png", full_page=True)
        assert visit.complaints == [], file.name
        context.close()


@needs_browser
def test_links_between_pages_resolve(site, browser):
    page = browser.new_page()
    for file in pages(site):
        page.goto(file.as_uri())
        for target in page.eval_on_selector_all("a[href]", "links => links.map(a => a.href)"):
            if target.startswith("file:"):
                path = target.removeprefix("file://").partition("#")[0]
                assert Path(path.partition("?")[0]).exists(), f"{file.name} links to {target}"
    page.close()


@needs_browser
def test_search_finds_a_word(site, browser):
    page = browser.new_page(offline=True)
    page.goto((site / "search.html").as_uri() + "?q=odds")
    page.wait_for_selector("ul.search li", timeout=10_000)
    assert page.locator("ul.search li").count() >= 1
    page.close()


def test_every_figure_of_the_notebooks_is_on_its_page(site):
    import nbformat

    for path in notebooks.series():
        wanted = sum(
            "application/vnd.plotly.v1+json" in output.get("data", {})
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "code"
            for output in cell.outputs
        )
        html = (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert html.count('<figure class="pa-figure"') == wanted, path.name


def test_plotly_is_there_once_and_nothing_comes_from_elsewhere(site):
    assert len(list(site.rglob("plotly*.js"))) == 1
    for file in site.rglob("*.html"):
        html = file.read_text(encoding="utf-8")
        assert "Plotly.newPlot" not in html
        for attribute in ('src="http', "src='http", '@import url("http', '<link rel="stylesheet" href="http'):
            assert attribute not in html, file.name


def test_passport_lies_beside_the_report(site, study):
    passport = json.loads((site / "passport.json").read_text())
    assert [entry["name"] for entry in passport["inputs"]] == sorted(
        p.name for p in study.dumps[0].glob("*.txt")
    )
    assert passport["numbers"]["papers"] == len(study.corpus)


def test_no_path_of_this_machine_is_told(site):
    home, root = str(Path.home()), str(Path(__file__).resolve().parents[2])
    for file in [*site.rglob("*.html"), *site.rglob("*.json"), *site.rglob("searchindex.js")]:
        text = file.read_text(encoding="utf-8")
        assert root not in text, file.name
        assert home + "/" not in text, file.name


def test_figure_data_cannot_end_the_script():
    spec = {
        "data": [{"text": "</script><script>alert(1)</script><!--"}],
        "layout": {"meta": {"alt": '"><b>'}},
    }
    html = figure_html(spec, 1)
    assert html.count("<script") == 1
    assert html.count("</script") == 1
    assert "<!--" not in html
    assert 'aria-label="&quot;&gt;&lt;b&gt;"' in html


def test_a_folder_that_is_not_ours_is_left_alone(study, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(pa.AtlasError, match="not ours"):
        build_report(study, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
