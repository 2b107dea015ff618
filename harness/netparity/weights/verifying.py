"""Do two files hold the same weights, whatever kind of files they are, and where are they from?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from netparity.errors import InputError
from netparity.networks import Network
from netparity.networks.diff import preprocessing_differences
from netparity.watch import SILENT, Watch
from netparity.weights.contents import Tensors
from netparity.weights.named import open_named
from netparity.weights.opened import WeightFile, open_weights
from netparity.weights.origin import origin_sentence
from netparity.weights.sameness import Sameness, about_dropout, as_dict, compare, details
from netparity.weights.sameness import fix as command_for
from netparity.weights.sameness import sentence as in_words

_MOST_LINES = 12
_SYNTHETIC = "synthetic:"


@dataclass(frozen=True)
class Given:
    """Weights with the network that they are for.

    Attributes:
        title: what the user calls them: a file, or `synthetic:SEED`.
        tensors: of the network, canonical.
        names: tensor to its name in the file, where that is another.
        states_network: whether the file states its network itself, so that a difference in
            structure is one of the files.
        dropout: whether the file lists dropout layers; None if it lists only those with weights.
    """

    title: str
    network: Network
    tensors: Tensors
    names: Mapping[str, str] = field(default_factory=dict)
    states_network: bool = False
    dropout: bool | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether two sets of weights are the same, why not, and where they come from.

    Attributes:
        structure: a sentence for each difference between the networks, if both files state theirs.
        preprocessing: a sentence for each difference in what is done to an image first.
        origins: where each comes from, if the values tell.
    """

    first: Given
    second: Given
    found: Sameness
    structure: tuple[str, ...]
    preprocessing: tuple[str, ...]
    origins: tuple[str | None, str | None]

    @property
    def same(self) -> bool:
        """Whether nothing differs: neither tensors nor what both files state of the network."""
        return self.found.same and not (self.structure or self.preprocessing)

    @cached_property
    def sentence(self) -> str:
        """The result in one sentence, or two if the networks differ too."""
        words = in_words(self.found, self.first.title, self.second.title)
        if self.structure:
            return f"{words} Their networks are not the same function."
        if self.preprocessing:
            return f"{words} Their networks expect images that are prepared in different ways."
        return words

    @property
    def fix(self) -> str | None:
        """The command that removes the difference between the tensors, if there is one."""
        return command_for(self.found, self.first.title, self.second.title)

    @property
    def dropout(self) -> str | None:
        """A remark on dropout layers that only one file lists."""
        return about_dropout(
            self.first.title, self.first.dropout, self.second.title, self.second.dropout
        )

    @property
    def lines(self) -> list[str]:
        """All that is worth saying, a line each, the sentence first."""
        lines = [self.sentence]
        lines += [f"  {sentence}" for sentence in (*self.structure, *self.preprocessing)]
        more = details(self.found, self.first.names, self.second.names)
        if self.structure or any(" A" in line or " B" in line for line in more):
            lines.insert(1, f"A is {self.first.title}, B is {self.second.title}")
        lines += more[:_MOST_LINES]
        if len(more) > _MOST_LINES:
            lines.append(f"  and {len(more) - _MOST_LINES} more (--json lists them all)")
        for given, words in zip((self.first, self.second), self.origins, strict=True):
            if words is not None:
                lines.append(f"origin of {given.title}: {words}")
        lines += [line for line in (self.dropout,) if line is not None]
        return lines + ([f"fix: {self.fix}"] if self.fix is not None else [])

    def as_dict(self) -> dict[str, object]:
        """The same for JSON."""
        found = as_dict(self.found, self.sentence, self.fix, self.dropout)
        return {
            **found,
            "same": self.same,
            "structure": list(self.structure),
            "preprocessing": list(self.preprocessing),
            "origins": list(self.origins),
        }


def verify(first: Given, second: Given, watch: Watch = SILENT) -> Verdict:
    """Compare two sets of weights, of any networks and from any files.

    Raises:
        InputError: if a tensor cannot be read.
    """
    found = compare(first.tensors, second.tensors, first.network, second.network, watch)
    both = first.states_network and second.states_network
    preprocessing = preprocessing_differences(first.network, second.network) if both else ()
    with watch.task("looking for the origin"):
        origins = [origin_sentence(given.network, given.tensors) for given in (first, second)]
    return Verdict(
        first,
        second,
        found,
        found.structure if both else (),
        tuple(preprocessing),
        (origins[0], origins[1]),
    )


def given_as(title: str, file: WeightFile) -> Given:
    """The weights of a file.

    Args:
        title: what the user calls it.
    """
    names = {tensor: place.name for tensor, place in file.places.items()}
    return Given(title, file.model, file.tensors, names, file.read is not None, file.dropout)


def open_both(
    first: str, second: str, model: Network | None = None, titles: tuple[str, str] | None = None
) -> tuple[Given, Given]:
    """Open two files, or make synthetic weights.

    Where one is synthetic and the model is not given, it is that of the other. A file of tensors
    that fits no network of the catalogue is read as the network that the other file states.

    Args:
        first: `synthetic:SEED`, or the path of a file.
        second: another.
        titles: what the user calls them, if that is something else.

    Raises:
        NetparityError: if one cannot be read, or is not of that model.
    """
    a, b = titles or (first, second)
    if first.startswith(_SYNTHETIC):
        other = _opened(b, second, model, None)
        return _opened(a, first, model or other.network, None), other
    if second.startswith(_SYNTHETIC):
        one = _opened(a, first, model, None)
        return one, _opened(b, second, model or one.network, None)
    try:
        one = _opened(a, first, model, None)
    except InputError as error:
        other = _opened(b, second, model, None)
        return _opened(a, first, model, other, error), other
    return one, _opened(b, second, model, one)


def _opened(
    title: str,
    source: str,
    model: Network | None,
    other: Given | None,
    error: InputError | None = None,
) -> Given:
    """A file, read as the other's network if it is of none that is known."""
    if source.startswith(_SYNTHETIC):
        named = open_named(source, model)
        return Given(title, named.model, named.tensors, dropout=named.dropout)
    try:
        if error is not None:
            raise error
        return given_as(title, open_weights(Path(source), model))
    except InputError:
        if model is not None or other is None or not other.states_network:
            raise
        return given_as(title, open_weights(Path(source), other.network))
