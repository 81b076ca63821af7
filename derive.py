"""Renew what is shipped under ``data/derived`` and the manifest: ``python derive.py``.

Run it after a change that moves the embeddings or any exported table, and look at the diff: a change in
``golden.json`` says which tables now differ from those of the last release.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pandas as pd

from paperatlas.export import tables, write_csv
from paperatlas.folders import sha256
from paperatlas.shipped import data_path
from paperatlas.study import Study
from paperatlas.text.layout import layout_key, project, shipped_coords

GOLDEN = "golden.json"

_ORIGIN = {
    "dumps": (
        "text of a Hugging Face paper-search page, as saved by a reader",
        "not stated; titles and abstracts belong to their authors",
    ),
    "reference": (
        "public copies of arXiv metadata and conference lists, named row by row",
        "facts; arXiv metadata is CC0",
    ),
    "derived": ("computed from data/dumps by derive.py", "MIT"),
    "reference/ledger_error.csv": ("counted by hand, as tests/labels/README.md says", "MIT"),
}


def table_hashes(study: Study) -> dict[str, str]:
    """SHA-256 of each exported table as written, by file name."""
    with tempfile.TemporaryDirectory() as folder:
        hashes = {}
        for name, table in tables(study).items():
            write_csv(table, Path(folder, name))
            hashes[name] = sha256(Path(folder, name))
        return hashes


def write_map(study: Study, derived: Path) -> Path:
    """Draw the map of a study and keep its coordinates; one that is shipped already stays."""
    ids = study.corpus["paper_id"].tolist()
    kept = shipped_coords(study.vectors, ids)
    coords = project(study.vectors, seed=study.seed).coords if kept is None else kept
    file = derived / f"map-{layout_key(study.vectors, ids)}.csv"
    table = pd.DataFrame({"paper_id": ids, "x": coords[:, 0], "y": coords[:, 1]})
    table.to_csv(file, index=False, float_format="%.4f", lineterminator="\n")
    return file


def write_manifest() -> None:
    """List every data file with bytes, hash, source and licence."""
    root = data_path()
    files = []
    for path in sorted(
        p for p in root.rglob("*") if p.is_file() and p.name not in {"manifest.json", "README.md"}
    ):
        name = path.relative_to(root).as_posix()
        source, licence = _ORIGIN.get(name) or _ORIGIN[name.split("/")[0]]
        files.append(
            {
                "path": name,
                "bytes": path.stat().st_size,
                "sha256": sha256(path),
                "source": source,
                "licence": licence,
            }
        )
    (root / "manifest.json").write_text(json.dumps({"files": files}, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Renew map, golden hashes and manifest."""
    derived = data_path("derived")
    study = Study(data_path("dumps"))
    file = derived / f"map-{layout_key(study.vectors, study.corpus['paper_id'].tolist())}.csv"
    if not file.exists():
        write_map(study, derived)
        for old in set(derived.glob("map-*.csv")) - {file}:
            old.unlink()
        study = Study(data_path("dumps"), cache=False)
    (derived / GOLDEN).write_text(json.dumps(table_hashes(study), indent=2) + "\n", encoding="utf-8")
    write_manifest()
    return 0


if __name__ == "__main__":
    sys.exit(main())
