"""netparity schema: the JSON Schema of the protocol's files."""

from __future__ import annotations

import json

import typer


def schema() -> None:
    """Print the JSON Schema of job.json, result.json and run.json."""
    from netparity.protocol import json_schemas

    typer.echo(json.dumps(json_schemas(), indent=1))
