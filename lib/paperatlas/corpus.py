"""Merge records of one paper into a corpus, keep account of every merge, and find papers that are much alike."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise, product
from typing import NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from paperatlas.errors import AtlasError
from paperatlas.readers.languages import language_doubts, language_of
from paperatlas.readers.markup import plain_text, without_rights
from paperatlas.readers.published import precision_of
from paperatlas.readers.records import COLUMNS, STATED, is_placeholder
from paperatlas.shipped import rows_of
from paperatlas.titles import SAME_FIELD, Work, marks, normalise_title, title_key

_OF_PAPERS = ("paper_id", "title", "abstract", "dumps", "n_dumps", "best_rank", "language")
# Names that topics and map take; a column of the user's that has one is told apart by "own_".
_TAKEN = (
    "theme", "topic", "subtopic", "theme_name", "topic_name", "subtopic_name", "confidence", "runner_up", "placed_by",
    "x", "y", "kept_neighbours",
)  # fmt: skip
# Titles that many papers bear; only an id or an abstract makes two of them one.
_COMMON_TITLES = frozenset(title_key(row["title"]) for row in rows_of("common_titles"))
_WITHDRAWN = re.compile(r"\b(?:withdrawn|withdrawal|retracted)\b", re.IGNORECASE)
_LONGEST_NOTICE = 40
_SHORTEST_ABSTRACT = 3
# By what records are merged, the surest first.
_RULES = {"doi": "same id", "arxiv_id": "same id", "titled": "same title", "marked": "same abstract"}
_COMPARED = 8  # records of a group that another is held against

BANDS, _ROWS = 32, 3  # bands of a signature, and entries in each
_WORD = re.compile(r"\w+")
_ALIKE = 0.8  # similarity of two abstracts that are listed
Similar = tuple[str, str, float]  # ids of two papers, and how similar their abstracts are


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


class Merges(list[Merge]):
    """All that was merged. pandas copies what a table carries at every step; a copy of this is itself."""

    def __deepcopy__(self, _: object) -> Merges:
        return self


def abstract_key(abstract: str) -> str:
    """Abstract without a publisher's rights and white space; "" if it says nothing that tells papers apart."""
    text = without_rights(" ".join(abstract.split()))
    words = text.count(" ") + 1
    if is_placeholder(text) or (words <= _LONGEST_NOTICE and _WITHDRAWN.search(text)):
        return ""
    return text


