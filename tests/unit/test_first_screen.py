"""The first screen: every number in it is recomputed from the papers alone."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas.findings import Finding, FirstScreen, first_screen
from paperatlas.prose import out_of, percent

SUBJECTS = (
    "kite sail tether altitude gust wing glide canopy lift spar bridle thermal flutter keel soaring",
    "oven crust yeast dough bake flour loaf crumb ferment knead sourdough steam hearth proofing rye",
    "bridge girder arch span truss pier cable deck load beam rivet abutment deflection buckling pylon",
)


def pile(years: list[int], month: bool, per_year: int, drones: dict[int, float]) -> pd.DataFrame:
    """Papers on three subjects in equal parts; some speak of silk drones as well, or of tin whistles until late."""
    random = np.random.default_rng(4)
    rows = []
    for year in years:
        for place in range(per_year):
            words = SUBJECTS[place % 3].split()
            title, *body = (" ".join(random.choice(words, 5, replace=False)) for _ in range(6))
            late = place >= 0.7 * per_year and year < max(years) - 1
            extra = (
                "silk drones"
                if place < round(drones[year] * per_year)
                else "tin whistles"
                if late
                else "toys"
            )
            rows.append(
                {
                    "title": f"{title} for {extra} {year} {place}",
                    "abstract": ". ".join(f"{' and '.join(line.split())}" for line in body)
                    + f". The {extra}.",
                    "published": f"{year}-{1 + place % 12:02d}" if month else str(year),
                }
            )
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Study, FirstScreen]:
    """Ten years with months; drones take over in the last two. Three papers lack an abstract, one a date."""
    papers = pile(
        list(range(2014, 2024)), True, 24, dict.fromkeys(range(2014, 2022), 0.05) | {2022: 0.6, 2023: 0.6}
    )
    papers.loc[[5, 6, 7], "abstract"] = ""
    return _study(papers, tmp_path_factory, ".csv")


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Study, FirstScreen]:
    """One conference with nothing but years, of which there are two."""
    return _study(pile([2021, 2022], False, 60, {2021: 0.1, 2022: 0.5}), tmp_path_factory, ".jsonl")


def _study(
    papers: pd.DataFrame, factory: pytest.TempPathFactory, ending: str
) -> tuple[pa.Study, FirstScreen]:
    file: Path = factory.mktemp("pile") / f"papers{ending}"
    if ending == ".csv":
        papers.to_csv(file, index=False)
    else:
        papers.to_json(file, orient="records", lines=True)
    study = pa.Study(file, cache=False)
    return study, first_screen(study)


def led_by(screen: FirstScreen, beginning: str) -> Finding:
    (found,) = [finding for finding in screen.findings if finding.lead.startswith(beginning)]
    return found


def speaking(study: pa.Study, row: pd.Series) -> pd.Series:
    """Which papers use the term of a row of evidence."""
    texts = study.corpus["title"] + " " + study.corpus["abstract"]
    return texts.str.casefold().str.contains(row["name"].casefold())


@pytest.mark.parametrize("which", ["moving", "two_years"])
def test_every_number_follows_from_the_papers(which: str, request: pytest.FixtureRequest) -> None:
    study, screen = request.getfixturevalue(which)
    years = study.corpus["published"].str[:4].astype(int)
    compared = [finding for finding in screen.findings if "share_now" in finding.evidence]
    assert compared
    for finding in compared:
        said = {2014, 2021, 2022, 2023, 23}
        for _, row in finding.evidence.iterrows():
            uses = speaking(study, row)
            now = years >= int(row["now"][:4])
            assert (row["n_now"], row["total_now"]) == ((uses & now).sum(), now.sum())
            assert (row["n_then"], row["total_then"]) == ((uses & ~now).sum(), (~now).sum())
            assert percent(uses[now].mean()) in finding.text
            assert percent(uses[~now].mean()) in finding.text
            shares = [percent(uses[part].mean()) for part in (now, ~now)]
            said |= {int(digits) for share in shares for digits in re.findall(r"\d+", share)}
            said |= {uses[now].sum(), uses[~now].sum(), now.sum(), (~now).sum()}
        if finding.grade == "sure":
            assert {int(digits) for digits in re.findall(r"\d+", finding.text)} <= said


def test_what_takes_over_is_found_and_told_first(moving: tuple[pa.Study, FirstScreen]) -> None:
    _, screen = moving
    first = screen.findings[0]
    assert first.lead == "Silk drones take over."
    assert first.grade == "sure"
    assert "speak of them" in first.text
    assert first.evidence.iloc[0]["odds_low"] > 1
    assert screen.headline.endswith("silk drones take over, and tin whistles all but disappear")
    assert screen.summary == "240 papers, 2014–2023 · one table"
    assert screen.caveat == "This describes one table, not the field."


def test_two_years_are_compared_as_two_years(two_years: tuple[pa.Study, FirstScreen]) -> None:
    _, screen = two_years
    assert "of the papers of 2022 speak of them, against 10 % in 2021" in screen.findings[0].text
    assert led_by(screen, "Nothing stands").text == "All 120 papers have an abstract and a date."
    assert "before" not in screen.findings[0].text


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (None, "No paper has a date"),
        ("2020", "All 30 dated papers are of 2020"),
        ("201", "too few to compare"),
    ],
)
def test_a_pile_that_says_nothing_of_time_says_so(
    published: str | None, said: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    papers = pile([2020], False, 30, {2020: 0.5})
    few = [f"201{row % 3 * 4}" if row < 6 else None for row in range(30)]
    papers["published"] = few if published == "201" else published
    _, screen = _study(papers, tmp_path_factory, ".csv")
    first = screen.findings[0]
    assert first.lead == "What moves cannot be told."
    assert first.grade == "cannot tell"
    assert said in first.text
    assert screen.headline.startswith("30 papers on ")
    assert ":" not in screen.headline


def test_a_pile_too_small_to_compare_anything_has_a_first_screen(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    papers = pile([2020, 2021], False, 12, {2020: 0.0, 2021: 0.0})
    study, screen = _study(papers, tmp_path_factory, ".csv")
    assert screen.headline.startswith("24 papers")
    assert led_by(screen, "Nothing can be shown to move").grade == "cannot tell"
    assert "24 papers are few" in led_by(screen, "Before you quote").text
    (ground,) = (finding for finding in screen.findings if finding.page == "index.html#topics")
    assert ("grade" in ground.evidence) == study.topics.verdict.startswith("There are topics:")


def test_two_of_two_are_both():
    assert [out_of(n, 2, "topic") for n in range(3)] == ["none of 2 topics", "1 of 2 topics", "both topics"]
