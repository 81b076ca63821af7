"""Live parts: controls that answer, plain tables where nobody sits at the kernel."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_client.manager import AsyncKernelManager

import paperatlas as pa
from paperatlas import figures, widgets
from paperatlas.widgets.sources import save_upload

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def html_of(place) -> str:
    return "".join(output["data"].get("text/html", "") for output in place.outputs)


def upload(*files: tuple[str, bytes]) -> tuple[dict[str, object], ...]:
    """Files as a browser hands them over."""
    return tuple(
        {"name": name, "content": memoryview(content), "size": len(content), "type": "", "last_modified": NOW}
        for name, content in files
    )


@pytest.fixture
def small_dumps(records):
    names = records["dump"].unique()[:2]
    return [
        (f"{name}.txt", pa.format_dump(records[records["dump"] == name].head(30)).encode()) for name in names
    ]


def test_a_front_end_that_can_ask_its_user_is_live():
    """JupyterLab sends ``allow_stdin`` with every cell; nbclient and nbval say no."""
    code = "from paperatlas.widgets import is_live; print(is_live())"
    with ThreadPoolExecutor(1) as other:  # this thread may have a loop of its own, a browser's
        assert other.submit(asyncio.run, _printed(code, (True, False))).result() == "True\nFalse\n"


async def _printed(code: str, allow_stdin: tuple[bool, ...]) -> str:
    """What a kernel prints that is sent the code once for each."""
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=120)
        requests = [client.execute(code, allow_stdin=each) for each in allow_stdin]
        text = ""
        while True:
            message = await client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") not in requests:
                continue
            if message["msg_type"] == "stream":
                text += message["content"]["text"]
            if message["msg_type"] == "error":
                text += "\n".join(message["content"]["traceback"])
            if message["content"].get("execution_state") == "idle":
                requests.pop(0)
                if not requests:
                    return text
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def test_static_views_are_text_and_html_without_a_widget(study):
    assert not widgets.is_live()
    desk = widgets.Desk(study)
    for view in (
        widgets.similar_papers(study, "graph neural networks"),
        widgets.neighbours_slider(study),
        widgets.PaperMap(study),
        widgets.explore(desk),
        widgets.bring_papers(desk),
        widgets.take_home(desk),
        desk.show(lambda study: pa.Table(study.dump_table)),
    ):
        assert "object at 0x" not in repr(view)
        assert "widget" not in view._repr_html_()


def test_search_answers_as_the_study_does_and_says_when_it_finds_nothing(study):
    field, shown = widgets.similar_papers(study, "graph neural networks", n=3, live=True).children
    field.value = "recurrent networks"
    for title in study.similar("recurrent networks", n=3)["title"]:
        assert pa.display.escape(title) in html_of(shown)
    field.value = "<b>sourdough</b> zzyzx"
    assert "<table" not in html_of(shown)
    assert "<b>" not in html_of(shown)
    field.value = ""
    assert "Type a few words" in html_of(shown)
    static = widgets.similar_papers(study, "sourdough zzyzx", live=False)
    assert "zzyzx" in repr(static)


def test_the_menus_show_each_node_of_each_level(study):
    levels, node, _, _, shown = widgets.explore(widgets.Desk(study, live=True)).children
    for level in levels.options:
        levels.value = level
        table = study.topics.at(level)
        assert [value for _, value in node.options] == table[level].tolist()
        for number, name in list(zip(table[level], table["name"], strict=True))[:3]:
            node.value = number
            assert pa.display.escape(name) in html_of(shown)
            assert "Its papers" in html_of(shown)
            assert "Its share of the papers over time" in html_of(shown)


def test_a_node_that_is_renamed_is_renamed_in_all_that_follows(study, tmp_path):
    (tmp_path / "atlas.toml").touch()
    desk = widgets.Desk(pa.Study(study.dumps, edits=tmp_path / "atlas.toml"), live=True)
    levels, node, row, told, shown = widgets.explore(desk).children
    themes = desk.show(lambda study: pa.Table(study.topics.at("theme")))
    tree = desk.show(lambda study: figures.theme_tree(study.topics))
    name, rename = row.children
    levels.value = "theme"
    name.value = "a <b>better</b> name"
    rename.click()
    assert node.options[0][0].startswith("a <b>better</b> name (")
    assert "a &lt;b&gt;better&lt;/b&gt; name" in html_of(shown)
    assert "a &lt;b&gt;better&lt;/b&gt; name" in html_of(themes)
    assert "better" in str(tree.outputs[0]["data"]["application/vnd.plotly.v1+json"]["data"])
    rename.click()
    assert "Type the new name first" in html_of(told)
    assert "better" in (tmp_path / "atlas.toml").read_text(encoding="utf-8")


def test_upload_then_analyse(small_dumps, study, tmp_path):
    desk = widgets.Desk(study, live=True)
    place = desk.show(lambda study: pa.Findings([f"{len(study.records)} records"]))
    row, files, message = widgets.bring_papers(desk, tmp_path / "mine").children
    button, start, bar = row.children
    assert start.disabled
    table = b"title,abstract\nOne thing,We look at one thing.\n"
    button.value = upload(
        *small_dumps,
        ("more.csv", table),
        ("paper.pdf", b"%PDF-1.4"),
        ("day.csv", b"day\n1\n"),
        ("none.csv", b""),
    )
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == sorted(["more.csv", *dict(small_dumps)])
    assert "3 files saved" in html_of(message)
    assert "Skipped: " in html_of(message)
    assert "paper.pdf" in html_of(message)
    assert "day.csv" in html_of(message)
    assert "none.csv is empty" in html_of(message)
    assert "61 records in three sources" in html_of(message)
    remove, label = files.children[-1].children
    assert label.value == "more.csv"
    remove.click()
    assert len(files.children) == 2
    start.click()
    assert bar.value == bar.max
    assert "60 records" in html_of(place), "what stands below follows"
    assert len(desk.study.records) == 60


def file(name: str, content: bytes = b"text") -> dict[str, object]:
    return {"name": name, "content": memoryview(content)}


def test_a_second_upload_replaces_the_first(tmp_path):
    save_upload(file("a.txt", b"old"), tmp_path)
    assert save_upload(file("a.txt", b"new"), tmp_path).read_bytes() == b"new"


@pytest.mark.parametrize("name", ["a.pdf", ".txt", "a" * 296 + ".txt", "a\n.txt"])
def test_a_name_of_no_source_is_refused_and_nothing_is_written(name, tmp_path):
    with pytest.raises(pa.DumpError, match="is not the name of a source"):
        save_upload(file(name), tmp_path / "new")
    assert not (tmp_path / "new").exists()


@given(
    st.text(min_size=1, max_size=40).map(lambda name: name + ".txt")
    | st.sampled_from(["../a.txt", "c:\\x\\a.txt"])
)
def test_no_name_leads_out_of_the_folder(name):
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer, "inner")
        try:
            saved = save_upload(file(name), folder)
        except pa.DumpError:
            return
        assert saved.parent == folder
        assert [p.name for p in Path(outer).iterdir()] == ["inner"]
        assert [p.resolve().parent for p in folder.iterdir()] == [folder.resolve()]