class _Record(Work):
    """What tells whether a record is the same paper as another."""

    def __init__(self, title: str, abstract: str, doi: str = "", arxiv_id: str = "", date: str = "") -> None:
        super().__init__(title, abstract_key(abstract))
        self.doi, self.arxiv_id, self.year = doi, arxiv_id, date[:4]
        self.titled = "" if self.key in _COMMON_TITLES else self.key
        # An abstract tells Part I from Part II with the marks in its title; it may say too little to tell anything.
        enough = self.titled or self.abstract.count(" ") + 1 >= _SHORTEST_ABSTRACT
        self.marked = f"{self.abstract}\n{marks(self.title)}" if self.abstract and enough else ""

    def contradicts(self, other: _Record) -> bool:
        """Whether ids, years or abstracts say that two records of one title are two papers."""
        if _differ(self.doi, other.doi) or _differ(self.arxiv_id, other.arxiv_id):
            return True
        similarity = self.abstract_similarity(other)
        if self.abstract == other.abstract != "" or similarity >= SAME_FIELD:
            return False
        return similarity >= 0 or _differ(self.year, other.year)


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def group_records(records: pd.DataFrame) -> tuple[list[list[int]], list[str]]:
    """Which records are one paper, the positions of each paper's records; and by what rule each record was merged.

    The same DOI or arXiv id makes two records one paper; else the same title in one notation, unless ids, years
    or abstracts contradict; else the same abstract under titles that no numeral tells apart. An abstract that says
    only that there is none, or that the paper was withdrawn, never does, nor a title such as "Editorial".
    """
    stated = records.reindex(columns=["doi", "arxiv_id", "published"]).astype(object).fillna("")
    texts = list(records[["title", "abstract"]].join(stated).itertuples(index=False, name=None))
    known = [_Record(*row) for row in texts]
    ordered = sorted(range(len(texts)), key=texts.__getitem__)  # whatever order they came in
    groups = [[row] for row in range(len(known))]

    def contradict(one: list[int], other: list[int]) -> bool:
        pairs = product(one[:_COMPARED], other[:_COMPARED]) if one is not other else ()
        return any(known[a].contradicts(known[b]) for a, b in pairs)

    rules = [""] * len(known)
    for name, rule in _RULES.items():
        heads: dict[str, list[int]] = defaultdict(list)
        for row in ordered:
            if not (key := getattr(known[row], name)):
                continue
            sure = rule == "same id"
            rows = (head for head in heads[key] if sure or not contradict(groups[head], groups[row]))
            head = next(rows, None)
            if head is None:
                heads[key].append(row)
            elif groups[head] is not groups[row]:
                rules[head], rules[row] = rules[head] or rule, rules[row] or rule
                one, other = sorted((groups[head], groups[row]))
                one += other
                for member in other:
                    groups[member] = one
    return list({id(group): sorted(group) for group in groups}.values()), rules


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
    members, rules = group_records(ordered)
    texts = list(ordered[["title", "abstract"]].itertuples(index=False, name=None))
    kept = [_commonest(texts[row] for row in rows) for rows in members]
    places = list(zip(ordered["dump"], ordered["rank"].astype(int), strict=True))
    corpus = pd.DataFrame(kept, columns=["title", "abstract"])
    corpus["dumps"] = [tuple(sorted({places[row][0] for row in rows})) for rows in members]
    corpus["n_dumps"] = corpus["dumps"].map(len)
    corpus["best_rank"] = [min(places[row][1] for row in rows) for rows in members]
    corpus["language"] = [language_of(f"{title}. {abstract}") for title, abstract in kept]
    corpus = corpus.join(_stated(ordered, members))
    # The same from a page, which is read verbatim, and from a table without LaTeX and tags.
    plain = [normalise_title(plain_text(title)) or title for title, _ in texts]
    corpus.insert(0, "paper_id", _paper_ids([min(plain[row] for row in rows) for rows in members], corpus))
    merges = []
    for paper_id, rows, text in zip(corpus["paper_id"], members, kept, strict=True):
        first = next(row for row in rows if texts[row] == text)
        for row in rows if len(rows) > 1 else ():
            score = ratio("\n".join(texts[row]), "\n".join(text)) / 100
            rule = "kept" if row == first else rules[row]
            merges.append(Merge(paper_id, *places[row], rule, round(score, 4)))
    corpus = corpus.sort_values("paper_id", ignore_index=True)
    corpus.attrs["merges"] = Merges(sorted(merges))
    corpus.attrs["languages"] = corpus["language"].value_counts().sort_index().to_dict()
    corpus.attrs["language_doubts"] = language_doubts(corpus["language"].tolist())
    return corpus


def _stated(records: pd.DataFrame, members: Sequence[Sequence[int]]) -> pd.DataFrame:
    """What the records of each paper state: the earliest date, and of all else what the first says."""
    names = [name for name in records if name in STATED or name not in (*COLUMNS, *_OF_PAPERS)]
    paper = pd.Series({row: number for number, rows in enumerate(members) for row in rows})
    # By way of lists, so that numbers among a user's own columns become numbers.
    stated = pd.DataFrame(records[names].groupby(paper).first().to_dict("list"), index=range(len(members)))
    if "published" in stated:
        # Of one year, a month goes before none.
        dates = records["published"].astype("str").str.ljust(7, "~")
        stated["published"] = dates.groupby(paper).min().str.rstrip("~")
        stated["precision"] = stated["published"].map(precision_of, na_action="ignore")
    stated = stated.rename(columns={name: f"own_{name}" for name in _TAKEN})
    return stated.astype({name: "str" for name in (*STATED, "precision") if name in stated})


