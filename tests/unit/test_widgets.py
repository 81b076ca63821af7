"""Live parts: controls that answer, plain tables where nobody sits at the kernel."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from jupyter_client.manager import AsyncKernelManager

import paperatlas as pa
from paperatlas import widgets

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_nobody_sits_at_a_plain_interpreter():
    assert not widgets.is_live()


@pytest.mark.parametrize("somebody", [True, False])
def test_a_front_end_that_can_ask_its_user_is_live(somebody):
    """JupyterLab sends ``allow_stdin`` with every cell; nbclient and nbval say no."""
    code = "from paperatlas.widgets import is_live; print(is_live())"
    with ThreadPoolExecutor(1) as other:  # this thread may have a loop of its own, a browser's
        assert other.submit(asyncio.run, _printed(code, somebody)).result() == f"{somebody}\n"


async def _printed(code: str, allow_stdin: bool) -> str:
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=120)
        request = client.execute(code, allow_stdin=allow_stdin)
        text = ""
        while True:
            message = await client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "stream":
                text += message["content"]["text"]
            if message["msg_type"] == "error":
                text += "\n".join(message["content"]["traceback"])
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return text
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def test_static_views_are_text_and_html_without_a_widget(study):
    views = [
        widgets.similar_papers(study, "graph neural networks", live=False),
        widgets.inspect_topic(study, live=False),
        widgets.bring_dumps(live=False),
    ]
    for view in views:
        assert "object at 0x" not in repr(view)
        assert "widget" not in view._repr_html_()
        assert view._repr_html_().count("<table") == view._repr_html_().count("</table")


def test_search_answers_as_the_study_does(study):
    box = widgets.similar_papers(study, "graph neural networks", n=3, live=True)
    field, shown = box.children
    field.value = "recurrent networks"
    for title in study.similar("recurrent networks", n=3)["title"]:
        assert pa.display.escape(title) in shown.value


def test_a_search_that_finds_nothing_says_so_and_the_next_one_works(study):
    field, shown = widgets.similar_papers(study, "graph", live=True).children
    field.value = "<b>sourdough</b> zzyzx"
    assert 'role="alert"' in shown.value
    assert "<b>sourdough" not in shown.value
    field.value = ""
    assert "Type a few words" in shown.value
    field.value = "graph"
    assert "<table" in shown.value


def test_a_static_search_that_finds_nothing_says_so(study):
    said = widgets.similar_papers(study, "<b>sourdough</b> zzyzx", live=False)
    assert repr(said).startswith("No word of")
    assert "<b>" not in said._repr_html_()


def test_the_menu_of_topics_shows_each(study):
    menu, shown = widgets.inspect_topic(study, live=True).children
    table = study.topics.at("topic")
    assert [value for _, value in menu.options] == table["topic"].tolist()
    for topic, name in zip(table["topic"], table["name"], strict=True):
        menu.value = topic
        assert pa.display.escape(name) in shown.value
        assert shown.value.count("<tr>") >= 4


def test_a_topic_that_is_not_there_is_refused(study):
    with pytest.raises(pa.AtlasError, match="numbered from 0"):
        widgets.inspect_topic(study, 999, live=False)


def test_upload_then_analyse(small_dumps, tmp_path):
    folder = tmp_path / "my_dumps"
    row, message = widgets.bring_dumps(folder, live=True).children
    upload, start, bar = row.children
    assert start.disabled
    upload.value = tuple(
        {"name": file.name, "content": memoryview(file.read_bytes()), "size": 1, "type": "text/plain",
         "last_modified": NOW}
        for file in small_dumps
    )  # fmt: skip
    assert sorted(p.name for p in folder.iterdir()) == [p.name for p in small_dumps]
    assert "60 records in two dumps; every entry was read" in message.value
    assert not start.disabled
    start.click()
    assert bar.value == bar.max
    assert "Two dumps with 60 records" in message.value
    assert "my_dumps" in message.value


def test_an_upload_that_is_no_dump_is_refused_and_said(tmp_path):
    row, message = widgets.bring_dumps(tmp_path / "my_dumps", live=True).children
    row.children[0].value = (
        {"name": "a.pdf", "content": memoryview(b"%PDF"), "size": 4, "type": "", "last_modified": NOW},
    )
    assert "is not the name of a source of papers" in message.value
    assert not (tmp_path / "my_dumps").exists()


@pytest.fixture
def small_dumps(records, tmp_path):
    files = []
    for name, rows in records.groupby("dump"):
        if len(files) < 2:
            files.append(tmp_path / f"{name}.txt")
            files[-1].write_text(pa.format_dump(rows.head(30)), encoding="utf-8")
    return files


@pytest.fixture
def small_study(small_dumps, tmp_path):
    return pa.Study(small_dumps, cache=tmp_path / "cache")
