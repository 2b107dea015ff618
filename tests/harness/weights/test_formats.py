"""Each weight file has its tool's published layout, and damaged ones are refused with a reason."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import loadmat, savemat

from netparity.errors import InputError
from netparity.networks import NETWORKS
from netparity.networks.catalogue.vgg import vgg
from netparity.weights import canonical, open_weights
from netparity.weights.formats import BY_NAME
from netparity.weights.synthetic import make
from tests.support import mat73_writer
from tests.support.cases import NANO, random_tensors
from tests.support.unexamined import unexamined

VGG16, TINY = NETWORKS["vgg16"], NETWORKS["vgg16-tiny"]
WRITTEN = [format_ for format_ in BY_NAME.values() if format_.write is not None]
FORMAT = pytest.mark.parametrize("module", WRITTEN, ids=[item.name for item in WRITTEN])
KERAS, SIMPLENN = BY_NAME["keras-h5"], BY_NAME["matconvnet-simplenn"]

# Kernels of 3 x 3 x 3 x 3 alone would not tell how they lie.
widths = st.sampled_from([1, 2, 4])
small_models = st.builds(
    lambda blocks, dense, classes, size: vgg("small", blocks, dense, classes, (size, size)),
    st.lists(st.lists(widths, min_size=1, max_size=2).map(tuple), min_size=1, max_size=2).map(
        tuple
    ),
    st.lists(widths, min_size=1, max_size=2).map(tuple),
    widths,
    st.sampled_from([4, 6, 8]),
)


def written(module, folder: Path, model=NANO, seed: int = 0) -> Path:
    path = folder / f"weights{module.suffixes[0]}"
    module.write(path, model, random_tensors(model, seed))
    return path


def read(module, path: Path, model=NANO) -> dict[str, np.ndarray]:
    """Read and check, as every weight file is before it is used."""
    return dict(open_weights(path, model).tensors)


def refused(module, path: Path, model=NANO) -> str:
    with pytest.raises(InputError) as caught:
        read(module, path, model)
    assert str(path) in str(caught.value)
    return str(caught.value)


# --- every format ---------------------------------------------------------------------------


@FORMAT
@settings(max_examples=25, deadline=None)
@given(model=small_models, seed=st.integers(0, 99))
def test_what_is_written_is_read_again(module, model, seed: int) -> None:
    tensors = random_tensors(model, seed)
    with tempfile.TemporaryDirectory() as folder, unexamined():
        path = Path(folder) / f"w{module.suffixes[0]}"
        module.write(path, model, tensors)
        again = read(module, path, model)
    assert all(np.array_equal(tensors[name], again[name]) for name in tensors)
    assert canonical.content_hash(again, model) == canonical.content_hash(tensors, model)


@FORMAT
@pytest.mark.parametrize("keep", [0.6, 0.3, 0.01])
def test_a_truncated_file(module, tmp_path: Path, keep: float) -> None:
    path = written(module, tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    refused(module, path)


def test_a_mat_cut_behind_its_layers(tmp_path: Path) -> None:
    path = written(SIMPLENN, tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[:-40])
    with pytest.raises(Exception, match=r"."):  # SciPy itself finds it damaged
        loadmat(path)
    refused(SIMPLENN, path)


@FORMAT
def test_a_file_of_another_kind(module, tmp_path: Path) -> None:
    path = tmp_path / f"weights{module.suffixes[0]}"
    path.write_bytes(b"<html>Not Found</html>" * 50)
    refused(module, path)


@FORMAT
def test_nan_is_refused(module, tmp_path: Path) -> None:
    tensors = random_tensors(NANO)
    tensors["fc6.bias"][1] = np.nan
    path = tmp_path / f"weights{module.suffixes[0]}"
    module.write(path, NANO, tensors)
    assert "fc6.bias holds NaN" in refused(module, path)


@FORMAT
def test_a_wrong_shape_names_both_shapes(module, tmp_path: Path) -> None:
    other = vgg("other", ((2,), (3, 3), (2,), (2,), (2,)), (3, 2), 2, (64, 64))
    message = refused(module, written(module, tmp_path, other))
    assert re.search(
        r"conv2_2 of nano needs a kernel of (3 x 3 x 3 x 2|2 x 3 x 3 x 3) .* has a kernel of 3 x 3"
        r"|kernel 3 x 3 x 3 x 2 in A, 3 x 3 x 2 x 2 in B",
        message,
    ), message


@FORMAT
def test_weights_of_another_model_name_it(module, tmp_path: Path) -> None:
    path = tmp_path / f"weights{module.suffixes[0]}"
    module.write(path, TINY, make(TINY, 0))
    assert "--model vgg16-tiny" in refused(module, path, VGG16)


# --- the Keras .h5 --------------------------------------------------------------------------


def test_h5_is_laid_out_as_the_published_file(tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    tensors = make(TINY, 0)
    KERAS.write(path, TINY, tensors)
    with h5py.File(path, "r") as file:
        assert set(file.attrs) == {"layer_names"}
        names = list(file.attrs["layer_names"])
        assert names[:4] == [b"input_1", b"block1_conv1", b"block1_conv2", b"block1_pool"]
        assert names[-5:] == [b"block5_pool", b"flatten", b"fc1", b"fc2", b"predictions"]
        assert len(names) == 23  # Keras's VGG16 with its input and flatten layers
        assert {name.encode() for name in file} == set(names)
        first = file["block1_conv1"]
        assert list(first.attrs["weight_names"]) == [b"block1_conv1_W_1:0", b"block1_conv1_b_1:0"]
        assert len(file["block1_pool"].attrs["weight_names"]) == 0
        assert list(file["block1_pool"]) == []


def test_h5_holds_bgr_hwio_kernels_and_flat_dense_ones(tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    tensors = make(TINY, 0)
    KERAS.write(path, TINY, tensors)
    with h5py.File(path, "r") as file:
        first = file["block1_conv1/block1_conv1_W_1:0"][()]
        second = file["block1_conv2/block1_conv2_W_1:0"][()]
        fc1 = file["fc1/fc1_W_1:0"][()]
        bias = file["fc1/fc1_b_1:0"][()]
    assert first.dtype == np.float32
    # Channel 0 of the file is blue, which is channel 2 of the canonical weights.
    np.testing.assert_array_equal(first[:, :, 0], tensors["conv1_1.kernel"][:, :, 2])
    np.testing.assert_array_equal(first[:, :, 1], tensors["conv1_1.kernel"][:, :, 1])
    np.testing.assert_array_equal(second, tensors["conv1_2.kernel"])
    assert fc1.shape == (2 * 2 * 32, 256)
    row, column, channel = 1, 0, 5
    np.testing.assert_array_equal(
        fc1[(row * 2 + column) * 32 + channel], tensors["fc6.kernel"][row, column, channel]
    )
    np.testing.assert_array_equal(bias, tensors["fc6.bias"])


def test_a_whole_saved_keras_2_model_is_read(tmp_path: Path) -> None:
    plain, whole = written(KERAS, tmp_path), tmp_path / "model.h5"
    with h5py.File(plain, "r") as source, h5py.File(whole, "w") as target:
        source.copy(source, target, "model_weights")
    again = read(KERAS, whole)
    assert all(np.array_equal(again[name], value) for name, value in random_tensors(NANO).items())


def test_names_may_be_text_or_bytes(tmp_path: Path) -> None:
    path = written(KERAS, tmp_path)
    with h5py.File(path, "a") as file:
        file.attrs["layer_names"] = [name.decode() for name in file.attrs["layer_names"]]
    read(KERAS, path)


def test_h5_without_layer_names(tmp_path: Path) -> None:
    path = written(KERAS, tmp_path)
    with h5py.File(path, "a") as file:
        del file.attrs["layer_names"]
    assert "no attribute 'layer_names'" in refused(KERAS, path)


def test_h5_with_a_layer_left_out(tmp_path: Path) -> None:
    path = written(KERAS, tmp_path)
    with h5py.File(path, "a") as file:
        names = [name for name in file.attrs["layer_names"] if name != b"fc2"]
        file.attrs["layer_names"] = np.array(names)
    assert "fc7 of nano needs" in refused(KERAS, path)


def test_h5_with_a_named_group_that_is_not_there(tmp_path: Path) -> None:
    path = written(KERAS, tmp_path)
    with h5py.File(path, "a") as file:
        del file["fc2"]
    assert "fc2" in refused(KERAS, path)


def test_h5_with_a_layer_too_many(tmp_path: Path) -> None:
    path = written(KERAS, tmp_path)
    with h5py.File(path, "a") as file:
        file.copy("fc1", "fc9")
        file.attrs["layer_names"] = np.array([*file.attrs["layer_names"], b"fc9"])
    opened = open_weights(path, NANO)
    assert "which belongs to no layer of nano" in opened.left_out[0]
    assert not opened.own_files


def test_h5_layer_with_one_array(tmp_path: Path) -> None:
    path = written(KERAS, tmp_path)
    with h5py.File(path, "a") as file:
        file["fc1"].attrs["weight_names"] = file["fc1"].attrs["weight_names"][:1]
    assert "'fc1' has a kernel of 8 x 3 alone" in refused(KERAS, path)


def elsewhere(tmp_path: Path) -> Path:
    """Another file with the same weights, which a link could lead to."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return written(KERAS, folder)


