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
from numba.core.typing import templates
from numba.extending import (
    NativeValue,
    infer,
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


class _AddressType(types.Type):
    """A type whose values are addresses."""


class HandleType(_AddressType):
    """The compiled type of a class of arrays; ``fields`` are name, dtype and number of dimensions."""

    def __init__(self, name: str, fields: tuple[tuple[str, Any, int], ...]) -> None:
        self.places = {field: place for place, (field, _, _) in enumerate(fields)}
        self.tables = {field: TableType(field, dtype, ndim) for field, dtype, ndim in fields}
        super().__init__(name=name)

    @property
    def key(self) -> str:
        """What tells the type from others."""
        return str(self.name)


class TableType(_AddressType):
    """The compiled type of one of its arrays: a row of the directory. Indices are not checked, and count from the front."""

    def __init__(self, field: str, dtype: Any, ndim: int) -> None:
        self.ndim, self.itemsize = ndim, dtype.itemsize
        self.item = RowType(field, dtype) if dtype.names else from_dtype(dtype)
        super().__init__(name=f"Table({self.item}, {ndim})")


class RowType(_AddressType):
    """The compiled type of a row of a record array. Whole numbers are 64 bits wide wherever they are passed on."""

    def __init__(self, table: str, dtype: Any) -> None:
        self.table = table
        self.fields = {name: (from_dtype(kind), offset) for name, (kind, offset) in dtype.fields.items()}
        super().__init__(name=f"Row({table})")

    def passed(self, field: str) -> Any:
        """Return the type that a field has outside the row."""
        kind, _ = self.fields[field]
        return types.int64 if isinstance(kind, types.Integer) else kind


@register_default(HandleType)
@register_default(TableType)
@register_default(RowType)
class _AddressModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: types.Type) -> None:
        super().__init__(manager, kind, _WORD)


@infer_getattr
class _HandleAttributes(templates.AttributeTemplate):  # type: ignore[misc]
    key = HandleType

    def generic_resolve(self, handle: Any, attribute: str) -> Any:  # type: ignore[override]
        return handle.tables.get(attribute)


@infer_getattr
class _TableAttributes(templates.AttributeTemplate):  # type: ignore[misc]
    key = TableType

    def resolve_size(self, table: Any) -> Any:
        return types.int64

    def resolve_shape(self, table: Any) -> Any:
        return types.UniTuple(types.int64, table.ndim)


@templates.infer_global(operator.getitem)
class _GetItem(templates.AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        table = args[0]
        return templates.signature(table.item, table, _index(table)) if isinstance(table, TableType) else None


@templates.infer_global(operator.setitem)
class _SetItem(templates.AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        table = args[0]
        if not isinstance(table, TableType):
            return None
        return templates.signature(types.none, table, _index(table), table.item)


def _index(table: Any) -> Any:
    return types.int64 if table.ndim == 1 else types.UniTuple(types.int64, table.ndim)


@infer
class _GetField(templates.AbstractTemplate):  # type: ignore[misc]
    key = "static_getitem"

    def generic(self, args: Any, kws: Any) -> Any:
        row, field = args
        return templates.signature(row.passed(field), *args) if isinstance(row, RowType) else None


@infer
class _SetField(templates.AbstractTemplate):  # type: ignore[misc]
    key = "static_setitem"

    def generic(self, args: Any, kws: Any) -> Any:
        row, field, _ = args
        if not isinstance(row, RowType):
            return None
        return templates.signature(types.void, row, types.literal(field), row.passed(field))


@lower_getattr_generic(HandleType)
def _table(context: Any, builder: Any, handle: HandleType, value: Any, attribute: str) -> Any:
    return builder.add(value, ir.Constant(_WORD, handle.places[attribute] * _WORDS * 8))


def _word(builder: Any, table: Any, place: int) -> Any:
    """Load a word of a table's row in the directory."""
    words = builder.inttoptr(table, _WORD.as_pointer())
    return builder.load(builder.gep(words, [ir.Constant(_WORD, place)]))


@lower_getattr(TableType, "shape")
def _shape(context: Any, builder: Any, table: TableType, value: Any) -> Any:
    return cgutils.pack_array(builder, [_word(builder, value, 1 + place) for place in range(table.ndim)], _WORD)


@lower_getattr(TableType, "size")
def _size(context: Any, builder: Any, table: TableType, value: Any) -> Any:
    size = _word(builder, value, 1)
    for place in range(1, table.ndim):
        size = builder.mul(size, _word(builder, value, 1 + place))
    return size


def _place(builder: Any, table: Any, value: Any, index: Any) -> Any:
    """Return the address of an item."""
    row = index
    if table.ndim > 1:
        row, *others = cgutils.unpack_tuple(builder, index, table.ndim)
        for place, other in enumerate(others):
            row = builder.add(builder.mul(row, _word(builder, value, 2 + place)), other)
    return builder.add(_word(builder, value, 0), builder.mul(row, ir.Constant(_WORD, table.itemsize)))


def _pointer(context: Any, builder: Any, address: Any, kind: Any) -> Any:
    return builder.inttoptr(address, context.get_data_type(kind).as_pointer())


@lower_builtin(operator.getitem, TableType, types.Any)
def _get_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    table, (value, index) = sig.args[0], args
    address = _place(builder, table, value, index)
    if isinstance(table.item, RowType):
        return address
    return context.unpack_value(builder, table.item, _pointer(context, builder, address, table.item))


@lower_builtin(operator.setitem, TableType, types.Any, types.Any)
def _set_item(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    table, (value, index, item) = sig.args[0], args
    address = _place(builder, table, value, index)
    if isinstance(table.item, RowType):
        to, of = (builder.inttoptr(one, ir.IntType(8).as_pointer()) for one in (address, item))
        cgutils.raw_memmove(builder, to, of, _WORD(table.itemsize), 1)
    else:
        context.pack_value(builder, table.item, item, _pointer(context, builder, address, table.item))
    return context.get_dummy_value()


def _field(context: Any, builder: Any, row: Any, address: Any, field: str) -> tuple[Any, Any]:
    kind, offset = row.fields[field]
    return kind, _pointer(context, builder, builder.add(address, ir.Constant(_WORD, offset)), kind)


@lower_builtin("static_getitem", RowType, types.Any)
def _get_field(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    row, (address, field) = sig.args[0], args
    kind, pointer = _field(context, builder, row, address, field)
    return context.cast(builder, builder.load(pointer), kind, row.passed(field))


@lower_builtin("static_setitem", RowType, types.Any, types.Any)
def _set_field(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    row, (address, field, value) = sig.args[0], args
    kind, pointer = _field(context, builder, row, address, field)
    builder.store(context.cast(builder, value, row.passed(field), kind), pointer)


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
