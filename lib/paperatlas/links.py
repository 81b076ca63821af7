"""Where a paper can be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

# Whatever else a table holds under these names becomes no part of an address.
_ADDRESSES = (
    (
        "arxiv_id",
        re.compile(r"((?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?)"),
        "https://arxiv.org/abs/",
    ),
    ("doi", re.compile(r"(10\.\d{1,9}(?:\.\d+)*/[^\s\"<>{}|\\^`]{1,300})"), "https://doi.org/"),
    ("url", re.compile(r"https?://([^\s\"'<>\\@]+\.[^\s\"'<>\\]+)"), "https://"),
)


def paper_url(paper: Mapping[Any, Any]) -> str:
    """Best address of a paper: its page at arXiv, that of its DOI, its own address, or a search for its title.

    Parameters
    ----------
    paper : mapping
        ``title``, and where known ``arxiv_id``, ``doi``, ``url``. Addresses are opened as ``https://``.
    """
    for name, form, site in _ADDRESSES:
        found = form.fullmatch(value) if isinstance(value := paper.get(name), str) else None
        if found:
            return site + (quote(found[1]) if name == "doi" else found[1])
    plain = str(paper["title"]).encode("utf-8", errors="ignore").decode()
    return f"https://huggingface.co/papers?q={quote_plus(plain)}"
