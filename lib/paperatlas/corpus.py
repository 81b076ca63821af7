"""Merge records of one paper into a corpus, and keep account of every merge."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.readers.languages import language_doubts, language_of
from paperatlas.readers.markup import plain_text, without_rights, without_tags
from paperatlas.readers.published import precision_of
from paperatlas.readers.records import COLUMNS, STATED, is_placeholder
from paperatlas.titles import SAME_FIELD, abstract_similarity, marks, normalise, normalise_title, title_key

_OF_PAPERS = ("paper_id", "title", "abstract", "dumps", "n_dumps", "best_rank", "language")
# Titles that many papers bear; only an id or an abstract makes two of them one.
_COMMON_TITLES = frozenset(
    re.sub(
        r"\s", "",
        """editorial, preface, foreword, introduction, erratum, corrigendum, correction, retraction, contents, index,
        table of contents, front matter, back matter, book review, book reviews, review, reviews, news, announcement,
        announcements, obituary, in memoriam, comment, commentary, reply, response, discussion, letters, letter,
        letter to the editor, letter from the editor, editors note, editorial board, editorial note, guest editorial,
        contributors, conclusion, conclusions, abstract, abstracts, notes, untitled, withdrawn, acknowledgements,
        acknowledgments, author index, subject index, masthead, prologue, epilogue, afterword, keynote, welcome,
        from the editor, message from the editor, overview, summary, correspondence, in this issue, publishers note""",
    ).split(",")
)  # fmt: skip
_WITHDRAWN = re.compile(r"\b(?:withdrawn|withdrawal|retracted)\b", re.IGNORECASE)
_LONGEST_NOTICE = 40
_SHORTEST_ABSTRACT = 3
_COMPARED = 8  # records of a group that another is held against


class Merge(NamedTuple):
    """One record that was merged with others into a paper.

    ``rule`` is ``"same id"``, ``"same title"``, ``"same abstract"``, or ``"kept"`` for the record whose text
    stands for the paper; ``score`` is the similarity in [0, 1] of the record's title and abstract to that text.
    """

    paper_id: str
    dump: str
    rank: int
    rule: str
    score: float


def abstract_key(abstract: str) -> str:
    """Abstract without a publisher's rights and white space; "" if it says nothing that tells papers apart."""
    text = without_rights(" ".join(abstract.split()))
    words = text.count(" ") + 1
    if is_placeholder(text) or (words <= _LONGEST_NOTICE and _WITHDRAWN.search(text)):
        return ""
    return text


