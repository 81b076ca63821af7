"""A content security policy for pages that bring all they need: nothing else may run or be fetched."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

_SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
# What WebGL needs to draw very many points: its shaders are put together when they run.
_DRAWN_BY_WEBGL = '"scattergl"'


def with_policy(page: str) -> str:
    """Page whose head allows its own inline scripts by their hashes, and files that lie beside it.

    Styles may stand in the page, images in data addresses; there are no frames, no forms that leave, no requests.
    (W3C, "Content Security Policy Level 3".)
    """
    inline = [content for attributes, content in _SCRIPT.findall(page) if _runs(attributes)]
    scripts = ["'self'", *sorted({f"'sha256-{_digest(content)}'" for content in inline})]
    if _DRAWN_BY_WEBGL in page:
        scripts.append("'unsafe-eval'")
    policy = (
        f"default-src 'none'; script-src {' '.join(scripts)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; base-uri 'none'; form-action 'self'; object-src 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return _HEAD.sub(lambda head: head[0] + meta, page, count=1)


def set_policies(site: Path) -> None:
    """Give every page of a site its policy."""
    for path in sorted(site.rglob("*.html")):
        path.write_text(with_policy(path.read_text(encoding="utf-8")), encoding="utf-8")


def _runs(attributes: str) -> bool:
    return "src=" not in attributes and "application/json" not in attributes


def _digest(script: str) -> str:
    # A browser hashes the text after it has made every line end a line feed.
    content = script.replace("\r\n", "\n").replace("\r", "\n").encode()
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
