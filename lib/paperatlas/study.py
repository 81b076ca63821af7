"""One object for one pile of papers: every step computed when first asked for, and kept on disk."""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from paperatlas import compare, edit_file, findings, questions
from paperatlas.cache import Cache, cache_folder, code_version, fingerprint
from paperatlas.corpus import Similar, build_corpus, near_duplicates
from paperatlas.dates import ARXIV_ANSWERS, ARXIV_API, choose_sources, find_dates, with_dates
from paperatlas.errors import AtlasError
from paperatlas.folders import Input, check_unchanged, look_at
from paperatlas.ledger import Ledger, build_ledger
from paperatlas.prose import Sources, marked_names, sources_of
from paperatlas.readers import NO_ABSTRACT, find_sources, problem_table, read_papers
from paperatlas.readers.reading import PathLike
from paperatlas.shipped import locate
from paperatlas.text import Terms, read_terms
from paperatlas.text.encoders import LSA, Encoder, Space, embed_texts, encoder_key, encoder_name, fit_space
from paperatlas.text.layout import Projection, project
from paperatlas.topics import LEVELS, Topics, fit_topics
from paperatlas.topics.assign import TopicModel
from paperatlas.topics.edited import apply_edits
from paperatlas.topics.edits import Edit, respelled, without_excluded, without_terms
from paperatlas.topics.inputs import MIN_PAPERS, texts_of
from paperatlas.trends import term_memberships, topic_trends, trend_tests

if TYPE_CHECKING:
    from paperatlas.dates import DateSource

_TEXTS = ["paper_id", "title", "abstract"]

Progress = Callable[[str, float], None]
T = TypeVar("T")


