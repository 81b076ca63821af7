"""Topics of a corpus: from papers to named topics with their stability."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paperatlas.errors import AtlasError
from paperatlas.topics.coherence import single_words
from paperatlas.topics.consensus import affinity
from paperatlas.topics.inputs import checked, source_of, vectors_of
from paperatlas.topics.join import join_core, settled_centres
from paperatlas.topics.neighbourhood import LANDMARKS, Neighbourhood, NeighbourSource
from paperatlas.topics.null import margins, shuffled_texts, verdict
from paperatlas.topics.resampled import describer_of, fit_resampled, score_null
from paperatlas.topics.result import Topics
from paperatlas.topics.scan import choose, finest_number, numbers_to_try, rand_summary, scan_numbers
from paperatlas.topics.space import Labels, Points, Source, on_grid
from paperatlas.topics.stability import landings, trust
from paperatlas.topics.tables import (
    by_size,
    cosine_to_centre,
    group_topics,
    silhouette,
    theme_table,
    topic_table,
)
from paperatlas.topics.terms import texts_of

CORE = 1_500  # papers that are clustered pairwise; the others of a larger corpus join them
_DIGITS = 6
_ONE_GROUP = "No number of topics was found again: the papers form a single group that nothing splits."


def fit_topics(
    corpus: pd.DataFrame,
    vectors: NDArray[Any] | None = None,
    *,
    n_topics: int | None = None,
    method: str = "consensus",
    embedding: Any = "lsa",
    n_resamples: int = 50,
    null_control: bool = True,
    seed: int = 0,
) -> Topics:
    """Find topics that survive resampling, name them, and say how far each can be trusted.

    The papers' words are placed in a space of few axes; many spherical k-means runs on resamples are
    brought together by evidence accumulation; the tree this gives is cut where the topics are still found
    again when the whole procedure is repeated on 80 % of the papers. Every paper gets a topic. The result
    does not depend on the order of the papers, nor on the machine.

    Parameters
    ----------
    corpus : DataFrame, one row per paper
        ``paper_id`` (unique), ``title``, ``abstract``.
    vectors : (n, d) array, optional
        Embeddings, aligned with the rows of `corpus`. With the default `embedding` they accompany the result
        (`Topics.vectors`, `Topics.model`), because a space made for topics does better; a corpus of more than
        1,500 papers is clustered by them, each paper seen among those most like it. If they are not given,
        `paperatlas.embed_texts` makes them where they are needed.
    n_topics : int, optional
        Overrules the number of topics that the data choose.
    method : {"consensus", "bertopic"}
        ``"bertopic"`` is BERTopic's own recipe, UMAP and HDBSCAN, where papers may stay without a topic
        (-1); neither machine-independent nor with stability.
    embedding : str or object
        ``"lsa"`` clusters a space made from the texts; ``"vectors"`` clusters `vectors`; a name such as
        ``"sentence-transformers/all-MiniLM-L6-v2"`` or an object with ``encode`` or ``transform`` embeds
        the texts (`paperatlas.embed_texts`) and clusters that.
    n_resamples : int
        Refits on 80 % of the papers, for stability, confidence, and the number of topics.
    null_control : bool
        Whether to run the procedure on shuffled words as well.
    seed : int

    Returns
    -------
    Topics

    Raises
    ------
    TooFewPapersError
        For fewer than 10 papers.
    AtlasError
        If the corpus lacks a column, repeats a paper_id, or does not fit the vectors; if a vector is not finite;
        if `n_topics` is not between 1 and a third of the papers; if the method or embedding is unknown or not on
        disk.
    """
    papers, vectors = checked(corpus, vectors, n_topics)
    place = np.argsort(np.argsort(corpus["paper_id"].to_numpy(dtype=str), kind="stable"), kind="stable")
    if method == "bertopic":
        from paperatlas.topics.classic import fit_classic

        return fit_classic(papers, vectors, embedding=embedding, n_topics=n_topics, seed=seed).taken(place)
    if method != "consensus":
        raise AtlasError(f"unknown method {method!r}; use 'consensus' or 'bertopic'")
    drawn = draw_order(len(papers), seed)
    vectors = vectors_of(papers, vectors, embedding, seed, needed=len(papers) > CORE)
    source: Source
    around = None
    if len(papers) > CORE and vectors is not None:
        rows = on_grid(vectors)
        source, around = neighbour_source(rows, drawn), Neighbourhood(rows[drawn[:LANDMARKS]]).rows(rows)
    else:
        source = source_of(papers, vectors, embedding)
    with _one_thread():
        found = _fit(papers, source, vectors, around, drawn, n_topics, n_resamples, null_control, seed)
    return found.taken(place)


def neighbour_source(rows: Points, drawn: NDArray[np.int64]) -> NeighbourSource:
    """The core of a large corpus among its landmarks, the first papers in the order in which they are drawn."""
    return NeighbourSource(rows[np.sort(drawn[:CORE])], rows[np.sort(drawn[CORE:LANDMARKS])])


def draw_order(n: int, seed: int) -> NDArray[np.int64]:
    """Places of n papers in the order in which they are drawn; the first `CORE` of them are the core."""
    return np.random.Generator(np.random.PCG64([seed, 3])).permutation(n)


def _one_thread() -> Any:
    """Keep BLAS to one thread: on thousands of small products more threads only wait for each other."""
    import scipy.linalg  # noqa: F401  (its BLAS must be loaded to be limited)
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1, user_api="blas")


def _fit(
    papers: pd.DataFrame,
    source: Source,
    vectors: NDArray[Any] | None,
    around: Points | None,
    drawn: NDArray[np.int64],
    asked: int | None,
    n_resamples: int,
    null_control: bool,
    seed: int,
) -> Topics:
    n = len(papers)
    core = np.sort(drawn[:CORE])
    ks = numbers_to_try(len(core), finest_number(n), asked)
    fitted = fit_resampled(papers.iloc[core], source, ks, n_resamples, seed, asked)
    scan = scan_numbers(fitted.cuts, fitted.refits, fitted.describer, fitted.coherence)
    choice = choose(scan, n, asked)
    scan["chosen"] = scan["k"] == choice.k
    labels = fitted.cuts[choice.k]
    k = int(labels.max()) + 1

    landed, reached = landings(labels, fitted.refits, choice.k)
    near = affinity(fitted.tree.together, fitted.tree.runs, labels)
    confidence, runner_up = trust(labels, landed, near)
    space, read, describer, coherence = fitted.space, core, fitted.describer, fitted.coherence
    if around is not None:
        read = np.sort(drawn[:LANDMARKS])  # words and names are taken from these
        describer, coherence = describer_of(papers.iloc[read])
        space = around
        middle = settled_centres(space, core, labels)
        labels, confidence, runner_up, landed = join_core(
            space, middle, core, labels, confidence, runner_up, landed
        )
        sized = by_size(labels)
        rank = np.array([sized[np.argmax(labels == topic)] for topic in range(k)], dtype=np.int32)
        labels, runner_up = sized, rank[runner_up].astype(np.int64)
        landed = np.where(landed >= 0, rank[np.maximum(landed, 0)], landed).astype(np.int16)
        near, reached = near[:, np.argsort(rank)], reached[:, np.argsort(rank)]
    closeness = np.round(cosine_to_centre(space, labels), _DIGITS)

    described = labels[read]
    ids = papers["paper_id"].to_numpy(dtype=str)
    table = topic_table(ids, labels, described, describer, reached, confidence, closeness)
    theme_of = group_topics(near, labels[core])
    theme_of = by_size(theme_of[labels].astype(np.int32))[_first_of_each(labels, k)].astype(np.int64)
    themes = theme_table(theme_of, labels, described, describer)
    table.insert(2, "theme", theme_of)

    words = [single_words(row.split(";")) for row in table["words"]]
    flat = [word for row in words for word in row]
    found = {
        "npmi": round(coherence.of_topics(words), _DIGITS),
        "silhouette": round(silhouette(fitted.space, labels[core]), _DIGITS),
        **rand_summary(labels[core], fitted.refits, choice.k),
    }
    null = pd.DataFrame(columns=["measure", "value", "null", "margin", "passed"])
    if null_control and k > 1 and n_resamples:
        null = margins(found, _score_null(papers, drawn, choice.k, seed))
    quality = {
        "n_papers": n,
        "n_topics": k,
        "n_themes": len(themes),
        "without_topic": 0.0,
        **found,
        "diversity": round(len(set(flat)) / len(flat), _DIGITS) if flat else float("nan"),
        "name_auc": round(float(table["name_auc"].mean()), _DIGITS),
        "words_auc": round(float(table["words_auc"].mean()), _DIGITS),
        **{f"null_{row.measure}": row.null for row in null.itertuples(index=False)},
    }
    of_paper = pd.DataFrame(
        {
            "paper_id": papers["paper_id"],
            "topic": labels.astype(np.int64),
            "topic_name": table["name"].to_numpy()[labels],
            "theme": theme_of[labels],
            "theme_name": themes["name"].to_numpy()[theme_of[labels]],
            "confidence": confidence,
            "runner_up": runner_up,
        }
    )
    return Topics(
        papers=of_paper,
        table=table,
        themes=themes,
        quality=pd.DataFrame([quality]),
        scan=scan,
        null=null,
        rule=choice.rule if k > 1 or asked == 1 else _ONE_GROUP,
        verdict=_verdict(null, k),
        texts=texts_of(papers),
        vectors=np.asarray(space if vectors is None else vectors, dtype=np.float32),
        landed=landed,
    )


def _score_null(papers: pd.DataFrame, drawn: NDArray[np.int64], k: int, seed: int) -> dict[str, float]:
    """The same procedure on the same papers with their words shuffled; of a large corpus, on its landmarks."""
    from paperatlas.vectors import embed_texts

    some = papers.iloc[np.sort(drawn[:LANDMARKS])] if len(papers) > CORE else papers
    titles, abstracts = shuffled_texts(some["title"].tolist(), some["abstract"].tolist(), seed=seed)
    fake = some.assign(title=titles, abstract=abstracts)
    if len(papers) <= CORE:
        return score_null(fake, source_of(fake, None, "lsa"), k, seed)
    order = np.argsort(np.argsort(drawn[:LANDMARKS]))
    rows = on_grid(embed_texts(texts_of(fake), seed=seed))
    return score_null(fake.iloc[np.sort(order[:CORE])], neighbour_source(rows, order), k, seed)


def _first_of_each(labels: Labels, k: int) -> NDArray[np.intp]:
    first = np.full(k, len(labels), dtype=np.intp)
    np.minimum.at(first, labels, np.arange(len(labels)))
    return first


def _verdict(null: pd.DataFrame, k: int) -> str:
    if k < 2:
        return "There are no topics to tell apart: the papers form a single group."
    return verdict(null)
