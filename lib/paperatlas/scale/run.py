"""A run over any number of papers: cut, merge, fit, work, add up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pyarrow import ArrowException

from paperatlas.cache import code_version, fingerprint
from paperatlas.corpus import Similar, candidates, score_pairs
from paperatlas.dates import REFERENCE, choose_sources
from paperatlas.edit_file import EDITS, edits_file, read_edits
from paperatlas.errors import AtlasError
from paperatlas.export import trend_table
from paperatlas.folders import flush, held
from paperatlas.prose import count, quoted
from paperatlas.readers import Problem
from paperatlas.scale.merging import bring_home, group_records, sample_papers, stage
from paperatlas.scale.parts import (
    Sources,
    Staged,
    check_folder,
    is_done,
    write_json,
    write_part,
    write_receipt,
)
from paperatlas.scale.workers import check_workers, run, work_on
from paperatlas.templates import say
from paperatlas.text.encoders import LSA, encoder_key, fit_space
from paperatlas.topics import fit_topics
from paperatlas.topics.assign import TopicModel
from paperatlas.topics.edited import EDIT_COLUMNS, apply_edits
from paperatlas.topics.edits import Edit, respelled, without_excluded
from paperatlas.topics.inputs import MIN_PAPERS, texts_of
from paperatlas.topics.result import LEVELS

Say = Callable[[str], None]


class ScaleResult(NamedTuple):
    """What a run wrote: its tables have the columns of a study's, as far as a run knows them."""

    folder: Path
    records: int
    papers: int
    parts: int
    merged: int  # records that repeated another's paper
    near: int  # pairs of near-duplicates
    reused: int  # partitions that an earlier run had finished
    topics: pd.DataFrame  # level, topic, parent, name, words, size, of the topics alone
    months: pd.DataFrame  # as an export's trends.csv, by month
    edits: pd.DataFrame
    problems: list[Problem]
    seconds: dict[str, float]  # by step


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
        If the source cannot be read, `out` holds something else, what is needed is not installed, or `n_topics` are
        asked of a `model`.
    """
    if sample < MIN_PAPERS:
        raise AtlasError(
            f"a sample needs at least {MIN_PAPERS} papers, found {sample}; give more with --sample"
        )
    if model is not None and n_topics is not None:
        raise AtlasError("a model has its topics already; leave out --topics, or --model to find topics anew")
    folder = Path(out).resolve()
    check_folder(source, folder)
    file = edits_file(edits)
    asked = tuple(read_edits(file)) if file and file.is_file() else ()
    seconds: dict[str, float] = {}
    begun = time.perf_counter()

    def done(step: str, *said: str) -> None:
        seconds[step] = round(time.perf_counter() - begun - sum(seconds.values()), 3)
        for line in said:
            say(line)

    with _at_work_in(folder):
        staged = stage(source, folder, part=part)
        done("read", f"read {count(staged.records, 'record')} into {count(staged.parts, 'partition')}")
        if client:
            check_workers(client, folder)
        home_of = group_records(staged)
        bring_home(staged, home_of)
        merged = staged.records - len(np.unique(home_of))
        done("merge", f"merged {count(merged, 'record')} of papers that were there already")
        options = (sample, n_topics, seed, None if model is None else str(model))
        key = fingerprint("model", code_version(), staged.key, *options, encoder_key(encoder), asked)
        if not is_done(folder, "model", 0, key):
            if model is None:
                papers = sample_papers(staged, home_of, sample, _named_by(asked))
                fitted, table = _fitted(papers, n_topics, encoder, asked, seed)
            else:
                fitted, table = TopicModel.load(Path(model)), pd.DataFrame(columns=EDIT_COLUMNS)
                if {edit.kind for edit in asked} - {"spelling", "exclude"}:
                    say(
                        f"the tree is that of {model}, as it was edited there; other edits to it do not count"
                    )
            _keep(folder, key, fitted, table)
        fitted = TopicModel.load(folder / "model")
        done("fit", f"fitted {len(fitted.nodes):,} nodes")
        names = (REFERENCE,) if sources is None else tuple(map(str, sources))
        states = [(source.name, source.state()) for source in choose_sources(names)]
        key = fingerprint("papers", code_version(), staged.key, fitted.fingerprint, states, asked)
        todo = staged.undone("papers", key)
        task = partial(work_on, folder=folder, key=key, sources=names, edits=asked)
        for finished, (number, n) in enumerate(run(client, task, todo), start=1):
            say(f"papers: partition {number} is done, {finished:,} of {len(todo):,}, with {n:,} papers")
        done("work")
        tables = _totals(staged, fitted)
        for stem, table in tables.items():
            table.attrs = {}
            write_part(table, folder / f"{stem}.parquet")
        done("totals")
        for left in folder.rglob(".*.tmp"):  # of killed runs; nobody writes here any more
            left.unlink(missing_ok=True)
        topics = tables["topics"].query("level == 'topic'").reset_index(drop=True)
        numbers = {
            "records": staged.records,
            "papers": int(topics["size"].sum()),
            "parts": staged.parts,
            "merged": merged,
            "near": len(tables["near_duplicates"]),
        }
        write_json({**numbers, "problems": staged.problems, "key": key}, folder / "summary.json")
        return ScaleResult(
            folder=folder,
            **numbers,
            reused=staged.parts - len(todo),
            topics=topics,
            months=tables["months"],
            edits=pd.read_parquet(folder / "edits.parquet"),
            problems=staged.problems,
            seconds=seconds,
        )


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


def _fitted(
    papers: pd.DataFrame, n_topics: int | None, encoder: str | Path, edits: Sequence[Edit], seed: int
) -> tuple[TopicModel, pd.DataFrame]:
    """Topics of a sample of papers, found and edited as a study does, and what became of the edits."""
    papers = respelled(without_excluded(papers, edits), edits)
    texts = texts_of(papers)
    space = fit_space(texts, encoder=encoder)
    vectors = space.transform(texts)
    topics = fit_topics(papers, vectors, n_topics=n_topics, seed=seed)
    topics, table = apply_edits(topics, papers, edits)
    return TopicModel.of(papers, topics, seed=seed, embedder=space), table


def _keep(folder: Path, key: str, model: TopicModel, edits: pd.DataFrame) -> None:
    """Keep the model in ``model/``, for this run and later ones, and the table of edits."""
    model.save(folder / "model")
    write_part(edits.astype("str"), folder / "edits.parquet")
    flush(folder / "model")
    files = [path for path in (folder / "model").iterdir() if path.is_file()]
    write_receipt(folder, "model", 0, key, [*files, folder / "edits.parquet"])


def _totals(staged: Staged, fitted: TopicModel) -> dict[str, pd.DataFrame]:
    """What all partitions say together."""
    levels = list(LEVELS)
    papers = staged.gathered("papers", ["paper_id", "published", *levels])
    sizes = {level: papers[level].value_counts().to_dict() for level in levels}
    nodes = zip(fitted.nodes["level"], fitted.nodes["topic"], strict=True)
    return {
        "topics": fitted.nodes.assign(size=[sizes[level].get(node, 0) for level, node in nodes]),
        "months": trend_table(papers, papers[["paper_id", *levels]], period="month"),
        "merges": staged.gathered("merges"),
        "near_duplicates": pd.DataFrame(
            _near_duplicates(staged), columns=["paper_id", "other_id", "similarity"]
        ),
    }


def _near_duplicates(staged: Staged) -> list[Similar]:
    """As `paperatlas.near_duplicates` of all papers, with their bands and the abstracts of the candidates in memory."""
    pairs = candidates(staged.gathered("bands").set_index("paper_id"))
    wanted = {"", *chain.from_iterable(pairs)}  # nothing at all would have no type
    texts = staged.gathered("papers", ["paper_id", "abstract"], [("paper_id", "in", wanted)])
    return score_pairs(pairs, dict(zip(texts["paper_id"], texts["abstract"], strict=True)))


def findings_of(result: ScaleResult) -> list[str]:
    """The run in a few sentences."""
    largest = result.topics.sort_values(["size", "topic"], ascending=[False, True])["name"].head(3)
    dated = int(result.months.query("level == 'topic'")["n"].sum())
    return say("large_run", run=result, largest=largest.map(quoted).tolist(), dated=dated)
