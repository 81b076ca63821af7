"""Whether somebody sits at the kernel; and the study on the desk, which the views in a notebook follow."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from paperatlas.display import Note
from paperatlas.errors import AtlasError
from paperatlas.report.notebook_pages import PLOTLY_TYPE
from paperatlas.study import Study

if TYPE_CHECKING:
    from ipywidgets import Output

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
    """A study, and the views of it that stand in a notebook.

    Parameters
    ----------
    study : Study
    live : bool, optional
        Overrules `is_live`.

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
