"""Pictures, documents, programs, tables and texts that were given by mistake."""

from __future__ import annotations

import re

from netparity.files.strangers.seen import Seen, shown
from netparity.files.strangers.stranger import Kind, Sort, Stranger, filled, first

_IMAGE = "If it is the image, give it as --image: netparity compare {path}"
_NOT_WEIGHTS = "Give the file that holds the {what}; what is beside it: ls {folder}"
_BOTH = "Give both: --model {path} --weights net.caffemodel"
_HEIF = (b"ftypheic", b"ftypmif1", b"ftypavif")
_PROGRAMS = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"#!/")
_MAT4 = (b"\0\0\0\0", b"\n\0\0\0", b"2\0\0\0", b"\0\0\x03\xe8")
_MATLAB = "Save it again in MATLAB or Octave with: save('-v7', 'net.mat', '-struct', 'net')"
_OCTAVE = "Save it again in Octave with: save('-v7', 'net.mat', '-struct', 'net')"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

KINDS = (
    Kind("is a PNG image", _IMAGE, magic=(b"\x89PNG\r\n\x1a\n",), sort="picture"),
    Kind("is a JPEG image", _IMAGE, magic=(b"\xff\xd8\xff",), sort="picture"),
    Kind("is a GIF image", _IMAGE, magic=(b"GIF87a", b"GIF89a"), sort="picture"),
    Kind("is a TIFF image", _IMAGE, magic=(b"II*\0", b"MM\0*"), sort="picture"),
    Kind("is a WebP image", _IMAGE, magic=(b"WEBP",), at=8, sort="picture"),
    Kind("is an HEIF or AVIF image", _IMAGE, magic=_HEIF, at=4, sort="picture"),
    Kind("is a video", _NOT_WEIGHTS, magic=(b"ftyp",), at=4, sort="other"),
    Kind("is a PDF document", _NOT_WEIGHTS, magic=(b"%PDF-",), sort="other"),
    Kind("is a PostScript document", _IMAGE, magic=(b"%!PS",), sort="picture"),
    Kind("is a program", _NOT_WEIGHTS, magic=_PROGRAMS, sort="other"),
    Kind(
        "is a program of Windows",
        _NOT_WEIGHTS,
        magic=(b"MZ",),
        holds=(b"PE\0\0",),
        sort="other",
    ),
    Kind("is compiled Python", _NOT_WEIGHTS, endings=(".pyc", ".pyo"), sort="other"),
    Kind("is an old office document", _NOT_WEIGHTS, magic=(_OLE,), sort="other"),
    Kind("is an SQLite database", _NOT_WEIGHTS, magic=(b"SQLite format 3\0",), sort="other"),
    Kind("is a table in Parquet", _NOT_WEIGHTS, magic=(b"PAR1",), sort="other"),
    Kind("is a file of MATLAB 4", _MATLAB, magic=_MAT4, endings=(".mat",), sort="other"),
    Kind("is in Octave's own binary format", _OCTAVE, magic=(b"Octave-1-",), sort="other"),
    Kind("is a table in Arrow", _NOT_WEIGHTS, magic=(b"ARROW1", b"FEA1"), sort="other"),
)
_IN_TEXT = (
    (r"\A\s*\{\s*\"(cells|nbformat)\"", "a Jupyter notebook", _NOT_WEIGHTS),
    (
        r"\A\s*\{[^}]*\"(architectures|model_type|num_classes|_name_or_path)\"",
        "the configuration of a model without its weights",
        "Give the file with the weights, which is often model.safetensors beside it: ls {folder}",
    ),
    (r"\A\s*(<\?xml[^>]*>\s*)?<svg", "an SVG drawing", _IMAGE),
    (
        r"^[ \t]*(import [\w.]+|from [\w.]+ import |(def|class) \w+.*:[ \t]*$)",
        "Python source",
        "Run it and save what it computes, for example: torch.save(model.state_dict(), 'w.pth')",
    ),
    (
        r"^[ \t]*(function\b.*\(|classdef )",
        "MATLAB source",
        "Run it in MATLAB and save the network: save('net.mat', '-struct', 'net')",
    ),
    (
        r"^[ \t]*(layers?|input_param|input_shape)[ \t]*\{",
        "the structure of a Caffe network without its weights",
        _BOTH,
    ),
    (r"\A\s*<[?!a-zA-Z]", "an XML document", _NOT_WEIGHTS),
)
_MOST_TEXT = 4096
_MOST_CELLS = 50


def recognise(seen: Seen) -> Stranger | None:
    """What a picture, document or program is; None if it is something else."""
    if seen.head.startswith(b"BM") and seen.head[6:10] == bytes(4):
        return Stranger("is a BMP image", filled(_IMAGE, seen), "picture")
    return first(KINDS, seen) or _text(seen)


def _text(seen: Seen) -> Stranger | None:
    text = seen.text[:_MOST_TEXT]
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return None
    if text.startswith("# Created by Octave"):
        return Stranger("is in Octave's own text format", _OCTAVE, sort="text")
    for pattern, what, help in _IN_TEXT:
        if re.search(pattern, text, re.M):
            sort: Sort = "picture" if help is _IMAGE else "text" if help is _BOTH else "other"
            return Stranger(f"is {what}", filled(help, seen), sort)
    if _is_table(lines[0]) or (len(lines) > 1 and _is_table(lines[1])):
        help = "If they are features, compare them with: netparity check {path}"
        return Stranger("is a table of numbers as text", filled(help, seen), sort="text")
    says = f"is a text that begins with {shown(lines[0])}"
    return Stranger(says, filled(_NOT_WEIGHTS, seen), sort="text")


def _is_table(line: str) -> bool:
    cells = [cell for cell in re.split(r"[,;\t ]", line.strip()) if cell]
    try:
        return len([float(cell) for cell in cells[:_MOST_CELLS]]) > 0
    except ValueError:
        return False
