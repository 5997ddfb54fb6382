"""What fuzzing has found stays mended, and every target takes what it begins with."""

import pytest
from fuzz import FINDS, LONGEST, TARGETS, samples

FOUND = sorted(path for path in FINDS.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_is_mended(path):
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_its_samples_whole_and_cut(name):
    for sample in samples(name):
        assert len(sample) <= LONGEST
        for end in range(0, len(sample) + 1, max(1, len(sample) // 20)):
            TARGETS[name](sample[:end])
