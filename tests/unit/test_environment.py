"""environment.yml, pyproject.toml, requirements.lock and postBuild speak of one environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ENVIRONMENT = (ROOT / "environment.yml").read_text(encoding="utf-8")
POST_BUILD = (ROOT / "postBuild").read_text(encoding="utf-8")
LOCKED = dict(
    re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M)
)
REPO2DOCKER = os.environ.get("REPO2DOCKER") or shutil.which("jupyter-repo2docker")


def test_every_locked_version_lies_in_its_range():
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    for text in wanted:
        requirement = Requirement(text)
        assert Version(LOCKED[requirement.name.lower()]) in requirement.specifier, text


def test_the_python_of_conda_may_run_the_project_and_the_lock():
    python = re.search(r"^  - python=(\S+)$", ENVIRONMENT, re.MULTILINE)
    assert python
    assert f"{python[1]}.0" in SpecifierSet(PROJECT["project"]["requires-python"])
    assert f"--python-version {python[1]}" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_conda_brings_no_package_that_the_lock_pins_but_the_installer():
    packages = re.findall(r"^  - ([a-z0-9-]+)", ENVIRONMENT, re.MULTILINE)
    assert set(packages) & set(LOCKED) == {"uv"}


def test_post_build_stops_at_the_first_failure_and_installs_the_lock_alone():
    assert POST_BUILD.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in POST_BUILD  # without it, Binder builds an image that lacks the library
    assert os.access(ROOT / "postBuild", os.X_OK)
    installs = [line for line in POST_BUILD.splitlines() if "pip install" in line]
    assert len(installs) == 2
    assert all("--no-deps" in line for line in installs)
    assert "--require-hashes -r requirements.lock" in installs[0]
    assert "--no-build-isolation -e ." in installs[1]
    assert subprocess.run(["bash", "-n", str(ROOT / "postBuild")]).returncode == 0


def test_no_file_hides_the_environment_from_binder():
    """A folder binder/ or .binder/ makes the files at the top invisible; these would choose another build pack."""
    hiding = (
        "binder",
        ".binder",
        "Dockerfile",
        "requirements.txt",
        "Pipfile",
        "setup.py",
        "runtime.txt",
        "default.nix",
    )
    assert [name for name in hiding if (ROOT / name).exists()] == []


@pytest.mark.skipif(
    not REPO2DOCKER, reason="jupyter-repo2docker is not installed; set REPO2DOCKER to its path"
)
def test_binder_takes_the_repository_for_a_conda_build():
    # Docker is not asked: --no-build with --debug prints the Dockerfile that would be built.
    result = subprocess.run(
        [REPO2DOCKER, "--no-build", "--debug", str(ROOT)], capture_output=True, text=True, timeout=300
    )
    output = result.stdout + result.stderr
    assert result.returncode == 0, output
    assert re.search(r"Building conda environment for python=3\.11", output)
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in output
    assert "RUN ./postBuild" in output


def test_the_interpreter_of_the_tests_is_one_that_the_project_allows():
    assert ".".join(map(str, sys.version_info[:3])) in SpecifierSet(PROJECT["project"]["requires-python"])
