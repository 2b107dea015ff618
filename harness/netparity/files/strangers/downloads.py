"""What a failed or unfinished download leaves in place of a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from netparity.files.strangers.seen import Seen, amount, shown
from netparity.files.strangers.stranger import Kind, Stranger, filled, first

FETCH = "curl -fL -o {name} ADDRESS"

_LFS = b"version https://git-lfs.github.com/spec/"
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_PAGE = re.compile(r"\s*(<\?xml[^>]*>\s*)?<(!doctype html|html|head|body|title|meta|script)", re.I)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,300})", re.I)
_MOST_PAGE = 2**14
_PLACES = (
    ("drive.google.com", "Google Drive", "gdown --fuzzy ADDRESS -O {name}"),
    ("docs.google.com", "Google Drive", "gdown --fuzzy ADDRESS -O {name}"),
    ("google drive", "Google Drive", "gdown --fuzzy ADDRESS -O {name}"),
    (
        "huggingface.co",
        "Hugging Face",
        FETCH + " (the file's address has /resolve/, the page's /blob/)",
    ),
    ("github.com", "GitHub", FETCH + " (the file's address has /raw/, the page's /blob/)"),
    ("dropbox.com", "Dropbox", FETCH + " (with ?dl=1 at the end of the address)"),
)
_DENIED = (
    *("access denied", "accessdenied", "entry not found", "not found", "unauthorized"),
    *("forbidden", "invalid username or password", "rate limit", "quota exceeded", "nosuchkey"),
    *(
        "requested url returned error",
        "is restricted",
        "bad gateway",
        "service unavailable",
        "too many requests",
        "gated repo",
    ),
)
_MOST_ANSWER_BYTES = 2**14

KINDS = (
    Kind(
        "is an unfinished download",
        "Finish it or download the file again: curl -fL -C - -O ADDRESS",
        endings=(".part", ".partial", ".crdownload", ".download", ".aria2", ".!ut", ".tmp"),
        sort="other",
    ),
    Kind(
        "is macOS's record of attributes of another file, not that file",
        "Give the file whose name lacks the ._ in front: ls -la {folder}",
        magic=(b"\x00\x05\x16\x07", b"\x00\x05\x16\x00"),
        sort="other",
    ),
    Kind(
        "is a shortcut to a file or page, not the file itself",
        "Give the path of what it leads to, or download that: " + FETCH,
        magic=(b"L\x00\x00\x00\x01\x14\x02\x00", b"[InternetShortcut]", b"[Desktop Entry]"),
        sort="other",
    ),
    Kind(
        "is a BitTorrent file, which only says where to download another",
        "Download that first: aria2c {path}",
        magic=(b"d8:announce", b"d7:comment", b"d13:announce"),
        sort="other",
    ),
)


def recognise(seen: Seen) -> Stranger | None:
    """What a download left; None if the file is something else."""
    return next((found for found in _all(seen) if found is not None), None)


def _all(seen: Seen) -> Iterator[Stranger | None]:
    yield _pointer(seen)
    yield _page(seen)
    yield _answer(seen)
    yield _zeros(seen)
    yield first(KINDS, seen)


def _pointer(seen: Seen) -> Stranger | None:
    """A small file that a version control system keeps in place of a large one."""
    if seen.head.startswith(_LFS):
        match = re.search(rb"^size (\d{1,18})\s*$", seen.head, re.M)
        stands_for = f" of {amount(int(match[1]))}" if match else ""
        says = f"is a Git LFS pointer of {amount(seen.size)} in place of a file{stands_for}"
        return Stranger(says, filled("Fetch that: git -C {folder} lfs pull -I {name}", seen))
    if seen.size < 2**13 and b"annex/objects/" in seen.head.partition(b"\n")[0]:
        says = "is a git-annex pointer in place of a file"
        return Stranger(says, filled("Fetch that: git -C {folder} annex get {name}", seen))
    if re.match(r"(md5: \w+\n|wdir: .*\n|frozen: .*\n)*outs:\s*\n- ", seen.text):
        says = "is a DVC pointer in place of a file"
        return Stranger(says, filled("Fetch that and give the file itself: dvc pull {path}", seen))
    return None


def is_page(text: str) -> bool:
    """Whether a text that begins so is a page of HTML."""
    return _PAGE.match(_COMMENT.sub("", text[:4096])) is not None


def _page(seen: Seen) -> Stranger | None:
    if not is_page(seen.text):
        return None
    found = _TITLE.search(seen.text[:_MOST_PAGE])
    title = f", {shown(found[1])}" if found and found[1].strip() else ""
    says = f"is an HTML page{title}, as a browser or a failed download saves it in place of a file"
    lower, command = seen.text.lower(), FETCH
    for text, place, place_command in _PLACES:
        if text in lower:
            says, command = says.replace("an HTML page", f"an HTML page of {place}"), place_command
            break
    return Stranger(says, filled(f"Download the file itself: {command}", seen))


def _answer(seen: Seen) -> Stranger | None:
    """A server's answer that it has no file to give."""
    text = seen.text.strip()
    if not text or seen.size > _MOST_ANSWER_BYTES:
        return None
    words = None
    if text.startswith("HTTP/") or _is_refusal(text):
        words = text.partition("\n")[0]
    elif match := re.search(r"<Error>.*?<Code>([^<]{1,100})</Code>", text[:4096], re.S):
        words = match[1]
    elif text.startswith("{"):
        words = _reason_in_json(text)
    if words is None:
        return None
    says = f"is a server's answer, {shown(words)}, in place of a file"
    return Stranger(says, filled(f"Check the address and download the file again: {FETCH}", seen))


def _is_refusal(text: str) -> bool:
    short = len(text) < 300 and "\n" not in text and not text.startswith(("{", "[", "<"))
    return short and any(word in text.lower() for word in _DENIED)


def _reason_in_json(text: str) -> str | None:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or len(answer) > 12:
        return None
    reason = next((answer[key] for key in ("error", "message", "detail") if key in answer), None)
    if isinstance(reason, dict):
        reason = reason.get("message", reason.get("code"))
    return None if reason is None else str(reason)


def _zeros(seen: Seen) -> Stranger | None:
    if seen.size < 64 or seen.head.strip(b"\0"):
        return None
    says = f"begins with {amount(len(seen.head))} of nothing but zeros, as an aborted download does"
    return Stranger(says, filled(f"Download it again: {FETCH}", seen))
