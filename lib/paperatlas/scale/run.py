"""A run over any number of papers: cut, key, merge, fit, work, add up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from paperatlas.cache import code_version, fingerprint
from paperatlas.dates import REFERENCE, PaperSource, choose_sources
from paperatlas.duplicates import BANDS, NearDuplicate, candidates, score_pairs
from paperatlas.errors import AtlasError
from paperatlas.export import trend_table
from paperatlas.folders import flush, held, look_at
from paperatlas.prose import count, listing, percent, quoted
from paperatlas.readers import Problem
from paperatlas.scale.cluster import OnDask, Runner, inline
from paperatlas.scale.merging import Groups, group_records, key_part, sample_papers, write_plan
from paperatlas.scale.parts import (
    Sources,
    Staged,
    check_folder,
    drop_unfinished,
    is_done,
    part_path,
    read_part,
    stage,
    undone,
    write_json,
    write_part,
    write_receipt,
)
from paperatlas.scale.work import Job, work_on
from paperatlas.topics.assign import TopicModel, fit_model

PART = 10_000
SAMPLE = 20_000
MIN_PAPERS = 10

Say = Callable[[str], None]


@dataclass
class ScaleResult:
    """What a run wrote.

    Attributes
    ----------
    folder : Path
    records, papers, parts : int
    merged, near : int
        Records that were merged into another's paper, and pairs of near-duplicates.
    reused : int
        Partitions that an earlier run had finished.
    topics : DataFrame
        ``topic``, ``name``, ``theme``, ``theme_name``, ``words``, ``size``.
    months : DataFrame
        ``level``, ``topic``, ``period``, ``n``, ``total``, ``share``, ``low``, ``high``, as an export's ``trends.csv``.
    problems : list of Problem
        What could not be read.
    seconds : dict
        By step.
    """

    folder: Path
    records: int = 0
    papers: int = 0
    parts: int = 0
    merged: int = 0
    near: int = 0
    reused: int = 0
    topics: pd.DataFrame = field(default_factory=pd.DataFrame)
    months: pd.DataFrame = field(default_factory=pd.DataFrame)
    problems: list[Problem] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def scale(
    source: Sources,
    out: str | Path,
    *,
    client: Any = None,
    n_topics: int | None = None,
    sources: Sequence[str | Path] | None = None,
    sample: int = SAMPLE,
    part: int = PART,
    vectors: bool = True,
    ledger: bool = True,
    model: str | Path | None = None,
    seed: int = 0,
    say: Say = lambda _: None,
) -> ScaleResult:
    """Find topics in a sample of a source and assign every paper of it, partition by partition.

    A run that was interrupted goes on where it was when it is started again: partitions are written whole or
    not at all, and each knows the inputs, options, model and code it came from. The result does not depend
    on the number of workers nor on the size of the partitions, and is that of one machine with one table.

    Parameters
    ----------
    source : path or sequence of paths
        As for `paperatlas.read_papers`.
    out : path
        Empty folder, or that of an earlier run. Workers on other machines must see it at the same place.
    client : distributed.Client, optional
        Dask workers to use (`paperatlas.scale.local_cluster`); this process by default.
    n_topics : int, optional
        Overrules the number of topics that the data choose.
    sources : sequence of paths, optional
        Asked for the dates of papers that state none, as by `paperatlas.add_dates`; the shipped table by default.
    sample : int
        Papers the models are fitted on at most.
    part : int
        Records a partition.
    vectors, ledger : bool
        Whether to write embeddings, and systems, links and claims.
    model : path, optional
        Folder ``model/`` of an earlier run, to assign papers to its topics.
    seed : int
    say : callable, optional
        Told of the progress, a line at a time.

    Returns
    -------
    ScaleResult
        In `out` lie ``papers/``, ``vectors/``, ``systems/``, ``links/`` and ``claims/`` in partitions, and
        ``topics.parquet``, ``months.parquet``, ``merges.parquet``, ``near_duplicates.parquet`` (with the columns of
        an export's tables, as far as a run knows them) and ``summary.json``.

    Raises
    ------
    AtlasError
        If the source cannot be read, `out` holds something else, or what is needed is not installed.
    """
    folder = Path(out).resolve()
    check_folder(source, folder)
    result = ScaleResult(folder)
    run: Runner = inline if client is None else OnDask(client, str(folder))
    with _at_work_in(folder):
        with _timed(result, "read"):
            staged = stage(source, folder, part=part)
        result.records, result.parts, result.problems = staged.records, staged.parts, staged.problems
        say(f"read {staged.records:,} records into {staged.parts:,} partitions")
        with _timed(result, "keys"):
            todo = undone(folder, "keys", staged.parts, staged.key)
            run(partial(key_part, folder, key=staged.key), todo, _ticker(say, "keys", staged))
        with _timed(result, "merge"):
            groups = group_records(staged)
            merges = write_plan(staged, groups)
            result.merged = int((groups.size - 1).sum())
        say(f"merged {result.merged:,} records of papers that were there already")
        with _timed(result, "fit"):
            fitted = _model(staged, groups, sample, n_topics, seed, model)
        say(f"fitted {len(fitted.topics)} topics")
        names, states = _dating(sources)
        key = fingerprint("papers", code_version(), staged.key, fitted.fingerprint, vectors, ledger, states)
        job = Job(str(folder), key, names, vectors, ledger)
        with _timed(result, "work"):
            todo = undone(folder, "papers", staged.parts, key)
            result.reused = staged.parts - len(todo)
            run(partial(work_on, job), todo, _ticker(say, "papers", staged))
        with _timed(result, "totals"):
            _add_up(result, staged, fitted, merges, key)
        drop_unfinished(folder)
    return result


@contextmanager
def _at_work_in(folder: Path) -> Iterator[None]:
    """Hold the folder, and say in one line what stops a run."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with held(folder):
            yield
    except BlockingIOError as error:
        raise AtlasError(
            f"another run is at work in {folder}; wait for it, or name another folder"
        ) from error
    except (OSError, MemoryError) as error:
        raise AtlasError(
            f"the run in {folder} stopped: {getattr(error, 'strerror', None) or error or 'out of memory'}; make room "
            "or mend the permissions, and run the same command again: what is done is kept"
        ) from error


def _dating(sources: Sequence[str | Path] | None) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Names of the sources of dates, and the content that they stand for."""
    names = (REFERENCE,) if sources is None else tuple(str(source) for source in sources)
    files = [source.files for source in choose_sources(names) if isinstance(source, PaperSource)]
    return names, [(known.path.name, known.sha256) for some in files for known in look_at(some)]


def _model(
    staged: Staged, groups: Groups, size: int, n_topics: int | None, seed: int, given: str | Path | None
) -> TopicModel:
    """A model fitted on a sample of papers, or that of an earlier run; kept in ``model/`` for the next run.

    The sample are the papers whose titles have the smallest hashes, so that it does not depend on how the
    records are cut.
    """
    folder = staged.folder / "model"
    given = None if given is None else str(given)
    asked = fingerprint("model", code_version(), staged.key, size, n_topics, seed, given)
    if is_done(staged.folder, "model", 0, asked):
        return TopicModel.load(folder)
    if given is not None:
        model = TopicModel.load(Path(given))
    else:
        papers = sample_papers(staged, groups, size)
        if len(papers) < MIN_PAPERS:
            raise AtlasError(
                f"topics need at least {MIN_PAPERS} papers to be found in, there are {len(papers)}; give more "
                "papers, or a model of an earlier run"
            )
        model, _ = fit_model(papers, n_topics=n_topics, seed=seed)
    model.save(folder)
    flush(folder)
    write_receipt(staged.folder, "model", 0, asked, [path for path in folder.iterdir() if path.is_file()])
    return model


def _ticker(say: Say, step: str, staged: Staged) -> Callable[[int, int], None]:
    finished = 0

    def done(number: int, papers: int) -> None:
        nonlocal finished
        finished += 1
        say(
            f"{step}: partition {number} is done ({finished:,} in this run, {staged.parts:,} in all, {papers:,} rows)"
        )

    return done


def _add_up(result: ScaleResult, staged: Staged, fitted: TopicModel, merges: pd.DataFrame, key: str) -> None:
    """Write what all partitions say together."""
    levels = ["theme", "topic", "subtopic"]
    columns = ["paper_id", "published", *levels]
    papers = _gathered(staged, columns)
    sizes = {(level, node): n for level in levels for node, n in papers[level].value_counts().items()}
    nodes = fitted.nodes.assign(
        size=[sizes.get(pair, 0) for pair in zip(fitted.nodes["level"], fitted.nodes["topic"], strict=True)]
    )
    result.papers = len(papers)
    topics = fitted.topics
    result.topics = topics.assign(size=[sizes.get(("topic", topic), 0) for topic in topics["topic"]])
    result.months = trend_table(papers, papers[["paper_id", *levels]], period="month")
    near = pd.DataFrame(_near_duplicates(staged), columns=["paper_id", "other_id", "similarity"])
    result.near = len(near)
    tables = {"topics": nodes, "months": result.months, "merges": merges, "near_duplicates": near}
    for stem, table in tables.items():
        table.attrs = {}
        write_part(table, staged.folder / f"{stem}.parquet")
    summary = {
        name: getattr(result, name) for name in ("records", "papers", "parts", "merged", "near", "problems")
    }
    write_json({**summary, "key": key}, staged.folder / "summary.json")


def _gathered(staged: Staged, columns: list[str]) -> pd.DataFrame:
    """Some columns of all papers, in the order of the partitions."""
    parts = [read_part(part_path(staged.folder, "papers", n), columns) for n in range(staged.parts)]
    return pd.concat(parts, ignore_index=True)


def _near_duplicates(staged: Staged) -> list[NearDuplicate]:
    """As `paperatlas.near_duplicates` of all papers, with one band and the abstracts of the candidates in memory."""
    ids = _gathered(staged, ["paper_id"])["paper_id"]
    order = np.argsort(ids.to_numpy(dtype=str), kind="stable")
    arrays = [
        np.load(part_path(staged.folder, "bands", n), mmap_mode="r", allow_pickle=False)
        for n in range(staged.parts)
    ]
    pairs = candidates(np.concatenate([array[:, band] for array in arrays])[order] for band in range(BANDS))
    rows, place = np.unique(pairs, return_inverse=True)
    wanted = ids.iloc[order[rows]].tolist()
    of_paper: dict[str, str] = {}
    for number in range(staged.parts):
        some = read_part(part_path(staged.folder, "papers", number), ["paper_id", "abstract"])
        some = some[some["paper_id"].isin(wanted)]
        of_paper.update(zip(some["paper_id"], some["abstract"], strict=True))
    return score_pairs(place.reshape(-1, 2), wanted, [of_paper[paper_id] for paper_id in wanted])


@contextmanager
def _timed(result: ScaleResult, step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    result.seconds[step] = round(time.perf_counter() - start, 3)


def findings_of(result: ScaleResult) -> list[str]:
    """The run in a few sentences."""
    largest = result.topics.sort_values(["size", "topic"], ascending=[False, True])
    months = result.months
    dated = int(months.loc[months["level"] == "topic", "n"].sum())
    share = dated / result.papers if result.papers else 0.0
    sentences = [
        f"{count(result.records, 'record')} in {count(result.parts, 'partition')} hold "
        f"{count(result.papers, 'paper')}; {count(result.merged, 'record')} repeated a paper that was there already",
        f"{count(result.near, 'pair')} of papers with much the same abstract left apart",
        f"Every paper has a topic; the largest of {count(len(result.topics), 'topic')} are "
        f"{listing([quoted(name) for name in largest['name'].head(3)])}",
        f"{percent(share)} of the papers state a month and count in the topics by month",
    ]
    if result.problems:
        sentences.append(
            f"{count(len(result.problems), 'fault')} in the source are listed with file and line"
        )
    return sentences
