"""Where a paper can be read."""

from __future__ import annotations

import re
from urllib.parse import quote_plus

_ARXIV_ID = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")


def arxiv_url(arxiv_id: object) -> str | None:
    """Address of the paper's arXiv page; None unless the id has arXiv's own form."""
    known = isinstance(arxiv_id, str) and _ARXIV_ID.fullmatch(arxiv_id)
    return f"https://arxiv.org/abs/{arxiv_id}" if known else None


def paper_url(arxiv_id: object, title: str) -> str:
    """Address of the paper's arXiv page, or of a search for its title where there is no id."""
    if address := arxiv_url(arxiv_id):
        return address
    plain = title.encode("utf-8", errors="ignore").decode()
    return f"https://huggingface.co/papers?q={quote_plus(plain)}"
