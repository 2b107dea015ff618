"""Networks and weights of tools whose files are not read here: a row for each kind of file."""

from __future__ import annotations

import re
from dataclasses import replace

from netparity.files.strangers import tensorflow
from netparity.files.strangers.seen import Seen
from netparity.files.strangers.stranger import AS_NPZ, AS_ONNX, Kind, Stranger, first, python

_EXPORT = 'torch.onnx.export(model, image, "model.onnx")'
ORIGIN = f"Give the network that it was converted from, or export that as ONNX: {_EXPORT}"
_FLAX = (
    "import numpy; from flax.traverse_util import flatten_dict; "
    "from flax.serialization import msgpack_restore; "
    'numpy.savez("weights.npz", **{"/".join(k): v for k, v in '
    'flatten_dict(msgpack_restore(open({path}, "rb").read())).items()})'
)
_TORCH7 = (
    "import numpy, torchfile; numpy.savez("
    '"weights.npz", *[p for m in torchfile.load({path}).modules for p in (m.weight, m.bias) '
    "if p is not None])"
)
_MXNET = (
    'import mxnet; mxnet.onnx.export_model("model-symbol.json", "model-0000.params", '
    '[(1, 3, 224, 224)], "float32", "model.onnx")'
)
_CAFFE2 = (
    f"{AS_ONNX}: convert-caffe2-to-onnx predict_net.pb --caffe2-init-net init_net.pb "
    "--value-info '{\"data\": [1, [1, 3, 224, 224]]}' --output model.onnx"
)
_CNTK = "import cntk; cntk.Function.load({path}).save({onnx}, format=cntk.ModelFormat.ONNX)"
_PADDLE = (
    "import numpy, paddle; "
    'numpy.savez("weights.npz", **{k: v.numpy() for k, v in paddle.load({path}).items()})'
)
_TO_ONNX = (
    f"{AS_ONNX}: paddle2onnx --model_dir {{folder}} --model_filename {{stem}}.pdmodel "
    "--params_filename {stem}.pdiparams --save_file {onnx}"
)
_CHECKPOINT = (
    "Check that all of its parts are there (.index, .data-00000-of-00001) and read it with: "
    "python -m tensorflow.python.tools.inspect_checkpoint --file_name={stem}"
)
_JOBLIB = 'import joblib, numpy; numpy.savez("weights.npz", **joblib.load({path}))'
_DEVICES = (".uff", ".dlc", ".om", ".kmodel", ".hef", ".xmodel", ".rknn", ".nb", ".tnnmodel")
_BINARY_PROTOBUF = (b"\x08",)

KINDS = (
    Kind(
        "is a file of Lua Torch (.t7)",
        AS_NPZ,
        code=_TORCH7,
        magic=(b"\x03\0\0\0", b"\x04\0\0\0", b"4\n", b"3\n"),
        holds=(b"V 1",),
    ),
    Kind("is a file of Lua Torch (.t7)", AS_NPZ, code=_TORCH7, endings=(".t7",)),
    Kind("is a Core ML model", ORIGIN, magic=_BINARY_PROTOBUF, endings=(".mlmodel",)),
    Kind("is a network of OpenVINO", ORIGIN, holds=(b"<net ", b"<layers>")),
    Kind("is an engine of TensorRT", ORIGIN, magic=(b"ftrt", b"ptrt")),
    Kind("is an engine of TensorRT", ORIGIN, endings=(".engine", ".trt", ".plan")),
    Kind("holds weights of PaddlePaddle", AS_NPZ, code=_PADDLE, endings=(".pdparams",)),
    Kind("is the state of an optimizer of PaddlePaddle", AS_NPZ, _PADDLE, endings=(".pdopt",)),
    Kind("is a network of PaddlePaddle", _TO_ONNX, endings=(".pdmodel", ".pdiparams")),
    Kind(
        "holds weights of MXNet",
        AS_ONNX,
        code=_MXNET.replace('"model-0000.params"', "{path}"),
        magic=(b"\x12\x01\0\0\0\0\0\0",),
    ),
    Kind(
        "is the graph of an MXNet network without its weights",
        AS_ONNX,
        code=_MXNET.replace('"model-symbol.json"', "{path}"),
        magic=(b"{",),
        holds=(b'"nodes"', b'"op"', b'"attr'),
    ),
    Kind("is the graph of an MXNet network", AS_ONNX, _MXNET, endings=("-symbol.json",)),
    Kind(
        "is the configuration of a Darknet network",
        f"Load it with its weights in a program that reads Darknet and export it: {_EXPORT}",
        magic=(b"[net]", b"[network]"),
    ),
    Kind(
        "holds weights of Darknet",
        f"Load them in a program that reads Darknet and export the network: {_EXPORT}",
        magic=(b"\0\0\0\0\x01\0\0\0", b"\0\0\0\0\x02\0\0\0"),
        endings=(".weights", ".conv.13", ".conv.15", ".conv.74"),
    ),
    Kind("is a model of CNTK", AS_ONNX, code=_CNTK, holds=(b"CompositeFunction",)),
    Kind("is a model of CNTK", AS_ONNX, code=_CNTK, endings=(".cntk", ".dnn", ".cmf")),
    Kind("holds weights of Caffe2", _CAFFE2, holds=(b"GivenTensorFill",)),
    Kind("is a network of Caffe2", _CAFFE2, endings=("predict_net.pb", "init_net.pb")),
    Kind("is the graph of an ncnn network", ORIGIN, magic=(b"7767517",)),
    Kind("is a model of MNN", ORIGIN, endings=(".mnn",)),
    Kind("is a model of TNN", ORIGIN, endings=(".tnnproto", ".tnnmodel")),
    Kind("is a model of ONNX Runtime's own format", ORIGIN, magic=(b"ORTM",), at=4),
    Kind("is a program of ExecuTorch", ORIGIN, magic=(b"ET1",), at=4),
    Kind("is a GGUF file of llama.cpp", ORIGIN, magic=(b"GGUF",)),
    Kind("is a GGML file", ORIGIN, magic=(b"lmgg", b"fmgg", b"tjgg", b"ggml", b"ggjt")),
    Kind("holds weights of Flax or JAX (msgpack)", AS_NPZ, code=_FLAX, endings=(".msgpack",)),
)


