"""Merge records of one paper into a corpus, and keep account of every merge."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from paperatlas.dates.normalise import condensed, marks, normalise
from paperatlas.errors import AtlasError
from paperatlas.readers.languages import language_doubts, language_of
from paperatlas.readers.markup import plain_text, without_rights, without_tags
from paperatlas.readers.published import precision_of
from paperatlas.readers.records import COLUMNS, STATED, is_placeholder

_NOT_WORD = re.compile(r"[^\w+#]+|_+")
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
# As for dates: abstracts of one field share less, revisions of one abstract more (`paperatlas.dates.judge`).
_SAME_FIELD = 0.40
_ENOUGH_WORDS = 20
_SHORTEST_ABSTRACT = 3
_YEARS_APART = 1


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


class NearDuplicate(NamedTuple):
    """Two papers with much the same abstract, listed and not merged; ``score`` in [0, 1]."""

    paper_id: str
    other_id: str
    score: float


def normalise_title(title: str) -> str:
    """Title in a form that ignores case, accents, spacing and punctuation, but not ``+`` and ``#``.

    "YOLACT" and "YOLACT++" stay different.
    """
    plain = unicodedata.normalize("NFKD", title).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain).strip()


def title_key(title: str) -> str:
    r"""Title in one notation: without markup, blanks and hyphens, formulas and Greek letters spelled out.

    Examples
    --------
    >>> title_key(r"Pre-training $\alpha$-CO<sub>2</sub>") == title_key("Pretraining α-CO2")
    True
    """
    return condensed(normalise(without_tags(title))) or title


def abstract_key(abstract: str) -> str:
    """Abstract without a publisher's rights and white space; "" if it says nothing that tells papers apart."""
    text = without_rights(" ".join(abstract.split()))
    words = text.count(" ") + 1
    if is_placeholder(text) or (words <= _LONGEST_NOTICE and _WITHDRAWN.search(text)):
        return ""
    return text


class _Record:
    """What tells whether a record is the same paper as another."""

    def __init__(self, title: str, abstract: str, stated: dict[str, str]) -> None:
        self.title = title_key(title)
        self.abstract = abstract_key(abstract)
        self.doi, self.arxiv_id = stated.get("doi", ""), stated.get("arxiv_id", "")
        self.year = int(stated["published"][:4]) if stated.get("published") else 0
        self.text = (title, abstract)

    @cached_property
    def words(self) -> list[str]:
        """Words of the abstract."""
        return normalise(self.abstract).split()

    def contradicts(self, other: _Record) -> bool:
        """Whether ids, years or abstracts say that two records of one title are two papers."""
        if _differ(self.doi, other.doi) or _differ(self.arxiv_id, other.arxiv_id):
            return True
        both = min(len(self.words), len(other.words)) >= _ENOUGH_WORDS
        alike = self.abstract == other.abstract != "" or (
            both and _likeness(self.words, other.words) >= _SAME_FIELD
        )
        if both and not alike:
            return True
        if self.year and other.year and self.year != other.year:
            return not alike and abs(self.year - other.year) >= _YEARS_APART
        return False


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def _likeness(one: list[str], other: list[str]) -> float:
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(one, other))


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
    known = _known(records)
    groups = _Groups(len(known))
    for name in ("doi", "arxiv_id"):
        for rows in _shared(getattr(record, name) for record in known):
            groups.join(rows)
    for rows in _shared("" if record.title in _COMMON_TITLES else record.title for record in known):
        groups.join_unless(rows, known)
    # Part I and Part II have one abstract by a slip; a common title with one abstract is one paper.
    for rows in _shared(_abstract_and_marks(record) for record in known):
        groups.join_unless(rows, known)
    return groups.first()


def _abstract_and_marks(record: _Record) -> str:
    if record.abstract.count(" ") + 1 < _SHORTEST_ABSTRACT and record.title in _COMMON_TITLES:
        return ""
    return f"{record.abstract}\n{marks(normalise(without_tags(record.text[0])))}" if record.abstract else ""


