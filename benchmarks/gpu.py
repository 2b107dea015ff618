"""All checks that need an NVIDIA GPU, in one go and in under ten minutes.

    python -m benchmarks.gpu OUT [--python RUNNER=PATH ...] [--keep results/reference/gpu]

The first comparison is of every node of VGG16 on the GPU and on the processor: as each tool comes,
with TF32 off, and in narrower precisions. The second is made while another program holds nearly
all of the GPU's memory. The third is of many images. OUT gets the runs and gpu.json: what was
expected of each row, and what was seen. The exit code is 1 if a row is not what was expected.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NETPARITY = (sys.executable, "-m", "netparity.commands")
AGREES, NARROW = {"pass", "identical"}, {"reduced-precision"}
CHECKS = ("precision", "memory", "many")
KEPT_FREE_MIB = (900, 200)
"""What the other program leaves: too little for VGG16, and too little for CUDA itself."""

MANY_IMAGES = 100
MANY_ROWS = {
    "pytorch[device=cuda]": "divergent",
    "pytorch[device=cuda,precision=float32]": "pass",
}
"""What every image is called in each row of the third comparison; TF32 is named as the cause."""

# Prints a line when the memory is taken, and holds it until its input ends.
HOLD = """
import sys, torch
free, _ = torch.cuda.mem_get_info()
held = torch.empty(free - int(sys.argv[1]), dtype=torch.uint8, device="cuda")
print("held", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Expected:
    """A row of the comparison.

    Attributes:
        verdicts: what the worst verdict of its features may be; empty if any.
        needed: whether the row must run; a tool without a GPU build is unavailable or fails in one
            sentence.
    """

    runner: str
    verdicts: frozenset[str]
    needed: bool = True


def rows() -> list[Expected]:
    """What is compared, and what is expected of it on a GPU with TF32."""
    agrees, narrow = frozenset(AGREES), frozenset(NARROW)
    return [
        Expected("pytorch", agrees),
        Expected("pytorch[device=cuda]", narrow),
        Expected("pytorch[device=cuda,precision=float32]", agrees),
        Expected("pytorch[device=cuda,precision=tf32]", narrow),
        Expected("pytorch[device=cuda,precision=bfloat16]", narrow),
        Expected("pytorch[device=cuda,precision=float16]", narrow),
        Expected("pytorch[device=cuda,precision=float32,memory_format=channels_last]", agrees),
        Expected("pytorch[device=cuda,precision=float32,compile=yes]", agrees, needed=False),
        Expected("keras3-jax[device=cuda]", narrow),
        Expected("keras3-jax[device=cuda,precision=float32]", agrees),
        Expected("keras3-torch[device=cuda]", narrow),
        Expected("keras3-torch[device=cuda,precision=float32]", agrees),
        Expected("onnxruntime[device=cuda]", frozenset(), needed=False),
    ]


def main() -> int:
    """Run both comparisons and say what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--python", action="append", default=[], metavar="RUNNER=PATH")
    parser.add_argument("--checks", nargs="+", default=CHECKS, choices=CHECKS)
    parser.add_argument("--keep", type=Path, help="copy table.md and gpu.json there")
    parser.add_argument("--model", default="vgg16")
    given = parser.parse_args()
    begun = time.monotonic()
    given.out.mkdir(parents=True, exist_ok=True)
    pythons = [word for pair in given.python for word in ("--python", pair)]
    named = dict(pair.split("=", 1) for pair in given.python)
    seen, folder = [], None
    if "precision" in given.checks:
        expected = rows()
        command = ["--model", given.model, "--layers", "all", "--rounds", "1", "--repeats", "5"]
        labels = [row.runner for row in expected]
        folder = compare(given.out / "precision", [*command, *pythons], labels)
        run = json.loads((folder / "run.json").read_text())
        seen += [judged(row, run) for row in expected]
    if "memory" in given.checks:
        for mebibytes in KEPT_FREE_MIB:
            out = given.out / f"memory-{mebibytes}"
            seen += starved(
                out, given.model, pythons, named.get("pytorch", sys.executable), mebibytes
            )
    if "many" in given.checks:
        seen += many_images(given.out / "many", "alexnet", pythons)
    summary = {
        "command": ["python", "-m", "benchmarks.gpu", *sys.argv[1:]],
        "seconds": round(time.monotonic() - begun, 1),
        "rows": seen,
    }
    (given.out / "gpu.json").write_text(json.dumps(summary, indent=1) + "\n")
    for row in seen:
        print(("ok      " if row["as_expected"] else "NOT SO  ") + row["words"])
    if given.keep and folder is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
        for path in (folder / "table.md", given.out / "gpu.json"):
            shutil.copy(path, given.keep / path.name)
    return 0 if all(row["as_expected"] for row in seen) else 1


def compare(out: Path, arguments: Sequence[str], labels: Sequence[str]) -> Path:
    """Run one comparison; return its folder. Its progress goes to this program's output."""
    runners = [word for label in labels for word in ("--runner", label)]
    subprocess.run([*NETPARITY, "compare", "--out", str(out), *arguments, *runners], check=False)
    [folder] = (path for path in out.iterdir() if (path / "run.json").is_file())
    return folder


def judged(row: Expected, run: dict[str, Any]) -> dict[str, Any]:
    """What was seen of a row, and whether it was expected."""
    record = next(each for each in run["runners"] if each["label"] == row.runner)
    entries = [
        each
        for each in run["parity"]
        if (each["label"], each["against"], each["input"]) == (row.runner, "reference", "shared")
    ]
    verdicts = sorted({each["verdict"] for each in entries})
    predict = [s for r in record["rounds"] for s in r["phases"].get("predict", ())]
    kept = {
        key: value
        for key, value in record["flags"].items()
        if key
        in ("device", "device_name", "device_driver", "device_peak_bytes", "precision", "tf32")
    }
    last = entries[-1] if entries else {}
    if record["status"] != "ok":
        as_expected = not row.needed and "\n" not in (record["reason"] or "")
        outcome = f"{record['status']}: {record['reason']}"
    else:
        as_expected = not row.verdicts or (
            bool(set(verdicts) & row.verdicts) and set(verdicts) <= row.verdicts | AGREES
        )
        outcome = f"{', '.join(verdicts)}; {last.get('feature')} {last.get('relative_l2'):.2e}"
    return {
        "runner": row.runner,
        "as_expected": as_expected,
        "words": f"{row.runner}: {outcome}",
        "status": record["status"],
        "verdicts": verdicts,
        "arithmetic": sorted({each["arithmetic"] for each in entries if each.get("arithmetic")}),
        "errors": {each["feature"]: float(f"{each['relative_l2']:.3g}") for each in entries},
        "predict_seconds_least": min(predict, default=None),
        "flags": kept,
    }


def starved(
    out: Path, model: str, pythons: Sequence[str], torch: str, mebibytes: int
) -> list[dict[str, Any]]:
    """Rows without enough memory fail in a sentence each; the row on the processor is complete."""
    command = [torch, "-c", HOLD, str(mebibytes * 2**20)]
    poor = ["pytorch[device=cuda]", "keras3-jax[device=cuda]", "keras3-torch[device=cuda]"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as held:
        assert held.stdin is not None and held.stdout is not None
        held.stdout.readline()
        arguments = ["--model", model, "--rounds", "1", "--repeats", "1", *pythons]
        folder = compare(out, arguments, [*poor, "pytorch"])
        held.stdin.close()
    run = json.loads((folder / "run.json").read_text())
    seen = []
    for record in run["runners"]:
        reason = record["reason"] or ""
        if record["label"] in poor:
            # Where CUDA cannot start, JAX finds no GPU.
            said = "memory" in reason or "finds no GPU" in reason
            as_expected = said and "\n" not in reason
        else:
            as_expected = record["status"] == "ok"
        words = f"{record['label']}, {mebibytes} MiB left: {record['status']} {reason}".strip()
        seen.append({"runner": record["label"], "as_expected": as_expected, "words": words})
    return seen


def many_images(out: Path, model: str, pythons: Sequence[str]) -> list[dict[str, Any]]:
    """Without TF32 every image passes; with it none does, and the worst one tells why."""
    runners = [word for label in MANY_ROWS for word in ("--runner", label)]
    arguments = ["--generated", str(MANY_IMAGES), "--model", model, "--layers", "fc6,fc7"]
    command = [*NETPARITY, "dataset", *arguments, *runners, *pythons, "--out", str(out)]
    subprocess.run(command, check=False)
    [path] = out.glob("*/dataset.json")
    found = json.loads(path.read_text())
    seen = []
    for label, verdict in MANY_ROWS.items():
        shared = [
            each
            for each in found["distributions"]
            if (each["runner"], each["input"]) == (label, "shared")
        ]
        counts = {each["feature"]: each["verdicts"] for each in shared}
        causes = [json.dumps(each) for each in found["closer"] if each["runner"] == label]
        [rate] = (each["images_per_second"] for each in found["runners"] if each["label"] == label)
        words = f"{label}, {MANY_IMAGES} images: {counts}, {rate or 0:.0f} images/s"
        as_expected = set(map(str, counts.values())) == {str({verdict: MANY_IMAGES})}
        as_expected &= verdict == "pass" or all("rounded to TF32" in each for each in causes)
        seen.append({"runner": label, "as_expected": as_expected, "words": words})
    return seen


if __name__ == "__main__":
    sys.exit(main())
