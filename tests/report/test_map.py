"""The map with its search, list, selection and card, used as a reader would: from a folder, with the network cut."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import paperatlas as pa
from paperatlas import widgets
from paperatlas.report import brief_html
from paperatlas.report.atlas import papers_data
from tests.report.visit import LOOKS, Visitor, needs_browser

pytestmark = needs_browser

# Where points, names and the ends of their lines are on the screen: read from the page alone.
SEEN = """() => {
  const root = document.querySelector(".pa-atlas"), stage = root.querySelector("[data-part=stage]").getBoundingClientRect();
  const box = (node) => { const b = node.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
  const points = [...root.querySelectorAll(".pa-plot circle")].map((node) => {
    const b = node.getBoundingClientRect();
    return [node.dataset.paper, b.left + b.width / 2, b.top + b.height / 2, node.getAttribute("class").includes("pa-off")];
  }).filter(([, x, y]) => x >= stage.left && x <= stage.right && y >= stage.top && y <= stage.bottom);
  const names = [...root.querySelectorAll(".pa-name")].map((node) => ({ node: node.dataset.node, box: box(node) }));
  const lines = [...root.querySelectorAll(".pa-over path[data-node]")].map((node) => {
    const to = node.getPointAtLength(node.getTotalLength()), from = node.getPointAtLength(0);
    const shifted = ({ x, y }) => [x + stage.left, y + stage.top];
    return { node: node.dataset.node, from: shifted(from), to: shifted(to) };
  });
  return { points, names, lines, stage: box(root.querySelector("[data-part=stage]")) };
}"""


class Reader(Visitor):
    """One opened map."""

    def part(self, name: str) -> Any:
        return self.page.locator(f'[data-part="{name}"]')

    def search(self, query: str) -> None:
        self.part("query").fill(query)

    def count(self) -> str:
        return self.part("count").inner_text()

    def titles(self) -> list[str]:
        found: list[str] = self.page.locator("[data-part=list] tbody a").all_inner_texts()
        return found

    def lit(self) -> int:
        return self.page.locator(".pa-plot circle.pa-hit").count()

    def settled(self) -> None:
        """Wait until a motion is over and names stand again."""
        self.page.wait_for_selector(".pa-names:not(.pa-moving)", state="attached")

    def stage(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the map, all of it in view."""
        self.part("stage").evaluate("node => node.scrollIntoView({ block: 'center' })")
        box = self.part("stage").bounding_box()
        return box["x"], box["y"], box["width"], box["height"]

    def point(self, paper: str) -> tuple[float, float]:
        self.stage()
        box = self.page.locator(f'circle[data-paper="{paper}"]').bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def saved(self, button: Any) -> str:
        with self.page.expect_download() as download:
            button.click()
        return Path(download.value.path()).read_text(encoding="utf-8")


Open = Callable[..., Reader]


@pytest.fixture
def read(site: Path, visit: Callable[..., Any]) -> Open:
    def open_map(file: Path | None = None, suffix: str = "", **options: Any) -> Reader:
        file = file or site / "index.html"
        folder = site if file.is_relative_to(site) else None
        reader: Reader = visit(file, suffix, folder=folder, kind=Reader, **options)
        return reader

    return open_map


@pytest.fixture(scope="session")
def alone(dumps_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Study, Path]:
    """One dump, and its brief."""
    study = pa.Study(sorted(dumps_folder.glob("*.txt"))[0])
    file = tmp_path_factory.mktemp("alone") / "brief.html"
    file.write_text(brief_html(study), encoding="utf-8")
    return study, file


def check_names(reader: Reader, study: pa.Study) -> int:
    """Names lie on no point and on no other name, stay on the stage, and point to a paper of their own."""
    data = papers_data(study)
    place = {paper: i for i, paper in enumerate(data["papers"]["id"])}
    seen = reader.page.evaluate(SEEN)
    boxes = [name["box"] for name in seen["names"]]
    under = sum(any(a <= x <= c and b <= y <= d for a, b, c, d in boxes) for _, x, y, _ in seen["points"])
    assert under <= 0.05 * len(seen["points"])
    for i, (left, top, right, bottom) in enumerate(boxes):
        assert left >= seen["stage"][0] - 1 and right <= seen["stage"][2] + 1  # noqa: PT018
        assert top >= seen["stage"][1] - 1 and bottom <= seen["stage"][3] + 1  # noqa: PT018
        assert all(right <= a or c <= left or bottom <= b or d <= top for a, b, c, d in boxes[:i])
    assert [line["node"] for line in seen["lines"]] == [name["node"] for name in seen["names"]]
    for line, (left, top, right, bottom) in zip(seen["lines"], boxes, strict=True):
        level, _, node = line["node"].partition(".")
        own = [data["papers"][level][place[paper]] == int(node) for paper, x, y, _ in seen["points"]
               if (x - line["to"][0]) ** 2 + (y - line["to"][1]) ** 2 < 9]  # fmt: skip
        assert any(own), f"{line['node']} points to none of its papers"
        assert left - 3 <= line["from"][0] <= right + 3 and top - 3 <= line["from"][1] <= bottom + 3  # noqa: PT018
    return len(boxes)


class TestNames:
    @pytest.mark.parametrize(("width", "scheme"), LOOKS)
    def test_they_tell_the_truth_at_every_height(self, read, study, width, scheme):
        reader = read(width=width, scheme=scheme)
        levels = []
        for _ in range(3):
            assert check_names(reader, study) >= 2
            levels.append(reader.page.locator(".pa-atlas").get_attribute("data-level"))
            reader.part("in").click()
            reader.part("in").click()
            reader.settled()
        assert levels == ["theme", "topic", "subtopic"]

    @pytest.mark.parametrize(("width", "scheme"), LOOKS)
    def test_on_one_dump_and_in_the_brief(self, read, alone, width, scheme):
        study, brief = alone
        reader = read(brief, width=width, scheme=scheme)
        assert check_names(reader, study) >= 2

    def test_a_filter_names_and_shows_what_was_chosen(self, read, study):
        reader = read()
        before = reader.page.evaluate(SEEN)["points"]
        node = "topic.0"
        reader.part("node").select_option(node)
        reader.settled()
        wanted = int((study.papers["topic"] == 0).sum())
        assert reader.lit() == wanted
        assert check_names(reader, study) >= 1
        lit = [point for point in reader.page.evaluate(SEEN)["points"] if not point[3]]
        assert len(lit) >= 0.9 * wanted, "they are in view"

        def width(points: list[Any]) -> float:
            return float(max(x for _, x, _, _ in points) - min(x for _, x, _, _ in points))

        own = {paper for paper, *_ in lit}
        assert width(lit) > 1.2 * width([point for point in before if point[0] in own]), (
            "and larger than before"
        )
        reader.page.locator(".pa-name").first.click()
        assert re.search(r"node=(sub)?topic\.", reader.page.url)


class TestSearch:
    def test_titles_come_first_and_the_counts_follow(self, read, study):
        reader = read()
        reader.search("mixture of experts")
        assert "mixture" in reader.titles()[0].lower()
        shown = int(reader.count().split()[0])
        texts = (study.papers["title"] + " " + study.papers["abstract"]).str.lower()
        assert shown >= sum(all(word in text for word in ("mixture", "of", "experts")) for text in texts)
        assert reader.count() == f"{shown} of {len(study.corpus)} papers, listed below"
        assert reader.lit() == shown
        legend = reader.page.locator("[data-part=legend] button b").all_inner_texts()
        assert sum(map(int, legend)) == shown

    def test_spelling_is_forgiven_and_told(self, read):
        reader = read()
        for query, shown in (
            ("atention", {"atention": "; showing “attention”"}),
            ("Éxperts", {}),
            ("recurent memroy", {"recurent": "; showing “recurrent”", "memroy": "; showing “memory”"}),
            ("xqzzwv", {"xqzzwv": ""}),
        ):
            reader.search(query)
            note = " ".join(f"No paper says “{word}”{instead}." for word, instead in shown.items())
            assert reader.part("said").inner_text() == note
            assert (reader.lit() == 0) == (query == "xqzzwv")

    def test_an_abbreviation_that_nobody_uses_stands_for_its_long_form(self, read, alone):
        reader = read(alone[1])
        reader.page.evaluate(
            "async () => { (await PaperAtlas.load('papers')).abbreviations.zzz = 'neural network'; }"
        )
        reader.search("ZZZ")
        assert "showing “neural network”" in reader.part("said").inner_text()

    def test_every_page_leads_to_the_same_search(self, read, site):
        reader = read(site / "topics" / "00.html")
        field = reader.page.get_by_role("searchbox", name="Search the papers")
        field.fill("spiking")
        field.press("Enter")
        reader.page.wait_for_url("**/index.html#q=spiking")
        reader.page.wait_for_selector(".pa-atlas[data-ready]")
        assert "spiking" in reader.titles()[0].lower()


class TestCard:
    def test_a_click_on_a_point_stays_here(self, read, study):
        reader = read()
        paper = study.papers.loc[study.papers["abstract"].str.len().idxmax()]
        reader.search(f"{paper['title']}")
        reader.page.mouse.click(*reader.point(paper["paper_id"]))
        card = reader.page.get_by_role("dialog")
        card.locator("[data-ready], .pa-abstract").first.wait_for()
        said = card.inner_text()
        for text in (
            paper["title"],
            paper["abstract"][:80],
            paper["topic_name"],
            f"{paper['confidence']:.2f}",
            "Nearest papers",
        ):
            assert text in said
        away = card.get_by_role("link", name=re.compile("Open the paper|Search for the paper"))
        assert away.get_attribute("href").startswith("https://")
        assert reader.page.url.split("#")[0].endswith("index.html")
        reader.page.keyboard.press("Escape")
        assert not card.is_visible()

    def test_it_leads_to_the_nearest_the_map_and_the_topic(self, read, site, study):
        reader = read(site / "topics" / "01.html")
        first = reader.page.locator(".pa-papers a").first
        first.click()
        card = reader.page.get_by_role("dialog")
        near = card.locator("li a[data-paper]").first
        title = near.inner_text()
        near.click()
        expect(reader.page.locator("#pa-card-title")).to_have_text(title)
        card.get_by_role("link", name="Its topic").wait_for()
        card.get_by_role("link", name="Show on the map").click()
        reader.page.wait_for_selector(".pa-atlas[data-ready]")
        x, y = reader.point(study.papers.loc[study.papers["title"] == title, "paper_id"].iloc[0])
        left, top, width, height = reader.stage()
        assert (x, y) == pytest.approx((left + width / 2, top + height / 2), abs=4)


class TestSelection:
    def test_by_box_tick_and_search_and_what_it_says(self, read):
        reader = read()
        reader.part("box").click()
        x, y, width, height = reader.stage()
        reader.page.mouse.move(x + 5, y + 5)
        reader.page.mouse.down()
        reader.page.mouse.move(x + width / 2, y + height - 5, steps=4)
        reader.page.mouse.up()
        left = reader.page.locator(".pa-plot .pa-chosen").count()
        inside = [p for p in reader.page.evaluate(SEEN)["points"] if p[1] < x + width / 2]
        assert left == pytest.approx(len(inside), abs=3)
        assert f"{left} papers selected" in reader.part("selection").inner_text()
        reader.part("selection").get_by_role("button", name="Clear").click()
        reader.search("spiking")
        found = reader.lit()
        reader.page.get_by_role("button", name=f"Select these {found}").click()
        reader.search("")
        assert f"{found} papers selected" in reader.part("selection").inner_text()
        assert "spiking" in reader.part("selection").inner_text()
        reader.page.locator("[data-part=list] tbody input:not(:checked)").first.click()
        assert f"{found + 1} papers selected" in reader.part("selection").inner_text()

    def test_by_lasso(self, read):
        reader = read()
        reader.part("lasso").click()
        left, top, width, height = reader.stage()
        cx, cy = left + width / 2, top + height / 2
        reader.page.mouse.move(cx - 200, cy - 200)
        reader.page.mouse.down()
        for x, y in ((cx + 200, cy - 200), (cx, cy + 250)):
            reader.page.mouse.move(x, y, steps=5)
        reader.page.mouse.up()
        chosen = set(reader.page.locator(".pa-chosen").evaluate_all("all => all.map(n => n.dataset.paper)"))
        for paper, x, y, _ in reader.page.evaluate(SEEN)["points"]:
            depth = (y - (cy - 200)) / 450
            inside = 0 < depth < 1 and abs(x - cx) < 200 * (1 - depth)
            near_an_edge = abs(abs(x - cx) - 200 * (1 - depth)) < 4 or min(abs(depth), abs(1 - depth)) < 0.02
            assert near_an_edge or (paper in chosen) == inside

    @pytest.fixture
    def known(self, tmp_path) -> tuple[Path, pa.Study]:
        """Papers whose source says everything, and one of which it says nearly nothing."""
        words = ["graphs", "attention", "memory", "neurons", "prototypes"]
        entry = (
            "@article{key:NUMBER_x,\n title = {On WORD \\& more, part NUMBER: a 50\\% study},\n"
            ' author = {Doe, Ann and M{\\"u}ller, Bo},\n journal = {Journal of WORD},\n year = {YEAR},\n'
            " doi = {10.1000/xNUMBER},\n keywords = {WORD; nets},\n"
            " abstract = {We study WORD in networks_NUMBER and find WORD with OTHER number NUMBER.}\n}\n"
        )
        entries = [
            entry.replace("WORD", words[i % 5]).replace("OTHER", words[(i + 1) % 5]).replace("NUMBER", str(i))
            .replace("YEAR", str(2015 + i % 7)) for i in range(39)
        ]  # fmt: skip
        entries.append(
            "@misc{bare, title = {Bare}, abstract = {Nothing but words on graphs and neurons here.}}\n"
        )
        (tmp_path / "own.bib").write_text("\n".join(entries), encoding="utf-8")
        study = pa.Study(tmp_path / "own.bib")
        file = tmp_path / "brief.html"
        file.write_text(brief_html(study), encoding="utf-8")
        return file, study

    def test_it_leaves_in_every_format_without_loss(self, read, known, tmp_path):
        import bibtexparser
        import rispy

        file, study = known
        reader = read(file)
        reader.page.get_by_role("button", name="Select all").click()
        ways = {name: reader.saved(reader.part("selection").get_by_role("button", name=name, exact=True))
                for name in ("BibTeX", "RIS", "CSL-JSON", "CSV", "Ids")}  # fmt: skip
        columns = ["title", "abstract", "authors", "venue", "doi", "key", "keywords"]
        wanted = study.papers.sort_values("key")[columns].fillna("").reset_index(drop=True)
        for name, suffix in (("BibTeX", "bib"), ("RIS", "ris")):
            back = tmp_path / f"back.{suffix}"
            back.write_text(ways[name], encoding="utf-8")
            found = pa.read_papers(back).sort_values("key")[columns].fillna("").reset_index(drop=True)
            assert found["title"].tolist() == wanted["title"].tolist(), name
            assert found.to_dict("list") == wanted.to_dict("list"), name
        assert {entry.key for entry in bibtexparser.parse_string(ways["BibTeX"]).entries} == set(
            wanted["key"]
        )
        assert {entry["id"] for entry in rispy.loads(ways["RIS"])} == set(wanted["key"])
        csl = {entry["id"]: entry for entry in json.loads(ways["CSL-JSON"])}
        assert set(csl) == set(wanted["key"])
        assert set(csl["bare"]) == {"id", "type", "title", "abstract"}, "what is not known is left out"
        assert csl["key:1_x"]["author"][0] == {"family": "Doe", "given": "Ann"}
        assert sorted(ways["Ids"].split()) == sorted(study.papers["paper_id"])
        assert ways["CSV"].count("\n") == len(wanted) + 1

    def test_the_reading_list_leaves_as_bibtex(self, read, study):
        reader = read()
        text = reader.saved(reader.page.locator("#reading button[data-cite=bibtex]"))
        assert len(re.findall(r"^@", text, re.MULTILINE)) == study.reading_lists["place"].clip(upper=12).max()


class TestAddress:
    def test_the_state_is_in_it_and_back_goes_back(self, read):
        reader = read()
        reader.search("attention")
        reader.part("colour").select_option("year")
        reader.part("from").select_option("2020")
        shown, legend, address = reader.count(), reader.part("legend").inner_text(), reader.page.url
        other = read(suffix="#" + address.split("#")[1])
        assert (other.count(), other.part("legend").inner_text()) == (shown, legend)
        assert other.part("query").input_value() == "attention"
        reader.page.go_back()
        expect(reader.part("from")).not_to_have_value("2020")
        reader.page.go_back()
        expect(reader.part("colour")).to_have_value("topic")
        assert reader.part("query").input_value() == "attention"

    def test_a_selection_and_a_card_can_be_sent(self, read, study):
        reader = read()
        reader.search("spiking")
        reader.page.get_by_role("button", name=re.compile("Select these")).click()
        reader.page.locator("[data-part=list] tbody a").first.click()
        title = reader.page.locator("#pa-card-title").inner_text()
        said = reader.part("selection").locator(".pa-heading").inner_text()
        other = read(suffix="#" + reader.page.url.split("#")[1])
        assert other.page.locator("#pa-card-title").inner_text() == title
        assert other.part("selection").locator(".pa-heading").inner_text() == said


class TestHands:
    def test_the_keyboard_moves_and_zooms(self, read):
        reader = read()
        cloud = reader.page.locator("[data-part=points]")
        before = cloud.get_attribute("transform")
        reader.part("grip").focus()
        for key in ("ArrowLeft", "+"):
            reader.page.keyboard.press(key)
            assert cloud.get_attribute("transform") != before
        reader.page.keyboard.press("0")
        assert cloud.get_attribute("transform") == before

    def test_a_wheel_scrolls_the_page_and_with_ctrl_zooms(self, read):
        reader = read()
        cloud = reader.page.locator("[data-part=points]")
        before = cloud.get_attribute("transform")
        x, y, *_ = reader.stage()
        reader.page.mouse.move(x + 50, y + 50)
        reader.page.mouse.wheel(0, 50)
        assert cloud.get_attribute("transform") == before
        reader.page.keyboard.down("Control")
        reader.page.mouse.wheel(0, -200)
        reader.page.keyboard.up("Control")
        expect(cloud).not_to_have_attribute("transform", before)

    def test_every_colouring_has_its_legend(self, read, study):
        reader = read()
        circles = reader.page.locator(".pa-plot circle")
        for colour in ("theme", "year", "source", "venue", "confidence", "kept", "topic"):
            reader.part("colour").select_option(colour)
            assert reader.part("legend").locator("button, .pa-bars").count() >= 1, colour
            assert reader.lit() == len(study.corpus)
            fills = set(circles.evaluate_all("all => all.map(n => n.getAttribute('fill'))"))
            assert len(fills) > 1, colour


@pytest.mark.parametrize("neighbours", [None, 5])
def test_a_notebook_holds_the_map_in_a_frame(study, tmp_path, visit, neighbours):
    shown = widgets.PaperMap(study, live=True)
    if neighbours:
        shown = widgets.neighbours_map(study, neighbours)
    file = tmp_path / "cell.html"
    page = f"<!doctype html><html lang='en'><title>x</title><body>{shown._repr_html_()}</body></html>"
    file.write_text(page, encoding="utf-8")
    visitor = visit(file)
    frame = visitor.page.frame_locator("iframe")
    frame.locator(".pa-atlas[data-ready]").wait_for()
    frame.locator("[data-part=query]").fill("spiking")
    found = frame.locator(".pa-plot circle.pa-hit")
    assert 0 < found.count() < len(study.corpus)
    found.first.click(force=True)  # the map asks where, not on what
    frame.get_by_role("dialog").locator(".pa-abstract").wait_for()
    assert "#" not in visitor.page.url, "the notebook's address is not ours"


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_nothing_stands_in_the_way_of_assistive_technology(read, width, scheme):
    reader = read(width=width, scheme=scheme, reduced_motion="reduce")
    reader.search("spiking")
    reader.page.get_by_role("button", name=re.compile("Select these")).click()
    reader.page.locator("[data-part=list] tbody a").first.click()
    reader.page.get_by_role("dialog").locator(".pa-abstract").wait_for()
    assert reader.violations() == []
    reader.picture(f"map-{width}-{scheme}")
