"""What runs in a worker process: it waits for jobs, with the simulator compiled and loaded, and does one at a time."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from pydantic import TypeAdapter

from jibek._error import JibekError
from jibek.corridor import read
from jibek.serve import _kinds as kinds
from jibek.serve._desk import Begin, Desk, Order, Over, Ready, Stopped
from jibek.serve._models import Problem, Request
from jibek.serve._packages import Store
from jibek.tables import ProblemsError


def work(pipe: Connection, begin: Begin) -> None:
    """Work until the pipe is closed: that ends the process, whatever it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders: SimpleQueue[Order] = SimpleQueue()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(pipe, orders, stop), daemon=True).start()
    _limit(begin.memory_bytes)
    _warm(begin.packages, begin.drafts)
    pipe.send(Ready())
    while True:
        order = orders.get()
        pipe.send(_done(order, Desk(begin.packages, order.folder, pipe, stop)))


def _listen(pipe: Connection, orders: SimpleQueue[Order], stop: threading.Event) -> None:
    """Take orders; None says that the job under way is no longer wanted."""
    while True:
        try:
            order = pipe.recv()
        except (EOFError, OSError):
            os._exit(1)
        if order is None:
            stop.set()
        else:
            stop.clear()
            orders.put(order)


def _limit(memory_bytes: int) -> None:
    """Let the process have no more memory than that; what it asks for beyond is refused by the system."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        least = memory_bytes if most == resource.RLIM_INFINITY else min(memory_bytes, most)
        resource.setrlimit(resource.RLIMIT_DATA, (least, most))


def _done(order: Order, desk: Desk) -> Over:
    """Do a job."""
    try:
        if order.package and desk.packages.content(order.package) != order.content:
            return _failed(f"package {order.package!r} has changed since the server began; begin the server again")
        kinds.carry_out(_REQUEST.validate_json(order.request), desk)
        (order.folder / kinds.ANSWER).write_bytes(desk.last)
    except Stopped:
        return Over()
    except ProblemsError as error:
        return Over(problems=tuple(map(Problem.of, error.problems)))
    except JibekError as error:
        return Over(problems=(Problem(message=str(error)),))
    except OSError as error:
        return _failed(f"{Path(error.filename or 'disk').name}: {error.strerror or error}")
    except MemoryError:
        return _failed("there is not enough memory: simulate fewer days, less traffic or fewer replications")
    except Exception as error:  # a bug: the worker stays, the log has the rest
        traceback.print_exc()
        return _failed(f"a bug of Jibek's: {type(error).__name__}: {error}")
    files = (file.relative_to(order.folder).as_posix() for file in sorted(order.folder.rglob("*")) if file.is_file())
    return Over(files=tuple(files))


def _failed(message: str) -> Over:
    return Over(problems=(Problem(message=message),))


_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


def _warm(store: Store, drafts: Path) -> None:
    """Load what a simulation needs: modules, compiled code, the tables' writer, the corridors that are asked for first."""
    from jibek.results import simulate
    from jibek.web._report import bundle

    with tempfile.TemporaryDirectory(dir=drafts) as folder:
        corridor = read("starter").with_clock(days=2, warmup_days=0)
        bundle(simulate(corridor, replications=2, out=Path(folder, "run"), containers=False, so_far=_ask))

    for package in store.packages()[:3]:
        with suppress(JibekError):  # it is spoilt: who asks for it is told
            store.held(package.id)


def _ask(run: Any) -> None:
    run.document()
