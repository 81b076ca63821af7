"""The zip of notebook 09, unpacked as on a USB stick and opened without a network."""

import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

import paperatlas as pa
from paperatlas import notebooks
from paperatlas.export import tables, texts
from tests.report.visit import needs_browser


@pytest.fixture(scope="module")
def packed(study: pa.Study, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build_report(study: pa.Study, out: Path, **_: object) -> Path:
        return shutil.copytree(site, out)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("paperatlas.packing.build_report", build_report)
        return pa.bundle(study, tmp_path_factory.mktemp("bundle") / "my-atlas.zip")


@pytest.fixture(scope="module")
def unpacked(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    stick = tmp_path_factory.mktemp("stick") / "USB Stick ü #1"
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(stick)
    return stick / "my-atlas"


def test_holds_every_table_and_a_page_for_every_other_notebook(study, unpacked):
    wanted = tables(study)
    assert {p.name for p in (unpacked / "tables").iterdir()} == {*wanted, *texts(study), "passport.json"}
    assert len(pd.read_csv(unpacked / "tables" / "papers.csv")) == len(study.corpus)
    pages = {p.stem for p in (unpacked / "report" / "notebooks").glob("*.html")}
    assert pages == {"index", *(p.stem for p in notebooks.about_the_pile())}


@needs_browser
def test_opens_without_a_network(unpacked, visit):
    site = unpacked / "report"
    for file in (site / "index.html", site / "notebooks" / "00_start_here.html"):
        visit(file, folder=site)