def _known(records: pd.DataFrame) -> list[_Record]:
    columns = [name for name in ("doi", "arxiv_id", "published") if name in records]
    stated = [records[name].fillna("").tolist() for name in columns]
    texts = zip(records["title"], records["abstract"], strict=True)
    rows = zip(*stated, strict=True) if stated else [()] * len(records)
    return [
        _Record(title, abstract, dict(zip(columns, values, strict=True)))
        for (title, abstract), values in zip(texts, rows, strict=True)
    ]


def _shared(keys: Iterable[str]) -> list[list[int]]:
    """Rows that share a key, for each key of two rows or more; an empty key is none."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key:
            rows[key].append(row)
    return [found for found in rows.values() if len(found) > 1]


class _Groups:
    """Sets of rows that grow together (union by the smaller row)."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))
        self._members: dict[int, list[int]] = {}

    def _root(self, row: int) -> int:
        while self._parent[row] != row:
            self._parent[row] = self._parent[self._parent[row]]
            row = self._parent[row]
        return row

    def join(self, rows: list[int]) -> None:
        """Make one group of these rows."""
        first = min(self._root(row) for row in rows)
        for row in rows:
            if (root := self._root(row)) != first:
                self._parent[root] = first
                self._members.setdefault(first, [first]).extend(self._members.pop(root, [root]))

    def join_unless(self, rows: list[int], known: list[_Record]) -> None:
        """Make one group of these rows, but where records contradict; the order of rows does not matter."""
        heads: list[int] = []
        for row in sorted(
            rows, key=lambda row: (known[row].text, known[row].doi, known[row].arxiv_id, known[row].year)
        ):
            for head in heads:
                if self._root(head) == self._root(row) or not self._contradict(head, row, known):
                    self.join([head, row])
                    break
            else:
                heads.append(row)

    def _contradict(self, one: int, other: int, known: list[_Record]) -> bool:
        ones, others = (self._members.get(self._root(row), [row])[:8] for row in (one, other))
        return any(known[a].contradicts(known[b]) for a in ones for b in others)

    def first(self) -> list[int]:
        """First row of each row's group."""
        return [self._root(row) for row in range(len(self._parent))]


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
    places = list(zip(ordered["dump"], (int(rank) for rank in ordered["rank"]), strict=True))

    papers: list[dict[str, Any]] = []
    merges: list[Merge] = []
    for paper_id, rows, more in zip(ids, members, stated, strict=True):
        title, abstract = _commonest(texts[row] for row in rows)
        dumps = tuple(sorted({places[row][0] for row in rows}))
        found = (paper_id, title, abstract, dumps, len(dumps), min(places[row][1] for row in rows))
        papers.append(
            {
                **dict(zip(_COLUMNS, found, strict=True)),
                "language": language_of(f"{title}. {abstract}"),
                **more,
            }
        )
        if len(rows) > 1:
            merges += _account(paper_id, rows, texts, places, (title, abstract))
    corpus = pd.DataFrame(papers).sort_values("paper_id", ignore_index=True)
    for name in [name for name in (*STATED, "precision") if name in corpus]:
        corpus[name] = corpus[name].astype("str")
    corpus.attrs["merges"] = sorted(merges)
    corpus.attrs["languages"] = corpus["language"].value_counts().sort_index().to_dict()
    corpus.attrs["language_doubts"] = language_doubts(corpus["language"].tolist())
    return corpus


def paper_ids(records: pd.DataFrame) -> list[str]:
    """``paper_id`` of the paper that each record belongs to, as `build_corpus` gives it, in the records' order."""
    ordered = records.sort_values(["dump", "rank", "title"], kind="stable")
    members, ids, _ = _papers(ordered.reset_index(drop=True))
    found = dict.fromkeys(range(len(records)), "")
    for paper_id, rows in zip(ids, members, strict=True):
        found |= dict.fromkeys(rows, paper_id)
    by_label = dict(zip(ordered.index, found.values(), strict=True))
    return [by_label[label] for label in records.index]


def _papers(ordered: pd.DataFrame) -> tuple[list[list[int]], list[str], list[dict[str, Any]]]:
    """Records of each paper, its id, and what its records state."""
    groups: dict[int, list[int]] = defaultdict(list)
    for row, first in enumerate(group_records(ordered)):
        groups[first].append(row)
    members = list(groups.values())
    stated = _stated(ordered, members)
    titles = ordered["title"].tolist()
    return (
        members,
        _paper_ids([[_plain_title(titles[row]) for row in rows] for rows in members], stated),
        stated,
    )


