"""Words for the paper you write: what was done with these papers, with numbers and references."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.prose import count
from paperatlas.readers import NO_ABSTRACT, read_papers
from paperatlas.templates import render
from paperatlas.text.encoders import LSA, encoder_name
from paperatlas.topics.levels import CORE
from paperatlas.topics.result import LEVELS

if TYPE_CHECKING:
    from paperatlas.study import Study

_REFERENCES = Path(__file__).with_name("references.bib")
_CITED = re.compile(r"\[(\w+)\]")


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
    said = " ".join(render("methods.txt", **_facts(study)).split())
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


def _facts(study: Study) -> dict[str, Any]:
    """What the paragraph speaks of."""
    from paperatlas import __version__

    flow = dict(
        zip(("read", "left_out", "merged", "excluded", "analysed", "bare"), study.screening["n"], strict=True)
    )
    label = encoder_name(study.encoder)
    words, _, beside = label.partition("+")
    model = beside if words == LSA else label
    encoders = ["latent semantic analysis [deerwester1990]"] if words == LSA else []
    kinds = study.records.attrs["kinds"]
    edits = study.edits.query("status != 'no longer fits'")["kind"].value_counts().sort_index()
    grades = study.topics.at("topic")["grade"]
    found = {level: len(study.fitted.at(level)) for level in LEVELS}
    return {
        "study": study, "version": __version__, "core": CORE, **flow,
        "sources": len(kinds), "kinds": sorted(set(kinds.values())),
        "encoders": [*encoders, *([f"the encoder {model}"] if model else [])],
        "nodes": [count(n, level) for level, n in found.items() if n],
        "shown": len(grades), "held": int((grades == "holds").sum()),
        "edits": [f"{kind}: {n}" for kind, n in edits.items()],
        "dated": int(study.corpus["published"].notna().sum()),
        "tested": int(study.trend_tests["p"].notna().sum()),
    }  # fmt: skip
