"""Where a paper can be read."""

from __future__ import annotations

import re
from urllib.parse import quote_plus

_ARXIV_ID = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")


def paper_url(arxiv_id: object, title: str) -> str:
    """Address of the paper's arXiv page, or of a search for its title where there is no id.

    Only an id in arXiv's own form becomes part of the address; whatever else a table holds is ignored.
    """
    if isinstance(arxiv_id, str) and _ARXIV_ID.fullmatch(arxiv_id):
        return f"https://arxiv.org/abs/{arxiv_id}"
    plain = title.encode("utf-8", errors="ignore").decode()
    return f"https://huggingface.co/papers?q={quote_plus(plain)}"
