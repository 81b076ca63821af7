"""Known facts about the history of machine learning, and what the trend tests say of each.

Usage: python benchmarks/history.py PAPERS.parquet

PAPERS.parquet has the columns title, abstract, venue and year. Dates are years, so the last year cannot be
shown to be finished and is left out of the tests. A term stands for its research: a paper counts if its
title or abstract matches the pattern. All facts of one window are tested together, with the false discovery
rate controlled over all of them and a control that is drawn by lot. Venues come and go in such a
collection; a fact that a change of venues could feign is tested within one venue.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import time
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from paperatlas.trends import find_bursts, topic_trends, trend_tests

NEURIPS = "nips"
CONTROL = "drawn by lot"


class Fact(NamedTuple):
    """A term that is known to have moved in a window of years."""

    term: str
    known: str
    first: int
    last: int
    expected: str
    venue: str = ""


PATTERNS = {
    "support vector machine": r"support[ -]vector",
    "deep learning": r"deep learning",
    "transformer": r"transformers?\b",
    "diffusion model": r"diffusion (?:probabilistic )?models?",
    "backpropagation": r"back-?propagation",
    "generative adversarial network": r"generative adversarial|\bgans?\b",
    "recurrent network": r"\blstms?\b|recurrent",
    "convolutional network": r"convolutional",
    "large language model": r"large language models?|\bllms?\b",
    "hidden Markov model": r"hidden markov",
    "graph neural network": r"graph neural net|graph convolutional net",
    "federated learning": r"federated learning",
    "topic model": r"topic model|latent dirichlet",
    "neural radiance field": r"neural radiance|\bnerfs?\b",
    "hand-made image feature": r"\bsift\b|histograms? of oriented|\bhog\b",
    "Gaussian process": r"gaussian process",
    "boosting": r"\badaboost\b|\bboosting\b",
    "kernel method": r"kernel (?:methods?|machines?|trick|learning)\b",
    "conditional random field": r"conditional random field|\bcrfs?\b",
    "word embedding": r"word (?:embedding|vector)|word2vec",
    "bag of words": r"bags?[ -]of[ -](?:visual[ -])?(?:words|features)",
    "self-supervised": r"self-supervis",
    "contrastive learning": r"contrastive (?:learning|loss)",
    "in-context learning": r"in-context learning",
    "knowledge distillation": r"knowledge distillation",
    "Boltzmann machine": r"boltzmann machine",
    "Bayesian network": r"bayesian net|belief net",
    "capsule network": r"capsule net",
    "adversarial example": r"adversarial (?:examples?|attacks?|perturbations?)",
    "vision-language model": r"vision[ -](?:and[ -])?language model|\bvlms?\b",
    "independent component analysis": r"independent components? analysis|\bica\b",
    "reinforcement learning": r"reinforcement learning",
    "active learning": r"active learning",
    "missing data": r"missing (?:data|values?)",
    "genetic algorithm": r"genetic algorithm|genetic programming",
    "fuzzy logic": r"\bfuzzy\b",
}
FACTS = [
    Fact("support vector machine", "rises after Cortes and Vapnik (1995)", 1994, 2000, "rising", NEURIPS),
    Fact("support vector machine", "fades once learned features win", 2003, 2018, "fading", NEURIPS),
    Fact("support vector machine", "fades everywhere", 2008, 2025, "fading"),
    Fact("deep learning", "takes off after AlexNet (2012)", 2012, 2018, "rising"),
    Fact("deep learning", "takes off within one venue too", 2012, 2018, "rising", NEURIPS),
    Fact("transformer", "hardly known before Vaswani et al. (2017)", 2009, 2016, "not rising"),
    Fact("transformer", "takes off after it", 2017, 2025, "rising"),
    Fact("diffusion model", "unknown as a generator before Ho et al. (2020)", 2012, 2020, "not rising"),
    Fact("diffusion model", "takes off after it", 2020, 2025, "rising"),
    Fact("backpropagation", "fades after its first wave (1986)", 1989, 2003, "fading", NEURIPS),
    Fact("generative adversarial network", "rises after Goodfellow et al. (2014)", 2014, 2018, "rising"),
    Fact("generative adversarial network", "fades as diffusion takes over", 2018, 2025, "fading"),
    Fact("recurrent network", "fades in the winter of neural networks", 1993, 2006, "fading", NEURIPS),
    Fact("recurrent network", "returns with speech and translation", 2011, 2017, "rising"),
    Fact("recurrent network", "fades as transformers take over", 2017, 2025, "fading"),
    Fact("convolutional network", "rises after AlexNet (2012)", 2011, 2017, "rising"),
    Fact("convolutional network", "fades as transformers take over", 2017, 2025, "fading"),
    Fact("large language model", "takes off after GPT-3 (2020)", 2020, 2025, "rising"),
    Fact("hidden Markov model", "fades as networks take over speech", 1996, 2018, "fading", NEURIPS),
    Fact("graph neural network", "rises after Kipf and Welling (2016)", 2016, 2025, "rising"),
    Fact("federated learning", "rises after McMahan et al. (2017)", 2016, 2025, "rising"),
    Fact("topic model", "rises after Blei et al. (2003)", 2002, 2013, "rising"),
    Fact("topic model", "fades afterwards", 2013, 2025, "fading"),
    Fact("neural radiance field", "rises after Mildenhall et al. (2020)", 2019, 2025, "rising"),
    Fact("hand-made image feature", "fades once features are learned", 2011, 2023, "fading"),
    # Written down before any of their curves was looked at, the quiet ones among them.
    Fact("Gaussian process", "rises after Williams and Rasmussen (1995)", 1995, 2010, "rising", NEURIPS),
    Fact("boosting", "rises after Freund and Schapire (1995)", 1995, 2004, "rising", NEURIPS),
    Fact("kernel method", "fades once features are learned", 2008, 2022, "fading"),
    Fact("conditional random field", "rises after Lafferty et al. (2001)", 2001, 2010, "rising"),
    Fact("conditional random field", "fades once networks label sequences", 2012, 2023, "fading"),
    Fact("word embedding", "rises after word2vec (2013)", 2012, 2018, "rising"),
    Fact("word embedding", "fades after BERT (2018)", 2018, 2025, "fading"),
    Fact("bag of words", "fades once features are learned", 2011, 2022, "fading"),
    Fact("self-supervised", "rises with pretext tasks and SimCLR", 2016, 2022, "rising"),
    Fact("contrastive learning", "rises with CPC (2018) and SimCLR (2020)", 2017, 2023, "rising"),
    Fact("in-context learning", "rises after GPT-3 (2020)", 2020, 2025, "rising"),
    Fact("knowledge distillation", "rises after Hinton et al. (2015)", 2015, 2022, "rising"),
    Fact("Boltzmann machine", "fades once pre-training is given up", 2012, 2022, "fading"),
    Fact("Bayesian network", "fades", 2004, 2020, "fading"),
    Fact("capsule network", "fades after its one season (2017)", 2019, 2025, "fading"),
    Fact("adversarial example", "rises after Szegedy et al. (2013)", 2013, 2020, "rising"),
    Fact("vision-language model", "takes off after CLIP (2021)", 2020, 2025, "rising"),
    Fact(
        "independent component analysis",
        "rises after Bell and Sejnowski (1995)",
        1994,
        2001,
        "rising",
        NEURIPS,
    ),
    Fact("independent component analysis", "fades afterwards", 2001, 2018, "fading", NEURIPS),
    Fact("reinforcement learning", "rises after DQN (2013)", 2012, 2020, "rising"),
    Fact("active learning", "keeps its small place", 2008, 2022, "steady"),
    Fact("missing data", "keeps its small place", 2000, 2022, "steady"),
    Fact("genetic algorithm", "never took hold at these venues", 1996, 2022, "not rising"),
    Fact("fuzzy logic", "never took hold at these venues", 1996, 2022, "not rising"),
    Fact(CONTROL, "does not move", 2005, 2025, "steady"),
    Fact(CONTROL, "does not move", 1994, 2018, "steady", NEURIPS),
]


def uses(papers: pd.DataFrame) -> pd.DataFrame:
    """Which paper uses which term; one paper in 50 is drawn by lot into the control."""
    texts = (papers["title"].fillna("") + "\n" + papers["abstract"].fillna("")).str.casefold()
    found = [
        pd.DataFrame({"paper_id": papers["paper_id"][texts.str.contains(pattern)], "term": term})
        for term, pattern in PATTERNS.items()
    ]
    lot = [int(hashlib.sha256(text.encode()).hexdigest(), 16) % 50 == 0 for text in texts]
    found.append(pd.DataFrame({"paper_id": papers["paper_id"][lot], "term": CONTROL}))
    return pd.concat(found, ignore_index=True)


def judge(papers: pd.DataFrame, terms: pd.DataFrame, fact: Fact) -> dict[str, object]:
    """Our verdict on one fact."""
    years = papers["published"].astype(int)
    chosen = papers[years.between(fact.first, fact.last)]
    if fact.venue:
        chosen = chosen[chosen["venue"] == fact.venue]
    tests = trend_tests(chosen, terms, level="term").set_index("term")
    if fact.term not in tests.index:
        return {"verdict": "cannot tell", "n": 0, "odds": "", "p": "", "second": ""}
    row = tests.loc[fact.term]
    tested = pd.notna(row["p"])
    return {
        "verdict": row["verdict"],
        "n": row["n"],
        "odds": f"{row['odds_ratio']:.2f} ({row['odds_low']:.2f}–{row['odds_high']:.2f})" if tested else "",
        "p": f"{row['p_adjusted']:.1e}" if tested else "",
        "second": row["agreement"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parquet", type=Path)
    options = parser.parse_args()
    start = time.perf_counter()
    papers = pd.read_parquet(options.parquet, columns=["title", "abstract", "venue", "year"])
    papers["paper_id"] = [f"{row:06d}" for row in range(len(papers))]
    papers["published"] = papers["year"].astype("str")
    terms = uses(papers)
    print(
        f"{len(papers):,} papers, {papers['year'].min()} to {papers['year'].max()}, "
        f"{papers['venue'].nunique()} venues; {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}\n"
    )
    print(
        "| term | known fact | window | venues | verdict | as known | n | odds a year | p (BH) | 2nd test |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    agreed = 0
    for fact in FACTS:
        found = judge(papers, terms, fact)
        same = found["verdict"] == fact.expected or (
            fact.expected == "not rising" and found["verdict"] != "rising"
        )
        agreed += same
        print(
            f"| {fact.term} | {fact.known} | {fact.first}–{fact.last} | {fact.venue or 'all'} "
            f"| {found['verdict']} | {'yes' if same else 'NO'} | {found['n']} | {found['odds']} | {found['p']} "
            f"| {found['second']} |"
        )
    print(f"\n{agreed} of {len(FACTS)} verdicts as known\n")

    bursts = find_bursts(topic_trends(papers, terms, level="term"))
    print("| term | strongest burst | papers | share in it | share outside | p (BH) |")
    print("|---|---|---|---|---|---|")
    for row in bursts.itertuples():
        print(
            f"| {row.term} | {row.start}–{row.end} | {row.n} | {row.share:.1%} | {row.share_outside:.1%} "
            f"| {row.p_adjusted:.1e} |"
        )
    print(f"\n{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
