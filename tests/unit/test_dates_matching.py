"""Which publications are taken for a paper, and which are not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from paperatlas.dates import Candidate, add_dates
from paperatlas.dates.matching import TitleMatcher

YOLACT = (
    "We present a simple, fully-convolutional model for real-time instance segmentation that achieves 29.8 mAP "
    "on MS COCO at 33.5 fps evaluated on a single Titan Xp, which is significantly faster than any previous "
    "competitive approach. Moreover, we obtain this result after training on only one GPU."
)
YOLACT_PLUS = YOLACT.replace("29.8", "34.1") + " We also add deformable convolutions to the backbone."


def sure(paper: tuple[str, str], *others: tuple[str, str]) -> list[str]:
    """Titles among `others` that are surely the paper."""
    matcher = TitleMatcher(pd.DataFrame([("p", *paper)], columns=["paper_id", "title", "abstract"]))
    for title, abstract in others:
        matcher.offer(Candidate(title, "2020-01", abstract))
    return [match.candidate.title for match in matcher.matches().get("p", [])]


def test_sister_papers_with_nearly_one_abstract_are_not_confused() -> None:
    old, new = "YOLACT: Real-time Instance Segmentation", "YOLACT++: Better Real-time Instance Segmentation"
    both = [(old, YOLACT), (new, YOLACT_PLUS)]
    assert sure((old, YOLACT), *both) == [old]
    assert sure((new, YOLACT_PLUS), *both) == [new]
    assert sure(("YOLACT", YOLACT), *both) == [old]
    assert sure(("YOLACT++", YOLACT_PLUS), *both) == [new]
    assert sure((old, YOLACT), both[1]) == []


@pytest.mark.parametrize(
    "title",
    [
        "YOLACT: Real-time Instance Segmentatoin",
        "YOLACT",
        "Real-time Instance Segmentation",
        r"\textsc{Yolact}: Real--Time Instance Segmentation",
        "YOLACT - real time instance segmentation",
        "YOLATC",
    ],
)
def test_damaged_titles_are_found_by_title_and_abstract(title: str) -> None:
    assert sure((title, YOLACT), ("YOLACT: Real-time Instance Segmentation", YOLACT))


def test_the_same_title_over_another_abstract_is_another_paper() -> None:
    other = (
        "Deep networks for predicting the price of electricity in rural areas are compared with classical models "
        "over ten years of hourly data, and we find that the older ones do as well as the newer at lower cost."
    )
    assert sure(("Learning to Segment", YOLACT), ("Learning to Segment", other)) == []


@pytest.mark.parametrize(
    ("title", "other", "same"),
    [
        (
            "Attention in Convolutional Networks for Vision",
            "Attention in Convolutional Netwroks for Vision",
            True,
        ),
        ("Symmetric Networks for Graph Matching", "Asymmetric Networks for Graph Matching", False),
        ("Learning From Text for Graph Matching", "Learning From Test for Graph Matching", False),
        ("Supervised Networks for Graph Matching", "Unsupervised Networks for Graph Matching", False),
        ("A Report on Graph Matching in 2D Images", "A Report on Graph Matching in 3D Images", False),
        ("Graph Matching", "Graph Matching: A Survey of Methods", False),
        ("Networks", "Netwroks", False),
    ],
)
def test_without_abstracts_only_slight_slips_in_long_titles_pass(title: str, other: str, same: bool) -> None:
    assert bool(sure((title, ""), (other, ""))) is same


def test_a_near_miss_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    half = " ".join(YOLACT.split()[:24]) + " and then other things are said" * 5
    rows = [("YOLACT: Real-time Instance Segmentation", "2019", half), ("Cats", "2020", "")]
    pd.DataFrame(rows, columns=["title", "date", "abstract"]).to_csv(path, index=False)
    corpus = pd.DataFrame({"paper_id": ["p"], "title": ["YOLACT"], "abstract": [YOLACT]})
    dated = add_dates(corpus, [path])
    assert dated["published"].isna().all()


def test_one_record_does_not_date_two_papers(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    pd.DataFrame({"title": ["Deep Learning for Graphs and Trees"], "date": ["2020"]}).to_csv(
        path, index=False
    )
    corpus = pd.DataFrame(
        {
            "paper_id": ["exact", "slip"],
            "title": ["Deep Learning for Graphs and Trees", "Deep Learning for Grapsh and Trees"],
            "abstract": ["", ""],
        }
    )
    dated = add_dates(corpus, [path]).set_index("paper_id")
    assert dated.loc["exact", "published"] == "2020"
    assert pd.isna(dated.loc["slip", "published"])
