"""Papers of a large corpus among the papers most like them."""

from __future__ import annotations

import numpy as np
import pytest

from paperatlas.topics.neighbourhood import Neighbourhood, NeighbourSource
from paperatlas.topics.space import on_grid


def noisy(centres: np.ndarray, each: int, noise: float, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return on_grid(
        np.repeat(centres, each, axis=0) + rng.normal(0, noise, (len(centres) * each, centres.shape[1]))
    )


CENTRES = np.linalg.qr(np.random.default_rng(7).normal(size=(30, 4)))[0].T


def test_papers_of_a_subject_move_together_and_subjects_stay_apart():
    landmarks, papers = noisy(CENTRES, 250, 0.15), noisy(CENTRES, 20, 0.15, seed=1)
    before, after = papers @ papers.T, Neighbourhood(landmarks).rows(papers)
    alike = np.kron(np.eye(4), np.ones((20, 20))).astype(bool)
    after = after @ after.T
    assert after[alike].mean() > 0.95 > before[alike].mean()
    assert after[~alike].mean() < 0.2


def test_a_paper_goes_where_the_nearest_landmarks_are():
    # 250 landmarks, so that two are nearest: with a single round each step can be followed by hand.
    rng = np.random.default_rng(3)
    landmarks, paper = on_grid(rng.normal(size=(250, 6))), on_grid(rng.normal(size=(1, 6)))

    def nearest(row):
        return np.argsort(-(landmarks.astype(float) @ row.astype(float)))[:2]

    middles = landmarks
    for _ in range(2):
        middles = on_grid(np.stack([middles[nearest(row)].astype(float).sum(axis=0) for row in landmarks]))
    wanted = on_grid(middles[nearest(paper[0])].astype(float).sum(axis=0, keepdims=True))
    assert np.array_equal(Neighbourhood(landmarks).rows(paper), wanted)


def test_neither_company_nor_order_changes_where_a_paper_goes():
    landmarks, papers = noisy(CENTRES, 100, 0.2), noisy(CENTRES, 600, 0.2, seed=1)
    landmarks[10:40] = landmarks[0]  # equally near landmarks count alike, in whatever order they come
    rows = Neighbourhood(landmarks).rows(papers)
    mixed = np.random.default_rng(0).permutation(len(papers))
    again = Neighbourhood(landmarks[::-1].copy()).rows(papers[mixed])
    assert np.array_equal(rows[mixed], again)
    assert np.array_equal(Neighbourhood(landmarks).rows(papers[5:6]), rows[5:6])


@pytest.mark.parametrize("part", [120, 90])
def test_a_resample_sees_as_large_a_part_of_the_other_landmarks(part, monkeypatch):
    import paperatlas.topics.neighbourhood as module

    seen = []
    plain = module.Neighbourhood
    monkeypatch.setattr(module, "Neighbourhood", lambda rows: (seen.append(len(rows)), plain(rows))[1])
    core, others = noisy(CENTRES, 30, 0.2), noisy(CENTRES, 100, 0.2, seed=1)
    source = NeighbourSource(core, others)
    rows = source.rows(np.arange(part))
    assert seen == [part + 400 * part // 120]
    assert rows.shape == (part, 30)
    assert np.array_equal(rows, source.rows(np.arange(part))), "the same papers see the same landmarks"
