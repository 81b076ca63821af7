"""The study on the desk and its views: walk through the tree, search for papers, see what a setting does to the map."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from html import escape as escape_html
from typing import TYPE_CHECKING, Any

import pandas as pd

from paperatlas import findings
from paperatlas.display import Findings, Note, Stack, Table, escape
from paperatlas.errors import AtlasError
from paperatlas.prose import count
from paperatlas.report import map_html
from paperatlas.report.notebook_pages import MAP, PLOTLY_TYPE
from paperatlas.study import Study
from paperatlas.text.layout import NEIGHBOURS, keep_compiled, kept_neighbours
from paperatlas.topics import LEVELS
from paperatlas.trends import topic_trends

if TYPE_CHECKING:
    from ipywidgets import Output, Widget

WIDE = {"width": "min(100%, 44rem)"}  # layout of a control that holds a line of text


def is_live() -> bool:
    """Whether the cell that runs now was sent by a front end with somebody sitting at it."""
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    request = (kernel and kernel.get_parent()) or {}
    return bool(request.get("content", {}).get("allow_stdin"))


def answered(make: Callable[[], Any]) -> Any:
    """A view, or the message of what went wrong: a traceback inside a widget would be lost."""
    try:
        return make()
    except AtlasError as error:
        return Note(str(error))


def fill(place: Output, make: Callable[[], Any]) -> None:
    """Show a view in a place of its own, instead of what stood there."""
    view = answered(make)
    place.outputs = ()
    if hasattr(view, "to_json"):  # a figure of plotly's would show itself, below the cell and once
        data = {PLOTLY_TYPE: json.loads(view.to_json())}
        place.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)
    else:
        place.append_display_data(view)


def linked(control: Any, answer: Callable[[Any], Any]) -> Any:
    """Control with its answer below, renewed when its value changes."""
    import ipywidgets as w

    shown = w.Output()

    def renew(*_: object) -> None:
        fill(shown, lambda: answer(control.value))

    control.observe(renew, names="value")
    renew()
    return w.VBox([control, shown])


class Desk:
    """A study, and the views of it that stand in a notebook; `live` overrules `is_live`.

    Attributes
    ----------
    study : Study
        What lies on the desk now. In a notebook the name ``study`` is bound to it, too.
    """

    def __init__(self, study: Study, *, live: bool | None = None) -> None:
        self.study = study
        self.live = is_live() if live is None else live
        self._followers: list[Callable[[], None]] = []

    def follow(self, renew: Callable[[], None]) -> None:
        """Call this now and whenever another study lies on the desk."""
        self._followers.append(renew)
        renew()

    def put(self, study: Study) -> None:
        """Lay another study on the desk; everything that follows is shown anew."""
        from IPython import get_ipython

        self.study = study
        if shell := get_ipython():
            shell.push({"study": study})
        for renew in self._followers:
            renew()

    def show(self, view: Callable[[Study], Any]) -> Any:
        """A view of the study, such as ``lambda study: pa.Table(study.dump_table)``; live, it follows the desk.

        A message takes its place where the study cannot give it.
        """
        if not self.live:
            return answered(lambda: view(self.study))
        import ipywidgets as w

        place = w.Output()
        self.follow(lambda: fill(place, lambda: view(self.study)))
        return place


def node_view(study: Study, level: str, number: int) -> Stack:
    """One theme, topic or subtopic: how far to trust it, its parts, its papers, and its share over time."""
    nodes = study.topics.at(level)
    found = nodes[nodes[level] == number]
    if found.empty:
        raise AtlasError(f"there is no {level} {number}; they are numbered from 0 to {len(nodes) - 1}")
    parts: list[object] = [Findings(findings.topic(study, number, level))]
    for finer in LEVELS[LEVELS.index(level) + 1 :][:1]:
        children = study.topics.at(finer).loc[lambda below: below[level] == number]
        if len(children) > 1:  # else it is its own only part
            parts.append(Table(children, "name size grade words", caption=f"Its {finer}s"))
    node = found.iloc[0]
    place = dict.fromkeys(node["borderline"], "doubtful") | dict.fromkeys(node["typical"], "typical")
    papers = study.papers.set_index("paper_id", drop=False).loc[[*place]].assign(place=list(place.values()))
    papers = papers.sort_values("place", ascending=False)
    parts.append(Table(papers, "title published confidence place", caption="Its papers"))
    shares = topic_trends(study.corpus, study.topics, level=level, period=study.period)
    own = shares[(shares[level] == number) & (shares["total"] > 0)]
    if len(own):
        parts.append(Table(own, "period n total share low high", caption="Its share of the papers over time"))
    return Stack(parts)


def explore(desk: Desk, level: str = "topic", number: int = 0) -> Stack | Widget:
    """One node of the tree; live, with menus for the level and the node, and a field to rename it on the desk."""
    if not desk.live:
        return node_view(desk.study, level, number)
    import ipywidgets as w

    levels = w.ToggleButtons(
        options=[at for at in LEVELS if len(desk.study.topics.at(at))], value=level, description="Level"
    )
    node = w.Dropdown(description="Node", layout=WIDE)
    name = w.Text(placeholder="a better name", layout={"width": "min(100%, 24rem)"})
    rename = w.Button(description="Rename")
    shown, told = w.Output(), w.Output()

    def renew(*_: object) -> None:
        if node.value is not None:
            fill(shown, lambda: node_view(desk.study, levels.value, node.value))

    def list_nodes(*_: object) -> None:
        kept, nodes = node.value, desk.study.topics.at(levels.value)
        numbers = nodes[levels.value].tolist()
        labels = [f"{called} ({size})" for called, size in zip(nodes["name"], nodes["size"], strict=True)]
        node.options = list(zip(labels, numbers, strict=True))
        node.value = kept if kept in numbers else numbers[0]
        renew()

    def renamed() -> Findings:
        if not (called := name.value.strip()):
            return Findings(["type the new name first"])
        desk.put(desk.study.rename({node.value: called}, level=levels.value))
        return Findings(
            [f"this {levels.value} is now called “{called}”, here and in everything that follows"]
        )

    def call(_: object) -> None:
        fill(told, renamed)
        name.value = ""

    levels.observe(list_nodes, names="value")
    node.observe(renew, names="value")
    rename.on_click(call)
    desk.follow(list_nodes)
    return w.VBox([levels, node, w.HBox([name, rename]), told, shown])


def similar_papers(
    study: Study, query: str, *, n: int = 8, live: bool | None = None
) -> Table | Note | Widget:
    """The n papers nearest to a title or to any text, as `Study.similar` finds them; live, with a field to search on."""

    def answer(text: str) -> Table | Note:
        if not text.strip():
            return Note("type a few words")
        found = study.similar(text, n=n)
        return Table(found, caption=" · ".join(filter(None, (f"Nearest to “{text}”", found.attrs["note"]))))

    if not (is_live() if live is None else live):
        found: Table | Note = answered(lambda: answer(query))
        return found
    import ipywidgets as w

    return linked(w.Text(value=query, description="Search", continuous_update=False, layout=WIDE), answer)


def neighbours_slider(study: Study, *, live: bool | None = None) -> Table | Widget:
    """Live, the map drawn with as many neighbours as one likes; else how much the study's own map kept."""
    most = min(100, len(study.corpus) - 1)
    usual = min(NEIGHBOURS, most)
    if not (is_live() if live is None else live):
        own = pd.DataFrame({"n_neighbors": [usual], "kept_neighbours": [study.map.kept.mean()]})
        return Table(own, caption="The map of the study")
    import ipywidgets as w

    slider = w.IntSlider(usual, 2, most, description="n_neighbors", continuous_update=False, layout=WIDE)
    return linked(slider, lambda n: neighbours_map(study, n))