@pytest.mark.parametrize("kind", ["external", "soft"])
@pytest.mark.parametrize("place", ["fc1", "fc1/fc1_W_1:0"])
def test_links_in_an_h5_are_refused(tmp_path: Path, kind: str, place: str) -> None:
    path, other = written(KERAS, tmp_path), elsewhere(tmp_path)
    with h5py.File(path, "a") as file:
        if kind == "external":
            del file[place]
            file[place] = h5py.ExternalLink(str(other), f"/{place}")
        else:
            file.move(place, "moved")
            file[place] = h5py.SoftLink("/moved")
    assert "is a link" in refused(KERAS, path)


def test_a_linked_model_weights_group_is_refused(tmp_path: Path) -> None:
    path, other = tmp_path / "w.h5", elsewhere(tmp_path)
    with h5py.File(path, "w") as file:
        file["model_weights"] = h5py.ExternalLink(str(other), "/")
    refused(KERAS, path)


@pytest.mark.parametrize("kind", ["raw file", "virtual"])
def test_a_data_set_that_lies_in_another_file_is_refused(tmp_path: Path, kind: str) -> None:
    path, other = written(KERAS, tmp_path), elsewhere(tmp_path)
    with h5py.File(path, "a") as file:
        group = file["fc1"]
        shape = group["fc1_b_1:0"].shape
        del group["fc1_b_1:0"]
        if kind == "raw file":
            group.create_dataset(
                "fc1_b_1:0", shape, "<f4", external=[(str(other), 0, 4 * shape[0])]
            )
        else:
            layout = h5py.VirtualLayout(shape, "<f4")
            layout[:] = h5py.VirtualSource(str(other), "fc1/fc1_b_1:0", shape=shape)
            group.create_virtual_dataset("fc1_b_1:0", layout)
    with pytest.raises(InputError, match="another file"):
        read(KERAS, path)


