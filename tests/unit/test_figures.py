"""Figures by structure: what is in them, not how many pixels it takes."""

from __future__ import annotations

from itertools import pairwise

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


def test_text_on_a_colour_can_be_read():
    for hue in style.HUES:
        for share in (0.25, 0.4, 0.7, 1.0):
            colour = style.mix(hue, share)
            assert contrast(style.ink_on(colour), colour) >= 4.5, colour


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
        figure = figures.paper_map(study.papers, study.topics.at("topic"), study.topics.at("theme"))
        assert sum(len(trace.x) for trace in figure.data) == len(study.corpus)
        assert len(figure.data) == len(study.topics.at("topic"))
        assert len(figure.layout.annotations) == len(study.topics.at("theme"))
        assert all(url.startswith("https://") for trace in figure.data for url in trace.customdata)

    def test_panels_show_every_topic_and_the_interval_holds_the_share(self, study):
        figure = figures.share_panels(study.trends, study.topics.at("topic"), study.trend_tests)
        assert len(figure.data) == 4 * len(study.topics.at("topic"))
        assert (
            (study.trends["low"] <= study.trends["share"]) & (study.trends["share"] <= study.trends["high"])
        ).all()

    def test_heat_map_counts_every_dated_paper(self, study):
        figure = figures.share_heatmap(study.trends, study.topics.at("topic"))
        counted = sum(int(cell) for row in figure.data[0].text for cell in row if cell)
        assert counted == study.corpus["published"].notna().sum()

    def test_bars_show_every_topic(self, study):
        assert len(figures.topic_bars(study.topics.at("topic")).data[0].x) == len(study.topics.at("topic"))

    def test_tree_holds_every_paper_once_and_says_which_nodes_are_not_found_again(self, study):
        (tree,) = figures.theme_tree(study.topics).data
        parents = set(tree.parents)
        sizes = dict(zip(tree.ids, tree["values"], strict=True))
        assert sum(sizes[i] for i in tree.ids if i not in parents) == len(study.corpus)
        nodes = study.topics.table
        fragile = nodes[nodes["grade"] == "fragile"]
        expected = {f"{row.level} {row.topic}" for row in fragile.itertuples()} & set(tree.ids)
        assert expected
        assert {
            i for i, label in zip(tree.ids, tree.labels, strict=True) if "not found again" in label
        } == expected

    def test_papers_per_period_add_up(self, study):
        figure = figures.papers_per_period(study.corpus)
        assert sum(sum(trace.y) for trace in figure.data) == study.corpus["published"].notna().sum()

    def test_dumps(self, study):
        sizes = figures.dump_sizes(study.dump_table)
        assert sum(sum(trace.x) for trace in sizes.data) == study.dump_table["papers"].sum()
        assert figures.dumps_per_paper(pa.expected_overlap(study.corpus)).data[0].y[0] == 507
        cells = figures.topics_in_dumps(study.topics_by_dump, study.topics.at("topic"), study.dump_table)
        assert np.shape(cells.data[0].z) == (len(study.topics.at("topic")), 5)

    def test_similarities_are_told_apart(self, study):
        assert [trace.name for trace in figures.similarity_spread(study.vectors).data] == [
            "random paper",
            "nearest paper",
        ]


class TestLedgerFigures:
    def test_shares_by_topic_show_every_topic_with_its_interval(self, study):
        shares = pa.code_availability(study.papers, study.ledger)
        figure = figures.share_by_topic(shares, study.topics.at("topic"), title=HOSTILE)
        dots = figure.data[0]
        assert len(dots.x) == len(study.topics.at("topic"))
        assert list(dots.x) == sorted(dots.x)
        widths = np.asarray(dots.error_x.array) + np.asarray(dots.error_x.arrayminus)
        assert sorted(widths) == pytest.approx(sorted(shares["high"] - shares["low"]))
        assert "<img" not in figure.layout.title.text

    def test_shares_by_year_set_thin_years_apart(self, study):
        shares = pa.code_availability(study.papers, study.ledger, by="year")
        figure = figures.share_by_year(shares, title="t")
        assert [len(trace.x) for trace in figure.data] == [
            (shares["total"] >= 10).sum(),
            (shares["total"] < 10).sum(),
        ]

    def test_heat_map_counts_every_naming_and_colours_no_thin_year(self, study):
        shares = pa.named_resources(study.papers, study.ledger, by="year")
        figure = figures.named_heatmap(shares, title="t")
        assert sum(int(cell or 0) for row in figure.data[0].text for cell in row) == shares["n"].sum()
        years = dict(zip(shares["group"], shares["total"], strict=True))
        thin = [i for i, year in enumerate(figure.data[0].x) if years[year] < 10]
        assert thin
        assert np.all(np.asarray(figure.data[0].z)[:, thin] == 0)
        by_topic = figures.named_heatmap(
            pa.named_resources(study.papers, study.ledger), title="t", topics=study.topics.at("topic")
        )
        assert np.shape(by_topic.data[0].z) == (len(study.topics.at("topic")), 12)

    @pytest.mark.parametrize("by", ["topic", "year"])
    def test_a_silent_pile_gives_empty_figures(self, study, by):
        nothing = study.ledger.__class__(**{k: v.head(0) for k, v in vars(study.ledger).items()})
        undated = study.papers.assign(published=None)
        code = pa.code_availability(undated, nothing, by=by)
        named = pa.named_resources(undated, nothing, by=by)
        drawn = (
            figures.share_by_topic(code, study.topics.at("topic"), title="t")
            if by == "topic"
            else figures.share_by_year(code, title="t")
        )
        topics = study.topics.at("topic") if by == "topic" else None
        empty = figures.named_heatmap(named, title="t", topics=topics)
        for figure in (drawn, empty):
            assert len(figure.layout.meta["alt"]) > 20
        assert "No paper" in empty.layout.annotations[0].text
        assert "No abstract" in figures.mention_network(undated, nothing.mentions).layout.annotations[0].text