class _Record:
    """What tells whether a record is the same paper as another."""

    def __init__(self, title: str, abstract: str, doi: str = "", arxiv_id: str = "", date: str = "") -> None:
        self.abstract, self.doi, self.arxiv_id, self.year = abstract_key(abstract), doi, arxiv_id, date[:4]
        # By this records of one title are gone through, whatever order they came in.
        self.order = (title, abstract, doi, arxiv_id, self.year)
        key = title_key(title)
        self.titled = "" if key in _COMMON_TITLES else key
        # An abstract tells Part I from Part II with the marks in its title; it may say too little to tell anything.
        enough = self.titled or self.abstract.count(" ") + 1 >= _SHORTEST_ABSTRACT
        self.marked = (
            f"{self.abstract}\n{marks(normalise(without_tags(title)))}" if self.abstract and enough else ""
        )

    @cached_property
    def words(self) -> list[str]:
        return normalise(self.abstract).split()

    def contradicts(self, other: _Record) -> bool:
        """Whether ids, years or abstracts say that two records of one title are two papers."""
        if _differ(self.doi, other.doi) or _differ(self.arxiv_id, other.arxiv_id):
            return True
        similarity = abstract_similarity(self.words, other.words)
        if self.abstract == other.abstract != "" or similarity >= SAME_FIELD:
            return False
        return similarity >= 0 or _differ(self.year, other.year)


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def group_records(records: pd.DataFrame) -> list[list[int]]:
    """Which records are one paper: the positions of each paper's records.

    The same DOI or arXiv id makes two records one paper; else the same title in one notation, unless ids, years
    or abstracts contradict; else the same abstract under titles that no numeral tells apart. An abstract that says
    only that there is none, or that the paper was withdrawn, never does, nor a title such as "Editorial".
    """
    nothing = pd.Series("", index=records.index)
    stated = [records.get(name, nothing).fillna("") for name in ("doi", "arxiv_id", "published")]
    known = [_Record(*row) for row in zip(records["title"], records["abstract"], *stated, strict=True)]
    ordered = sorted(range(len(known)), key=lambda row: known[row].order)
    groups = [[row] for row in range(len(known))]

    def contradict(one: list[int], other: list[int]) -> bool:
        pairs = product(one[:_COMPARED], other[:_COMPARED]) if one is not other else ()
        return any(known[a].contradicts(known[b]) for a, b in pairs)

    for name in ("doi", "arxiv_id", "titled", "marked"):
        heads: dict[str, list[int]] = defaultdict(list)
        for row in ordered:
            if not (key := getattr(known[row], name)):
                continue
            sure = name in ("doi", "arxiv_id")
            rows = (head for head in heads[key] if sure or not contradict(groups[head], groups[row]))
            head = next(rows, None)
            if head is None:
                heads[key].append(row)
            elif groups[head] is not groups[row]:
                one, other = sorted((groups[head], groups[row]))
                one += other
                for member in other:
                    groups[member] = one
    return list({id(group): sorted(group) for group in groups}.values())


def build_corpus(records: pd.DataFrame) -> pd.DataFrame:
    """Merge records of one paper, as `group_records` finds them.

    Parameters
    ----------
    records : DataFrame
        As from `paperatlas.read_papers`: ``dump``, ``rank``, ``title``, ``abstract``, and where known what
        sources state and the user's own columns.

    Returns
    -------
    DataFrame of n papers, sorted by ``paper_id``
        ``paper_id`` (12 hexadecimal digits: a hash of the normalised title; where two papers share one, of the title
        and DOI, arXiv id or year), ``title``, ``abstract`` (the commonest wording, verbatim; "" if no record has
        one), ``dumps`` (sorted tuple of names), ``n_dumps``, ``best_rank`` (smallest 1-based rank in any dump),
        ``language`` (two-letter code), and if `records` have them ``published`` (the earliest) with ``precision`` and
        the other columns (what the first record says). ``attrs`` hold ``merges``, a list of `Merge`, one for each
        record that was merged with another; ``languages``, papers by language; and ``language_doubts``, what a page
        has to say about them.

    Raises
    ------
    AtlasError
        If `records` is empty or lacks a column.
    """
    if missing := {"dump", "rank", "title", "abstract"} - set(records.columns):
        raise AtlasError(
            f"records lack the columns {sorted(missing)}; found {list(records.columns)}; use read_papers"
        )
    if records.empty:
        raise AtlasError("no record to build a corpus from; expected at least one")
    ordered = records.sort_values(["dump", "rank", "title"], kind="stable").reset_index(drop=True)
    texts = list(zip(ordered["title"], ordered["abstract"], strict=True))
    places = list(zip(ordered["dump"], ordered["rank"].astype(int), strict=True))
    papers: list[dict[str, Any]] = []
    merges: list[Merge] = []
    for paper_id, rows, stated in _papers(ordered):
        title, abstract = kept = _commonest(texts[row] for row in rows)
        dumps = tuple(sorted({places[row][0] for row in rows}))
        paper = {
            "paper_id": paper_id,
            "title": title,
            "abstract": abstract,
            "dumps": dumps,
            "n_dumps": len(dumps),
        }
        best_rank, language = min(places[row][1] for row in rows), language_of(f"{title}. {abstract}")
        papers.append({**paper, "best_rank": best_rank, "language": language, **stated})
        if len(rows) > 1:
            rules = _rules([texts[row] for row in rows], kept)
            merges += [Merge(paper_id, *places[row], *rule) for row, rule in zip(rows, rules, strict=True)]
    corpus = pd.DataFrame(papers).sort_values("paper_id", ignore_index=True)
    corpus = corpus.astype({name: "str" for name in (*STATED, "precision") if name in corpus})
    corpus.attrs["merges"] = sorted(merges)
    corpus.attrs["languages"] = corpus["language"].value_counts().sort_index().to_dict()
    corpus.attrs["language_doubts"] = language_doubts(corpus["language"].tolist())
    return corpus


