"""Words for the paper you write: what was done with these papers, with numbers and references."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.prose import count, listing
from paperatlas.readers import NO_ABSTRACT, read_papers
from paperatlas.text.encoders import LSA, encoder_name
from paperatlas.topics.levels import CORE

if TYPE_CHECKING:
    from paperatlas.study import Study

_REFERENCES = Path(__file__).with_name("references.bib")
_CITED = re.compile(r"\[(\w+)\]")


def screening_flow(study: Study) -> pd.DataFrame:
    """From records to papers, as flow diagrams of systematic reviews have it: ``step``, ``n``."""
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
    """One paragraph about what was done, then its references; see `paperatlas.Study.methods_text`."""
    if references not in ("text", "bibtex", "none"):
        raise AtlasError(f"references may be 'text', 'bibtex' or 'none', found {references!r}")
    sentences = [*_of_papers(study), *_of_topics(study), *_of_edits(study), *_of_trends(study)]
    said = " ".join(sentence for sentence in sentences if sentence)
    cited = list(dict.fromkeys(_CITED.findall(said)))
    known = read_papers(_REFERENCES).set_index("key").to_dict("index")
    text = _CITED.sub(lambda found: f"({_short(known[found.group(1)])})", said)
    if references == "none":
        return text
    if references == "text":
        return "\n".join([text, "", *sorted(_long(known[key]) for key in cited)]) + "\n"
    entries = _REFERENCES.read_text(encoding="utf-8").split("\n\n")
    kept = [entry.strip() for entry in entries if entry.split("{", 1)[1].split(",")[0] in cited]
    return "\n\n".join([text, *kept]) + "\n"


def _short(paper: dict[Hashable, Any]) -> str:
    families = [name.split(",")[0] for name in paper["authors"].split("; ")]
    who = f"{families[0]} et al." if len(families) > 2 else " and ".join(families)
    return f"{who} {paper['published'][:4]}"


def _long(paper: dict[Hashable, Any]) -> str:
    where = f"arXiv:{paper['arxiv_id']}" if pd.isna(paper["venue"]) else paper["venue"]
    return f"{paper['authors']} ({paper['published'][:4]}). {paper['title']}. {where}."


def _of_papers(study: Study) -> list[str]:
    from paperatlas import __version__

    flow = study.screening.set_index("step")["n"].to_dict()
    read, left_out, merged, excluded, analysed, bare = flow.values()
    kinds = study.records.attrs["kinds"]
    said = [
        f"{_were(analysed, 'paper')} analysed with Paper Atlas {__version__}.",
        f"{_were(read, 'record')} read from {count(len(kinds), 'source')} ({listing(sorted(set(kinds.values())))}).",
    ]
    if left_out:
        said.append(f"{_were(left_out, 'record', ' without an abstract')} left out.")
    if merged:
        said.append(
            f"{_were(merged, 'record')} merged with another of the same paper, recognised by its identifier, title or "
            "abstract."
        )
    if excluded:
        said.append(f"{_were(excluded, 'paper')} excluded by hand.")
    if bare:
        said.append(f"{_were(bare, 'paper', ' without an abstract')} represented by title alone.")
    return said


def _were(n: int, what: str, which: str = "") -> str:
    return f"{count(n, what)}{which} {'was' if n == 1 else 'were'}"


def _of_topics(study: Study) -> list[str]:
    topics = study.fitted
    label = encoder_name(study.encoder)
    lsa = ["latent semantic analysis [deerwester1990]"] if label.split("+")[0] == LSA else []
    encoder = label.removeprefix(LSA).removeprefix("+") if lsa else label
    by = listing([*lsa, *([f"the encoder {encoder}"] if encoder else [])])
    sizes = [(len(topics.at(level)), level) for level in ("theme", "topic", "subtopic")]
    found = listing([count(n, level) for n, level in sizes if n])
    chosen = (
        "those branches were kept that were found again when the procedure was repeated on samples of the papers "
        "[hennig2007]"
        if study.n_topics is None
        else f"it was cut where it gave the {count(study.n_topics, 'topic')} asked for, and each was looked for again "
        "in samples of the papers [hennig2007]"
    )
    shown = study.topics.at("topic")
    held = int((shown["grade"] == "holds").sum())
    return [
        f"Titles and abstracts were placed by {by} in {study.vectors.shape[1]} dimensions.",
        "The papers were clustered many times, and the clusterings were brought together in one tree by evidence "
        f"accumulation [fred2005]; {chosen}.",
        f"{CORE:,} papers drawn at random were clustered so, and the others joined the nearest group."
        if len(study.corpus) > CORE
        else "",
        f"This gave {found} (random seed {study.seed}).",
        "Names are terms of the papers, chosen by their likelihood ratio [dunning1993].",
        f"{held} of the {count(len(shown), 'topic')} shown {'is' if held == 1 else 'are'} graded as found again "
        "reliably.",
        "The map was drawn by UMAP [mcinnes2018] and enters no number.",
    ]


def _of_edits(study: Study) -> list[str]:
    edits = study.edits
    made = edits[edits["status"] != "no longer fits"]
    if made.empty:
        return []
    kinds = [f"{kind}: {n}" for kind, n in made["kind"].value_counts().sort_index().items()]
    return [
        f"The result was then edited by hand ({listing(kinds, most=len(kinds))}), so that tests of the edited topics "
        "are not of groups fixed beforehand."
    ]


def _of_trends(study: Study) -> list[str]:
    corpus, tests = study.corpus, study.trend_tests
    dated = int(corpus["published"].notna().sum())
    if not dated:
        return ["No paper is dated, so nothing is said about trends."]
    tested = int(tests["p"].notna().sum())
    said = [
        f"{dated:,} of {count(len(corpus), 'paper')} {'is' if dated == 1 else 'are'} dated; shares by {study.period} "
        "have 95 % score intervals [wilson1927]."
    ]
    if tested:
        said.append(
            f"Trends were tested in {count(tested, 'topic')} by logistic regression on time and source with Firth's "
            "penalty [firth1993], corrected for the number of tests by the false-discovery rate [benjamini1995]."
        )
    return said
