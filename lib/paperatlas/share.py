"""Papers to carry away: BibTeX, RIS, CSL-JSON, CSV, or their ids."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import accumulate, count
from pathlib import Path
from typing import IO, Any, Literal

import pandas as pd

from paperatlas.errors import AtlasError
from paperatlas.readers.markup import has_latex, is_known_command
from paperatlas.readers.published import MONTHS
from paperatlas.readers.records import STATED
from paperatlas.readers.tables import ACTS, as_written
from paperatlas.titles import normalise_title

_MEETING = re.compile(
    r"\b(?:proceedings|proc|conference|conf|workshop|symposium|congress|meeting|NeurIPS|NIPS|ICML|ICLR|CVPR|ICCV"
    r"|ECCV|ACL|EMNLP|NAACL|AAAI|IJCAI)\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?")
_NOT_IN_A_KEY = re.compile(r"[\s,{}()=\"'#%\\~]+")  # what ends a BibTeX key, or cannot be cited
_FORMULA = re.compile(r"(?<!\\)(\$[^$]+\$)")
_IN_FORMULA, _IN_LATEX = (re.compile(rf"\\([A-Za-z]+)|\\.|\\$|[{signs}]") for signs in ("&%#", "&%#_^"))
_SPECIAL = re.compile(r"[&%#_^~{}$\\]|-(?=-)|'(?=')|`(?=`)")
_ESCAPES = {
    **{sign: f"\\{sign}" for sign in "&%#_$"},
    **{sign: f"{sign}{{}}" for sign in "-'`"},
    "^": "{\\textasciicircum}",
    "~": "{\\textasciitilde}",
    "\\": "{\\textbackslash}",
    "{": "{\\textbraceleft}",
    "}": "{\\textbraceright}",
}
_SMALL_WORD = re.compile("an?|the|on|of|for|in|to|and|with|from|by|is|are|der|die|das|le|la|les|el|une?")
_WANTED = ["paper_id", "title", "abstract", *STATED, "topic_name", "subtopic_name"]
_KINDS = {  # of entries, in BibTeX, RIS and CSL
    "meeting": ("inproceedings", "CPAPER", "paper-conference"),
    "journal": ("article", "JOUR", "article-journal"),
    "": ("misc", "GEN", "article"),
}


def cite(papers: pd.DataFrame, form: str = "bibtex") -> str:
    """Papers as a text that reference managers read, in the order of the table.

    What is not known is left out. A citation key that came in (column ``key``) goes out unchanged, except in BibTeX for
    what ends a key there, such as a comma; other papers get one of author, year and first word of the title. Keys are
    unique. The phrases of ``topic_name`` and ``subtopic_name``, where the table has them, are keywords.

    Parameters
    ----------
    papers : DataFrame of n papers
        Rows of `paperatlas.Study.papers`, of `paperatlas.Study.select` or of `paperatlas.read_papers`.
    form : {"bibtex", "ris", "csl", "csv", "ids"}
        ``"csl"`` is CSL-JSON; ``"ids"`` is one ``paper_id`` a line.

    Raises
    ------
    AtlasError
        If there is no such form, or the table lacks a column that it needs.
    """
    if form not in _FORMS:
        raise AtlasError(f"there is no form {form!r}; use one of {', '.join(map(repr, _FORMS))}")
    needed = "paper_id" if form == "ids" else "title"
    if needed not in papers:
        raise AtlasError(
            f"the table lacks the column {needed!r}; take rows of study.papers or study.select()"
        )
    return _FORMS[form](papers)


def _entry(paper: dict[str, Any]) -> str:
    # A name that holds an "and", as those of institutes do, would be taken for two.
    authors = [re.sub(r"\band\b", "{and}", _latex(name)) for name in paper["authors"]]
    mark = "; " if any("," in word for word in paper["keywords"]) else ", "
    texts = {
        "title": _latex(paper["title"]),
        "author": " and ".join(authors),
        "year": paper["year"],
        "month": MONTHS[int(paper["month"]) - 1] if paper["month"] else "",
        "booktitle" if paper["kind"] == "meeting" else "journal": _latex(paper["venue"]),
        "doi": _address(paper["doi"]),
        "url": _address(paper["url"]),
        "eprint": paper["arxiv_id"],
        "archiveprefix": "arXiv" if paper["arxiv_id"] else "",
        "keywords": _latex(mark.join(paper["keywords"])),
        "citations": paper["citations"],
        "abstract": _latex(paper["abstract"]),
    }
    fields = {name: text if name == "month" else f"{{{text}}}" for name, text in texts.items() if text}
    said = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
    return f"@{_KINDS[paper['kind']][0]}{{{paper['key']},\n{said}\n}}\n"


def _address(text: str) -> str:
    """Address in which no brace ends the field, and no backslash begins a command."""
    return text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _latex(text: str) -> str:
    """Text as LaTeX: its own formulas and commands that only print stay; all else that LaTeX would act on is escaped."""
    nested = _are_nested(text)
    if nested and text.count("$") % 2 == 0 and has_latex(text):
        parts = _FORMULA.split(text)
        return "".join((_IN_FORMULA if i % 2 else _IN_LATEX).sub(_kept, part) for i, part in enumerate(parts))
    # BibTeX counts escaped braces, too.
    escapes = {**_ESCAPES, "{": "\\{", "}": "\\}"} if nested else _ESCAPES
    return _SPECIAL.sub(lambda found: escapes[found.group()], text)


def _kept(found: re.Match[str]) -> str:
    sign, command = found.group(), found.group(1)
    if command and not is_known_command(command):
        return f"{{\\textbackslash}}{command}"
    return _ESCAPES.get(sign, sign)


def _are_nested(text: str) -> bool:
    """Whether every brace has its partner."""
    depths = [0, *accumulate({"{": 1, "}": -1}.get(sign, 0) for sign in text)]
    return min(depths) == depths[-1] == 0


def _ris(papers: pd.DataFrame) -> str:
    lines: list[str] = []
    for paper in _papers(papers):
        day = f"{paper['year']}/{paper['month']}//" if paper["month"] else ""
        arxiv = f"arXiv:{paper['arxiv_id']}" if paper["arxiv_id"] else ""
        tags = [
            ("TY", _KINDS[paper["kind"]][1]), ("ID", paper["key"]), ("TI", paper["title"]),
            *(("AU", name) for name in paper["authors"]), ("PY", paper["year"]), ("DA", day), ("T2", paper["venue"]),
            ("DO", paper["doi"]), ("AN", arxiv), ("UR", paper["url"]), *(("KW", word) for word in paper["keywords"]),
            ("TC", paper["citations"]), ("AB", paper["abstract"]),
        ]  # fmt: skip
        lines += [f"{tag}  - {value}" for tag, value in tags if value] + ["ER  - ", ""]
    return "\n".join(lines)


def _csl(papers: pd.DataFrame) -> str:
    items = []
    for paper in _papers(papers):
        date = [int(part) for part in (paper["year"], paper["month"]) if part]
        item = {
            "id": paper["key"],
            "citation-key": paper["key"],
            "type": _KINDS[paper["kind"]][2],
            "title": paper["title"],
            "author": [_csl_name(name) for name in paper["authors"]],
            "issued": {"date-parts": [date]} if date else None,
            "abstract": paper["abstract"],
            "container-title": paper["venue"],
            "DOI": paper["doi"],
            "URL": paper["url"],
            "archive": "arXiv" if paper["arxiv_id"] else "",
            "archive_location": paper["arxiv_id"],
            "keyword": "; ".join(paper["keywords"]),
            "custom": {"citations": int(float(paper["citations"]))} if paper["citations"] else None,
        }
        items.append({name: value for name, value in item.items() if value})
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def _csl_name(name: str) -> dict[str, str]:
    """A name in its parts where a comma divides them; which words of another are the family's is not known."""
    family, comma, given = name.partition(", ")
    return {"family": family, "given": given} if comma else {"literal": name}


