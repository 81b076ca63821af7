"""Merge records of one paper into a corpus, and keep account of every merge."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.readers.languages import language_doubts, language_of
from paperatlas.readers.markup import plain_text, without_rights, without_tags
from paperatlas.readers.published import precision_of
from paperatlas.readers.records import COLUMNS, STATED, is_placeholder
from paperatlas.titles import SAME_FIELD, abstract_similarity, marks, normalise, normalise_title, title_key

_COLUMNS = ["paper_id", "title", "abstract", "dumps", "n_dumps", "best_rank"]
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
        self.text = (title, abstract)
        self.title, self.abstract = title_key(title), abstract_key(abstract)
        self.doi, self.arxiv_id, self.year = doi, arxiv_id, date[:4]

    @property
    def order(self) -> tuple[object, ...]:
        """By this records of one title are gone through, whatever order they came in."""
        return self.text, self.doi, self.arxiv_id, self.year

    @property
    def titled(self) -> str:
        """Title as a key; "" for one that many papers bear."""
        return "" if self.title in _COMMON_TITLES else self.title

    @property
    def abstract_and_marks(self) -> str:
        """Abstract as a key, with what tells Part I from Part II; "" where it says too little."""
        short = self.abstract.count(" ") + 1 < _SHORTEST_ABSTRACT and not self.titled
        if not self.abstract or short:
            return ""
        return f"{self.abstract}\n{marks(normalise(without_tags(self.text[0])))}"

    @cached_property
    def words(self) -> list[str]:
        """Words of the abstract."""
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


def group_records(records: pd.DataFrame) -> list[int]:
    """Which records are one paper: the position of the first record of each record's group.

    The same DOI or arXiv id makes two records one paper; else the same title in one notation, unless ids, years
    or abstracts contradict; else the same abstract under titles that no numeral tells apart. An abstract that says
    only that there is none, or that the paper was withdrawn, never does, nor a title such as "Editorial".

    Parameters
    ----------
    records : DataFrame of n records
        ``title``, ``abstract`` and, where known, ``doi``, ``arxiv_id``, ``published``.

    Returns
    -------
    list of n int
    """
    nothing = pd.Series("", index=records.index)
    stated = [records.get(name, nothing).fillna("") for name in ("doi", "arxiv_id", "published")]
    known = [_Record(*row) for row in zip(records["title"], records["abstract"], *stated, strict=True)]
    groups = _Groups(known)
    for name in ("doi", "arxiv_id"):
        for rows in _shared(getattr(record, name) for record in known):
            groups.join(rows)
    for name in ("titled", "abstract_and_marks"):
        for rows in _shared(getattr(record, name) for record in known):
            groups.join_unless_contradicting(rows)
    return [groups.first(row) for row in range(len(known))]


def _shared(keys: Iterable[str]) -> list[list[int]]:
    """Rows that share a key, for each key of two rows or more; an empty key is none."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key:
            rows[key].append(row)
    return [found for found in rows.values() if len(found) > 1]


class _Groups:
    """Sets of records that grow together (union by the smaller row)."""

    def __init__(self, known: list[_Record]) -> None:
        self._known = known
        self._parent = list(range(len(known)))
        self._members: dict[int, list[int]] = {}

    def first(self, row: int) -> int:
        """First row of a row's group."""
        while self._parent[row] != row:
            self._parent[row] = self._parent[self._parent[row]]
            row = self._parent[row]
        return row

    def join(self, rows: list[int]) -> None:
        """Make one group of these rows."""
        first = min(map(self.first, rows))
        for row in rows:
            if (root := self.first(row)) != first:
                self._parent[root] = first
                self._members.setdefault(first, [first]).extend(self._members.pop(root, [root]))

    def join_unless_contradicting(self, rows: list[int]) -> None:
        """Make one group of these rows, but where records contradict; the order of rows does not matter."""
        heads: list[int] = []
        for row in sorted(rows, key=lambda row: self._known[row].order):
            head = next((head for head in heads if not self._contradict(head, row)), None)
            if head is None:
                heads.append(row)
            else:
                self.join([head, row])

    def _contradict(self, one: int, other: int) -> bool:
        one, other = self.first(one), self.first(other)
        if one == other:
            return False
        ones, others = (self._members.get(row, [row])[:_COMPARED] for row in (one, other))
        return any(self._known[a].contradicts(self._known[b]) for a in ones for b in others)


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
    members, ids, stated = _papers(ordered)
    texts = list(zip(ordered["title"], ordered["abstract"], strict=True))
    places = list(zip(ordered["dump"], ordered["rank"].astype(int), strict=True))

    papers: list[dict[str, Any]] = []
    merges: list[Merge] = []
    for paper_id, rows, more in zip(ids, members, stated, strict=True):
        title, abstract = kept = _commonest(texts[row] for row in rows)
        dumps = tuple(sorted({places[row][0] for row in rows}))
        values = (paper_id, title, abstract, dumps, len(dumps), min(places[row][1] for row in rows))
        language = {"language": language_of(f"{title}. {abstract}")}
        papers.append({**dict(zip(_COLUMNS, values, strict=True)), **language, **more})
        if len(rows) > 1:
            rules = _rules([texts[row] for row in rows], kept)
            merges += [Merge(paper_id, *places[row], *rule) for row, rule in zip(rows, rules, strict=True)]
    corpus = pd.DataFrame(papers).sort_values("paper_id", ignore_index=True)
    for name in [name for name in (*STATED, "precision") if name in corpus]:
        corpus[name] = corpus[name].astype("str")
    corpus.attrs["merges"] = sorted(merges)
    corpus.attrs["languages"] = corpus["language"].value_counts().sort_index().to_dict()
    corpus.attrs["language_doubts"] = language_doubts(corpus["language"].tolist())
    return corpus


