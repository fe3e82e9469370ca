"""What is wrong with a package is said, with file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from jibek.corridor import PackageError, new, read
from spoilt import Spoilt, spoilt

ALL = list(spoilt())


@pytest.mark.parametrize(
    "case",
    [pytest.param(one, id=one.name, marks=[pytest.mark.slow] if one.slow else []) for one in ALL],
)
def test_a_spoilt_package_is_refused_with_every_problem(case: Spoilt, tmp_path: Path) -> None:
    folder = new(tmp_path / "package")
    case.mutate(folder)
    with pytest.raises(PackageError) as caught:
        read(folder)
    lines = str(caught.value).splitlines()
    for phrase in case.expected:
        assert any(phrase in line for line in lines), (phrase, lines)
    assert case.lines in (None, len(lines))


def test_each_way_to_spoil_has_its_name() -> None:
    assert len({one.name for one in ALL}) == len(ALL) >= 40
