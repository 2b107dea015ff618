"""Every known mistake has a description, and advice in each tool's own terms."""

from __future__ import annotations

import re

import pytest

from netparity.diagnosis.advice import ADVICE, OF_TOOLS
from netparity.diagnosis.findings import INPUT_PLACE, Cause
from netparity.diagnosis.mistakes import INPUT_TITLES, VALUES, mistakes_of
from netparity.diagnosis.titles import describe, merge
from netparity.diagnosis.words import Voice, advice
from netparity.networks import NETWORKS
from netparity.networks.catalogue.vgg import VGG16, VGG16_TINY
from netparity.networks.ops import OPS
from netparity.runners import RUNNERS

RESIZES = ("resize-nearest", "resize-bilinear", "resize-bicubic", "resize-lanczos")
CAUSES = (
    *(Cause(key, INPUT_PLACE) for key in (*INPUT_TITLES, *RESIZES)),
    *(
        Cause(key, place)
        for key, place in {
            mistake.key: VGG16.owner(node)
            for node in reversed(VGG16.nodes)
            for mistake in mistakes_of(VGG16, node)
        }.items()
    ),
    Cause("before-relu", "fc6"),
    Cause("off-by-one", "fc6", "fc7"),
    Cause("off-by-one", "fc7", "fc6"),
    Cause("dropout", "fc6"),
    Cause("weights-other", "conv3_2", "synthetic:7"),
)
KERAS3, KERAS2 = Voice("keras", "keras3"), Voice("keras", "keras2")
MATCONVNET = Voice("matconvnet", "matconvnet")
PYTORCH = Voice(None, "pytorch")
OWN = tuple(Voice(kind.tool, kind.advice_for, kind.advice) for kind in RUNNERS if kind.advice)
PLAIN = (Voice("keras"), Voice("matconvnet"), Voice())
VOICES = (KERAS3, KERAS2, MATCONVNET, PYTORCH, *PLAIN, *OWN)


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: f"{cause.mistake}-{cause.place}")
def test_every_mistake_has_words_and_advice(cause: Cause) -> None:
    assert describe(cause).startswith(f"{cause.place}: ")
    every = Cause(cause.mistake, "every layer", cause.detail)
    for voice in VOICES:
        for one in (cause, every) if cause.place != INPUT_PLACE else (cause,):
            if one is every and cause.mistake.startswith("flatten-"):
                continue  # there is but one layer that reads a map
            text = advice(one, voice, VGG16)
            assert text[0].isupper() and text.endswith(".") and text.count("`") % 2 == 0
            assert not any(bad in text for bad in ("$", "  ", "``", "None")), text
        tool = voice.tool
        if voice.advice_for and cause.place != INPUT_PLACE:
            layer = VGG16.layer(cause.place)
            names = {
                layer.names.get(tool, layer.name),
                layer.parameters if tool == "matconvnet" else None,
            }
            text = advice(cause, voice, VGG16)
            general = cause.mistake.startswith(("precision-", "policy-"))
            assert general or any(name and name in text for name in names), text


def test_a_runners_own_advice_is_for_known_mistakes_and_comes_first() -> None:
    for voice in OWN:
        for mistake, text in voice.advice.items():
            beginning = text.partition("$")[0]  # what is filled in comes after it
            assert advice(Cause(mistake, "conv3_2"), voice, VGG16).startswith(beginning)


def test_describe() -> None:
    said = {
        Cause("kernels-rotated", "conv3_2"): "conv3_2: the kernels are rotated by 180°",
        Cause("channels-swapped", "input"): "input: the channels are swapped (RGB for BGR)",
        Cause("off-by-one", "fc6", "fc7"): "fc6: the exported feature is that of fc7",
        Cause("before-relu", "fc6"): "fc6: the feature was taken before the ReLU",
        Cause("dropout", "fc6"): "fc6: dropout is active",
        Cause("weights-other", "fc6", "a $1 file"): "fc6: the weights are those of a $1 file",
    }
    assert {cause: describe(cause) for cause in said} == said


