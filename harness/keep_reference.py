"""Copy the results of `make reference` to results/reference: JSON and tables, no arrays or logs.

python harness/keep_reference.py build/reference results/reference
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

RUN_FILES = ("run.json", "table.md")
TRANSFER_FILES = ("transfer.json", "transfer.md", "transfer.csv")


def main(made: Path, kept: Path) -> None:
    """Copy the only run of each kind below `made`."""
    [every] = made.glob("all/*")
    [compare] = made.glob("compare/*")
    [replay] = made.glob("replay/*-replay")
    [theano] = made.glob("theano/*")
    [transfer] = made.glob("transfer/*-transfer")
    stored = json.loads((replay / "replay.json").read_text(encoding="utf-8"))
    sources = {
        "all": (every, RUN_FILES),
        "compare": (compare, RUN_FILES),
        "replay": (replay, ("replay.json", "replay.md")),
        "replay/once": (replay / stored["once"], RUN_FILES),
        "replay/repeated": (replay / stored["repeated"], RUN_FILES),
        "theano": (theano, RUN_FILES),
        "transfer": (transfer, TRANSFER_FILES),
    }
    for name in sources:
        shutil.rmtree(kept / name, ignore_errors=True)
    for name, (folder, files) in sources.items():
        (kept / name).mkdir(parents=True, exist_ok=True)
        for file in files:
            # Theano's tracebacks contain paths of its environment.
            text = (folder / file).read_text(encoding="utf-8").replace(str(Path.home()), "~")
            (kept / name / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
