"""The built site, opened as a reader would: from a folder, in Chromium, with the network cut."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

import paperatlas as pa
from paperatlas import notebooks
from paperatlas.findings.first_screen import first_screen as study_first_screen
from paperatlas.folders import files_of
from paperatlas.report import build_report
from tests.report.visit import LOOKS, Visitor, needs_browser

# In the dark and on a phone one page of each kind is checked for accessibility, for the checker takes its time.
CHECKED_TWICE = {"index", "04_find_topics", "06_follow_the_trends", "passport", "library", "00"}


def pages(site: Path) -> list[Path]:
    """Every kind of page; of the topics' pages, which are alike, the first and the last."""
    topics = sorted(site.glob("topics/[0-9]*.html"))
    alone = ["index.html", "data.html", "passport.html", "library.html", "paper-atlas.html"]
    return [
        *(site / name for name in alone),
        *(site / "notebooks" / f"{p.stem}.html" for p in notebooks.about_the_pile()),
        site / "notebooks" / "index.html",
        *(site / "topics" / name for name in ("index.html", topics[0].name, topics[-1].name)),
    ]


@needs_browser
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_at_every_size(site, visit, width, scheme):
    visitor = visit(site / "index.html", width=width, scheme=scheme, reduced_motion="reduce")
    page = visitor.page
    for file in pages(site):
        visitor.turn(scheme)
        visitor.open(file)
        figures = page.locator(".pa-figure").count()
        assert page.locator(".pa-figure .main-svg").count() >= figures, file.name
        assert page.locator(".pa-figure[aria-label='']").count() == 0, (
            f"{file.name}: a figure without alt text"
        )
        if scheme == "light" or file.stem in CHECKED_TWICE:
            assert visitor.violations() == [], file.name
        for look in ("light", "dark"):
            visitor.turn(look)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (
                f"{file.name} scrolls sideways"
            )
            visitor.picture(f"{file.parent.name[:9]}-{file.stem}-{width}-{look}")
        if width > 1000:
            check_print(visitor, file.name)
        assert visitor.complaints == [], file.name


def check_print(visitor: Visitor, name: str) -> None:
    """Figures of a page that is dark are printed light, and fit on paper."""
    visitor.page.emulate_media(media="print")
    drawn = visitor.page.evaluate("""() => {
        dispatchEvent(new Event("beforeprint"));
        return [...document.querySelectorAll(".pa-figure .main-svg")].map((svg) =>
          [+svg.getAttribute("width"), +svg.getAttribute("height"), getComputedStyle(svg).backgroundColor]);
    }""")
    for width, height, colour in drawn:
        assert width <= 660, name
        assert height <= 1000, f"{name}: higher than a page"
        assert colour in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), f"{name}: printed dark"
    visitor.page.emulate_media(media="screen")


