"""The project's own files agree with one another and with what the README promises."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", LOCK, re.MULTILINE))
REPO2DOCKER = os.environ.get("REPO2DOCKER") or shutil.which("jupyter-repo2docker")


def test_every_dependency_is_locked_in_its_range():
    for text in [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]:
        requirement = Requirement(text)
        assert Version(LOCKED[requirement.name.lower()]) in requirement.specifier, text


def test_the_lock_is_torch_free_hashed_and_holds_no_address():
    assert not {"torch", "sentence-transformers", "transformers"} & set(LOCKED)
    assert not [name for name in LOCKED if name.startswith("nvidia")]
    assert "://" not in LOCK
    assert "index-url" not in LOCK
    for block in re.split(r"\n(?=[a-z])", LOCK.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_post_build_stops_at_the_first_failure_and_installs_the_lock_alone():
    script = ROOT / "postBuild"
    text = script.read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text  # without it, Binder builds an image that lacks the library
    assert os.access(script, os.X_OK)
    locked, own = [line for line in text.splitlines() if "pip install" in line]
    assert "--no-deps --require-hashes -r requirements.lock" in locked
    assert "--no-deps --no-build-isolation -e ." in own
    assert subprocess.run(["bash", "-n", str(script)]).returncode == 0


@pytest.mark.skipif(
    not REPO2DOCKER, reason="jupyter-repo2docker is not installed; set REPO2DOCKER to its path"
)
def test_binder_takes_the_repository_for_a_conda_build():
    # Docker is not asked: --no-build with --debug prints the Dockerfile that would be built.
    command = [REPO2DOCKER, "--no-build", "--debug", str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    output = result.stdout + result.stderr
    assert result.returncode == 0, output
    assert re.search(r"Building conda environment for python=3\.11", output)
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in output
    assert "RUN ./postBuild" in output


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, paperatlas; "
        "print(sorted({'pandas', 'numpy', 'sklearn', 'bertopic', 'umap', 'plotly', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_building_a_study_imports_neither_bertopic_nor_umap():
    code = (
        "import sys, paperatlas as pa; pa.Study().corpus; "
        "print(sorted({'bertopic', 'umap', 'numba', 'torch', 'plotly'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_the_readme_names_what_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(((?!http)[^)#]+)\)", text):
        assert (ROOT / target).exists(), target
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake (\w+)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert "labpath=notebooks%2F00_start_here.ipynb" in text


def test_the_readme_python_runs(tmp_path, monkeypatch):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    monkeypatch.chdir(tmp_path)
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


def test_imports_go_one_way():
    """No module of the library imports, directly or not, one that imports it."""
    graph = grimp.build_graph("paperatlas", exclude_type_checking_imports=True, cache_dir=None)
    circles = [
        (module, imported)
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
        if graph.chain_exists(importer=imported, imported=module)
    ]
    assert circles == []


def test_every_action_is_pinned_by_its_commit():
    used = [
        line.split("uses:")[1].split()[0]
        for workflow in (ROOT / ".github" / "workflows").glob("*.yml")
        for line in workflow.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)] == []


def test_the_changelog_and_the_citation_speak_of_this_version():
    version = PROJECT["project"]["version"]
    assert f"\n## {version} (" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
