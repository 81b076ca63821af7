"""Counts over the ledger: right numbers, honest intervals, and sense at the edges."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import paperatlas as pa
from paperatlas.ledger import build_ledger
from paperatlas.ledger.counts import (
    code_availability,
    groups_differ,
    ledger_memberships,
    named_resources,
    top_claims,
)

COLUMNS = ["entry", "group", "n", "total", "share", "low", "high"]


def papers(*rows: tuple[str, str | None, int]) -> pd.DataFrame:
    """Papers from (abstract, published, topic)."""
    return pd.DataFrame(
        {
            "paper_id": [f"p{i}" for i in range(len(rows))],
            "title": [f"A study of things {i}" for i in range(len(rows))],
            "abstract": [row[0] for row in rows],
            "published": pd.Series([row[1] for row in rows], dtype=object),
            "topic": [row[2] for row in rows],
        }
    )


LINK = "Code is at https://github.com/a/b and https://github.com/a/c."
PILE = papers(
    (LINK, "2021-03", 0),
    ("Nothing to see.", "2021", 0),
    (LINK, "2023-11", 1),
    ("We evaluate on ImageNet and CIFAR-10.", None, 1),
    ("Results on ImageNet are good.", "2023-01", 1),
)


def test_a_paper_counts_once_however_many_links_it_has():
    table = code_availability(PILE, build_ledger(PILE))
    assert table.columns.tolist() == COLUMNS
    assert table[["group", "n", "total"]].to_numpy().tolist() == [[0, 1, 2], [1, 1, 3]]


def test_the_most_named_data_sets_come_first():
    table = named_resources(PILE, build_ledger(PILE), most=1)
    assert table["entry"].unique().tolist() == ["ImageNet"]
    assert table["n"].tolist() == [0, 2]
    with pytest.raises(pa.AtlasError, match="'model'"):
        named_resources(PILE, build_ledger(PILE), kind="model")


@pytest.mark.parametrize("count", [code_availability, top_claims, named_resources])
def test_an_empty_ledger_gives_zeros_and_no_paper_no_rows(count):
    silent = papers(("Nothing.", None, 0), ("Still nothing.", "2020", 0))
    table = count(silent, build_ledger(silent))
    assert table.columns.tolist() == COLUMNS
    assert (table["n"] == 0).all()
    nobody = silent.head(0)
    assert len(count(nobody, build_ledger(nobody))) == 0


class TestOnTheShippedDumps:
    def test_memberships_feed_the_trend_tests(self, study):
        members = ledger_memberships(study.ledger)
        assert not members.duplicated().any()
        assert members.groupby("entry").size().min() >= 8
        tests = pa.trend_tests(study.corpus, members, level="entry")
        assert set(tests["entry"]) == set(members["entry"])
        assert set(tests["verdict"]) <= {"rising", "fading", "steady", "cannot tell"}


def shares(n: list[int], total: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"n": n, "total": total})


def test_the_test_of_difference_agrees_with_fishers_on_two_groups():
    for n, total in (([9, 2], [20, 20]), ([5, 4], [30, 12]), ([1, 8], [40, 30])):
        exact = stats.fisher_exact([n, [t - k for k, t in zip(n, total, strict=True)]]).pvalue
        # 9,999 draws know a p-value to about 0.01; the two statistics may order rare tables differently.
        assert groups_differ(shares(n, total)) == pytest.approx(exact, abs=0.05)


@pytest.mark.parametrize(
    ("n", "total"), [([], []), ([3], [5]), ([0, 0], [4, 4]), ([4, 4], [4, 4]), ([2, 0], [4, 0])]
)
def test_nothing_to_compare_is_no_p_value(n, total):
    assert np.isnan(groups_differ(shares(n, total)))
