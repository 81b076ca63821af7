"""The whole procedure on a set of papers and on resamples of it: the papers as they are, or with words shuffled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.topics.coherence import Coherence, single_words
from paperatlas.topics.consensus import Consensus
from paperatlas.topics.naming import Describer
from paperatlas.topics.scan import rand_summary
from paperatlas.topics.space import Labels, Points, Source, topic_space
from paperatlas.topics.stability import Recipe, Refit, cut_tree, least_size, refit
from paperatlas.topics.tables import by_size, silhouette
from paperatlas.topics.terms import count_phrases, texts_of

_NULL_REFITS = 8
_DIGITS = 6


@dataclass(frozen=True)
class Fitted:
    """A tree over some papers, the same on resamples, and what describes them."""

    space: Points
    tree: Consensus
    cuts: dict[int, Labels]
    refits: list[Refit]
    describer: Describer
    coherence: Coherence


def fit_resampled(
    papers: pd.DataFrame,
    source: Source,
    ks: list[int],
    n_resamples: int,
    seed: int,
    asked: int | None = None,
) -> Fitted:
    """Fit the papers and resamples of them, cut into each of the numbers of topics `ks`.

    Numbers that the tree does not hold are left out, unless it holds none. For the number that was `asked` for,
    topics may be smaller than otherwise.

    Raises
    ------
    AtlasError
        If the tree does not hold `asked` groups even so.
    """
    recipe = Recipe()
    everyone = np.arange(len(papers))
    space = topic_space(source, everyone, n_axes=recipe.n_axes)
    tree = recipe.fit(source, everyone, seed=seed)
    cuts = {k: by_size(labels) for k, labels in cut_tree(tree, len(papers), ks, asked).items()}
    # A tree that holds fewer topics than a number asks for has nothing to say about that number.
    held = {k: labels for k, labels in cuts.items() if int(labels.max()) + 1 == k} or {ks[-1]: cuts[ks[-1]]}
    if asked is not None and asked not in held:
        raise AtlasError(
            f"{asked} topics were asked for, but these papers fall into no more than {int(cuts[asked].max()) + 1} groups "
            f"of at least {least_size(len(papers), asked)} papers; ask for fewer"
        )
    refits = refit(source, len(papers), list(held), recipe, n_resamples=n_resamples, seed=seed, asked=asked)
    describer, coherence = describer_of(papers)
    return Fitted(space, tree, held, refits, describer, coherence)


def describer_of(papers: pd.DataFrame) -> tuple[Describer, Coherence]:
    """Terms of the papers, and how near each other their words stand."""
    n = len(papers)
    least = max(2, min(3, n // 100), n // 500)
    phrases = count_phrases(papers["title"].tolist(), papers["abstract"].tolist(), min_papers=least)
    coherence = Coherence(texts_of(papers))
    return Describer(phrases, coherence), coherence


def score_null(fake: pd.DataFrame, source: Source, k: int, seed: int) -> dict[str, float]:
    """Coherence, silhouette and stability of `k` topics on papers whose words were shuffled."""
    fitted = fit_resampled(fake, source, [k], _NULL_REFITS, seed)
    (asked, labels), *_ = fitted.cuts.items()
    describer = fitted.describer
    words = [
        single_words(describer.phrases.shown[j] for j in columns)
        for columns in describer.words(describer.scores(labels))
    ]
    return {
        "npmi": round(fitted.coherence.of_topics(words), _DIGITS),
        "silhouette": round(silhouette(fitted.space, labels), _DIGITS),
        "stability": rand_summary(labels, fitted.refits, asked)["stability"],
    }
