"""Figures by structure: what is in them, not how many pixels it takes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas import figures
from paperatlas.figures import style
from paperatlas.prose import MARK_EXPLAINED, UNSTABLE
from paperatlas.trends import find_bursts, memberships, newcomers

HOSTILE = "<img src=x onerror=alert(1)>"


def test_text_from_papers_is_escaped():
    assert "<img" not in style.escape(HOSTILE)
    assert "<img" not in style.wrap(HOSTILE, 10)
    assert style.new_figure(HOSTILE, "alt").layout.title.text.startswith("&lt;img")


class TestOnTheShippedDumps:
    def test_the_band_of_every_panel_holds_its_line(self, study):
        figure = figures.share_panels(study.trends, study.topics.at("topic"), study.trend_tests)
        curves = [trace for trace in figure.data if trace.type == "scatter"]
        bands = [trace for trace in curves if trace.fill == "toself"]
        lines = [trace for trace in curves if trace.mode == "lines+markers"]
        assert len(bands) == len(lines) == len(study.topics.at("topic"))
        for band, line in zip(bands, lines, strict=True):
            high, low = np.split(np.asarray(band.y), 2)
            assert np.all(low[::-1] <= line.y)
            assert np.all(line.y <= high)

    def test_tree_holds_every_paper_once_and_says_which_nodes_are_not_found_again(self, study):
        nodes = study.topics.table
        shaken = nodes["grade"].where(nodes.index % 5 > 0, "fragile")
        (tree,) = figures.theme_tree(replace(study.topics, table=nodes.assign(grade=shaken))).data
        parents = set(tree.parents)
        sizes = dict(zip(tree.ids, tree["values"], strict=True))
        assert sum(sizes[i] for i in tree.ids if i not in parents) == len(study.corpus)
        fragile = {f"{row.level} {row.topic}" for row in nodes[shaken == "fragile"].itertuples()}
        assert fragile & set(tree.ids)
        said = {i for i, label in zip(tree.ids, tree.labels, strict=True) if "not found again" in label}
        assert said == fragile & set(tree.ids)


class TestDumps:
    def test_two_sources_share_as_many_papers_whichever_comes_first(self, study):
        (cells,) = figures.shared_papers(study.overlap_tests, study.dump_table).data
        text = np.array(cells.text)
        assert (text == text.T).all()
        shared = study.overlap_tests["shared"].astype(str)
        assert sorted(cell.strip("</b>") for cell in text[np.triu_indices(len(text), 1)]) == sorted(shared)

    def test_without_cells_there_is_nothing_to_compare(self, study):
        none = study.topics_by_dump.head(0)
        figure = figures.topics_in_dumps(none, study.topics.at("topic"), study.dump_table)
        assert "nothing to compare" in figure.layout.annotations[0].text


class TestLedger:
    def test_shares_by_topic_show_every_topic_with_its_interval(self, study):
        shares = pa.code_availability(study.papers, study.ledger)
        figure = figures.share_by_topic(shares, study.topics.at("topic"), title=HOSTILE)
        dots = figure.data[0]
        assert list(dots.x) == sorted(shares["share"], reverse=True)
        widths = np.asarray(dots.error_x.array) + np.asarray(dots.error_x.arrayminus)
        assert sorted(widths) == pytest.approx(sorted(shares["high"] - shares["low"]))
        assert "<img" not in figure.layout.title.text


class TestTimeline:
    def test_systems_and_the_papers_that_name_them(self, study):
        named = study.ledger.mentions
        origins = dict(zip(named["name"], named["introduced_by"], strict=True))
        figure = figures.timeline(study.corpus, named[["name", "paper_id"]], origins, title="t")
        ticks, firsts = figure.data
        assert len(firsts.x) == len(origins)
        assert list(firsts.x) == sorted(firsts.x)
        assert len(ticks.x) == len(named.drop_duplicates(["name", "paper_id"]))
        assert all(name in figure.layout.meta["alt"] for name in origins)


LONG = "a name much longer than any label of a figure can ever be, so that it has to be shortened everywhere"


def topics_of(study: pa.Study, stable: bool) -> pd.DataFrame:
    table = study.topics.at("topic").assign(stable=True)
    largest = table["topic"] == table["topic"].iloc[0]
    return table.assign(stable=stable | ~largest, name=table["name"].where(~largest, LONG))


def drawn(study: pa.Study, topics: pd.DataFrame) -> dict[str, object]:
    names, papers, trends, tests = (
        pa.marked_names(topics),
        study.papers,
        study.trends,
        study.trend_tests,
    )
    found, members = newcomers(papers), memberships(papers)[["topic", "paper_id"]]
    firsts = dict(zip(found["topic"], found["first_id"], strict=True))
    return {
        "panels": figures.share_panels(trends, topics, tests),
        "bars": figures.topic_bars(topics),
        "slopes": figures.trend_slopes(tests, names),
        "firsts": figures.timeline(papers, members, firsts, title="Firsts", names=names),
        "bursts": figures.burst_spans(find_bursts(trends), sorted(trends["period"].unique()), names, alpha=1),
        "code": figures.share_by_topic(pa.code_availability(papers, study.ledger), topics, title="Code"),
        "metrics": figures.named_heatmap(
            pa.named_resources(papers, study.ledger, kind="metric"), topics, title="Metrics"
        ),
        "dumps": figures.topics_in_dumps(study.topics_by_dump, topics, study.dump_table),
    }


def test_every_figure_marks_an_unstable_topic_and_says_so(study):
    for name, figure in drawn(study, topics_of(study, stable=False)).items():
        text = figure.to_json(engine="json").encode().decode("unicode-escape")
        assert f"{UNSTABLE} a name much" in text, name
        assert MARK_EXPLAINED in figure.layout.title.subtitle.text, name


def test_no_figure_has_a_mark_where_all_topics_are_stable(study):
    for name, figure in drawn(study, topics_of(study, stable=True)).items():
        assert UNSTABLE not in figure.to_json(engine="json").encode().decode("unicode-escape"), name


@pytest.mark.parametrize("stable", [True, False])
def test_a_table_explains_the_mark_where_it_has_one(study, stable):
    shown = pa.Table(topics_of(study, stable))
    assert (MARK_EXPLAINED in shown._repr_html_()) is not stable
    assert (f"{UNSTABLE} {LONG}" in repr(shown)) is not stable
