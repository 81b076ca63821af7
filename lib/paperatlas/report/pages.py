"""Every page of the report, from a study: values go into the templates of ``site/templates``, nothing is HTML here."""

from __future__ import annotations

import inspect
import json
import re
import string
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

import paperatlas
from paperatlas import findings, passport
from paperatlas.errors import AtlasError
from paperatlas.figures.palette import NIGHT, PAPER, readable, theme_colours, topic_colours
from paperatlas.links import paper_url
from paperatlas.prose import count, listing, no_census, percent, quoted, sentence, source_word, visible
from paperatlas.report import parts
from paperatlas.report.atlas import TEXT_CONTRAST, as_json, packed, page, papers_data, texts_data
from paperatlas.report.notebook_pages import cells, markdown, title_of
from paperatlas.report.rendering import render, with_policy
from paperatlas.shipped import data_path

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from paperatlas.study import Study

BRIEF = "paper-atlas.html"
_TABLES = "## The exported tables"
_GROUPS = (
    ("Everything at once", ("Study",)),
    ("From sources to papers", ("read_papers", "read_dumps", "format_dump", "build_corpus", "near_duplicates", "add_dates")),
    ("Texts as numbers", ("embed_texts", "LsaEmbedder", "project")),
    ("Topics and trends", ("fit_topics", "topic_trends", "trend_tests")),
    ("The ledger", ("build_ledger",)),
    ("Sources against each other", (
        "describe_dumps", "topics_by_dump", "overlaps", "expected_overlap", "distinguishing_terms",
    )),
    ("How results look", ("Findings", "Table")),
    ("Errors", ("AtlasError", "DumpError")),
)  # fmt: skip


