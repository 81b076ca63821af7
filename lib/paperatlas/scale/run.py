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
from pyarrow import ArrowException

from paperatlas.cache import code_version, fingerprint
from paperatlas.dates import REFERENCE, PaperSource, choose_sources
from paperatlas.duplicates import BANDS, NearDuplicate, candidates, score_pairs
from paperatlas.edit_file import EDITS, edits_file, read_edits
from paperatlas.errors import AtlasError
from paperatlas.export import trend_table
from paperatlas.folders import flush, held, look_at
from paperatlas.prose import count, listing, percent, quoted
from paperatlas.readers import Problem
from paperatlas.scale.merging import bring_home, group_records, key_part, sample_papers
from paperatlas.scale.parts import (
    Sources,
    Staged,
    check_folder,
    is_done,
    part_path,
    stage,
    write_json,
    write_part,
    write_receipt,
)  # fmt: skip
from paperatlas.scale.workers import Job, Task, run, work_on
from paperatlas.text.encoders import LSA, encoder_key, fit_space
from paperatlas.topics import fit_topics
from paperatlas.topics.assign import TopicModel
from paperatlas.topics.edits import EDIT_COLUMNS, Edit, apply_edits, respelled, without_excluded
from paperatlas.topics.inputs import texts_of
from paperatlas.topics.result import LEVELS

Say = Callable[[str], None]


