"""An invalid command ends with one sentence and exit code 2, before anything runs."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from PIL import Image
from typer.testing import CliRunner

from netparity._version import __version__
from netparity.commands import main as cli
from netparity.networks import NETWORKS
from netparity.report import csv, markdown
from netparity.report.document import Document
from netparity.results.folder import RunFolder
from netparity.runners import RUNNERS
from netparity.runners.doctor import SetUp
from netparity.system.launch import launch
from netparity.weights.formats import BY_NAME
from netparity.weights.synthetic import make

GOLDEN = Path(__file__).parents[2] / "golden"
# Not available here, so that a comparison with it alone starts no process.
ABSENT = ["--runner", "matconvnet-matlab"]
TINY = ["--model", "vgg16-tiny", *ABSENT]


@pytest.fixture(autouse=True)
def nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No MATLAB, no process, and a working folder of the test's own."""

    def refuse(*arguments, **settings):
        raise AssertionError("nothing is to be run")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/none")
    monkeypatch.setattr("netparity.run.process.launch", refuse)
    monkeypatch.setattr("netparity.runners.environments.launch", refuse)
    assert launch is not refuse


def call(*arguments: str):
    return CliRunner().invoke(cli.app, list(arguments))


def refused(*arguments: str) -> str:
    """The error, which must be one sentence without a traceback."""
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


# --- usage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--runner", "torch"], ["unknown runner 'torch'", "keras3-tensorflow"]),
        (
            ["--runner", "keras2-theano[x=1]"],
            [
                "unknown key 'x'",
                "data_format, keras, blas, stamp, profile, compile_cache, per_layer, label",
            ],
        ),
        (["--runner", "keras2-theano[data_format=1]"], ["channels_last, channels_first"]),
        (["--runner", "keras2-theano["], ["expected NAME or NAME[key=value,...]"]),
        (["-r", "keras2-theano", "-r", "keras2-theano"], ["two rows are called"]),
        (["--model", "vgg99"], ["unknown model 'vgg99'", "vgg16, vgg16-tiny"]),
        (["--layers", "fc6,fc9"], ["no layer 'fc9'", "conv1_1"]),
        (["--layers", ","], ["expected names such as fc6,fc7, or all"]),
        (["--reference", "nobody"], ["--reference 'nobody'", "keras3-tensorflow"]),
        (["--weights", "synthetic:x"], ["the seed must be a whole number"]),
        (["--weights", "none.h5"], ["weights none.h5 do not exist"]),
        (["none.png"], ["image none.png does not exist"]),
        (["--python", "keras3-tensorflow"], ["expected RUNNER=/path/to/python"]),
        (["--python", "torch=/usr/bin/python3"], ["expected RUNNER=/path/to/python"]),
        (["a.png"] * 33, ["33 images; one comparison takes at most 32"]),
        (["--rounds", "0"], ["--rounds '0'", "or auto"]),
        (["--rounds", "many"], ["--rounds 'many'"]),
        (["--rounds", "3", "--precision", "0.1"], ["--precision goes with --rounds auto"]),
        (["--rounds", "auto", "--precision", "3"], ["--precision 3", "0.03"]),
        (["--budget", "0"], ["--budget 0"]),
        (["--affinity", "1-0"], ["--affinity '1-0'", "0-3,6"]),
        (["--affinity", "9999"], ["processor 9999", "it may use"]),
        (["--memory-limit", "8 apples"], ["--memory-limit '8 apples'", "8G"]),
        (["--memory-limit", "1M"], ["64M"]),
        (["--compile-cache", "hot"], ["--compile-cache 'hot'", "warm, cold"]),
        (["--repeats", "0"], ["--repeats"]),
        (["--warmup", "-1"], ["--warmup"]),
        (["--threads", "0"], ["--threads"]),
        (["--timeout", "0"], ["--timeout"]),
        (["--surprise"], ["--surprise"]),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_usage_errors(arguments: list[str], words: list[str], tmp_path: Path) -> None:
    message = refused("compare", *arguments)
    assert all(word in message for word in words), message
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_layer_is_refused_before_weights_are_made(cache: Path) -> None:
    refused("compare", "--layers", "fc9")
    assert not (cache / "weights").exists()


@pytest.mark.parametrize(
    "value",
    [
        "nan",
        pytest.param(
            "inf",
        ),
    ],
)
def test_a_timeout_is_a_finite_number(value: str) -> None:
    assert "--timeout" in refused("compare", "--timeout", value, *TINY)


def test_an_image_that_is_none() -> None:
    Path("text.png").write_text("no image")
    assert "text.png cannot be decoded" in refused("compare", "text.png", *TINY)


def test_weights_of_another_model() -> None:
    tiny = NETWORKS["vgg16-tiny"]
    BY_NAME["keras-h5"].write(Path("tiny.h5"), tiny, make(tiny, 0))
    message = refused("compare", "--model", "vgg16", "--weights", "tiny.h5", *ABSENT)
    assert "fix: --model vgg16-tiny" in message