def _csv(papers: pd.DataFrame) -> str:
    out = io.StringIO()
    write_csv(papers.assign(key=[paper["key"] for paper in _papers(papers)]), out)
    return out.getvalue()


_FORMS: dict[str, Callable[[pd.DataFrame], str]] = {
    "bibtex": lambda papers: "\n".join(map(_entry, _papers(papers, bare=True))),
    "ris": _ris,
    "csl": _csl,
    "csv": _csv,
    "ids": lambda papers: "".join(f"{paper_id}\n" for paper_id in papers["paper_id"]),
}


def parts_of(text: str) -> list[str]:
    """The names or keywords in one value: divided by semicolons, or where there are none by commas."""
    parts = (part.strip() for part in text.split(";" if ";" in text else ","))
    return list(dict.fromkeys(filter(None, parts)))


def _papers(papers: pd.DataFrame, *, bare: bool = False) -> Iterator[dict[str, Any]]:
    """What is known of each paper, in its parts, "" for nothing; `bare` keys hold nothing that BibTeX cannot."""
    rows = papers.reindex(columns=_WANTED).astype(object).fillna("").astype(str)
    texts: list[Any] = rows.map(lambda text: " ".join(text.split())).to_dict("records")
    for known, key in zip(texts, _keys(texts, bare=bare), strict=True):
        named = [*known["topic_name"].split(", "), *known["subtopic_name"].split(", ")]
        date = _DATE.match(known["published"])
        year, _, month = date.group().partition("-") if date else ("", "", "")
        yield {
            **known,
            "key": key,
            "year": year,
            "month": month,
            "citations": known["citations"] if known["citations"].removesuffix(".0").isdecimal() else "",
            "authors": [name.strip() for name in known["authors"].split(";") if name.strip()],
            "keywords": list(dict.fromkeys([*parts_of(known["keywords"]), *filter(None, named)])),
            "kind": "meeting" if _MEETING.search(known["venue"]) else "journal" if known["venue"] else "",
        }


