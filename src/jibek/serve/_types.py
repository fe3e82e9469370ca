"""The API's types as TypeScript: `python -m jibek.serve._types > web/src/data/api.ts`."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jibek.serve._app import described
from jibek.serve._jobs import Jobs, Limits
from jibek.serve._packages import Store

HEAD = """\
// Made from the service's OpenAPI description by: uv run python -m jibek.serve._types > web/src/data/api.ts
// All fields of an answer are there; what is sent may leave out those that have a default.

export type JobRequest = Job["request"];
export type JobState = Job["state"];
"""
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def description() -> dict[str, Any]:
    """Return the OpenAPI description of the service."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        jobs = Jobs(Path(folder), store, Limits())
        try:
            return described(store, jobs).openapi()
        finally:
            jobs.stop()


def typescript() -> str:
    """Return an interface for each thing that is sent or answered."""
    schemas: dict[str, Any] = description()["components"]["schemas"]
    return "\n".join((HEAD, *("\n".join(_interface(name, one)) for name, one in sorted(schemas.items()))))


def _interface(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    if "description" in schema:
        yield f"/** {schema['description']} */"
    if "properties" not in schema:
        yield f"export type {name} = {_type(schema)};\n"
        return
    yield f"export interface {name} {{"
    for field, one in schema["properties"].items():
        if "description" in one:
            yield f"  /** {one['description']} */"
        yield f"  {field}: {_type(one)};"
    yield "}\n"


def _type(schema: Mapping[str, Any]) -> str:
    r"""Return a type.

    Examples
    --------
    >>> _type({"type": "array", "items": {"anyOf": [{"$ref": "#/components/schemas/Case"}, {"type": "null"}]}})
    '(Case | null)[]'
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(map(_type, schema[union]))
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(map(json.dumps, schema["enum"]))
    if schema.get("type") == "array":
        inner = _type(schema["items"])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if schema.get("type") == "object":
        held = schema.get("additionalProperties")
        return f"Record<string, {_type(held) if isinstance(held, Mapping) else 'unknown'}>"
    return PLAIN.get(schema.get("type", ""), "unknown")


if __name__ == "__main__":
    sys.stdout.write(typescript())