def test_results_that_cannot_be_written() -> None:
    Path("file").touch()
    message = refused("compare", "--out", "file/results", *TINY)
    assert "results folder file/results cannot be written" in message
    assert "--out" in message


def test_a_cache_that_cannot_be_written(monkeypatch) -> None:
    Path("file").touch()
    monkeypatch.setenv("NETPARITY_CACHE", "file/cache")
    assert "set NETPARITY_CACHE to a writable folder" in refused("compare", *TINY)


@pytest.mark.parametrize("command", ["report", "report none", "setup torch", "doctor --python x=y"])
def test_usage_errors_of_the_other_commands(command: str) -> None:
    refused(*command.split())


def test_verbose_adds_the_traceback_and_keeps_the_exit_code(tmp_path: Path) -> None:
    result = call("compare", "none.png", "--verbose")
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert "netparity: error: image none.png does not exist" in result.stderr


def test_a_defect_has_an_exit_code_of_its_own(monkeypatch) -> None:
    def broken(*arguments):
        raise ZeroDivisionError

    monkeypatch.setattr("netparity.run.compare.compare", broken)
    result = call("compare")
    assert result.exit_code == 70
    assert "this is a defect of netparity" in result.stderr


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError("Unable to allocate"), "not enough memory for this: Unable to allocate"),
        (RecursionError(), "nested too deeply"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
    ids=lambda given: getattr(given, "strerror", None) or type(given).__name__,
)
def test_what_the_machine_cannot_give_is_no_defect(monkeypatch, error, words) -> None:
    def fail(*arguments):
        raise error

    monkeypatch.setattr("netparity.run.compare.compare", fail)
    result = call("compare")
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_an_interrupt_has_the_exit_code_of_shells(monkeypatch) -> None:
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("netparity.run.compare.compare", interrupted)
    assert call("compare").exit_code == 130


# --- runs without a process -----------------------------------------------------------------


def test_a_comparison_in_which_nothing_could_run_is_stored_and_exits_with_3() -> None:
    result = call("compare", *TINY)
    assert result.exit_code == 3, result.output
    [folder] = Path("results").iterdir()
    run = RunFolder.open(folder).read_run()
    assert run.runners[0].status == "unavailable"
    assert run.image.file == "sample.png"
    assert set(run.reference_features) == {"fc6", "fc7"}
    for exporter in (csv, markdown):
        stored = (folder / exporter.FILE).read_bytes().decode()
        assert stored == exporter.render(Document.of(run))


def test_json_alone_is_on_standard_output_and_fits_the_schema() -> None:
    result = call("compare", "--json", *TINY)
    run = json.loads(result.stdout)
    schemas = json.loads(call("schema").stdout)
    jsonschema.validate(run, schemas["run.json"])
    [folder] = Path("results").iterdir()
    assert run == json.loads((folder / "run.json").read_text())


def test_a_report_remakes_what_was_lost() -> None:
    call("compare", *TINY)
    [folder] = Path("results").iterdir()
    before = {path.name: path.read_bytes() for path in folder.glob("table.*")}
    for name in before:
        (folder / name).unlink()
    result = call("report", str(folder))
    assert result.exit_code == 0, result.output
    assert {path.name: path.read_bytes() for path in folder.glob("table.*")} == before


def test_an_image_whose_name_is_not_utf_8() -> None:
    Image.new("RGB", (8, 8)).save("caf\udce9.png")
    assert "not UTF-8" in refused("compare", "caf\udce9.png", *TINY)
    assert not Path("results").exists()


def test_features_of_another_shape_are_reported_as_an_error_of_parity() -> None:
    import numpy as np

    call("compare", *TINY)
    [folder] = Path("results").iterdir()
    store = RunFolder.open(folder)
    run = store.read_run()
    wrong = store.write_array("wrong.npy", np.zeros(3, dtype=np.float32))
    record = run.runners[0].model_copy(
        update={"status": "ok", "features": {"shared": {"fc6": wrong}}}
    )
    store.write_run(run.model_copy(update={"runners": [record], "finished": None}))
    assert "shape [3], expected [1, 256]" in call("report", str(folder)).stdout


# --- the other commands ---------------------------------------------------------------------


def test_version() -> None:
    result = call("--version")
    assert (result.exit_code, result.stdout) == (0, f"netparity {__version__}\n")


