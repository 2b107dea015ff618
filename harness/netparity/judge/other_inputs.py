"""What a diagnosis may give the network in place of the right input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from netparity.diagnosis.other_input import KnownInputs, OtherInput, OtherInputs
from netparity.inputs import DecodedImage, Recipes
from netparity.inputs.preparing import Tensors
from netparity.inputs.recipes import Recipe, usable
from netparity.networks import Network

_SAME_LEVELS = 0.5


def other_inputs(
    images: Sequence[DecodedImage],
    network: Network,
    shared: npt.NDArray[np.float32],
    tensors: Tensors | None = None,
) -> OtherInputs:
    """All that people make of these images.

    Args:
        images: none if the input itself was given; nothing else is tried then.
        shared: the right input.
        tensors: the network's, of which only a mean image is read.
    """
    if not usable(images, network):
        return KnownInputs({})
    return RecipeInputs(Recipes(images, network, tensors), shared)


class RecipeInputs:
    """The inputs of all recipes; of several that give the same input only the likeliest.

    Those that are everywhere within half a grey level of the right one are left out.
    """

    def __init__(self, recipes: Recipes, shared: npt.NDArray[np.float32]) -> None:
        self._recipes, self._right = recipes, shared
        self._near = _SAME_LEVELS * recipes.grey_level
        self._made: dict[Recipe, OtherInput | None] = {}
        self._recipe_of: dict[int, Recipe] = {}

    def alone(self) -> Iterator[OtherInput]:
        """Each with one mistake, the likeliest first."""
        yield from self._distinct(self._recipes.alone())

    def beside(self, other: OtherInput) -> Iterator[OtherInput]:
        """Each that takes one more step otherwise."""
        recipe = self._recipe_of.get(id(other))
        if recipe is not None:
            yield from self._distinct(self._recipes.beside(recipe))

    def _distinct(self, recipes: Iterable[Recipe]) -> Iterator[OtherInput]:
        seen: set[int] = set()
        for recipe in recipes:
            made = self._make(recipe)
            if made is None:
                continue
            key = hash(made.tensor.tobytes())
            if key not in seen:
                seen.add(key)
                yield made

    def _make(self, recipe: Recipe) -> OtherInput | None:
        if recipe not in self._made:
            tensor = self._recipes.tensor(recipe)
            made = None
            if tensor is not None and not self._is_right(tensor):
                made = OtherInput(recipe.mistakes, lambda: tensor, recipe.views)
                self._recipe_of[id(made)] = recipe
            self._made[recipe] = made
        return self._made[recipe]

    def _is_right(self, tensor: npt.NDArray[np.floating]) -> bool:
        same = tensor.shape == self._right.shape
        return same and bool((np.abs(tensor - self._right) <= self._near).all())
