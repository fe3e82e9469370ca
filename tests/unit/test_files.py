"""A file is as it was, or all of it is new: whatever fails, and whoever is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from jibek._files import whole


def test_what_fails_in_the_middle_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("before")
    with pytest.raises(TypeError), whole(file) as stream:
        stream.writelines([b"half", None])  # type: ignore[list-item]
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_an_error_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as caught, whole(tmp_path / "none" / "note.txt"):
        pass
    assert caught.value.filename == str(tmp_path / "none" / "note.txt")


def test_who_is_killed_in_the_middle_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("before")
    killed = (
        "import os, sys; from pathlib import Path; from jibek._files import whole\n"
        "with whole(Path(sys.argv[1])) as stream:\n"
        "    stream.write(b'half'); stream.flush(); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", killed, str(file)], check=False).returncode == -9
    assert file.read_text() == "before"
    with whole(file) as stream:
        stream.write(b"after")
    assert file.read_text() == "after"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    file, link = tmp_path / "note.txt", tmp_path / "link.txt"
    link.symlink_to(file)
    with whole(link) as stream:
        stream.write(b"after")
    assert link.is_symlink()
    assert file.read_text() == "after"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, came = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: came.append(pipe.read_bytes()))
    reader.start()
    with whole(pipe) as stream:
        stream.write(b"through")
    reader.join()
    assert came == [b"through"]
    assert pipe.is_fifo()
