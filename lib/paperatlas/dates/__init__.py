"""Find out when each paper was published, from the records themselves and from sources asked in order."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from paperatlas.dates.matching import Candidate, Match, TitleMatcher
from paperatlas.dates.sources import (
    ARXIV_ANSWERS,
    ARXIV_API,
    REFERENCE,
    ArxivApi,
    DateSource,
    PaperSource,
    choose_sources,
)
from paperatlas.errors import AtlasError
from paperatlas.readers import Problem, Problems
from paperatlas.readers.published import agree, month_of_id, precision_of

__all__ = [
    "ARXIV_ANSWERS", "ARXIV_API", "REFERENCE", "ArxivApi", "Candidate", "DateSource", "PaperSource", "add_dates",
    "choose_sources", "find_dates", "month_of_id", "with_dates",
]  # fmt: skip

DATE_COLUMNS = ["arxiv_id", "published", "precision", "venue", "date_source", "match_score"]
RECORDS = "the records"
LOG = ["date_sources", "date_problems", "date_disagreements"]
_SAID = ["arxiv_id", "published", "venue", "source", "score"]
Log = dict[str, list[Any]]
Said = dict[str, Any]


def add_dates(corpus: pd.DataFrame, sources: Sequence[DateSource | str | Path] | None = None) -> pd.DataFrame:
    """Add arXiv id, publication date and venue to each paper: its own, else from the first source that is sure.

    Parameters
    ----------
    corpus : DataFrame of n papers
        ``paper_id``, ``title``, ``abstract``, and where the records state them ``published``, ``arxiv_id``,
        ``venue``; other columns are kept.
    sources : sequence of sources or paths, optional
        Asked in this order, after the records themselves. A path stands for anything that
        `paperatlas.read_papers` reads. The shipped reference table by default. A source that costs a request per
        paper is asked only for those without a date, every other one for all, so that disagreements show.

    Returns
    -------
    DataFrame of the same n rows in the same order
        With ``arxiv_id``, ``published`` ("YYYY-MM" or "YYYY"), ``precision`` ("month" or "year"),
        ``venue``, ``date_source``, all missing where unknown, and ``match_score`` in [0, 1] (mean of
        title and abstract similarity; title alone where the source has no abstract).

        ``attrs`` hold ``date_problems``, a list of `Problem`, and lists of plain dicts: ``date_sources`` (source,
        asked, matched) and ``date_disagreements`` (paper_id, title, what the first source says: source, score,
        published, arxiv_id, venue; and the same of the other one: other_source, ...).

    Raises
    ------
    AtlasError
        If `corpus` lacks a column, or a path is no source. A source that fails while it is read does not
        raise: what it and the others had matched is kept, and the failure is listed and warned about.
    """
    return with_dates(corpus, find_dates(corpus, sources))


def find_dates(corpus: pd.DataFrame, sources: Sequence[DateSource | str | Path] | None = None) -> Log:
    """What `add_dates` adds, as plain lists: a row for each paper, and each list of ``attrs``."""
    if missing := {"paper_id", "title", "abstract"} - set(corpus.columns):
        raise AtlasError(
            f"the corpus lacks the columns {sorted(missing)}; found {list(corpus.columns)}; use build_corpus"
        )
    papers = corpus[["paper_id", "title", "abstract"]]
    titles = dict(zip(papers["paper_id"], papers["title"], strict=True))
    log: Log = {name: [] for name in LOG}
    # What the records say of themselves are matches with the paper that they are.
    own = corpus.reindex(columns=list(Candidate._fields)).astype(object).fillna("").assign(abstract="")
    stated = zip(corpus["paper_id"], map(Candidate._make, own.itertuples(index=False)), strict=True)
    dated = {paper: _said(RECORDS, candidate) for paper, candidate in stated if candidate.published}
    if dated:
        log["date_sources"].append({"source": RECORDS, "asked": len(papers), "matched": len(dated)})
    for source in choose_sources(sources):
        asked = papers[~papers["paper_id"].isin(dated)] if source.asks_for_each else papers
        sure = _ask(source, asked, log)
        for paper_id, matches in sure.items():
            said = [_said(source.name, match.candidate, match.score) for match in matches]
            first = dated.setdefault(paper_id, said[0])
            if odd := next((other for other in said if _differ(first, other)), None):
                others = {f"other_{name}": value for name, value in odd.items()}
                facts = {"paper_id": paper_id, "title": titles[paper_id], **first, **others}
                log["date_disagreements"].append(facts)
        log["date_sources"].append({"source": source.name, "asked": len(asked), "matched": len(sure)})
    return {"rows": [dated.get(paper_id, {}) for paper_id in titles], **log}


def with_dates(corpus: pd.DataFrame, found: Log) -> pd.DataFrame:
    """Corpus with what `find_dates` found."""
    dates = pd.DataFrame(found["rows"], index=corpus.index, columns=_SAID, dtype=object).replace("", None)
    dates = dates.rename(columns={"source": "date_source", "score": "match_score"})
    dates["precision"] = dates["published"].map(precision_of, na_action="ignore")
    dates = dates[DATE_COLUMNS].astype({**dict.fromkeys(DATE_COLUMNS, "str"), "match_score": "float64"})
    for column in {"arxiv_id", "venue"} & set(corpus.columns):
        # What a paper says of itself goes before what a source says of it.
        dates[column] = corpus[column].where(corpus[column].notna(), dates[column]).astype("str")
    result = corpus.drop(columns=DATE_COLUMNS, errors="ignore").join(dates)
    problems = [Problem(*problem) for problem in found["date_problems"]]
    result.attrs = {**corpus.attrs, **{name: found[name] for name in LOG}, "date_problems": problems}
    return result


def _said(source: str, found: Candidate, score: float = 1.0) -> Said:
    """What a source says of a paper, as it is kept."""
    values = (found.arxiv_id, found.published, found.venue, source, round(score, 3))
    return dict(zip(_SAID, values, strict=True))


def _differ(one: Said, other: Said) -> bool:
    ids = {one["arxiv_id"], other["arxiv_id"]} - {""}
    return len(ids) > 1 or not agree(one["published"], other["published"])


def _ask(source: DateSource, papers: pd.DataFrame, log: Log) -> dict[str, list[Match]]:
    """Best match of each paper that a source surely dates, and one that fits as well and says otherwise."""
    file = getattr(source, "path", Path(source.name)).name
    problems = Problems(source.name if file == source.name else f"{source.name} ({file})")
    matcher = TitleMatcher(papers)
    try:
        for candidate in source.candidates(papers, problems):
            matcher.offer(candidate)
    except AtlasError as error:
        problems.add("", "", f"not read to its end: {error}", "what was matched before is kept")
        warnings.warn(f"dates: {error}", stacklevel=3)
    log["date_problems"] += map(tuple, problems)
    found = matcher.matches()
    claims: dict[Candidate, float] = {}
    for match, *_ in found.values():
        claims[match.candidate] = max(claims.get(match.candidate, 0.0), match.score)
    sure = {}
    for paper_id, (match, *others) in found.items():
        rivals = [other for other in others if other.score == match.score]
        # The record is more another paper's, or there are two dates of one title and no abstract to decide between them.
        outdone = not match.same_title and match.score < claims[match.candidate]
        dates = [other.candidate.published for other in rivals]
        undecided = match.by_title and not all(agree(date, match.candidate.published) for date in dates)
        if not outdone and not undecided:
            sure[paper_id] = [match, *rivals]
    return sure