@dataclass
class ScaleResult:
    """What a run wrote.

    Attributes
    ----------
    folder : Path
    records, papers, parts, merged, near, reused : int
        ``merged`` records repeated another's paper, ``near`` pairs are near-duplicates, and ``reused`` partitions an
        earlier run had finished.
    topics : DataFrame
        ``topic``, ``name``, ``theme``, ``theme_name``, ``words``, ``size``.
    months : DataFrame
        As an export's ``trends.csv``, by month.
    edits : DataFrame
        What became of every edit, as `paperatlas.Study.edits`.
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
    edits: pd.DataFrame = field(default_factory=pd.DataFrame)
    problems: list[Problem] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def scale(
    source: Sources,
    out: str | Path,
    *,
    client: Any = None,
    n_topics: int | None = None,
    sources: Sequence[str | Path] | None = None,
    encoder: str | Path = LSA,
    edits: str | Path | None = EDITS,
    sample: int = 20_000,
    part: int = 10_000,
    model: str | Path | None = None,
    seed: int = 0,
    say: Say = lambda _: None,
) -> ScaleResult:
    """Find topics in a sample of a source and assign every paper of it, partition by partition.

    A run that was interrupted goes on where it was when it is started again. The result does not depend on the number
    of workers nor on the size of the partitions, and is that of one machine with one table.

    Parameters
    ----------
    source : path or sequence of paths
        As for `paperatlas.read_papers`.
    out : path
        Empty folder, or that of an earlier run. Workers on other machines must see it at the same place.
    client : distributed.Client, optional
        Dask workers to use (`paperatlas.scale.local_cluster`); this process by default.
    n_topics, sources, encoder, edits, seed
        As for `paperatlas.Study`. Every worker must see the encoder's folder.
    sample : int
        Papers the models are fitted on at most, beside those that edits name.
    part : int
        Records a partition.
    model : path, optional
        Folder ``model/`` of an earlier run, to assign papers to its topics, as they were edited there; of `edits` only
        spellings and exclusions count then.
    say : callable, optional
        Told of the progress, a line at a time.

    Returns
    -------
    ScaleResult
        What lies in `out` the data sheet says.

    Raises
    ------
    AtlasError
        If the source cannot be read, `out` holds something else, or what is needed is not installed.
    """
    folder = Path(out).resolve()
    check_folder(source, folder)
    file = edits_file(edits)
    asked = tuple(read_edits(file)) if file and file.is_file() else ()
    result = ScaleResult(folder)
    with _at_work_in(folder):
        with _timed(result, "read"):
            staged = stage(source, folder, part=part)
        result.records, result.parts, result.problems = staged.records, staged.parts, staged.problems
        say(f"read {staged.records:,} records into {staged.parts:,} partitions")

        def each(step: str, key: str, task: Task) -> int:
            """Do a step with the partitions that lack it; how many had it."""
            todo = staged.undone(step, key)
            for done, (number, rows) in enumerate(run(client, folder, task, todo), start=1):
                so_far = f"{done:,} in this run, {staged.parts:,} in all, {rows:,} rows"
                say(f"{step}: partition {number} is done ({so_far})")
            return staged.parts - len(todo)

        with _timed(result, "keys"):
            each("keys", staged.key, partial(key_part, folder, key=staged.key))
        with _timed(result, "merge"):
            groups = group_records(staged)
            bring_home(staged, groups)
            result.merged = staged.records - len(groups.order)
        say(f"merged {result.merged:,} records of papers that were there already")
        with _timed(result, "fit"):
            options = (sample, n_topics, seed, None if model is None else str(model))
            key = fingerprint("model", code_version(), staged.key, *options, encoder_key(encoder), asked)
            if not is_done(folder, "model", 0, key):
                if model is None:
                    papers = sample_papers(staged, groups, sample, _named_by(asked))
                    fitted, table = _fitted(papers, n_topics, encoder, asked, seed)
                else:
                    fitted, table = TopicModel.load(Path(model)), pd.DataFrame(columns=EDIT_COLUMNS)
                    if {edit.kind for edit in asked} - {"spelling", "exclude"}:
                        say(
                            f"the tree is that of {model}, as it was edited there; other edits to it do not count"
                        )
                _keep(folder, key, fitted, table)
            fitted = TopicModel.load(folder / "model")
            result.edits = pd.read_parquet(folder / "edits.parquet")
        say(f"fitted {len(fitted.topics)} topics")
        names, states = _dating(sources)
        key = fingerprint("papers", code_version(), staged.key, fitted.fingerprint, states, asked)
        with _timed(result, "work"):
            result.reused = each("papers", key, partial(work_on, Job(str(folder), key, names, asked)))
        with _timed(result, "totals"):
            _add_up(result, staged, fitted, key)
        for left in folder.rglob(".*.tmp"):  # of killed runs; nobody writes here any more
            left.unlink(missing_ok=True)
    return result


def _named_by(edits: Sequence[Edit]) -> list[str]:
    """Papers by which edits know their nodes, and those that they move or leave out."""
    nodes = [paper for edit in edits for node in edit.nodes for paper in node.papers]
    return [*nodes, *(paper for edit in edits for paper in edit.papers)]


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
    except (OSError, MemoryError, ArrowException) as error:
        raise AtlasError(
            f"the run in {folder} stopped: {getattr(error, 'strerror', None) or error or 'out of memory'}; make room "
            "or mend the permissions, and run the same command again: what is done is kept"
        ) from error


def _dating(sources: Sequence[str | Path] | None) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Names of the sources of dates, and the content that they stand for."""
    names = (REFERENCE,) if sources is None else tuple(str(source) for source in sources)
    files = [source.files for source in choose_sources(names) if isinstance(source, PaperSource)]
    return names, [(known.path.name, known.sha256) for some in files for known in look_at(some)]


def _fitted(
    papers: pd.DataFrame, n_topics: int | None, encoder: str | Path, edits: Sequence[Edit], seed: int
) -> tuple[TopicModel, pd.DataFrame]:
    """Topics of a sample of papers, found and edited as a study does, and what became of the edits."""
    papers = respelled(without_excluded(papers, edits), edits)
    texts = texts_of(papers)
    space = fit_space(texts, encoder=encoder)
    vectors = space.transform(texts)
    topics = fit_topics(papers, vectors, n_topics=n_topics, seed=seed)
    topics, table = apply_edits(topics, papers, vectors, edits)
    return TopicModel.of(papers, topics, seed=seed, embedder=space), table


