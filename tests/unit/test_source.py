"""Compiled code that cannot be kept, or was damaged, is compiled again."""

from __future__ import annotations

from pathlib import Path

import numba
import pytest

from jibek.simulate import _source
from jibek.simulate._source import cached


def double(x: int) -> int:
    return 2 * x


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(_source, "cache_folder", lambda: tmp_path)
    return tmp_path


def answer() -> int:
    return int(cached(numba.njit(double))(21))


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("kept", [0, 40])
def test_a_damaged_cache_is_made_afresh(folder: Path, suffix: str, kept: int) -> None:
    assert answer() == 42
    (file,) = folder.rglob(f"*{suffix}")
    whole = file.stat().st_size
    file.write_bytes(file.read_bytes()[:kept])
    assert answer() == 42
    (file,) = folder.rglob(f"*{suffix}")
    assert file.stat().st_size == pytest.approx(whole, rel=0.1)


def test_a_cache_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", full)
    assert answer() == 42
    (folder / "file").touch()
    monkeypatch.setattr(_source, "cache_folder", lambda: folder / "file")
    assert answer() == 42


def test_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(_source, "cache_folder", none)
    assert answer() == 42
    assert not _source.compiled()
