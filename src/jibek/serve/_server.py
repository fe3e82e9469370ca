"""The server: where it listens, who may reach it, how it ends."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path
from types import FrameType
from urllib.parse import quote

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from jibek._error import JibekError
from jibek.serve._app import application
from jibek.serve._jobs import Jobs, Limits
from jibek.serve._packages import Store
from jibek.serve._safety import Guard, is_loopback

HEAD_S = 20.0
"""How long the head of a request may take to come."""


def serve(
    package: str | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    token: str | None = None,
    data: Path | None = None,
    limits: Limits | None = None,
) -> None:
    """Serve the page and its API until interrupted.

    Parameters
    ----------
    package
        Folder of a package to show first, or the name of one that comes with Jibek.
    host, port
        Where to listen; port 0 is any that is free.
    token
        What requests must have; needed where others than this machine can reach the host.
    data
        Folder of packages, cases and finished jobs; None: one in the user's data folder.
    limits
        What jobs may take.

    Raises
    ------
    JibekError
        If the host needs a token, the port or the folder is in use, or the package cannot be read.
    """
    if token is None and not is_loopback(host):
        raise JibekError(f"--host {host}: others can reach it, so a token is needed: --token SECRET")
    if token == "":
        raise JibekError("--token: is empty")
    folder = data or data_folder()
    listening = _listening(host, port)
    try:
        store = Store(folder, package)
        jobs = Jobs(folder, store, limits or Limits())
        app = Guard(application(store, jobs), host=host, token=token)
        config = uvicorn.Config(
            app, log_level="warning", timeout_graceful_shutdown=3, server_header=False, lifespan="on", ws="none",
            proxy_headers=False, http=_Impatient,
        )  # fmt: skip
        where = _address(host, listening.getsockname()[1], token)
        _Server(config, jobs, f"Jibek is at {where}; Ctrl-C ends it. Packages and finished jobs are in {folder}").run(
            [listening]
        )
    except KeyboardInterrupt:  # uvicorn has ended, and raises it again
        pass
    finally:
        listening.close()


class _Impatient(H11Protocol):
    """A connection that is closed if the head of a request does not come in time; uvicorn waits for it without end."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._late = self.loop.call_later(HEAD_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Wait no longer if a request has come; begin again if the next has begun to."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._come()
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_S, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        super().connection_lost(exc)
        self._come()

    def _come(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class _Server(uvicorn.Server):
    """A server that says where it is, and lets go of those who watch jobs when it ends."""

    def __init__(self, config: uvicorn.Config, jobs: Jobs, words: str) -> None:
        super().__init__(config)
        self._jobs = jobs
        self._words = words
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, then say so."""
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        if self.started:
            sys.stdout.write(f"{self._words}\n")
            sys.stdout.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End as asked by a signal."""
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._jobs.close)


def data_folder() -> Path:
    """Return the folder for what a user keeps."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "jibek"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "jibek"


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, OverflowError) as error:
        raise JibekError(f"--host {host}: {error.strerror if isinstance(error, OSError) else error}") from None
    listening = socket.socket(family, kind, protocol)  # with its protocol, small answers are sent at once (TCP_NODELAY)
    try:
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise JibekError(f"cannot listen at {host}:{port}: {error.strerror}; choose another with --port") from None
    return listening


def _address(host: str, port: int, token: str | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}/" + (f"?token={quote(token)}" if token else "")
