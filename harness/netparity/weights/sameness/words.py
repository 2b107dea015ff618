"""The result of comparing two sets of weights in sentences, and the command that removes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from netparity.networks.matching.sentences import listed
from netparity.weights import changes
from netparity.weights.changes import LOSSY, usual_layers
from netparity.weights.sameness.result import Sameness

WORDS = {
    **changes.WORDS,
    "scaled-input": "scaled for an image of another range",
    "shifted-mean": "holding another mean of the image in the bias",
    "permuted-classes": "with the classes in another order",
    "permuted-units": "with the units in another order",
    "permuted-inputs": "with the inputs in another order",
    "other-epsilon": "with another epsilon",
    "merged": "merged with the batch normalisation after it",
    "not-merged": "not merged with the batch normalisation after it",
}
"""What the first file's tensor is, relative to the second's; those of `changes` can be undone."""


def sentence(found: Sameness, first: str, second: str) -> str:
    """The result in one sentence.

    Args:
        first: the name of the first file.
        second: the name of the second file.
    """
    if found.only_first or found.only_second:
        return _incomplete(found, first, second)
    if found.different:
        return _different(found, first, second)
    if not found.changed:
        return f"{first} and {second} are the same weights."
    parts = "; ".join(_part(name, found) for name in _names(found))
    function = ": the same function" if found.harmless else ""
    return f"{first} is {second} with {parts}{function}."


def _incomplete(found: Sameness, first: str, second: str) -> str:
    """If one has tensors that the other lacks."""
    total = len(found.equal) + len(found.changed) + len(found.different)
    rest = f"all {total} that both have are equal"
    if found.changed or found.different:
        rest = f"of the {total} that both have, {len(found.equal)} are equal"
        rest += f"; {_of_layers(found)}" if found.different else ""
    elif not total:
        rest = "they have none in common"
    if found.heads is not None:
        a, b = found.heads
        layers = f"{listed([*a.layers])} for {listed([*b.layers])}"
        own = listed([*a.layers]) if a.layers == b.layers else layers
        classes = "" if a.classes == b.classes else f": {a.classes} classes, not {b.classes}"
        return f"{first} has another head than {second} ({own}{classes}); {rest}."
    missing = found.only_first or found.only_second
    lacking = second if found.only_first else first
    return (
        f"{lacking} lacks tensors or has them in another shape ({', '.join(missing[:4])}"
        f"{', ...' if len(missing) > 4 else ''}); {rest}."
    )


def _different(found: Sameness, first: str, second: str) -> str:
    """If no known change relates some of the tensors."""
    layers = found.layer_names(found.layers)
    further, unrelated = found.trained_further, found.unrelated
    in_first, in_second = found.quantised
    if not unrelated and not further and not (in_first and in_second):
        quantised = in_first or in_second
        exact, rounded = (second, first) if in_first else (first, second)
        agree = len(layers) - len(quantised)
        rest = f"; the other {agree} agree" if agree else ""
        return f"{rounded} is {exact} quantised: {_of_layers(found)}{rest}."
    if len(unrelated) == len(layers):
        return (
            f"{first} and {second} are different weights: no layer agrees, so they are different "
            "trainings."
        )
    if not unrelated:
        agree = len(layers) - len({*further, *in_first, *in_second})
        rest = f"; the other {agree} agree" if agree else ""
        return f"{first} is {second} trained further: {_of_layers(found)}{rest}."
    differ = len({*further, *unrelated, *in_first, *in_second})
    agree = len(layers) - differ
    return (
        f"{first} and {second} are different weights in {differ} of "
        f"{len(layers)} layers: {_of_layers(found)}{f'; {agree} agree' * bool(agree)}."
    )


def _of_layers(found: Sameness) -> str:
    """The layers that differ: those that were trained further, and those of another training."""
    parts = []
    total = len(found.layer_names(found.layers))
    for side, quantised in zip("AB", found.quantised, strict=True):
        if quantised:
            levels = [max(apart.levels) for apart in found.different.values() if any(apart.levels)]
            parts.append(
                f"{len(quantised)} of {total} layers have few distinct values in {side} (at most "
                f"{max(levels)} in {listed(quantised)}, relative L2 {_sizes(found, quantised)})"
            )
    if further := found.trained_further:
        verb = "differs" if len(further) == 1 else "differ"
        parts.append(
            f"{len(further)} of {total} layers {verb} a little ({listed(further)}, relative L2 "
            f"{_sizes(found, further)})"
        )
    if unrelated := found.unrelated:
        verb = "has" if len(unrelated) == 1 else "have"
        parts.append(f"{listed(unrelated)} {verb} nothing in common")
    return "; ".join(parts)


def _sizes(found: Sameness, layers: list[str]) -> str:
    """The relative distances of some layers' tensors."""
    sizes = [
        apart.relative
        for name, apart in found.different.items()
        if found.layers[name] in layers and apart.size > 1
    ]
    low, high = f"{min(sizes):.2g}", f"{max(sizes):.2g}"
    return low if low == high else f"{low} to {high}"


