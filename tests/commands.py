"""The command line called in this process."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest

import jibek.cli._commands


def call(*words: str) -> tuple[int, str, str]:
    """Return exit code, output and errors of `jibek WORDS`."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["jibek", *words])
        patch.setattr(jibek.cli._commands, "_leave", lambda ended: (_ for _ in ()).throw(ended))
        with pytest.raises(SystemExit) as ended:
            jibek.cli.main()
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()
