"""One file per format, which recognises, reads and writes it. A new one is a file and a line."""

from netparity.weights.contents import Format
from netparity.weights.formats import (
    canonical,
    keras3,
    keras_h5,
    matconvnet,
    npy_pickle,
    npz,
    onnx,
    torchvision_pth,
    torchvision_safetensors,
)

FORMATS: tuple[Format, ...] = (
    *keras_h5.FORMATS,
    *keras3.FORMATS,
    *matconvnet.FORMATS,
    *torchvision_pth.FORMATS,
    *canonical.FORMATS,
    *torchvision_safetensors.FORMATS,
    *onnx.FORMATS,
    *npz.FORMATS,
    *npy_pickle.FORMATS,
)

BY_NAME = {format_.name: format_ for format_ in FORMATS}
