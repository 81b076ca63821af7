"""What changed between two runs: topics, papers, dates, entries of the ledger, and key numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError

TABLES = "tables"  # the folder of a report that holds what an export writes
SAME = 0.1  # least Jaccard similarity of two topics that count as one
FLOW = 0.3  # least share of a topic's papers that counts as a part of it going somewhere
FEWEST = 3  # papers that a part must have

_ENTRIES = {
    "systems": ("paper_id", "name", "kind"),
    "claims": ("paper_id", "quote", "value", "unit"),
    "links": ("paper_id", "url"),
}


@dataclass(frozen=True)
class Run:
    """The tables of one run, as read from its folder."""

    name: str
    papers: pd.DataFrame
    topics: pd.DataFrame
    entries: dict[str, pd.DataFrame]
    numbers: dict[str, Any]
    inputs: dict[str, str]


@dataclass(frozen=True)
class TopicChange:
    """What became of a topic.

    ``kind`` is ``same``, ``renamed``, ``split``, ``merged``, ``gone`` or ``new``; ``before`` and ``after`` are
    names; ``shared`` counts the papers on which a match rests, ``overlap`` is its Jaccard similarity.
    """

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    shared: int = 0
    overlap: float = 0.0


@dataclass(frozen=True)
class Difference:
    """Everything that differs between two runs, which are called ``before`` and ``after``.

    Attributes
    ----------
    topics : list of TopicChange
    papers_added, papers_removed : DataFrame
        ``paper_id``, ``title`` and ``topic``, the name of the topic that they are in, or were.
    moved, dates : DataFrame
        ``paper_id``, ``title``, ``before``, ``after``: papers of both runs that went to a topic other than the one
        their old topic became, and papers dated otherwise.
    entries : dict of name to (added, removed)
        Rows of the ledger's tables.
    numbers : DataFrame
        ``number``, ``before``, ``after``, of the key numbers that differ.
    inputs : list of str
        Input files that differ, each with what happened to it.
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
    inputs: list[str] = field(default_factory=list)

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
    papers = _table(place, "papers.csv", ("paper_id", "title", "topic", "published"))
    topics = _table(place, "topics.csv", ("level", "topic", "name"))
    topics = topics[topics["level"] == "topic"]
    entries = {name: _table(place, f"{name}.csv", columns) for name, columns in _ENTRIES.items()}
    try:
        passport = json.loads((folder / "passport.json").read_text(encoding="utf-8"))
        numbers, inputs = dict(passport["numbers"]), {i["name"]: i["sha256"] for i in passport["inputs"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AtlasError(f"{folder / 'passport.json'} is not a passport of a run: {error}") from error
    return Run(str(folder), papers, topics, entries, numbers, inputs)


def _table(folder: Path, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    file = folder / name
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise AtlasError(
            f"{folder} holds no {name}; name a folder that paperatlas export or report wrote"
        ) from None
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
    moved = both[both["topic_after"] != both["topic_before"].map(became)]
    moved = moved[moved["topic_before"].isin(became)]
    dated = both[both["published_before"] != both["published_after"]]
    names = before.topics.set_index("topic")["name"], after.topics.set_index("topic")["name"]
    entries = {
        name: (_only(after.entries[name], before.entries[name], key), _only(before.entries[name], after.entries[name], key))
        for name, key in _ENTRIES.items()
    }  # fmt: skip
    return Difference(
        before.name,
        after.name,
        changes,
        _papers_of_one(after, before),
        _papers_of_one(before, after),
        _rows(moved, moved["topic_before"].map(names[0]), moved["topic_after"].map(names[1])),
        _rows(dated, dated["published_before"], dated["published_after"]),
        entries,
        _numbers(before.numbers, after.numbers),
        _inputs(before.inputs, after.inputs),
    )


def _papers_of_one(run: Run, other: Run) -> pd.DataFrame:
    """Papers of one run alone, with the names of their topics."""
    papers = _only(run.papers, other.papers, ("paper_id",))[["paper_id", "title", "topic"]]
    return papers.assign(topic=papers["topic"].map(run.topics.set_index("topic")["name"]))


def match_topics(before: Run, after: Run, both: pd.DataFrame) -> tuple[list[TopicChange], dict[str, str]]:
    """What became of each topic, and for those that live on the number that they have now.

    `both` are the papers of both runs, with ``topic_before`` and ``topic_after``.
    """
    from scipy.optimize import linear_sum_assignment

    old, new = before.topics["topic"].tolist(), after.topics["topic"].tolist()
    was, now = before.topics["name"].tolist(), after.topics["name"].tolist()
    shared = pd.crosstab(both["topic_before"], both["topic_after"]).reindex(
        index=old, columns=new, fill_value=0
    )
    counts = shared.to_numpy(dtype=float)
    size = counts.sum(axis=1, keepdims=True)
    union = size + counts.sum(axis=0, keepdims=True) - counts
    jaccard = np.divide(counts, union, out=np.zeros_like(counts), where=union > 0)
    pairs = [(i, j) for i, j in zip(*linear_sum_assignment(-jaccard), strict=True) if jaccard[i, j] >= SAME]
    parts = (counts >= FLOW * size) & (counts >= FEWEST)
    # A topic that gives most of its papers to one that several feed was merged into it.
    gives = (counts > 0.5 * size) & (counts >= FEWEST)

    def change(kind: str, i: list[int], j: list[int], overlap: float = 0.0) -> TopicChange:
        shared = int(counts[np.ix_(i, j)].sum()) if i and j else 0
        return TopicChange(
            kind, tuple(was[k] for k in i), tuple(now[k] for k in j), shared, round(overlap, 3)
        )

    rows, columns = range(len(old)), range(len(new))
    splits = [([i], into) for i in rows if len(into := np.flatnonzero(parts[i]).tolist()) > 1]
    merges = [(out_of, [j]) for j in columns if len(out_of := np.flatnonzero(gives[:, j]).tolist()) > 1]
    told_old = {k for i, _ in splits + merges for k in i}
    told_new = {k for _, j in splits + merges for k in j}
    alone = [(i, j) for i, j in pairs if i not in told_old or j not in told_new]
    changes = [change("split", *parted) for parted in splits]
    changes += [change("merged", *joined) for joined in merges]
    for i, j in alone:
        kind = "same" if was[i] == now[j] else "renamed"
        changes.append(change(kind, [i], [j], float(jaccard[i, j])))
    told_old |= {i for i, _ in alone}
    told_new |= {j for _, j in alone}
    changes += [change("gone", [i], []) for i in rows if i not in told_old]
    changes += [change("new", [], [j]) for j in columns if j not in told_new]
    return changes, {old[i]: new[j] for i, j in pairs}


def _only(here: pd.DataFrame, there: pd.DataFrame, key: tuple[str, ...]) -> pd.DataFrame:
    """Rows of one table whose key the other lacks, as often as it lacks them."""

    def keys(table: pd.DataFrame) -> pd.MultiIndex:
        numbered = table[list(key)].assign(nth=table.groupby(list(key)).cumcount())
        return pd.MultiIndex.from_frame(numbered)

    return here[~keys(here).isin(keys(there))].reset_index(drop=True)


def _rows(table: pd.DataFrame, before: pd.Series, after: pd.Series) -> pd.DataFrame:
    columns = {"paper_id": table["paper_id"], "title": table["title_after"]}
    return pd.DataFrame({**columns, "before": before, "after": after}).reset_index(drop=True)


def _numbers(before: dict[str, Any], after: dict[str, Any]) -> pd.DataFrame:
    names = list(dict.fromkeys([*before, *after]))
    rows = [(n, before.get(n, "–"), after.get(n, "–")) for n in names if before.get(n) != after.get(n)]
    return pd.DataFrame(rows, columns=["number", "before", "after"])


def _inputs(before: dict[str, str], after: dict[str, str]) -> list[str]:
    gone = [f"{name} is gone" for name in sorted(set(before) - set(after))]
    new = [f"{name} is new" for name in sorted(set(after) - set(before))]
    both = sorted(set(before) & set(after))
    return gone + new + [f"{name} has changed" for name in both if before[name] != after[name]]
