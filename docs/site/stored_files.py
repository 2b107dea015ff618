"""The page of the stored files, made from their JSON Schema: every field of every object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from made import Made, plain, table
from sphinx.application import Sphinx

from netparity.protocol import json_schemas

Schema = Mapping[str, Any]


class StoredFiles(Made):
    """The directive `stored-files`."""

    def markdown(self) -> Iterable[str]:
        """Return a section for each file, and in it one for each kind of object."""
        for name, schema in json_schemas().items():
            yield from _object(name, schema, name, level=2)
            for kind, inner in schema.get("$defs", {}).items():
                yield from _object(kind, inner, name, level=3)


def _object(title: str, schema: Schema, file: str, level: int) -> Iterator[str]:
    meaning, fields = _described(schema.get("description", ""))
    anchor = _anchor(file, title) if level > 2 else file.replace(".", "-")
    yield from ("", f"({anchor})=", f"{'#' * level} {title}", "", plain(meaning), "")
    required = schema.get("required", ())
    rows = (
        (
            f"`{name}`",
            _type(field, file),
            _default(name, field, required),
            plain(field.get("description", fields.get(name, ""))),
        )
        for name, field in schema.get("properties", {}).items()
    )
    yield from table(("field", "type", "default", "meaning"), rows)


def _described(docstring: str) -> tuple[str, dict[str, str]]:
    """The text of a class's docstring, and the meaning of each of its attributes."""
    meaning, _, attributes = docstring.partition("\nAttributes:\n")
    fields: dict[str, str] = {}
    name = ""
    for line in attributes.splitlines():
        if line.startswith("    ") and not line.startswith("     ") and ":" in line:
            name, _, rest = line.strip().partition(":")
            fields[name] = rest.strip()
        elif name:
            fields[name] += " " + line.strip()
    return meaning.strip(), fields


def _default(name: str, field: Schema, required: Iterable[str]) -> str:
    if name in required:
        return "required"
    default = field.get("default")
    return "null" if default is None else f"`{default!r}`"


def _type(field: Schema, file: str) -> str:
    """The type of a field in words; an object is a link to its section."""
    match field:
        case {"$ref": reference}:
            kind = reference.rpartition("/")[2]
            found = f"[{kind}](#{_anchor(file, kind)})"
        case {"anyOf": kinds}:
            found = " or ".join(_type(kind, file) for kind in kinds)
        case {"enum": values}:
            found = " or ".join(f"`{value}`" for value in values)
        case {"const": value}:
            found = f"`{value}`"
        case {"type": "array", "items": {**inner}} if inner:
            found = f"list of {_type(inner, file)}"
        case {"type": "object", "additionalProperties": {**inner}}:
            found = f"object of {_type(inner, file)}"
        case _:
            found = str(field.get("type", "any")).replace("array", "list") + _bounds(field)
    return found


def _bounds(field: Schema) -> str:
    words = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    found = [f"{word} {field[key]}" for key, word in words.items() if key in field]
    return f" {', '.join(found)}" if found else ""


def _anchor(file: str, kind: str) -> str:
    return f"{file.partition('.')[0]}-{kind}".lower()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("stored-files", StoredFiles)
    return {"parallel_read_safe": True}
