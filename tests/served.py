"""A server of the live page, for tests and pictures."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any


class Server:
    """A server with a data folder, that can be ended and started again at the same address."""

    def __init__(self, data: Path, *package: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/"
        options = ["--port", str(self.port), "--data", str(data)]
        self._command = [sys.executable, "-m", "jibek", "serve", *package, *options]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.address}api/packages"):
                    return
            except urllib.error.URLError:
                assert self._process.poll() is None, "the server has ended"
                time.sleep(0.1)
        raise TimeoutError(self.address)

    def stop(self) -> None:
        self._process.terminate()
        assert self._process.wait(30) is not None

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.address}api/{path}") as answer:
            return json.load(answer)