def _plain_title(title: str) -> str:
    """Title as it is hashed: the same from a page, which is read verbatim, and from a table without LaTeX and tags."""
    return normalise_title(plain_text(title)) or title


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
            name: next((v[row] for row in rows if v[row] is not None), None) for name, v in columns.items()
        }
        if "published" in columns:
            dates = [columns["published"][row] for row in rows if columns["published"][row]]
            said["published"] = min(dates, key=lambda date: (date[:4], -len(date), date), default=None)
            said["precision"] = precision_of(said["published"] or "") or None
        found.append(said)
    return found


def _paper_ids(titles: list[list[str]], stated: list[dict[str, Any]]) -> list[str]:
    """An id for each paper, from its title alone where no other has it."""
    keys = [min(found) for found in titles]
    shared = Counter(keys)
    for level in (("doi", "arxiv_id", "published"), ("authors", "venue", "url", "key")):
        for place, said in enumerate(stated):
            if shared[keys[place]] > 1:
                more = [
                    str(said[name])[:4] if name == "published" else said[name]
                    for name in level
                    if said.get(name)
                ]
                keys[place] = "\n".join([keys[place], *map(str, more[:1] if level[0] == "doi" else more)])
        shared = Counter(keys)
    seen: Counter[str] = Counter()
    for place, key in enumerate(keys):
        seen[key] += 1
        keys[place] = f"{key}\n{seen[key]}" if seen[key] > 1 else key
    return [_hash(key) for key in keys]


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", errors="surrogatepass")).hexdigest()[:12]


def _commonest(texts: Iterable[tuple[str, str]]) -> tuple[str, str]:
    counts = Counter(texts)
    return min(counts, key=lambda text: (not text[1], -counts[text], -len(text[1]), text))


def _account(
    paper_id: str,
    group: list[int],
    texts: list[tuple[str, str]],
    places: list[tuple[str, int]],
    kept: tuple[str, str],
) -> list[Merge]:
    from rapidfuzz.fuzz import ratio

    abstracts = Counter(abstract_key(texts[row][1]) for row in group)
    merges = []
    kept_seen = False
    for row in group:
        title, abstract = texts[row]
        if texts[row] == kept and not kept_seen:
            rule, kept_seen = "kept", True
        elif title_key(title) == title_key(kept[0]):
            rule = "same title"
        else:
            rule = (
                "same abstract"
                if abstracts[abstract_key(abstract)] > 1 and abstract_key(abstract)
                else "same id"
            )
        score = 1.0 if texts[row] == kept else round(ratio("\n".join(texts[row]), "\n".join(kept)) / 100, 4)
        merges.append(Merge(paper_id, *places[row], rule, score))
    return merges


def near_duplicates(corpus: pd.DataFrame, *, threshold: float = 0.8) -> list[NearDuplicate]:
    """Pairs of papers whose abstracts are much the same, most alike first.

    Candidates share words (cosine of TF-IDF of at least 0.5); the score is the normalised edit
    similarity of the abstracts. Papers without an abstract are like nothing.

    Parameters
    ----------
    corpus : DataFrame with ``paper_id`` and ``abstract``
    threshold : float in (0, 1]
    """
    from rapidfuzz.fuzz import ratio
    from sklearn.feature_extraction.text import TfidfVectorizer

    abstracts = [abstract_key(abstract) for abstract in corpus["abstract"]]
    try:
        weights = TfidfVectorizer(sublinear_tf=True).fit_transform(abstracts)
    except ValueError:  # no abstract holds a single word
        return []
    ids = corpus["paper_id"].tolist()
    found = []
    block = 2_000
    for start in range(0, len(ids), block):
        similar = (weights[start : start + block] @ weights.T).tocoo()
        for row, other in zip(
            similar.row[similar.data >= 0.5], similar.col[similar.data >= 0.5], strict=True
        ):
            i, j = start + int(row), int(other)
            if i < j and (score := ratio(abstracts[i], abstracts[j]) / 100) >= threshold:
                found.append(NearDuplicate(min(ids[i], ids[j]), max(ids[i], ids[j]), round(score, 4)))
    return sorted(found, key=lambda pair: (-pair.score, pair))
