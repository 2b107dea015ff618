"""Runners as the user writes them: `NAME[key=value,...]`."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netparity.errors import UsageError
from netparity.protocol.runner_keys import join_keys, split_keys
from netparity.runners import DEFAULT_RUNNERS, RUNNERS, create_runners
from netparity.runners.words import SERVING


def one(text: str):
    [runner] = create_runners([text], RUNNERS)
    return runner


def refused(*texts: str) -> str:
    with pytest.raises(UsageError) as caught:
        create_runners(texts, RUNNERS)
    return str(caught.value)


@pytest.mark.parametrize("name", [kind.name for kind in RUNNERS])
def test_a_name_alone(name: str) -> None:
    runner = one(name)
    assert (runner.name, runner.label, runner.chosen) == (name, name, {})


@pytest.mark.parametrize("text", ["keras2-theano[]", " keras2-theano ", "keras2-theano[ , ]"])
def test_no_options_in_other_words(text: str) -> None:
    assert one(text).label == "keras2-theano"


def test_options_become_part_of_the_label() -> None:
    runner = one("keras2-theano[ data_format = channels_first ]")
    assert runner.chosen == {"data_format": "channels_first"}
    assert runner.label == "keras2-theano[data_format=channels_first]"
    assert runner.data_format == "channels_first"


def test_a_label_names_the_row_and_is_no_option() -> None:
    runner = one("keras2-theano[label=Theano = 1.0.5,data_format=channels_first]")
    assert runner.label == "Theano = 1.0.5"
    assert runner.chosen == {"data_format": "channels_first"}


def test_the_data_format_is_channels_last_unless_chosen() -> None:
    assert one("keras2-theano").data_format == "channels_last"
    assert one("keras2-theano[data_format=channels_last]").data_format == "channels_last"


def test_a_default_for_all_goes_to_those_that_know_it_and_yields_to_what_was_written() -> None:
    texts = ["keras2-theano", "matconvnet-octave", "matconvnet-octave[matconvnet=compat]"]
    runners = create_runners(texts, RUNNERS, {"matconvnet": "require"})
    assert [runner.chosen.get("matconvnet") for runner in runners] == [None, "require", "compat"]
    assert [runner.label for runner in runners] == texts


def test_the_order_is_the_users() -> None:
    texts = ["matconvnet-octave", "keras3-tensorflow"]
    assert [runner.label for runner in create_runners(texts, RUNNERS)] == texts


def test_the_default_set_can_be_made() -> None:
    labels = [runner.label for runner in create_runners(DEFAULT_RUNNERS, RUNNERS)]
    assert labels == list(DEFAULT_RUNNERS)


def test_one_runner_can_stand_twice_under_two_names() -> None:
    first, second = create_runners(["keras2-theano", "keras2-theano[label=again]"], RUNNERS)
    assert (first.label, second.label) == ("keras2-theano", "again")


def test_two_rows_of_one_name() -> None:
    assert "keras2-theano[label=...]" in refused("keras2-theano", "keras2-theano")
    assert "'x'" in refused("keras2-theano[label=x]", "matconvnet-octave[label=x]")


def test_an_unknown_name_lists_the_known_ones() -> None:
    message = refused("torch")
    assert "'torch'" in message
    assert all(kind.name in message for kind in RUNNERS)


def test_an_unknown_key_lists_the_known_ones() -> None:
    message = refused("keras2-theano[layout=x]")
    assert "unknown key 'layout'" in message
    assert "data_format, keras, blas," in message and "per_layer, label" in message


def test_an_unknown_value_lists_the_known_ones() -> None:
    assert "channels_last, channels_first" in refused("keras2-theano[data_format=first]")


def test_a_value_that_another_runner_has() -> None:
    assert "channels_last" in refused("keras3-tensorflow[data_format=channels_first]")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[label=x]",
        "keras2-theano[",
        "keras2-theano]",
        "keras2-theano[label=x]y",
        "keras2 theano",
        "../keras2-theano",
    ],
)
def test_another_form(text: str) -> None:
    assert "expected NAME or NAME[key=value,...]" in refused(text)


@pytest.mark.parametrize("inside", ["label", "label=", "=x", "data_format", "label= "])
def test_a_part_that_is_not_key_equals_value(inside: str) -> None:
    assert "is not of the form key=value" in refused(f"keras2-theano[{inside}]")


def test_a_key_given_twice() -> None:
    assert "label is given twice" in refused("keras2-theano[label=a,label=b]")


def test_the_name_of_the_reference_is_taken() -> None:
    assert "float64 pass" in refused("keras2-theano[label=reference]")


@pytest.mark.parametrize("length", [1, 300])
def test_a_label_of_allowed_length(length: int) -> None:
    assert one(f"keras2-theano[label={'x' * length}]").label == "x" * length


def test_a_label_that_is_too_long() -> None:
    assert "1 to 300 characters" in refused(f"keras2-theano[label={'x' * 301}]")


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ('"a,b"', "a,b"),
        ('"a]b[c"', "a]b[c"),
        (' "a , b" ', "a , b"),
        (r'"a \"b\", c:\\d"', r'a "b", c:\d'),
        ('"a" b', '"a" b'),
        ('"a', '"a'),
        ('a"b', 'a"b'),
    ],
)
def test_a_value_in_double_quotes_may_have_commas(written: str, label: str) -> None:
    assert one(f"keras2-theano[label={written},data_format=channels_last]").label == label


@given(st.dictionaries(st.sampled_from("abc"), st.text(min_size=1), min_size=1))
def test_keys_are_read_as_they_were_written(keys: dict[str, str]) -> None:
    assert {key: value for _, key, value in split_keys(join_keys(keys))} == keys


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("PyTorch", "pytorch"), ("ONNXRuntime", "onnxruntime"), ("onnx-runtime", "onnxruntime")),
        *(("Keras3_TensorFlow", "keras3-tensorflow"), ("tf_keras", "tf-keras")),
        ("OPENCV_DNN[label=a]", "opencv-dnn"),
    ],
)
def test_a_name_is_taken_in_any_case(text: str, name: str) -> None:
    assert one(text).name == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("caffe", "no runner 'caffe'; a Caffe network is read with --model deploy.prototxt"),
        ("Caffe", "--weights net.caffemodel"),
        ("tensorflow", "give --runner keras3-tensorflow or tf-keras"),
        ("TF", "keras3-tensorflow"),
        ("keras", "keras3-tensorflow (Keras 3)"),
        ("torch", "give --runner pytorch"),
        ("matlab", "matconvnet-matlab"),
        ("Octave", "--runner matconvnet-octave"),
        ("jax", "--runner keras3-jax"),
        ("onnx", "--runner onnxruntime"),
        ("opencv", "--runner opencv-dnn"),
        ("mxnet", "--model net.onnx --runner onnxruntime"),
        ("torch7", "--runner pytorch"),
        ("numpy", "the float64 reference is always computed"),
        ("pytroch", "did you mean pytorch?"),
        ("pytorch,onnxruntime", "give several as --runner A --runner B"),
    ],
)
def test_a_tool_that_is_no_runner_leads_to_one(text: str, words: str) -> None:
    message = refused(text)
    assert words in message, message


def test_what_serves_is_a_runner() -> None:
    names = {kind.name for kind in RUNNERS}
    for text in SERVING.values():
        assert re.findall(r"[\w-]+", text)[0] in names
        assert not set(re.findall(r"\w+-\w+", text)) - names


def test_a_default_label_can_be_given_again() -> None:
    text = 'matconvnet-octave[matconvnet_root="/opt/a,b"]'
    assert one(text).label == text
    assert one(one(text).label).chosen == {"matconvnet_root": "/opt/a,b"}


@given(st.text(max_size=40))
def test_any_text_is_a_runner_or_a_usage_error(text: str) -> None:
    for form in (text, f"keras2-theano[{text}]", f"keras2-theano[label={text}]"):
        try:
            assert one(form).label
        except UsageError as error:
            assert str(error)
