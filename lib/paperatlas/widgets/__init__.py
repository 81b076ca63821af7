"""Live parts of the notebooks: controls where somebody sits at the kernel, the same view as plain HTML where not.

Each function takes ``live``. By default it is found out by asking how the cell was sent: a front end such as
JupyterLab says with every cell that it can put a question to its user (``allow_stdin`` in the Jupyter
messaging protocol), whereas the runners that make the report and check the notebooks say that it cannot.
So a committed notebook and the report hold tables, and never the state of a widget.
"""

from paperatlas.widgets.dumps import bring_dumps, take_home
from paperatlas.widgets.live import is_live
from paperatlas.widgets.papers import similar_papers
from paperatlas.widgets.topics import inspect_topic

__all__ = ["bring_dumps", "inspect_topic", "is_live", "similar_papers", "take_home"]
