"""What changed between two runs: each kind of change, from small runs whose differences are known."""

import json

import pandas as pd
import pytest

from paperatlas.cli import BAD_INPUT, main
from paperatlas.diff import as_html, as_text, compare_runs, read_run
from paperatlas.errors import AtlasError

NAMES = ("graphs", "memory", "vision", "spikes")


def write_run(folder, topics, *, names=NAMES, published="2024-01", claims=(), numbers=None, **changes):
    """A run of papers p0, p1, … in these topics; `changes` sets columns of single papers by their id."""
    folder.mkdir()
    papers = pd.DataFrame(
        {
            "paper_id": list(topics),
            "title": [f"Paper {p}" for p in topics],
            "topic": list(topics.values()),
            "published": [changes.get(p, published) for p in topics],
        }
    )
    papers.to_csv(folder / "papers.csv", index=False)
    used = sorted(set(topics.values()))
    pd.DataFrame({"level": "topic", "topic": used, "name": [names[t] for t in used]}).to_csv(
        folder / "topics.csv", index=False
    )
    columns = ["paper_id", "title", "quote", "value", "unit", "metric", "dataset"]
    pd.DataFrame(claims, columns=columns).to_csv(folder / "claims.csv", index=False)
    pd.DataFrame(columns=["paper_id", "name", "kind"]).to_csv(folder / "systems.csv", index=False)
    pd.DataFrame(columns=["paper_id", "url"]).to_csv(folder / "links.csv", index=False)
    passport = {"inputs": [{"name": "a.txt", "sha256": "1"}], "numbers": numbers or {"papers": len(topics)}}
    (folder / "passport.json").write_text(json.dumps(passport))
    return folder


def in_topics(*sizes, start=0):
    """Papers p0, p1, …: so many of topic 0, so many of topic 1, …"""
    return {
        f"p{start + i}": topic
        for i, topic in enumerate(t for t, size in enumerate(sizes) for _ in range(size))
    }


@pytest.fixture
def compare(tmp_path):
    def run(one, two, **options):
        first = write_run(tmp_path / "one", one, **options.pop("before", {}))
        second = write_run(tmp_path / "two", two, **options.pop("after", {}))
        return compare_runs(read_run(first), read_run(second))

    return run


def kinds(difference):
    return sorted((c.kind, c.before, c.after) for c in difference.topics)


def test_a_run_against_itself(compare):
    difference = compare(in_topics(5, 5), in_topics(5, 5))
    assert difference.nothing
    assert kinds(difference) == [("same", "graphs", "graphs"), ("same", "memory", "memory")]
    assert "say the same" in as_text(difference)
    assert "say the same" in as_html(difference)


def test_papers_that_leave_a_topic_for_a_new_one(compare):
    before = in_topics(10, 6)
    after = {p: (2 if p in {"p0", "p1", "p2", "p3"} else t) for p, t in before.items()}
    difference = compare(before, after)
    assert kinds(difference) == [
        ("new", "", "vision"),
        ("same", "graphs", "graphs"),
        ("same", "memory", "memory"),
    ]
    assert difference.moved["paper_id"].tolist() == ["p0", "p1", "p2", "p3"]


def test_gone_and_new(compare):
    before, fresh = in_topics(6, 6), {f"q{i}": 2 for i in range(5)}
    after = {p: t for p, t in before.items() if t == 0} | fresh
    difference = compare(before, after)
    assert kinds(difference) == [
        ("gone", "memory", ""),
        ("new", "", "vision"),
        ("same", "graphs", "graphs"),
    ]
    assert difference.papers_added["paper_id"].tolist() == list(fresh)
    assert set(difference.papers_added["topic"]) == {"vision"}
    assert difference.papers_removed["paper_id"].tolist() == [p for p, t in before.items() if t == 1]


def test_shared_papers_are_whole_beside_a_topic_that_is_new(compare):
    after = in_topics(6) | {f"q{i}": 2 for i in range(5)}
    difference = compare(in_topics(6), after, after={"names": ("networks", *NAMES[1:])})
    assert "“graphs” is now called “networks” (6 shared papers, overlap 1.00)" in as_text(difference)