def test_an_h5_that_declares_a_huge_array(tmp_path: Path) -> None:
    path = written(KERAS, tmp_path)
    with h5py.File(path, "a") as file:
        del file["fc1/fc1_W_1:0"]
        file["fc1"].create_dataset("fc1_W_1:0", (10**8, 10**8), "<f4", chunks=(1024, 1024))
    assert path.stat().st_size < 100_000
    refused(KERAS, path)


def test_an_h5_with_a_data_set_where_a_group_should_be(tmp_path: Path) -> None:
    path = written(KERAS, tmp_path)
    with h5py.File(path, "a") as file:
        del file["fc1"]
        file["fc1"] = np.zeros(3, dtype=np.float32)
        file["fc1"].attrs["weight_names"] = np.array([b"a", b"b"])
    refused(KERAS, path)


# --- the SimpleNN .mat ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def tiny_mat(tmp_path_factory: pytest.TempPathFactory) -> dict:
    path = tmp_path_factory.mktemp("mat") / "w.mat"
    SIMPLENN.write(path, TINY, make(TINY, 0))
    return loadmat(path)


def test_mat_layers_are_a_row_of_37_structs(tiny_mat: dict) -> None:
    layers = tiny_mat["layers"]
    assert (layers.dtype, layers.shape) == (np.dtype(object), (1, 37))
    structs = [cell[0, 0] for cell in layers[0]]
    types = [str(struct["type"][0]) for struct in structs]
    assert {kind: types.count(kind) for kind in set(types)} == {
        "conv": 16,
        "relu": 15,
        "pool": 5,
        "softmax": 1,
    }
    names = [str(struct["name"][0]) for struct in structs]
    assert names[:5] == ["conv1_1", "relu1_1", "conv1_2", "relu1_2", "pool1"]
    assert names[-6:] == ["fc6", "relu6", "fc7", "relu7", "fc8", "prob"]


