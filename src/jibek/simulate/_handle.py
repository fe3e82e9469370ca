"""How compiled functions see the world: as one pointer to a directory of its arrays.

Passing sixty arrays from function to function would cost minutes of compilation and much of the speed; so a `World`
is handed to compiled code as the address of a table that holds, for each array, where it begins and its shape.
"""

from __future__ import annotations

import dataclasses
import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.typing import signature
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_builtin,
    lower_getattr,
    lower_getattr_generic,
    typeof_impl,
    unbox,
)
from numba.np.numpy_support import from_dtype
from numpy.typing import NDArray

_WORDS = 4
"""Words of the directory an array: address, then up to three lengths."""

_WORD = ir.IntType(64)


class HandleType(types.Type):
    """The compiled type of a class of arrays; ``fields`` are name, dtype and number of dimensions."""

    def __init__(self, name: str, fields: tuple[tuple[str, Any, int], ...]) -> None:
        self.places = {field: place for place, (field, _, _) in enumerate(fields)}
        self.tables = {field: TableType(field, from_dtype(dtype), ndim) for field, dtype, ndim in fields}
        super().__init__(name=name)

    @property
    def key(self) -> str:
        """What tells the type from others."""
        return str(self.name)


class TableType(types.Type):
    """The compiled type of one of its arrays: a row of the directory. Indices are not checked, and count from the front."""

    def __init__(self, field: str, item: Any, ndim: int) -> None:
        self.item, self.ndim = item, ndim
        super().__init__(name=f"Table({field if isinstance(item, types.Record) else item}, {ndim})")


@register_default(HandleType)
@register_default(TableType)
class _AddressModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: types.Type) -> None:
        super().__init__(manager, kind, _WORD)


@infer_getattr
class _HandleAttributes(AttributeTemplate):  # type: ignore[misc]
    key = HandleType

    def generic_resolve(self, handle: Any, attribute: str) -> Any:  # type: ignore[override]
        return handle.tables.get(attribute)


@infer_getattr
class _TableAttributes(AttributeTemplate):  # type: ignore[misc]
    key = TableType

    def resolve_size(self, table: Any) -> Any:
        return types.int64

    def resolve_shape(self, table: Any) -> Any:
        return types.UniTuple(types.int64, table.ndim)


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        table, index = args
        return signature(table.item, table, _index_type(table)) if isinstance(table, TableType) else None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        table, index, _ = args
        return signature(types.none, table, _index_type(table), table.item) if isinstance(table, TableType) else None


def _index_type(table: Any) -> Any:
    return types.int64 if table.ndim == 1 else types.UniTuple(types.int64, table.ndim)


@lower_getattr_generic(HandleType)
def _table(context: Any, builder: Any, handle: HandleType, value: Any, attribute: str) -> Any:
    return builder.add(value, ir.Constant(_WORD, handle.places[attribute] * _WORDS * 8))


def _load(builder: Any, table: Any, place: int) -> Any:
    """Load a word of the directory, which stays as it is while compiled code runs."""
    words = builder.inttoptr(table, _WORD.as_pointer())
    word = builder.load(builder.gep(words, [ir.Constant(_WORD, place)]))
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


@lower_getattr(TableType, "shape")
def _shape(context: Any, builder: Any, table: TableType, value: Any) -> Any:
    return cgutils.pack_array(builder, [_load(builder, value, 1 + place) for place in range(table.ndim)], _WORD)


@lower_getattr(TableType, "size")
def _size(context: Any, builder: Any, table: TableType, value: Any) -> Any:
    size = _load(builder, value, 1)
    for place in range(1, table.ndim):
        size = builder.mul(size, _load(builder, value, 1 + place))
    return size


def _place(context: Any, builder: Any, table: Any, value: Any, index: Any) -> Any:
    """Return a pointer to an item."""
    row = index
    if table.ndim > 1:
        row, *others = cgutils.unpack_tuple(builder, index, table.ndim)
        for place, other in enumerate(others):
            row = builder.add(builder.mul(row, _load(builder, value, 2 + place)), other)
    item = context.get_data_type(table.item)
    size = ir.Constant(_WORD, context.get_abi_sizeof(item))
    return builder.inttoptr(builder.add(_load(builder, value, 0), builder.mul(row, size)), item.as_pointer())


@lower_builtin(operator.getitem, TableType, types.Any)
def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    table, value = sig.args[0], args[0]
    return context.unpack_value(builder, table.item, _place(context, builder, table, value, args[1]))


@lower_builtin(operator.setitem, TableType, types.Any, types.Any)
def _set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    table, value = sig.args[0], args[0]
    context.pack_value(builder, table.item, args[2], _place(context, builder, table, value, args[1]))
    return context.get_dummy_value()


@unbox(HandleType)
def _unbox(handle: HandleType, obj: Any, c: Any) -> NativeValue:
    number = c.pyapi.object_getattr_string(obj, "address")
    value = c.pyapi.long_as_longlong(number)
    c.pyapi.decref(number)
    return NativeValue(value, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


def directory(arrays: Any) -> NDArray[np.int64]:
    """Return the directory of a dataclass of arrays."""
    words = np.zeros((len(dataclasses.fields(arrays)), _WORDS), np.int64)
    for row, field in zip(words, dataclasses.fields(arrays), strict=True):
        array = getattr(arrays, field.name)
        if not array.flags.c_contiguous:
            raise ValueError(f"array '{field.name}' is not contiguous")
        row[: 1 + array.ndim] = (array.ctypes.data, *array.shape)
    return words


def register(cls: type, name: str, fields: tuple[tuple[str, Any, int], ...]) -> None:
    """Let compiled functions take instances of a class, which must have an integer ``address``."""
    handle = HandleType(name, fields)

    @typeof_impl.register(cls)
    def _typeof(value: Any, context: Any) -> HandleType:
        return handle
