"""The command line of the service: `jibek serve`. Heavy modules are imported by the command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def serve(
    package: Annotated[
        str | None, typer.Argument(help="Folder of a package to show, or the name of a bundled one.")
    ] = None,
    host: Annotated[str, typer.Option(help="Where to listen; other than this machine needs --token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8765,
    token: Annotated[str | None, typer.Option(help="What everyone who asks must have.")] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of packages, cases and finished jobs; default: the user's."),
    ] = None,
) -> None:
    """Serve the page, live, and its API: what-if in the browser."""
    from jibek.serve._server import serve as start

    start(package, host=host, port=port, token=token, data=data)
