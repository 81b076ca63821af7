"""What changed between two runs: topics, papers, dates, entries of the ledger, and key numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.folders import PASSPORT, read_json

TABLES = "tables"  # the folder of a report that holds what an export writes
SAME = 0.1  # least Jaccard similarity of two topics that count as one
FLOW = 0.3  # least share of a topic's papers that counts as a part of it going somewhere
FEWEST = 3  # papers that a part must have

_ENTRIES = {
    "systems": ["paper_id", "name", "kind"],
    "claims": ["paper_id", "quote", "value", "unit"],
    "links": ["paper_id", "url"],
}


class Run(NamedTuple):
    """The tables of one run, as read from its folder."""

    name: str
    papers: pd.DataFrame
    topics: pd.DataFrame
    entries: dict[str, pd.DataFrame]
    numbers: dict[str, Any]
    inputs: dict[str, str]


class TopicChange(NamedTuple):
    """What became of a topic.

    ``kind`` is ``same``, ``renamed``, ``split``, ``merged``, ``gone`` or ``new``; ``before`` and ``after`` are
    names; ``shared`` counts the papers on which a match rests, ``overlap`` is its Jaccard similarity.
    """

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    shared: int = 0
    overlap: float = 0.0


class Difference(NamedTuple):
    """Everything that differs between two runs, which are called ``before`` and ``after``.

    Papers that came or went have ``paper_id``, ``title`` and ``topic``, the name of the topic that they are in, or
    were. ``moved`` and ``dates`` (``paper_id``, ``title``, ``before``, ``after``) are papers of both runs that went to
    a topic other than the one their old topic became, and papers dated otherwise. ``entries`` are rows added to the
    ledger's tables and removed, ``numbers`` (``number``, ``before``, ``after``) the key numbers that differ, and
    ``inputs`` says what happened to input files.
    """

    before: str
    after: str
    topics: list[TopicChange]
    papers_added: pd.DataFrame
    papers_removed: pd.DataFrame
    moved: pd.DataFrame
    dates: pd.DataFrame
    entries: dict[str, tuple[pd.DataFrame, pd.DataFrame]]
    numbers: pd.DataFrame
    inputs: list[str]

    @property
    def nothing(self) -> bool:
        """Whether the two runs say the same."""
        tables = [self.papers_added, self.papers_removed, self.moved, self.dates, self.numbers]
        tables += [table for pair in self.entries.values() for table in pair]
        return not self.inputs and all(t.empty for t in tables) and all(c.kind == "same" for c in self.topics)


def read_run(folder: Path) -> Run:
    """Read a folder that ``paperatlas export`` or ``paperatlas report`` wrote; another is an `AtlasError`."""
    if not folder.is_dir():
        raise AtlasError(f"{folder} is not a folder; name one that paperatlas export or report wrote")
    place = folder / TABLES if (folder / TABLES).is_dir() else folder
    papers = _table(place, "papers", ["paper_id", "title", "topic", "published"])
    topics = _table(place, "topics", ["level", "topic", "name"]).query("level == 'topic'")
    entries = {name: _table(place, name, columns) for name, columns in _ENTRIES.items()}
    passport = read_json(folder / PASSPORT)
    try:
        numbers, inputs = dict(passport["numbers"]), {i["name"]: i["sha256"] for i in passport["inputs"]}
    except (KeyError, TypeError, ValueError) as error:
        raise AtlasError(f"{folder / PASSPORT} is not a passport of a run; name another folder") from error
    return Run(str(folder), papers, topics, entries, numbers, inputs)


def _table(folder: Path, name: str, columns: list[str]) -> pd.DataFrame:
    file = folder / f"{name}.csv"
    if not file.exists():
        raise AtlasError(
            f"{folder} holds no {file.name}; name a folder that paperatlas export or report wrote"
        )
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (ValueError, OSError) as error:
        raise AtlasError(f"{file} cannot be read as a table: {error}") from error
    if missing := [column for column in columns if column not in table]:
        raise AtlasError(f"{file} lacks {', '.join(missing)}; was it written by paperatlas export?")
    return table


def compare_runs(before: Run, after: Run) -> Difference:
    """Compare two runs.

    Topics are matched one to one so that the sum of their Jaccard similarities over the papers of both runs
    is largest (Kuhn 1955).
    """
    both = before.papers.merge(after.papers, on="paper_id", suffixes=("_before", "_after"))
    changes, became = match_topics(before, after, both)
    was, now = (run.topics.set_index("topic")["name"] for run in (before, after))
    lived_on = both["topic_before"].isin(became)
    both["moved"] = lived_on & (both["topic_after"] != both["topic_before"].map(became))
    both["dated"] = both["published_before"] != both["published_after"]
    both["topic_before"], both["topic_after"] = both["topic_before"].map(was), both["topic_after"].map(now)

    def rows(which: str, what: str) -> pd.DataFrame:
        found = both.loc[both[which], ["paper_id", "title_after", f"{what}_before", f"{what}_after"]]
        return found.set_axis(["paper_id", "title", "before", "after"], axis=1).reset_index(drop=True)

    def papers(here: Run, there: Run, names: pd.Series) -> pd.DataFrame:
        found = _only(here.papers, there.papers, ["paper_id"])[["paper_id", "title", "topic"]]
        return found.assign(topic=found["topic"].map(names))

    entries = {}
    for name, key in _ENTRIES.items():
        old, new = before.entries[name], after.entries[name]
        entries[name] = (_only(new, old, key), _only(old, new, key))
    return Difference(
        before.name, after.name, changes, papers(after, before, now), papers(before, after, was),
        rows("moved", "topic"), rows("dated", "published"), entries,
        _numbers(before.numbers, after.numbers), _inputs(before.inputs, after.inputs),
    )  # fmt: skip


def match_topics(before: Run, after: Run, both: pd.DataFrame) -> tuple[list[TopicChange], dict[str, str]]:
    """What became of each topic, and for those that live on the number that they have now.

    `both` are the papers of both runs, with ``topic_before`` and ``topic_after``.
    """
    from scipy.optimize import linear_sum_assignment

    old, new = before.topics["topic"].tolist(), after.topics["topic"].tolist()
    was, now = before.topics["name"].tolist(), after.topics["name"].tolist()
    shared = pd.crosstab(both["topic_before"], both["topic_after"])
    counts = shared.reindex(index=old, columns=new, fill_value=0).to_numpy(dtype=float)
    size = counts.sum(axis=1, keepdims=True)
    union = size + counts.sum(axis=0, keepdims=True) - counts
    jaccard = np.divide(counts, union, out=np.zeros_like(counts), where=union > 0)
    pairs = [(i, j) for i, j in zip(*linear_sum_assignment(-jaccard), strict=True) if jaccard[i, j] >= SAME]
    parts = (counts >= FLOW * size) & (counts >= FEWEST)
    # A topic that gives most of its papers to one that several feed was merged into it.
    gives = (counts > 0.5 * size) & (counts >= FEWEST)

    def change(kind: str, i: list[int], j: list[int], overlap: float = 0.0) -> TopicChange:
        n = int(counts[np.ix_(i, j)].sum()) if i and j else 0
        return TopicChange(kind, tuple(was[k] for k in i), tuple(now[k] for k in j), n, round(overlap, 3))

    rows, columns = range(len(old)), range(len(new))
    splits = [([i], into) for i in rows if len(into := np.flatnonzero(parts[i]).tolist()) > 1]
    merges = [(out_of, [j]) for j in columns if len(out_of := np.flatnonzero(gives[:, j]).tolist()) > 1]
    told_old = {k for i, _ in splits + merges for k in i}
    told_new = {k for _, j in splits + merges for k in j}
    alone = [(i, j) for i, j in pairs if i not in told_old or j not in told_new]
    told_old |= {i for i, _ in alone}
    told_new |= {j for _, j in alone}
    changes = [
        *(change("split", *parted) for parted in splits),
        *(change("merged", *joined) for joined in merges),
        *(
            change("same" if was[i] == now[j] else "renamed", [i], [j], float(jaccard[i, j]))
            for i, j in alone
        ),
        *(change("gone", [i], []) for i in rows if i not in told_old),
        *(change("new", [], [j]) for j in columns if j not in told_new),
    ]
    return changes, {old[i]: new[j] for i, j in pairs}


def _only(here: pd.DataFrame, there: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Rows of one table whose key the other lacks, as often as it lacks them."""
    keys = [
        pd.MultiIndex.from_frame(table[key].assign(nth=table.groupby(key).cumcount()))
        for table in (here, there)
    ]
    return here[~keys[0].isin(keys[1])].reset_index(drop=True)


def _numbers(before: dict[str, Any], after: dict[str, Any]) -> pd.DataFrame:
    names = list(dict.fromkeys([*before, *after]))
    rows = [(n, before.get(n, "–"), after.get(n, "–")) for n in names if before.get(n) != after.get(n)]
    return pd.DataFrame(rows, columns=["number", "before", "after"])


def _inputs(before: dict[str, str], after: dict[str, str]) -> list[str]:
    gone = [f"{name} is gone" for name in sorted(set(before) - set(after))]
    new = [f"{name} is new" for name in sorted(set(after) - set(before))]
    both = sorted(set(before) & set(after))
    return gone + new + [f"{name} has changed" for name in both if before[name] != after[name]]
