"""Plain text out of what publishers and reference managers write: HTML, JATS, MathML, entities, LaTeX, JSON."""

from __future__ import annotations

import html
import re
import unicodedata

from paperatlas.shipped import rows_of

# Only elements that stand in titles and abstracts: "p<a and b>c" is no markup.
_BLOCKS, _INLINE = (
    "|".join(row["element"] for row in rows_of("elements") if row["kind"] in kinds)
    for kinds in (("block", "heading"), ("inline",))
)
# What opens anew before it closes is looked at once: a text of many beginnings takes no longer than another.
_DROPPED = re.compile(
    r"<(?P<whole>(?:mml:)?annotation|script|style)\b(?:(?!<(?P=whole)).)*?</(?P=whole)>|<!--(?:(?!<!--).)*?-->"
    r"|<!\[CDATA\[|\]\]>|<\?[^<>]*\?>"
    r"|<(?P<tag>(?:jats:)?(?:title|p|b|bold|strong|h\d))>\s*(?:abstract|summary)[.:]?\s*</(?P=tag)>",
    re.IGNORECASE | re.DOTALL,
)
# The same formula a second time, where it stands in MathML too.
_TEX = re.compile(r"<((?:jats:)?tex-math)\b(?:(?!<\1).)*?</\1>", re.IGNORECASE | re.DOTALL)
_PREFIX, _ATTRIBUTES = r"(?:jats|mml|m|math|ns\d):", r"(?:\s+[\w:-]+\s*=[^<>]*)?\s*"
_BLOCK = re.compile(rf"</?(?:{_PREFIX})?(?:{_BLOCKS}){_ATTRIBUTES}/?>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_PREFIX}[\w-]+|{_INLINE}){_ATTRIBUTES}/?>", re.IGNORECASE)


# The word alone is a mark only with a capital: an abstract may be about copyright. An owner's words are names; where a
# sentence without a full stop before it follows, nothing is taken out.
def _rights_at(place: str) -> re.Pattern[str]:
    """How publishers state their rights there; parts in capitals stand for those that were named before."""
    form = "|".join(row["form"] for row in rows_of("rights") if row["part"] == place)
    for row in reversed(rows_of("rights")):
        form = form.replace(row["part"], row["form"]) if row["part"].isupper() else form
    return re.compile(form, re.IGNORECASE)


_AT_START, _AT_END = _rights_at("start"), _rights_at("end")
_RIGHTS_MARKS = ("©", "(c)", "copyright", "rights reserved", "on behalf of", "published by")


# Names under which an object or list of a JSON file keeps its text.
_PARTS = (
    "date-parts", "value", "display_name", "name", "text", "title", "keyword", "fullname", "literal",
    "raw_author_name", "tag", "author", "description",
)  # fmt: skip


def parts_of(value: object, deep: int = 6) -> list[str]:
    """The texts in a value: one of a text or number, several of a list, the name in an object."""
    if not deep or value is None or value != value or isinstance(value, bool):
        return []
    if isinstance(value, list | tuple):
        return [text for part in value for text in parts_of(part, deep - 1)]
    if isinstance(value, dict):
        family, given = value.get("family", value.get("lastName")), value.get("given", value.get("firstName"))
        if isinstance(family, str):
            return [f"{family}, {given}" if isinstance(given, str) else family]
        inside = (parts_of(value[name], deep - 1) for name in _PARTS if name in value)
        return next((texts for texts in inside if texts), [])
    return [value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)]


def plain_text(text: str) -> str:
    """Text without tags, entities and LaTeX, on one line."""
    if "<" in text or "&" in text:
        text = without_tags(text)
    if ("\\" in text or "$" in text) and has_latex(text):
        text = latex_to_text(text)
    return " ".join(text.split())


def without_tags(text: str) -> str:
    """Text without tags and entities, those written as entities included."""
    if "mml:math" in text or "<math" in text:
        text = _TEX.sub(" ", text)
    for _ in range(3):
        if "<" in text:
            text = _TAG.sub("", _BLOCK.sub(" ", _DROPPED.sub(" ", text)))
        if "&" not in text:
            break
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    return text


