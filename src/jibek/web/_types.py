"""The document's types as TypeScript: `python -m jibek.web._types > web/src/data/document.ts`."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from jibek.web import _document as described
from jibek.web._document import Part

HEAD = "// Made from src/jibek/web/_document.py by: uv run python -m jibek.web._types > web/src/data/document.ts\n"
PLAIN: dict[Any, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
    Any: "unknown",
}


def typescript() -> str:
    r"""Return an interface for each part of the document.

    Examples
    --------
    >>> print(typescript().split("\n\n")[1])
    /** A point on the map. */
    export interface Place {
      id: string;
      name: string;
      country: string;
      at: [number, number];
    }
    """
    parts = [
        one for one in vars(described).values() if inspect.isclass(one) and issubclass(one, Part) and one is not Part
    ]
    return "\n".join((HEAD, *("\n".join(_interface(one)) for one in parts)))


def _interface(part: type[Part]) -> Iterator[str]:
    yield f"/** {inspect.getdoc(part)} */"
    yield f"export interface {part.__name__} {{"
    for name, field in part.model_fields.items():
        yield f"  {name}: {_type(field.annotation)};"
    yield "}\n"


def _type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return " | ".join(map(_type, arguments))
    if origin is Literal:
        return " | ".join(f'"{one}"' for one in arguments)
    if origin is list:
        inner = _type(arguments[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if origin is tuple:
        return f"[{', '.join(map(_type, arguments))}]"
    if origin is dict:
        return f"Record<string, {_type(arguments[1])}>"
    return PLAIN[annotation] if annotation in PLAIN else str(annotation.__name__)


if __name__ == "__main__":
    sys.stdout.write(typescript())
