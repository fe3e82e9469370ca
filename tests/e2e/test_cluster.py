"""Studies on a real Dask scheduler with real workers on this machine: the same bytes as at home, whoever dies."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import call

pytest.importorskip("distributed")

STUDY = """
package = "starter"
days = 200
replications = 2
[[axes]]
name = "volume"
change = "flows.*.teu_per_year*={}"
values = [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05]
"""


class Cluster:
    """A scheduler and its workers, each a process."""

    def __init__(self, workers: int = 2) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        self.workers = [self.worker() for _ in range(workers)]

    def worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny")

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:], "--no-dashboard"]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self) -> None:
        """Wait until all workers are there."""
        from distributed import Client

        with Client(self.address, timeout=60, set_as_default=False) as client:
            if self.workers:
                client.wait_for_workers(len(self.workers), timeout=60)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Run a scheduler with two workers, or with as many as a test says."""
    made = Cluster(getattr(request, "param", 2))
    try:
        made.wait()
        yield made
    finally:
        made.end()


def words(folder: Path, *more: str) -> list[str]:
    (folder / "study.toml").write_text(STUDY)
    return ["sweep", str(folder / "study.toml"), "--out", str(folder / "found"), *more]


def complete(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((folder / "found/points").glob("*.parquet"))}


def kill_after_first_point(folder: Path, process: subprocess.Popen[bytes]) -> threading.Thread:
    def wait_and_kill() -> None:
        late = time.monotonic() + 120
        while not complete(folder) and time.monotonic() < late:
            time.sleep(0.01)
        process.kill()

    thread = threading.Thread(target=wait_and_kill)
    thread.start()
    return thread


@pytest.mark.slow
def test_a_worker_that_dies_changes_nothing_and_a_cluster_that_ends_is_told(cluster: Cluster, tmp_path: Path) -> None:
    home, away, cut = (tmp_path / name for name in ("home", "away", "cut"))
    for folder in (home, away, cut):
        folder.mkdir()
    killer = kill_after_first_point(away, cluster.workers[0])
    code, out, err = call(*words(away, "--json", "--cluster", cluster.address))
    killer.join()
    assert code == 0, err
    assert cluster.workers[0].wait() == -9
    assert len(json.loads(out)["points"]) == 8
    assert call(*words(home))[0] == 0
    assert complete(home) == complete(away)

    killer = kill_after_first_point(cut, cluster.scheduler)
    code, _, err = call(*words(cut, "--cluster", cluster.address))
    killer.join()
    assert code == 2
    assert "the workers are gone" in err
    kept = complete(cut)
    assert 1 <= len(kept) < 8
    assert call(*words(cut))[0] == 0
    assert complete(cut) == complete(home)


def test_a_cluster_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jibek.study import _workers

    monkeypatch.setattr(_workers, "CONNECT_S", 0.5)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    code, _, err = call(*words(tmp_path, "--cluster", address))
    assert code == 2
    assert f"{address}: there is no Dask scheduler to be reached" in err


@pytest.mark.slow
@pytest.mark.parametrize("cluster", [0], indirect=True)
def test_a_cluster_without_workers_is_told_and_waited_for(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = f"{cluster.address}: the scheduler is there, but it has no workers; they are waited for, Ctrl-C ends the study\n"
    command = [sys.executable, "-m", "jibek", *words(tmp_path, "--cluster", cluster.address)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as waiting:
        assert waiting.stderr is not None
        assert waiting.stderr.readline() == told
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(60) == 130
        assert waiting.stderr.read() == "interrupted\n"

    monkeypatch.setattr("jibek.study._workers.NOBODY_S", 0.5)
    late = threading.Timer(2, lambda: cluster.workers.append(cluster.worker()))
    late.start()
    code, _, err = call(*words(tmp_path, "--cluster", cluster.address))
    late.join()
    assert (code, err.count(told)) == (0, 1)
    assert len(complete(tmp_path)) == 8


@pytest.mark.slow
def test_an_address_that_is_none_is_told_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jibek", *words(tmp_path, "--cluster", "nonsense://x")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 2
    (said,) = (line for line in ended.stderr.splitlines() if line.strip())
    assert said.startswith("nonsense://x: there is no Dask scheduler to be reached: unknown address scheme")
