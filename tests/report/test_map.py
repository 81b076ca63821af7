"""The interactive map, used as a reader would: from a folder, in Chromium, with the network cut."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from paperatlas import atlasmap
from paperatlas.figures.palette import HUES, contrast_ratio
from tests.report.chromium import needs_browser
from tests.report.visit import axe

SITE = Path(atlasmap.__file__).parent / "site"
ARTIFACTS = Path(__file__).resolve().parents[2] / "artifacts"

pytestmark = needs_browser


def pile(n: int = 60, *, titles: dict[int, str] | None = None, **changes: Any) -> dict[str, Any]:
    """Payload of n papers in five topics, two themes and three dumps.

    Paper i is of topic i % 5; it is from dump i % 3, every seventh from two dumps; published in
    2019 + i % 4, every tenth without a date; the first layout keeps i % 16 of its 15 neighbours, the second
    all.
    """
    topic = [i % 5 for i in range(n)]
    theme_of = [0, 0, 0, 1, 1]
    looks = [atlasmap._looks(colour) for colour in HUES]
    words = ["graph", "attention", "memory", "naive", "spiking"]
    kept = [min(round((i % 16) / 15, 3), 1.0) for i in range(n)]
    layouts = []
    for name, sign, shares in (("UMAP", 1, kept), ("t-SNE", -1, [1.0] * n)):
        x = [sign * (10.0 * t + (i * 7 % 11) / 3) for i, t in enumerate(topic)]
        y = [6.0 * (t % 2) + (i * 5 % 13) / 3 for i, t in enumerate(topic)]
        middle = [[sign * (10.0 * t + 1.7), 6.0 * (t % 2) + 2] for t in range(5)]
        layouts.append(
            {
                "name": name, "x": x, "y": y, "kept": shares, "kept_overall": sum(shares) / n,
                "kept_by_chance": 0.02, "topic_anchors": middle, "theme_anchors": [middle[1], middle[4]],
            }
        )  # fmt: skip
    payload: dict[str, Any] = {
        "papers": {
            "id": [f"id{i}" for i in range(n)],
            "title": [
                (titles or {}).get(i, f"On {words[t].title()} Number {i}") for i, t in enumerate(topic)
            ],
            "published": [None if i % 10 == 9 else f"{2019 + i % 4}-0{1 + i % 9}" for i in range(n)],
            "venue": ["ICML 2025 (Poster)" if i % 2 else None for i in range(n)],
            "url": [f"https://arxiv.org/abs/2400.{i:05d}" for i in range(n)],
            "words": [f"abstract about cafe{' transformers' if i % 6 == 0 else ''} we" for i in range(n)],
            "topic": topic,
            "runner_up": [(t + 1) % 5 for t in topic],
            "confidence": [round(i / (n - 1), 2) for i in range(n)],
            "dumps": [[i % 3, (i + 1) % 3] if i % 7 == 0 else [i % 3] for i in range(n)],
        },
        "topics": [
            {"name": f"topic of {word}", "theme": theme_of[t], "size": topic.count(t), **looks[t]}
            for t, word in enumerate(words)
        ],
        "themes": [{"name": f"theme {t}", "size": n // 2, **looks[5 + t]} for t in range(2)],
        "dumps": [{"name": f"dump {d}", "size": n // 3, **looks[d]} for d in range(3)],
        "layouts": layouts,
        "neighbours": 15,
        "misplaced": 0.2,
    }
    payload.update(changes)
    return payload


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from plotly.offline import get_plotlyjs

    folder = tmp_path_factory.mktemp("map")
    (folder / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
    for name in ("map.js", "map.css"):
        shutil.copy(SITE / name, folder / name)
    return folder


class Reader:
    """One opened map, with what went wrong and which addresses it tried to open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("dialog", lambda d: (self.complaints.append(f"dialog {d.message}"), d.dismiss()))
        page.on(
            "request",
            lambda r: (
                None if r.url.startswith(("file:", "data:", "blob:")) else self.complaints.append(r.url)
            ),
        )
        # Remember what would open instead of opening it: a followed link, and window.open.
        page.add_init_script("""
            window.opened = [];
            window.open = (...wanted) => { opened.push(wanted); };
            addEventListener("click", (event) => {
              const link = event.target.closest("a[href]");
              if (link) { event.preventDefault(); opened.push([link.href, link.target, link.rel]); }
            });
        """)

    def part(self, name: str) -> Any:
        return self.page.locator(f'[data-part="{name}"]')

    def search(self, query: str) -> None:
        self.part("query").fill(query)

    def drawn(self, trace: int) -> list[int]:
        """Papers of one trace: 0 in the background, 1 in colour, 2 with a ring."""
        chosen: list[int] = self.page.evaluate(
            f"document.querySelector('[data-part=plot]').data[{trace}].customdata"
        )
        return sorted(chosen)

    def shapes(self) -> int:
        """Points that are in the picture as shapes, rings aside."""
        return self.page.locator(".pa-map-plot .trace:nth-child(-n+2) .point").count()

    def colours(self) -> dict[int, str]:
        trace = self.page.evaluate(
            "(({customdata, marker}) => [customdata, marker.color])(document.querySelector('[data-part=plot]').data[1])"
        )
        return dict(zip(*trace, strict=True))

    def names(self, kind: str = "theme") -> list[str]:
        found: list[str] = self.page.locator(f".pa-map-name-{kind}:visible").all_inner_texts()
        return sorted(found)

    def opened(self) -> list[list[str]]:
        found: list[list[str]] = self.page.evaluate("window.opened")
        return found

    def point(self, paper: int) -> tuple[float, float]:
        """Where a paper is on the screen, scrolled into view, once an opened list has its place beside the plot and
        the plot has taken the size of its own."""
        self.until(
            """(() => {
              const plot = document.querySelector("[data-part=plot]"), box = plot.getBoundingClientRect();
              const root = plot.closest(".pa-map"), list = root.querySelector("[data-part=found]");
              const beside = list.open && root.clientWidth >= 700; // on a narrow page the list lies below
              return root.hasAttribute("data-listed") === beside
                && Math.abs(plot._fullLayout.width - box.width) < 2 && Math.abs(plot._fullLayout.height - box.height) < 2;
            })()"""
        )
        x, y = self.page.evaluate(
            """(paper) => {
              const plot = document.querySelector("[data-part=plot]");
              plot.scrollIntoView({ block: "center" });
              const { data, layout } = plot, box = plot.getBoundingClientRect();
              const at = data[1].customdata.indexOf(paper), [x0, x1] = layout.xaxis.range, [y0, y1] = layout.yaxis.range;
              return [box.left + (data[1].x[at] - x0) / (x1 - x0) * box.width,
                      box.bottom - (data[1].y[at] - y0) / (y1 - y0) * box.height];
            }""",
            paper,
        )
        return x, y

    def until(self, condition: str) -> None:
        self.page.wait_for_function(condition)

    def width(self) -> float:
        low, high = self.page.evaluate("document.querySelector('[data-part=plot]').layout.xaxis.range")
        return float(high - low)


