"""What does `netparity dataset` cost beside a bare loop, and does its memory grow?

    .venv/bin/python -m benchmarks.many_images [--images 2000] [--few 200] [--runners ...]

Shown are, for each tool, the images per second of the data set's processes (start, loading and end
of the process apart; reading the tensor, the first prediction and storing the features included)
and those of a loop of ten lines, counted likewise: the same tensor, read from a file, in batches of
the same size, to the same features, in the same environment with the same threads and variables;
and the peak memory of the harness for few and for many images. What constants `docs/scale.md` needs
is printed last. On a machine that is not quiet, give --threads 1: the threads of one batch wait for
each other, so that one that has to wait for a processor stops all.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from netparity.inputs import decode, prepare
from netparity.networks import NETWORKS
from netparity.networks.writing import WRITERS
from netparity.run.many.sources import Generated
from netparity.runners import RUNNERS, Runner, create_runners
from netparity.runners.environments import Environments
from netparity.timing import cpus_available
from netparity.watch import SILENT
from netparity.weights import WeightSet, resolve

MODEL, FEATURES, BATCH = "vgg16-tiny", "fc6,fc7", 16
DEFAULT = ("onnxruntime", "pytorch", "matconvnet-octave")

ONNXRUNTIME = """
import sys, time
import numpy as np, onnxruntime
weights, tensor, batch, threads = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(threads)
session = onnxruntime.InferenceSession(weights, options)
name = session.get_inputs()[0].name
begun = time.perf_counter()
x = np.load(tensor)
for start in range(0, len(x), int(batch)):
    block = np.ascontiguousarray(x[start : start + int(batch)].transpose(0, 3, 1, 2))
    session.run(["fc6", "fc7"], {name: block})
print(time.perf_counter() - begun)
"""
PYTORCH = """
import sys, time
import numpy as np, torch
weights, tensor, batch, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
t = {name: torch.from_numpy(values) for name, values in np.load(weights).items()}
layers = []
F = torch.nn.functional
def features(x):
    for block, depth in enumerate((2, 2, 3, 3, 3), 1):
        for at in range(1, depth + 1):
            name = f"conv{block}_{at}"
            x = F.relu(F.conv2d(x, kernels[name], t[f"{name}.bias"], padding=1))
        x = F.max_pool2d(x, 2)
    x = x.permute(0, 2, 3, 1).flatten(1)
    fc6 = F.relu(F.linear(x, dense["fc6"], t["fc6.bias"]))
    return fc6, F.relu(F.linear(fc6, dense["fc7"], t["fc7.bias"]))
kernels = {
    n[:-7]: v.permute(3, 2, 0, 1).contiguous()
    for n, v in t.items()
    if n.startswith("conv") and v.ndim == 4
}
dense = {
    n[:-7]: v.reshape(-1, v.shape[-1]).T.contiguous()
    for n, v in t.items()
    if n.startswith("fc") and n.endswith(".kernel")
}
begun = time.perf_counter()
x = torch.from_numpy(np.load(tensor))
with torch.inference_mode():
    for start in range(0, len(x), int(batch)):
        features(x[start : start + int(batch)].permute(0, 3, 1, 2).contiguous())
print(time.perf_counter() - begun)
"""
OCTAVE = """
arguments = argv();
[weights, tensor, batch, threads, folder] = arguments{end-4:end};
addpath(fullfile(folder, 'matconvnet_compat'), fullfile(folder, 'support'));
warning('off', 'all');
net = vl_simplenn_tidy(load(weights));
names = cellfun(@(l) l.name, net.layers, 'UniformOutput', false);
net.layers = net.layers(1:find(strcmp(names, 'relu7')));
tic();
x = single(permute(np_read_npy(tensor), [2 3 4 1]));
for first = 1:str2double(batch):size(x, 4)
  last = min(first + str2double(batch) - 1, size(x, 4));
  vl_simplenn(net, x(:, :, :, first:last), [], [], 'conserveMemory', true);
