"""The pages of the site besides the notebooks: Markdown for Sphinx, with pieces of HTML in files beside it."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paperatlas import findings, passport
from paperatlas.atlasmap import map_html
from paperatlas.display import Findings, escape, visible
from paperatlas.errors import AtlasError
from paperatlas.prose import (
    MARK_EXPLAINED,
    count,
    is_marked,
    listing,
    marked_names,
    no_census,
    percent,
    quoted,
    sentence,
    source_word,
)
from paperatlas.report.brief import numbers, parts, parts_html
from paperatlas.report.cards import FOLDER, Cards, page
from paperatlas.report.pictures import interval
from paperatlas.report.reference import reference_markdown
from paperatlas.report.section import point
from paperatlas.shipped import data_path

if TYPE_CHECKING:
    from paperatlas.study import Study

BRIEF = "paper-atlas.html"
_WIDE = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n\n"
_TABLES = "## The exported tables"


def write_pages(study: Study, cards: Cards, folder: Path, notebooks: Sequence[Path]) -> None:
    """Write every page besides the notebooks into the source folder of the site."""
    (folder / FOLDER).mkdir()
    _write(folder, "index", _start(study, notebooks), _start_html(study, cards))
    _write(folder, f"{FOLDER}/index", _topics_index(study), _topics_html(study))
    for topic in study.topics.at("topic").to_dict("records"):
        source = f"# {markdown(topic['name'])}\n\n"
        name = page(topic["topic"]).removesuffix(".html")
        _write(folder, name, _WIDE + source, _topic_html(study, cards, topic))
    _write(folder, "passport", "# Run passport\n\n", _passport_html(study))
    (folder / "data.md").write_text(data_sheet(study), encoding="utf-8")
    (folder / "library.md").write_text(reference_markdown(), encoding="utf-8")


def markdown(text: object) -> str:
    """Text for Markdown: visible, on one line, every sign that could mean something escaped."""
    line = " ".join(visible(text).split())
    return "".join("\\" + c if c in string.punctuation else c for c in line)


def _write(folder: Path, name: str, source: str, html: str) -> None:
    """Page of Markdown followed by a piece of HTML, which waits in a file of its own: nothing in it can end it."""
    file = folder / f"{name}.fragment"
    file.write_text(f'<div class="pb">{html}</div>', encoding="utf-8", errors="backslashreplace")
    head, found, tail = source.partition("%HTML%")
    raw = f"```{{raw}} html\n:file: {file.name}\n```\n\n"
    text = head + raw + tail if found else source + raw
    (folder / f"{name}.md").write_text(text, encoding="utf-8")


def _start(study: Study, notebooks: Sequence[Path]) -> str:
    trees = (
        ("The papers", [f"{FOLDER}/index"]),
        ("The notebooks", [f"notebooks/{path.stem}" for path in notebooks]),
        ("About this report", ["data", "passport", "library"]),
    )
    toctrees = "".join(
        f"```{{toctree}}\n:caption: {caption}\n:maxdepth: 1\n:hidden:\n\n" + "\n".join(entries) + "\n```\n\n"
        for caption, entries in trees
    )
    return f"{_WIDE}# {count(len(study.corpus), 'paper')} at a glance\n\n%HTML%{toctrees}"


def _start_html(study: Study, cards: Cards) -> str:
    html = (
        f"{numbers(study)}{Findings(findings.overview(study))._repr_html_()}"
        f'<p class="pb-more"><a href="{BRIEF}">The brief</a>: this page in one file, to print or to send. '
        f'<a href="tables/papers.csv">The tables</a>: every number as CSV.</p>'
        f"{map_html(study, cards.address)}{parts_html(parts(study))}"
    )
    return cards.link_names(point(html, cards.address))


def _topics_index(study: Study) -> str:
    entries = "\n".join(f"{topic:02d}" for topic in study.topics.at("topic")["topic"])
    return f"# Papers by topic\n\n%HTML%```{{toctree}}\n:hidden:\n\n{entries}\n```\n"


def _topics_html(study: Study) -> str:
    names = marked_names(study.topics.at("topic"))
    table = study.topics.at("topic").assign(name=names.to_numpy())
    blocks = []
    for theme in study.topics.at("theme").to_dict("records"):
        inside = table[table["theme"] == theme["theme"]]
        items = "".join(
            f'<li><i class="pb-swatch" style="background:var(--t{t["topic"]})"></i>'
            f'<a href="{t["topic"]:02d}.html">{escape(t["name"])}</a> <small>{count(t["size"], "paper")}</small></li>'
            for t in inside.to_dict("records")
        )
        heading = f"<h3>{escape(theme['name'])}</h3>" if len(inside) > 1 else ""
        blocks.append(f'{heading}<ul class="pb-list">{items}</ul>')
    if any(map(is_marked, names)):
        blocks.append(f'<p class="pb-note">{MARK_EXPLAINED}</p>')
    return f'<div class="pb-part">{"".join(blocks)}</div>'


def _topic_html(study: Study, cards: Cards, topic: dict[Any, Any]) -> str:
    themes = study.topics.at("theme").set_index("theme")["name"]
    papers = study.papers[study.papers["topic"] == topic["topic"]]
    ordered = papers.sort_values(["confidence", "paper_id"], ascending=[False, True])["paper_id"]
    test = study.trend_tests[study.trend_tests["topic"] == topic["topic"]]
    low, middle, high = (float(topic[c]) for c in ("stability_low", "stability", "stability_high"))
    alt = f"stability {middle:.2f}, {low:.2f} to {high:.2f}"
    words = str(topic["words"]).split(";") if isinstance(topic["words"], str) else list(topic["words"])
    facts = [
        ("Theme", escape(themes[topic["theme"]])),
        ("Papers", f"{topic['size']:,}"),
        ("Words", escape(", ".join(words))),
        ("Stability", f"{interval(middle, low, high, ends=(0, 1), mark=None, alt=alt)} {escape(alt[10:])}"),
        ("Over time", escape(test["verdict"].iloc[0]) if len(test) else "no dates"),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    body = "".join(cards.card(str(paper)) for paper in ordered)
    html = (
        f'<div class="pb-part"><dl class="pb-facts">{rows}</dl><h2>Papers, the surest first</h2>{body}</div>'
    )
    return point(html, lambda paper: "../" + cards.address(paper))


def _passport_html(study: Study) -> str:
    found = passport.passport(study)
    inputs = [(i["name"], f"{i['bytes']:,}", i["sha256"]) for i in found["inputs"]]
    blocks: list[tuple[str, tuple[str, ...], Sequence[tuple[Any, ...]]]] = [
        ("Inputs", ("File", "Bytes", "SHA-256"), inputs),
        ("Key numbers", ("Number", "Value"), [(_words(k), v) for k, v in found["numbers"].items()]),
        ("Seconds per step", ("Step", "Seconds"), [(_words(k), f"{v:.1f}") for k, v in found["seconds"].items()]),
        ("Versions", ("Package", "Version"), [(k, v or "not installed") for k, v in found["versions"].items()]),
        ("Machine", ("What", "Value"), [*found["platform"].items(), *found["threads"].items()]),
        ("Seeds", ("Seed", "Value"), list(found["seeds"].items())),
    ]  # fmt: skip
    html = "".join(_plain_table(title, heads, rows) for title, heads, rows in blocks)
    return (
        '<div class="pb-part"><p>What went in, what computed it, and the numbers that came out. Steps that were '
        'finished before take next to no time. The same as data: <a href="passport.json">passport.json</a>; two runs '
        f"are compared by <code>paperatlas diff</code>.</p>{html}</div>"
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _plain_table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape('not set' if v is None else v)}</td>" for v in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<h2>{escape(title)}</h2><div class="pb-table" role="region" tabindex="0" aria-label="{escape(title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def data_sheet(study: Study) -> str:
    """The data on one sheet: ours for the shipped dumps, a generated one for others."""
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
    import json

    try:
        manifest = json.loads(data_path("manifest.json").read_text(encoding="utf-8"))
    except (AtlasError, OSError):
        return False
    shipped = {f["sha256"] for f in manifest["files"] if f["path"].startswith("dumps/")}
    return {i["sha256"] for i in passport.passport(study)["inputs"]} == shipped


def described(study: Study) -> str:
    """What can be said of any dumps, in Markdown."""
    records, corpus, table = study.records, study.corpus, study.dump_table
    word = source_word(records.attrs["kinds"])
    rows = "\n".join(
        f"| {markdown(d['dump'])} | {d['records']:,} | {d['papers']:,} | {d['only_here']:,} |"
        for d in table.to_dict("records")
    )
    problems = [f"- {markdown(problem)}" for problem in records.attrs["problems"]]
    dated = corpus["published"].notna()
    spread = [f"{n:,} in {k}" for k, n in corpus["n_dumps"].value_counts().sort_index().items()]
    lengths = corpus["abstract"].str.len()
    titles = [quoted(markdown(t)) for t in corpus.loc[lengths < 200, "title"].head(3)]
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
