"""netparity extractors: where the modules are that a Python extractor can import."""

from __future__ import annotations

import typer


def extractors() -> None:
    """Print the folder of the modules with which a Python extractor is written."""
    from netparity.system.resources import extractor_folder

    typer.echo(extractor_folder("python"))