class Study:
    """All results for one pile of papers, as attributes.

    Parameters
    ----------
    dumps : path or iterable of paths
        Sources, as for `paperatlas.read_papers`. A relative path that does not exist from the working folder is looked
        up in the project's folder, so that the shipped dumps are found from anywhere.
    n_topics : int, optional
        Overrules the number of topics that the data choose.
    sources : sequence of date sources or paths, optional
        As for `paperatlas.add_dates`, asked after the records themselves; the shipped reference table by default.
        What was found in files is kept until they change.
    edits : path or None
        File of `edits` to the topics; by default ``atlas.toml`` in the working folder, if it is there. None for none.
    encoder : str, path or object
        What places the papers, as for `paperatlas.embed_texts`.
    abstracts_only : bool
        Leave out records without an abstract, which are otherwise placed by their titles.
    period : {"year", "quarter", "month"}
    seed : int
    cache : bool or Path
        Where finished steps are kept; True for the default place, False for nowhere.
    progress : callable (step, seconds), optional
        Called after each step.

    Raises
    ------
    DumpError
        When the dumps cannot be read.
    AtlasError
        When they hold fewer than 10 papers.
    """

    def __init__(
        self,
        dumps: PathLike | Iterable[PathLike] = "data/dumps",
        *,
        n_topics: int | None = None,
        sources: Sequence[DateSource | str | Path] | None = None,
        edits: PathLike | None = edit_file.EDITS,
        encoder: str | Path | Encoder = LSA,
        abstracts_only: bool = False,
        period: str = "year",
        seed: int = 0,
        cache: bool | Path = True,
        progress: Progress | None = None,
    ) -> None:
        given = [dumps] if isinstance(dumps, str | os.PathLike) else dumps
        self.dumps = [locate(Path(path)) for path in given]
        self.n_topics = n_topics
        self.sources = sources
        self.edits_file = edit_file.edits_file(edits)
        self.encoder = encoder
        self.abstracts_only = abstracts_only
        self.period = period
        self.seed = seed
        self.seconds: dict[str, float] = {}
        self.cache = Cache(cache if isinstance(cache, Path) else cache_folder() if cache else None)
        self._progress = progress

    # What may be asked of it, and what a hand may change: functions of a study, in their own modules.
    select = questions.select
    counts = questions.counts
    most_cited = questions.most_cited
    similar = questions.similar
    place = questions.place
    rename = edit_file.rename
    merge = edit_file.merge
    split = edit_file.split
    move = edit_file.move
    exclude = edit_file.exclude
    respell = edit_file.respell
    methods_text = questions.methods_text
    screening = cached_property(questions.screening_flow)
    doubts = cached_property(findings.doubts)

    def _step(
        self,
        step: str,
        compute: Callable[..., T],
        *given: Any,
        kind: type[T] | None = None,
        state: object = None,
        **options: Any,
    ) -> T:
        """What a step gives, with its time taken; results of a `kind` are kept.

        They are kept for what the step is given, and for the `state` of what that stands for.
        """
        start = time.perf_counter()
        key = fingerprint(step, code_version(), state, *given, *options.items()) if kind else ""
        kept = self.cache.load(step, key, kind) if kind else None
        result: T = compute(*given, **options) if kept is None else kept
        if kind and kept is None:
            self.cache.save(step, key, result)
        seconds = time.perf_counter() - start
        self.seconds[step] = round(seconds, 3)
        if self._progress:
            self._progress(step, seconds)
        return result

    @cached_property
    def inputs(self) -> list[Input]:
        """The files of papers as they were when first looked at."""
        return look_at(find_sources(self.dumps))

    @cached_property
    def date_inputs(self) -> list[Input]:
        """The user's own files of dates as they were when first looked at."""
        names = [source for source in self.sources or () if isinstance(source, str | Path)]
        return look_at(path for path in map(Path, names) if path.is_file())

    @cached_property
    def edit_inputs(self) -> list[Input]:
        """The file of edits as it was when first looked at; none if it is not there."""
        file = self.edits_file
        return look_at([file] if file and file.is_file() else [])

    @property
    def files(self) -> list[Path]:
        """Every file that is read: papers, the user's own dates, and edits."""
        return [known.path for known in (*self.inputs, *self.date_inputs, *self.edit_inputs)]

    @cached_property
    def records(self) -> pd.DataFrame:
        """One row per entry, as from `paperatlas.read_papers`."""
        inputs = self.inputs
        records = self._step("records", read_papers, self.dumps)
        check_unchanged(inputs)
        if not self.abstracts_only:
            return records
        problems = [
            p._replace(remedy="it was left out", kept=False) if p.reason.startswith(NO_ABSTRACT) else p
            for p in records.attrs["problems"]
        ]
        records = records[records["abstract"] != ""].reset_index(drop=True)
        records.attrs["problems"] = problems
        return records

    @cached_property
    def called(self) -> Sources:
        """What its sources are called in sentences."""
        return sources_of(self.records.attrs["kinds"])

    @cached_property
    def asked_edits(self) -> list[Edit]:
        """The edits that the file of edits asks for; see `paperatlas.topics.edits.Edit`."""
        found = [edit for known in self.edit_inputs for edit in edit_file.read_edits(known.path)]
        check_unchanged(self.edit_inputs)
        return found

    @cached_property
    def corpus(self) -> pd.DataFrame:
        """One row per paper, with dates, as from `paperatlas.build_corpus` and `paperatlas.add_dates`."""
        records, edits = self.records, self.asked_edits
        corpus = without_excluded(self._step("corpus", build_corpus, records), edits)
        if len(corpus) < MIN_PAPERS:
            raise AtlasError(
                f"an analysis needs at least {MIN_PAPERS} papers, found {len(corpus)} in "
                f"{', '.join(map(str, self.dumps))}; add more sources"
            )
        return with_dates(corpus, self._dates(corpus))

    def _dates(self, corpus: pd.DataFrame) -> dict[str, list[Any]]:
        sources, inputs = choose_sources(self.sources), self.date_inputs

        def find() -> dict[str, list[Any]]:
            found = find_dates(corpus, sources)
            check_unchanged(inputs)  # before anything is kept
            return found

        states = [source.state() for source in sources]
        kind = None if None in states else dict
        # A date of the future is none until the day.
        state = [str(date.today()), [source.name for source in sources], states, corpus.to_numpy().tolist()]
        return self._step("dates", find, state=state, kind=kind)

    @cached_property
    def problems(self) -> pd.DataFrame:
        """What in the sources, and in the sources of dates, could not be used, or only in part.

        ``source``, ``place``, ``record``, ``reason``, ``remedy``.
        """
        return problem_table([*self.records.attrs["problems"], *self.corpus.attrs["date_problems"]])

    @cached_property
    def near_duplicates(self) -> list[Similar]:
        """Pairs of papers that are much alike and were not merged."""
        texts = self.corpus[["paper_id", "abstract"]]
        found = self._step("near_duplicates", near_duplicates, texts, kind=list)
        return list(map(tuple, found))  # lists where they come from the cache

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the papers' ids and texts."""
        return fingerprint(*self.corpus[_TEXTS].to_numpy().ravel().tolist())

    @cached_property
    def worded(self) -> pd.DataFrame:
        """The corpus in the spellings that edits ask for: what is embedded, clustered and named."""
        return respelled(self.corpus, self.asked_edits)

    @cached_property
    def texts(self) -> list[str]:
        """Title and abstract of every paper, as one text each, in the spellings that edits ask for."""
        return texts_of(self.worded)

    @cached_property
    def vectors(self) -> np.ndarray:
        """Embeddings, (n, d) float32, rows of unit length."""
        key, embed = encoder_key(self.encoder), partial(embed_texts, encoder=self.encoder)
        kind = None if key is None else np.ndarray  # nothing says whether an object is still the same
        return self._step("vectors", embed, self.texts, state=key, kind=kind)

    @cached_property
    def fitted(self) -> Topics:
        """The topics as the machine found them, before any edit."""
        options = {"n_topics": self.n_topics, "seed": self.seed}
        return self._step("topics", fit_topics, self.worded[_TEXTS], self.vectors, kind=Topics, **options)

    @cached_property
    def _edited(self) -> tuple[Topics, pd.DataFrame]:
        return self._step("edits", apply_edits, self.fitted, self.worded, self.asked_edits)

    @cached_property
    def topics(self) -> Topics:
        """Themes, topics and subtopics, as edited, and how far they can be trusted.

        Beside what `paperatlas.fit_topics` gives, its table has ``edited`` (what a hand did to the node, "" for
        nothing) and its papers have ``placed_by`` (``abstract``, ``title`` or ``hand``). The confidence of a paper
        without an abstract, placed by its title alone, is halved.
        """
        return self._edited[0]

    @cached_property
    def edits(self) -> pd.DataFrame:
        """What became of every edit, as from `paperatlas.topics.edited.apply_edits`."""
        return self._edited[1]

    @cached_property
    def map(self) -> Projection:
        """Coordinates of the papers in the picture, and the share of neighbours each kept."""
        options = {"paper_ids": self.corpus["paper_id"].tolist(), "seed": self.seed}
        return self._step("map", project, self.vectors, **options, kind=Projection)

    @cached_property
    def papers(self) -> pd.DataFrame:
        """Corpus, topics and map side by side, one row per paper."""
        of_topic = self.topics.papers.set_index("paper_id")
        papers = self.corpus.join(of_topic, on="paper_id")
        papers["x"], papers["y"] = self.map.coords.T
        papers["kept_neighbours"] = self.map.kept
        return self._with_names(papers, *LEVELS)

    def names(self, kind: str) -> dict[Any, str]:
        """Name of every theme, topic or subtopic by its number, or label of every dump."""
        if kind == "dump":
            return dict(zip(self.dump_table["dump"], self.dump_table["label"], strict=True))
        nodes = self.topics.at(kind)
        return marked_names(nodes.assign(topic=nodes[kind])).to_dict()

    def _with_names(self, table: pd.DataFrame, *kinds: str) -> pd.DataFrame:
        """The table with what its numbers are called, for `paperatlas.Table` and the figures."""
        table.attrs["names"] = {kind: self.names(kind) for kind in kinds}
        return table

    @cached_property
    def trends(self) -> pd.DataFrame:
        """Share of each topic in each period, with intervals."""
        trends = self._step("trends", topic_trends, self.corpus, self.topics, period=self.period)
        return self._with_names(trends, "topic")

    @cached_property
    def trend_tests(self) -> pd.DataFrame:
        """One trend test per topic; ``edited`` says what a hand did to it."""
        test = partial(trend_tests, period=self.period, terms=self.terms)
        tests = self._step("trend_tests", test, self.corpus, self.topics)
        edited = self.topics.at("topic").set_index("topic")["edited"]
        return self._with_names(tests.assign(edited=tests["topic"].map(edited)), "topic")

    @cached_property
    def terms(self) -> pd.DataFrame:
        """Which paper uses which term, as from `paperatlas.trends.term_memberships`."""
        terms = self._step("terms", term_memberships, self.worded[_TEXTS], kind=pd.DataFrame)
        return without_terms(terms, self.asked_edits)

    @cached_property
    def ledger(self) -> Ledger:
        """Systems, links and claims that the papers state."""
        return self._step("ledger", build_ledger, self.corpus[[*_TEXTS, "published"]], kind=Ledger)

    @cached_property
    def dump_table(self) -> pd.DataFrame:
        """One row per dump: label, sizes, distinguishing terms."""
        return self._step("dumps", compare.describe_dumps, self.records, self.corpus, kind=pd.DataFrame)

    @cached_property
    def topics_by_dump(self) -> pd.DataFrame:
        """Topic × dump, with a test per cell."""
        return self._step("topics_by_dump", compare.topics_by_dump, self.corpus, self.topics.papers)

    @cached_property
    def overlap_tests(self) -> pd.DataFrame:
        """Every pair of dumps against random draws from one pool; empty for a single dump."""
        return self._with_names(self._step("overlap_tests", compare.overlap_tests, self.corpus), "dump")

    @cached_property
    def reading_lists(self) -> pd.DataFrame:
        """Papers to read first, in several variants, each with what it adds."""
        papers = self.corpus.merge(self.topics.papers, on="paper_id")
        links = self.ledger.links
        code = sorted(set(links.loc[links["kind"] == "code", "paper_id"]))
        return self._step("reading_lists", compare.reading_lists, papers, code, kind=pd.DataFrame)

    @cached_property
    def space(self) -> Space:
        """What places any text among the papers."""
        return fit_space(self.texts, encoder=self.encoder)

    @cached_property
    def query_terms(self) -> Terms:
        """Every term of the papers, those of a single paper too: what a query is read with."""
        return read_terms(self.worded["title"].tolist(), self.worded["abstract"].tolist(), min_papers=1)

    @cached_property
    def topic_model(self) -> TopicModel:
        """The tree to which `place` assigns papers."""
        return TopicModel.of(self.worded, self.topics, seed=self.seed, embedder=self.space)

    def options(self, names: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Arguments that differ from the default, as the notebooks of a report repeat them, with other names of files.

        They take what arXiv has answered to this study, and ask nothing again. What a notebook cannot name, an object
        for a source of dates or an encoder, is an `AtlasError`.
        """
        names = {**(names or {}), ARXIV_API: ARXIV_ANSWERS}
        if odd := [source for source in self.sources or () if not isinstance(source, str | Path)]:
            raise AtlasError(
                f"a report names its sources of dates by path; found {type(odd[0]).__name__}, pass the path of its file"
            )
        said = {name: getattr(self, name) for name in ("n_topics", "seed", "abstracts_only", "period")}
        said["encoder"] = encoder_name(self.encoder, whole_path=True)
        if self.sources is not None:
            files = [str(Path(str(source))) for source in self.sources]
            said["sources"] = [names.get(file, file) for file in files]
        if self.edit_inputs:
            said["edits"] = names.get(str(self.edits_file), str(self.edits_file))
        usual = inspect.signature(Study).parameters.values()
        return {p.name: said[p.name] for p in usual if p.name in said and said[p.name] != p.default}

    def compute_all(self) -> None:
        """Compute every step, in the order of the data flow."""
        for step in STEPS:
            getattr(self, step)


STEPS = (
    "records", "corpus", "near_duplicates", "vectors", "topics", "map", "trends", "trend_tests", "ledger", "dump_table",
    "topics_by_dump", "overlap_tests", "reading_lists",
)  # fmt: skip