Open = Callable[..., Reader]


@pytest.fixture
def read(browser: Browser, folder: Path, request: pytest.FixtureRequest) -> Iterator[Open]:
    contexts: list[BrowserContext] = []
    readers: list[Reader] = []

    def open_map(html: str | dict[str, Any] | None = None, *, width: int = 1100, **options: Any) -> Reader:
        if not isinstance(html, str):
            html = atlasmap.fragment(html or pile())
        name = f"{request.node.name.replace('/', '-')}-{len(contexts)}.html"
        file = folder / re.sub(r"[^\w.-]", "_", name)
        file.write_text(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Map</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<link rel="stylesheet" href="map.css"><script src="plotly.min.js"></script><script src="map.js"></script>'
            "<style>body { margin: 16px } @media (prefers-color-scheme: dark) { body { background: #121212; color: #eee } }"
            f"</style></head><body><main><h1>Map</h1>{html}</main></body></html>",
            encoding="utf-8",
        )
        options.setdefault("reduced_motion", "reduce")
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True, **options)
        contexts.append(context)
        reader = Reader(context.new_page())
        readers.append(reader)
        reader.page.goto(file.as_uri())
        reader.page.wait_for_selector(".pa-map[data-drawn]", state="attached", timeout=60_000)
        return reader

    yield open_map
    for reader in readers:
        assert reader.complaints == []
    for context in contexts:
        context.close()