def test_advice_speaks_the_tools_language() -> None:
    rotated = Cause("kernels-rotated", "conv3_2")
    theano = advice(rotated, KERAS2, VGG16)
    assert "convert_all_kernels_in_model(model)" in theano
    tensorflow = advice(rotated, KERAS3, VGG16)
    assert "convert_all_kernels" not in tensorflow and "`block3_conv2`" in tensorflow
    assert "`conv3_2`" in advice(rotated, MATCONVNET, VGG16)
    off = Cause("off-by-one", "fc6", "fc7")
    assert "model.get_layer('fc1').output" in advice(off, KERAS3, VGG16)
    assert "not at `fc2`" in advice(off, KERAS3, VGG16)
    assert "of `relu6`, not of `relu7`" in advice(off, MATCONVNET, VGG16)
    assert "`fc6` instead of those of `fc7`" in advice(off, Voice(), VGG16)
    mean = Cause("mean-swapped", "input")
    assert "103.939, 116.779, 123.68 for BGR" in advice(mean, KERAS3, VGG16)
    flat = Cause("flatten-chw", "fc6")
    assert "reshape(w, [512 7 7 4096])" in advice(flat, MATCONVNET, VGG16)
    assert "channels, height, width" in advice(flat, PYTORCH, VGG16)
    assert "`model.eval()`" in advice(Cause("dropout", "fc6"), PYTORCH, VGG16)
    assert "'name', 'relu3_2'" in advice(Cause("relu-missing", "conv3_2"), MATCONVNET, VGG16)


@pytest.mark.parametrize("own", OF_TOOLS.values(), ids=OF_TOOLS)
def test_a_tool_s_own_file_has_only_mistakes_that_there_are(own) -> None:
    assert set(own) <= set(ADVICE)


def test_advice_that_pytorch_s_file_leaves_out_is_the_general_one() -> None:
    missing = Cause("tanh-missing", "fc6")
    assert advice(missing, PYTORCH, VGG16) == advice(missing, Voice(), VGG16)


def test_a_runner_s_own_advice_comes_first() -> None:
    own = Voice("keras", "keras3", {"bias-missing": "Give $layer its bias."})
    assert advice(Cause("bias-missing", "fc6"), own, VGG16) == "Give `fc1` its bias."
    rotated = Cause("kernels-rotated", "conv3_2")
    assert advice(rotated, own, VGG16) == advice(rotated, KERAS3, VGG16)


def test_a_runner_whose_words_are_not_known_is_given_general_advice() -> None:
    cause = Cause("bias-missing", "fc6")
    assert advice(cause, Voice(advice_for="abacus"), VGG16) == advice(cause, Voice(), VGG16)


@pytest.mark.parametrize("kind", RUNNERS, ids=[kind.name for kind in RUNNERS])
def test_every_runner_s_words_are_known(kind) -> None:
    assert kind.advice_for in ("", "keras2", "keras3", "matconvnet", *OF_TOOLS)
    for mistake in kind.advice:
        [*_, cause] = [each for each in CAUSES if each.mistake == mistake]
        advice(cause, Voice(kind.tool, kind.advice_for, kind.advice), VGG16)


def test_the_same_mistake_everywhere_is_one_sentence() -> None:
    convolutions = [layer.name for layer in VGG16.layers if layer.kind == "conv"]
    rotated = [Cause("kernels-rotated", name) for name in convolutions]
    other = Cause("bias-missing", "conv1_1")
    assert [describe(cause) for cause in merge([*rotated, other, *rotated], VGG16)] == [
        "every convolution: the kernels are rotated by 180°",
        "conv1_1: the bias is missing",
    ]
    assert merge(rotated[1:], VGG16) == rotated[1:]

    def everywhere(mistake: str, detail: str = "", **only: str) -> list[Cause]:
        kinds = set(only.values()) or {"conv", "dense"}
        causes = [Cause(mistake, one.name, detail) for one in VGG16.layers if one.kind in kinds]
        return merge(causes, VGG16)

    assert everywhere("weights-other", "x") == [Cause("weights-other", "every layer", "x")]
    assert everywhere("policy-float16") == [Cause("policy-float16", "every layer")]
    assert everywhere("pool-average", kind="pool") == [Cause("pool-average", "every pool")]