@pytest.mark.parametrize(
    "command",
    [["report", "latest"], ["plot", "latest", "all"], ["diagnose", "latest"]],
    ids=lambda command: command[0],
)
def test_latest_is_the_newest_run_below_results(command: list[str], tmp_path: Path) -> None:
    assert "contains no run" in refused(*command)
    for name in ("20260101T000000Z-aaaaaa", "20260102T000000Z-aaaaaa"):
        (tmp_path / "results" / name).mkdir(parents=True)
        (tmp_path / "results" / name / "run.json").write_text("damaged")
    assert "20260102T000000Z-aaaaaa/run.json is not a run" in refused(*command)
    (tmp_path / "latest").mkdir()  # a folder of that name is what is meant
    assert "latest contains no run.json" in refused(*command)


def test_without_a_command_the_help_is_shown() -> None:
    assert "compare" in call().output


@pytest.mark.parametrize("command", ["compare", "report", "doctor", "setup", "schema"])
def test_every_command_has_help(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")


def test_the_schema_validates_the_golden_files() -> None:
    schemas = json.loads(call("schema").stdout)
    assert set(schemas) == {"job.json", "result.json", "run.json"}
    for path in GOLDEN.glob("*.json"):
        jsonschema.validate(
            json.loads(path.read_text()), schemas[f"{path.stem[:6].split('-')[0]}.json"]
        )


def test_doctor_names_every_runner_and_what_mends_it() -> None:
    result = call("doctor")
    assert result.exit_code == 0
    assert all(kind.name in result.stdout for kind in RUNNERS)
    assert result.stdout.count("fix:") == len(RUNNERS)


def test_doctor_groups_runners_by_what_they_need() -> None:
    words = call("doctor").stdout
    places = [
        words.index(each) for each in ("Can be set up", "keras3-tensorflow", "needs: downloads")
    ]
    places += [words.index(each) for each in ("Not possible here", "matconvnet-matlab", "external")]
    assert places == sorted(places)
    assert "Ready" not in words


def test_doctor_says_the_same_as_json(monkeypatch) -> None:
    monkeypatch.setenv("NETPARITY_PYTHON_KERAS2_THEANO", "/none/python")
    monkeypatch.setenv("NETPARITY_PYTHON_TORHC", "/none/python")
    found = json.loads(call("doctor", "--json").stdout)
    rows = {row["name"]: row for row in found["runners"]}
    assert rows["keras3-tensorflow"]["state"] == "can be set up"
    assert rows["keras3-tensorflow"]["download_megabytes"] > 100
    assert rows["matconvnet-octave"]["system_packages"] == ["octave", "libopenblas0-pthread"]
    assert rows["matconvnet-matlab"]["state"] == "not possible here"
    theano = rows["keras2-theano"]
    assert theano["interpreters"] == {"NETPARITY_PYTHON_KERAS2_THEANO": "/none/python"}
    assert theano["fix"] == "correct NETPARITY_PYTHON_KERAS2_THEANO"
    [problem] = found["problems"]
    assert "NETPARITY_PYTHON_TORHC" in problem


@pytest.mark.parametrize(
    ("names", "labels", "code"),
    [
        ([], ["a", "impossible"], 0),
        (["all"], ["a", "new", "impossible"], 0),
        (["impossible"], ["impossible"], 3),
        (["all", "impossible"], ["a", "new", "impossible"], 3),
    ],
)
def test_what_a_machine_cannot_have_fails_setup_only_if_it_was_named(
    names: list[str], labels: list[str], code: int, monkeypatch
) -> None:
    rows = [SetUp("a"), SetUp("new"), SetUp("impossible", "there is none", possible=False)]
    monkeypatch.setattr(
        "netparity.runners.doctor.set_up",
        lambda given, *_: [row for row in rows if row.label in labels],
    )
    result = call("setup", *names)
    assert result.exit_code == code
    assert "impossible: there is none" in result.stderr


def test_a_runner_that_could_have_been_set_up_fails_setup_all(monkeypatch) -> None:
    monkeypatch.setattr("netparity.runners.doctor.set_up", lambda *_: [SetUp("new", "no network")])
    assert call("setup", "all").exit_code == 3
    assert call("setup").exit_code == 0


def test_the_modules_for_extractors_are_where_it_says() -> None:
    assert (Path(call("extractors").stdout.strip()) / "graph_stack.py").is_file()


def modules_after(*arguments: str) -> set[str]:
    code = (
        "import sys\n"
        f"sys.argv = ['netparity', *{list(arguments)!r}]\n"
        "from netparity.commands.main import main\n"
        "try:\n    main()\n"
        "finally:\n    print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_help_waits_for_no_large_library() -> None:
    assert not modules_after("--help") & {
        "numpy",
        "scipy",
        "pydantic",
        "h5py",
        "PIL",
        "rich.markdown",
        "rich.progress",
        "importlib.metadata",  # it would look for the runners of packages
    }


@pytest.mark.parametrize("arguments", [["doctor"], ["compare", "--help"]])
def test_no_framework_is_ever_imported(arguments: list[str]) -> None:
    assert not modules_after(*arguments) & {"tensorflow", "keras", "theano", "matlab"}
