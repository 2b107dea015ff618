"""Files that PyTorch wrote and that are not state dicts: what they are, and what to type."""

from __future__ import annotations

import pickletools
import re
import shlex
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from netparity.errors import InputError
from netparity.files import torch_file
from netparity.files.limits import NAME_SHOWN, DamagedError
from netparity.files.pickled_objects import Placeholder, TensorRef
from netparity.files.strangers.stranger import python
from netparity.weights.checkpoints.rest import in_python, is_optimizer

SAVE = 'torch.save(model.state_dict(), "weights.pth")'

_TAR_NAMES = (b"sys_info\0", b"pickle\0", b"storages\0", b"tensors\0")
_FEW = 8
_PROTOCOLS = range(2, 6)
_INSTRUCTIONS = {ord(opcode.code) for opcode in pickletools.opcodes}
_OLD_PICKLE = re.compile(rb"\(?[dlc](p\d|copy_reg|__main__|collections|numpy|torch|[a-z_.]+\n)")
NUMPY_COMMAND = (
    "if you trust it, load it in Python and save its arrays by name: "
    'numpy.savez("weights.npz", **arrays)'
)
_NUMPY = ("numpy.core.multiarray.", "numpy._core.multiarray.", "numpy.ndarray")


def whole_model(path: Path, keys: tuple[str | int, ...], module: Placeholder) -> InputError:
    """A whole model, which only its own code could make again."""
    where = f" in {in_python(keys)}" if keys else ""
    return InputError(
        f"weights {path} are a whole pickled model{where} of class {module.kind[:NAME_SHOWN]}, and "
        f"pickles are never run; in the program that made it, write {SAVE}"
    )


def several(path: Path, networks: Sequence[tuple[str, str]]) -> InputError:
    """Several networks, given as how Python reaches each and in words."""
    shown = ", ".join(words for _, words in networks[:_FEW])
    more = f" and {len(networks) - _FEW} more" if len(networks) > _FEW else ""
    code = f'torch.save(torch.load({{path}}, map_location="cpu"){networks[0][0]}, "weights.pth")'
    return InputError(
        f"weights {path} hold several networks: {shown}{more}. Save the one you mean and give that "
        f"as --weights: {python(f'import torch; {code}', path)}"
    )


def nothing_found(path: Path, value: Any) -> InputError:
    """Whatever else was saved."""
    what = "contain no dictionary of tensors"
    if isinstance(value, TensorRef):
        what = f"contain a single tensor of shape {value.shape}"
    elif is_optimizer(value) or (
        isinstance(value, dict) and any(map(is_optimizer, value.values()))
    ):
        what = "contain the state of an optimizer, no network"
    elif isinstance(value, Placeholder):
        what = f"contain an object of {value.kind[:NAME_SHOWN]}, no dictionary of tensors"
    elif isinstance(value, (list, tuple)) and any(isinstance(each, TensorRef) for each in value):
        what = "contain a list of tensors without names"
    elif _holds_numpy(value) or (
        isinstance(value, dict) and any(map(_holds_numpy, islice(value.values(), _FEW)))
    ):
        return InputError(
            f"weights {path} contain pickled NumPy arrays, no tensors; {NUMPY_COMMAND}"
        )
    return InputError(f"weights {path} {what}; save a state dict: {SAVE}")


def kernels_in(module: Placeholder, seen: set[int]) -> int:
    """How many tensors of two axes and more a whole model has that are not in `seen` yet."""
    waiting: list[Any] = [module]
    count = 0
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, TensorRef):
            count += len(node.shape) > 1
        elif isinstance(node, Placeholder) and node.state is not None:
            waiting.append(node.state)
        elif isinstance(node, dict):
            waiting.extend(node.values())
    return count


def is_other_archive(names: Iterable[str]) -> bool:
    """Whether an archive is one that PyTorch writes with the code of a network."""
    return _archive_kind(names) is not None


def refuse_other_archive(path: Path, names: Iterable[str]) -> None:
    """Refuse TorchScript, an exported program, or a package.

    Raises:
        InputError: saying which, and how to get a state dict.
    """
    kind = _archive_kind(names)
    if kind is not None:
        what, state_dict = kind
        code = f'import torch; torch.save({state_dict}, "weights.pth")'
        raise InputError(
            f"weights {path} are {what}. Save its state dict and give that as --weights: "
            f"{python(code, path)}"
        )


def _archive_kind(names: Iterable[str]) -> tuple[str, str] | None:
    """What an archive is, and Python that makes its state dict."""
    for name in names:
        inner = name.partition("/")[2] or name
        if inner == "constants.pkl":
            return (
                "a TorchScript archive",
                'torch.jit.load({path}, map_location="cpu").state_dict()',
            )
        if inner in ("archive_format", "serialized_exported_program.json"):
            return "a program that torch.export saved", "torch.export.load({path}).state_dict"
        if inner == ".data/extern_modules":
            load = 'torch.package.PackageImporter({path}).load_pickle("model", "model.pkl")'
            return "a torch.package archive", f"{load}.state_dict()"
    return None


def is_tar(head: bytes) -> bool:
    """Whether it is the tar archive that PyTorch wrote before version 0.1.10."""
    return head[257:262] == b"ustar" and head.startswith(_TAR_NAMES)


def is_pickle(path: Path, head: bytes) -> bool:
    """Whether it begins like a pickle that `torch.save` did not write."""
    if torch_file.is_legacy(head):
        return False
    if head[:1] == b"\x80" and len(head) > 2:  # a header of safetensors may have such a length
        return head[1] in _PROTOCOLS and head[2] in _INSTRUCTIONS
    named = path.suffix.lower() in (".pkl", ".pickle", ".pth", ".pt", ".p")
    return named and _OLD_PICKLE.match(head) is not None


def is_numpy_pickle(path: Path, head: bytes) -> bool:
    """Whether it begins like a pickle of NumPy's arrays without any of PyTorch's tensors."""
    named = path.suffix.lower() in (".pkl", ".pickle", ".p")
    return named and is_pickle(path, head) and b"numpy" in head and b"torch" not in head


def refuse_others(path: Path, head: bytes) -> None:
    """Refuse a tar archive, a part of a distributed checkpoint, or a plain pickle.

    Raises:
        InputError: saying which, and what to type.
        DamagedError: the same of a pickle.
    """
    if path.suffix == ".distcp":
        command = "python -m torch.distributed.checkpoint.format_utils dcp_to_torch"
        raise InputError(
            f"weights {path} are a part of a distributed checkpoint. Join its parts and give the "
            f"result as --weights: {command} {shlex.quote(str(path.parent))} weights.pth"
        )
    if is_tar(head):
        code = 'import torch; torch.save(torch.load({path}), "weights.pth")'
        raise InputError(
            f"weights {path} are a tar archive as PyTorch before 0.1.10 wrote it. If you trust its "
            f"origin, save it again with PyTorch before 2.6: {python(code, path)}"
        )
    if is_pickle(path, head):
        raise DamagedError(
            "it is a Python pickle that torch.save did not write, and pickles are never run; "
            f"{NUMPY_COMMAND}"
        )


def _holds_numpy(value: Any) -> bool:
    return isinstance(value, dict) and any(
        isinstance(each, Placeholder) and each.kind.startswith(_NUMPY)
        for each in islice(value.values(), _FEW)
    )
