"""Every page of the report, from a study: values go into the templates of ``site/templates``, nothing is HTML here."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import paperatlas
from paperatlas import findings
from paperatlas.display import paper_url
from paperatlas.export import passport
from paperatlas.findings.first_screen import first_screen
from paperatlas.report import parts
from paperatlas.report.atlas import cut_short, page, papers_data, texts_data
from paperatlas.report.notebook_pages import cells, markdown, title_of
from paperatlas.shipped import data_path
from paperatlas.templates import as_json, render, with_policy

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from paperatlas.study import Study

BRIEF = "paper-atlas.html"
MAIL = 2_990_000  # bytes of the brief, its policy left room for
_BRIEFER = ((True, None), (False, None), *((False, signs) for signs in (1200, 900, 600, 300, 0)))


class Pages:
    """The pages of a study, each as HTML."""

    def __init__(self, study: Study) -> None:
        self.study = study
        papers = study.papers.astype(object)
        rows: list[dict[Any, Any]] = papers.where(papers.notna(), None).to_dict("records")
        self.papers = {row["paper_id"]: {**row, "open": paper_url(row)} for row in rows}

    def write(self, folder: Path, notebooks: Mapping[str, NotebookNode]) -> None:
        """Write every page, and the data of its scripts, into the folder of the site."""
        (folder / "topics").mkdir()
        (folder / "notebooks").mkdir()
        titles = [(stem, title_of(notebook)) for stem, notebook in notebooks.items()]
        made = {"index.html": self.render("index.html", brief=BRIEF, **self.whole),
                "topics/index.html": self.render("topics.html", "../", part=parts.topics(self.study)),
                BRIEF: self.brief(), "data.html": self.data_sheet(), "methods.html": self.render("methods.html"),
                "library.html": self.render("library.html", groups=library()),
                "passport.html": self.render("passport.html", found=passport(self.study)),
                "notebooks/index.html": self.render("notebooks.html", "../", notebooks=titles)}  # fmt: skip
        if len(self.study.edits):
            made["edits.html"] = self.render("edits.html")
        for topic in self.study.topics.at("topic").to_dict("records"):
            made[page(topic["topic"])] = self.topic(topic)
        for stem, notebook in notebooks.items():
            made[f"notebooks/{stem}.html"] = self.notebook(notebook, notebooks)
        made = {name: with_policy(html) for name, html in made.items()}
        for name, data in (("papers", self.atlas["data"]), ("texts", self.atlas["texts"])):
            made[f"_static/{name}.js"] = f"window.paperAtlas_{name} = {as_json(data)};\n"
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")

    @cached_property
    def atlas(self) -> dict[str, Any]:
        """What the map, the search and the cards read."""
        return {"data": papers_data(self.study), "texts": texts_data(self.study)}

    @cached_property
    def whole(self) -> dict[str, Any]:
        """What start page and brief hold: the first screen, and what the study says, part by part."""
        told = [
            {"key": part.__name__, "title": title, **part(self.study)} for title, part in parts.PARTS.items()
        ]
        return {"opening": first_screen(self.study), "parts": told}

    def render(self, template: str, root: str = "", **values: Any) -> str:
        """A page with what all pages have: ways to the others, doubts, date and colours."""
        today = date.today()
        common = {
            "root": root,
            "papers": self.papers,
            "address": lambda paper: f"{root}{page(self.papers[paper]['topic'])}#p-{paper}",
            "made": f"{today.day} {today:%B %Y}",
            "nodes": self.atlas["data"]["nodes"],
            "version": paperatlas.__version__,
            "study": self.study,
        }
        return render(template, **common | values)

    def brief(self) -> str:
        """The whole report on one page that needs no other file, small enough for a mail.

        What does not fit is left out, what is missed least first: the list, ends of abstracts, the map.
        """
        for listed, signs in _BRIEFER:
            texts = self.atlas["texts"] if signs is None else cut_short(self.atlas["texts"], signs)
            address = ("#p-{}" if listed else "#paper={}").format
            made = self.render("brief.html", data=self.atlas["data"], texts=texts, signs=signs, listed=listed,
                               address=address, **self.whole)  # fmt: skip
            if len(made.encode()) < MAIL:
                return made
        return self.render("brief.html", data=None, listed=False, address=lambda paper: self.papers[paper]["open"],
                           **self.whole)  # fmt: skip

    def topic(self, topic: Mapping[Any, Any]) -> str:
        """What a topic is, its subtopics, what to read, how it moves; at last how far to trust it."""
        study, number = self.study, topic["topic"]
        papers = study.papers[study.papers["topic"] == number]
        papers = papers.sort_values(["confidence", "paper_id"], ascending=[False, True])
        lower = study.topics.at("subtopic").loc[lambda table: table["topic"] == number].to_dict("records")
        lower = lower if len(lower) > 1 else []  # alone, it is the topic itself
        inside = [
            (row, papers.loc[papers["subtopic"] == row["subtopic"], "paper_id"].tolist()) for row in lower
        ]
        rest = papers.loc[papers["subtopic"].isna() | (not lower), "paper_id"].tolist()
        shares = study.trends[study.trends["topic"] == number] if len(study.trends) else study.trends
        curve = parts.curve(shares, max(float(shares["high"].max()), 0.05)) if len(shares) else None
        return self.render(
            "topic.html", "../", topic=topic, inside=inside, rest=rest, ids=papers["paper_id"].tolist(),
            said=findings.topic(study, number), curve=curve,
        )  # fmt: skip

    def notebook(self, notebook: NotebookNode, present: Collection[str]) -> str:
        """One executed notebook, among those present."""
        return self.render("notebook.html", "../", title=title_of(notebook), cells=cells(notebook, present))

    def data_sheet(self) -> str:
        """The data on one sheet, and what the tables hold."""
        sheet = data_path("README.md").read_text(encoding="utf-8")
        tables, _, log = sheet[sheet.index("## The exported tables") :].partition("\n## Change log")
        edits = log.partition("\n## ")[2]
        census = findings.no_census(self.study)[0]
        return self.render("data.html", tables=markdown(f"{tables}\n## {edits}"), census=census)


def library() -> list[tuple[str, list[dict[str, Any]]]]:
    """The library's reference by module, from the docstrings of what ``import paperatlas`` offers, with members."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for name in sorted(paperatlas.__all__):
        found = getattr(paperatlas, name)
        module = getattr(found, "__module__", "paperatlas").split(".")
        members = vars(found).items() if inspect.isclass(found) else ()
        public = [(n, m) for n, m in members if callable(m) or isinstance(m, property | cached_property)]
        raised = inspect.isclass(found) and issubclass(found, Exception)
        arguments = "" if raised else f"({', '.join(inspect.signature(found).parameters)})"
        groups.setdefault(module[1] if len(module) > 1 else "paperatlas", []).append({
            "name": name, "signature": arguments, "doc": inspect.getdoc(found) or "",
            "members": [(n, inspect.getdoc(m)) for n, m in public if not n.startswith("_") and inspect.getdoc(m)],
        })  # fmt: skip
    return sorted(groups.items())