def test_mat_convolutions_are_hwio_single_with_rgb_input(tiny_mat: dict) -> None:
    tensors = make(TINY, 0)
    for index, name in ((0, "conv1_1"), (31, "fc6")):
        struct = tiny_mat["layers"][0, index][0, 0]
        weights = struct["weights"]
        assert weights.shape == (1, 2)
        assert weights[0, 0].dtype == np.float32
        np.testing.assert_array_equal(weights[0, 0], tensors[f"{name}.kernel"])
        np.testing.assert_array_equal(weights[0, 1], tensors[f"{name}.bias"].reshape(1, -1))
        assert struct["pad"].tolist() == ([[1, 1, 1, 1]] if name == "conv1_1" else [[0, 0, 0, 0]])
        assert struct["stride"].tolist() == [[1, 1]]


def test_mat_pools_carry_the_published_pad(tiny_mat: dict) -> None:
    pool = tiny_mat["layers"][0, 4][0, 0]
    assert pool["method"][0] == "max"
    assert pool["pool"].tolist() == [[2, 2]]
    assert pool["stride"].tolist() == [[2, 2]]
    assert pool["pad"].tolist() == [[0, 1, 0, 1]]


def test_mat_meta_says_how_to_prepare_an_image(tiny_mat: dict) -> None:
    normalization = tiny_mat["meta"][0, 0]["normalization"][0, 0]
    average = normalization["averageImage"]
    assert (average.shape, average.dtype) == ((1, 1, 3), np.dtype(np.float32))
    np.testing.assert_allclose(average.ravel(), [123.68, 116.779, 103.939], rtol=1e-7)
    assert normalization["imageSize"].tolist() == [[64, 64, 3]]
    assert normalization["interpolation"][0] == "bilinear"
    assert normalization["border"].tolist() == [[0, 0]]
    assert tiny_mat["meta"][0, 0]["classes"][0, 0]["name"].shape == (1, 10)