def test_dates_claims_numbers_inputs(compare, tmp_path):
    claim = ("p0", "Paper p0", "gains 3 %", 3.0, "%", "accuracy", "MNIST")
    difference = compare(
        in_topics(5),
        in_topics(5),
        before={"claims": [claim, claim], "numbers": {"papers": 5, "claims": 2}},
        after={"claims": [claim, (*claim[:2], "gains 4 %", 4.0, *claim[4:])], "p3": "2023-12"},
    )
    assert difference.dates[["paper_id", "before", "after"]].to_numpy().tolist() == [
        ["p3", "2024-01", "2023-12"]
    ]
    added, removed = difference.entries["claims"]
    assert added["quote"].tolist() == ["gains 4 %"]
    assert removed["quote"].tolist() == ["gains 3 %"], "said twice before and once now"
    assert difference.numbers.to_numpy().tolist() == [["claims", 2, "–"]]
    text = as_text(difference)
    for line in ("1 date changed", "1 claim added", "gains 4 % — Paper p0", "claims: 2 → –"):
        assert line in text, line


def test_a_count_is_shown_as_a_whole_number(compare):
    before, after = ({"numbers": {"papers": n, "share": n / 8}} for n in (5, 6))
    text = as_text(compare(in_topics(5), in_topics(5), before=before, after=after))
    assert "papers: 5 → 6" in text
    assert "share: 0.625 → 0.75" in text


def test_the_page_has_everything_and_nothing_of_it_is_markup(compare):
    evil = "<img src=x onerror=alert(1)>"
    difference = compare(in_topics(30, 5), in_topics(0, 5, start=30), after={"names": ("", evil)})
    html = as_html(difference)
    assert "<img" not in html
    assert "&lt;img" in html
    assert html.count("<li>Paper p") == 30
    assert as_text(difference).count("Paper p") == 10
    assert "and 20 more" in as_text(difference)


def test_a_page_replaces_an_earlier_one_and_nothing_else(tmp_path, capsys):
    one = write_run(tmp_path / "one", in_topics(6, 6))
    page, mine = tmp_path / "diff.html", tmp_path / "mine.html"
    mine.write_text("<!doctype html><title>mine</title>")
    for _ in range(2):
        assert main(["diff", str(one), str(one), "--html", str(page)]) == 0
    page.write_text(
        page.read_text(encoding="utf-8").replace("say the same", "differ, say I"), encoding="utf-8"
    )
    for path in (mine, page, one):
        before = path.read_bytes() if path.is_file() else None
        assert main(["diff", str(one), str(one), "--html", str(path)]) == BAD_INPUT
        assert "not as this program wrote it" in capsys.readouterr().err
        assert before is None or path.read_bytes() == before


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: [f.unlink() for f in folder.iterdir()], "holds no papers.csv"),
        (lambda folder: (folder / "passport.json").write_text("[]"), "not a passport"),
        (lambda folder: (folder / "passport.json").unlink(), "not a passport"),
        (lambda folder: (folder / "topics.csv").write_text("a,b\n1,2\n"), "lacks level, topic, name"),
        (lambda folder: (folder / "claims.csv").write_bytes(b"\xff\xfe\x00"), "claims.csv"),
        (lambda folder: (folder / "claims.csv").write_bytes(b""), "cannot be read as a table"),
    ],
)
def test_a_folder_that_is_no_run_is_refused_by_name(tmp_path, capsys, spoil, message):
    good = write_run(tmp_path / "good", in_topics(6))
    bad = write_run(tmp_path / "bad", in_topics(6))
    spoil(bad)
    assert main(["diff", str(good), str(bad)]) == BAD_INPUT
    printed = capsys.readouterr().err
    assert message in printed
    assert str(bad) in printed
    with pytest.raises(AtlasError, match="is not a folder"):
        read_run(tmp_path / "nowhere")
