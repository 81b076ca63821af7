"""Figures about dumps: what they count, what they say in words, and that they escape."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas import compare, figures

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def ranks(study):
    return compare.paper_ranks(study.corpus)


def labelled(study, n: int = 0) -> pd.DataFrame:
    """The dump table, with n more dumps."""
    more = pd.DataFrame(
        {"dump": [f"d{i}" for i in range(n)], "label": [f"label {i}" for i in range(n)], "papers": 9}
    )
    return pd.concat([study.dump_table, more], ignore_index=True)


def test_sets_show_their_papers_and_dots(study):
    sets = compare.intersections(study.corpus)
    figure = figures.dump_sets(sets, study.dump_table)
    assert list(figure.data[0].y) == sets["papers"].head(15).tolist()
    dots = figure.data[2:]
    assert [len(trace.y) for trace in dots] == [len(dumps) for dumps in sets["dumps"].head(15)]
    assert len(figure.layout.annotations) == 5
    assert "507" not in figure.layout.title.text
    assert f"{sets['papers'].iloc[0]} papers in" in figure.layout.meta["alt"]


def test_sets_of_twenty_dumps_fit(study):
    dumps = labelled(study, 15)
    sets = pd.DataFrame({"dumps": [(d,) for d in dumps["dump"]], "papers": range(20, 0, -1)})
    figure = figures.dump_sets(sets, dumps)
    assert len(figure.data[0].x) == 15
    assert len(figure.layout.annotations) == 20
    assert figure.layout.height <= 1200


def test_pairs_show_chance_and_verdict(study):
    figure = figures.pair_overlaps(study.overlap_tests, study.dump_table)
    points = [trace for trace in figure.data if trace.mode == "markers"]
    assert {trace.name for trace in points} == set(study.overlap_tests["verdict"])
    assert sum(len(trace.x) for trace in points) == len(study.overlap_tests)


def test_papers_in_dumps_carry_their_interval(study):
    table = pa.expected_overlap(study.corpus)
    marks = figures.dumps_per_paper(table).data[1]
    assert np.allclose(marks.y + marks.error_y.array, table["high"])
    assert np.allclose(marks.y - marks.error_y.arrayminus, table["low"])


def test_rank_pairs_show_the_pair_that_shares_most(study, ranks):
    agreement = compare.rank_agreement(study.corpus)
    titles = study.corpus.set_index("paper_id")["title"]
    figure = figures.rank_pairs(ranks, agreement, study.dump_table, titles)
    assert len(figure.data[0].x) == agreement["shared"].max()


def test_ribbon_has_a_cell_per_record(study, ranks):
    figure = figures.topic_ribbon(ranks, study.papers, study.dump_table)
    cells = np.asarray(figure.data[0].z, dtype=float)
    assert (~np.isnan(cells)).sum() == len(study.records)


def test_coverage_curve_draws_list_bound_and_chance(study):
    curve = compare.coverage_curve(study.papers, draws=20, most=15)
    figure = figures.coverage_curve(curve)
    lines = {trace.name: list(trace.y) for trace in figure.data[1:]}
    assert lines["the reading list"] == curve["greedy"].tolist()
    assert set(lines) == {"no list covers more", "the reading list", "random order"}


def test_text_of_papers_and_dumps_is_escaped(study, ranks):
    dumps = study.dump_table.assign(label=EVIL)
    papers = study.papers.assign(title=EVIL, topic_name=EVIL, theme_name=EVIL)
    titles = papers.set_index("paper_id")["title"]
    drawn = [
        figures.dump_sets(compare.intersections(study.corpus), dumps),
        figures.pair_overlaps(study.overlap_tests, dumps),
        figures.rank_pairs(ranks, compare.rank_agreement(study.corpus), dumps, titles),
        figures.topic_ribbon(ranks, papers, dumps),
    ]
    for figure in drawn:
        shown = figure.to_plotly_json()
        shown["layout"].pop("meta")
        assert "<script" not in str(shown)
