"""What was probably meant by a path that leads nowhere."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from netparity.files.strangers.seen import MOST_ENTRIES, Seen
from netparity.files.strangers.tensorflow import checkpoint_help

_ADDRESS = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+]{1,9}):/{1,3}(?P<rest>.+)", re.S)
_BUCKETS = {"s3": "aws s3 cp", "gs": "gsutil cp"}
_BARE = re.compile(r"(www\.|huggingface\.co/|github\.com/|drive\.google\.com/)", re.I)
_WINDOWS = re.compile(r"(?P<drive>[A-Za-z]):[\\/](?P<rest>.*)", re.S)
_MARKS = "\"'`\u201c\u201d\u2018\u2019 \t\r\n"


def hint(path: Path) -> str | None:
    """A sentence for a path that does not exist; None if nothing is known that helps."""
    text = str(path)
    if (address := address_help(text)) is not None:
        return address
    return next((found for found in _all(path, text) if found is not None), None)


def address_help(text: str) -> str | None:
    """How to download what an address names; None if the text is not an address.

    A path made of an address has lost one of its slashes.
    """
    match = _ADDRESS.fullmatch(text.strip(_MARKS))
    if match is None and not _BARE.match(text):
        return None
    scheme, rest = (match["scheme"].lower(), match["rest"]) if match else ("https", text)
    if scheme == "file":
        return f"It is an address of a file; give the path alone: {shlex.quote('/' + rest)}"
    address = f"{scheme}://{rest}"
    name = re.sub(r"[?#].*", "", rest, flags=re.S).rstrip("/").rpartition("/")[2] or "weights"
    page = re.fullmatch(r"huggingface\.co/([\w.-]+/[\w.-]+)/?(tree/.*)?", rest)
    if page:
        name = "model.safetensors"
        command = f"hf download {page[1]} model.safetensors --local-dir ."
    elif scheme in _BUCKETS:
        command = f"{_BUCKETS[scheme]} {shlex.quote(address)} ."
    elif scheme == "hf":
        owner, _, file = rest.rpartition("/")
        command = f"hf download {shlex.quote(owner)} {shlex.quote(file)} --local-dir ."
    elif "drive.google.com" in rest:
        name, command = "weights.h5", f"gdown --fuzzy {shlex.quote(address)} -O weights.h5"
    elif scheme in ("http", "https", "ftp"):
        if re.match(r"(huggingface\.co|github\.com)/", rest):
            places = ("/blob/", "/resolve/") if "huggingface" in rest else ("/blob/", "/raw/")
            address = address.replace(*places, 1)
        command = f"curl -fL -o {shlex.quote(name)} {shlex.quote(address)}"
    else:
        return None
    return f"It is an address; download the file and give {name}: {command}"


def _all(path: Path, text: str) -> Iterator[str | None]:
    yield _link(path)
    if match := _WINDOWS.fullmatch(text):
        rest = match["rest"].replace("\\", "/")
        here = shlex.quote(f"/mnt/{match['drive'].lower()}/{rest}")
        yield f"It is a path of Windows; in its subsystem for Linux that is {here}"
    if _exists(bare := text.strip(_MARKS)) and bare != text:
        yield f"There are quotes or blanks around it; give {shlex.quote(bare)}"
    if _exists(plain := text.replace("\\", "")) and plain != text:
        yield f"There is a backslash too many in it; give {shlex.quote(plain)}"
    if _exists(home := os.path.expandvars(os.path.expanduser(text))) and home != text:
        yield f"Give {shlex.quote(home)}"
    parts = [part.strip() for part in re.split("[,;]", text) if part.strip()]
    if len(parts) > 1 and _exists(parts[0]):
        yield f"There are several paths in it; give one alone: {shlex.quote(parts[0])}"
    if path.with_name(f"{path.name}.index").is_file():
        yield f"It is the prefix of a TensorFlow checkpoint. {checkpoint_help(path)}"
    yield _neighbour(path)


def _link(path: Path) -> str | None:
    if not path.is_symlink():
        return None
    target = os.readlink(path)
    if "annex/objects/" in target:
        folder, name = shlex.quote(str(path.parent)), shlex.quote(path.name)
        return f"It is a link into git-annex; fetch the file: git -C {folder} annex get {name}"
    return f"It is a link to {target[:200]!r}, which is missing; restore that: ls -l {path.name!r}"


def _neighbour(path: Path) -> str | None:
    """A file in the same folder whose name is much like it."""
    try:
        names = [name for name in Seen(path.parent).entries[:MOST_ENTRIES] if name != path.name]
    except OSError:
        return None
    by_lower = {name.lower(): name for name in names}
    stems = [name for name in names if name.rpartition(".")[0] == path.name]
    near = stems or get_close_matches(path.name.lower(), by_lower, n=1, cutoff=0.8)
    if not near:
        return None
    return f"Did you mean {shlex.quote(str(path.with_name(by_lower.get(near[0], near[0]))))}?"


def _exists(text: str) -> bool:
    try:
        return bool(text) and Path(text).exists()
    except (OSError, ValueError):
        return False