ALL = list(range(60))
SPAN = "(([a, b]) => b - a)(document.querySelector('[data-part=plot]').layout.xaxis.range)"


class TestPicture:
    def test_every_paper_is_a_point(self, read):
        reader = read()
        assert reader.drawn(1) == ALL
        assert reader.shapes() == 60
        assert reader.part("count").inner_text() == "60 papers"

    def test_many_papers_are_drawn_by_webgl(self, read):
        reader = read(pile(2_500))
        plot = "document.querySelector('[data-part=plot]')"
        webgl = reader.page.evaluate("Boolean(document.createElement('canvas').getContext('webgl'))")
        assert reader.page.evaluate(f"{plot}.data[1].type") == ("scattergl" if webgl else "scatter")
        assert len(reader.drawn(1)) == 2_500

    def test_themes_are_named_first_and_topics_on_coming_closer(self, read):
        reader = read()
        assert (reader.names("theme"), reader.names("topic")) == (["theme 0", "theme 1"], [])
        reader.part("in").click()
        reader.until("document.querySelectorAll('.pa-map-name-topic:not([hidden])').length > 0")
        assert reader.names("theme") == []
        assert set(reader.names("topic")) <= {
            f"topic of {w}" for w in ("graph", "attention", "memory", "naive", "spiking")
        }
        reader.part("whole").click()
        reader.until("document.querySelectorAll('.pa-map-name-theme:not([hidden])').length === 2")

    def test_names_never_cover_each_other(self, read):
        # Twenty long names, all wanting nearly the same place.
        crowd = pile(100)
        looks = atlasmap._looks(HUES[0])
        crowd["topics"] = [
            {"name": f"a rather long name of topic {t}", "theme": 0, "size": 5, **looks} for t in range(20)
        ]
        crowd["themes"] = crowd["themes"][:1]
        crowd["papers"]["topic"] = crowd["papers"]["runner_up"] = [i % 20 for i in range(100)]
        for layout in crowd["layouts"]:
            layout["topic_anchors"] = [[20 + t / 5, 5 + t / 9] for t in range(20)]
            layout["theme_anchors"] = [[20, 5]]
        for width in (1100, 390):
            reader = read(crowd, width=width)
            for _ in range(4):
                boxes = [
                    b.bounding_box()
                    for b in reader.page.locator(
                        ".pa-map-labels > span:not([class=pa-map-active]):visible"
                    ).all()
                ]
                boxes.append(reader.part("zoom").bounding_box())
                assert len(boxes) > 2
                for i, a in enumerate(boxes):
                    for b in boxes[:i]:
                        apart = (
                            a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
                            or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
                        )  # fmt: skip
                        assert apart, (a, b)
                before = reader.width()
                reader.part("in").click()
                reader.until(f"{SPAN} < {before} - 1e-9")

    def test_card_of_the_paper_under_the_mouse(self, read):
        reader = read()
        assert reader.part("card").is_hidden()
        reader.page.mouse.move(*reader.point(7))
        reader.part("card").wait_for(state="visible")
        card = reader.part("card").inner_text()
        for text in ("On Memory Number 7", "Aug 2022 · ICML 2025 (Poster)", "topic of memory", "0.12", "topic of naive",
                     "UMAP 7, t-SNE 15 of 15", "dump 1; dump 2"):  # fmt: skip
            assert text in card
        assert reader.opened() == []

    def test_a_click_opens_the_paper(self, read):
        reader = read()
        reader.page.mouse.click(*reader.point(8))
        reader.until("window.opened.length > 0")
        assert reader.opened() == [["https://arxiv.org/abs/2400.00008", "_blank", "noopener"]]

    def test_dragging_moves_the_picture_and_its_names(self, read):
        reader = read()
        name = reader.page.locator(".pa-map-name-theme").first
        before, stage = name.bounding_box(), reader.part("plot").bounding_box()
        x, y = stage["x"] + 30, stage["y"] + stage["height"] - 30  # no paper is here
        reader.page.mouse.move(x, y)
        reader.page.mouse.down()
        reader.page.mouse.move(x + 90, y - 50, steps=5)
        reader.page.mouse.up()
        after = name.bounding_box()
        assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((90, -50), abs=2)

    def test_wheel_scrolls_the_page_and_with_ctrl_zooms(self, read):
        reader = read()
        x, y = reader.point(0)
        before = reader.width()
        reader.page.mouse.move(x, y)
        reader.page.keyboard.down("Control")
        reader.page.mouse.wheel(0, -200)
        reader.page.keyboard.up("Control")
        reader.until(f"{SPAN} < {before / 2}")
        assert reader.point(0) == pytest.approx((x, y), abs=1), "what is under the pointer stays there"


