"""The tables of the ledger on the shipped dumps, on made-up papers and on hostile text."""

from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import paperatlas as pa
from paperatlas.cache import Cache
from paperatlas.ledger import Ledger, build_ledger, paper_ledger
from paperatlas.ledger.reading import sentences
from tests.ledger_score import read_labels, score_ledger

LABELS = Path(__file__).resolve().parents[1] / "labels"
TABLES = [field.name for field in fields(Ledger)]


def papers(*rows: tuple[str, str], published: list[str] | None = None) -> pd.DataFrame:
    table = pd.DataFrame(
        [(f"p{number}", title, abstract) for number, (title, abstract) in enumerate(rows)],
        columns=["paper_id", "title", "abstract"],
        dtype=object,  # string columns hold no lone surrogates, a saved page may
    )
    return table if published is None else table.assign(published=published)


def check_quotes(ledger: Ledger, corpus: pd.DataFrame) -> None:
    texts = corpus.set_index("paper_id")
    for name in TABLES:
        table = getattr(ledger, name)
        for row in table.to_dict("records"):
            text = texts.loc[row["paper_id"], row["field"]]
            assert row["quote"] == text[row["start"] : row["end"]], (name, row)
            assert row["quote"].strip() or not text.strip(), (name, row)


@pytest.fixture(scope="module")
def ledger(corpus) -> Ledger:
    return build_ledger(corpus)


def test_every_row_quotes_its_words(ledger, corpus):
    check_quotes(ledger, corpus)


def test_tables_hold_what_their_columns_say(ledger):
    assert set(ledger.systems["kind"]) <= {"method", "model", "dataset", "benchmark", "library"}
    assert set(ledger.links["kind"]) <= {"code", "data", "model", "project page", "demo", "paper", "other"}
    assert set(ledger.claims["direction"]) == {"up", "down"}
    assert set(ledger.resources["kind"]) == {"dataset", "metric"}
    sota = ledger.claims["kind"].eq("sota")
    assert ledger.claims["value"].isna().eq(sota).all()
    assert ledger.links["url"].str.match(r"https?://[^\s/]+\.[^\s/]+").all()
    assert (ledger.mentions["paper_id"] != ledger.mentions["introduced_by"]).all()


@pytest.mark.parametrize("labels", ["first_60.json", "next_40.json"])
def test_figures_on_hand_labels(ledger, corpus, labels):
    """Floors from what the ledger promises; the README of the labels tells how far they can be trusted."""
    scores = score_ledger(ledger, corpus, read_labels([LABELS / labels])).set_index("task")
    assert scores.loc["systems", "precision"] >= 0.90
    assert scores.loc["systems", "recall"] >= 0.80
    assert scores.loc["links", "precision"] >= 0.97
    assert scores.loc["links", "recall"] >= 0.97
    assert scores.loc["claims", "precision"] >= 0.80
    assert scores.loc["claims", "recall"] >= 0.75


def test_labels_quote_the_papers(corpus):
    texts = {
        title.casefold(): abstract
        for title, abstract in zip(corpus["title"], corpus["abstract"], strict=True)
    }
    labels = read_labels(sorted(LABELS.glob("*.json")))
    assert len({label["title"] for label in labels}) == len(labels) == 100
    for label in labels:
        for claim in label["claims"]:
            assert claim["quote"] in texts[label["title"].casefold()]


def test_order_of_rows_does_not_matter(ledger, corpus):
    backwards = build_ledger(corpus.iloc[::-1])
    for name in TABLES:
        one, other = (
            getattr(each, name)
            .sort_values(["paper_id", "start", "end"], kind="stable")
            .reset_index(drop=True)
            for each in (ledger, backwards)
        )
        columns = list(one.columns)
        pd.testing.assert_frame_equal(
            one.sort_values(columns, ignore_index=True), other.sort_values(columns, ignore_index=True)
        )


def test_ledger_of_one_paper(ledger, corpus):
    paper = corpus["paper_id"].iloc[3]
    one = paper_ledger(ledger, paper)
    alone = build_ledger(corpus.iloc[[3]])
    for name in set(TABLES) - {"mentions"}:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(alone, name), check_dtype=False)


# --- data sets and metrics ------------------------------------------------------------------


def test_a_pile_without_claims_can_be_kept_and_shown(tmp_path):
    """Of an empty column a file does not say what its values would be."""
    corpus = papers(("A study", "We compare models by their BLEU scores."), published=["2020"])
    cache = Cache(tmp_path)
    cache.save("ledger", "key", build_ledger(corpus))
    kept = cache.load("ledger", "key", Ledger)
    assert (len(kept.claims), kept.resources["name"].tolist()) == (0, ["BLEU"])
    for table in (pa.systems_table, pa.claims_table, pa.dataset_table, pa.mentions_table):
        assert "none" in repr(table(corpus, kept))


