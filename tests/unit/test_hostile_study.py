"""Corpora that mean harm or hold next to nothing: every step ends, warns of nothing, and writes no NaN."""

import warnings

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas.cli import main
from paperatlas.export import export, read_csv
from paperatlas.readers.dumps import format_dump
from tests import hostile

# Columns of exported tables where an empty field means "not known", as the data sheet says.
MAY_BE_EMPTY = {
    "arxiv_id", "published", "venue", "precision", "date_source", "match_score", "runner_up", "stability_low",
    "stability_high", "stability", "name_auc", "odds_ratio", "odds_low", "odds_high", "p", "p_adjusted", "stable", "terms",
    "z", "key", "authors", "doi", "url", "keywords", "citations", "language", "place", "record",
    "subtopic", "subtopic_name", "parent", "genre", "edited", "depends_on",
}  # fmt: skip
COUNTED = {
    "papers.csv": ["paper_id", "title", "abstract", "topic", "confidence", "x", "y", "kept_neighbours", "n_dumps"],
    "topics.csv": ["level", "topic", "name", "size", "grade", "verdict"],
    "trends.csv": ["topic", "period", "n", "total", "share", "low", "high"],
    "dumps.csv": ["dump", "records", "papers", "only_here"],
}  # fmt: skip


def exported(pairs: list[tuple[str, str]], folder, sources=None) -> dict[str, pd.DataFrame]:
    """Tables of a study of these papers, computed with every warning an error."""
    (folder / "page.txt").write_text(format_dump(pairs), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Said by the libraries about themselves, not about the data; Python hides them by default.
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.filterwarnings("ignore", category=category)
        files = export(pa.Study(folder / "page.txt", cache=False, sources=sources), folder / "out")
    return {file.name: read_csv(file) for file in files if file.suffix == ".csv"}


def pairs(n: int, abstract: str = "") -> list[tuple[str, str]]:
    rng = np.random.Generator(np.random.PCG64(0))
    words = ["graph", "image", "token", "speech", "policy", "energy", "robot", "protein", "memory", "market"]
    return [
        (
            f"On {words[i % 10]} Number {i}",
            abstract or f"We study {' '.join(rng.choice(words, 30))}.",
        )
        for i in range(n)
    ]


STRESS = {
    "ten papers": pairs(10),
    "abstracts nearly alike": [
        (t, f"We study the same thing, for the {i}th time.") for i, (t, _) in enumerate(pairs(15))
    ],
    "abstracts without a word": [(t, f"{i} + {i} = {2 * i}.") for i, (t, _) in enumerate(pairs(15))],
    "titles without a word": [(f"{i}", a) for i, (_, a) in enumerate(pairs(15))],
    "one long abstract": [*pairs(14), ("A Long One", "graph token " * 100_000 + "end.")],
}  # fmt: skip


@pytest.mark.parametrize("name", STRESS)
def test_numbers_under_stress(tmp_path, name):
    tables = exported(STRESS[name], tmp_path)
    assert len(tables["papers.csv"]) == len(STRESS[name])
    assert_no_gaps(tables)


@pytest.mark.parametrize("published", ["2024-05", "2024"])
def test_all_papers_at_one_time(tmp_path, published):
    papers = pairs(15)
    dates = pd.DataFrame({"title": [title for title, _ in papers], "published": published})
    dates.to_csv(tmp_path / "dates.csv", index=False)
    tables = exported(papers, tmp_path, sources=[tmp_path / "dates.csv"])
    assert (tables["papers.csv"]["published"] == published).all()
    assert set(tables["topics.csv"]["verdict"]) == {"cannot tell"}, "one moment has no direction"
    assert_no_gaps(tables)


def assert_no_gaps(tables: dict[str, pd.DataFrame]) -> None:
    for file, columns in COUNTED.items():
        table = tables[file]
        present = [c for c in columns if c in table]
        assert not table[present].isna().any(axis=None), file
        numbers = table.select_dtypes("number").drop(columns=MAY_BE_EMPTY, errors="ignore")
        assert np.isfinite(numbers.to_numpy(dtype=float)).all(), file


@pytest.fixture(scope="module")
def hostile_dump(tmp_path_factory):
    file = tmp_path_factory.mktemp("a folder with ümläut") / "page \x1b[31m\u202e.txt"
    file.write_bytes(hostile.dump().encode("utf-8", errors="surrogatepass"))
    return file


def test_every_hostile_paper_is_read(hostile_dump):
    records = pa.read_dumps(hostile_dump)
    wanted = [(t.replace("\0", "\ufffd"), a.replace("\0", "\ufffd")) for t, a in hostile.pairs()]
    assert list(zip(records["title"], records["abstract"], strict=True)) == wanted
    lost = [problem for problem in records.attrs["problems"] if not problem.kept]
    assert lost == []


def test_the_terminal_sees_no_control_character(hostile_dump, capsys):
    assert main(["inspect", str(hostile_dump)]) == 0
    printed = capsys.readouterr()
    assert main(["inspect", f"{hostile_dump}\x1b[2J"]) == 2
    printed_too = capsys.readouterr()
    for text in (printed.out, printed.err, printed_too.out, printed_too.err):
        assert all(c.isprintable() or c == "\n" for c in text)
    assert "⟨001B⟩[31m⟨202E⟩" in printed.out


def test_quotes_of_hostile_papers_are_where_they_say(hostile_dump, tmp_path):
    export(pa.Study(hostile_dump, cache=False), tmp_path / "out")
    papers = read_csv(tmp_path / "out" / "papers.csv").set_index("paper_id")
    assert len(papers) == len(hostile.ATTACKS)
    raw = pd.read_csv(tmp_path / "out" / "papers.csv", dtype=str, keep_default_na=False)
    assert (
        not raw[["title", "abstract", "topic_name"]]
        .map(lambda t: t.startswith(tuple("=+-@\t\r")))
        .any(axis=None)
    )
    for name in ("systems.csv", "claims.csv", "links.csv"):
        for row in read_csv(tmp_path / "out" / name).to_dict("records"):
            text = papers.loc[row["paper_id"], row.get("field", "abstract")]
            assert text[int(row["start"]) : int(row["end"])] == row["quote"], name
    links = read_csv(tmp_path / "out" / "links.csv")
    assert links["url"].str.startswith(("https://", "http://")).all()