def _keys(known: list[dict[str, str]], *, bare: bool) -> list[str]:
    """A citation key for each paper: its own, or one made of author, year and title; of equals, later ones get a letter.

    Which of two is the later one does not depend on their order in the table.
    """
    wanted = [paper["key"] or _made_key(paper) for paper in known]
    wanted = [_NOT_IN_A_KEY.sub("_", key) for key in wanted] if bare else wanted
    order = [(not paper["key"], paper["paper_id"], paper["title"], i) for i, paper in enumerate(known)]
    taken: set[str] = set()
    for *_, i in sorted(order):
        endings = ("" if n == 0 else chr(96 + n) if n < 27 else f"-{n}" for n in count())
        wanted[i] = next(key for ending in endings if (key := wanted[i] + ending).casefold() not in taken)
        taken.add(wanted[i].casefold())
    return wanted


def _made_key(paper: dict[str, str]) -> str:
    first, year = paper["authors"].split(";")[0], paper["published"][:4]
    family = _plain(first.split(",")[0] if "," in first else first.split(" ")[-1])
    words = [plain for word in paper["title"].split() if (plain := _plain(word))]
    telling = next((word for word in words if not _SMALL_WORD.fullmatch(word)), "".join(words[:1]))
    return "".join((family, year, telling) if first else (telling, year)) or "paper"


def _plain(word: str) -> str:
    """Word in lower case ASCII letters and digits."""
    return re.sub(r"[^a-z0-9]", "", normalise_title(word).replace("ø", "o").replace("ł", "l"))


_TEXT_COLUMNS = (
    "paper_id", "title", "abstract", "arxiv_id", "published", "venue", "topic_name", "dumps", "precision",
    "date_source", "name", "long_form", "words", "verdict", "typical", "borderline", "period", "kind", "rule",
    "source", "place", "record", "reason", "remedy", "authors", "doi", "keywords", "language", "key", "other_id",
    "field", "quote", "unit", "direction", "url", "host", "dump", "label", "terms",
)  # fmt: skip


def write_csv(table: pd.DataFrame, path: Path | IO[str]) -> None:
    """Write a table as UTF-8 CSV; tuples become text with ``;`` between their parts.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; `read_csv` takes it
    off. (OWASP, "CSV Injection".) Numbers stay as they are.
    """
    texts = {str(name): [*map(_written, table[name])] for name in table.select_dtypes(exclude="number")}
    plain = table.assign(**texts)
    returns = any("\r" in value for values in texts.values() for value in values if isinstance(value, str))
    # Before Python 3.13 a carriage return alone is no reason for quotes.
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if returns else csv.QUOTE_MINIMAL
    form = {"lineterminator": "\n", "encoding": "utf-8", "errors": "backslashreplace"}
    plain.to_csv(path, index=False, quoting=quoting, **form)  # type: ignore[call-overload]


def read_csv(path: Path | str) -> pd.DataFrame:
    """Read an exported table with every text as it was before it was neutralised.

    Ids and dates stay text, an empty field is a missing value, and a title such as "NA" stays a title.
    """
    table = pd.read_csv(
        path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(_TEXT_COLUMNS, "object")
    )
    for column in table.select_dtypes(include=["object", "string"]):
        table[column] = [as_written(value) if isinstance(value, str) else value for value in table[column]]
    return table


def _written(value: Any) -> Any:
    text = ";".join(map(str, value)) if isinstance(value, tuple | list) else value
    return f"'{text}" if isinstance(text, str) and ACTS.match(text) else text