BY_NAME = (
    Kind("is named as the index of a TensorFlow checkpoint", _CHECKPOINT, endings=(".index",)),
    Kind("is named as the graph of a TensorFlow checkpoint", _CHECKPOINT, endings=(".meta",)),
    Kind("is named as a checkpoint", _CHECKPOINT, endings=(".ckpt",)),
    Kind(
        "is named as Keras's part of a TensorFlow SavedModel",
        f"{AS_ONNX}: {tensorflow.CONVERT} --saved-model {{folder}} --output model.onnx",
        endings=("keras_metadata.pb", "fingerprint.pb"),
    ),
    Kind(
        "is named as a graph of TensorFlow or Caffe2, and begins as neither",
        f"If it is TensorFlow's, write it as ONNX and give that as --model: {tensorflow.CONVERT} "
        "--graphdef {path} --inputs INPUT:0 --outputs OUTPUT:0 --output {onnx}",
        endings=(".pb",),
    ),
    Kind("is named as a dump of joblib's", AS_NPZ, _JOBLIB, endings=(".joblib", ".jl")),
    Kind("is named as a model of a device", ORIGIN, endings=_DEVICES),
    Kind("is named as the values of an ONNX file", ORIGIN, endings=(".onnx.data", ".onnx_data")),
)
"""What is told by the name alone, where the content says nothing."""


def recognise(seen: Seen) -> Stranger | None:
    """What a file of another tool is; None if it is of none that is known here."""
    if (found := first(KINDS, seen)) is not None:
        return found
    return _weights_beside(seen)


def _weights_beside(seen: Seen) -> Stranger | None:
    """Raw numbers that another file explains."""
    name = seen.path.name
    if not name.endswith((".bin", ".data", "_data", ".weight")):
        return None
    if re.match(r"group\d+-shard", name) and (graph := seen.beside("model.json")):
        found = tensorflow.recognise(Seen(seen.path.with_name(graph)))
        return found and replace(found, says=f"is a part of {graph} of TensorFlow.js")
    stem = name.rpartition(".")[0]
    if graph := seen.beside(f"{stem}.xml"):
        return Stranger(f"holds the weights of OpenVINO's {graph}", ORIGIN, sort="model")
    if graph := seen.beside(f"{stem}.param"):
        return Stranger(f"holds the weights of ncnn's {graph}", ORIGIN, sort="model")
    stem = name.removesuffix("_data").removesuffix(".data")
    if (graph := seen.beside(stem, f"{stem}.onnx")) and graph.endswith(".onnx"):
        code = 'import onnx; onnx.save(onnx.load({path}), "single.onnx")'
        command = python(code, seen.path.with_name(graph))
        help = f"Save both as one file and give that as --model: {command}"
        return Stranger(f"holds the values of {graph}", help, sort="model")
    return None
