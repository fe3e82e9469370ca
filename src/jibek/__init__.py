"""Jibek: planner and simulator for freight corridors that change track gauge and mode."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jibek.corridor import (
        Change,
        ChangeError,
        Corridor,
        JibekError,
        PackageError,
        Problem,
        check,
        new,
        read,
        write,
    )
    from jibek.results import Run, RunError, simulate, validate

__version__ = "0.1.0"

_HOMES = {
    "jibek.corridor": (
        "Change",
        "ChangeError",
        "Corridor",
        "JibekError",
        "PackageError",
        "Problem",
        "check",
        "new",
        "read",
        "write",
    ),
    "jibek.results": ("Run", "RunError", "simulate", "validate"),
}

__all__ = [
    "Change",
    "ChangeError",
    "Corridor",
    "JibekError",
    "PackageError",
    "Problem",
    "Run",
    "RunError",
    "__version__",
    "check",
    "new",
    "read",
    "simulate",
    "validate",
    "write",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: `import jibek` itself takes no time."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module 'jibek' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Name what may be imported, though it is not there yet."""
    return sorted(__all__)


class _Package(ModuleType):
    """Keeps the name `jibek.simulate` for the function; the package of that name is still there to import from."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (isinstance(value, ModuleType) and name in _HOMES["jibek.results"]):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
