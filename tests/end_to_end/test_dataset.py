"""netparity dataset, with the reference implementation of ONNX as the tool."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

import netparity
from netparity.dataset.pacing import Pace
from netparity.inputs import decode, prepare
from netparity.inputs.natural import natural_image
from netparity.networks import NETWORKS
from netparity.parity.passes import input_values, run_segment, segment_before
from netparity.run.many.sources import Generated
from netparity.weights import resolve
from tests.support.command_line import COMMAND, Done, here

ROOT = Path(__file__).parents[2]
EXAMPLE = re.compile(r"```python\n(#!.*?)```", re.S)
MODEL = "vgg16-tiny"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with `right`, a tool that runs the reference implementation of ONNX."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    [text] = EXAMPLE.findall((ROOT / "docs" / "protocol.md").read_text())
    program(tmp_path / "right", text)
    return tmp_path


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def dataset(folder: Path, *arguments: str | Path, out: str = "results", tool: bool = True) -> Done:
    given = [] if "--resume" in arguments else ["--model", MODEL]
    given += ["--runner", RIGHT] if given and tool else []
    return here("dataset", *given, "--out", folder / out, *arguments, results=folder / out)


RIGHT = "external[command=./right]"


def result(folder: Path) -> dict:
    return json.loads((folder / "dataset.json").read_text())


def test_every_image_passes_in_a_right_tool(folder: Path):
    done = dataset(folder, "--generated", "10", "--chunk", "4", "--layers", "fc6,prob")
    assert done.exit_code == 0, done.stdout + done.stderr
    [made] = (folder / "results").iterdir()
    found = result(made)
    assert (found["images"], found["of"], found["chunks"]) == (10, 10, 3)
    for each in found["distributions"]:
        assert each["images"] == each["verdicts"]["pass"] == 10
        assert 0 < each["median"] <= each["p95"] <= each["worst"]["over_floor"] < 8
        assert (each["top1_changed"] is None) == (each["feature"] == "fc6")
    rows = parquet.read_table(made / "images.parquet").to_pylist()
    assert len(rows) == 10 * 2 * 2  # two inputs, two features
    assert {row["verdict"] for row in rows} == {"pass"}
    assert not list(made.glob("runners/*/*/*.npy"))
    loaded = netparity.load_run(made)
    assert len(loaded.images()) == len(rows)
    assert list(loaded.distributions()["passed"]) == [10] * 4
    assert "10 images" in repr(loaded) and "<td>prob</td>" in loaded._repr_html_()
    assert {path.name for path in made.iterdir()} == {
        *("chunks", "dataset.csv", "dataset.json", "dataset.md", "images.parquet", "input"),
        *("report.html", "runners", "settings.json", "skipped.csv", "worst"),
    }


def test_a_fault_on_one_image_is_found_named_and_explained(folder: Path):
    """A channel that saturates on one image of sixty alone."""
    count, node = 60, "conv3_1"
    images = [natural_image(96, 128, 0, number) for number in range(count)]
    most = largest_by_channel(images, node)
    ordered = np.sort(most, axis=0)
    channel = int(np.argmax(ordered[-1] / ordered[-2]))
    row, limit = int(most[:, channel].argmax()), float(ordered[-2:, channel].mean())
    program(folder / "wrong", (ROOT / "tests" / "support" / "saturating_tool.py").read_text())
    wrong = f'external[command=./wrong,arguments="{node} {channel} {limit!r}",label=wrong]'
    done = dataset(folder, "--generated", str(count), "--runner", wrong, "--input", "shared")
    assert done.exit_code == 1, done.stdout + done.stderr
    [made] = (folder / "results").iterdir()
    found = result(made)
    failing = [each for each in found["distributions"] if each["verdicts"].get("divergent")]
    assert {(each["runner"], each["verdicts"]["divergent"]) for each in failing} == {("wrong", 1)}
    assert {each["worst"]["row"] for each in failing} == {row}
    [closer] = [each for each in found["closer"] if each["runner"] == "wrong"]
    name = f"{row:07d}.png"
    assert (closer["row"], closer["image"]) == (row, name)
    own = [each["layer"] for each in closer["layers"] if each["local_verdict"] != "pass"]
    assert own == [node]
    assert closer["cause"][0] == f"first faulty layer: {node}"
    assert closer["cause"][1].startswith(f"confirmed: {node}: a channel of the feature was cut off")
    assert any("take away a clip" in line for line in closer["cause"])
    assert name in done.stdout
    page = (made / "report.html").read_text()
    assert name in page and "cut off at its largest value" in page


def largest_by_channel(images: list[np.ndarray], node: str) -> np.ndarray:
    """N x channels: the largest value of each channel of each image."""
    network, source = NETWORKS[MODEL], Generated(len(images), 0)
    weights = resolve("synthetic:0", network).tensors()
    folder = Path()
    tensor = np.concatenate(
        [prepare([decode(source.file(n, folder))], network, weights) for n in range(len(images))]
    )
    segment = segment_before(network, [], network.by_name[node])
    return run_segment(segment, weights, input_values(network, tensor)).max(axis=(1, 2))


def test_parts_joined_equal_the_whole_to_the_last_bit(folder: Path):
    common = ("--generated", "9", "--chunk", "3", "--worst", "0")
    whole = dataset(folder, *common, out="whole")
    assert whole.exit_code == 0, whole.stderr
    for part in ("1/2", "2/2"):
        assert dataset(folder, *common, "--shard", part).exit_code == 0
    parts = sorted((folder / "results").iterdir(), key=lambda path: path.name[-6:])
    lacking = here("merge", parts[1], "--out", folder / "joined", results=folder / "joined")
    assert lacking.exit_code == 2
    assert "chunk 1, 3 of the data set is in none of these folders" in lacking.stderr
    joined = here("merge", *parts, "--out", folder / "joined", results=folder / "joined")
    assert joined.exit_code == 0, joined.stderr
    [one], [other] = (list((folder / name).iterdir()) for name in ("whole", "joined"))
    assert (one / "images.parquet").read_bytes() == (other / "images.parquet").read_bytes()
    assert (one / "dataset.csv").read_bytes() == (other / "dataset.csv").read_bytes()


def test_bad_images_are_listed_and_the_rest_is_compared(folder: Path):
    photos = folder / "photos"
    (photos / "deep").mkdir(parents=True)
    source = Generated(3, 1)
    for number in range(3):
        source.file(number, photos)
    (photos / "deep" / "broken.png").write_bytes(b"nothing")
    (photos / "empty.jpg").write_bytes(b"")
    (photos / "=1+1.png").write_bytes(b"nothing")
    done = dataset(folder, photos, "--input", "shared", "--worst", "0")
    assert done.exit_code == 0, done.stderr
    [made] = (folder / "results").iterdir()
    assert (result(made)["images"], result(made)["of"]) == (3, 6)
    skipped = (made / "skipped.csv").read_text().splitlines()
    names = [line.split(",")[1] for line in skipped[1:]]
    assert names == ["'=1+1.png", "deep/broken.png", "empty.jpg"]  # no formula of a spreadsheet
    assert "3 images left out (skipped.csv): =1+1.png, deep/broken.png, empty.jpg." in " ".join(
        done.stdout.split()
    )


def test_a_runner_that_fails_costs_no_other_its_result_and_is_tried_again(folder: Path):
    program(folder / "broken", "#!/bin/sh\nexit 3\n")
    done = dataset(
        *(folder, "--generated", "4", "--chunk", "2", "--worst", "0"),
        *("--input", "shared", "--runner", "external[command=./broken]"),
    )
    assert done.exit_code == 3
    [made] = (folder / "results").iterdir()
    found = result(made)
    assert {each["runner"] for each in found["distributions"]} == {"right"}
    [failures] = [each["failures"] for each in found["runners"] if each["label"] == "broken"]
    assert len(failures) == 2 and "images 1 to 2: it left no result.json" in failures[0]
    shutil.copy(folder / "right", folder / "broken")
    again = dataset(folder, "--resume", made)
    assert again.exit_code == 0, again.stdout + again.stderr
    assert {each["runner"] for each in result(made)["distributions"]} == {"right", "broken"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_what_was_interrupted_goes_on_where_it_was(folder: Path, number: signal.Signals):
    common = ("--generated", "9", "--chunk", "3", "--worst", "0", "--input", "shared")
    arguments = ["dataset", "--model", MODEL, "--runner", RIGHT, "--out", folder / "results"]
    process = subprocess.Popen([*COMMAND, *map(str, arguments), *common], stderr=subprocess.PIPE)
    first = wait_for(lambda: list((folder / "results").glob("*/chunks/000001.json")))
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    [made] = (folder / "results").iterdir()
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert f"go on with: python -m netparity.commands dataset --resume {made}" in said.decode()
    done = sorted((made / "chunks").glob("[!.]*.json"))
    stamps = {path: path.stat().st_mtime_ns for path in done}
    assert first[0] in stamps and len(stamps) < 3
    assert dataset(folder, "--resume", made).exit_code == 0
    assert {path: path.stat().st_mtime_ns for path in done} == stamps
    whole = dataset(folder, *common, out="whole")
    [other] = whole.results.iterdir()
    assert (made / "images.parquet").read_bytes() == (other / "images.parquet").read_bytes()


QUICK = '''#!/usr/bin/env python3
import os, sys
import numpy as np
from extractor import main
from graph_stack import GraphStack
from stack import Description

class Quick(GraphStack):
    """Its features are numbers that depend on the image and on how many are in the batch."""
    def start(self, settings):
        with open(LEDGER, "a") as ledger:
            ledger.write(os.path.basename(os.path.dirname(sys.argv[1])) + "\\n")
    def load_network(self, network, weights, layers):
        self.size = len(layers)
    def predict(self, tensor):
        return [np.resize(tensor, (len(tensor), 256)) + len(tensor)] * self.size
    def describe(self):
        return Description("quick", {}, None, None, {})

sys.exit(main(Quick(), sys.argv[1:]))
'''


def quick(path: Path) -> None:
    """A tool that starts in a tenth of a second and notes each start."""
    ledger = repr(str(path.with_name("ledger")))
    program(path, QUICK.replace("LEDGER", ledger))


def test_ten_kills_cost_the_chunks_under_way_and_nothing_else(folder: Path):
    quick(folder / "right")
    kills, count = 10, 30
    common = ("--generated", str(count), "--chunk", "1", "--worst", "0", "--input", "shared")
    arguments = ["--model", MODEL, "--runner", RIGHT, "--layers", "fc6"]
    given = [*arguments, *common, "--out", folder / "results"]
    moments = np.random.default_rng(0).uniform(0.1, 1.2, kills)
    script = ROOT / "tests" / "support" / "killed.py"
    command = [sys.executable, script, folder / "results", ",".join(map(str, moments)), *given]
    process = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=200)
    after = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
    assert [each["killed"] for each in after] == [True] * kills, process.stderr
    [made] = (folder / "results").glob("*/settings.json")
    assert dataset(folder, "--resume", made.parent).exit_code == 1  # numbers, not the features
    at_last = {path.name: path.stat().st_mtime_ns for path in made.parent.glob("chunks/[!.]*.json")}
    for each in after:  # what was done stays as it was
        assert each["done"].items() <= at_last.items()
    starts = (folder / "ledger").read_text().split()
    assert len(set(starts)) == len(at_last) == count
    again = [name for name in starts if starts.count(name) > 1]
    assert len(again) - len(set(again)) <= kills  # at each kill at most one was under way
    for before, later in pairwise(after):
        assert before["done"].items() <= later["done"].items()
    whole = dataset(folder, *arguments[4:], *common, out="whole")
    assert (made.parent / "images.parquet").read_bytes() == (
        whole.folder / "images.parquet"
    ).read_bytes()


@pytest.mark.parametrize("fails", [False, True])
def test_how_many_chunks_a_process_does_changes_no_bit(
    folder: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
):
    """Also where an image is unusable, and where a process fails that does several chunks."""
    quick(folder / "right")
    photos = folder / "photos"
    photos.mkdir()
    for number in range(14):
        Generated(14, 1).file(number, photos)
    (photos / "0000005.png").write_bytes(b"nothing")
    common = ("photos", "--layers", "fc6", "--worst", "0", "--batch", "3")
    whole = dataset(folder, *common, "--chunk", "4", out="whole")
    assert whole.exit_code == 1, whole.stderr  # numbers, not the features
    assert starts(folder) == ["round-1", "round-2", "round-3", "round-4"]
    monkeypatch.setattr("netparity.run.many.chunks.MOST_IMAGES", 4)
    monkeypatch.setattr("netparity.dataset.running.chunks_per_process", lambda *_: 2)
    if fails:
        most = '[ $(grep -c photos/ "$1") -gt 4 ] && exit 3'
        program(folder / "wrong", f'#!/bin/sh\n{most}\nexec {folder}/right "$1"\n')
    tool = "external[command=./wrong,label=right]" if fails else RIGHT
    done = dataset(folder, *common, "--runner", tool, out="several", tool=False)
    assert done.exit_code == 1, done.stderr
    rest = ["round-2", "round-3", "round-4"] if fails else ["round-2", "round-4"]
    assert starts(folder) == ["round-1", *rest]
    rows, others = (each.folder / "images.parquet" for each in (whole, done))
    assert rows.read_bytes() == others.read_bytes()
    rates = [json.loads(path.read_text()) for path in sorted(done.folder.glob("chunks/[!.]*.json"))]
    assert [each["runners"]["right"]["startup"] is None for each in rates] == [
        *(False, False, not fails, False)
    ]


def test_waiting_for_another_comparison_is_no_cost_of_a_chunk(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    quick(folder / "right")
    waits, paces = 3.0, []

    @contextmanager
    def after_another(*arguments: object, **given: object) -> Iterator[None]:
        time.sleep(waits)
        yield

    def noted(pace: Pace, chunk_bytes: int) -> int:
        paces.append((pace, time.monotonic() - began))
        return 9

    monkeypatch.setattr("netparity.dataset.running.measuring", after_another)
    monkeypatch.setattr("netparity.run.many.chunks.MOST_IMAGES", 4)
    monkeypatch.setattr("netparity.dataset.running.chunks_per_process", noted)
    began = time.monotonic()
    dataset(folder, "--generated", "4", "--layers", "fc6", "--input", "shared", "--worst", "0")
    [(pace, took)] = paces
    assert pace.starting + pace.computing + pace.judging <= took - waits


def starts(folder: Path) -> list[str]:
    """The processes of the tool since this was last asked, by the names of their folders."""
    found = (folder / "ledger").read_text().split()
    (folder / "ledger").write_text("")
    return found


def wait_for(found: Callable[[], list[Path]]) -> list[Path]:
    until = time.monotonic() + 120
    while not (paths := found()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return paths


def test_a_damaged_chunk_is_done_again(folder: Path):
    common = ("--generated", "4", "--chunk", "2", "--worst", "0", "--input", "shared")
    assert dataset(folder, *common).exit_code == 0
    [made] = (folder / "results").iterdir()
    right = (made / "images.parquet").read_bytes()
    rows = made / "chunks" / "000002.parquet"
    data = bytearray(rows.read_bytes())
    data[len(data) // 2] ^= 1
    rows.write_bytes(data)
    assert dataset(folder, "--resume", made).exit_code == 0
    assert (made / "images.parquet").read_bytes() == right


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give either image files and folders, or --digits, or --generated N, as in"),
        (("--digits", "--generated", "3"), "give either image files"),
        (("nowhere",), "nowhere does not exist; check the path"),
        (("--generated", "3", "--shard", "3/2"), "--shard '3/2': expected K/N with K from 1 to N"),
        (("--generated", "3", "--atol", "-1"), "--atol -1.0: expected a finite number"),
        (("--generated", "3", "--layers", "fc9"), "fc9"),
        (("--resume", "."), "holds no settings.json"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(folder: Path, arguments, words: str):
    done = dataset(folder, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr.replace("\n", " ")
    assert not list(folder.glob("results/*"))
