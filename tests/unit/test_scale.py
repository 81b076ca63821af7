"""Scaling out changes where the work is done, and nothing else."""

import os
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import paperatlas as pa
from paperatlas.scale import local_cluster, scale
from paperatlas.topics.assign import TopicModel
from paperatlas.trends import topic_trends

TABLES = ("papers", "systems", "links", "claims")


def read(folder: Path, table: str) -> pd.DataFrame:
    parts = [pd.read_parquet(path) for path in sorted((folder / table).glob("part-*.parquet"))]
    found = pd.concat(parts, ignore_index=True)
    return found.drop(columns="row", errors="ignore").sort_values(list(found.columns[:1]), kind="stable")


@pytest.fixture(scope="module")
def source(tmp_path_factory, dumps_folder, records):
    """The dumps twice over: as saved, and as a table with dates and a changed copy of one abstract."""
    folder = tmp_path_factory.mktemp("source")
    for dump in dumps_folder.glob("*.txt"):
        (folder / dump.name).write_bytes(dump.read_bytes())
    more = records[["title", "abstract"]].iloc[100:160].reset_index(drop=True)
    more["published"] = [f"202{i % 3}-0{1 + i % 9}" for i in range(len(more))]
    near = "Moreover, " + more["abstract"][0].replace(" the ", " one ", 1)
    more.loc[len(more)] = ["A title that nothing else has", near, "2021-05"]
    more.to_csv(folder / "more.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def corpus_here(source):
    return pa.build_corpus(pa.read_papers(source))


@pytest.fixture(scope="module")
def model(tmp_path_factory, corpus_here):
    """A model of a quarter of the papers, so that most papers are new to it."""
    some = corpus_here.iloc[::4].reset_index(drop=True)
    topics = pa.fit_topics(some, n_topics=6, n_resamples=4, null_control=False)
    fitted = TopicModel.of(some, topics)
    folder = tmp_path_factory.mktemp("model")
    fitted.save(folder)
    return folder, fitted, some, topics


@pytest.fixture(scope="module")
def run(source, model, tmp_path_factory):
    out = tmp_path_factory.mktemp("run") / "out"
    return scale(source, out, model=model[0], part=100)


def test_a_model_survives_the_disk_and_a_changed_one_is_refused(model, tmp_path):
    _, fitted, _, _ = model
    fitted.save(tmp_path)
    assert TopicModel.load(tmp_path).fingerprint == fitted.fingerprint
    fitted.core.assign(leaf=0).to_parquet(tmp_path / "core.parquet", index=False)
    with pytest.raises(pa.AtlasError, match="not the one that was written"):
        TopicModel.load(tmp_path)
    fitted.save(tmp_path)
    for name in ("centres.npy", "weights.npy"):
        fitted.save(tmp_path)
        (tmp_path / name).write_bytes(b"torn")
        with pytest.raises(pa.AtlasError, match="expected a topic model"):
            TopicModel.load(tmp_path)


def test_partitions_together_are_what_one_machine_finds(run, model, corpus_here):
    """Same papers, same texts, same merges, same topics as `build_corpus` and one call of `assign`."""
    papers = read(run.folder, "papers").reset_index(drop=True)
    assert papers["paper_id"].tolist() == corpus_here["paper_id"].tolist()
    for column in ("title", "abstract", "n_dumps", "best_rank"):
        assert papers[column].tolist() == corpus_here[column].tolist(), column
    assert [tuple(dumps) for dumps in papers["dumps"]] == corpus_here["dumps"].tolist()
    expected = model[1].assign(corpus_here).drop(columns="theme_name")  # as in an export
    pd.testing.assert_frame_equal(papers[expected.columns], expected, check_dtype=False)
    merges = pd.read_parquet(run.folder / "merges.parquet").sort_values(["paper_id", "dump", "rank"])
    assert list(merges.itertuples(index=False, name=None)) == [
        tuple(merge) for merge in corpus_here.attrs["merges"]
    ]


def test_the_ledger_is_that_of_one_machine(run, corpus_here):
    ledger = pa.build_ledger(corpus_here.assign(published=""))
    for table in ("systems", "links", "claims"):
        found = read(run.folder, table)
        expected = getattr(ledger, table)
        keys = list(expected.columns)
        assert sorted(map(repr, found[keys].to_numpy().tolist())) == sorted(
            map(repr, expected[keys].to_numpy().tolist())
        )


def test_topics_by_month_are_those_of_topic_trends(run):
    papers = read(run.folder, "papers")
    trends = topic_trends(papers[["paper_id", "published", "topic"]], period="month")
    wanted = ["topic", "period", "n", "total", "share", "low", "high"]
    months = run.months[run.months["level"] == "topic"]
    pd.testing.assert_frame_equal(
        months[wanted].reset_index(drop=True), trends[wanted].reset_index(drop=True), check_dtype=False
    )
    assert run.topics["size"].sum() == run.papers == len(papers)


def test_the_size_of_partitions_changes_nothing(run, source, model, tmp_path):
    again = scale(source, tmp_path / "out", model=model[0], part=333)
    columns = ["paper_id", "title", "abstract", "published", "topic", "confidence", "runner_up"]
    pd.testing.assert_frame_equal(
        read(run.folder, "papers")[columns].reset_index(drop=True),
        read(again.folder, "papers")[columns].reset_index(drop=True),
    )
    assert again.parts < run.parts
    assert (again.merged, again.near) == (run.merged, run.near)


def test_near_duplicates_are_those_of_one_machine(run, corpus_here):
    near = pd.read_parquet(run.folder / "near_duplicates.parquet")
    found = list(near.itertuples(index=False, name=None))
    assert found == [tuple(pair) for pair in pa.near_duplicates(corpus_here)]
    assert len(found) == run.near >= 2


def test_a_second_run_does_nothing_again(run, source, model):
    files = {path: path.stat().st_mtime_ns for t in TABLES for path in (run.folder / t).iterdir()}
    again = scale(source, run.folder, model=model[0], part=100)
    assert again.reused == again.parts == run.parts
    assert {path: path.stat().st_mtime_ns for path in files} == files
    pd.testing.assert_frame_equal(again.months, run.months)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def small(source, model, tmp_path_factory):
    """A run in a few partitions, with all that one writes."""
    folder = tmp_path_factory.mktemp("small")
    table = folder / "some.csv"
    pd.read_csv(source / "more.csv").head(30).to_csv(table, index=False)
    options = {"model": model[0], "part": 12}
    scale(table, folder / "out", **options)
    return table, folder / "out", options


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def one_byte_flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [Path.unlink, emptied, one_byte_flipped])
def test_damage_to_what_was_finished_is_mended(small, damage):
    """Whatever file is hurt, the next run leaves the folder as it was, byte for byte."""
    table, out, options = small
    before = everything(out)
    folders = "records keys members papers merges bands vectors systems links claims model done"
    for folder in folders.split():
        damage(sorted((out / folder).iterdir())[-1])
        scale(table, out, **options)
        assert everything(out) == before, folder


