"""The project's own files agree with one another and with what the README promises."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = set(re.findall(r"^([a-z0-9._-]+)==", LOCK, re.MULTILINE))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!~ \[;]", r)[0].lower() for r in requirements}


def test_every_dependency_is_locked():
    wanted = names(PROJECT["project"]["dependencies"]) | names(PROJECT["dependency-groups"]["dev"])
    assert wanted <= LOCKED


def test_the_lock_is_torch_free_hashed_and_holds_no_address():
    assert not {"torch", "sentence-transformers", "transformers"} & LOCKED
    assert not [name for name in LOCKED if name.startswith("nvidia")]
    assert "://" not in LOCK
    assert "index-url" not in LOCK
    for block in re.split(r"\n(?=[a-z])", LOCK.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_environment_names_only_the_interpreter_and_what_installs_the_lock():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    packages = [line.strip("- ").split("=")[0] for line in text.splitlines() if line.startswith("  - ")]
    assert set(packages) == {"conda-forge", "python", "uv", "make"}
    python = re.search(r"python=(\d+)\.(\d+)", text)
    least = re.search(r">=(\d+)\.(\d+)", PROJECT["project"]["requires-python"])
    assert python
    assert least
    assert tuple(map(int, python.groups())) >= tuple(map(int, least.groups()))
    assert "requirements.lock" in (ROOT / "postBuild").read_text(encoding="utf-8")


def test_git_keeps_the_library_folder():
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    ignored = subprocess.run(["git", "check-ignore", "-q", "lib/paperatlas/__init__.py"], cwd=ROOT)
    assert ignored.returncode == 1


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
    package = ROOT / "lib" / "paperatlas"
    imports: dict[str, set[str]] = {}
    for file in package.rglob("*.py"):
        module = ".".join(("paperatlas", *file.relative_to(package).with_suffix("").parts)).removesuffix(
            ".__init__"
        )
        if module == "paperatlas":
            continue
        text = re.sub(r"if TYPE_CHECKING:\n(?:    .*\n|\n)+", "", file.read_text(encoding="utf-8"))
        imports[module] = set()
        for source, names_ in re.findall(
            r"^\s*from (paperatlas[\w.]*) import \(?([\w ,]+)", text, re.MULTILINE
        ):
            parts = {f"{source}.{name.split()[0]}" for name in names_.split(",") if name.strip()}
            submodules = {
                p for p in parts if (ROOT / "lib" / Path(*p.split("."))).with_suffix(".py").exists()
            }
            imports[module] |= submodules or {source}
    for start in imports:
        seen: set[str] = set()
        todo = list(imports[start])
        while todo:
            module = todo.pop()
            if module not in seen:
                seen.add(module)
                todo += imports.get(module, ())
        assert start not in seen, f"{start} imports itself by way of others"


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