def without_rights(abstract: str) -> str:
    """Abstract without a publisher's "© 2021 Elsevier B.V. All rights reserved." at its end or beginning."""
    lower = abstract.lower()
    if not any(mark in lower for mark in _RIGHTS_MARKS):
        return abstract
    rest = _AT_START.sub("", abstract)
    for _ in range(3):
        rest = _AT_END.sub("", rest).rstrip() or rest
    return rest or abstract


_GONE = re.compile(
    r"\\(?:cite[a-z]*|ref|label|hspace|vspace|footnote|includegraphics)\*?\s?(?:\[[^\]]*\])?\{[^{}]*\}"
)
# What commands print: a mark on a letter, or, for those of a style, nothing; their argument is text that stays.
_COMMANDS = {row["command"]: row["text"] for row in rows_of("latex")}
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_LATEX = re.compile(
    r"\\(?:(?P<escaped>[{}$_&%#])|(?P<blank>[\\,;:! >])"
    r"|(?:(?P<mark>[`'^\"~=.])\s?|(?P<accent>[uvHcdbkr])(?:\s+|(?=\{)))(?:\{\\?(?P<inside>[A-Za-z]?)\}|\\?(?P<letter>[A-Za-z]))"
    r"|(?P<command>textbackslash|[A-Za-z]+)\*?(?P<end>\s?))|[{}$\\]"
)
_HREF = re.compile(r"\\href\s?\{[^{}]*\}")
# Without its semicolon "&notin" may be anything.
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z]\w*);")
_MATH = re.compile(r"(?<!\\)\$[^$]{1,2000}\$")
# In a formula: marks of what is set lower or higher, and a backslash that was escaped once more.
_SCRIPT = re.compile(r"(?<!\\)_(?=[{\\\w])|\^(?=\s?\{?\s?\\(?:circ|prime))|\\(?=\\[A-Za-z])")
_MAY_BE_LATEX = re.compile(r"\\[A-Za-z`'^\"~=.]|\$[^$\n]{0,400}[\\^_{=][^$\n]{0,400}\$|\$[A-Za-z0-9]\$|\{\\")


def has_latex(text: str) -> bool:
    """Whether a text from anywhere holds LaTeX; a price in dollars is none."""
    if not _MAY_BE_LATEX.search(text):
        return False
    names = _COMMAND.findall(text)
    return not names or bool(_GONE.search(text)) or any(map(is_known_command, names))


def is_known_command(name: str) -> bool:
    """Whether `latex_to_text` knows what a command stands for; such a command does nothing but print."""
    return name in _COMMANDS


def latex_to_text(text: str) -> str:
    """Text with accents, signs and formulas in Unicode, commands and braces taken out."""
    text = _GONE.sub("", _HREF.sub("", text))
    return _LATEX.sub(_printed, _MATH.sub(lambda found: _SCRIPT.sub("", found[0]), text))


def _printed(found: re.Match[str]) -> str:
    """What a piece of LaTeX prints; braces and the marks of a formula print nothing."""
    if accent := found["mark"] or found["accent"]:
        letter = found["inside"] or found["letter"]
        return unicodedata.normalize("NFC", letter + _COMMANDS[accent]) if letter else ""
    if not found["command"]:
        return found["escaped"] or (" " if found["blank"] else "")
    said = _COMMANDS.get(found["command"], "")
    # The blank that ends a command is not part of the text, but a word after a word needs one.
    is_word = said.isascii() and said.isalpha()
    return "" if unicodedata.combining(said[:1] or " ") else said + (" " if found["end"] and is_word else "")


_TIE = re.compile(r"(?<!\\)~")


def bibtex_to_text(value: str) -> str:
    """Text of a BibTeX value, with its ties, dashes and quotes."""
    value = _TIE.sub(" ", value)
    value = value.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    return latex_to_text(value)
