"""What one may ask of a study, and do to its topics."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np
import pandas as pd

from paperatlas import compare
from paperatlas.corpus import build_corpus
from paperatlas.edit_file import EDITS, addressed, append_edits, find_node
from paperatlas.errors import AtlasError
from paperatlas.methods_text import methods_text, screening_flow
from paperatlas.prose import count, out_of, sentence, verb
from paperatlas.readers import read_papers
from paperatlas.selection import count_values, has_values, in_years
from paperatlas.text import Query, Terms, read_query, read_terms
from paperatlas.titles import normalise_title
from paperatlas.topics.assign import TopicModel
from paperatlas.topics.edits import GONE, Edit, check_edits, respelled, rows_named

if TYPE_CHECKING:
    from pathlib import Path

    from paperatlas.study import Study
    from paperatlas.text.encoders import Space
    from paperatlas.topics import Topics

    Papers = pd.DataFrame | Iterable[str]
    Nodes = Sequence[int | str]

_FEW = 100
_UNDATED = 0.2
# What stays when papers are excluded or read anew, and what else stays when only the tree is edited.
_OF_THE_SOURCES = {"inputs", "date_inputs", "records"}
_BEFORE_THE_TREE = _OF_THE_SOURCES | {
    "corpus", "problems", "near_duplicates", "fingerprint", "worded", "texts", "vectors", "space", "fitted",
    "map", "ledger", "dump_table", "overlap_tests", "query_terms", "screening",
}  # fmt: skip


class Questions:
    """Selections, counts, places for new papers, and edits; the base of `paperatlas.Study`."""

    edits_file: Path | None
    seed: int

    if TYPE_CHECKING:  # the steps that `Study` takes
        # ruff: noqa: D102
        @property
        def corpus(self) -> pd.DataFrame: ...
        @property
        def papers(self) -> pd.DataFrame: ...
        @property
        def worded(self) -> pd.DataFrame: ...
        @property
        def vectors(self) -> np.ndarray: ...
        @property
        def space(self) -> Space: ...
        @property
        def texts(self) -> list[str]: ...
        @property
        def topics(self) -> Topics: ...
        @property
        def edits(self) -> pd.DataFrame: ...
        @property
        def asked_edits(self) -> list[Edit]: ...

    def select(
        self,
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
        papers = self.papers
        notes: list[str] = []
        keep = np.ones(len(papers), dtype=bool)
        for level, node in (("theme", theme), ("topic", topic), ("subtopic", subtopic)):
            if node is not None:
                at, number = find_node(self.topics, node, level)
                keep &= papers[at].eq(number).fillna(False).to_numpy(dtype=bool)
        if dump is not None:
            if dump not in (known := sorted({name for names in papers["dumps"] for name in names})):
                raise AtlasError(f"there is no source {dump!r}; there are {', '.join(known)}")
            keep &= np.array([dump in names for names in papers["dumps"]])
        for column, wanted in values.items():
            keep &= has_values(papers, column, wanted)
        if query is not None:
            read = self._read(query)
            keep &= read.holders(self.query_terms)
            notes += [read.note] if read.note else []
        if years is not None:
            dated = papers["published"].notna().to_numpy()
            if n := int((keep & ~dated).sum()):
                notes.append(f"{count(n, 'paper')} without a date left out")
            keep &= in_years(papers["published"], years)
        chosen = papers[keep].copy()
        chosen.attrs["note"] = "; ".join(notes)
        return chosen

    def counts(self, column: str, *, level: str = "topic") -> pd.DataFrame:
        """How many papers of each topic bear each value of a column: authors, venue, keywords, or one of your own.

        Values divided by semicolons count one by one, and a paper counts for each of its values. The level, its name,
        ``value``, ``papers``, ``share`` (of the topic's papers that have any value), the commonest first.
        """
        return count_values(self.papers, column, level)

    def most_cited(self, topic: int | str | None = None, n: int = 3) -> pd.DataFrame:
        """The n papers cited most, of a topic (as for `select`) or of all; none where no source counts citations."""
        papers = self.papers if topic is None else self.select(topic=topic)
        cited = papers.assign(citations=pd.to_numeric(papers["citations"], errors="coerce"))
        cited = cited.dropna(subset="citations").astype({"citations": "int64"})
        return cited.sort_values(["citations", "paper_id"], ascending=[False, True]).head(n)

    @cached_property
    def query_terms(self) -> Terms:
        """Every term of the papers, those of a single paper too: what a query is read with."""
        return read_terms(self.worded["title"].tolist(), self.worded["abstract"].tolist(), min_papers=1)

    def _read(self, query: str) -> Query:
        read = read_query(query, self.query_terms)
        if not read.groups:
            raise AtlasError(f"nothing like {query!r} is said in the papers; ask with words that they use")
        return read

    def similar(self, query: str, n: int = 10) -> pd.DataFrame:
        """The n papers nearest to a paper of the corpus, named by its title, or to any text.

        Words that no paper uses are read as the nearest that some do; if there are none, that is an `AtlasError`.

        Returns
        -------
        DataFrame
            Rows of `corpus` with ``similarity`` (cosine) and ``shared`` (up to three terms that the paper shares with
            the query, or with the paper that it names), nearest first. ``attrs["note"]`` says how the query was read.
        """
        rows, note = np.flatnonzero(self.corpus["title"].map(normalise_title) == normalise_title(query)), ""
        if len(rows):
            wanted, asked = self.vectors[rows[0]], self.texts[rows[0]]
        else:
            read = self._read(query)
            asked, note = read.text, read.note
            wanted = self.space.transform([asked])[0]
            if not self.space.knows(asked):  # too rare to have a place: amid the papers that say it
                wanted = self.vectors[read.holders(self.query_terms)].mean(axis=0)
        found = self.corpus.assign(similarity=np.round((self.vectors * wanted).sum(axis=1), 4))
        found = found.sort_values(["similarity", "title"], ascending=[False, True], ignore_index=True).head(n)
        found = found.assign(shared=pd.Series(compare.shared_terms(asked, found), index=found.index))
        found.attrs["note"] = note
        return found

    def place(self, papers: Any) -> pd.DataFrame:
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
        new = papers if isinstance(papers, pd.DataFrame) else read_papers(papers)
        if "paper_id" not in new:
            new = build_corpus(new if "dump" in new else new.assign(dump="new", rank=range(1, len(new) + 1)))
        new = new.reset_index(drop=True)
        placed = self.topic_model.place(respelled(new.fillna({"abstract": ""}), self.asked_edits))
        known = new["paper_id"].isin(self.corpus["paper_id"]).to_numpy()
        stated = new.drop(columns=[name for name in placed if name in new and name != "paper_id"])
        return stated.join(placed.drop(columns="paper_id")).assign(known=known)

    @cached_property
    def topic_model(self) -> TopicModel:
        """The tree to which `place` assigns papers."""
        return TopicModel.of(self.worded, self.topics, seed=self.seed, embedder=self.space)

    def rename(self, names: Mapping[int | str, str], *, level: str = "topic") -> Self:
        """Give topics other names, keep that in the file of edits, and return the edited study.

        A node is given by its number at the level, its name, or the first phrase of its name. No such node, and a file
        that cannot be written, are an `AtlasError`.
        """
        edits = [
            Edit("rename", addressed(self.topics, [node], level), name=name) for node, name in names.items()
        ]
        return self._with_edits(edits)

    def merge(self, nodes: Nodes, name: str = "", *, level: str = "topic") -> Self:
        """Make one of several topics; otherwise as `rename`."""
        found = tuple(dict.fromkeys(addressed(self.topics, nodes, level)))
        return self._with_edits([Edit("merge", found, name=name)])

    def split(
        self, node: int | str, off: Nodes = (), *, papers: Papers = (), name: str = "", level: str = "topic"
    ) -> Self:
        """Make a topic of some subtopics of a topic (`off`), or of these papers and no others; otherwise as `rename`.

        Papers that a later run finds in the subtopics split off follow them.
        """
        first = addressed(self.topics, [node], level)
        below = {"theme": "topic", "topic": "subtopic"}.get(first[0].level, "")
        parts = addressed(self.topics, off, below)
        return self._with_edits([Edit("split", (*first, *parts), self._ids(papers), name=name)])

    def move(self, papers: Papers, to: int | str, *, level: str = "topic") -> Self:
        """Put papers (a table, ids or titles) into another topic or subtopic; otherwise as `rename`."""
        return self._with_edits([Edit("move", addressed(self.topics, [to], level), self._ids(papers))])

    def exclude(self, papers: Papers = (), *, terms: Iterable[str] = ()) -> Self:
        """Leave papers out of everything, and let terms name no topic; otherwise as `rename`."""
        return self._with_edits([Edit("exclude", (), self._ids(papers), tuple(terms))])

    def respell(self, spellings: Mapping[str, Iterable[str]]) -> Self:
        """Read several spellings as one: ``{"graph neural network": ["GNN", "graph net"]}``; otherwise as `rename`."""
        return self._with_edits(
            [Edit("spelling", terms=tuple(terms), name=name) for name, terms in spellings.items()]
        )

    def _ids(self, papers: Papers) -> tuple[str, ...]:
        given = papers["paper_id"].tolist() if isinstance(papers, pd.DataFrame) else list(papers)
        rows = rows_named(self.corpus, given)
        for paper in given if len(rows) < len(given) else ():
            if not rows_named(self.corpus, [paper]):
                raise AtlasError(f"no paper has the id or title {paper!r}; study.papers lists them")
        return tuple(self.corpus["paper_id"].iloc[rows])

    def _with_edits(self, edits: Sequence[Edit]) -> Self:
        if self.edits_file is None:
            raise AtlasError(f"edits need a file to be kept in; name one: Study(…, edits={EDITS!r})")
        found = check_edits(self.topics, self.worded, self.vectors, edits)
        if len(misfits := found[found["status"] == GONE]):
            raise AtlasError(f"nothing was edited: {misfits['note'].iloc[0]}")
        append_edits(self.edits_file, edits)
        again = copy.copy(self)
        deep = any(edit.kind == "spelling" or (edit.kind == "exclude" and edit.papers) for edit in edits)
        kept = _OF_THE_SOURCES if deep else _BEFORE_THE_TREE
        for name in [*vars(again)]:
            if name not in kept and isinstance(getattr(type(self), name, None), cached_property):
                del vars(again)[name]
        _ = again.asked_edits
        return again

    @cached_property
    def screening(self) -> pd.DataFrame:
        """From records read to papers analysed: ``step``, ``n``."""
        return screening_flow(cast("Study", self))

    def methods_text(self, references: str = "text") -> str:
        """One paragraph for the paper you write: what was done with these papers, with numbers.

        Parameters
        ----------
        references : {"text", "bibtex", "none"}
            How what the paragraph cites is listed below it.
        """
        return methods_text(cast("Study", self), references)

    @cached_property
    def doubts(self) -> list[str]:
        """What is to be doubted about the pile as a whole, in plain sentences; every page shows them."""
        corpus, edits, n = self.corpus, self.edits, len(self.corpus)
        undated, bare = int(corpus["published"].isna().sum()), int((corpus["abstract"] == "").sum())
        misfits, no_topics = int((edits["status"] != "applied").sum()), "There are no topics"
        said = [
            (n < _FEW, f"there are only {n} papers: topics of so few are a sketch"),
            (bare, f"{out_of(bare, n, 'paper')} {verb(bare, 'have')} no abstract and {verb(bare, 'are')} placed by title "
                   "alone, with half the confidence"),
            (undated > _UNDATED * n, f"{out_of(undated, n, 'paper')} {verb(undated, 'have')} no date and count in no trend"
             if undated < n else "no paper has a date, so nothing is said of what moves"),
            (self.topics.verdict.startswith(no_topics), self.topics.verdict),
            (len(edits), f"a hand has changed this analysis ({count(len(edits), 'edit')}): tests of edited topics are tests "
                         "of groups that somebody chose with the papers in view"),
            (misfits, f"{count(misfits, 'edit')} no longer {'fits or is' if misfits == 1 else 'fit or are'} doubtful; the "
                      "table of edits says why"),
        ]  # fmt: skip
        return [
            sentence(text)
            for text in [*corpus.attrs["language_doubts"], *(text for bites, text in said if bites)]
        ]