def fix(found: Sameness, first: str, second: str) -> str | None:
    """The command that removes the difference; None if there is none or nothing explains it."""
    if not found.changed or not found.explained:
        return None
    names = _names(found)
    if not set(names) <= set(changes.WORDS) or not found.convertible:
        return None
    if LOSSY & set(names):
        rest = [name for name in names if name not in LOSSY]
        if not rest:
            return f"use {second}: the precision that {first} lost by rounding cannot be restored"
        return (
            f"use {second}: the precision that {first} lost by rounding cannot be restored (for "
            f"the rest: {_options(found, rest)})"
        )
    return f"netparity weights convert {first} OUT {_options(found, names)}"


def details(
    found: Sameness,
    first_names: Mapping[str, str] | None = None,
    second_names: Mapping[str, str] | None = None,
) -> list[str]:
    """A line for each tensor that no known change relates, and for what changes do.

    Args:
        first_names: tensor of the first network to its name in the first file.
        second_names: the same of the second.
    """
    names = first_names or {}, second_names or {}
    lines = [f"  {found.layers[name]}: {words}" for name, words in found.details.items()]
    if found.order is not None:
        side, order = found.order.split()
        lines.append(
            f"  {side} does not state the order of the image's channels; its first layer takes "
            f"{order}"
        )
    for name, apart in found.different.items():
        lines.append(
            f"  {_named(name, found, *names)}: {apart.count:,} of {apart.size:,} values differ, by "
            f"at most {apart.largest:.3g}, relative L2 {apart.relative:.3g}"
            + "".join(f", {WORDS[name]}" for name in apart.after)
        )
    if found.rounded:
        many = "tensor differs" if found.rounded == 1 else "tensors differ"
        lines.append(f"  {found.rounded} {many} by the rounding of float32 alone")
    return lines


def about_dropout(
    first: str, first_lists: bool | None, second: str, second_lists: bool | None
) -> str | None:
    """A remark if only one of the files lists dropout layers; None otherwise.

    They hold no weights and do nothing outside training, so the weights are the same; but tools
    that load layers by position or number find them at different ones.
    """
    if first_lists is None or second_lists is None or first_lists == second_lists:
        return None
    listing, other = (first, second) if first_lists else (second, first)
    return f"{listing} lists dropout layers and {other} does not; this changes no value."


def as_dict(
    found: Sameness, summary: str, command: str | None, remark: str | None
) -> dict[str, object]:
    """The result and its sentences, for JSON."""
    return {
        "same": found.same,
        "explained": found.explained,
        "sentence": summary,
        "fix": command,
        "dropout": remark,
        "equal": list(found.equal),
        "changed": {name: list(names) for name, names in found.changed.items()},
        "different": {name: asdict(entry) for name, entry in found.different.items()},
        "only_first": list(found.only_first),
        "only_second": list(found.only_second),
        "details": dict(found.details),
        "order": found.order,
        "names_in_second": dict(found.seconds),
        "trained_further": found.trained_further,
        "quantised": [*map(list, found.quantised)],
        "unrelated": found.unrelated,
    }


def _options(found: Sameness, names: list[str]) -> str:
    parts = []
    for name in names:
        layers = _layers(name, found)
        usual = layers == usual_layers(name, found.model)
        parts.append(f"--apply {name}{'' if usual else '=' + ','.join(layers)}")
    return " ".join(parts)


def _names(found: Sameness) -> list[str]:
    used = {name for names in found.changed.values() for name in names}
    return [name for name in WORDS if name in used]


def _layers(name: str, found: Sameness) -> list[str]:
    """The layers with a tensor that a change explains, in the network's order."""
    return found.layer_names(tuple(t for t, names in found.changed.items() if name in names))


def _part(name: str, found: Sameness) -> str:
    layers = _layers(name, found)
    convolutions = _convolutions(found)
    if layers == convolutions and len(layers) > 1:
        which = f"all {len(layers)} convolutions"
    elif len(layers) == len(found.layer_names(found.layers)):
        which = "every layer"
    elif len(layers) > 4:
        which = f"{len(layers)} layers ({', '.join(layers[:3])}, ...)"
    else:
        which = listed(layers)
    return f"{which} {WORDS[name]}"


def _convolutions(found: Sameness) -> list[str]:
    """The layers whose node is a convolution that is not as large as its input."""
    model = found.model
    own = {
        node.tensors["kernel"]
        for node in model.nodes
        if node.op == "conv"
        and "kernel" in node.tensors
        and tuple(model.shapes[node.inputs[0]][:2]) != model.tensors[node.tensors["kernel"]][:2]
    }
    return found.layer_names(tuple(own))


def _named(
    name: str, found: Sameness, first_names: Mapping[str, str], second_names: Mapping[str, str]
) -> str:
    """A tensor, with its names in the files where they are others."""
    second = found.seconds.get(name, name)
    a, b = first_names.get(name, name), second_names.get(second, second)
    others = [f"{a} in A"] * (a != name) + [f"{b} in B"] * (b != name)
    return f"{name} ({', '.join(others)})" if others else name
