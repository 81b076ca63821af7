"""The command line: ``paperatlas report|export|diff|inspect|scale|notebooks|warm|cache``."""

from __future__ import annotations

import argparse
import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from paperatlas import commands as do
from paperatlas.errors import AtlasError
from paperatlas.prose import visible

BAD_INPUT = 2
FAULT = 1
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    _print_anything()
    options = _parser().parse_args(arguments)
    log = logging.StreamHandler()
    log.setFormatter(_Visible("paperatlas: %(message)s"))
    logging.basicConfig(handlers=[log], level=logging.WARNING)
    try:
        with _stoppable():
            command: Callable[[argparse.Namespace], int] = options.run
            return command(options)
    except AtlasError as error:
        print(f"paperatlas: {visible(error)}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as error:
        with suppress(OSError):  # after HUP the terminal may be gone
            print("paperatlas: stopped; what was there before is still there", file=sys.stderr)
        return 128 + error.signal if isinstance(error, _Stopped) else INTERRUPTED
    except Exception as error:
        if os.environ.get("PAPERATLAS_TRACEBACK"):
            raise
        said = " ".join(str(error).split()) or "nothing more is known"
        print(
            f"paperatlas: {type(error).__name__}: {visible(said)}; this is a fault of the program: set "
            "PAPERATLAS_TRACEBACK=1, run again, and report what it prints",
            file=sys.stderr,
        )
        return FAULT


class _Stopped(KeyboardInterrupt):
    """A signal that ends the program, to be cleaned up after like Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.signal = number


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let TERM and HUP end the command as Ctrl-C does: kernels are shut down and temporary folders go.

    A second signal during that does not stop it half way; KILL does, and the next run clears up.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # What is ignored from outside, as HUP under nohup, stays ignored.
    before = {n: signal.getsignal(n) for n in numbers if signal.getsignal(n) is not signal.SIG_IGN}

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        for n in before:
            signal.signal(n, signal.SIG_IGN)
        raise _Stopped(number)

    try:
        for n in before:
            signal.signal(n, stop)
        yield
    finally:
        for n, handler in before.items():
            signal.signal(n, handler)


class _Visible(logging.Formatter):
    """Messages in which nothing acts on a terminal: they may quote a title or a file name."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))


def _print_anything() -> None:
    """Let a terminal that cannot show a character get its number, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    from paperatlas import __version__

    parser = argparse.ArgumentParser(
        prog="paperatlas", description="What is in a pile of papers, and how it moves."
    )
    parser.add_argument("--version", action="version", version=f"paperatlas {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    report = _study_command(
        commands, "report", do.report, "run the notebooks on dumps and render them as a site"
    )
    report.add_argument(
        "--out", type=Path, default=Path("reports"), help="folder of the site (default: reports)"
    )
    report.add_argument("--open", action="store_true", help="open the report when it is done")

    export = _study_command(commands, "export", do.export, "write every table as CSV")
    export.add_argument("--out", type=Path, required=True, help="folder of the tables")

    diff = commands.add_parser("diff", help="say what changed between two exports or reports")
    diff.add_argument("before", type=Path, help="folder of the earlier run")
    diff.add_argument("after", type=Path, help="folder of the later run")
    diff.add_argument("--html", type=Path, metavar="FILE", help="write the whole difference as a page, too")
    diff.set_defaults(run=do.diff)

    _study_command(commands, "warm", do.warm, "compute and keep every step, so that notebooks answer at once")

    inspect = commands.add_parser("inspect", help="say what the reader found in sources, and where it failed")
    _source_options(inspect)
    _arxiv_option(inspect)
    inspect.set_defaults(run=do.inspect)

    _scale_command(commands)

    notebooks = commands.add_parser(
        "notebooks",
        help="write the notebooks for your sources (--to), or run the project's own again, in place",
    )
    notebooks.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="with --to: files, folders or patterns; else notebooks, such as 04",
    )
    notebooks.add_argument("--to", type=Path, metavar="FOLDER", help="new or empty folder for the notebooks")
    notebooks.set_defaults(run=do.notebooks)

    cache = commands.add_parser("cache", help="say how large the cache is, or empty it")
    cache.add_argument("--clear", action="store_true", help="remove every kept step")
    cache.set_defaults(run=do.cache)
    return parser


def _study_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text)
    _pile_options(parser)
    _arxiv_option(parser)
    parser.add_argument(
        "--period", choices=("year", "quarter", "month"), default="year", help="period of trends"
    )
    parser.add_argument(
        "--abstracts-only",
        action="store_true",
        help="leave out papers without an abstract, placed by title otherwise",
    )
    parser.add_argument("--no-cache", action="store_true", help="compute everything anew and keep nothing")
    parser.set_defaults(run=run)
    return parser


def _scale_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "scale", help="assign thousands to millions of papers to topics, partition by partition, on Dask"
    )
    _pile_options(parser)
    parser.add_argument(
        "--out", type=Path, required=True, help="folder of the tables; goes on where it stopped"
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, such as tcp://host:8786")
    parser.add_argument(
        "--workers", type=int, default=2, help="local processes without --scheduler (default: 2; 0: this one)"
    )
    parser.add_argument("--memory", default="auto", help="limit of each local process, such as 2GB")
    parser.add_argument("--dashboard", type=int, metavar="PORT", help="local port of Dask's dashboard")
    parser.add_argument("--sample", type=int, default=20_000, help="papers the models are fitted on at most")
    parser.add_argument("--part", type=int, default=10_000, help="records a partition")
    parser.add_argument("--model", type=Path, help="folder 'model' of an earlier run: assign to its topics")
    parser.add_argument("--no-vectors", action="store_true", help="write no embeddings")
    parser.add_argument("--no-ledger", action="store_true", help="read no systems, links and claims")
    parser.set_defaults(run=do.scale)


def _pile_options(parser: argparse.ArgumentParser) -> None:
    """What `report`, `export`, `warm` and `scale` have in common; `commands._choices` hands it on."""
    _source_options(parser)
    parser.add_argument(
        "--topics", type=int, metavar="K", help="number of topics; the data choose it by default"
    )


def _source_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sources", nargs="+", metavar="SOURCE", help="files, folders or patterns of papers in any form"
    )
    parser.add_argument(
        "--dates",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="dates of your own, asked after the records themselves and before the shipped table: any file of papers "
        "with dates; may be given several times",
    )


def _arxiv_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--arxiv-api",
        action="store_true",
        help="ask arXiv for the papers that are still without a date, slowly",
    )


if __name__ == "__main__":
    sys.exit(main())