class TestSearch:
    @pytest.mark.parametrize(
        ("query", "wanted"),
        [
            ("graph", [i for i in ALL if i % 5 == 0]),
            ("GRAPH num", [i for i in ALL if i % 5 == 0]),
            ("transformers", [i for i in ALL if i % 6 == 0]),
            ("naïve transf", [18, 48]),
            ("café", ALL),
            ("number-12", [12]),
            ("umber", []),
            ("  ", ALL),
        ],
    )
    def test_finds_exactly_the_papers_with_all_words(self, read, query, wanted):
        reader = read()
        reader.search(query)
        assert reader.drawn(1) == wanted
        assert reader.drawn(0) == sorted(set(ALL) - set(wanted))
        assert reader.shapes() == 60, "papers that do not match stay as a background"
        assert reader.part("list").locator("a").count() == len(wanted)
        told = "60 papers" if wanted == ALL else f"{len(wanted)} of 60 papers"
        assert reader.part("count").inner_text() == told

    def test_marks_what_it_found_and_clears(self, read):
        reader = read()
        reader.search("num graph")
        marks = reader.part("list").locator("li").first.locator("mark")
        assert marks.all_inner_texts() == ["Graph", "Number"]
        reader.part("clear").click()
        assert reader.drawn(1) == ALL
        assert reader.part("query").input_value() == ""

    def test_titles_come_before_abstracts(self, read):
        reader = read(pile(titles={59: "Zebra transformers"}))
        reader.search("transformers")
        assert reader.part("list").locator("a").first.inner_text() == "Zebra transformers"


def with_dump(d: int) -> list[int]:
    return [i for i in ALL if i % 3 == d or (i % 7 == 0 and (i + 1) % 3 == d)]