def test_merging_knows_which_layers_were_compared() -> None:
    fc6, fc7 = (Cause("weights-other", name, "x") for name in ("fc6", "fc7"))
    assert merge([fc6, fc7], VGG16) == [fc6, fc7]
    assert merge([fc6, fc7], VGG16, {"fc6", "fc7"}) == [Cause("weights-other", "every layer", "x")]
    mixed = Cause("weights-other", "fc7", "y")
    assert merge([fc6, mixed], VGG16, {"fc6", "fc7"}) == [fc6, mixed]
    dropout = [Cause("dropout", "fc6"), Cause("dropout", "fc7")]
    assert merge(dropout, VGG16) == [Cause("dropout", "every hidden dense layer")]
    relu = [Cause("before-relu", one.name) for one in VGG16.layers if one.activation == "relu"]
    assert merge(relu, VGG16) == [Cause("before-relu", "every layer with a ReLU")]
    assert merge([], VGG16) == []


def test_one_layer_is_not_every_layer() -> None:
    causes = [Cause("softmax-missing", "prob"), Cause("flatten-chw", "fc6")]
    assert merge(causes, VGG16_TINY) == causes


def test_an_unknown_mistake_is_refused() -> None:
    with pytest.raises(KeyError):
        describe(Cause("gremlins", "fc6"))
    with pytest.raises(KeyError):
        advice(Cause("gremlins", "fc6"), KERAS3, VGG16)


def test_no_value_is_without_a_title() -> None:
    assert set(VALUES) < set(INPUT_TITLES)


def test_the_words_are_neither_repeated_nor_left_over() -> None:
    texts = {advice(cause, KERAS3, VGG16) for cause in CAUSES}
    assert len(texts) > 0.6 * len(CAUSES)
    assert not any(re.search(r"\b(\w+) \1\b", text) for text in texts)


# --- every mistake of every operation -------------------------------------------------------


def declared() -> dict[str, list[str]]:
    """Key of a mistake to the operations that declare it."""
    found: dict[str, list[str]] = {}
    for op in OPS.values():
        for mistake in op.mistakes:
            found.setdefault(mistake.key, []).append(op.key)
    return found


def test_no_operation_declares_a_mistake_without_words_or_advice() -> None:
    lacking = []
    for key in declared():
        for voice in VOICES:
            try:
                text = advice(Cause(key, "every layer"), voice, VGG16)
            except (KeyError, ValueError) as error:
                lacking.append((key, voice.advice_for, str(error)))
                continue
            assert text[0].isupper() and text.endswith(".") and text.count("`") % 2 == 0, text
            assert not any(bad in text for bad in ("$", "  ", "``", "None")), text
            assert not re.search(r"\b(\w+) \1\b", text), text
        assert describe(Cause(key, "x")).startswith("x: ")
    assert {key for key, *_ in lacking} <= FLATTENS, lacking


FLATTENS = {f"flatten-{letters}" for letters in ("chw", "cwh", "whc", "hcw", "wch")}
"""Their advice states the kernel's shape, which "every layer" does not have."""


def test_a_mistake_is_described_alike_by_every_operation_that_declares_it() -> None:
    titles: dict[str, set[str]] = {}
    for op in OPS.values():
        for mistake in op.mistakes:
            titles.setdefault(mistake.key, set()).add(mistake.title)
    assert [key for key, found in titles.items() if len(found) > 1] == []
    # Mistakes with the image and with its resize have keys of their own.
    assert not titles.keys() & {*INPUT_TITLES, *RESIZES}


def test_advice_states_the_nodes_own_attributes() -> None:
    network = NETWORKS["resnet-tiny"]
    [epsilon] = {node.attributes["epsilon"] for node in network.nodes if node.op == "batch_norm"}
    text = advice(Cause("epsilon-1e-3", "bn_conv1"), KERAS3, network)
    assert f"set to {epsilon:g};" in text and "`conv1_bn`" in text
    general = advice(Cause("epsilon-1e-3", "every batch normalisation"), Voice(), network)
    assert "the network's own value, instead of 1e-3" in general


def test_the_same_mistake_at_every_node_of_an_operation_is_one_sentence() -> None:
    network = NETWORKS["resnet-tiny"]
    places = [node.name for node in network.nodes if node.op == "batch_norm"]
    causes = [Cause("batch-statistics", name) for name in places]
    assert [cause.place for cause in merge(causes, network)] == ["every batch normalisation"]
    assert merge(causes[1:], network) == causes[1:]
    relus = [Cause("relu-missing", node.name) for node in network.nodes if node.op == "relu"]
    assert [cause.place for cause in merge(relus, network)] == ["every ReLU"]
