"""The user's `--weights` becomes a file for every tool, made once."""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import h5py
import numpy as np
import pytest

from netparity.errors import InputError, NetparityError, UsageError
from netparity.networks import NETWORKS
from netparity.networks.catalogue.vgg import vgg
from netparity.system.cache import exclusive
from netparity.watch import SILENT
from netparity.weights import FORMATS, open_weights, resolve, synthetic
from netparity.weights.canonical import content_hash
from netparity.weights.formats import BY_NAME
from netparity.weights.sources import known, other_weight_sets
from netparity.weights.synthetic import make

TINY = NETWORKS["vgg16-tiny"]
KERAS, SIMPLENN = BY_NAME["keras-h5"], BY_NAME["matconvnet-simplenn"]
TOOLS = (KERAS, SIMPLENN)
FORMAT = pytest.mark.parametrize("module", TOOLS, ids=[item.name for item in TOOLS])


def test_synthetic_weights_are_made_stored_and_named() -> None:
    weights = resolve("synthetic:4", TINY)
    assert (weights.kind, weights.source) == ("synthetic", "synthetic:4")
    expected, stored = make(TINY, 4), weights.tensors()
    assert all(np.array_equal(stored[name], expected[name]) for name in expected)


@pytest.mark.parametrize("source", ["synthetic", "synthetic:", "synthetic:0", "synthetic:00"])
def test_the_seed_is_0_unless_given(source: str) -> None:
    assert resolve(source, TINY).source == "synthetic:0"


@pytest.mark.parametrize("source", ["synthetic:x", "synthetic:-1", "synthetic:1.5", "synthetic:²"])
def test_a_seed_is_a_whole_number(source: str) -> None:
    with pytest.raises(UsageError, match="the seed must be a whole number"):
        resolve(source, TINY)


@pytest.mark.parametrize("digits", [300, 5000])
def test_an_absurdly_long_seed_is_a_usage_error(digits: int) -> None:
    with pytest.raises(UsageError):
        resolve("synthetic:" + "9" * digits, TINY)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            "a" * 300 + ".h5",
        ),
        pytest.param(
            "~no-such-user/w.h5",
        ),
        "file/below/a/file.h5",
    ],
)
def test_a_path_that_cannot_exist(source: str) -> None:
    with pytest.raises(InputError):
        resolve(source, TINY)


def test_resolving_twice_makes_nothing_twice() -> None:
    first = resolve("synthetic:0", TINY)
    paths = [first.folder / "canonical.safetensors", *(first.file(m.name) for m in TOOLS)]
    before = [path.stat() for path in paths]
    second = resolve("synthetic:0", TINY)
    for module in TOOLS:
        second.file(module.name)
    assert (second.sha256, second.folder) == (first.sha256, first.folder)
    for path, old in zip(paths, before, strict=True):
        assert (path.stat().st_mtime_ns, path.stat().st_ino) == (old.st_mtime_ns, old.st_ino)


def test_a_deleted_canonical_file_is_made_again() -> None:
    weights = resolve("synthetic:0", TINY)
    (weights.folder / "canonical.safetensors").unlink()
    assert resolve("synthetic:0", TINY).sha256 == weights.sha256
    assert len(weights.tensors()) == len(TINY.parameter_shapes)


@FORMAT
def test_a_users_file_is_used_as_it_is_for_its_own_format(module, tmp_path: Path) -> None:
    path = tmp_path / f"mine{module.suffixes[0]}"
    module.write(path, TINY, make(TINY, 1))
    weights = resolve(str(path), TINY)
    assert (weights.kind, weights.source) == ("file", path.name)
    assert weights.file(module.name) == path


@FORMAT
def test_the_same_numbers_have_one_hash_whatever_file_they_came_from(
    module, tmp_path: Path
) -> None:
    path = tmp_path / f"mine{module.suffixes[0]}"
    module.write(path, TINY, make(TINY, 0))
    assert resolve(str(path), TINY).sha256 == resolve("synthetic:0", TINY).sha256


def test_an_h5_is_converted_for_the_other_tool(tmp_path: Path) -> None:
    path = tmp_path / "mine.h5"
    tensors = make(TINY, 2)
    KERAS.write(path, TINY, tensors)
    converted = resolve(str(path), TINY).file(SIMPLENN.name)
    again = dict(open_weights(converted, TINY).tensors)
    assert all(np.array_equal(again[name], tensors[name]) for name in tensors)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "mine.h5"
    KERAS.write(path, TINY, make(TINY, 0))
    before = resolve(str(path), TINY).sha256
    with h5py.File(path, "a") as file:
        file["fc1/fc1_b_1:0"][0] += 1
    assert resolve(str(path), TINY).sha256 != before


def test_an_ending_in_capitals_is_known(tmp_path: Path) -> None:
    path = tmp_path / "MINE.H5"
    KERAS.write(path, TINY, make(TINY, 0))
    assert resolve(str(path), TINY).kind == "file"


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        resolve(str(path), TINY)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    assert "do not exist" in refused(tmp_path / "none.h5")


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "w.h5").touch()
    assert "0 bytes" in refused(tmp_path / "w.h5")


