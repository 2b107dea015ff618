"""Files of every kind that netparity does not read, made from their formats' descriptions."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import struct
import tarfile
import zipfile

import numpy as np


def zipped(*names: str) -> bytes:
    """A zip archive of small files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, b"content")
    return data.getvalue()


def tarred(*names: str) -> bytes:
    """A tar archive of small files."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 600
            archive.addfile(info, io.BytesIO(bytes(600)))
    return data.getvalue()


def field(number: int, data: bytes) -> bytes:
    """A field of Protocol Buffers that holds bytes."""
    return bytes([number << 3 | 2, len(data)]) + data


def graph_def() -> bytes:
    """A GraphDef: nodes of a name and an operation (TensorFlow's graph.proto)."""
    return field(1, field(1, b"input") + field(2, b"Placeholder")) + field(
        1, field(1, b"conv1/kernel") + field(2, b"Const")
    )


def page(title: str, body: str = "") -> bytes:
    """A page of HTML."""
    text = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{body}</body></html>"
    return text.encode()


def torch7() -> bytes:
    """The beginning of a Torch 7 file: type 4 (an object), index, version, class name."""
    version, name = b"V 1", b"nn.Sequential"
    head = struct.pack("<iii", 4, 1, len(version)) + version
    return head + struct.pack("<i", len(name)) + name + bytes(100)


LFS = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    b"size 553467096\n"
)
CHECKPOINT = b'model_checkpoint_path: "vgg_16.ckpt"\nall_model_checkpoint_paths: "vgg_16.ckpt"\n'
TABLE = bytes(200) + b"x" * 40 + bytes.fromhex("57fb808b247547db")
ARRAYS = {"conv1_1": np.zeros((2, 2), np.float32)}
SEQUENTIAL = {"class_name": "Sequential", "config": {"layers": []}, "backend": "tensorflow"}
MXNET = {"nodes": [{"op": "null", "name": "data", "attrs": {}}], "arg_nodes": [0], "heads": []}

