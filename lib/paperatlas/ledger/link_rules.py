"""The patterns that find and class links."""

from __future__ import annotations

import re

from paperatlas.ledger.patterns import any_of

# What may stand in a URL. LaTeX escapes some characters with a backslash; any other ends the URL (see `NO_ESCAPE`).
_CHARACTER = r"[A-Za-z0-9\-._~:/?#@!&'*+=%(),;\\]"
NO_ESCAPE = re.compile(r"\\(?![_%#&~$-])")
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,5}[A-Za-z]{2,12}"

SCHEME = re.compile(r"https?\s?:\s?(?:/\s?/\s?)?(?P<rest>" + _CHARACTER + r"{4,400})")
BARE = re.compile(
    r"(?P<rest>(?:www\.(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,12}|(?:[A-Za-z0-9-]{1,63}\.){1,4}github\.io|"
    + _HOST
    + r"(?=/))(?:/"
    + _CHARACTER
    + r"{0,400})?)"
)
BARE_CUES = (
        ".com/", ".org/", ".io/", ".co/", ".net/", ".edu/", ".ai/", ".dev/", ".ly/", ".ms/", ".gl/", ".be/", ".cn/",
        ".de/", ".uk/", ".fr/", ".science/", ".me/", ".info/", ".eu/", ".ch/", ".jp/", ".kr/", ".ca/", ".it/", ".in/",
        ".tech/", ".app/", ".gov/", "www.", ".github.io", ". com/",
    )  # fmt: skip

# The first pattern that matches host and path decides; then, for any other host, the words before the link.
HOST_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "data",
        re.compile(
            r"^(?:huggingface\.co|hf\.co)/datasets/|^(?:www\.)?kaggle\.com/|zenodo\.org|figshare\.com|dataverse\."
            r"|(?:^|\.)osf\.io|physionet\.org|openneuro\.org|ieee-dataport\.org|data\.mendeley\.com|synapse\.org"
            r"|openml\.org|tianchi\.aliyun\.com|datadryad\.org|pangaea\.de"
        ),
    ),
    (
        "demo",
        re.compile(
            r"^(?:huggingface\.co|hf\.co)/spaces/|youtube\.com|youtu\.be|vimeo\.com|bilibili\.com|streamlit\.app"
            r"|colab\.research\.google|gradio\.(?:app|live)|demo\.|\.hf\.space"
        ),
    ),
    (
        "paper",
        re.compile(
            r"^(?:www\.)?(?:dx\.)?doi\.org|arxiv\.org|openreview\.net|aclanthology\.org|(?:^|\.)acm\.org"
            r"|ieee\.org/document|(?:bio|med)rxiv\.org|^(?:huggingface\.co|hf\.co)/papers/|ssrn\.com"
            r"|ncbi\.nlm\.nih\.gov/p(?:mc|ubmed)"
        ),
    ),
    (
        "code",
        re.compile(
            r"^(?:www\.)?github\.com|^gist\.github|gitlab|bitbucket\.org|codeberg\.org|gitee\.com|gitcode\.com"
            r"|sourceforge\.net|anonymous\.4open\.science|code\.google|^(?:www\.)?pypi\.org|anaconda\.org"
            r"|cran\.r-project|codeocean\.com|^git\.|(?:^|\.)sr\.ht|software\.|readthedocs\.io"
        ),
    ),
    (
        "model",
        re.compile(
            r"^(?:huggingface\.co|hf\.co)/|modelscope\.c|ollama\.com|replicate\.com|tfhub\.dev|civitai\.com"
        ),
    ),
    (
        "project page",
        re.compile(
            r"\.(?:github|gitlab)\.io|^sites\.google\.com|\.netlify\.app|\.vercel\.app|\.pages\.dev|notion\.site"
        ),
    ),
)
CONTEXT_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(r"\b" + any_of(words) + r"\b", re.IGNORECASE))
    for kind, words in (
        ("project page", "project web_?page web_?site home_?page page blog portal"),
        ("code", "codes? implementation source repository software library package toolkit tool"),
        ("demo", "demos? videos? demonstration"),
        ("data", "data_?sets? data corpus benchmark collection leaderboard"),
        ("model", "models? weights checkpoints?"),
    )
)