def test_a_mat_of_version_7_3_is_read(tmp_path: Path) -> None:
    path, tensors = tmp_path / "w.mat", random_tensors(NANO)
    mat73_writer.write(path, mat73_writer.simplenn(NANO, tensors))
    again = read(SIMPLENN, path)
    assert canonical.content_hash(again, NANO) == canonical.content_hash(tensors, NANO)
    # Neither Octave nor the script can load it: tools get a conversion.
    assert not open_weights(path, NANO).own_files


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"x": np.zeros(3)}, "'layers'"),
        ({"layers": np.zeros(3)}, "'layers'"),
        ({"layers": [{"name": "conv1_1", "weights": [np.zeros(3)]}]}, "imageSize"),
        ({"layers": ["conv1_1"]}, "imageSize"),
    ],
)
def test_a_mat_of_version_7_3_without_a_network(tmp_path: Path, variables, words: str) -> None:
    path = tmp_path / "w.mat"
    mat73_writer.write(path, variables)
    assert words in refused(SIMPLENN, path)


def test_a_mat_of_version_7_3_that_goes_in_circles(tmp_path: Path) -> None:
    path = tmp_path / "w.mat"
    mat73_writer.write(path, {"layers": [[]]})
    with h5py.File(path, "r+") as file:
        cell = file["layers"]
        cell[0, 0] = cell.ref
    refused(SIMPLENN, path)


def rewrite(path: Path, change) -> None:
    """Load a .mat, let `change` alter the list of layers, and save it again."""
    layers = [cell[0, 0] for cell in loadmat(path)["layers"].ravel()]
    structs = [{name: struct[name] for name in struct.dtype.names} for struct in layers]
    cell = np.empty((1, len(structs)), dtype=object)
    structs = change(structs)
    cell = np.empty((1, len(structs)), dtype=object)
    cell[0, :] = structs
    savemat(path, {"layers": cell, "meta": loadmat(path)["meta"]})


def test_mat_without_layers(tmp_path: Path) -> None:
    path = tmp_path / "w.mat"
    savemat(path, {"x": np.zeros(3)})
    refused(SIMPLENN, path)


def test_mat_with_a_layer_left_out(tmp_path: Path) -> None:
    path = written(SIMPLENN, tmp_path)
    rewrite(path, lambda structs: [s for s in structs if s["name"][0] != "fc7"])
    assert "fc8" in refused(SIMPLENN, path)


def test_mat_with_a_layer_too_many(tmp_path: Path) -> None:
    path = written(SIMPLENN, tmp_path)
    rewrite(path, lambda structs: [*structs, {**structs[0], "name": "conv9_9"}])
    assert "conv9_9" in refused(SIMPLENN, path)


def test_mat_with_a_layer_twice(tmp_path: Path) -> None:
    path = written(SIMPLENN, tmp_path)
    rewrite(path, lambda structs: [structs[0], *structs])
    refused(SIMPLENN, path)


# --- the canonical file ---------------------------------------------------------------------


def test_the_hash_depends_on_every_value_and_on_nothing_else() -> None:
    tensors = random_tensors(NANO)
    before = canonical.content_hash(tensors, NANO)
    reordered = dict(reversed([(name, np.asfortranarray(t)) for name, t in tensors.items()]))
    assert canonical.content_hash(reordered, NANO) == before
    tensors["fc8.bias"][-1] = np.nextafter(tensors["fc8.bias"][-1], np.float32(9))
    assert canonical.content_hash(tensors, NANO) != before


def test_stored_tensors_are_the_written_ones(tmp_path: Path) -> None:
    tensors = random_tensors(NANO)
    path = tmp_path / "c.safetensors"
    sha256 = canonical.write(path, tensors, NANO, "synthetic:0")
    assert sha256 == canonical.content_hash(tensors, NANO)
    assert canonical.describe(path) == {
        "model": "nano",
        "source": "synthetic:0",
        "sha256": sha256,
        "layout": "kernels HWIO, first layer RGB, dense layers as full-size kernels",
    }
    stored = canonical.stored(path, NANO)
    assert set(stored) == set(tensors)
    assert len(stored) == len(tensors)
    assert all(np.array_equal(stored[name], tensors[name]) for name in tensors)
    with pytest.raises(KeyError):
        stored["none"]


