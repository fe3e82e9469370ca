"""Where the program begins: `jibek`, or `python -m jibek`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; an interruption while modules are still being loaded is no fault either."""
    try:
        from jibek.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
