"""Compiled functions kept on disk under the fingerprint of the sources they were made from."""

from __future__ import annotations

import functools
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from llvmlite.binding import Linkage
from numba.core import codegen, compiler
from numba.core.caching import FunctionCache

config: Any = numba.config


class _Part(codegen.JITCodeLibrary):  # type: ignore[misc]
    """Code that is only linked into other code: optimised and turned into machine code there, once for all."""

    def _optimize_functions(self, module: Any) -> None:
        module.data_layout = self._codegen._data_layout

    def finalize(self) -> None:
        for function in self._final_module.functions:
            if function.linkage == Linkage.external and not function.is_declaration:
                function.linkage = Linkage.linkonce_odr
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        return 0

    @property
    def codegen(self) -> Any:
        return self

    def set_env(self, name: str, env: Any) -> None:
        """Tell no machine code where its Python environment is."""


class _Whole(codegen.JITCodeLibrary):  # type: ignore[misc]
    """Code with its parts, which nobody else calls: so they may be changed as suits their callers."""

    def finalize(self) -> None:
        for library in self._linking_libraries:  # grows as it is gone through
            parts = library._linking_libraries if isinstance(library, _Part) else ()
            self._linking_libraries.extend(part for part in parts if part not in self._linking_libraries)
        super().finalize()

    def _optimize_final_module(self) -> None:
        for function in self._final_module.functions:
            if function.linkage == Linkage.linkonce_odr:
                function.linkage = Linkage.internal
        super()._optimize_final_module()


class _PartCompiler(compiler.Compiler):  # type: ignore[misc]
    library: type[codegen.JITCodeLibrary] = _Part

    def compile_extra(self, func: Any) -> Any:
        self.state.library = self.library(self.state.targetctx.codegen(), func.__qualname__)
        self.state.library.enable_object_caching()
        return super().compile_extra(func)


class _WholeCompiler(_PartCompiler):
    library = _Whole


_njit: Any = numba.njit  # its stub does not know all options

inner: Any = _njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, pipeline_class=_PartCompiler)
"""Compiles a function that only `outer` functions, and others like it, call."""

inlined: Any = _njit(
    error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True, pipeline_class=_PartCompiler
)
"""Compiles an `inner` function that becomes part of each caller, so that loops over it can be vectorised."""

outer: Any = _njit(nogil=True, error_model="numpy", pipeline_class=_WholeCompiler)
"""Compiles a function that Python calls, together with the `inner` ones that it calls."""


class _Cache(FunctionCache):  # type: ignore[misc]
    """Compiled code on disk; where it is damaged, or the disk is full, what could not be kept is compiled again."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever damaged bytes lead to
            with suppress(Exception):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)


@functools.cache
def cache_folder() -> Path:
    """Return the folder of the compiled code: Numba looks only at the file of a function, not at what it calls."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    root = (
        os.environ.get("NUMBA_CACHE_DIR") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jibek"
    )
    return Path(root) / digest.hexdigest()[:16]


def cached(dispatcher: Any) -> Any:
    """Keep what a jitted function compiles to in `cache_folder`; without a place to write it is compiled each time."""
    if not hasattr(dispatcher, "enable_caching"):
        return dispatcher
    before = config.CACHE_DIR
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        config.CACHE_DIR = str(cache_folder())
        dispatcher._cache = _Cache(dispatcher.py_func)
    except (OSError, RuntimeError):
        pass
    finally:
        config.CACHE_DIR = before
    return dispatcher


def compiled() -> bool:
    """Whether the event loop has been compiled and kept on this machine.

    Examples
    --------
    >>> compiled() in (True, False)
    True
    """
    try:
        return any(cache_folder().rglob("_loop.run-*.nbc"))
    except (OSError, RuntimeError):  # no home
        return False