FILES: list[tuple[str, bytes, str, str]] = [
    # name, content, what it is, what to type
    (
        "vgg16.h5",
        LFS,
        "Git LFS pointer of 134 bytes in place of a file of 553 MB",
        "lfs pull -I vgg16.h5",
    ),
    (
        "w.pth",
        b"/annex/objects/SHA256E-s553467096--4d7a.pth\n",
        "git-annex pointer",
        "annex get w.pth",
    ),
    ("vgg.h5.dvc", b"outs:\n- md5: a3\n  path: vgg.h5\n", "DVC pointer", "dvc pull"),
    ("html.h5", page("Sign in"), "HTML page, 'Sign in'", "curl -fL -o html.h5 ADDRESS"),
    ("a.pth", b"\n<!-- x --><!-- y -->\n<HTML><body>404</body></HTML>", "HTML page", "curl"),
    (
        "vgg16.npz",
        page("Google Drive - Virus scan warning", '<a href="https://drive.google.com/x">'),
        "HTML page of Google Drive",
        "gdown --fuzzy",
    ),
    ("x.onnx", page("x", "https://huggingface.co/login"), "page of Hugging Face", "/resolve/"),
    ("x.mat", page("x", "https://github.com/a/b/blob/x.mat"), "page of GitHub", "/raw/"),
    (
        "vgg.h5",
        b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>x</Message></Error>",
        "server's answer, 'AccessDenied'",
        "curl -fL -o vgg.h5 ADDRESS",
    ),
    ("b.pth", b'{"error": "Repository not found"}', "answer, 'Repository not found'", "curl"),
    ("c.pth", b'{"message": "Not Found", "status": "404"}', "answer, 'Not Found'", "curl"),
    ("d.pth", b'{"error": {"code": 403, "message": "Rate limit"}}', "'Rate limit'", "curl"),
    ("e.safetensors", b"Entry not found", "answer, 'Entry not found'", "curl"),
    ("f.h5", b"404: Not Found", "answer, '404: Not Found'", "curl"),
    ("g.pth", b"curl: (22) The requested URL returned error: 404\n", "'curl: (22)", "curl -fL"),
    ("h.h5", gzip.compress(page("x")), "HTML page packed with gzip", "curl -fL"),
    ("zeros.h5", bytes(70_000), "nothing but zeros", "curl"),
    ("vgg16.h5.part", b"abc", "unfinished download", "curl -fL -C -"),
    ("._vgg16.h5", b"\x00\x05\x16\x07\x00\x02", "macOS", "ls -la"),
    ("vgg16.url", b"[InternetShortcut]\r\nURL=https://x.org/", "shortcut", "curl"),
    ("m.zip", zipped("readme.txt", "m/vgg16.h5"), "zip archive that holds 'm/vgg16.h5'", "unzip"),
    ("hf.zip", zipped("config.json", "model.safetensors"), "holds 'model.safetensors'", "unzip"),
    ("n.zip", zipped("readme.txt"), "zip archive of 'readme.txt'", "unzip"),
    ("o.xlsx", zipped("[Content_Types].xml", "xl/a.xml"), "office document", "libreoffice"),
    (
        "net.pt2",
        zipped("net/archive_format", "net/models/model.json", "net/data/weights/weight_0"),
        "torch.export",
        "torch.export.load",
    ),
    ("p.tar", tarred("a.txt", "vgg_16.ckpt"), "tar archive that holds 'vgg_16.ckpt'", "tar -xf"),
    ("q.pth", tarred("sys_info", "pickle", "storages", "tensors"), "PyTorch before", "torch.save"),
    (
        "vgg_16_2016_08_28.tar.gz",
        gzip.compress(tarred("vgg_16.ckpt")),
        "tar archive packed with gzip that holds 'vgg_16.ckpt'",
        "tar -xzf",
    ),
    ("r.tar.bz2", bz2.compress(tarred("w.h5")), "with bzip2 that holds 'w.h5'", "tar -xjf"),
    ("s.tgz", gzip.compress(tarred("w.npz")), "holds 'w.npz'", "tar -xzf"),
    ("t.tar.xz", lzma.compress(tarred("w.h5")), "with xz that holds 'w.h5'", "tar -xJf"),
    ("w.h5.gz", gzip.compress(b"\x89HDF"), "packed with gzip", "gunzip -k"),
    ("w.npz", gzip.compress(b"\x89HDF"), "packed with gzip", "gunzip -c <"),
    ("w.h5.xz", lzma.compress(b"\x89HDF"), "packed with xz", "unxz -k"),
    ("w.h5.bz2", bz2.compress(b"\x89HDF"), "packed with bzip2", "bunzip2 -k"),
    ("w.h5.zst", b"\x28\xb5\x2f\xfd" + bytes(20), "packed with Zstandard", "unzstd"),
    ("w.7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(30), "7z archive", "7z x"),
    ("w.rar", b"Rar!\x1a\x07\x01\0" + bytes(30), "RAR archive", "unrar x"),
    ("w.rds", gzip.compress(b"X\n\0\0\0\3" + bytes(50)), "file of R", "Rscript"),
    ("vgg_16.ckpt", TABLE, "TensorFlow checkpoint", "tf.train.load_checkpoint"),
    ("m.ckpt.index", TABLE, "index of a TensorFlow checkpoint", "numpy.savez"),
    ("m.ckpt.data-00000-of-00001", b"\1\2\3\4", "part of a TensorFlow checkpoint", 'm.ckpt"'),
    ("m.ckpt.meta", b"\x0a\x04\x12\x02ab", "graph of a TensorFlow checkpoint", "load_checkpoint"),
    ("checkpoint", CHECKPOINT, "list of checkpoints", "vgg_16.ckpt"),
    ("saved_model.pb", b"\x08\x01\x12\x02ab", "SavedModel", "tf2onnx.convert --saved-model"),
    ("frozen.pb", graph_def(), "frozen graph of TensorFlow", "tf2onnx.convert --graphdef"),
    (
        "graph.pbtxt",
        b'node {\n  name: "x"\n  op: "Const"\n}\n',
        "graph of TensorFlow",
        "--checkpoint",
    ),
    ("v.tflite", b"\x1c\0\0\0TFL3" + bytes(40), "TensorFlow Lite", "tf2onnx.convert --tflite"),
    ("model.json", b'{"format": "layers-model", "modelTopology": {}}', "TensorFlow.js", "--tfjs"),
    ("arch.json", json.dumps(SEQUENTIAL).encode(), "architecture of a Keras", "model_from_json"),
    (
        "arch.yaml",
        b"backend: tensorflow\nclass_name: Sequential\nconfig:\n- class_name: Dense\n",
        "architecture of a Keras",
        "model_from_yaml",
    ),
    ("events.out.tfevents.1", b"\x18\0\0\0\0\0\0\0....brain.Event:2", "TensorBoard", "model.save"),
    ("vgg.t7", torch7(), "Lua Torch", "torchfile.load"),
    ("ascii.t7", b"4\n1\n3\nV 1\n13\nnn.Sequential\n", "Lua Torch", "numpy.savez"),
    ("vgg.net", torch7(), "Lua Torch", "torchfile.load"),
    ("v.mlmodel", b"\x08\x04\x12\x02ab", "Core ML", "torch.onnx.export"),
    ("v.xml", b'<?xml version="1.0"?>\n<net name="v" version="11"><layers>', "OpenVINO", "export"),
    ("v.engine", b"ftrt" + bytes(30), "TensorRT", "torch.onnx.export"),
    ("v.plan", b"\1\2\3\4" * 9, "TensorRT", "torch.onnx.export"),
    ("v.pdparams", pickle.dumps(ARRAYS), "PaddlePaddle", "paddle.load"),
    ("v.pdmodel", b"\x0a\x10" + bytes(30), "PaddlePaddle", "paddle2onnx --model_dir"),
    ("v-0000.params", struct.pack("<QQ", 0x112, 0) + bytes(30), "MXNet", "export_model"),
    ("v-symbol.json", json.dumps(MXNET).encode(), "MXNet", "export_model"),
    ("yolov3.weights", struct.pack("<iii", 0, 2, 0) + bytes(60), "Darknet", "torch.onnx.export"),
    ("vgg.cfg", b"[net]\nbatch=1\n[convolutional]\nfilters=64\n", "Darknet", "torch.onnx.export"),
    ("v.model", b"\x0a\x09\x0a\x04type\x12CompositeFunction", "CNTK", "cntk.Function.load"),
    (
        "init_net.pb",
        b"\x0a\x04init\x12\x20\x22\x0fGivenTensorFill",
        "Caffe2",
        "convert-caffe2-to-onnx",
    ),
    ("v.param", b"7767517\n75 83\nInput data 0 1 data\n", "ncnn", "torch.onnx.export"),
    ("v.mnn", b"\x20\0\0\0" + bytes(30), "MNN", "torch.onnx.export"),
    ("v.gguf", b"GGUF\3\0\0\0" + bytes(30), "GGUF", "torch.onnx.export"),
    ("v.ort", b"\x20\0\0\0ORTM" + bytes(30), "ONNX Runtime", "torch.onnx.export"),
    ("flax_model.msgpack", b"\x81\xa6params\x81\xa1a\xc7", "Flax", "msgpack_restore"),
    ("w.pkl", pickle.dumps(ARRAYS), "pickle of NumPy arrays", "numpy.savez"),
    ("w2.pkl", pickle.dumps(ARRAYS, 0), "pickle of NumPy arrays", "numpy.savez"),
    ("l.pkl", pickle.dumps(list(ARRAYS.values()), 2), "pickled list", "*pickle.load"),
    ("p.pickle", pickle.dumps({"a": 1}), "Python pickle", "If you trust its origin"),
    (
        "vgg16.pkl",
        pickle.dumps({"param values": list(ARRAYS.values()), "synset words": []}, 2),
        "pickle of Lasagne's",
        'encoding="latin1")["param values"]',
    ),
    ("w.joblib", b"\x80\x03cjoblib.numpy_pickle\nNumpyArrayWrapper\n", "joblib", "joblib.load"),
    ("m-1000.index", bytes(range(255, 200, -1)), "named as the index", "inspect_checkpoint"),
    ("odd.pb", bytes(range(255, 200, -1)), "named as a graph of TensorFlow", "--graphdef"),
    ("keras_metadata.pb", bytes(range(255, 200, -1)), "SavedModel", "--saved-model"),
    ("z.joblib", b"x\x9c" + bytes(range(255, 200, -1)), "joblib", "joblib.load"),
    ("v.dlc", bytes(range(255, 200, -1)), "a device", "torch.onnx.export"),
    ("i.png", b"\x89PNG\r\n\x1a\n" + bytes(30), "PNG image", "as --image"),
    ("i.h5", b"\xff\xd8\xff\xe0" + bytes(30), "JPEG image", "as --image"),
    ("i.bmp", b"BM" + bytes(40), "BMP image", "as --image"),
    ("i.webp", b"RIFF\0\0\0\0WEBPVP8 ", "WebP image", "as --image"),
    ("i.heic", b"\0\0\0\x18ftypheic", "HEIF", "as --image"),
    ("d.pdf", b"%PDF-1.5\n", "PDF document", "ls "),
    ("d.so", b"\x7fELF\2\1\1" + bytes(30), "program", "ls "),
    ("d.parquet", b"PAR1" + bytes(30), "Parquet", "ls "),
    ("v4.mat", struct.pack("<iiiii", 0, 1, 1, 0, 2) + b"x\0" + bytes(8), "MATLAB 4", "-v7"),
    ("oct.mat", b"# Created by Octave 7.3.0\n# name: net\n", "Octave's own text", "-v7"),
    (
        "model.py",
        b"# VGG\nfrom torch import nn\n\nclass VGG(nn.Module):\n    pass\n",
        "Python",
        "torch.save",
    ),
    ("net.m", b"% a network\nfunction net = vgg()\nend\n", "MATLAB source", "save("),
    ("n.ipynb", b'{\n "cells": [\n  {"cell_type": "code"}]}', "Jupyter notebook", "ls "),
    ("config.json", b'{"architectures": ["vgg16"], "num_classes": 1000}', "configuration", "ls "),
    ("t.csv", b"0.5,1.25,3\n1,2,3\n", "table of numbers", "netparity check"),
    ("t.txt", b"layer,mean\nfc6,0.5\n", "text that begins with 'layer,mean'", "ls "),
]
"""Name, content, what the sentence says, and what it tells the user to type."""
