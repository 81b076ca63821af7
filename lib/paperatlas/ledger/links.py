"""The links in titles and abstracts, cleaned and classed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from paperatlas.ledger.reading import rows_of

# What may stand in a URL. LaTeX escapes some characters with a backslash.
_CHARACTER = r"[A-Za-z0-9\-._~:/?#@!&'*+=%,;\\]"
# A blank may break it behind a hyphen or an underscore.
_PATH = rf"(?:{_CHARACTER}|(?<=[-_]) (?=[A-Za-z0-9])|\({_CHARACTER}{{1,100}}\)){{4,400}}"
_DOMAINS = (
    "com|org|io|co|net|edu|ai|dev|ly|ms|gl|be|cn|de|uk|fr|science|me|info|eu|ch|jp|kr|ca|it|in|tech|app|gov"
)
# A URL with its scheme, a blank or two within it; or one without, which needs a path or a telling host.
_URL = re.compile(
    rf"(?P<scheme>https?)\s?:\s?(?:/\s?/\s?)?(?P<rest>(?:github\.\s?com)?{_PATH})"
    rf"|(?:(?<=://)|(?<![\w.@/\\=&?%-]))(?P<bare>(?=www\.|(?:[\w-]{{2,63}}\.){{1,4}}(?:(?:{_DOMAINS})/|github\.io\b))"
    rf"{_PATH})"
)
_WHOLE_HOST = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?|(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,6}[A-Za-z]{2,12}(?::\d{1,5})?"
)

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
    """Every link of a text, from left to right; only http and https are links."""
    links: list[Link] = []
    end = 0
    while match := _URL.search(text, end):
        scheme, start = match["scheme"] or "https", match.start("rest" if match["scheme"] else "bare")
        url, end = _cleaned(text, scheme, start, match.end())
        if url:
            host = url.split("/")[2].rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")
            kind = _kind(url, text[max(0, match.start() - 70) : match.start()])
            links.append(Link(url, host, kind, field, match.start(), end))
    return links


def bare_url(url: str) -> str:
    """A URL without scheme, "www.", ".git", final slash and case: equal for links to one place."""
    bare = re.sub(r"^https?:/{0,2}", "", url.strip().lower()).removeprefix("www.")
    return bare.rstrip("/").removesuffix(".git")


def _cleaned(text: str, scheme: str, start: int, end: int) -> tuple[str, int]:
    """The URL whose host and path begin at `start` and reach to about `end`, empty if it is none, and its end."""
    again = text.find("http", start + 4, end)
    found = text[start : again if again > 0 else end].rstrip(".,;:!?'*~_\\&@-")  # the sentence's own
    end = start + len(found)
    raw = re.sub(r"[\s$]", "", found).replace("\\", "").lstrip("/")
    host = raw.split("/")[0].rpartition("@")[2]
    if not _WHOLE_HOST.fullmatch(host):
        return "", max(end, start + 1)
    return f"{scheme}://{raw}", end


def _kind(url: str, before: str) -> str:
    place = "." + url.split("://", 1)[1].lower()
    by_host = next((kind for part, kind in _BY_HOST if part in place), None)
    return by_host or next((kind for kind, said in _BY_WORDS.items() if said.search(before)), "other")


def links_of_paper(title: str, abstract: str) -> Iterable[Link]:
    """The links of both fields, each place once."""
    links: dict[str, Link] = {}
    for link in chain(links_in(title, "title"), links_in(abstract)):
        links.setdefault(bare_url(link.url), link)
    return links.values()
