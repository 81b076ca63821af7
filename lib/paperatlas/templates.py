"""Pages and sentences from their templates.

What goes into a page is made visible and escaped, and nothing may run there but what it brings; what goes into a
sentence stays on its line.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from paperatlas import prose

SITE = Path(__file__).resolve().parent / "site"
_SCRIPT = re.compile(r"<script([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_DATA_OR_FILE = re.compile(r"src=|application/json")
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def render(template: str, **values: Any) -> str:
    """A page, or a text, from its template."""
    return _environment(template.endswith(".txt")).get_template(template).render(**values)


def say(macro: str, /, **facts: Any) -> list[str]:
    """Sentences of a macro of ``sentences.txt``, without capital letter and full stop."""
    macros: Any = _environment(of_texts=True).get_template("sentences.txt").module
    said = getattr(macros, macro)(**facts)
    lines = re.sub(r"\n(?=\s)", "", f"\n{said}").split("\n")
    return [" ".join(line.split()) for line in lines if line.strip()]


@cache
def asset(name: str) -> Markup:
    """A script or style sheet, for pages that bring everything themselves."""
    return Markup((SITE / name).read_text(encoding="utf-8"))  # noqa: S704 - our own


@cache
def _environment(of_texts: bool) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SITE / "templates"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=not of_texts,  # there it matters where a line ends
        lstrip_blocks=not of_texts,
        finalize=_shown,
    )
    names = ("between", "count", "is_plural", "listing", "out_of", "percent", "quoted", "sentence", "verb")
    words = {name: getattr(prose, name) for name in names}
    ways = {"number": "{:,}".format, "decimals": "{:.2f}".format, "packed": packed, "zip": zip}
    environment.filters |= words | ways
    environment.globals |= words | {"asset": asset}
    environment.tests["missing"] = pd.isna
    return environment


@jinja2.pass_eval_context
def _shown(context: jinja2.nodes.EvalContext, value: Any) -> Any:
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return prose.visible(value) if context.autoescape else re.sub(r"\s+", " ", value)


def with_policy(page: str) -> str:
    """Page whose head allows its own inline scripts by their hashes, and files beside it (W3C, "CSP Level 3")."""
    # A browser hashes a script after it has made every line end a line feed.
    inline = [
        re.sub("\r\n?", "\n", code).encode()
        for attributes, code in _SCRIPT.findall(page)
        if not _DATA_OR_FILE.search(attributes)
    ]
    hashes = {base64.b64encode(hashlib.sha256(code).digest()).decode() for code in inline}
    scripts = ["'self'", *sorted(f"'sha256-{digest}'" for digest in hashes)]
    policy = (
        f"default-src 'none'; script-src {' '.join(scripts)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; base-uri 'none'; form-action 'self'; object-src 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return _HEAD.sub(lambda head: head[0] + meta, page, count=1)


def as_json(data: object) -> str:
    """JSON in printable ASCII for a script element, where only "<" could end the data or open a comment."""
    content = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return content.replace("<", "\\u003c").replace("\x7f", "\\u007f")


def packed(data: object) -> str:
    """Data as gzipped JSON in base64: what makes the brief fit into a mail."""
    return base64.b64encode(gzip.compress(as_json(data).encode(), 9, mtime=0)).decode()
