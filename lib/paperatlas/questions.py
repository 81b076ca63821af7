"""What may be asked of a study: functions of it that `paperatlas.Study` has as its methods."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas import __version__
from paperatlas.compare import shared_terms
from paperatlas.corpus import build_corpus
from paperatlas.errors import AtlasError
from paperatlas.prose import count
from paperatlas.readers import NO_ABSTRACT, read_papers
from paperatlas.share import parts_of
from paperatlas.templates import render
from paperatlas.text import Query, read_query
from paperatlas.text.encoders import encoder_name
from paperatlas.topics.edits import find_node, respelled, rows_named
from paperatlas.topics.levels import CORE
from paperatlas.topics.result import LEVELS

if TYPE_CHECKING:
    from paperatlas.study import Study

_REFERENCES = Path(__file__).with_name("references.bib")
_CITED = re.compile(r"\[(\w+)\]")


def select(
    study: Study,
    *,
    topic: int | str | None = None,
    theme: int | str | None = None,
    subtopic: int | str | None = None,
    query: str | None = None,
    years: int | tuple[int | None, int | None] | None = None,
    dump: str | None = None,
    **values: Any,
) -> pd.DataFrame:
    """Papers that meet every condition given.

    Parameters
    ----------
    theme, topic, subtopic : int or str, optional
        Number of the node, its name, or the first phrase of its name.
    query : str, optional
        Words that the papers use, all of them. What no paper says is read as the nearest that some do.
    years : int or (int or None, int or None), optional
        A year, or the first and the last, None for an open end. Papers without a date are left out.
    dump : str, optional
        Name of a source.
    **values
        A column of `papers` and a value, or a list of values: ``venue="ICML"``. Where a column holds several
        values divided by semicolons (authors, keywords), one of them is enough.

    Returns
    -------
    DataFrame
        Rows of `papers`, in their order. ``attrs["note"]`` says how the query was read and what was left out for
        lack of a date. No such node, source or column, and a query that no paper answers, are an `AtlasError`.
    """
    papers = study.papers
    notes: list[str] = []
    keep = np.ones(len(papers), dtype=bool)
    for level, node in (("theme", theme), ("topic", topic), ("subtopic", subtopic)):
        if node is not None:
            at, number = find_node(study.topics, node, level)
            keep &= papers[at].eq(number).fillna(False).to_numpy(dtype=bool)
    if dump is not None:
        if dump not in (known := sorted({name for names in papers["dumps"] for name in names})):
            raise AtlasError(f"there is no source {dump!r}; there are {', '.join(known)}")
        keep &= np.array([dump in names for names in papers["dumps"]])
    for column, wanted in values.items():
        keep &= _holds(papers, column, wanted)
    if query is not None:
        read = _read(study, query)
        keep &= read.holders(study.query_terms)
        notes += [read.note] if read.note else []
    if years is not None:
        first, last = (years, years) if isinstance(years, int) else years
        year = pd.to_numeric(papers["published"].str[:4], errors="coerce")
        if n := int((keep & year.isna()).sum()):
            notes.append(f"{count(n, 'paper')} without a date left out")
        keep &= year.between(-np.inf if first is None else first, np.inf if last is None else last)
    chosen = papers[keep].copy()
    chosen.attrs["note"] = "; ".join(notes)
    return chosen


def _holds(papers: pd.DataFrame, column: str, wanted: Any) -> np.ndarray:
    """(n,) papers with a value, or one of several, in a column, whatever its case; of several names one is enough."""
    _check(papers, column)
    meant = set(map(_folded, wanted if isinstance(wanted, list | tuple | set) else [wanted]))
    cells = ([cell, *parts_of(cell)] if isinstance(cell, str) else _values(cell) for cell in papers[column])
    return np.array([not meant.isdisjoint(map(_folded, cell)) for cell in cells], dtype=bool)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def counts(study: Study, column: str, *, level: str = "topic") -> pd.DataFrame:
    """How many papers of each topic bear each value of a column: authors, venue, keywords, or one of your own.

    Values divided by semicolons count one by one, and a paper counts for each of its values. The level, its name,
    ``value``, ``papers``, ``share`` (of the topic's papers that have any value), the commonest first.
    """
    papers, node = study.papers, [level, f"{level}_name"]
    _check(papers, column, level)
    held = papers[node].assign(value=papers[column].map(_values)).dropna(subset=[level])
    held = held[held["value"].map(bool)]
    found = held.explode("value").groupby([*node, "value"], as_index=False).size()
    found = found.rename(columns={"size": "papers"})
    found["share"] = (found["papers"] / found[level].map(held.groupby(level).size())).round(4)
    return found.sort_values([level, "papers", "value"], ascending=[True, False, True], ignore_index=True)


def _values(held: Any) -> list[Any]:
    """The values in a cell; of a text those divided by semicolons."""
    if isinstance(held, str):
        return parts_of(held if ";" in held else f"{held};")
    return list(held) if isinstance(held, tuple | list) else [] if pd.isna(held) else [held]


def _check(papers: pd.DataFrame, *columns: str) -> None:
    for column in columns:
        if column not in papers:
            known = ", ".join(map(str, papers.columns))
            raise AtlasError(f"the papers have no column {column!r}; they have {known}")


def most_cited(study: Study, topic: int | str | None = None, n: int = 3) -> pd.DataFrame:
    """The n papers cited most, of a topic (as for `select`) or of all; none where no source counts citations."""
    papers = select(study, topic=topic)
    cited = papers.assign(citations=pd.to_numeric(papers["citations"], errors="coerce"))
    cited = cited.dropna(subset="citations").astype({"citations": "int64"})
    return cited.sort_values(["citations", "paper_id"], ascending=[False, True]).head(n)


def similar(study: Study, query: str, n: int = 10) -> pd.DataFrame:
    """The n papers nearest to a paper of the corpus, named by its title, or to any text.

    Words that no paper uses are read as the nearest that some do; if there are none, that is an `AtlasError`.

    Returns
    -------
    DataFrame
        Rows of `corpus` with ``similarity`` (cosine) and ``shared`` (up to three terms that the paper shares with
        the query, or with the paper that it names), nearest first. ``attrs["note"]`` says how the query was read.
    """
    corpus, vectors, note = study.corpus, study.vectors, ""
    if rows := rows_named(corpus, [query]):
        wanted, asked = vectors[rows[0]], study.texts[rows[0]]
    else:
        read = _read(study, query)
        asked, note = read.text, read.note
        wanted = study.space.transform([asked])[0]
        if wanted[0] == 1:  # words too rare to have a place lie amid the papers that say them
            wanted = vectors[read.holders(study.query_terms)].mean(axis=0)
    found = corpus.assign(similarity=np.round((vectors * wanted).sum(axis=1), 4))
    found = found.sort_values(["similarity", "title"], ascending=[False, True], ignore_index=True).head(n)
    found = found.assign(shared=pd.Series(shared_terms(asked, found), index=found.index))
    found.attrs["note"] = note
    return found


def _read(study: Study, query: str) -> Query:
    read = read_query(query, study.query_terms)
    if not read.groups:
        raise AtlasError(f"nothing like {query!r} is said in the papers; ask with words that they use")
    return read


def place(study: Study, papers: Any) -> pd.DataFrame:
    """New papers in the tree as it is, without a new fit.

    Parameters
    ----------
    papers : path, paths or DataFrame
        Sources as for `paperatlas.read_papers`, or a table with ``title`` and ``abstract``.

    Returns
    -------
    DataFrame, one row per paper
        What is known of each, ``theme``, ``topic`` and ``subtopic`` with their names, ``confidence``, ``runner_up``,
        ``placed_by``, and ``known``: whether the paper is in the study already.
    """
    new = (papers if isinstance(papers, pd.DataFrame) else read_papers(papers)).fillna({"abstract": ""})
    if "paper_id" not in new:
        new = build_corpus(new if "dump" in new else new.assign(dump="new", rank=range(1, len(new) + 1)))
    new = new.reset_index(drop=True)
    placed = study.topic_model.assign(respelled(new, study.asked_edits))
    known = new["paper_id"].isin(study.corpus["paper_id"]).to_numpy()
    stated = new.drop(columns=[name for name in placed if name in new and name != "paper_id"])
    return stated.join(placed.drop(columns="paper_id")).assign(known=known)


def screening_flow(study: Study) -> pd.DataFrame:
    """From records read to papers analysed, as flow diagrams of systematic reviews have it: ``step``, ``n``."""
    records, corpus = study.records, study.corpus
    left_out = sum(
        problem.reason.startswith(NO_ABSTRACT) and not problem.kept for problem in records.attrs["problems"]
    )
    excluded = len(corpus.attrs["excluded"])
    steps = {
        "records read": len(records) + left_out,
        "left out for want of an abstract": left_out,
        "merged with another record of the same paper": len(records) - len(corpus) - excluded,
        "papers excluded by hand": excluded,
        "papers analysed": len(corpus),
        "of these by title alone": int((corpus["abstract"] == "").sum()),
    }
    return pd.DataFrame({"step": list(steps), "n": list(steps.values())})


def methods_text(study: Study, references: str = "text") -> str:
    """One paragraph for the paper you write: what was done with these papers, with numbers.

    Parameters
    ----------
    references : {"text", "bibtex", "none"}
        How what the paragraph cites is listed below it.
    """
    if references not in ("text", "bibtex", "none"):
        raise AtlasError(f"references may be 'text', 'bibtex' or 'none', found {references!r}")
    edits = study.edits.query("status != 'no longer fits'")["kind"].value_counts().sort_index()
    facts = {
        "version": __version__,
        "core": CORE,
        "encoder": encoder_name(study.encoder),
        "nodes": [count(n, level) for level in LEVELS if (n := len(study.fitted.at(level)))],
        "edits": [f"{kind}: {n}" for kind, n in edits.items()],
    }
    said = " ".join(render("methods.txt", study=study, **facts).split())
    cited = list(dict.fromkeys(_CITED.findall(said)))
    known = read_papers(_REFERENCES).set_index("key").to_dict("index")
    text = _CITED.sub(lambda found: f"({_short(known[found.group(1)])})", said)
    entries = _REFERENCES.read_text(encoding="utf-8").split("\n\n")
    listed = {
        "none": [],
        "text": ["\n".join(sorted(_long(known[key]) for key in cited))],
        "bibtex": [entry.strip() for entry in entries if entry.split("{", 1)[1].split(",")[0] in cited],
    }
    return "\n\n".join([text, *listed[references]])


def _short(paper: dict[Hashable, Any]) -> str:
    families = [name.split(",")[0] for name in paper["authors"].split("; ")]
    who = f"{families[0]} et al." if len(families) > 2 else " and ".join(families)
    return f"{who} {paper['published'][:4]}"


def _long(paper: dict[Hashable, Any]) -> str:
    where = f"arXiv:{paper['arxiv_id']}" if pd.isna(paper["venue"]) else paper["venue"]
    return f"{paper['authors']} ({paper['published'][:4]}). {paper['title']}. {where}."