class TestFilters:
    @pytest.mark.parametrize(
        ("control", "value", "wanted"),
        [
            ("part", "theme:0", [i for i in ALL if i % 5 < 3]),
            ("part", "theme:1", [i for i in ALL if i % 5 >= 3]),
            ("part", "topic:2", [i for i in ALL if i % 5 == 2]),
            ("dump", "1", with_dump(1)),
            ("from", "2021", [i for i in ALL if i % 4 >= 2 and i % 10 != 9]),
            ("to", "2019", [i for i in ALL if i % 4 == 0 and i % 10 != 9]),
        ],
    )
    def test_each_shows_exactly_its_papers(self, read, control, value, wanted):
        reader = read()
        reader.part(control).select_option(value)
        assert reader.drawn(1) == wanted
        assert reader.drawn(0) == [], "what is filtered away is gone"
        assert reader.shapes() == len(wanted)
        reader.part("as-table").click()
        assert reader.part("table").locator("tbody tr").count() == len(wanted)
        reader.part("clear").click()
        assert reader.part("count").inner_text() == "60 papers"

    def test_filters_and_search_hold_together_in_map_list_and_table(self, read):
        reader = read()
        reader.part("part").select_option("theme:0")
        reader.part("dump").select_option("1")
        reader.search("abstract")
        wanted = [i for i in with_dump(1) if i % 5 < 3]
        assert reader.drawn(1) == wanted
        reader.part("as-table").click()
        assert reader.part("plot").is_hidden()
        titles = reader.part("table").locator("tbody th").all_inner_texts()
        assert sorted(int(title.rsplit(" ", 1)[1]) for title in titles) == wanted
        cells = (
            reader.part("table")
            .locator("tbody tr", has_text="Number 7")
            .first.locator("td")
            .all_inner_texts()
        )
        assert cells == [
            "Aug 2022",
            "ICML 2025 (Poster)",
            "topic of memory",
            "0.12",
            "47 %",
            "dump 1; dump 2",
        ]

    def test_years_cannot_be_crossed(self, read):
        reader = read()
        reader.part("to").select_option("2020")
        reader.part("from").select_option("2022")
        assert (reader.part("from").input_value(), reader.part("to").input_value()) == ("2022", "2022")

    def test_a_legend_entry_picks_its_papers(self, read):
        reader = read()
        entry = reader.part("legend").get_by_role("button", name="topic of naive")
        entry.click()
        assert reader.drawn(1) == [i for i in ALL if i % 5 == 3]
        assert entry.get_attribute("aria-pressed") == "true"
        assert entry.evaluate("node => node === document.activeElement"), "the keyboard stays where it was"
        entry.click()
        assert reader.drawn(1) == ALL

    def test_long_lists_and_tables_grow_on_request(self, read):
        reader = read(pile(250))
        reader.part("found-title").click()
        assert reader.part("list").locator("a").count() == 100
        reader.part("list").get_by_role("button").click()
        assert reader.part("list").locator("a").count() == 200
        new = reader.part("list").locator("a").nth(100)
        assert new.evaluate("node => node === document.activeElement"), (
            "the keyboard goes on where the list grew"
        )
        reader.part("as-table").click()
        reader.part("table").get_by_role("button", name="Show 100 more of 150").click()
        assert reader.part("table").locator("tbody tr").count() == 200


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


class TestColours:
    @pytest.mark.parametrize("mode", ["topic", "theme", "dump"])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_legend_and_points_agree(self, read, mode, scheme):
        reader, data = read(color_scheme=scheme), pile()
        reader.part("colour").select_option(mode)
        keys = {
            "topic": lambda i: i % 5,
            "theme": lambda i: i % 5 // 3,
            "dump": lambda i: i % 3 if i % 7 else 3,
        }
        looks = {"topic": data["topics"], "theme": data["themes"], "dump": data["dumps"]}[mode]
        several = {"light": "#1F2A33", "dark": "#E6EBEF"}[scheme]
        palette = [look[scheme] for look in looks] + ([several] if mode == "dump" else [])
        assert reader.colours() == {i: palette[keys[mode](i)] for i in ALL}
        entries = reader.part("legend").get_by_role("button")
        swatches = entries.locator("i").evaluate_all(
            "all => all.map(i => getComputedStyle(i).backgroundColor)"
        )
        assert swatches == [rgb(colour) for colour in palette]
        names = [look["name"] for look in looks] + (["in several dumps"] if mode == "dump" else [])
        assert entries.locator("span").all_inner_texts() == names
        counts = [sum(keys[mode](i) == k for i in ALL) for k in range(len(names))]
        assert entries.locator("b").all_inner_texts() == [str(n) for n in counts]

    @pytest.mark.parametrize("mode", ["year", "confidence", "kept"])
    def test_scales_run_from_pale_to_strong_and_say_so(self, read, mode):
        reader = read()
        reader.part("colour").select_option(mode)
        values = {
            "year": lambda i: None if i % 10 == 9 else i % 4,
            "confidence": lambda i: i,
            "kept": lambda i: i % 16,
        }[mode]
        colours = reader.colours()
        dated = sorted((values(i), i) for i in ALL if values(i) is not None)
        contrast = [contrast_ratio(colours[i], "#FFFFFF") for _, i in dated]
        assert contrast == sorted(contrast), "more is darker on white"
        assert len({values(i) for _, i in dated}) >= len({colours[i] for _, i in dated}) > 3
        chart = reader.part("legend").get_by_role("img")
        assert chart.get_attribute("aria-label").startswith(
            {"year": "Year", "confidence": "Confidence", "kept": "Neighbours"}[mode]
        )
        told = [int(n) for n in re.findall(r"\d+", chart.get_attribute("aria-label").partition(":")[2])]
        assert sum(told) == len(dated)
        if mode == "year":
            assert "6 papers without a date" in reader.part("legend").inner_text()
            assert told == [sum(values(i) == y for i in ALL) for y in range(4)]

    def test_follows_light_and_dark_as_they_change(self, read):
        reader, data = read(), pile()
        assert set(reader.colours().values()) == {topic["light"] for topic in data["topics"]}
        reader.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        reader.until("document.querySelector('.pa-map').hasAttribute('data-dark')")
        assert set(reader.colours().values()) == {topic["dark"] for topic in data["topics"]}