def _papers(ordered: pd.DataFrame) -> tuple[list[list[int]], list[str], list[dict[str, Any]]]:
    """Records of each paper, its id, and what its records state."""
    groups: dict[int, list[int]] = defaultdict(list)
    for row, first in enumerate(group_records(ordered)):
        groups[first].append(row)
    members = list(groups.values())
    stated = _stated(ordered, members)
    # The same from a page, which is read verbatim, and from a table without LaTeX and tags.
    titles = [normalise_title(plain_text(title)) or title for title in ordered["title"]]
    return members, _paper_ids([min(titles[row] for row in rows) for rows in members], stated), stated


def _stated(records: pd.DataFrame, groups: list[list[int]]) -> list[dict[str, Any]]:
    """What the records of each paper state: the earliest date, and of all else what the first one says."""
    columns = {
        name: records[name].astype(object).where(records[name].notna(), None).tolist()
        for name in map(str, records.columns)
        if name in STATED or name not in (*COLUMNS, *_COLUMNS, "language")
    }
    found: list[dict[str, Any]] = []
    for rows in groups:
        said = {
            name: next((values[row] for row in rows if values[row] is not None), None)
            for name, values in columns.items()
        }
        if "published" in columns:
            dates = [columns["published"][row] for row in rows if columns["published"][row]]
            said["published"] = min(dates, key=lambda date: (date[:4], -len(date), date), default=None)
            said["precision"] = precision_of(said["published"] or "") or None
        found.append(said)
    return found


def _paper_ids(titles: list[str], stated: list[dict[str, Any]]) -> list[str]:
    """An id for each paper, from its title alone where no other has it."""
    keys = list(titles)
    by_id = [_first_id(said) for said in stated]
    by_rest = [
        [str(said[name]) for name in ("authors", "venue", "url", "key") if said.get(name)] for said in stated
    ]
    for more in (by_id, by_rest):
        shared = Counter(keys)
        keys = [
            "\n".join([key, *add]) if shared[key] > 1 else key for key, add in zip(keys, more, strict=True)
        ]
    seen: Counter[str] = Counter()
    for place, key in enumerate(keys):
        seen[key] += 1
        keys[place] = f"{key}\n{seen[key]}" if seen[key] > 1 else key
    return [hashlib.sha256(key.encode("utf-8", errors="surrogatepass")).hexdigest()[:12] for key in keys]


def _first_id(said: dict[str, Any]) -> list[str]:
    """DOI, else arXiv id, else year."""
    return [
        str(value)
        for value in (said.get("doi"), said.get("arxiv_id"), (said.get("published") or "")[:4])
        if value
    ][:1]


def _commonest(texts: Iterable[tuple[str, str]]) -> tuple[str, str]:
    counts = Counter(texts)
    return min(counts, key=lambda text: (not text[1], -counts[text], -len(text[1]), text))


def _rules(texts: list[tuple[str, str]], kept: tuple[str, str]) -> list[tuple[str, float]]:
    """Rule and score by which each record of a paper was merged with the one whose text is kept."""
    from rapidfuzz.fuzz import ratio

    abstracts = Counter(abstract_key(abstract) for _, abstract in texts)
    rules = []
    for place, (title, abstract) in enumerate(texts):
        if place == texts.index(kept):
            rule = "kept"
        elif title_key(title) == title_key(kept[0]):
            rule = "same title"
        else:
            key = abstract_key(abstract)
            rule = "same abstract" if key and abstracts[key] > 1 else "same id"
        same = (title, abstract) == kept
        score = 1.0 if same else round(ratio("\n".join((title, abstract)), "\n".join(kept)) / 100, 4)
        rules.append((rule, score))
    return rules
