"""The command line: `jibek COMMAND`.

Heavy modules are imported by the commands that need them. Exit codes: 0 done, 2 the input is wrong (each problem is
named), 130 interrupted; 1 is a bug: of Jibek's, or one that `verify` has found.
"""

from jibek.cli._commands import app, main

__all__ = ["app", "main"]