def _keep(folder: Path, key: str, model: TopicModel, edits: pd.DataFrame) -> None:
    """Keep the model in ``model/``, for this run and later ones, and the table of edits."""
    model.save(folder / "model")
    write_part(edits.astype("str"), folder / "edits.parquet")
    flush(folder / "model")
    files = [path for path in (folder / "model").iterdir() if path.is_file()]
    write_receipt(folder, "model", 0, key, [*files, folder / "edits.parquet"])


def _add_up(result: ScaleResult, staged: Staged, fitted: TopicModel, key: str) -> None:
    """Write what all partitions say together."""
    levels = list(LEVELS)
    papers = staged.gathered("papers", ["paper_id", "published", *levels])
    sizes = {(level, node): n for level in levels for node, n in papers[level].value_counts().items()}
    pairs = zip(fitted.nodes["level"], fitted.nodes["topic"], strict=True)
    nodes = fitted.nodes.assign(size=[sizes.get(pair, 0) for pair in pairs])
    result.papers = len(papers)
    topics = fitted.topics
    result.topics = topics.assign(size=[sizes.get(("topic", topic), 0) for topic in topics["topic"]])
    result.months = trend_table(papers, papers[["paper_id", *levels]], period="month")
    near = pd.DataFrame(_near_duplicates(staged), columns=["paper_id", "other_id", "similarity"])
    result.near = len(near)
    merges = staged.gathered("merges")
    tables = {"topics": nodes, "months": result.months, "merges": merges, "near_duplicates": near}
    for stem, table in tables.items():
        table.attrs = {}
        write_part(table, staged.folder / f"{stem}.parquet")
    numbers = ("records", "papers", "parts", "merged", "near", "problems")
    summary = {name: getattr(result, name) for name in numbers}
    write_json({**summary, "key": key}, staged.folder / "summary.json")


def _near_duplicates(staged: Staged) -> list[NearDuplicate]:
    """As `paperatlas.near_duplicates` of all papers, with one band and the abstracts of the candidates in memory."""
    ids = staged.gathered("papers", ["paper_id"])["paper_id"]
    order = np.argsort(ids.to_numpy(dtype=str), kind="stable")
    paths = [part_path(staged.folder, "bands", number) for number in range(staged.parts)]
    arrays = [np.load(path, mmap_mode="r", allow_pickle=False) for path in paths]
    pairs = candidates(np.concatenate([array[:, band] for array in arrays])[order] for band in range(BANDS))
    rows, place = np.unique(pairs, return_inverse=True)
    wanted = ids.iloc[order[rows]].tolist()
    of_paper: dict[str, str] = {}
    for number in range(staged.parts):
        some = pd.read_parquet(part_path(staged.folder, "papers", number), columns=["paper_id", "abstract"])
        of_paper.update(some[some["paper_id"].isin(wanted)].itertuples(index=False, name=None))
    return score_pairs(place.reshape(-1, 2), wanted, [of_paper[paper_id] for paper_id in wanted])


@contextmanager
def _timed(result: ScaleResult, step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    result.seconds[step] = round(time.perf_counter() - start, 3)


def findings_of(result: ScaleResult) -> list[str]:
    """The run in a few sentences."""
    largest = result.topics.sort_values(["size", "topic"], ascending=[False, True])
    dated = int(result.months.query("level == 'topic'")["n"].sum())
    sentences = [
        f"{count(result.records, 'record')} in {count(result.parts, 'partition')} hold "
        f"{count(result.papers, 'paper')}; {count(result.merged, 'record')} repeated a paper that was there already",
        f"{count(result.near, 'pair')} of papers with much the same abstract left apart",
        f"Every paper has a topic; the largest of {count(len(result.topics), 'topic')} are "
        f"{listing([quoted(name) for name in largest['name'].head(3)])}",
        f"{percent(dated / max(result.papers, 1))} of the papers state a month and count in the topics by month",
    ]
    if result.problems:
        sentences.append(
            f"{count(len(result.problems), 'fault')} in the source are listed with file and line"
        )
    return sentences
