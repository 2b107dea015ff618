"""Checkpoints of PyTorch: which tensors are the network's; all else is named and left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.torch_files import (
    NAMESPACE,
    Call,
    Global,
    New,
    listed,
    optimizer,
    refused,
    save,
    save_legacy,
    state_dict,
    tensor,
)

BOTH = pytest.mark.parametrize("write", [save, save_legacy])
NAMES = ["a.0.weight", "a.0.bias", "b.weight", "b.bias"]


@BOTH
@pytest.mark.parametrize("key", ["state_dict", "model", "net", "weights_of_my_own"])
def test_a_checkpoint_of_training(tmp_path: Path, write, key: str) -> None:
    now = Call(
        Global("datetime", "datetime"), (Call(Global("_codecs", "encode"), ("x", "latin1")),)
    )
    made = {
        "epoch": 3,
        key: state_dict("a.0", "b"),
        "optimizer": optimizer(2),
        "args": New(NAMESPACE, {"lr": 0.1, "when": now}),
        "best": Call(Global("numpy.core.multiarray", "scalar"), (Global("numpy", "dtype"), "x")),
        "loss": tensor(),
        "seed": 2**100,
        "tags": Call(Global("builtins", "set"), (["x"],)),
        "hyper_parameters": New(Global("own.parsing", "AttributeDict"), items={"lr": 1.5}),
        "states": Call(Global("collections", "defaultdict"), (Global("builtins", "dict"),)),
    }
    found = listed(write(tmp_path / "w.ckpt", made))
    assert list(found.tensors) == NAMES
    assert found.left_out == (
        "state of an optimizer, 'optimizer' (4 tensors)",
        "single tensors: 'loss'",
        "objects that are not tensors: 'args' (argparse.Namespace), 'best' "
        "(numpy.core.multiarray.scalar), 'seed' (int), 'tags' (builtins.set), 'hyper_parameters' "
        "(own.parsing.AttributeDict)",
        "values that are not tensors: 'epoch', 'states'",
    )
    usual = key in ("state_dict", "model", "net")
    assert found.notes == (() if usual else (f'its tensors were read from ["{key}"]',))


def test_tensors_inside_other_objects_are_not_used(tmp_path: Path) -> None:
    hidden = New(Global("own", "Bag"), {"more": state_dict(*"cdefgh")})
    found = listed(save(tmp_path / "w", {"model": state_dict("a.0", "b"), "bag": hidden}))
    assert list(found.tensors) == NAMES
    assert found.left_out == ("objects that are not tensors: 'bag' (own.Bag)",)


def test_entries_of_a_state_dict_that_are_not_tensors(tmp_path: Path) -> None:
    made = state_dict("a.0") | {"a._extra_state": New(Global("own", "State")), "n": 3}
    made |= state_dict("b")
    found = listed(save(tmp_path / "w", made))
    assert list(found.tensors) == NAMES
    assert found.left_out == (
        "objects that are not tensors: 'a._extra_state' (own.State)",
        "values that are not tensors: 'n'",
    )


def test_a_dictionary_of_layers(tmp_path: Path) -> None:
    layers = {name: {"weight": tensor(2, 3), "bias": tensor(2)} for name in ("conv1_1", "conv1_2")}
    found = listed(save(tmp_path / "w", {"epoch": 1, "net": layers}))
    assert list(found.tensors) == [
        *("conv1_1.weight", "conv1_1.bias", "conv1_2.weight", "conv1_2.bias")
    ]
    assert found.left_out == ("values that are not tensors: 'epoch'",)


@pytest.mark.parametrize(
    ("plain", "copy"), [("model", "model_ema"), ("params", "params_ema"), ("net", "teacher")]
)
def test_an_averaged_copy_is_left_out_and_named(tmp_path: Path, plain: str, copy: str) -> None:
    averaged = {f"module.{name}": each for name, each in state_dict("a.0", "b").items()}
    made = {copy: averaged, plain: state_dict("a.0", "b")}
    found = listed(save(tmp_path / "w", made))
    assert list(found.tensors) == NAMES
    assert found.left_out == (f"'{copy}' (4 tensors)",)
    assert found.notes == (
        f'its tensors were read from ["{plain}"], not from ["{copy}"] (4 tensors)',
    )


def test_the_two_networks_of_a_gan(tmp_path: Path) -> None:
    made = {"generator": state_dict(*"abcd"), "discriminator": state_dict(*"xyz")}
    message = refused(save(tmp_path / "gan.pth", made))
    assert (
        'hold several networks: ["generator"] (8 tensors), ["discriminator"] (6 tensors)' in message
    )
    command = f"""torch.save(torch.load("{tmp_path}/gan.pth", map_location="cpu")["generator"], """
    assert command in message


def test_what_is_far_smaller_is_left_out(tmp_path: Path) -> None:
    made = {"model": state_dict(*"abcdef"), "loss": {"centers": tensor(10, 2)}}
    found = listed(save(tmp_path / "w", made))
    assert len(found.tensors) == 12
    assert found.left_out == ("'loss' (1 tensor)",)
