"""What each command of ``paperatlas`` does: parsed options in, lines on the terminal and an exit status out."""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperatlas.errors import AtlasError
from paperatlas.progress import Steps
from paperatlas.prose import visible

if TYPE_CHECKING:
    import pandas as pd

    from paperatlas.readers import Problem
    from paperatlas.study import Study

MOST_SAID = 20


def report(options: argparse.Namespace) -> int:
    """Write the site and the brief."""
    from paperatlas.report import build_report

    start = time.perf_counter()
    with Steps() as steps:
        page = build_report(_study(options, steps), options.out, done=steps.part)
    print(f"{visible(page)} is ready after {time.perf_counter() - start:.0f} s")
    if options.open:
        import webbrowser

        webbrowser.open(page.as_uri())
    return 0


def export(options: argparse.Namespace) -> int:
    """Write every table."""
    from paperatlas.export import export as write_tables

    for file in write_tables(_study(options), options.out):
        print(visible(file))
    return 0


def diff(options: argparse.Namespace) -> int:
    """Say what changed between two runs."""
    from paperatlas.diff import compare_runs, read_run
    from paperatlas.report.changes import as_html, as_text

    found = compare_runs(read_run(options.before), read_run(options.after))
    print(as_text(found))
    if options.html:
        try:
            options.html.write_text(as_html(found), encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise AtlasError(f"{options.html} cannot be written: {error.strerror}") from error
        print(f"\n{options.html}")
    return 0


def warm(options: argparse.Namespace) -> int:
    """Compute and keep every step."""
    _study(options).compute_all()
    return 0


def inspect(options: argparse.Namespace) -> int:
    """Say what the reader finds."""
    from paperatlas.corpus import build_corpus
    from paperatlas.dates import add_dates
    from paperatlas.prose import count
    from paperatlas.readers import read_papers

    records = read_papers(options.sources)
    corpus = build_corpus(records)
    for dump, n in records.groupby("dump").size().items():
        print(visible(f"{dump}: {count(n, 'record')}"))
    print(f"{count(len(records), 'record')}, {count(len(corpus), 'paper')}")
    problems = records.attrs["problems"]
    for problem in problems:
        print(visible(problem))
    print(count(len(problems), "problem", words=True))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="dates: ")
        _say_corpus(add_dates(corpus, _date_sources(options)))
    return 0


def scale(options: argparse.Namespace) -> int:
    """Run over more papers than fit on one table."""
    from contextlib import AbstractContextManager, nullcontext

    from paperatlas.prose import count
    from paperatlas.scale import local_cluster, remote_cluster
    from paperatlas.scale import scale as run_scale

    cluster: AbstractContextManager[Any]
    if options.scheduler:
        cluster = remote_cluster(options.scheduler)
    elif options.workers:
        cluster = local_cluster(options.workers, memory=options.memory, dashboard=options.dashboard)
    else:
        cluster = nullcontext()
    with cluster as client:
        result = run_scale(
            options.sources,
            options.out,
            client=client,
            **_choices(options),
            sample=options.sample,
            part=options.part,
            vectors=not options.no_vectors,
            ledger=not options.no_ledger,
            model=options.model,
            say=lambda line: print(line, flush=True),
        )
    for problem in result.problems:
        print(visible(problem))
    for step, seconds in result.seconds.items():
        print(f"{step:<24}{seconds:6.1f} s")
    print(
        f"{options.out}: {count(result.records, 'record')}, {count(result.papers, 'paper')} in "
        f"{count(len(result.topics), 'topic')}, {count(result.near, 'pair')} of near-duplicates"
    )
    return 0


def notebooks(options: argparse.Namespace) -> int:
    """Write the series for given sources, or run the project's own again, in place."""
    from paperatlas import notebooks as series

    if options.to:
        from paperatlas.readers import find_sources

        if not options.names:
            raise AtlasError("name the files, folders or patterns that the notebooks are to read")
        sources = [Path(name) for name in options.names]
        find_sources(sources)
        for path in series.write_series(options.to, sources):
            print(visible(path))
        return 0
    everything = [*series.series(), series.template()]
    chosen = [p for p in everything if not options.names or p.name.startswith(tuple(options.names))]
    executed = series.execute_all(chosen, done=lambda path: print(path.name, flush=True))
    for path, run in executed.items():
        series.write(run.notebook, path)
    return 0