def neighbours_map(study: Study, n_neighbors: int) -> PaperMap:
    """The map as UMAP draws it with this setting; the line below it says what it kept."""
    from umap import UMAP

    keep_compiled()
    settings: dict[str, Any] = {"metric": "cosine", "random_state": study.seed, "n_jobs": 1}
    coords = UMAP(n_neighbors=n_neighbors, **settings).fit_transform(study.vectors)
    kept = kept_neighbours(study.vectors, coords, k=min(NEIGHBOURS, len(coords) - 2))
    redrawn = copy.copy(study)
    vars(redrawn).pop("papers", None)
    vars(redrawn)["map"] = replace(study.map, coords=coords, kept=kept)
    return PaperMap(redrawn, live=True)


class PaperMap:
    """The report's map with its search, cards and selection; a sentence where nobody sits at the kernel.

    The report puts its map in the place of that sentence.
    """

    def __init__(self, study: Study, *, live: bool | None = None) -> None:
        self.study = study
        self.live = is_live() if live is None else live

    def __repr__(self) -> str:
        nodes = [count(len(self.study.topics.at(level)), level) for level in ("theme", "topic")]
        return f"Map of {count(len(self.study.corpus), 'paper')} in {' and '.join(nodes)}"

    def _repr_html_(self) -> str:
        if not self.live:
            return f"{MAP}{escape(repr(self))}. Run this cell in a live notebook, or open the report.</p>"
        # A frame of its own keeps the styles of the two pages apart, and scripts away from the notebook.
        may = "allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads"
        style = "width:100%;height:min(860px,90vh);border:0"
        page = escape_html(map_html(self.study))
        return f'<div><iframe sandbox="{may}" title="Map of the papers" style="{style}" srcdoc="{page}"></iframe></div>'
