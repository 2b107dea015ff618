"""Published weights, downloaded once and accepted only if their MD5 is the published one."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from netparity.errors import InputError, NetparityError, UsageError
from netparity.system.cache import cache_folder, exclusive
from netparity.watch import SILENT, Task, Watch
from netparity.weights.published import Published

_CHUNK_BYTES = 2**20
_MOST_BYTES = 2**31
_ATTEMPTS, _PAUSE_SECONDS = 5, 0.5
_TIMEOUT_SECONDS = 30.0


class FetchError(NetparityError):
    """A published file could not be fetched."""


def fetch(
    file: Published,
    mirror: str | None = None,
    offline: bool = False,
    watch: Watch = SILENT,
    timeout: float = _TIMEOUT_SECONDS,
) -> Path:
    """The path of a published file in the cache; it is downloaded if it is not there.

    A partial download is resumed.

    Args:
        mirror: URL of another folder with a file of this name.
        offline: use only the cache.
        timeout: seconds without data after which an attempt is abandoned.

    Raises:
        UsageError: if the mirror is not an http or https URL.
        FetchError: if it cannot be downloaded, or is not the published file.
    """
    folder = mirror if mirror is not None else file.folder
    if urllib.parse.urlsplit(folder).scheme not in ("http", "https"):
        raise UsageError(f"mirror {folder[:80]!r} is not an http or https URL")
    target = cache_folder("published") / file.name
    with exclusive(target, watch):
        if target.exists():
            if _md5(target, watch) == file.md5:
                return target
            _keep_aside(target)
        if offline:
            raise FetchError(
                f"{file.name} is not in the cache ({target.parent}); fetch it without --offline, "
                "or copy it there"
            )
        part = target.with_name(f"{target.name}.part")
        _download(f"{folder.rstrip('/')}/{file.name}", part, watch, timeout)
        md5 = _md5(part, watch)
        if md5 != file.md5:
            aside = _keep_aside(part)
            raise FetchError(
                f"{file.name} from {folder} has MD5 {md5}, the published file has {file.md5}; "
                f"the download is kept as {aside}"
            )
        os.replace(part, target)
    return target


def _download(address: str, part: Path, watch: Watch, timeout: float) -> None:
    """Download into `part`, resuming at its end, until it is complete."""
    problem: Exception | None = None
    with watch.task(f"fetching {part.name.removesuffix('.part')}") as task:
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(_PAUSE_SECONDS * attempt)
                task.note(f"attempt {attempt + 1} of {_ATTEMPTS}")
            try:
                _resume(address, part, task, timeout)
                return
            except urllib.error.HTTPError as error:
                problem = error
                error.close()
                if error.code < 500:  # a client error would only be repeated
                    break
            except (OSError, http.client.HTTPException) as error:
                problem = error
    have = part.stat().st_size if part.exists() else 0
    raise FetchError(
        f"{address} cannot be fetched: {problem}; {have:,} bytes are kept and the next attempt "
        "resumes there (--mirror names another server)"
    )


def _resume(address: str, part: Path, task: Task, timeout: float) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    # `fetch` has checked that the URL begins with http or https.
    request = urllib.request.Request(address, headers=headers)  # noqa: S310
    try:
        response = urllib.request.urlopen(request, timeout=timeout)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            error.close()
            return  # the file is complete; its checksum is tested next
        raise
    with response:
        resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT and (
            response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        )
        if have and not resumed:
            have = 0
        length = response.headers.get("Content-Length")
        expected = have + int(length) if length and length.isdigit() else None
        with part.open("ab" if resumed else "wb") as file:
            size = _copy(response.read, file.write, have, expected, task)
    if expected is not None and size < expected:
        raise http.client.IncompleteRead(b"", expected - size)


def _copy(
    read: Callable[[int], bytes],
    write: Callable[[bytes], object],
    have: int,
    expected: int | None,
    task: Task,
) -> int:
    size, begun = have, time.monotonic()
    of_all = f" of {expected / 2**20:.0f}" if expected is not None else ""
    while chunk := read(_CHUNK_BYTES):
        size += len(chunk)
        if size > _MOST_BYTES:
            raise FetchError(
                f"the server sends more than {_MOST_BYTES:,} bytes; the download was stopped"
            )
        write(chunk)
        task.note(f"{size / 2**20:.0f}{of_all} MiB")
        if expected is not None:
            task.expect((time.monotonic() - begun) * (expected - size) / (size - have))
    return size


def _md5(path: Path, watch: Watch) -> str:
    with watch.task(f"checking {path.name}"), path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest()


def _keep_aside(path: Path) -> Path:
    """Rename a wrong file rather than delete it, so that it can be examined."""
    aside = path.with_name(f"{path.name.removesuffix('.part')}.wrong-{int(time.time())}")
    try:
        os.replace(path, aside)
    except OSError as error:
        raise InputError(f"{path} cannot be renamed: {error.strerror}") from error
    return aside
