"""What to change for each mistake, in the words of the tool that makes it.

A new mistake is one entry in one of these files, and one in `titles.py` if neither an operation nor
`mistakes.py` has a title. The key of a family ends in `-*`. PyTorch's advice is in a file of its
own, and the general advice applies to what it leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping

from netparity.diagnosis.advice.activations import ACTIVATIONS
from netparity.diagnosis.advice.base import Advice
from netparity.diagnosis.advice.images import IMAGES
from netparity.diagnosis.advice.inputs import INPUTS
from netparity.diagnosis.advice.layers import LAYERS
from netparity.diagnosis.advice.normalising import NORMALISING
from netparity.diagnosis.advice.pytorch import PYTORCH
from netparity.diagnosis.advice.reading import READING
from netparity.diagnosis.advice.shapes import SHAPES
from netparity.diagnosis.advice.windows import WINDOWS

__all__ = ["ADVICE", "OF_TOOLS", "Advice"]

ADVICE: Mapping[str, Advice] = {
    **INPUTS,
    **IMAGES,
    **LAYERS,
    **WINDOWS,
    **NORMALISING,
    **ACTIVATIONS,
    **SHAPES,
    **READING,
}

OF_TOOLS: Mapping[str, Mapping[str, str]] = {"pytorch": PYTORCH}
"""Advice in one tool's words, by the name in `advice_for` and then by the keys of `ADVICE`."""
