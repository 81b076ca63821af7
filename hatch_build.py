"""What the wheel holds beside the code: notebooks without their outputs, and the data but for the dumps.

The outputs quote the shipped dumps, whose texts belong to their authors.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PLACE = "paperatlas/files"


class ShippedFiles(BuildHookInterface):
    """Adds the files that `paperatlas.shipped` looks for; an editable install reads them from the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name every file and its place in the wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        added = build_data["force_include"]
        for path in sorted((root / "data").iterdir()):
            if path.name != "dumps" and not path.name.startswith("."):
                added[str(path)] = f"{PLACE}/data/{path.name}"
        self._bare = tempfile.TemporaryDirectory()  # needed until the wheel is written
        for path in sorted((root / "notebooks").glob("*.ipynb")):
            bare = Path(self._bare.name, path.name)
            bare.write_text(
                json.dumps(_without_outputs(path), indent=1, ensure_ascii=False), encoding="utf-8"
            )
            added[str(bare)] = f"{PLACE}/notebooks/{path.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Clear up."""
        if version != "editable":
            self._bare.cleanup()


def _without_outputs(path: Path) -> dict[str, Any]:
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    return notebook