class Pages:
    """The pages of a study, each as HTML.

    Parameters
    ----------
    study : Study
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.papers = {row["paper_id"]: _named(row) for row in study.papers.to_dict("records")}
        for paper in self.papers.values():
            paper["open"] = paper_url(paper["arxiv_id"], paper["title"])

    def write(self, folder: Path, notebooks: Mapping[str, NotebookNode]) -> None:
        """Write every page, and the data of its scripts, into the folder of the site."""
        (folder / "topics").mkdir()
        (folder / "notebooks").mkdir()
        made = {"index.html": self.index(), "topics/index.html": self.topics(), BRIEF: self.brief(),
                "data.html": self._markdown("The data", data_sheet(self.study)),
                "passport.html": self.passport(), "library.html": self.library(),
                "notebooks/index.html": self.notebooks(notebooks)}  # fmt: skip
        if methods := getattr(self.study, "methods_text", None):
            text = f"# What was done with these papers\n\n{methods()}"
            made["methods.html"] = self._markdown("Methods", text)
        for topic in self.study.topics.at("topic").to_dict("records"):
            made[page(topic["topic"])] = self.topic(_named(topic))
        for stem, notebook in notebooks.items():
            made[f"notebooks/{stem}.html"] = self.notebook(stem, notebook, notebooks)
        for name, html in made.items():
            (folder / name).write_text(with_policy(html), encoding="utf-8", errors="backslashreplace")
        for name, data in (("papers", self.data), ("texts", self.texts)):
            script = f"window.paperAtlas_{name} = {as_json(data)};\n"
            (folder / "_static" / f"{name}.js").write_text(
                script, encoding="utf-8", errors="backslashreplace"
            )

    @cached_property
    def data(self) -> dict[str, Any]:
        """What every page may need at once; see `papers_data`."""
        return papers_data(self.study)

    @cached_property
    def texts(self) -> dict[str, Any]:
        """What cards say; see `texts_data`."""
        return texts_data(self.study)

    def render(self, template: str, root: str = "", **values: Any) -> str:
        """A page with what all pages have: ways to the others, doubts, date and colours."""
        today = date.today()
        common = {
            "root": root,
            "papers": self.papers,
            "address": lambda paper: f"{root}{page(self.papers[paper]['topic'])}#p-{paper}",
            "made": f"{today.day} {today:%B %Y}",
            "doubts": list(getattr(self.study, "doubts", self.study.corpus.attrs["language_doubts"])),
            "methods": hasattr(self.study, "methods_text"),
            "source": source_word(self.study.records.attrs["kinds"]),
            "palette": Markup(palette_css(self.study.topics.at("topic"))),  # noqa: S704 - colours
            "version": paperatlas.__version__,
            "study": self.study,
        }
        return render(template, **common | values)

    @cached_property
    def opening(self) -> Any:
        """The first screen: headline, summary, findings, caveat."""
        try:
            from paperatlas.findings.first_screen import first_screen
        except ImportError:
            return {
                "headline": count(len(self.study.corpus), "paper"),
                "summary": "",
                "caveat": "",
                "findings": [
                    {"lead": "", "text": sentence(text), "grade": "", "page": "", "evidence": ""}
                    for text in findings.overview(self.study)
                ],
            }
        return first_screen(self.study)

    def index(self) -> str:
        """The start page: the first screen, the map with its search and list, what to read, what it cannot tell."""
        made = [part(self.study) for part in (parts.reading, parts.limits)]
        return self.render("index.html", opening=self.opening, parts=made, brief=BRIEF)

    def brief(self) -> str:
        """The whole report on one page that needs no other file."""
        return self.render("brief.html", opening=self.opening, parts=[part(self.study) for part in parts.PARTS],
                           address="#p-{}".format, by_topic=self._by_topic(), numbers=self._numbers(),
                           data=Markup(as_json(self.data)), texts=Markup(packed(self.texts)))  # fmt: skip

    def map(self) -> str:
        """The map with its search, list and cards as a piece of HTML that a notebook can show."""
        return self.render("embedded.html", data=Markup(as_json(self.data)), texts=Markup(packed(self.texts)))

    def _numbers(self) -> list[tuple[int, str, str]]:
        levels = [(len(self.study.topics.at(level)), level) for level in ("theme", "topic", "subtopic")]
        return [
            (len(self.study.records), "record", "records"),
            (len(self.study.corpus), "paper", "papers"),
            *((n, level, level + "s") for n, level in levels if n),
            (self.study.ledger.systems["name"].nunique(), "named system", "named systems"),
        ]

    def _by_topic(self) -> list[tuple[dict[str, Any], list[str]]]:
        """Every topic with its papers, the surest first."""
        ordered = self.study.papers.sort_values(["confidence", "paper_id"], ascending=[False, True])
        return [
            (_named(topic), ordered.loc[ordered["topic"] == topic["topic"], "paper_id"].tolist())
            for topic in self.study.topics.at("topic").sort_values(["theme", "topic"]).to_dict("records")
        ]

    def topics(self) -> str:
        """Themes, topics and subtopics as a tree of links."""
        return self.render("topics.html", "../", part=parts.topics(self.study))

    def topic(self, topic: dict[str, Any]) -> str:
        """What a topic is, its subtopics, what to read, how it moves; at last how far to trust it."""
        study, number = self.study, topic["topic"]
        papers = study.papers[study.papers["topic"] == number]
        papers = papers.sort_values(["confidence", "paper_id"], ascending=[False, True])
        cited = (
            pd.to_numeric(papers["citations"], errors="coerce")
            .dropna()
            .sort_values(ascending=False, kind="stable")
        )
        lower = study.topics.at("subtopic").loc[lambda table: table["topic"] == number].to_dict("records")
        inside = [
            (_named(row), papers.loc[papers["subtopic"] == row["subtopic"], "paper_id"].tolist())
            for row in lower
        ]
        rest = papers.loc[papers["subtopic"].isna(), "paper_id"].tolist()
        shares = study.trends[study.trends["topic"] == number] if len(study.trends) else study.trends
        test = study.trend_tests[study.trend_tests["topic"] == number].to_dict("records")
        themes = study.topics.at("theme").set_index("theme")["name"]
        return self.render(
            "topic.html", "../", topic=topic, place=study.topics.at("topic")["topic"].tolist().index(number), theme=themes[topic["theme"]], inside=inside, rest=rest,
            alone=len(study.topics.at("topic")) == len(themes), said=findings.topic(study, number),
            typical=topic["typical"], borderline=topic["borderline"],
            cited=[(papers.loc[row, "paper_id"], int(n)) for row, n in cited.head(3).items()],
            curve=parts.curve(shares, max(float(shares["high"].max()), 0.05)) if len(shares) else None,
            periods=f"{shares['period'].min()} to {shares['period'].max()}" if len(shares) else "",
            test=test[0] if test else None, ids=papers["paper_id"].tolist(),
        )  # fmt: skip

    def notebooks(self, notebooks: Mapping[str, NotebookNode]) -> str:
        """The list of the notebooks."""
        titles = [(stem, title_of(notebook)) for stem, notebook in notebooks.items()]
        return self.render("notebooks.html", "../", notebooks=titles)

    def notebook(self, stem: str, notebook: NotebookNode, notebooks: Mapping[str, NotebookNode]) -> str:
        """One executed notebook."""
        stems = list(notebooks)
        place = stems.index(stem)
        made = cells(notebook, stems)
        drawn = [
            output["figure"] for cell in made for output in cell.get("outputs", ()) if "figure" in output
        ]
        around = [stems[i] if 0 <= i < len(stems) else None for i in (place - 1, place + 1)]
        return self.render("notebook.html", "../", title=title_of(notebook), cells=made, figures=bool(drawn),
                           before=around[0], after=around[1])  # fmt: skip

    def passport(self) -> str:
        """What went in, what computed it, and the numbers that came out."""
        found = passport.passport(self.study)
        inputs = [(i["name"], f"{i['bytes']:,}", i["sha256"]) for i in found["inputs"]]
        blocks: list[tuple[str, tuple[str, ...], Sequence[tuple[Any, ...]]]] = [
            ("Inputs", ("File", "Bytes", "SHA-256"), inputs),
            ("Key numbers", ("Number", "Value"), [(_words(k), v) for k, v in found["numbers"].items()]),
            ("Seconds per step", ("Step", "Seconds"), [(_words(k), f"{v:.1f}") for k, v in found["seconds"].items()]),
            ("Versions", ("Package", "Version"), [(k, v or "not installed") for k, v in found["versions"].items()]),
            ("Machine", ("What", "Value"), [*found["platform"].items(), *found["threads"].items()]),
            ("Seeds", ("Seed", "Value"), list(found["seeds"].items())),
        ]  # fmt: skip
        return self.render("passport.html", blocks=blocks)

    def library(self) -> str:
        """The library's reference, from the docstrings of what ``import paperatlas`` offers."""
        known = {name for _, names in _GROUPS for name in names}
        rest = tuple(sorted(set(paperatlas.__all__) - known))
        groups = [
            (title, [_entry(name) for name in names if name in paperatlas.__all__])
            for title, names in (*_GROUPS, ("More", rest))
        ]
        return self.render("library.html", groups=[group for group in groups if group[1]])

    def _markdown(self, title: str, text: str) -> str:
        return self.render("text.html", title=title, text=markdown(text))


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of a table with a missing value as None."""
    return {str(k): None if not isinstance(v, tuple | list) and pd.isna(v) else v for k, v in row.items()}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _entry(name: str) -> dict[str, Any]:
    found = getattr(paperatlas, name)
    members: list[dict[str, Any]] = []
    if inspect.isclass(found):
        public = [(n, m) for n, m in vars(found).items() if not n.startswith("_") and inspect.getdoc(m)]
        members = [
            {"name": f"{name}.{n}", "signature": _signature(m), "doc": inspect.getdoc(m)}
            for n, m in public
            if callable(m) or isinstance(m, property | cached_property)
        ]
    return {
        "name": name,
        "signature": _signature(found),
        "doc": inspect.getdoc(found) or "",
        "members": members,
    }


def _signature(found: Any) -> str:
    """Names and defaults of the arguments; their types stand in the docstring."""
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return ""
    bare = [p.replace(annotation=p.empty) for n, p in signature.parameters.items() if n != "self"]
    # What an object's default looks like may hold an address in memory.
    return re.sub(r"<[^>]*>", "…", str(inspect.Signature(bare)))


def palette_css(topics: pd.DataFrame) -> str:
    """Style sheet that gives each topic (``--t0``) and theme (``--h0``) its colour, light and dark."""
    hues = theme_colours(topics["theme"])

    def rules(dark: bool) -> str:
        shades = topic_colours(topics, dark=dark)
        names = {theme: readable(hue, NIGHT if dark else PAPER, TEXT_CONTRAST) for theme, hue in hues.items()}
        found = [f"--t{topic}:{c};" for topic, c in shades.items()] + [
            f"--h{theme}:{c};" for theme, c in names.items()
        ]
        return "".join(found)

    return f":root{{{rules(False)}}}@media screen and (prefers-color-scheme:dark){{:root{{{rules(True)}}}}}"


def data_sheet(study: Study) -> str:
    """The data on one sheet, in Markdown: ours for the shipped dumps, a generated one for others."""
    try:
        ours = data_path("README.md").read_text(encoding="utf-8")
    except (AtlasError, OSError):
        return described(study)
    if _is_shipped(study):
        return ours
    _, _, tables = ours.partition(_TABLES)
    tables = re.split(r"^## Change log", tables, flags=re.MULTILINE)[0]
    return described(study) + (f"\n{_TABLES}{tables}" if tables else "")


def _is_shipped(study: Study) -> bool:
    try:
        manifest = json.loads(data_path("manifest.json").read_text(encoding="utf-8"))
    except (AtlasError, OSError):
        return False
    shipped = {f["sha256"] for f in manifest["files"] if f["path"].startswith("dumps/")}
    return {known.sha256 for known in study.inputs} == shipped


def plain(text: object) -> str:
    """Text for Markdown: visible, on one line, every sign that could mean something escaped."""
    line = " ".join(visible(text).split())
    return "".join("\\" + c if c in string.punctuation else c for c in line)


def described(study: Study) -> str:
    """What can be said of any sources, in Markdown."""
    records, corpus, table = study.records, study.corpus, study.dump_table
    word = source_word(records.attrs["kinds"])
    rows = "\n".join(
        f"| {plain(d['dump'])} | {d['records']:,} | {d['papers']:,} | {d['only_here']:,} |"
        for d in table.to_dict("records")
    )
    problems = [f"- {plain(problem)}" for problem in records.attrs["problems"]]
    dated = corpus["published"].notna()
    spread = [f"{n:,} in {k}" for k, n in corpus["n_dumps"].value_counts().sort_index().items()]
    lengths = corpus["abstract"].str.len()
    titles = [quoted(plain(t)) for t in corpus.loc[lengths < 200, "title"].head(3)]
    short = f"{count(int((lengths < 200).sum()), 'abstract')} are shorter than 200 characters" + (
        f", such as those of {listing(titles)}" if titles else ""
    )
    return (
        "# The data, on one sheet\n\n"
        f"| {word} | records | papers | only here |\n|---|---|---|---|\n{rows}\n\n"
        f"**Together.** {count(len(records), 'record')} of {count(len(corpus), 'paper')}; papers by the number of {word}s "
        f"they stand in: {', '.join(spread)}.\n\n"
        f"**Dates.** {int(dated.sum()):,} of {count(len(corpus), 'paper')} ({percent(float(dated.mean()))}) are dated, "
        f"{int((corpus['precision'] == 'month').sum()):,} to the month.\n\n"
        f"**Texts.** The middle abstract has {lengths.median():,.0f} characters; {short}.\n\n"
        f"**What they are not.** {sentence(no_census(records.attrs['kinds']))}\n\n"
        f"**What could not be read, or only in part.** {count(len(problems), 'problem')}.\n\n"
        + "\n".join(problems)
        + "\n"
    )