class TestMapError:
    def test_is_told_for_both_layouts(self, read):
        text = read().page.locator(".pa-map-trust").inner_text()
        share = sum(pile()["layouts"][0]["kept"]) / 60
        assert f"UMAP keeps {100 * share:.0f} %" in text
        assert "t‑SNE keeps 100 %" in text
        assert "chance would keep 2 %" in text

    @pytest.mark.parametrize("motion", ["reduce", "no-preference"])
    def test_the_other_layout(self, read, motion):
        reader, second = read(reduced_motion=motion), pile()["layouts"][1]
        reader.part("layouts").get_by_role("button", name="t-SNE").click()
        reader.until("document.querySelector('.pa-map').dataset.layout === 't-SNE'")
        xs = reader.page.evaluate(
            "(({customdata, x}) => [customdata, x])(document.querySelector('[data-part=plot]').data[1])"
        )
        assert dict(zip(*xs, strict=True)) == pytest.approx(dict(enumerate(second["x"])))

    def test_misplaced_papers_are_marked_on_request(self, read):
        reader = read()
        assert reader.drawn(2) == []
        box = reader.page.get_by_role("checkbox")
        wanted = [i for i in ALL if i % 16 < 3]
        assert (
            f"Mark the {len(wanted)} papers that UMAP misplaces"
            in reader.page.locator(".pa-map-check").inner_text()
        )
        box.check()
        assert reader.drawn(2) == wanted
        reader.part("layouts").get_by_role("button", name="t-SNE").click()
        assert reader.drawn(2) == [], "t-SNE keeps all"


class TestKeyboard:
    def test_from_the_search_through_the_list_to_the_paper(self, read):
        reader = read()
        reader.part("query").focus()
        reader.page.keyboard.type("graph")
        reader.page.keyboard.press("ArrowDown")
        reader.page.keyboard.press("ArrowDown")
        reader.page.keyboard.press("ArrowDown")
        reader.page.keyboard.press("ArrowUp")
        # By title: Number 0, Number 10, …
        assert "On Graph Number 10" in reader.part("card").inner_text()
        reader.page.keyboard.press("Enter")
        assert reader.opened() == [["https://arxiv.org/abs/2400.00010", "_blank", "noopener"]]
        reader.page.keyboard.press("Escape")
        assert reader.part("card").is_hidden()
        reader.page.keyboard.press("ArrowUp")
        reader.page.keyboard.press("ArrowUp")
        assert reader.part("query").evaluate("node => node === document.activeElement")

    def test_the_walk_goes_on_beyond_the_first_hundred(self, read):
        reader = read(pile(150))
        reader.search("abstract")
        reader.page.evaluate("""
            document.querySelector("[data-part=query]").focus();
            const down = () => new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true });
            for (let n = 0; n < 102; n++) document.activeElement.dispatchEvent(down());
        """)
        walked = reader.page.evaluate(
            "[...document.querySelectorAll('[data-part=list] a')].indexOf(document.activeElement)"
        )
        assert walked == 101

    def test_moves_and_zooms_the_picture(self, read):
        reader = read()
        reader.part("plot").focus()
        whole = reader.width()
        reader.page.keyboard.press("+")
        reader.until(f"{SPAN} < {whole} - 1")
        low = reader.page.evaluate("document.querySelector('[data-part=plot]').layout.xaxis.range[0]")
        reader.page.keyboard.press("ArrowRight")
        reader.until(f"document.querySelector('[data-part=plot]').layout.xaxis.range[0] > {low}")
        reader.page.keyboard.press("0")
        reader.until(f"Math.abs({SPAN} - {whole}) < 1e-6")

    def test_every_control_is_reached_by_tab_and_shows_it(self, read):
        reader = read()
        reader.page.evaluate("document.activeElement.blur()")
        reached = []
        for _ in range(30):
            reader.page.keyboard.press("Tab")
            part, outline = reader.page.evaluate(
                "(node => [node.dataset.part || '', getComputedStyle(node).outlineStyle])(document.activeElement)"
            )
            reached.append(part)
            if part:
                assert outline != "none", part
        for part in (
            "query",
            "as-map",
            "as-table",
            "colour",
            "part",
            "dump",
            "from",
            "to",
            "plot",
            "in",
            "out",
            "whole",
            "misplaced",
            "found-title",
        ):
            assert part in reached, part


