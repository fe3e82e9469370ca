"""How compiled functions see the world: as one pointer to a directory of its arrays.

Passing sixty arrays from function to function would cost minutes of compilation and much of the speed; so a `World`
is handed to compiled code as the address of a table that holds, for each array, where it begins and its shape.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, lower_getattr_generic, typeof_impl, unbox
from numba.np import arrayobj
from numba.np.numpy_support import from_dtype
from numpy.typing import NDArray

_WORDS = 4
"""Words of the directory an array: address, then up to three lengths."""


class HandleType(types.Type):
    """The compiled type of a class of arrays; ``fields`` are name, dtype and number of dimensions."""

    def __init__(self, name: str, fields: tuple[tuple[str, Any, int], ...]) -> None:
        self.places = {field: place for place, (field, _, _) in enumerate(fields)}
        self.arrays = {field: types.Array(from_dtype(dtype), ndim, "C") for field, dtype, ndim in fields}
        super().__init__(name=name)

    @property
    def key(self) -> str:
        """What tells the type from others."""
        return str(self.name)


@register_default(HandleType)
class _HandleModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, handle: HandleType) -> None:
        super().__init__(manager, handle, ir.IntType(64))


@infer_getattr
class _HandleAttributes(AttributeTemplate):  # type: ignore[misc]
    key = HandleType

    def generic_resolve(self, handle: Any, attribute: str) -> Any:  # type: ignore[override]
        return handle.arrays.get(attribute)


@lower_getattr_generic(HandleType)
def _array(context: Any, builder: Any, handle: HandleType, value: Any, attribute: str) -> Any:
    array_type = handle.arrays[attribute]
    word = ir.IntType(64)
    directory = builder.inttoptr(value, word.as_pointer())
    first = handle.places[attribute] * _WORDS

    def load(place: int) -> Any:
        return builder.load(builder.gep(directory, [ir.Constant(word, first + place)]))

    itemsize = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
    shape = [load(1 + dimension) for dimension in range(array_type.ndim)]
    strides = [ir.Constant(word, itemsize)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    array = arrayobj.make_array(array_type)(context, builder)
    data = builder.inttoptr(load(0), array.data.type)
    arrayobj.populate_array(
        array, data=data, shape=cgutils.pack_array(builder, shape, word), strides=cgutils.pack_array(builder, strides, word),
        itemsize=ir.Constant(word, itemsize), meminfo=None,
    )  # fmt: skip
    return array._getvalue()


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
