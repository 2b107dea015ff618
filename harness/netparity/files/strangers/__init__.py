"""Files and folders that no reader here reads: what they are, and the command that helps.

`recognise` looks at the first and last 64 KiB of a file, at what its header says of its length, at
an archive's list of members and at the names beside the file. Nothing is unpacked but a beginning,
no link in a file or folder is followed, and nothing is loaded. A new kind is a row in a table of
`downloads`, `archives`, `tensorflow`, `frameworks`, `pickles` or `documents`.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from netparity.files.strangers import (
    archives,
    documents,
    downloads,
    folders,
    frameworks,
    incomplete,
    missing,
    pickles,
    tensorflow,
)
from netparity.files.strangers.seen import Seen, stem_of
from netparity.files.strangers.stranger import Stranger, first

_CONTAINERS = (b"\x89HDF\r\n\x1a\n", b"\x93NUMPY", b"MATLAB ")
_OTHER_HELP = {
    ("features", "model"): "Features are arrays of numbers; save them in the program that computes "
    "them: numpy.save('fc6.npy', values)",
    ("features", "picture"): "Give the file with the features first, then the image: netparity "
    "check fc6.npy --image {path}",
    ("array", "model"): "It takes an array of numbers: numpy.save('input.npy', values)",
    ("array", "picture"): "Give the image in place of the array: netparity compare {path}",
    ("image", "picture"): "Write it as PNG and give that: magick {path} {png}",
    ("image", "model"): "If it is a network, give it as --model or --weights: netparity compare "
    "IMAGE --model {path}",
}
"""What helps in place of the kind's own help, by what was expected and what it is."""


def hint(path: Path) -> str | None:
    """A sentence for a path that does not exist; None if nothing is known that helps."""
    try:
        return missing.hint(path)
    except (OSError, ValueError):
        return None


def recognise(path: Path) -> Stranger | None:
    """What a file or folder is, if it is of a kind that is known but not read here.

    Files of the kinds that are read are not strangers unless they end early. Errors of the system
    are none of a reader's: they give None.
    """
    try:
        seen = Seen(path)
        if seen.is_folder:
            return folders.recognise(seen)
        return _of_file(seen) if seen.head else None
    except (OSError, ValueError):  # a name may hold what no path can
        return None


def recognise_features(path: Path) -> Stranger | None:
    """The same where features are wanted, which are not read from PyTorch's files."""
    try:
        return recognise(path) or pickles.of_torch(Seen(path))
    except (OSError, ValueError):  # a name may hold what no path can
        return None


def _of_file(seen: Seen) -> Stranger | None:
    if (found := incomplete.recognise(seen)) is not None:
        return found
    is_safetensors = seen.head[4:9] == b"\0\0\0\0{"
    if seen.head.startswith(_CONTAINERS) or is_safetensors:
        return None
    if seen.head.startswith(archives.ZIP):
        return archives.recognise(seen)
    kinds = (downloads, archives, tensorflow, frameworks, pickles, documents)
    found = next((found for kind in kinds if (found := kind.recognise(seen)) is not None), None)
    return found or first(frameworks.BY_NAME, seen)


def sentence(path: Path, what: str, stranger: Stranger) -> str:
    """What the user reads of a stranger.

    Args:
        what: what the file was expected to hold: `weights`, `network`, `features`, `image`.
    """
    kind = "folder" if path.is_dir() else "file"
    help = _OTHER_HELP.get((what, stranger.sort), stranger.help)
    png = f"{stem_of(path)}.png"
    for field, value in (("what", what), ("path", str(path)), ("png", png)):
        help = help.replace(f"{{{field}}}", value if field == "what" else shlex.quote(value))
    subject = f"{what} {path} cannot be decoded" if what == "image" else f"{what} {path}"
    begins = "" if stranger.says.startswith(folders.ORDINARY) else f": the {kind}"
    return f"{subject}{begins} {stranger.says}. {help}"


__all__ = ["Stranger", "hint", "recognise", "recognise_features", "sentence"]