class Links(HTMLParser):
    """Ids and addresses of a page."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if values.get("id"):
            self.ids.add(values["id"])
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])


def test_every_link_inside_the_site_leads_somewhere(site):
    parsed = {file: Links(file) for file in site.rglob("*.html")}
    broken = []
    for file, content in parsed.items():
        for link in content.links:
            path, anchor = urldefrag(link)
            if re.match(r"[a-z]+:", path):
                assert path.startswith("https://"), f"{file.name} links to {link}"
                continue
            target = (file.parent / unquote(path.partition("?")[0])).resolve() if path else file
            missing = not target.exists()
            a_state = "=" in anchor  # of the map; see test_map.py
            if missing or (anchor and not a_state and unquote(anchor) not in parsed[target].ids):
                broken.append(f"{file.relative_to(site)} → {link}")
    assert broken == []


def test_every_paper_has_its_place_with_its_topic(site, study):
    anchors = [
        anchor
        for file in site.glob("topics/[0-9]*.html")
        for anchor in re.findall(r'<li id="p-(\w+)"', file.read_text(encoding="utf-8"))
    ]
    assert sorted(anchors) == sorted(study.corpus["paper_id"])


def test_the_first_screen_comes_before_the_map(site, study):
    told = study_first_screen(study)
    html = unescape((site / "index.html").read_text(encoding="utf-8"))
    places = [
        html.index(text)
        for text in (told.headline, told.summary, *(f.lead for f in told.findings), told.caveat)
    ]
    assert places == sorted(places)
    assert places[-1] < html.index('class="pa-atlas"')
    assert html.count('class="pa-evidence"') == len(told.findings), "each has its evidence at one click"
    grades = re.findall(
        r'class="pa-chip pa-\w+">(sure|a lead|cannot tell)<', html[: html.index('class="pa-atlas"')]
    )
    assert grades == [f.grade for f in told.findings if f.grade]
    opening = html[: html.index('class="pa-atlas"')]
    assert ">more<" not in opening, "a link says where it leads"
    read = next(f for f in told.findings if f.lead.startswith("Read first"))
    ids = " ".join(read.evidence["paper_id"])
    assert f'data-cite="bibtex" data-name="papers" data-papers="{ids}"' in opening


def test_a_topic_page_begins_with_what_a_person_asks(site, study):
    html = unescape((site / "topics" / "00.html").read_text(encoding="utf-8"))
    topic = study.topics.at("topic").set_index("topic").loc[0]
    inside = study.topics.at("subtopic").query("topic == 0")["name"].tolist()
    wanted = [
        topic["name"],
        *inside[:1],
        "What to read",
        "How it moves",
        "Its papers",
        "How far to trust it",
        "Stability",
    ]
    places = [html.index(f">{text}") if text != topic["name"] else html.index(text) for text in wanted]
    assert places == sorted(places)


@needs_browser
def test_pages_are_light(site, browser):
    for name in ("index.html", "topics/00.html", "data.html", "paper-atlas.html"):
        page = browser.new_page(offline=True)
        loaded: list[str] = []
        page.on("request", lambda r, loaded=loaded: loaded.append(r.url))
        page.goto((site / name).as_uri())
        page.wait_for_load_state("networkidle")
        page.close()
        assert not [url for url in loaded if "plotly" in url], name
        first = [
            Path(unquote(url.removeprefix("file://").split("#")[0]))
            for url in loaded
            if "texts.js" not in url
        ]
        weight = sum(file.stat().st_size for file in first if file.is_file())
        assert weight < (3 if name == "paper-atlas.html" else 1.5) * 2**20, name


@needs_browser
def test_titles_of_figures_stay_in_sight_on_a_phone(site, visit):
    page = visit(site / "notebooks" / "06_follow_the_trends.html", folder=site, width=390).page
    assert page.locator(".pa-figure").count() > 0
    for figure in page.locator(".pa-figure").all():
        figure.evaluate("figure => { figure.scrollLeft = figure.scrollWidth; }")
        box = figure.locator("figcaption").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        spec = json.loads(figure.locator("script").text_content())
        shown = figure.locator("figcaption b").inner_text()
        assert shown == unescape(spec["layout"]["title"]["text"])
        assert figure.locator(".gtitle").count() == 0, "the title stands there twice"
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_selector(".pa-figure figcaption:not([hidden])", state="detached")
    page.wait_for_selector(".pa-figure .gtitle")


def test_every_figure_of_the_notebooks_is_on_its_page(site):
    import nbformat

    for path in notebooks.about_the_pile():
        wanted = sum(
            "application/vnd.plotly.v1+json" in output.get("data", {})
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "code"
            for output in cell.outputs
        )
        html = (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert html.count('<figure class="pa-figure"') == wanted, path.name


def test_a_notebook_that_shows_the_map_has_it_on_its_page(site):
    for stem in ("00_start_here", "05_map_the_papers"):
        assert (site / "notebooks" / f"{stem}.html").read_text(encoding="utf-8").count(
            'class="pa-atlas"'
        ) == 1


def test_plotly_is_there_once(site):
    assert len(list(site.rglob("plotly*.js"))) == 1
    assert not [
        file.name for file in site.rglob("*.html") if "Plotly.newPlot" in file.read_text(encoding="utf-8")
    ]


def test_the_library_page_describes_every_public_name(site):
    html = (site / "library.html").read_text(encoding="utf-8")
    for name in pa.__all__:
        assert f'id="paperatlas.{name}"' in html, name


def test_passport_lies_beside_the_report_and_is_a_page(site, study):
    passport = json.loads((site / "passport.json").read_text())
    assert [entry["name"] for entry in passport["inputs"]] == sorted(
        p.name for p in study.dumps[0].glob("*.txt")
    )
    assert passport["numbers"]["papers"] == len(study.corpus)
    assert passport["numbers"]["topics"] == len(study.topics.at("topic"))
    html = (site / "passport.html").read_text(encoding="utf-8")
    assert all(entry["sha256"] in html for entry in passport["inputs"])


def test_no_path_of_this_machine_is_told(site):
    home, root = str(Path.home()), str(Path(__file__).resolve().parents[2])
    for file in [f for kind in ("html", "json", "csv", "js") for f in site.rglob(f"*.{kind}")]:
        text = file.read_text(encoding="utf-8")
        assert root not in text, file.name
        assert home + "/" not in text, file.name


@needs_browser
def test_a_figure_is_saved_at_the_size_of_print(site, visit):
    page = visit(site / "notebooks" / "06_follow_the_trends.html", folder=site).page
    figure = page.locator(".pa-figure").first
    figure.hover()
    width = figure.locator(".main-svg").first.bounding_box()["width"]
    for kind in ("SVG", "PNG"):
        with page.expect_download() as download:
            figure.locator(f"[data-title='Save as {kind}']").click()
        content = Path(download.value.path()).read_bytes()
        if kind == "SVG":
            assert content.startswith(b"<svg")
        else:
            assert int.from_bytes(content[16:20], "big") >= 2.9 * width


def test_a_failure_leaves_the_last_report(study, tmp_path, monkeypatch):
    out = tmp_path / "report"
    out.mkdir()
    (out / "index.html").write_text("the last good one")
    (out / "passport.json").write_text(json.dumps({"files": files_of(out)}))

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("paperatlas.report.build.notebooks.execute_all", stopped)
    with pytest.raises(KeyboardInterrupt):
        build_report(study, out)
    assert (out / "index.html").read_text() == "the last good one"
    assert [p.name for p in tmp_path.iterdir()] == ["report"], "nothing is left beside it"
