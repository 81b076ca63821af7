"""Live parts of the notebooks: controls where somebody sits at the kernel, the same view as plain HTML where not.

Which of the two is found out by asking how the cell was sent: a front end such as JupyterLab says with every cell
that it can put a question to its user (``allow_stdin`` in the Jupyter messaging protocol), whereas the runners that
make the report and check the notebooks say that it cannot. So a committed notebook and the report hold tables, and
never the state of a widget.
"""

from paperatlas.widgets.desk import (
    Desk,
    PaperMap,
    explore,
    is_live,
    neighbours_map,
    neighbours_slider,
    similar_papers,
)
from paperatlas.widgets.sources import bring_papers, take_home

__all__ = [
    "Desk", "PaperMap", "bring_papers", "explore", "is_live", "neighbours_map", "neighbours_slider",
    "similar_papers", "take_home",
]  # fmt: skip
