"""What a pile holds: its records, papers, dates, texts, sources and claims, and what to read of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from paperatlas.findings.of_topics import (
    left_out,
    levels,
    names_of,
    share_of,
    stability,
    told_apart,
    verdicts,
)
from paperatlas.intervals import Z95, adjusted_p
from paperatlas.ledger import counts
from paperatlas.ledger.views import error_at_first_sight
from paperatlas.prose import quoted, sentence
from paperatlas.readers import NO_ABSTRACT
from paperatlas.templates import say
from paperatlas.text.layout import nearest
from paperatlas.trends import date_coverage, trend_tests
from paperatlas.trends.shares import last_finished
from paperatlas.trends.significance import FADING, RISING

if TYPE_CHECKING:
    from paperatlas.study import Study

_FEW = 100
# From which part of all papers on something is worth a clause before anything is quoted.
_WORTH_A_CLAUSE = {"largest source": 0.6, "no date": 0.02, "other languages": 0.05}


def concerns(study: Study) -> pd.DataFrame:
    """What may be amiss with a pile, whether it is or not.

    ``what``, ``n`` (papers that it concerns), ``bites`` (whether to say it before a number is quoted), ``text``.
    """
    corpus, total = study.corpus, len(study.corpus)
    years = corpus["published"].dropna().str[:4]
    last = years.max() if len(years) else ""
    unfinished = len(years) > 0 and last_finished(corpus, "year") < int(last)
    held, languages = corpus["dumps"].explode().value_counts(), corpus["language"].dropna().value_counts()
    found = {
        "few papers": total if total < _FEW else 0,
        "unfinished": int((years == last).sum()) if unfinished else 0,
        "largest source": int(held.max()) if len(held) > 1 else 0,
        "no abstract": int((corpus["abstract"] == "").sum()),
        "no date": total - len(years),
        "other languages": int(languages.iloc[1:].sum()),
        "problems": int((~study.problems["reason"].str.startswith(NO_ABSTRACT)).sum()),
    }
    points = f"{100 * Z95 / (2 * total**0.5):.0f}"
    facts = {"total": total, "last": last, "sources": study.called.phrase, "points": points}
    table = pd.DataFrame({"what": list(found), "n": list(found.values())})
    table["bites"] = table["n"] > table["what"].map(_WORTH_A_CLAUSE).fillna(0) * total
    table["text"] = [say("concern", what=what, n=n, **facts)[0] for what, n in found.items()]
    return table


def doubts(study: Study) -> list[str]:
    """What is to be doubted about the pile as a whole, in plain sentences; every page shows them."""
    total, asked, edits = len(study.corpus), concerns(study), study.edits
    said = [*study.corpus.attrs["language_doubts"], *(say("sketch", n=total) if total < _FEW else [])]
    said += asked.loc[asked["bites"] & asked["what"].isin(["no abstract", "no date"]), "text"].tolist()
    said += [] if told_apart(study.topics) else [study.topics.verdict]
    said += say("edited", n=len(edits), misfits=int((edits["status"] != "applied").sum()))
    return [sentence(text) for text in said]


def overview(study: Study) -> list[str]:
    """The pile in five sentences."""
    said = {"levels": levels(study)[0], "stability": stability(study)[0], "verdicts": verdicts(study)[0]}
    return say("overview", held=_held(study), study=study, **said)


def _held(study: Study) -> str:
    return say("held", called=study.called, records=len(study.records), papers=len(study.corpus))[0]


def loading(study: Study) -> list[str]:
    """What the loader found."""
    return [*say("loading", held=_held(study), study=study), *near_duplicates(study)]


def near_duplicates(study: Study) -> list[str]:
    """Which papers are much alike and count as two each, if any."""
    titles = study.corpus.set_index("paper_id")["title"]
    return say("near_duplicates", pairs=study.near_duplicates, titles=titles)


def dating(study: Study) -> list[str]:
    """How well the papers are dated."""
    return [*say("dating", corpus=study.corpus), *date_sources(study.corpus), *coverage(study)]


def date_sources(corpus: pd.DataFrame) -> list[str]:
    """Which source dated how many papers, how surely, and whether sources disagree."""
    return say("date_sources", corpus=corpus)


def coverage(study: Study, period: str = "year") -> list[str]:
    """What missing dates do to figures by year, quarter or month."""
    tables = {
        what: date_coverage(study.corpus, study.topics, level=by, period=period)
        for what, by in (("topic", "topic"), (study.called.word, "dumps"))
    }
    return uneven_dates(tables, names_of(study).to_dict() | study.names("dump"))


def uneven_dates(tables: Mapping[str, pd.DataFrame], names: Mapping[object, str]) -> list[str]:
    """Whether dates are missing, and whether from some groups more than from others.

    Tables are those of `paperatlas.trends.date_coverage` by what the groups are ("topic", "dump"), names those of the
    groups.
    """
    whole = next(iter(tables.values())).attrs
    papers, dated = whole["papers"], whole["dated"]
    said = say("missing_dates", unit=whole["period"], papers=papers, missing=papers - dated)
    for what, table in tables.items() if 0 < dated < papers else ():
        if len(table) > 1:
            by = str(table.columns[0])
            poorer = table[(table["share"] < dated / papers) & (table["p_adjusted"] <= 0.05)]
            rows = poorer.sort_values(["share", by])[[by, "share", "papers"]].itertuples(index=False)
            shown = [say("dated", name=str(names[group]), share=share, n=n)[0] for group, share, n in rows]
            said += say("uneven", what=what, groups=len(table), shown=shown, p=table["p_adjusted"].min())
    return said


def texts(study: Study) -> list[str]:
    """What the embeddings are worth: how much nearer the nearest paper is than any."""
    vectors = study.vectors
    closest = (vectors * vectors[nearest(vectors, k=1)[:, 0]]).sum(axis=1)
    few = vectors[:: 1 + len(vectors) // 2_000]
    random = (few @ few.T)[np.triu_indices(len(few), 1)]
    facts = {"nearest": np.median(closest), "random": np.median(random)}
    return say("texts", n=len(vectors), numbers=vectors.shape[1], **facts)


def dumps(study: Study) -> list[str]:
    """What each source is about, and what it shares with the others."""
    table, tests, cells = study.dump_table, study.overlap_tests, study.topics_by_dump
    if len(table) == 1:
        return say("lone_source", word=study.called.word)
    sure = cells[cells["p_adjusted"] < 0.05]
    rich = sure[sure["odds_ratio"] > 1].assign(name=sure["topic"].map(names_of(study)))
    rich = rich.sort_values(["p", "odds_ratio"], ascending=[True, False], kind="stable")
    return say(
        "dumps",
        called=study.called,
        labels=table.set_index("dump")["label"].map(quoted).to_dict(),
        tests=tests,
        closest=tests.iloc[tests["jaccard"].argmax()],
        lone=table.iloc[(table["only_here"] / table["papers"]).argmax()],
        cells=len(cells),
        sure=len(sure),
        rich=rich.head(3).to_dict("records"),
    )


def reading(study: Study) -> list[str]:
    """What to read first."""
    lists = study.reading_lists
    main = lists[lists["variant"] == "most covering"].to_dict("records")
    return say("reading", n=len(main), first=main[0], last=main[-1]) if main else say("no_reading")


def ledger(study: Study) -> list[str]:
    """What the papers introduce, name and claim."""
    claims = study.ledger.claims
    code = counts.code_availability(study.papers, study.ledger)
    best = counts.top_claims(study.papers, study.ledger)
    said = say(
        "ledger",
        book=study.ledger,
        named=counts.most_named(study.ledger.mentions),
        numbered=claims.loc[claims["value"].notna(), "paper_id"],
        code=share_of(int(code["n"].sum()), int(code["total"].sum())),
        top=share_of(int(best["n"].sum()), int(best["total"].sum())),
        numberless=counts.papers_without_number(claims),
        by_topic=_by_topic(study, code, best),
    )
    known = error_at_first_sight().query("found > 0 and labelled > 0").to_dict("records")
    return [*said, *_entry_trends(study), *say("first_sight", rows=known)]


def _by_topic(study: Study, *asked: pd.DataFrame) -> list[str]:
    """Whether topics differ in each of some shares; p-values are adjusted over them (Benjamini and Hochberg 1995)."""
    said = []
    for shares, p in zip(asked, adjusted_p(np.array([counts.groups_differ(s) for s in asked])), strict=True):
        rows = [shares.sort_values(["share", "total"], ascending=[up, False]).head(1) for up in (True, False)]
        ends = pd.concat(rows)
        if p <= 0.05:
            ends["name"] = ends["group"].map(names_of(study))
        said += say("by_topic", p=p, ends=ends.to_dict("records"))
    return said


def _entry_trends(study: Study) -> list[str]:
    """Entries that move; one that moves with its topics is no find of its own."""
    members = counts.ledger_memberships(study.ledger)
    options: dict[str, Any] = {"level": "entry", "period": study.period, "terms": study.terms}
    tests = trend_tests(study.corpus, members, **options)
    moving = tests[tests["verdict"].isin([RISING, FADING])].sort_values(["p_adjusted", "entry"])
    if len(moving):
        members = members[members["entry"].isin(moving["entry"])]
        within = trend_tests(study.corpus, members, within=study.papers["topic"], **options)
        alone = moving["entry"].isin(within.loc[within["p_adjusted"] <= 0.05, "entry"])
        hangs = [left_out(depends_on, study.names("dump")) for depends_on in moving["depends_on"]]
        moving = moving.assign(alone=alone, hangs=hangs).head(4)
    askable = bool(tests["odds_ratio"].notna().any())
    return say("entries", askable=askable, n=len(tests), rows=moving.to_dict("records"))
