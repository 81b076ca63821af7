"""Nobody's files are lost: only what this program wrote is ever replaced."""

import json
import random
import shutil
from pathlib import Path

import pytest

import paperatlas as pa
from paperatlas import folders
from paperatlas.cli import BAD_INPUT, main
from paperatlas.folders import PASSPORT, files_of, replace_folder, staging
from paperatlas.readers.dumps import format_dump


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    papers = [
        (f"{subject} of thing {i}", f"We study the {subject.lower()} of thing {i} with method {i % 3}.")
        for i, subject in enumerate(["Growth", "Colour", "Weight"] * 5)
    ]
    file = tmp_path_factory.mktemp("pile") / "page.txt"
    file.write_text(format_dump(papers), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def exported(page, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("export") / "out"
    assert main(["export", str(page), "--out", str(out)]) == 0
    return out


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def a_note(out: Path) -> None:
    (out / "notes.md").write_text("mine")


def a_thesis_below(out: Path) -> None:
    (out / "thesis").mkdir()
    (out / "thesis" / "one.tex").write_text("mine")


def hidden_work(out: Path) -> None:
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref: refs/heads/main")


def a_table_worked_on(out: Path) -> None:
    with (out / "papers.csv").open("a") as file:
        file.write("my,own,row")


def a_passport_of_something_else(out: Path) -> None:
    (out / PASSPORT).write_text('{"name": "somebody"}')


def a_link(out: Path) -> None:
    (out / "elsewhere").symlink_to(out.parent)


@pytest.mark.parametrize("command", ["export", "report"])
@pytest.mark.parametrize(
    "change", [a_note, a_thesis_below, hidden_work, a_table_worked_on, a_passport_of_something_else, a_link]
)
def test_files_of_somebody_stop_the_run_before_anything_is_written(
    command, change, exported, page, tmp_path, capsys
):
    out = tmp_path / "out"
    shutil.copytree(exported, out)
    change(out)
    before = everything(out)
    assert main([command, str(page), "--out", str(out)]) == BAD_INPUT
    said = capsys.readouterr().err
    assert "did not write" in said
    assert "--out" in said
    assert everything(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_result_of_an_earlier_version_is_left_alone_with_one_line(exported, page, tmp_path, capsys):
    out = tmp_path / "out"
    shutil.copytree(exported, out)
    passport = json.loads((out / PASSPORT).read_text())
    del passport["files"]
    (out / PASSPORT).write_text(json.dumps(passport))
    before = everything(out)
    assert main(["report", str(page), "--out", str(out)]) == BAD_INPUT
    (line,) = capsys.readouterr().err.splitlines()
    assert "that this version of the program did not write" in line
    assert "move them away" in line
    assert everything(out) == before


def test_a_source_below_the_target_is_refused(exported, page, tmp_path, capsys):
    out = tmp_path / "out"
    shutil.copytree(exported, out)
    (out / "page.txt").write_bytes(page.read_bytes())
    before = everything(out)
    assert main(["export", str(out / "page.txt"), "--out", str(out)]) == BAD_INPUT
    assert "page.txt" in capsys.readouterr().err
    assert everything(out) == before


@pytest.mark.parametrize("exchange", [True, False])
def test_a_file_that_comes_in_at_the_last_moment_stays(tmp_path, monkeypatch, exchange):
    """Somebody saves into the old result between the last look at it and its replacement."""
    out = tmp_path / "out"
    for text in ("first", "second"):
        with staging(out) as place:
            (place / "t").mkdir()
            (place / "t" / "a").write_text(text)
            (place / "t" / PASSPORT).write_text(json.dumps({"files": files_of(place / "t")}))
            if text == "first":
                replace_folder(place / "t", out)
                continue
            change_places = folders._exchange if exchange else lambda one, other: False

            def save_and_exchange(one: Path, other: Path, change_places=change_places) -> bool:
                if not (one / "late.txt").exists():
                    (other / "late.txt").write_text("mine")
                return change_places(one, other)

            monkeypatch.setattr(folders, "_exchange", save_and_exchange)
            with pytest.raises(pa.AtlasError, match=r"out holds files .*late\.txt"):
                replace_folder(place / "t", out)
    assert (out / "late.txt").read_text() == "mine"
    assert (out / "a").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("command", ["export", "report", "scale"])
def test_foreign_files_at_random_places_are_never_lost(command, exported, page, tmp_path, capsys):
    """Forty folders for each command: an earlier result with a file of any name, anywhere in it."""
    rng = random.Random(0)
    for number in range(40):
        out = tmp_path / str(number)
        shutil.copytree(exported, out)
        parts = ["".join(rng.choices("aé .-_Z9", k=rng.randint(1, 9))).strip(" .") for _ in range(3)]
        place = out.joinpath(*(part or "x" for part in parts[: rng.randint(1, 3)]))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(rng.randbytes(rng.randint(0, 9)))
        before = everything(out)
        assert (
            main([command, str(page), "--out", str(out), *["--workers=0"] * (command == "scale")])
            == BAD_INPUT
        )
        assert everything(out) == before
    assert capsys.readouterr().err.count("\n") == 40
