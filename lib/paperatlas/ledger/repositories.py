"""Systems whose name is that of the paper's own repository or project page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paperatlas.ledger import system_rules as rules
from paperatlas.ledger.links import Link, links_in
from paperatlas.ledger.name_reading import Name
from paperatlas.ledger.names import strip_plural
from paperatlas.ledger.reading import Paper, System, is_acceptable
from paperatlas.ledger.settling import found_in_abstract

_WORD = re.compile(r"[A-Za-z0-9][\w+.^-]{2,30}")
_UNSPELLED = str.maketrans("", "", "-_. ")
_HOSTS = ("github.com", "gitlab.com", "huggingface.co", "bitbucket.org", "codeberg.org")


def of_repository(paper: Paper) -> Iterator[System]:
    """A name the abstract uses in passing and a repository bears: "FooNet learns ... github.com/x/FooNet"."""
    text = paper.abstract
    for link in links_in(text):
        wanted = _spelled(_own_part(link))
        if len(wanted) < 3 or wanted not in _spelled(text[: link.start]):
            continue
        for word in _WORD.finditer(text, 0, link.start):
            at = word.start()
            if text[at].lower() != wanted[0]:
                continue
            name = strip_plural(word.group().rstrip(".-+"))
            if _spelled(name) == wanted and is_acceptable(name, capitalised=False):
                yield found_in_abstract(
                    paper, rules.REPOSITORY.name, at, at + len(name), Name(at, at + len(name), name)
                )
                break


def _spelled(name: str) -> str:
    """What two spellings of a name share."""
    return name.lower().translate(_UNSPELLED)


def _own_part(link: Link) -> str:
    """The part of an address that its owner chose for the thing itself; empty for other addresses."""
    if link.host.endswith(".github.io"):
        path = link.url.split("/")[3:]
        return path[0] if path and path[0] else link.host.removesuffix(".github.io")
    parts = link.url.removesuffix(".git").rstrip("/").split("/")
    return parts[4].strip("$}") if link.host in _HOSTS and len(parts) >= 5 else ""