class TestScreens:
    def test_on_a_phone(self, read):
        reader = read(width=390)
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert reader.part("plot").bounding_box()["height"] >= 360
        assert reader.part("colour").is_hidden(), "the controls are folded"
        reader.part("options").locator("summary").click()
        assert reader.part("colour").is_visible()
        reader.search("graph")
        reader.part("as-table").click()
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390

    def test_a_tap_opens_the_card_and_its_title_the_paper(self, read):
        reader = read(width=390, has_touch=True, is_mobile=True)
        reader.page.touchscreen.tap(*reader.point(8))
        reader.part("card").wait_for(state="visible")
        title = reader.part("card").get_by_role("link")
        assert "Number 8" in title.inner_text()
        assert reader.opened() == []
        title.tap()
        assert [wanted[0] for wanted in reader.opened()] == ["https://arxiv.org/abs/2400.00008"]

    def test_two_fingers_zoom_and_one_scrolls_the_page(self, read):
        reader = read(width=390, has_touch=True, is_mobile=True)
        x, y = reader.point(6)
        touch = reader.page.context.new_cdp_session(reader.page)

        def move(*paths: tuple[tuple[float, float], tuple[float, float]]) -> None:
            for step in range(6):
                points = [
                    {"x": a[0] + (b[0] - a[0]) * step / 5, "y": a[1] + (b[1] - a[1]) * step / 5, "id": finger}
                    for finger, (a, b) in enumerate(paths)
                ]
                kind = "touchMove" if step else "touchStart"
                touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

        whole = reader.width()
        move(((x - 20, y), (x - 60, y)), ((x + 20, y), (x + 60, y)))
        # The fingers end three times as far apart as they began.
        reader.until(f"{SPAN} < {whole / 3 * 1.000001}")
        assert reader.page.evaluate("visualViewport.scale") == 1, "the map is zoomed, not the page"
        zoomed = reader.width()
        before = reader.page.evaluate("scrollY")
        move(((x, y), (x, y - 120)))
        reader.until(f"scrollY > {before}")
        assert reader.width() == zoomed

    def test_controls_are_open_where_there_is_room(self, read):
        reader = read(width=1100)
        assert reader.part("colour").is_visible()
        assert reader.part("options").locator("summary").is_hidden()

    def test_the_picture_follows_the_window(self, read):
        reader = read(width=1100)
        reader.page.set_viewport_size({"width": 600, "height": 900})
        reader.until("+document.querySelector('.pa-map-plot svg').getAttribute('width') <= 600")
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= 600

    def test_paper_has_the_picture_and_the_legend_and_no_controls(self, read):
        reader = read(width=1100, color_scheme="dark")
        reader.page.emulate_media(media="print", color_scheme="dark")
        reader.page.set_viewport_size({"width": 700, "height": 1000})
        width = reader.page.evaluate("""
            dispatchEvent(new Event("beforeprint"));
            document.querySelector(".pa-map-plot svg").getAttribute("width");
        """)
        assert width == "640", "drawn within the event: a printer does not wait"
        for part in ("query", "options", "zoom", "found", "layouts", "clear"):
            assert reader.part(part).is_hidden(), part
        assert reader.part("legend").is_visible()
        assert set(reader.colours().values()) == {topic["light"] for topic in pile()["topics"]}, (
            "dark ink on white"
        )
        box = reader.part("plot").bounding_box()
        assert box["x"] + box["width"] <= 700

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_accessibility_checker_finds_nothing(self, read, scheme):
        if not (checker := axe()):
            pytest.skip("no axe-core: install the dev dependencies, or set AXE_CORE to its axe.min.js")
        reader = read(color_scheme=scheme)
        reader.page.evaluate(checker.read_text(encoding="utf-8"))
        steps = (
            lambda: None,
            lambda: reader.part("found-title").click(),
            lambda: reader.search("graph"),
            lambda: reader.part("colour").select_option("year"),
            lambda: reader.part("as-table").click(),
        )
        for step in steps:
            step()
            result = reader.page.evaluate("axe.run('.pa-map', { preload: false })")
            assert [(v["id"], v["nodes"][0]["html"]) for v in result["violations"]] == []
            assert result["passes"]


