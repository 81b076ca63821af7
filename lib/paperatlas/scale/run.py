"""A run over any number of papers: cut, key, merge, fit, work, add up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from paperatlas.cache import code_version, fingerprint
from paperatlas.dates import REFERENCE, choose_sources
from paperatlas.errors import AtlasError
from paperatlas.folders import held
from paperatlas.readers import Problem
from paperatlas.scale.cluster import OnDask, Runner, inline
from paperatlas.scale.duplicates import Groups, group_records, ids_of, near_pairs, write_plan
from paperatlas.scale.fitting import fit_on_sample
from paperatlas.scale.keys import key_part
from paperatlas.scale.parts import drop_unfinished, is_done, write_json, write_part
from paperatlas.scale.staging import Staged, check_folder, stage
from paperatlas.scale.totals import count_papers, topics_by_month
from paperatlas.scale.work import Job, work_on
from paperatlas.topics.assign import TopicModel

PART = 10_000
SAMPLE = 20_000

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
        ``topic``, ``period``, ``n``, ``total``, ``share``, ``low``, ``high``.
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
    source: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    client: Any = None,
    n_topics: int | None = None,
    sample: int = SAMPLE,
    part: int = PART,
    vectors: bool = True,
    ledger: bool = True,
    sources: Sequence[str | Path] | None = None,
    model: str | Path | None = None,
    seed: int = 0,
    say: Say | None = None,
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
    sample : int
        Papers the models are fitted on at most.
    part : int
        Records a partition.
    vectors, ledger : bool
        Whether to write embeddings, and systems, links and claims.
    sources : sequence of paths, optional
        Asked for the dates of papers that state none, as by `paperatlas.add_dates`; the shipped table by default.
    model : path, optional
        Folder ``model/`` of an earlier run, to assign papers to its topics.
    seed : int
    say : callable, optional
        Told of the progress, a line at a time.

    Returns
    -------
    ScaleResult
        In `out` lie ``papers/``, ``vectors/``, ``systems/``, ``links/`` and ``claims/`` in partitions, and
        ``topics.parquet``, ``months.parquet``, ``merges.parquet``, ``near_duplicates.parquet``,
        ``summary.json``.

    Raises
    ------
    AtlasError
        If the source cannot be read, `out` holds something else, or what is needed is not installed.
    """
    folder = Path(out).resolve()
    check_folder(source, folder)
    given = None if model is None else Path(model)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with held(folder):
            return _scale(
                source, folder, client, n_topics, sample, part, vectors, ledger, sources, given, seed, say
            )
    except BlockingIOError as error:
        raise AtlasError(
            f"another run is at work in {folder}; wait for it, or name another folder"
        ) from error
    except (OSError, MemoryError) as error:
        raise AtlasError(
            f"the run in {folder} stopped: {getattr(error, 'strerror', None) or error or 'out of memory'}; make room "
            "or mend the permissions, and run the same command again: what is done is kept"
        ) from error


def _scale(
    source: str | Path | Sequence[str | Path],
    folder: Path,
    client: Any,
    n_topics: int | None,
    sample: int,
    part: int,
    vectors: bool,
    ledger: bool,
    sources: Sequence[str | Path] | None,
    model: Path | None,
    seed: int,
    say: Say | None,
) -> ScaleResult:
    result = ScaleResult(folder)
    run: Runner = inline if client is None else OnDask(client, str(folder))
    tell = say or (lambda _: None)
    with _timed(result, "read"):
        staged = stage(source, folder, part=part)
    result.records, result.parts, result.problems = staged.records, staged.parts, staged.problems
    tell(f"read {staged.records:,} records into {staged.parts:,} partitions")
    with _timed(result, "keys"):
        run(
            partial(key_part, folder, key=staged.key),
            _undone(folder, "keys", staged),
            _ticker(tell, "keys", staged),
        )
    with _timed(result, "merge"):
        groups = group_records(staged)
        merges = write_plan(staged, groups)
        result.merged = int((groups.size - 1).sum())
    tell(f"merged {result.merged:,} records of papers that were there already")
    with _timed(result, "fit"):
        fitted = fit_on_sample(
            staged,
            groups,
            size=sample,
            n_topics=n_topics,
            seed=seed,
            given=model,
        )
    tell(f"fitted {len(fitted.topics)} topics")
    job = _job(folder, staged, fitted, vectors, ledger, sources)
    with _timed(result, "work"):
        todo = _undone(folder, "papers", staged, job.key)
        result.reused = staged.parts - len(todo)
        run(partial(work_on, job), todo, _ticker(tell, "papers", staged))
    with _timed(result, "totals"):
        _add_up(result, staged, groups, fitted, merges, job.key)
    drop_unfinished(folder)
    return result


def _job(
    folder: Path,
    staged: Staged,
    fitted: TopicModel,
    vectors: bool,
    ledger: bool,
    sources: Sequence[str | Path] | None,
) -> Job:
    named = [REFERENCE] if sources is None else [str(source) for source in sources]
    states = [getattr(source, "state", lambda: None)() for source in choose_sources(named)]
    key = fingerprint("papers", code_version(), staged.key, fitted.fingerprint, vectors, ledger, *states)
    return Job(str(folder), key, vectors, ledger, tuple(named))


def _undone(folder: Path, table: str, staged: Staged, key: str | None = None) -> list[int]:
    wanted = key or staged.key
    return [n for n in range(staged.parts) if not is_done(folder, table, n, wanted)]


def _ticker(tell: Say, step: str, staged: Staged) -> Callable[[int, int], None]:
    count = 0

    def done(number: int, papers: int) -> None:
        nonlocal count
        count += 1
        tell(
            f"{step}: partition {number} is done ({count:,} in this run, {staged.parts:,} in all, {papers:,} rows)"
        )

    return done


def _add_up(
    result: ScaleResult, staged: Staged, groups: Groups, fitted: TopicModel, merges: pd.DataFrame, key: str
) -> None:
    counts = count_papers(staged.folder, staged.parts)
    result.papers = int(counts["n"].sum())
    sizes = counts.groupby("topic")["n"].sum()
    result.topics = fitted.topics.assign(size=fitted.topics["topic"].map(sizes).fillna(0).astype("int64"))
    result.months = topics_by_month(counts, len(result.topics))
    near = near_pairs(staged, groups)
    result.near = len(near)
    name = ids_of(staged, groups.starts, near[["row", "other"]].to_numpy(dtype="int64").ravel())
    near = pd.DataFrame(
        {
            "paper_id": near["row"].map(name),
            "other_id": near["other"].map(name),
            "jaccard": near["jaccard"],
        }
    )
    for table, stem in (
        (result.topics, "topics"),
        (result.months, "months"),
        (merges, "merges"),
        (near, "near_duplicates"),
    ):
        write_part(table, staged.folder / f"{stem}.parquet")
    summary = {
        name: getattr(result, name) for name in ("records", "papers", "parts", "merged", "near", "problems")
    }
    write_json({**summary, "key": key}, staged.folder / "summary.json")


@contextmanager
def _timed(result: ScaleResult, step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    result.seconds[step] = round(time.perf_counter() - start, 3)
