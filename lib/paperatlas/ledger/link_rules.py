"""The table of rules that find and class links."""

from __future__ import annotations

import re

from paperatlas.ledger.patterns import Rule, any_of

# What may stand in a URL. LaTeX escapes some characters with a backslash; any other ends the URL (see `NO_ESCAPE`).
_CHARACTER = r"[A-Za-z0-9\-._~:/?#@!&'*+=%(),;\\]"
NO_ESCAPE = re.compile(r"\\(?![_%#&~$-])")
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,5}[A-Za-z]{2,12}"

SCHEME = Rule(
    "with-scheme",
    re.compile(r"https?\s?:\s?(?:/\s?/\s?)?(?P<rest>" + _CHARACTER + r"{4,400})"),
    examples=(
        ("Code is at https://github.com/naver-ai/rdnet.", "https://github.com/naver-ai/rdnet"),
        ("available on this webpage.https://badripatro.github.io/svt/.", "https://badripatro.github.io/svt/"),
        ("code (https://github.com/a/b).", "https://github.com/a/b"),
        ("see \\url{https://github.com/a/b\\_c}.", "https://github.com/a/b_c"),
        ("see \\href{https://github.com/a/b}{the code}.", "https://github.com/a/b"),
        ("at https:// github.com/a/b .", "https://github.com/a/b"),
        ("at https: //github.com/a/b.", "https://github.com/a/b"),
        (
            "at https://github.com/poloclub/ LLM-Attribution. The",
            "https://github.com/poloclub/LLM-Attribution",
        ),
        ("at https://github.com/erfan/KD- OCT.", "https://github.com/erfan/KD-OCT"),
        ("at https://en.wikipedia.org/wiki/Atlas_(book).", "https://en.wikipedia.org/wiki/Atlas_(book)"),
        ("at https://www.robots.ox.ac.uk/~vgg/research/.", "https://www.robots.ox.ac.uk/~vgg/research/"),
        ("at https://github.com/a/b.The code", "https://github.com/a/b"),
        ("in https://github.com/UnVeilX/ to enable", "https://github.com/UnVeilX/"),
        ("at https://github$.$com/a/b.", "https://github.com/a/b"),
        ("at http://137.204.64.4:81/cic/run, aimed", "http://137.204.64.4:81/cic/run"),
        ("TeXRA (https://texra.ai)-a research tool", "https://texra.ai"),
        ("https://github.com/a/b\u200f is", "https://github.com/a/b"),
        ("at https://github.com/a/b*.", "https://github.com/a/b"),
    ),
    counter_examples=(
        "javascript:alert(1) and data:text/html,hello",
        "the http URL: none",
        "over https only",
        "http://localhost/x",
        "code at https://xxxx/xxxx/xxxx.git",
    ),
    cues=("http",),
)

BARE = Rule(
    "without-scheme",
    re.compile(
        r"(?P<rest>(?:www\.(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,12}|(?:[A-Za-z0-9-]{1,63}\.){1,4}github\.io|"
        + _HOST
        + r"(?=/))(?:/"
        + _CHARACTER
        + r"{0,400})?)"
    ),
    examples=(
        ("Code: github.com/leihui6/BENBV.", "https://github.com/leihui6/BENBV"),
        ("see \\url{github.com/a/b}", "https://github.com/a/b"),
        ("at www.artelingo.org.", "https://www.artelingo.org"),
        ("at gala3d.github.io.", "https://gala3d.github.io"),
        ("at huggingface.co/datasets/a/b\\_c are", "https://huggingface.co/datasets/a/b_c"),
        ("at https://github. com/a/b and", "https://github.com/a/b"),
        ("source codes are at ttps://github.com/a/b.", "https://github.com/a/b"),
        ("at github.com/ aeon-toolkit/aeon. This", "https://github.com/aeon-toolkit/aeon"),
    ),
    counter_examples=(
        "mail me@example.com/x today",
        "we used github.com and Booking.com",
        "and/or i.e./e.g. 3.5/4 vs. v1.2/v1.3",
        "accuracy.The/this",
    ),
    cues=(
        ".com/", ".org/", ".io/", ".co/", ".net/", ".edu/", ".ai/", ".dev/", ".ly/", ".ms/", ".gl/", ".be/", ".cn/",
        ".de/", ".uk/", ".fr/", ".science/", ".me/", ".info/", ".eu/", ".ch/", ".jp/", ".kr/", ".ca/", ".it/", ".in/",
        ".tech/", ".app/", ".gov/", "www.", ".github.io", ". com/",
    ),
)  # fmt: skip

LINK_RULES: tuple[Rule, ...] = (SCHEME, BARE)

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