def test_recall_is_a_metric_only_beside_figures_and_scores():
    corpus = papers(
        ("Learning to Recall", "Models fail at associative recall and the ability to recall named entities."),
        ("A", "It reaches a recall of 0.91 and a precision of 0.88."),
    )
    found = build_ledger(corpus).resources
    assert found.loc[found["name"] == "recall", "paper_id"].tolist() == ["p1"]


# --- mentions -----------------------------------------------------------------------------


def test_mentions_point_back_in_time():
    corpus = papers(
        ("FlashNet: Fast Networks", "We propose FlashNet, a network."),
        ("SlowNet: Slow Networks", "Unlike FlashNet, our SlowNet is slow. SlowNet wins. FlashNet loses."),
        ("OldNet: Old Networks", "FlashNet is not known here."),
        published=["2021-05", "2022", "2019-01"],
    )
    found = build_ledger(corpus).mentions
    assert found[["paper_id", "name", "introduced_by", "quote"]].to_numpy().tolist() == [
        ["p1", "FlashNet", "p0", "FlashNet"]
    ]


def test_mentions_leave_ordinary_words_and_other_meanings_alone():
    corpus = papers(
        ("Titans: Learning to Memorize", "We present Titans, a family of models. In tests, Titans win."),
        ("GXA: Graph Axis Attention", "We propose Graph Axis Attention (GXA), a method."),
        ("C", "The Titans of industry met. We use Gaussian Axle Analysis (GXA) and like it."),
    )
    assert build_ledger(corpus).mentions.empty


def test_a_name_two_papers_introduce_is_nobodys_without_dates():
    rows = [
        ("HexNet: One", "We propose HexNet."),
        ("HexNet: Two", "We propose HexNet."),
        ("C", "HexNet is used."),
    ]
    undated = papers(*rows)
    assert build_ledger(undated).mentions.empty
    dated = papers(*rows, published=["2020", "2018", "2022"])
    found = build_ledger(dated).mentions
    assert found.loc[found["paper_id"] == "p2", "introduced_by"].tolist() == ["p1"]


# --- scores ----------------------------------------------------------------


# --- hostile text ---------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "We propose ", "FooNet", " (", "FN", ")", ", a ", "called ", "https://github.com/a/b", "github.com/", " 84.1%",
        " accuracy of ", "by 3x", " faster ", "`", "``", "\\textbf{", "}", "$", ". ", ":", "\u202e", "\x00", "\ud800", "\n",
        "state-of-the-art", " outperforms ", " 12 out of 26 ", "-", "–", "1.5sim3.0", " The ", "is a ", "model",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES | st.text(max_size=6), max_size=40).map("".join),
    st.lists(PIECES, max_size=12).map("".join),
)
def test_any_text_is_quoted_and_never_crashes(abstract, title):
    corpus = papers((title, abstract), ("FooNet: A Network", "We propose FooNet."))
    check_quotes(build_ledger(corpus), corpus)


@given(st.text(alphabet="aA1. ?!)\n\"'(e.g", max_size=80))
def test_sentences_cover_the_text(text):
    spans = sentences(text)
    assert "".join(text[start:end] for start, end in spans) == text


HOSTILE = {
    "brackets": "(" * 100_000,
    "abbreviations": "We propose a model (AbC), " * 4_000,
    "no blanks": "a" * 100_000,
    "nested quotes": "``\"“'" * 25_000,
    "numbers": "achieves 3.1% accuracy, " * 4_000,
    "data sets": "datasets such as FooX, BarX, " * 4_000,
    "urls": "https://github.com/a/b " * 4_000,
    "hosts": "a." * 50_000,
    "top": "achieves state-of-the-art " * 4_000,
    "null": "\x00" * 100_000,
}


class Steps:
    """Counts the lines of library code that run."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame, event, arg):
        if "paperatlas" not in frame.f_code.co_filename:
            return None
        self.count += event == "line"
        return self


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_linear_work(name):
    """Ten times the text runs at most some ten times the lines; patterns are bounded by their form."""
    import sys

    counts = []
    for length in (2_000, 20_000):
        steps = Steps()
        corpus = papers(("t", HOSTILE[name][:length]))
        sys.settrace(steps)
        try:
            build_ledger(corpus)
        finally:
            sys.settrace(None)
        counts.append(steps.count)
    assert counts[1] <= 15 * counts[0] + 1_000


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_survived(name):
    corpus = papers((HOSTILE[name], HOSTILE[name]))
    check_quotes(build_ledger(corpus), corpus)
