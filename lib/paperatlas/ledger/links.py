"""The links in titles and abstracts, cleaned and classed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from paperatlas.ledger import link_rules as rules
from paperatlas.ledger.patterns import cue_places, holds_any, occurrences, word_set
from paperatlas.ledger.tables import Finder, read_papers

COLUMNS = {
    "paper_id": "object",
    "url": "str",
    "host": "str",
    "kind": "str",
    "field": "str",
    "quote": "str",
    "start": "int64",
    "end": "int64",
}

_HOST = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?|(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,6}[A-Za-z]{2,12}(?::\d{1,5})?"
)
_FILE_ENDINGS = word_set("py md txt pdf html json csv zip tar gz ipynb js css png jpg cpp")
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_GLUED_SENTENCE = re.compile(
    r"[.;,](?:The|Our|We|In|This|Code|Codes|It|These|Data|All|A|An|Models?|Dataset|Project|Keywords|See|and|or)$"
)
_REPOSITORY = re.compile(r"github\.com/[\w.-]{1,60}/$")
_LOOSE_PART = re.compile(r" (?P<part>[A-Za-z0-9][\w./-]{0,150})(?P<after>.?)")
_BROKEN_HOST = re.compile(
    r"(?:[A-Za-z0-9-]{2,40}\.)?[A-Za-z0-9-]{2,40}(?:\. |\$\.\$)(?:com|org|io|co|net|science)/ ?[A-Za-z0-9._/~-]{1,200}"
)
_PLACEHOLDER = re.compile(r"(?:^|/)(?:x{3,}|anonymous|username)(?:/|\.git$|$)", re.IGNORECASE)


class Link(NamedTuple):
    """A link: its clean URL and the stretch of text it was read from."""

    url: str
    host: str
    kind: str
    start: int
    end: int
    field: str = "abstract"


# The systems and the links of a paper both ask for it.
@lru_cache(maxsize=4)
def links_in(text: str) -> list[Link]:
    """Every link of a text, from left to right, each URL once.

    Only http and https are links, with or without the scheme written out; "javascript:" and
    "data:" never are.
    """
    if "/" not in text and "www." not in text and ".github.io" not in text:
        return []
    places = [(at, at, "http") for at in occurrences(text, "http")]
    for cue in rules.BARE_CUES if _may_name_host(text) else ():
        if cue in text:
            places.extend((_host_start(text, at), at, cue) for at in occurrences(text, cue))
    spans: list[tuple[str, int, int]] = []
    covered = 0
    for start, at, cue in sorted(places):
        if start < 0 or at < covered or start < covered:
            continue
        span = _with_scheme(text, start) if cue == "http" else _without_scheme(text, start, at, cue)
        if span is not None:
            spans.append(span)
            covered = span[2]
    links: list[Link] = []
    seen: set[str] = set()
    for url, start, end in spans:
        key = bare_url(url)
        if key not in seen:
            seen.add(key)
            host = url.split("/")[2].rpartition("@")[2].partition(":")[0].lower()
            links.append(
                Link(url, host.removeprefix("www."), _kind(url, text[max(0, start - 70) : start]), start, end)
            )
    return links


def _may_name_host(text: str) -> bool:
    """Whether a text has a stop shortly before a slash, or a host that is known without one."""
    slashes = occurrences(text, "/")
    return any("." in text[max(0, at - 10) : at] for at in slashes) or holds_any(text, ("www.", ".github.io"))


def bare_url(url: str) -> str:
    """A URL without scheme, "www.", ".git", final slash and case: equal for links to one place."""
    bare = re.sub(r"^https?:/{0,2}", "", url.strip().lower()).removeprefix("www.")
    return bare.rstrip("/").removesuffix(".git")


def _host_start(text: str, at: int) -> int:
    """Where the host begins that the cue at `at` is part of; -1 inside an address or a path."""
    start = at
    floor = max(0, at - 90)
    while start > floor and (
        text[start - 1].isascii() and (text[start - 1].isalnum() or text[start - 1] in ".-")
    ):
        start -= 1
    while start < at and text[start] in ".-":
        start += 1
    if start and text[start - 1] in "@/\\=&?%_":
        return start if text[max(0, start - 3) : start] == "://" else -1
    return start


def _with_scheme(text: str, at: int) -> tuple[str, int, int] | None:
    match = rules.SCHEME.match(text, at)
    if match is None:
        return None
    start, end = match.start("rest"), match.end("rest")
    gap = _BROKEN_HOST.match(text, start, min(len(text), start + 300))
    if gap is not None:
        end = max(end, gap.end())
    return _cleaned(text, match.group().split(":")[0].strip(), at, start, end)


def _without_scheme(text: str, start: int, at: int, cue: str) -> tuple[str, int, int] | None:
    pattern = _BROKEN_HOST if cue == ". com/" else rules.BARE
    match = pattern.match(text, start, min(len(text), start + 500))
    if match is None or match.end() <= at:
        return None
    span = _cleaned(text, "https", start, start, match.end())
    if span is None:
        return None
    host, _, path = span[0].removeprefix("https://").partition("/")
    labels = host.split(".")
    if any(len(label) < 2 for label in labels[:-1]) or labels[-1][0].isupper():
        return None
    return span if path or host.startswith("www.") or host.endswith(".github.io") else None


def _cleaned(text: str, scheme: str, begin: int, start: int, end: int) -> tuple[str, int, int] | None:
    """The URL that reaches from `begin` to about `end`, its host and path starting at `start`."""
    again = text.find("http", start + 4, end)
    end = again if again > 0 else end
    command = rules.NO_ESCAPE.search(text, start, end)
    end = _trimmed(text, start, command.start() if command else end)
    end = _extended(text, start, end)
    raw = re.sub(r"[\s$]", "", text[start:end]).replace("\\", "").lstrip("/")
    host = raw.split("/")[0].rpartition("@")[2]
    if not _HOST.fullmatch(host) or host.rsplit(".", 1)[-1].lower() in _FILE_ENDINGS:
        return None
    if _PLACEHOLDER.search(raw):
        return None
    return f"{scheme}://{raw}", begin, end


def _trimmed(text: str, start: int, end: int) -> int:
    """The end of a URL without the punctuation of the sentence around it."""
    depth = 0
    for at in cue_places(text[start:end], ("(", ")")):
        depth += 1 if text[start + at] == "(" else -1
        if depth < 0:
            end = start + at
            break
    while end > start:
        last = text[end - 1]
        if (
            (
                last in ".,;:!?'*~_\\&@-"
                and not (last == "-" and text[end : end + 1] == " ")
                and not (last == "_" and text[end : end + 1] == " ")
            )
            or (last in _CLOSERS and text.count(last, start, end) > text.count(_CLOSERS[last], start, end))
            or last == "("
        ):
            end -= 1
        else:
            glued = _GLUED_SENTENCE.search(text, max(start, end - 12), end)
            if glued is None:
                break
            end = glued.start()
    return end


def _extended(text: str, start: int, end: int) -> int:
    """The end of a URL broken by a blank: behind "github.com/user/", or after a hyphen."""
    url = text[start:end]
    loose = _LOOSE_PART.match(text, end)
    if loose is None or "/" not in url:
        return end
    part = loose["part"].rstrip(".,;:-/")
    if url[-1] in "-_" and re.match(r"[\w./-]+", part):
        return end + 1 + len(part)
    owner_only = _REPOSITORY.search(url) is not None or url.endswith("github.com/")
    named = not part.islower() or any(mark in part for mark in "-_0123456789")
    if (
        owner_only
        and named
        and loose["after"] != ":"
        and not part.startswith("http")
        and part not in ("DOI", "The", "We", "Our", "This")
    ):
        return end + 1 + len(part)
    return end


def _kind(url: str, before: str) -> str:
    place = url.split("://", 1)[1].lower()
    for kind, pattern in rules.HOST_KINDS:
        if pattern.search(place):
            return kind
    for kind, pattern in rules.CONTEXT_KINDS:
        if pattern.search(before):
            return kind
    return "other"


def find_links(corpus: pd.DataFrame) -> pd.DataFrame:
    """Every link in the titles and abstracts of a corpus.

    Parameters
    ----------
    corpus
        One row per paper with `paper_id`, `title`, `abstract`.

    Returns
    -------
    One row per paper and URL: `paper_id`, `url` (cleaned, with its scheme), `host` (without
    "www."), `kind` (code, data, model, project page, demo, paper or other), `field`, and
    `quote` = that field from `start` to `end`.
    """
    return read_papers(corpus, LINKS)[0]


def _links_of_paper(title: str, abstract: str) -> Iterator[Link]:
    """The links of both fields, each place once."""
    seen: set[str] = set()
    for field, text in (("title", title), ("abstract", abstract)):
        for link in links_in(text):
            key = bare_url(link.url)
            if key not in seen:
                seen.add(key)
                yield link if field == link.field else link._replace(field=field)


LINKS = Finder(_links_of_paper, COLUMNS)