class TestOtherPiles:
    def test_one_dump_one_theme_no_dates(self, read):
        bare = pile()
        bare["papers"]["published"] = [None] * 60
        bare["papers"]["dumps"] = [[0]] * 60
        bare["dumps"], bare["themes"] = bare["dumps"][:1], bare["themes"][:1]
        for topic in bare["topics"]:
            topic["theme"] = 0
        reader = read(bare)
        modes = reader.part("colour").locator("option").evaluate_all("all => all.map(o => o.value)")
        assert modes == ["topic", "confidence", "kept"]
        assert reader.part("dump").is_hidden()
        assert reader.part("from").is_hidden()
        assert len(reader.names("topic")) > 1, "with one theme, topics are named at once"
        reader.search("graph")
        assert len(reader.drawn(1)) == 12

    def test_hostile_text_stays_text(self, read):
        evil = [
            "<img src=x onerror=alert(1)>",
            "</script><script>alert(2)</script>",
            "<b>bold</b> & <i>that</i>",
            "<!--",
            '"><svg onload=alert(3)>',
            "<a href='javascript:alert(4)'>x</a>",
            "‮ reversed",
            "%{customdata} {{x}} ${1}",
        ]
        data = pile(20, titles=dict(enumerate(evil)))
        for k, place in enumerate([data["topics"], data["themes"], data["dumps"]]):
            place[0]["name"] = evil[k]
        data["papers"]["venue"][1] = evil[0]
        data["papers"]["url"][0] = "javascript:alert(5)"
        data["papers"]["url"][1] = "http://elsewhere.example/"
        reader = read(data)
        for mode in ("theme", "dump", "topic"):
            reader.part("colour").select_option(mode)
        reader.part("found-title").click()
        shown = reader.part("list").locator("li").all_inner_texts()
        for text in evil:
            assert any(text in entry for entry in shown), text
        reader.page.mouse.move(*reader.point(1))
        reader.part("card").wait_for(state="visible")
        assert evil[1] in reader.part("card").inner_text()
        for paper in (0, 1):
            reader.page.mouse.click(*reader.point(paper))
        assert reader.opened() == [], "only https opens"
        reader.part("as-table").click()
        assert evil[2] in reader.part("table").inner_text()
        assert reader.page.locator(".pa-map :is(img, iframe, object, b b, [onload], [onerror])").count() == 0
        assert reader.page.locator(".pa-map a:not([href^='https://'])").count() == 0
        assert reader.page.locator(".pa-map a:not([rel~='noopener'])").count() == 0


class TestShippedDumps:
    def test_the_map_of_the_report(self, read, study):
        html = atlasmap.map_html(study)
        assert len(html) < 2_500_000
        reader = read(html, width=1440)
        assert reader.shapes() == len(study.papers)
        for query in ("recurrent neural", "Transformer", "k-means", "state of the art"):
            reader.search(query)
            wanted = [
                i
                for i, row in enumerate(study.papers.itertuples())
                if all(
                    re.search(r"(?<![^\W_])" + word, f"{row.title} {row.abstract}", re.IGNORECASE)
                    for word in re.split(r"\W", query)
                )
            ]
            assert reader.drawn(1) == wanted, query
        ARTIFACTS.mkdir(exist_ok=True)
        reader.part("clear").click()
        reader.page.screenshot(path=ARTIFACTS / "map-1440-light.png", full_page=True)
