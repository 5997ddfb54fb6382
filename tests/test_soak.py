"""Killed at random moments, a few times; `python3 run.py soak` does it for half an hour."""

import os
import shutil
from contextlib import closing

import pytest
import soak
from soak import Lost, Soak, slope

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="processes of POSIX")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr("analysis.parts.ENDS", 9)
    monkeypatch.setattr("analysis.parts.MOST", 12)


@pytest.fixture
def work(tmp_path):
    with closing(Soak(tmp_path, seed=1)) as started:
        yield started


def test_killed_at_random_moments_nothing_is_lost(work):
    for kind in soak.KINDS:
        work.one(kind)
    assert set(work.counts) == set(soak.KINDS)
    assert not any(count["lost"] for count in work.counts.values())


def test_a_loss_is_seen(work, monkeypatch):
    """Tables of which one has been replaced, and other bytes than an undisturbed run gives."""

    def damage(name, command):
        work.out.mkdir(exist_ok=True)
        (work.out / "tables.json").write_text('{"files": {"topics.csv": {"sha256": "0"}}}')

    monkeypatch.setattr(work, "_killed", damage)
    with pytest.raises(Lost, match="tables are a mixture"):
        work.one("extract")
    assert work.counts["extract"]["lost"] == 1
    shutil.rmtree(work.out)
    monkeypatch.setattr(work, "_killed", lambda name, command: None)
    monkeypatch.setattr(soak, "extract_into", lambda folder, source: folder.mkdir())
    with pytest.raises(Lost, match="other bytes than undisturbed"):
        work.one("extract")


def test_the_slope_is_that_of_the_line_of_least_squares():
    assert slope([5, 7, 9, 11]) == 2
    assert slope([4, 4, 4]) == 0
