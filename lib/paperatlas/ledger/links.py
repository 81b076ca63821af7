"""The links in titles and abstracts, cleaned and classed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from paperatlas.ledger.reading import cue_places, rows_of

# What may stand in a URL. LaTeX escapes some characters with a backslash.
_CHARACTER = r"[A-Za-z0-9\-._~:/?#@!&'*+=%(),;\\]"
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,5}[A-Za-z]{2,12}"
# A URL with its scheme, a blank or two within it; then one without, which needs a path or a telling host.
_WITH_SCHEME = re.compile(
    r"https?\s?:\s?(?:/\s?/\s?)?(?P<rest>(?:github\.\s?com)?" + _CHARACTER + r"{4,400})"
)
_BARE = re.compile(
    r"(?P<rest>(?:www\.(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,12}|(?:[A-Za-z0-9-]{1,63}\.){1,4}github\.io|"
    + _HOST
    + r"(?=/))(?:/"
    + _CHARACTER
    + r"{0,400})?)"
)
_BARE_CUES = (
    ".com/", ".org/", ".io/", ".co/", ".net/", ".edu/", ".ai/", ".dev/", ".ly/", ".ms/", ".gl/", ".be/", ".cn/",
    ".de/", ".uk/", ".fr/", ".science/", ".me/", ".info/", ".eu/", ".ch/", ".jp/", ".kr/", ".ca/", ".it/", ".in/",
    ".tech/", ".app/", ".gov/", "www.", ".github.io",
)  # fmt: skip
_WHOLE_HOST = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?|(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,6}[A-Za-z]{2,12}(?::\d{1,5})?"
)
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_GLUED_SENTENCE = re.compile(r"[.;,](?:The|Our|We|In|This|Code|It|These|Data|All|and|or)$")
_OWNER_ONLY = re.compile(r"github\.com/(?:[\w.-]{1,60}/)?$")
_LOOSE_PART = re.compile(r" (?P<part>[A-Za-z0-9][\w./-]{0,150})(?P<after>.?)")
_PLACEHOLDER = re.compile(r"(?:^|/)(?:x{3,}|anonymous|username)(?:/|\.git$|$)", re.IGNORECASE)

# The first place that a link leads to decides; for any other host, the words before the link.
_BY_HOST = tuple((f".{row['place']}", row["kind"]) for row in rows_of("hosts"))
_BY_WORDS = {
    kind: re.compile(rf"\b(?:{pattern})s?\b", re.IGNORECASE)
    for kind, pattern in {
        "project page": "(?:project |home)?(?:web ?)?(?:page|site)|blog|portal",
        "code": "code|implementation|source|repositor(?:y|ie)|software|librar(?:y|ie)|package|toolkit|tool",
        "demo": "demo|video|demonstration",
        "data": "data ?set|data|corpus|benchmark|collection|leaderboard",
        "model": "model|weight|checkpoint",
    }.items()
}


class Link(NamedTuple):
    """A link: its clean URL and the stretch of text it was read from."""

    url: str
    host: str
    kind: str
    field: str
    start: int
    end: int


def links_in(text: str, field: str = "abstract") -> list[Link]:
    """Every link of a text, from left to right, each URL once.

    Only http and https are links, with or without the scheme written out; "javascript:" and "data:" never are.
    """
    if "/" not in text and "www." not in text and ".github.io" not in text:
        return []
    places = [(at, at, True) for at in cue_places(text, ("http",))]
    places += [(_host_start(text, at), at, False) for at in cue_places(text, _BARE_CUES)]
    links: list[Link] = []
    seen: set[str] = set()
    covered = 0
    for start, at, schemed in sorted(places):
        if start < covered or at < covered:
            continue
        span = _with_scheme(text, start) if schemed else _without_scheme(text, start, at)
        if span is None:
            continue
        url, end = span
        covered = end
        if bare_url(url) not in seen:
            seen.add(bare_url(url))
            host = url.split("/")[2].rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")
            links.append(Link(url, host, _kind(url, text[max(0, start - 70) : start]), field, start, end))
    return links


def bare_url(url: str) -> str:
    """A URL without scheme, "www.", ".git", final slash and case: equal for links to one place."""
    bare = re.sub(r"^https?:/{0,2}", "", url.strip().lower()).removeprefix("www.")
    return bare.rstrip("/").removesuffix(".git")


_HOST_BEFORE = re.compile(r"(?a:[a-z0-9][a-z0-9.-]*)?$", re.IGNORECASE)


def _host_start(text: str, at: int) -> int:
    """Where the host begins that the cue at `at` is part of; -1 inside an address or a path."""
    found = _HOST_BEFORE.search(text, max(0, at - 90), at)
    start = found.start() if found else at
    inside = start and text[start - 1] in "@/\\=&?%_" and text[max(0, start - 3) : start] != "://"
    return -1 if inside else start


def _with_scheme(text: str, at: int) -> tuple[str, int] | None:
    match = _WITH_SCHEME.match(text, at)
    if match is None:
        return None
    return _cleaned(text, match.group().split(":")[0].strip(), match.start("rest"), match.end())


def _without_scheme(text: str, start: int, at: int) -> tuple[str, int] | None:
    match = _BARE.match(text, start, min(len(text), start + 500))
    if match is None or match.end() <= at:
        return None
    span = _cleaned(text, "https", start, match.end())
    if span is None:
        return None
    host, _, path = span[0].removeprefix("https://").partition("/")
    labels = host.split(".")
    if any(len(label) < 2 for label in labels[:-1]) or labels[-1][0].isupper():
        return None
    return span if path or host.startswith("www.") or host.endswith(".github.io") else None


def _cleaned(text: str, scheme: str, start: int, end: int) -> tuple[str, int] | None:
    """The URL whose host and path begin at `start` and reach to about `end`, and its end."""
    again = text.find("http", start + 4, end)
    end = _extended(text, start, _trimmed(text, start, again if again > 0 else end))
    raw = re.sub(r"[\s$]", "", text[start:end]).replace("\\", "").lstrip("/")
    host = raw.split("/")[0].rpartition("@")[2]
    if not _WHOLE_HOST.fullmatch(host) or _PLACEHOLDER.search(raw):
        return None
    return f"{scheme}://{raw}", end


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
        goes_on = last in "-_" and text[end : end + 1] == " "
        unclosed = last in _CLOSERS and text.count(last, start, end) > text.count(_CLOSERS[last], start, end)
        if (last in ".,;:!?'*~_\\&@-(" and not goes_on) or unclosed:
            end -= 1
        elif glued := _GLUED_SENTENCE.search(text, max(start, end - 12), end):
            end = glued.start()
        else:
            break
    return end


def _extended(text: str, start: int, end: int) -> int:
    """The end of a URL broken by a blank: behind "github.com/user/", or after a hyphen."""
    url = text[start:end]
    loose = _LOOSE_PART.match(text, end)
    if loose is None or "/" not in url:
        return end
    part = loose["part"].rstrip(".,;:-/")
    named = not part.islower() or any(mark in part for mark in "-_0123456789")
    other = loose["after"] == ":" or part.startswith("http") or part in ("DOI", "The", "We", "Our", "This")
    if url[-1] in "-_" or (_OWNER_ONLY.search(url) and named and not other):
        return end + 1 + len(part)
    return end


def _kind(url: str, before: str) -> str:
    place = "." + url.split("://", 1)[1].lower()
    by_host = next((kind for part, kind in _BY_HOST if part in place), None)
    return by_host or next((kind for kind, said in _BY_WORDS.items() if said.search(before)), "other")


def links_of_paper(title: str, abstract: str) -> Iterator[Link]:
    """The links of both fields, each place once."""
    in_title = links_in(title, "title")
    yield from in_title
    seen = {bare_url(link.url) for link in in_title}
    yield from (link for link in links_in(abstract) if bare_url(link.url) not in seen)
