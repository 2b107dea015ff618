"""What is refused of a Keras model file before Keras sees it, and who wrote one."""

from __future__ import annotations

import json
import zipfile
from types import SimpleNamespace

import h5py
import pytest

from keras3_file import ModelFileError, check_input, read_config, refuse_code, written_by
from network_file import NetworkFile, NetworkInput


def archive(path, config, metadata=None):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
        if metadata is not None:
            file.writestr("metadata.json", json.dumps(metadata))
    return str(path)


def layer(class_name="Conv2D", module="keras.layers", **others):
    return {"class_name": class_name, "module": module, "config": {"name": "x"}, **others}


def model(*layers):
    config = {"name": "m", "layers": list(layers)}
    return {"class_name": "Functional", "module": "keras.src.models.functional", "config": config}


def test_layers_of_keras_itself_are_accepted():
    refuse_code("m.keras", model(layer(), layer("Add", "keras.src.ops.numpy")))
    old = {"class_name": "Model", "config": {"layers": [{"class_name": "Dense", "config": {}}]}}
    refuse_code("m.h5", old)


@pytest.mark.parametrize(
    "bad",
    [
        layer("Lambda"),
        layer("Lambda", module=None),
        layer("Custom", module="os.path"),
        layer("Custom", module="kerasx.layers"),
        layer("function", module="builtins_of_mine"),
        layer("TFSMLayer"),
        layer("TorchModuleWrapper", module="keras.src.utils.torch_utils"),
        layer("Mine", registered_name="Lambda"),
        model(layer("Lambda")),
        {"class_name": "Dense", "config": {"activation": layer("system", module="os")}},
    ],
)
def test_what_runs_code_of_its_own_is_refused_at_any_depth(bad):
    with pytest.raises(ModelFileError, match="has an object of class"):
        refuse_code("m.keras", model(layer(), [bad]))


def test_a_configuration_is_read_from_both_kinds_of_file(tmp_path):
    config = model(layer())
    assert read_config(archive(tmp_path / "a é.keras", config)) == config
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(config)
    assert read_config(str(tmp_path / "b.h5")) == config


def test_a_file_without_a_configuration_is_refused_in_words(tmp_path):
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file.attrs["layer_names"] = ["x"]
    (tmp_path / "a.keras").write_bytes(b"PK\3\4")
    archive(tmp_path / "c.keras", "{")
    for name in ("b.h5", "a.keras", "c.keras"):
        with pytest.raises(ModelFileError, match=f"{name}' has no configuration .*save the whole"):
            read_config(str(tmp_path / name))
    (tmp_path / "a.onnx").touch()
    with pytest.raises(ModelFileError, match="rename it to end in one of"):
        read_config(str(tmp_path / "a.onnx"))
    with pytest.raises(FileNotFoundError, match=r"gone\.keras"):
        read_config(str(tmp_path / "gone.keras"))


def test_a_file_of_netparity_says_so(tmp_path):
    ours = archive(tmp_path / "a.keras", {}, {"written_by": "netparity"})
    users = archive(tmp_path / "b.keras", {}, {"keras_version": "3.15.0"})
    assert written_by(ours) == "netparity, from the graph"
    assert written_by(users) == written_by(archive(tmp_path / "c.keras", {})) == "the file"
    assert written_by("model.h5") == "the file"


@pytest.mark.parametrize(
    ("found", "data_format", "fits"),
    [
        ((None, 6, 5, 3), "channels_last", True),
        ((None, None, None, 3), "channels_last", True),
        ((None, 3, 6, 5), "channels_first", True),
        ((None, 3, 6, 5), "channels_last", False),
        ((None, 6, 5, 4), "channels_last", False),
        ((None, 90), "channels_last", False),
    ],
)
def test_the_models_input_must_be_the_networks(found, data_format, fits):
    network = NetworkFile("n", (NetworkInput("input", (6, 5, 3)),), (), {})
    keras_model = SimpleNamespace(inputs=[SimpleNamespace(shape=found)])
    if fits:
        check_input("m.keras", keras_model, network, data_format)
    else:
        with pytest.raises(ModelFileError, match=r"'m.keras' takes an input of shape"):
            check_input("m.keras", keras_model, network, data_format)