def test_an_unknown_ending_lists_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "w.unheard").write_bytes(b"\x07\xff" * 40)
    message = refused(tmp_path / "w.unheard")
    assert "'.unheard'" in message
    assert all(suffix in message for module in FORMATS for suffix in module.suffixes)


def test_a_bad_file_leaves_nothing_in_the_cache(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "w.h5").write_text("x" * 100)
    refused(tmp_path / "w.h5")
    assert [path for path in cache.rglob("*") if path.suffix in (".safetensors", ".sha256")] == []


def _resolve_and_convert(answers) -> None:
    try:
        weights = resolve("synthetic:0", TINY)
        answers.put((weights.sha256, [os.fspath(weights.file(m.name)) for m in TOOLS]))
    except NetparityError as error:  # pragma: no cover
        answers.put(repr(error))


def test_several_processes_at_once_all_succeed_and_one_does_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_make(*arguments):
        with (tmp_path / "made").open("a") as file:
            file.write("x")
        time.sleep(0.2)
        return make(*arguments)

    monkeypatch.setattr(synthetic, "make", slow_make)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    processes = [context.Process(target=_resolve_and_convert, args=(answers,)) for _ in range(3)]
    for process in processes:
        process.start()
    found = [answers.get(timeout=30) for _ in processes]
    for process in processes:
        process.join()
    assert found == [found[0]] * 3
    assert (tmp_path / "made").read_text() == "x"
    sha256, paths = found[0]
    assert sha256 == resolve("synthetic:0", TINY).sha256
    assert len(paths) == len(TOOLS)
    for path in paths:
        tensors = open_weights(Path(path), TINY).tensors
        assert np.array_equal(tensors["fc6.kernel"], make(TINY, 0)["fc6.kernel"])
    drafts = [path for path in Path(paths[0]).parent.iterdir() if path.name.startswith(".")]
    assert drafts == []


@pytest.mark.parametrize("damage", [b"", b"\x00" * 100, "cut", "flip"])
def test_a_damaged_canonical_store_is_made_anew(damage: bytes | str) -> None:
    first = resolve("synthetic:0", TINY)
    stored = first.folder / "canonical.safetensors"
    good = bytearray(stored.read_bytes())
    if damage == "cut":
        stored.write_bytes(good[:-5])
    elif damage == "flip":
        good[-1] ^= 0x80
        stored.write_bytes(good)
    else:
        stored.write_bytes(damage)
    again = resolve("synthetic:0", TINY)
    assert again.sha256 == first.sha256
    assert content_hash(again.tensors(), TINY) == first.sha256


def test_a_damaged_index_is_made_anew() -> None:
    first = resolve("synthetic:0", TINY)
    [index] = (first.folder.parent / "index").glob("*.sha256")
    index.write_bytes(b"\xff\xfe")
    assert resolve("synthetic:0", TINY).sha256 == first.sha256


@pytest.mark.parametrize("name", ["keras-h5", "matconvnet-simplenn"])
def test_a_damaged_conversion_is_made_anew(name: str) -> None:
    weights = resolve("synthetic:0", TINY)
    path = weights.file(name)
    good = path.read_bytes()
    path.write_bytes(good[: len(good) // 2])
    assert weights.file(name) == path
    assert resolve(str(path), TINY).sha256 == weights.sha256


@pytest.mark.parametrize("name", ["UP.H5", "net.weights.h5"])
def test_a_name_that_keras_misreads_is_converted(tmp_path: Path, name: str) -> None:
    """Keras 3 recognises the format by the name."""
    path = tmp_path / name
    path.write_bytes(resolve("synthetic:0", TINY).file("keras-h5").read_bytes())
    assert resolve(str(path), TINY).file("keras-h5") != path


def test_waiting_for_another_netparity_is_shown(cache: Path) -> None:
    shown: list[str] = []

    class Watch:
        def task(self, title: str, total: float | None = None):
            shown.append(title)
            return nullcontext()

    path = cache / "thing"
    cache.mkdir(exist_ok=True)
    with ThreadPoolExecutor(1) as pool, exclusive(path):

        def wait() -> None:
            with exclusive(path, Watch()):
                pass

        waiting = pool.submit(wait)
        while not shown and not waiting.done():
            time.sleep(0.01)
    assert "waiting for another netparity" in shown[0]


def test_weights_of_another_network_with_this_name_are_no_candidates() -> None:
    other = vgg(TINY.name, ((4, 4), (6, 6)), (12,), 5, (12, 12))
    mine, theirs = resolve("synthetic:11", TINY), resolve("synthetic:11", other)
    assert mine.sha256 != theirs.sha256
    assert {each.sha256 for each in known(TINY)} >= {mine.sha256}
    assert theirs.sha256 not in {each.sha256 for each in known(TINY)}
    assert "synthetic:11" in other_weight_sets(TINY, "0" * 64, ["synthetic:11"], SILENT)
