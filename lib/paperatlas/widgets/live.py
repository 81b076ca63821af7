"""Whether there is somebody to talk to, and how a control gets its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from paperatlas.display import escape
from paperatlas.errors import AtlasError

if TYPE_CHECKING:
    from ipywidgets import HTML


class View(Protocol):
    """What a notebook shows as HTML."""

    def _repr_html_(self) -> str: ...


def is_live() -> bool:
    """Whether the cell that runs now was sent by a front end with somebody sitting at it."""
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    request = kernel.get_parent() or {}
    return bool(request.get("content", {}).get("allow_stdin"))


def chosen(live: bool | None) -> bool:
    """What the caller asked for, or else what `is_live` finds."""
    return is_live() if live is None else live


def linked(control: Any, answer: Callable[[Any], View]) -> Any:
    """Control with its answer below, renewed when its value changes."""
    import ipywidgets as w

    shown = html_box()

    def renew(*_: object) -> None:
        shown.value = safely(lambda: answer(control.value))

    control.observe(renew, names="value")
    renew()
    return w.VBox([control, shown])


def safely(make: Callable[[], View]) -> str:
    """HTML of a view, or the message of what went wrong: a traceback inside a widget would be lost."""
    try:
        return make()._repr_html_()
    except AtlasError as error:
        return f'<p role="alert">{escape(error)}</p>'


def html_box() -> HTML:
    """A place for HTML that looks like the output of a cell."""
    import ipywidgets as w

    html = w.HTML()
    html.add_class("jp-RenderedHTMLCommon")  # JupyterLab's own look for tables
    return html


def wide() -> dict[str, str]:
    """Layout of a control that holds a line of text: wide, and never wider than the page."""
    return {"width": "min(100%, 44rem)"}