def named(n_systems: int, n_papers: int, published: str | None = "2020") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Papers and mentions: paper j names system j % n_systems, every fifth the next one too."""
    ids = [f"s{i}" for i in range(n_systems)] + [f"p{j}" for j in range(n_papers)]
    corpus = pd.DataFrame(
        {
            "paper_id": ids,
            "title": [f"{HOSTILE} {i}" for i in ids],
            "abstract": [f"We compare with Net0. {HOSTILE}"] * len(ids),
            "published": pd.Series([published] * n_systems + ["2021-03"] * n_papers, dtype=object),
            "arxiv_id": None,
        }
    )
    pairs = [
        (j, (j + step) % n_systems) for j in range(n_papers) for step in ((0, 1) if j % 5 == 0 else (0,))
    ]
    mentions = pd.DataFrame(
        [(f"p{j}", f"Net{s}", f"s{s}", "abstract", 16, 20) for j, s in pairs],
        columns=["paper_id", "name", "introduced_by", "field", "start", "end"],
    )
    return corpus, mentions


class TestMentionNetwork:
    @pytest.mark.parametrize(("n_systems", "n_papers"), [(1, 1), (6, 17), (40, 200)])
    def test_every_shown_mention_is_a_line_back_in_time(self, n_systems, n_papers):
        corpus, mentions = named(n_systems, n_papers)
        figure = figures.mention_network(corpus, mentions, most=25)
        lines, papers, systems = figure.data
        assert len(systems.x) == min(n_systems, 25)
        shown = mentions[mentions["introduced_by"].isin({f"s{i}" for i in range(n_systems)})]
        if n_systems <= 25:
            assert len(lines.x) == 3 * len(shown.drop_duplicates(["paper_id", "name"]))
            assert len(papers.x) == n_papers
        assert all(start >= end for start, end in zip(lines.x[::3], lines.x[1::3], strict=True))
        assert all(url.startswith("https://") for trace in (papers, systems) for url in trace.customdata)
        assert not any("<img" in text for trace in (papers, systems) for text in trace.hovertext)
        assert "<img" not in " ".join(figure.layout.yaxis2.ticktext)
        assert figure.layout.height < 3_000

    def test_no_two_systems_and_no_two_titles_share_a_row(self):
        figure = figures.mention_network(*named(6, 17))
        systems, titles = figure.layout.yaxis.tickvals, figure.layout.yaxis2.tickvals
        assert len(set(titles)) == len(titles) == 17
        rows = sorted(systems)
        assert min(b - a for a, b in pairwise(rows)) >= 1

    def test_systems_without_a_date_stand_apart(self):
        figure = figures.mention_network(*named(2, 4, published=None))
        assert "no date" in figure.layout.xaxis.ticktext
        undated = figures.mention_network(
            *(t.assign(published=None) if "title" in t else t for t in named(2, 4))
        )
        assert list(undated.layout.xaxis.ticktext) == ["no date"]

    def test_the_order_of_rows_does_not_matter(self):
        corpus, mentions = named(6, 17)
        shuffled = figures.mention_network(
            corpus.sample(frac=1, random_state=1), mentions.sample(frac=1, random_state=2)
        )
        assert shuffled.to_json() == figures.mention_network(corpus, mentions).to_json()

    def test_on_the_shipped_dumps_every_mention_is_drawn(self, study):
        figure = figures.mention_network(study.corpus, study.ledger.mentions)
        assert len(figure.data[0].x) == 3 * len(study.ledger.mentions)
        for name in study.ledger.mentions["name"].unique():
            assert name in figure.layout.meta["alt"]
