"""A large map: some papers are laid out, the others stand where papers like them stand."""

import numpy as np
import pytest

from paperatlas import project
from paperatlas.text import layout
from paperatlas.text.layout import kept_neighbours


@pytest.fixture(scope="module")
def clumps():
    """1,200 unit rows in six clumps, and the clump of each."""
    rng = np.random.default_rng(4)
    clump = np.arange(1200) % 6
    rows = np.eye(6, 20)[clump] + 0.12 * rng.normal(size=(1200, 20))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), clump


@pytest.fixture(scope="module")
def picture(clumps):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "LARGE", 1000)
        return project(clumps[0])


def test_placed_papers_stand_among_their_kind(clumps, picture):
    clump = clumps[1]
    centre = np.stack([np.median(picture.coords[clump == c], axis=0) for c in range(6)])
    nearest = ((picture.coords[:, None] - centre) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == clump).mean() > 0.98
    assert np.isfinite(picture.coords).all()


def test_kept_neighbours_are_those_that_brute_force_finds(clumps, picture):
    vectors = clumps[0].astype(float)
    asked = np.array([0, 5, 700, 1199])
    kept = []
    for row in asked:
        high = np.argsort(-(vectors @ vectors[row]))[1:16]
        low = np.argsort(((picture.coords - picture.coords[row]) ** 2).sum(axis=1))[1:16]
        kept.append(len(set(high) & set(low)) / 15)
    assert np.abs(kept_neighbours(vectors, picture.coords, asked) - kept).max() <= 2 / 15  # near ties


@pytest.mark.parametrize("n", [3, 9, 10])
def test_a_few_papers_have_a_map(clumps, n):
    assert np.isfinite(project(clumps[0][:n]).coords).all()
