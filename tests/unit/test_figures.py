"""Figures by structure: what is in them, not how many pixels it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas import figures
from paperatlas.figures import style

HOSTILE = "<img src=x onerror=alert(1)>"


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_hues_can_be_read_as_text_on_white():
    assert all(contrast(hue, "#FFFFFF") >= 4.5 for hue in style.HUES)
    assert contrast(style.QUIET, "#FFFFFF") >= 4.5


def test_twenty_topics_in_six_themes_have_colours_of_their_own():
    table = pd.DataFrame({"topic": range(20), "theme": [i % 6 for i in range(20)]})
    assert len(set(style.topic_colours(table).values())) == 20


def test_text_from_papers_is_escaped():
    assert "<img" not in style.escape(HOSTILE)
    assert "<img" not in style.wrap(HOSTILE, 10)
    assert style.new_figure(HOSTILE, "alt").layout.title.text.startswith("&lt;img")


@pytest.mark.parametrize("width", [5, 20, 200])
def test_shorten_keeps_to_the_width(width):
    text = "Recurrent neural networks with a very long name"
    assert len(style.shorten(text, width)) <= max(width, 1)
    assert style.shorten(text, 200) == text


class TestOnTheShippedDumps:
    def test_map_shows_every_paper_once_and_names_every_theme(self, study):
        figure = figures.paper_map(study.papers, study.topics.table, study.topics.themes)
        assert sum(len(trace.x) for trace in figure.data) == len(study.corpus)
        assert len(figure.data) == len(study.topics.table)
        assert len(figure.layout.annotations) == len(study.topics.themes)
        assert all(url.startswith("https://") for trace in figure.data for url in trace.customdata)

    def test_panels_show_every_topic_and_the_interval_holds_the_share(self, study):
        figure = figures.share_panels(study.trends, study.topics.table, study.trend_tests)
        assert len(figure.data) == 3 * len(study.topics.table)
        assert (
            (study.trends["low"] <= study.trends["share"]) & (study.trends["share"] <= study.trends["high"])
        ).all()

    def test_heat_map_counts_every_dated_paper(self, study):
        figure = figures.share_heatmap(study.trends, study.topics.table)
        counted = sum(int(cell) for row in figure.data[0].text for cell in row if cell)
        assert counted == study.corpus["published"].notna().sum()

    def test_bars_show_every_topic(self, study):
        assert len(figures.topic_bars(study.topics.table).data[0].x) == len(study.topics.table)

    def test_scan_marks_the_choice(self, study):
        figure = figures.topic_scan(study.topics.scan)
        assert {shape.x0 for shape in figure.layout.shapes} == {len(study.topics.table)}

    def test_papers_per_period_add_up(self, study):
        figure = figures.papers_per_period(study.corpus)
        assert sum(sum(trace.y) for trace in figure.data) == study.corpus["published"].notna().sum()

    def test_dumps(self, study):
        sizes = figures.dump_sizes(study.dump_table)
        assert sum(sum(trace.x) for trace in sizes.data) == study.dump_table["papers"].sum()
        assert figures.dumps_per_paper(pa.expected_overlap(study.corpus)).data[0].y[0] == 507
        cells = figures.topics_in_dumps(study.topics_by_dump, study.topics.table, study.dump_table)
        assert np.shape(cells.data[0].z) == (len(study.topics.table), 5)

    def test_similarities_are_told_apart(self, study):
        assert [trace.name for trace in figures.similarity_spread(study.vectors).data] == [
            "random paper",
            "nearest paper",
        ]