def _papers(records: pd.DataFrame) -> list[tuple[str, list[int], dict[str, Any]]]:
    """Id of each paper, its records, and what these state: the earliest date, and of all else what the first says."""
    members = group_records(records)
    columns = {
        name: records[name].astype(object).where(records[name].notna(), None).tolist()
        for name in map(str, records.columns)
        if name in STATED or name not in (*COLUMNS, *_OF_PAPERS)
    }
    stated: list[dict[str, Any]] = []
    for rows in members:
        said = {
            name: next((values[row] for row in rows if values[row] is not None), None)
            for name, values in columns.items()
        }
        if "published" in columns:
            dates = [columns["published"][row] for row in rows if columns["published"][row]]
            said["published"] = min(dates, key=lambda date: (date[:4], -len(date), date), default=None)
            said["precision"] = precision_of(said["published"] or "") or None
        stated.append(said)
    # The same from a page, which is read verbatim, and from a table without LaTeX and tags.
    titles = [normalise_title(plain_text(title)) or title for title in records["title"]]
    ids = _paper_ids([min(titles[row] for row in rows) for rows in members], stated)
    return list(zip(ids, members, stated, strict=True))


def _paper_ids(keys: list[str], stated: list[dict[str, Any]]) -> list[str]:
    """An id for each paper, from its title alone where no other has it."""
    year = [{**said, "year": (said.get("published") or "")[:4]} for said in stated]
    by_id = [_said(said, "doi", "arxiv_id", "year")[:1] for said in year]
    by_rest = [_said(said, "authors", "venue", "url", "key") for said in stated]
    for more in (by_id, by_rest):
        shared = Counter(keys)
        keys = [
            "\n".join([key, *add] if shared[key] > 1 else [key]) for key, add in zip(keys, more, strict=True)
        ]
    seen: Counter[str] = Counter()
    ids = []
    for key in keys:
        seen[key] += 1
        key = f"{key}\n{seen[key]}" if seen[key] > 1 else key
        ids.append(hashlib.sha256(key.encode("utf-8", errors="surrogatepass")).hexdigest()[:12])
    return ids


def _said(stated: dict[str, Any], *names: str) -> list[str]:
    return [str(stated[name]) for name in names if stated.get(name)]


def _commonest(texts: Iterable[tuple[str, str]]) -> tuple[str, str]:
    counts = Counter(texts)
    return min(counts, key=lambda text: (not text[1], -counts[text], -len(text[1]), text))


def _rules(texts: list[tuple[str, str]], kept: tuple[str, str]) -> list[tuple[str, float]]:
    """Rule and score by which each record of a paper was merged with the one whose text is kept."""
    from rapidfuzz.fuzz import ratio

    abstracts = Counter(abstract_key(abstract) for _, abstract in texts)
    rules = []
    for place, (title, abstract) in enumerate(texts):
        key = abstract_key(abstract)
        rule = "same abstract" if key and abstracts[key] > 1 else "same id"
        if place == texts.index(kept):
            rule = "kept"
        elif title_key(title) == title_key(kept[0]):
            rule = "same title"
        same = (title, abstract) == kept
        rules.append((rule, 1.0 if same else round(ratio(f"{title}\n{abstract}", "\n".join(kept)) / 100, 4)))
    return rules
