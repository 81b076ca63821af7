"""Under which names sources keep what a paper has: one table for every format that has names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

# Names in their plain form (lower case, letters and digits alone), the best first. A record takes the first that
# says something: Scopus, Web of Science, Zotero, IEEE, PubMed, Dimensions, OpenAlex, Semantic Scholar, ACL, arXiv.
NAMES: dict[str, tuple[str, ...]] = {
    "title": (
        "title", "papertitle", "documenttitle", "articletitle", "publicationtitlearticle", "ti", "t1", "displayname",
        "dctitle", "paper", "name",
    ),
    "abstract": (
        "abstract", "abstractnote", "abstracttext", "paperabstract", "ab", "n2", "summary", "abstracts",
        "dcdescription", "description",
    ),
    "date": (
        "published", "publicationdate", "publisheddate", "datepublished", "publishedat", "firstpublished", "pubdate",
        "dateofpublication", "publishedprint", "publishedonline", "issued", "date", "coverdate", "prismcoverdate",
        "onlinepublicationdate", "onlinedate", "dateofpublicationonline", "submitted", "submittedat", "submitteddate",
        "createdate", "created", "pdate", "cdate", "publicationdateonline", "earlyaccessdate",
    ),
    "year": ("year", "publicationyear", "pubyear", "publishedyear", "yearofpublication", "py", "y1", "yr"),
    "month": ("month", "publicationmonth", "pubmonth", "pd"),
    "arxiv_id": ("arxivid", "arxiv", "arxivnumber", "arxiveprint", "eprint", "archivelocation"),
    "doi": ("doi", "di", "do", "doilink", "dois", "digitalobjectidentifier", "prismdoi", "paperdoi"),
    "authors": (
        "authorfullnames", "authors", "authorsrawaffiliation", "author", "af", "au", "creators", "dccreator",
        "authornames",
    ),
    "venue": (
        "journal", "journaltitle", "journalbook", "sourcetitle", "sourcetitleanthologytitle", "publicationtitle",
        "containertitle", "journalname", "venue", "venuename", "conference", "conferencename", "conferencetitle",
        "booktitle", "proceedingstitle", "proceeding", "proceedings", "prismpublicationname", "journalref", "so",
        "t2", "jo", "jf", "series",
    ),
    "url": ("url", "link", "paperurl", "urlabs", "pdflink", "ur", "site", "landingpageurl", "sourcelinkout"),
    "keywords": (
        "authorkeywords", "keywords", "keyword", "ieeeterms", "indexkeywords", "keywordsplus", "de", "kw", "tags",
        "manualtags", "meshterms",
    ),
    "citations": (
        "citedby", "citationcount", "citedbycount", "timescited", "timescitedallda", "timescitedalldatabases",
        "timescitedwoscore", "articlecitationcount", "citations", "numcitedby", "isreferencedbycount", "tc", "z9",
    ),
    "key": ("citationkey", "citekey", "bibtexkey", "key"),
    "id": ("id", "ids", "pdf", "urlpdf", "pdfurl", "entryid"),
}  # fmt: skip
ROLES = tuple(NAMES)
_NOT_PLAIN = re.compile(r"[\W_]+")


def plain(name: str) -> str:
    """Name without case, blanks and punctuation."""
    return _NOT_PLAIN.sub("", name.casefold())


@lru_cache(maxsize=1_000)
def roles_of(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Which of these names may hold what, the best first.

    Examples
    --------
    >>> roles_of(("Document Title", "Publication Title"))
    {'title': ('Document Title',), 'venue': ('Publication Title',)}
    """
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain(name), name)
    found = {
        role: tuple(by_plain[name] for name in wanted if name in by_plain) for role, wanted in NAMES.items()
    }
    return {role: chosen for role, chosen in found.items() if chosen}


def by_role(fields: Mapping[str, object]) -> dict[str, list[object]]:
    """What a record says under each role, the best first; empty values are left out."""
    return {
        role: [fields[name] for name in names if not is_empty(fields[name])]
        for role, names in roles_of(tuple(fields)).items()
    }


@lru_cache(maxsize=1_000)
def own_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names that stand for none of the roles: the user's own."""
    known = {name for chosen in roles_of(names).values() for name in chosen}
    return tuple(name for name in names if name not in known)


def is_empty(value: object) -> bool:
    """Whether a value says nothing; missing values of any library do not."""
    if isinstance(value, str):
        return not value.strip()
    if value is None or value == b"" or (isinstance(value, list | tuple | dict) and not value):
        return True
    return bool(isinstance(value, float) and value != value) or str(value) in ("NaT", "<NA>")