def _paper_ids(titles: list[str], papers: pd.DataFrame) -> list[str]:
    """An id for each paper, from its title alone where no other has it, else with what its records state."""
    said = papers.reindex(columns=STATED).astype(object).fillna("").astype(str).astype(object)
    said["published"] = said["published"].str[:4]
    keys = pd.Series(titles, dtype=object)
    by_id = [next(filter(None, row), "") for row in said[["doi", "arxiv_id", "published"]].to_numpy()]
    by_rest = ["\n".join(filter(None, row)) for row in said[["authors", "venue", "url", "key"]].to_numpy()]
    for added in (pd.Series(by_id, dtype=object), pd.Series(by_rest, dtype=object)):
        keys = keys.mask(keys.duplicated(keep=False) & (added != ""), keys + "\n" + added)
    place = keys.groupby(keys).cumcount() + 1
    keys = keys.mask(place > 1, keys + "\n" + place.astype(str).astype(object))
    return [hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12] for key in keys]


def _commonest(texts: Iterable[tuple[str, str]]) -> tuple[str, str]:
    counts = Counter(texts)
    return min(counts, key=lambda text: (not text[1], -counts[text], -len(text[1]), text))


def near_duplicates(corpus: pd.DataFrame) -> list[Similar]:
    """Pairs of papers in `corpus` (``paper_id``, ``abstract``) whose abstracts are much the same, most alike first.

    Each is (paper_id, other_id, similarity in [0, 1]); none is merged. Candidates share a band of their MinHash
    signatures (see `bands`); the similarity is the normalised edit similarity of the abstracts, at least 0.8. Of many
    papers that are all alike, each is listed beside the first of them. Time and memory grow in proportion to the number
    of papers.
    """
    abstracts = dict(zip(corpus["paper_id"], corpus["abstract"], strict=True))
    return score_pairs(candidates(pd.DataFrame(bands(abstracts.values()), index=list(abstracts))), abstracts)


def bands(abstracts: Collection[str]) -> NDArray[np.uint32]:
    """Hash of each of 32 bands of a MinHash signature of the abstracts' pairs of words, (n, 32); 0 for no words.

    A signature holds the smallest of the pairs' hashes under 96 hash functions; two abstracts agree in an entry
    as often as their sets of pairs have in common (Broder 1997, "On the resemblance and containment of
    documents"). Of pairs of abstracts with half their pairs of words in common, all but 14 in 1,000 share a band
    (Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", section 3.4).
    """
    random = np.random.Generator(np.random.PCG64(1))
    half, shift = random.integers(0, 2**63, (2, BANDS * _ROWS), dtype=np.uint64)
    odd = 2 * half + 1
    found = np.zeros((len(abstracts), BANDS), dtype=np.uint32)
    for row, abstract in enumerate(map(abstract_key, abstracts)):
        words = _WORD.findall(abstract.casefold())
        pairs = {f"{one} {other}" for one, other in pairwise(words)} or words
        if pairs:
            keys = np.array([crc32(pair.encode("utf-8", "surrogatepass")) for pair in pairs], dtype=np.uint64)
            # Multiply and shift (Dietzfelbinger et al. 1997): the upper half of a product is a random hash.
            signature = ((keys[:, None] * odd + shift) >> np.uint64(32)).min(axis=0)
            found[row] = [crc32(band) | 1 for band in signature.reshape(BANDS, _ROWS)]
    return found


def candidates(bands: pd.DataFrame) -> list[tuple[str, str]]:
    """Pairs of papers that share one of the `bands`, which are columns of hashes; the index holds the papers' ids.

    Each paper is paired with the first one only that it shares a band with, so that a thousand copies are a thousand
    pairs and not half a million.
    """
    ids, rows = np.array(sorted(bands.index)), pd.Series(np.arange(len(bands)))
    found: set[tuple[str, str]] = set()
    for _, values in bands.loc[ids].items():
        first = rows.groupby(values.to_numpy()).transform("min")
        later = (first < rows) & (values.to_numpy() > 0)
        found.update(zip(ids[first[later]].tolist(), ids[later].tolist(), strict=True))
    return sorted(found)


def score_pairs(pairs: Iterable[tuple[str, str]], abstracts: Mapping[str, str]) -> list[Similar]:
    """Those of the pairs of papers whose abstracts are similar enough, most alike first."""
    found = []
    for one, other in pairs:
        if score := ratio(
            *(abstract_key(abstracts[paper]) for paper in (one, other)), score_cutoff=100 * _ALIKE
        ):
            found.append((one, other, round(score / 100, 4)))
    return sorted(found, key=lambda pair: (-pair[2], pair))
