"""The report on the least that can be analysed: every part stands, or says why it has nothing to show."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

import paperatlas as pa
from paperatlas import notebooks

SIGNS = "我们提出了一种新的方法用于图像识别和自然语言处理模型训练"


@pytest.fixture(scope="module")
def site(installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten papers in one dump, without dates, in a script that sets no blanks between words.

    The report is made by the program as installed from its wheel, outside of the checkout.
    """
    rng = random.Random(0)
    folder = tmp_path_factory.mktemp("small")
    pairs = [
        (f"一种新的方法 {i} 用于识别", "".join(rng.choice(SIGNS) for _ in range(120)) + "。")
        for i in range(10)
    ]
    (folder / "page.txt").write_text(pa.format_dump(pairs), encoding="utf-8")
    made = installed("report", str(folder / "page.txt"), "--out", str(folder / "site"))
    assert made.returncode == 0, made.stderr
    return folder / "site"


def test_every_notebook_has_its_page(site):
    for path in notebooks.about_the_pile():
        page = (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
        assert "Traceback" not in page, path.name


def test_the_brief_says_what_it_leaves_out_and_why(site):
    brief = (site / "paper-atlas.html").read_text(encoding="utf-8")
    assert "no paper has a date" in brief
    assert brief.count("一种新的方法") >= 10, "every paper is there"


def test_no_table_holds_a_gap_that_the_data_sheet_does_not_allow(site):
    for file in (site / "tables").glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        assert "nan" not in re.split(r"[,\n]", text.lower()), file.name