def test_an_h5_in_another_order_is_refused(tmp_path: Path) -> None:
    """Keras fills its layers in the file's order, so the names alone prove nothing."""
    path = written(KERAS, tmp_path, TINY)
    with h5py.File(path, "r+") as file:
        names = file.attrs["layer_names"].tolist()
        one, two = names.index(b"block3_conv2"), names.index(b"block3_conv3")
        names[one], names[two] = names[two], names[one]
        file.attrs["layer_names"] = np.array(names)
    with pytest.raises(InputError, match="comes first"):
        read(KERAS, path, TINY)


def test_an_h5_made_by_keras_on_theano_is_turned_round(tmp_path: Path) -> None:
    path = written(KERAS, tmp_path)
    with h5py.File(path, "r+") as file:
        file.attrs["backend"] = np.bytes_(b"theano")
    again, tensors = read(KERAS, path), random_tensors(NANO)
    name = "conv2_1.kernel"
    np.testing.assert_array_equal(again[name], tensors[name][::-1, ::-1])
    np.testing.assert_array_equal(again["fc7.kernel"], tensors["fc7.kernel"])
    assert not open_weights(path, NANO).own_files


def layer_of(contents: dict, name: str):
    return next(cell[0, 0] for cell in contents["layers"].ravel() if cell[0, 0]["name"][0] == name)


def swap(contents: dict) -> None:
    layers = contents["layers"]
    layers[0, [2, 4]] = layers[0, [4, 2]]


def change(field: str, value, name: str = "conv1_1"):
    def apply(contents: dict) -> None:
        layer_of(contents, name)[field] = value

    return apply


def change_size(contents: dict) -> None:
    contents["meta"]["normalization"][0, 0]["imageSize"][0, 0] = np.array([[65.0, 65.0, 3.0]])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (swap, "has a convolution after relu1_1"),
        (change("stride", np.array([[2.0, 2.0]])), "conv1_1|larger than its input"),
        (change("pad", np.array([[0.0]])), "pads"),
        (change("method", np.array(["avg"]), "pool1"), "an average pool in A, a maximum pool in B"),
    ],
)
def test_a_mat_that_is_another_network_is_refused(tmp_path: Path, spoil, words: str) -> None:
    """The script would run whatever the file lists."""
    path = written(SIMPLENN, tmp_path)
    contents = loadmat(path)
    contents = {key: value for key, value in contents.items() if not key.startswith("__")}
    spoil(contents)
    savemat(path, contents)
    with pytest.raises(InputError, match=words):
        read(SIMPLENN, path)


def test_a_mat_for_another_size_is_converted(tmp_path: Path) -> None:
    """The script resizes images to what the file says."""
    path = written(SIMPLENN, tmp_path)
    contents = loadmat(path)
    contents = {key: value for key, value in contents.items() if not key.startswith("__")}
    assert open_weights(path, NANO).own_files
    change_size(contents)
    savemat(path, contents)
    assert not open_weights(path, NANO).own_files


def test_a_mat_with_scalars_for_geometry_is_accepted(tmp_path: Path) -> None:
    path = written(SIMPLENN, tmp_path)
    contents = loadmat(path)
    contents = {key: value for key, value in contents.items() if not key.startswith("__")}
    layer_of(contents, "conv1_1")["pad"] = np.array([[1.0]])
    layer_of(contents, "pool1")["pad"] = np.array([[0.0]])
    savemat(path, contents)
    assert set(read(SIMPLENN, path)) == set(NANO.parameter_shapes)


def test_a_mat_without_preprocessing_is_converted_with_a_note(tmp_path: Path) -> None:
    path = written(SIMPLENN, tmp_path)
    savemat(path, {"layers": loadmat(path)["layers"]})
    opened = open_weights(path, NANO)
    assert not opened.own_files
    assert "preprocessing" in opened.notes[0]
