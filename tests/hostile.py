"""A dump of papers that mean harm: what a page, a spreadsheet or a terminal could trip over."""

from paperatlas.readers.dumps import BANNER, BUTTON

PWN = "window.__pwned=1"
ATTACKS = [
    f"<script>{PWN}</script>",
    f"</script><script>{PWN}</script>",
    f"<img src=x onerror={PWN}>",
    f'"><svg onload={PWN}>',
    f"' onmouseover='{PWN}' x='",
    f"javascript:{PWN}",
    f'<a href="javascript:{PWN}">here</a>',
    f"data:text/html,<script>{PWN}</script>",
    f"[click](javascript:{PWN})",
    "![x](https://attacker.invalid/x.png)",
    "<iframe src=https://attacker.invalid></iframe>",
    "<link rel=stylesheet href=https://attacker.invalid/x.css>",
    "<meta http-equiv=refresh content=0;url=https://attacker.invalid>",
    "<style>@import 'https://attacker.invalid/x.css'</style>",
    f"<!-- --><body onload={PWN}> --!>",
    f"${{alert({PWN})}} {{{{constructor.constructor('{PWN}')()}}}}",
    f"%{{customdata}}<a href='javascript:{PWN}'>hover</a>",
    "```{raw} html\n<b>raw</b>\n```".replace("\n", " "),
    "{eval-rst} .. raw:: html <script>1</script> {{ substitution }} {ref}`x`",
    "$\\href{javascript:alert(1)}{x}$ \\input{/etc/passwd} $$\\unicode{x}$$",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J",
    "\u202emoor eht ni\u202c \u2066x\u2069",
    "zero\u200bwidth\u200d\u2060joined\ufeff",
    "null\0byte",
    "&lt;script&gt; &amp;#x3c; &#60;script&#62;",
    f'https://github.com/x/y"onclick="{PWN}',
    f"https://attacker.invalid/<script>{PWN}</script>",
    "| a | b | c | --- | --- # Heading 1. List > Quote `code` ~~~",
]
SUBJECTS = [
    ("Attention", "attention layers over tokens in transformers that translate sentences between languages"),
    ("Images", "convolution filters over pixels that segment images of streets, cells and faces"),
    ("Graphs", "message passing between nodes of molecular graphs that predicts energies and bonds"),
]


def pairs() -> list[tuple[str, str]]:
    """Titles and abstracts, each with one attack in the title and all kinds in the abstract."""
    found = []
    for i, attack in enumerate(ATTACKS):
        subject, words = SUBJECTS[i % len(SUBJECTS)]
        other = ATTACKS[(7 * i + 3) % len(ATTACKS)]
        title = f"{attack} {subject} Number {i}"
        abstract = (
            f"{other} We introduce Net{i} ({attack}), a model of {words}. It reaches {70 + i % 25}.{i % 10}% "
            f"accuracy on ImageNet, {1 + i % 7}.{i % 10}% better than Net{i - 1 if i else 99} {other}. We study "
            f"{words} at length, and report what {words} cost in training and in memory. "
            f"Code is available at https://github.com/x{i}/net{i}{attack if i % 5 == 0 else ''}."
        )
        found.append((title, abstract))
    return found


def dump() -> str:
    """The page, with null bytes, half a surrogate and a shared furniture line as they come."""
    lines = [text for pair in pairs() for text in pair]
    return "\n".join(BANNER) + "\n" + BUTTON + "\n".join(lines) + "\n"
