"""Words and addresses given as weights: what to type in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.weights.published import published
from netparity.weights.words import what_was_meant


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("imagenet", "netparity weights fetch vgg16"),
        ("ImageNet", "netparity weights fetch vgg16"),
        ("'imagenet'", "netparity weights fetch vgg16"),
        ("pretrained", "netparity weights fetch vgg16"),
        ("caffe", "netparity weights fetch vgg16 --source matconvnet"),
        ("VGG-19", "netparity weights fetch vgg19"),
        ("ResNet_50", "netparity weights fetch resnet50 --source matconvnet"),
        ("imagenet-vgg-verydeep-16", "netparity weights fetch vgg16"),
        ("IMAGENET1K_V1", 'torchvision.models.vgg16(weights="DEFAULT")'),
        ("VGG16_Weights.DEFAULT", "torch.save"),
        ("random", "--weights synthetic:0"),
        ("none", "--weights synthetic:0"),
        ("Synthetic", "--weights synthetic:0"),
        ("Synthetic:7", "--weights synthetic:7"),
        ("random 12", "--weights synthetic:12"),
        (
            f"{published('vgg16', 'keras').folder}/{published('vgg16', 'keras').name}",
            "netparity weights fetch vgg16",
        ),
        (
            f"https://mirror.org/{published('vgg-f', 'matconvnet').name}?raw=1",
            "netparity weights fetch vgg-f --source matconvnet",
        ),
        ("https:/x.org/vgg16_weights_tf_dim_ordering_tf_kernels.h5", "weights fetch vgg16"),
        ("https://x.org/w.h5", "curl -fL -o w.h5 https://x.org/w.h5"),
        ("www.x.org/w.h5", "curl -fL -o w.h5 https://www.x.org/w.h5"),
        ("https://huggingface.co/timm/vgg16.tv_in1k", "hf download timm/vgg16.tv_in1k"),
    ],
)
def test_a_word_leads_to_a_command(text: str, command: str) -> None:
    meant = what_was_meant(text)
    assert meant is not None and command in meant, meant


@pytest.mark.parametrize(
    "text", ["synthetic:0", "synthetic", "synthetic:x", "", " ", "vgg16.h5", "a/b.h5", "~/w.mat"]
)
def test_what_is_no_word(text: str) -> None:
    assert what_was_meant(text) is None or text == "synthetic"


def test_a_file_of_that_name_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "imagenet").touch()
    assert what_was_meant("imagenet") is None


def test_the_weights_are_those_of_the_network_that_was_named() -> None:
    meant = what_was_meant("imagenet", "VGG19")
    assert meant is not None and meant.endswith("netparity weights fetch vgg19")
    assert "None are published for mobilenet-tiny" in str(what_was_meant("mobilenet-tiny"))


@pytest.mark.parametrize("text", ["a" * 10**6, "http:" + "/" * 10**5, "\0", "\ud800", "~x:~"])
def test_odd_words_do_no_harm(text: str) -> None:
    what_was_meant(text)