def cache(options: argparse.Namespace) -> int:
    """Say how large the cache is, or empty it."""
    from paperatlas.cache import Cache, cache_folder

    folder = cache_folder()
    if folder is None:
        raise AtlasError(
            "there is no place for a cache: no home directory; name a folder with PAPERATLAS_CACHE"
        )
    kept = Cache(folder)
    if options.clear:
        print(visible(f"removed {kept.clear()} files from {folder}"))
    else:
        files, size = kept.size()
        print(visible(f"{folder}: {files} files, {size / 2**20:.1f} MiB"))
    return 0


def _study(options: argparse.Namespace, steps: Steps | None = None) -> Study:
    from paperatlas.folders import check_target
    from paperatlas.readers import find_sources
    from paperatlas.study import Study

    find_sources(options.sources)
    if out := getattr(options, "out", None):
        check_target(out)
    study = Study(
        options.sources,
        **_choices(options),
        abstracts_only=options.abstracts_only,
        period=options.period,
        cache=not options.no_cache,
        progress=(steps or Steps()).step,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="dates: ")  # they are among the problems listed below
        _say_problems(study.records.attrs["problems"])
        _say_corpus(study.corpus)
    return study


def _say_problems(problems: list[Problem]) -> None:
    """The first problems of the sources; `paperatlas inspect` and ``problems.csv`` have all of them."""
    from paperatlas.prose import count

    for problem in problems[:MOST_SAID]:
        print(visible(f"paperatlas: {problem}"), file=sys.stderr)
    if len(problems) > MOST_SAID:
        rest = count(len(problems) - MOST_SAID, "more problem")
        print(f"paperatlas: and {rest}, see problems.csv", file=sys.stderr)


def _choices(options: argparse.Namespace) -> dict[str, Any]:
    """What the study and a run of scale are told alike; an option of both is added here and in the parser, once."""
    return {"n_topics": options.topics, "sources": _date_sources(options)}


def _date_sources(options: argparse.Namespace) -> list[str] | None:
    from paperatlas.dates import ARXIV_API, REFERENCE

    own = [str(path.resolve()) for path in options.dates]
    asked = [ARXIV_API] * getattr(options, "arxiv_api", False)
    return [*own, REFERENCE, *asked] if own or asked else None


def _say_corpus(corpus: pd.DataFrame) -> None:
    """What papers lack, how many of them each source dated, and what in it could not be used."""
    from paperatlas.prose import count

    if bare := int((corpus["abstract"] == "").sum()):
        print(
            f"{count(bare, 'paper')} of {len(corpus):,} without an abstract; --abstracts-only leaves such papers out"
        )
    for doubt in corpus.attrs["language_doubts"]:
        print(doubt)
    for source in corpus.attrs["date_sources"]:
        print(
            visible(
                f"dates from {source['source']}: {source['matched']} of {count(source['asked'], 'paper')}"
            )
        )
    for problem in corpus.attrs["date_problems"]:
        print(visible(f"paperatlas: {problem}"), file=sys.stderr)
    disagreements = corpus.attrs["date_disagreements"]
    for odd in disagreements[:MOST_SAID]:
        print(
            visible(
                f"dates disagree on {odd['title']!r}: {odd['published']} in {odd['source']}, "
                f"{odd['other_published']} in {odd['other_source']}; the first is taken"
            )
        )
    if len(disagreements) > MOST_SAID:
        print(f"and on {count(len(disagreements) - MOST_SAID, 'more paper')}")
    undated = int(corpus["published"].isna().sum())
    if undated:
        print(f"{count(undated, 'paper')} of {len(corpus):,} without a date; add sources with --dates")
