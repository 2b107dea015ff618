"""Pickles that PyTorch did not write: they are never loaded here, since loading one runs it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from netparity.files.strangers.listings import zip_members
from netparity.files.strangers.seen import Seen
from netparity.files.strangers.stranger import Stranger, python

_BEGINNINGS = re.compile(
    rb"\x80[\x02-\x05]|\(dp\d|\(lp\d|c[a-zA-Z_]\w*(\.\w+)*\n\w+\n|\(i[a-zA-Z_]"
)
_OF_TORCH = (b"torch", b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19")
"""A name, and the number with which PyTorch's own files began before they were archives."""

_LOAD = 'pickle.load(open({path}, "rb"), encoding="latin1")'
_SAVE_ALL = f'import numpy, pickle; numpy.savez("weights.npz", **{_LOAD})'
_SAVE_LIST = f'import numpy, pickle; numpy.savez("weights.npz", *{_LOAD})'
_TENSOR = (
    'import numpy, torch; numpy.save("features.npy", '
    'torch.load({path}, map_location="cpu").detach().numpy())'
)
_WEIGHTS = "its arrays to an .npz and give that as --weights"


@dataclass(frozen=True)
class _Kind:
    """A pickle that has these bytes near its beginning, and what saves its contents."""

    holds: bytes
    what: str
    code: str
    written: str = _WEIGHTS


_KINDS = (
    _Kind(
        rb"param values",
        "a pickle of Lasagne's",
        f'import numpy, pickle; numpy.savez("weights.npz", *{_LOAD}["param values"])',
    ),
    _Kind(
        rb"joblib|NumpyArrayWrapper",
        "a pickle of joblib's",
        'import joblib, numpy; numpy.savez("weights.npz", **joblib.load({path}))',
    ),
    _Kind(
        rb"sklearn",
        "a pickled model of scikit-learn",
        f'import numpy, pickle; numpy.savez("weights.npz", **vars({_LOAD}))',
    ),
    _Kind(
        rb"pandas",
        "a pickled table of pandas",
        'import pandas; pandas.read_pickle({path}).to_csv("features.csv", index=False)',
        "its table as CSV",
    ),
    _Kind(
        rb"(?i)keras|tensorflow",
        "a pickled Keras model",
        f'import pickle; {_LOAD}.save("model.h5")',
        "it as a Keras file and give that as --model",
    ),
    _Kind(rb"\A(\x80[\x02-\x05](\x95.{8})?\]|\(lp)(?s:.*)numpy", "a pickled list", _SAVE_LIST),
    _Kind(rb"numpy", "a pickle of NumPy arrays", _SAVE_ALL),
    _Kind(rb"", "a Python pickle", _SAVE_ALL),
)


def of_torch(seen: Seen) -> Stranger | None:
    """A file that PyTorch saved, where those are not read; None if it is none."""
    is_archive = seen.head.startswith(b"PK") and any(
        name.rpartition("/")[2] == "data.pkl" for name in zip_members(seen)
    )
    if not is_archive and not (_BEGINNINGS.match(seen.head) and _is_of_torch(seen.head)):
        return None
    help = f"If it is a tensor, save that as .npy: {python(_TENSOR, seen.path)}"
    return Stranger("was saved by torch.save", help)


def recognise(seen: Seen) -> Stranger | None:
    """What a pickle holds, as far as the names in it say; None if it is PyTorch's, or none."""
    if not _BEGINNINGS.match(seen.head) or _is_of_torch(seen.head):
        return None
    kind = next(kind for kind in _KINDS if re.search(kind.holds, seen.head))
    help = f"If you trust its origin, write {kind.written}: {python(kind.code, seen.path)}"
    says = f"is {kind.what}, which is not loaded because that could run a program"
    return Stranger(says, help, sort="model" if kind.written == _WEIGHTS else "other")


def _is_of_torch(head: bytes) -> bool:
    return any(name in head[:4096] for name in _OF_TORCH)