end
disp(toc());
"""
BARE = {"onnxruntime": ONNXRUNTIME, "pytorch": PYTORCH, "matconvnet-octave": OCTAVE}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--few", type=int, default=200)
    parser.add_argument("--runners", nargs="+", default=DEFAULT)
    parser.add_argument("--threads", type=int, default=cpus_available())
    given = parser.parse_args()
    runners = create_runners(given.runners, RUNNERS)
    weights = resolve("synthetic:0", NETWORKS[MODEL])
    with tempfile.TemporaryDirectory(prefix="netparity-") as temporary:
        folder = Path(temporary)
        tensor = folder / "x.npy"
        np.save(tensor, shared(given.images, weights, folder))
        few, _ = dataset(given.runners, given.few, given.threads, folder / "few")
        many, found = dataset(given.runners, given.images, given.threads, folder / "many")
        print(f"peak memory of the harness: {few / 2**20:.0f} MiB for {given.few} images, ", end="")
        print(f"{many / 2**20:.0f} MiB for {given.images}: {many / few:.2f} times")
        for runner, own in zip(runners, found["runners"], strict=True):
            rate = own["images_per_second"]
            bare = given.images / bare_seconds(runner, weights, tensor, given.threads, folder)
            print(f"{runner.label}: {rate:.1f} images/s, bare {bare:.1f}: {rate / bare:.2f}")
            print(f"  start and load {own['startup']:.2f} s")
        chunks = [
            json.loads(path.read_text()) for path in (folder / "many").glob("*/chunks/*.json")
        ]
        judging = sum(chunk["judging_seconds"] for chunk in chunks)
        print(f"judging: {1000 * judging / given.images:.1f} ms per image")


def shared(count: int, weights: WeightSet, folder: Path) -> np.ndarray:
    """The tensor of that many generated images."""
    source, network = Generated(count, 0), NETWORKS[MODEL]
    tensors = weights.tensors()
    return np.concatenate(
        [prepare([decode(source.file(n, folder))], network, tensors) for n in range(count)]
    )


def dataset(labels: Sequence[str], count: int, threads: int, out: Path) -> tuple[int, dict]:
    """Peak resident set of the harness in bytes, and the data set's result."""
    command = [
        *(sys.executable, "-m", "netparity.commands", "dataset", "--model", MODEL),
        *("--generated", str(count), "--layers", FEATURES, "--batch", str(BATCH)),
        *("--input", "shared", "--worst", "0", "--out", str(out)),
        *("--threads", str(threads)),
        *(word for label in labels for word in ("--runner", label)),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            break
        lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
        peak = max([peak, *(int(line.split()[1]) * 1024 for line in lines)])
        time.sleep(0.05)
    if process.wait() != 0:
        sys.exit("the data set failed")
    [made] = out.iterdir()
    return peak, json.loads((made / "dataset.json").read_text())


def bare_seconds(
    runner: Runner, weights: WeightSet, tensor: Path, threads: int, folder: Path
) -> float:
    """Seconds of the loop over all images."""
    command = runner.command(Environments(), folder / "job.json", threads)
    own = list(command.arguments)
    script = folder / "bare.m"
    script.write_text(BARE[runner.name])
    given = [str(tensor), str(BATCH), str(threads)]
    if runner.name == "matconvnet-octave":
        matlab = str(Path(__file__).resolve().parents[1] / "matlab")
        file = weights.file(runner.weights_format)
        arguments = [*own[:-2], str(script), str(file), *given, matlab]
    elif runner.name == "pytorch":
        file = folder / "weights.npz"
        np.savez(file, **weights.tensors())
        arguments = [own[0], str(script), str(file), *given]
    else:
        file = weights.network_file(WRITERS[runner.network_format], SILENT)
        arguments = [own[0], str(script), str(file), *given]
    done = subprocess.run(
        arguments,
        env={**command.full_environment(), "PYTHONPATH": ""},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{runner.label}: the bare loop failed\n{done.stderr[-3000:]}")
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