def test_a_run_over_other_sources_is_refused(small, tmp_path):
    table, out, options = small
    other = tmp_path / "other.csv"
    other.write_bytes(table.read_bytes())
    before = everything(out)
    with pytest.raises(pa.AtlasError, match=r"a run over other sources \(some\.csv\)"):
        scale(other, out, **options)
    assert everything(out) == before


def test_a_second_run_at_the_same_time_is_refused(small):
    table, out, options = small
    refused = []

    def say(line: str) -> None:
        if not refused:
            with pytest.raises(pa.AtlasError, match="another run is at work") as error:
                scale(table, out, **options)
            refused.append(str(error.value))

    scale(table, out, **options, say=say)
    assert refused


def test_a_worker_that_dies_costs_only_its_partitions(source, model, run, tmp_path):
    """One of two workers is killed after the first partition; the run ends with the same papers."""
    killed: list[int] = []
    with local_cluster(2, memory="2GB") as client:
        workers = client.run(os.getpid)

        def say(line: str) -> None:
            if line.startswith("papers") and not killed:
                killed.append(next(iter(workers.values())))
                os.kill(killed[0], signal.SIGKILL)

        found = scale(source, tmp_path / "out", client=client, model=model[0], part=100, say=say)
    assert killed
    assert found.papers == run.papers
    columns = [column for column in read(run.folder, "papers") if column != "dumps"]
    pd.testing.assert_frame_equal(
        read(found.folder, "papers")[columns].reset_index(drop=True),
        read(run.folder, "papers")[columns].reset_index(drop=True),
    )
    vectors = read(found.folder, "vectors").set_index("paper_id")
    assert set(vectors.index) == set(read(found.folder, "papers")["paper_id"])
    np.testing.assert_allclose((vectors**2).sum(axis=1), 1, atol=1e-5)
    assert not list(found.folder.rglob("*.tmp"))
