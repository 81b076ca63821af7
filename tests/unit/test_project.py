"""The project's own files agree with one another and with what the README promises."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LOCKED = dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", LOCK, re.MULTILINE))


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


def test_importing_the_package_imports_nothing_heavy():
    code = (
        "import sys, paperatlas; "
        "print(sorted({'pandas', 'numpy', 'sklearn', 'bertopic', 'umap', 'plotly', 'scipy'} & set(sys.modules)))"
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
    text = (ROOT / "README.md").read_text(encoding="utf-8").split("### Make it yours")[0]
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
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
