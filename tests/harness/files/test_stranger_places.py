"""Folders given where a file is meant, and paths that lead nowhere: what was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netparity.files import strangers
from tests.support.command_line import here
from tests.support.strangers import TABLE


def said(path: Path) -> str:
    stranger = strangers.recognise(path)
    assert stranger is not None
    return strangers.sentence(path, "weights", stranger)


def named(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "files", "what", "command"),
    [
        ("net", ["saved_model.pb", "fingerprint.pb"], "SavedModel", "--saved-model"),
        (
            "variables",
            ["variables.index", "variables.data-00000-of-00001"],
            "SavedModel",
            "tf2onnx",
        ),
        ("orbax", ["_METADATA", "manifest.ocdbt"], "Orbax", "PyTreeCheckpointer"),
        ("net.mlpackage", ["Manifest.json"], "Core ML", "torch.onnx.export"),
        ("archive", ["data.pkl", "version"], "unpacked file of PyTorch's", "zip -0r"),
        ("hf", ["config.json", "model.safetensors"], "holds 'model.safetensors'", "/hf/model.safe"),
    ],
)
def test_a_folder_is_named_too(
    name: str, files: list[str], what: str, command: str, tmp_path: Path
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for file in files:
        named(folder, file, b"x")
    done = here("network", "show", folder)
    assert done.exit_code == 2
    assert re.search(f"network {folder}(: the folder | is a folder that holds )", done.stderr)
    assert what in done.stderr and command in done.stderr, done.stderr


def test_a_part_of_a_saved_model_leads_to_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "net" / "variables"
    folder.mkdir(parents=True)
    named(tmp_path / "net", "saved_model.pb", b"\x08\x01")
    message = said(named(folder, "variables.index", TABLE))
    assert f"--saved-model {tmp_path / 'net'} " in message


def test_weights_beside_their_graph(tmp_path: Path) -> None:
    for name, graph, words in (
        ("v.bin", "v.xml", "OpenVINO's v.xml"),
        ("n.bin", "n.param", "ncnn's n.param"),
        ("group1-shard1of2.bin", "model.json", "part of model.json of TensorFlow.js"),
        ("m.onnx.data", "m.onnx", 'onnx.save(onnx.load("'),
        ("l.onnx_data", "l.onnx", "values of l.onnx"),
    ):
        named(tmp_path, graph, b'{"modelTopology": {}}')
        assert words in said(named(tmp_path, name, b"\xde\xad\xbe\xef"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("'{folder}/vgg16.h5'", "There are quotes or blanks around it; give {folder}/vgg16.h5"),
        ("{folder}/vgg16.h5 ", "There are quotes or blanks around it; give {folder}/vgg16.h5"),
        ("{folder}/vgg16.h5,{folder}/b.h5", "several paths in it; give one alone"),
        ("{folder}/VGG16.H5", "Did you mean {folder}/vgg16.h5?"),
        ("{folder}/vgg16", "Did you mean {folder}/vgg16.h5?"),
        ("{folder}/vg16.h5", "Did you mean {folder}/vgg16.h5?"),
        ("{folder}/my\\ file.h5", "backslash too many"),
        ("{folder}/m.ckpt", "prefix of a TensorFlow checkpoint"),
        ("{folder}/annexed.h5", "annex get annexed.h5"),
        ("{folder}/broken.h5", "link to '/none/x.h5', which is missing"),
        ("C:\\Users\\me\\vgg16.h5", "/mnt/c/Users/me/vgg16.h5"),
        ("https:/x.org/a/vgg16.h5?dl=1", "curl -fL -o vgg16.h5 'https://x.org/a/vgg16.h5?dl=1'"),
        ("s3:/bucket/vgg16.h5", "aws s3 cp s3://bucket/vgg16.h5 ."),
        ("hf://timm/vgg16/model.safetensors", "hf download timm/vgg16 model.safetensors"),
        ("https://huggingface.co/a/b/blob/main/w.h5", "huggingface.co/a/b/resolve/main/w.h5"),
        ("https://drive.google.com/file/d/1/view", "gdown --fuzzy"),
    ],
)
def test_a_path_that_leads_nowhere(text: str, words: str, tmp_path: Path) -> None:
    for name in ("vgg16.h5", "b.h5", "my file.h5", "m.ckpt.index"):
        named(tmp_path, name, b"x")
    (tmp_path / "annexed.h5").symlink_to("../.git/annex/objects/ab/SHA256E-s5--x.h5")
    (tmp_path / "broken.h5").symlink_to("/none/x.h5")
    hint = strangers.hint(Path(text.format(folder=tmp_path)))
    assert hint is not None and words.format(folder=tmp_path) in hint, hint


@pytest.mark.parametrize("text", [".", "..", "/", "", "\0", "a" * 5000, "~", "x/.."])
def test_odd_paths_do_no_harm(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    named(tmp_path, "w.h5", b"x")
    strangers.hint(Path(text))
    stranger = strangers.recognise(Path(text))
    if stranger is not None:
        strangers.sentence(Path(text), "weights", stranger)


def test_the_current_folder_is_one_with_weights(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    named(tmp_path, "w.h5", b"x")
    done = here("weights", "inspect", ".")
    assert done.exit_code == 2 and "is a folder that holds 'w.h5'" in done.stderr


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("'net.onnx'", "give net.onnx"),
        ("C:\\net.onnx", "/mnt/c/net.onnx"),
        ("https://x.org/net.onnx", "curl -fL -o net.onnx https://x.org/net.onnx"),
        ("v.tflite", "tf2onnx.convert --tflite v.tflite"),
    ],
)
def test_a_model_that_is_none(
    model: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    named(tmp_path, "net.onnx", b"x")
    named(tmp_path, "v.tflite", b"\0\0\0\0TFL3")
    done = here("compare", "--model", model, "--rounds", "1")
    assert done.exit_code == 2 and words in done.stderr, done.stderr


def test_a_path_of_which_nothing_is_known(tmp_path: Path) -> None:
    assert strangers.hint(tmp_path / "none.h5") is None
    assert strangers.hint(tmp_path / "none" / "none.h5") is None
