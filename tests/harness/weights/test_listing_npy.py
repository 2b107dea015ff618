"""An .npy that holds a dictionary or list of arrays, read without unpickling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.listings import listed, refused, values
from tests.support.pickles import npy_of, python2

RANDOM = np.random.default_rng(0)


def random(*shape: int, kind: str = "<f4") -> np.ndarray:
    return RANDOM.normal(size=shape).astype(kind)


def lists() -> dict[str, list[np.ndarray]]:
    """As tensorflow-vgg keeps them."""
    return {
        "conv1_1": [random(3, 3, 3, 4), random(4)],
        "conv1_2": [random(3, 3, 4, 4), random(4)],
        "fc6": [random(64, 8, kind=">f8"), random(8, kind="<f2")],
    }


def flat(held) -> dict[str, np.ndarray]:
    return {
        f"{layer}/{at}": array
        for layer, arrays in held.items()
        for at, array in (arrays.items() if isinstance(arrays, dict) else enumerate(arrays))
    }


def test_a_dictionary_as_numpy_saves_it(tmp_path: Path) -> None:
    path, held = tmp_path / "vgg16.npy", lists()
    np.save(path, held)  # type: ignore[arg-type]
    found = listed(path)
    assert list(found.tensors) == list(flat(held)) and found.ordered
    assert all(np.array_equal(flat(held)[name], array) for name, array in values(found).items())
    assert (found.convention.first, found.convention.kernels) == ("BGR", ("HWIO",))
    assert found.convention.matrices == ("IO",)


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_every_protocol_of_python_3(tmp_path: Path, protocol: int) -> None:
    path, held = tmp_path / "w.npy", lists()
    npy_of(path, held, protocol)
    found = values(listed(path))
    assert all(np.array_equal(flat(held)[name], array) for name, array in found.items())


def test_a_dictionary_of_python_2_is_in_no_order(tmp_path: Path) -> None:
    path, held = tmp_path / "w.npy", lists()
    path.write_bytes(python2(dict(reversed(held.items()))))
    again = np.load(path, allow_pickle=True, encoding="latin1").item()
    assert all(map(np.array_equal, again["fc6"], held["fc6"]))  # it is such a file
    found = listed(path)
    assert not found.ordered and found.tensors.keys() == flat(held).keys()
    assert all(np.array_equal(flat(held)[name], array) for name, array in values(found).items())


def test_batch_normalisation_of_caffe_tensorflow(tmp_path: Path) -> None:
    roles = ("mean", "variance", "scale", "offset")
    held = {"c": {"weights": random(3, 3, 3, 4), "biases": random(4)}}
    held["bn"] = {role: random(4) for role in roles}
    np.save(tmp_path / "w.npy", held)  # type: ignore[arg-type]
    found = listed(tmp_path / "w.npy")
    assert list(found.tensors) == [
        *("c/weights", "c/biases"),
        *("bn/moving_mean", "bn/moving_variance", "bn/gamma", "bn/beta"),
    ]
    assert np.array_equal(values(found)["bn/gamma"], held["bn"]["scale"])
    assert found.convention.epsilon == 1e-5


def test_a_list_of_get_weights(tmp_path: Path) -> None:
    arrays = np.empty(4, object)
    arrays[:] = [random(3, 3, 3, 4), random(4), np.asfortranarray(random(16, 5)), random(5)]
    np.save(tmp_path / "w.npy", arrays)
    found = listed(tmp_path / "w.npy")
    names = ["layer_1/kernel", "layer_1/bias", "layer_2/kernel", "layer_2/bias"]
    assert list(found.tensors) == names and "get_weights()" in found.reason
    assert all(map(np.array_equal, values(found).values(), arrays))


def test_other_objects_are_counted(tmp_path: Path) -> None:
    held = {"c": [random(3, 3, 3, 4)], "epoch": np.int64(3), "classes": ["cat", "dog"]}
    held["mean_rgb"], held["names"] = random(3), np.array(["a", "b"])
    np.save(tmp_path / "w.npy", held)  # type: ignore[arg-type]
    found = listed(tmp_path / "w.npy")
    assert found.left_out == (
        *("mean of the images (1 tensor)", "arrays without numbers (1 tensor)"),
        "other objects (2)",
    )
    assert values(found)["epoch"] == 3


# --- refused --------------------------------------------------------------------------------


def test_one_array_is_no_network(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", random(3, 4))
    assert "a single array of shape (3, 4)" in refused(tmp_path / "w.npy")


def test_other_classes_are_refused_with_what_to_type(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", {"a": Path("b")})  # type: ignore[arg-type]
    message = refused(tmp_path / "w.npy")
    assert "wants to call 'pathlib" in message and 'np.load("w.npy", allow_pickle=True' in message


def test_dictionaries_that_hold_themselves(tmp_path: Path) -> None:
    held: dict = {}
    held["a"] = held
    np.save(tmp_path / "w.npy", held)  # type: ignore[arg-type]
    assert "too deep" in refused(tmp_path / "w.npy")


def test_dictionaries_that_share_parts_are_not_unfolded_without_end(tmp_path: Path) -> None:
    held = {str(at): random(1) for at in range(100)}
    for _ in range(6):
        held = {str(at): held for at in range(100)}  # type: ignore[assignment]
    np.save(tmp_path / "w.npy", held)  # type: ignore[arg-type]
    assert "more than 10,000 arrays" in refused(tmp_path / "w.npy")
