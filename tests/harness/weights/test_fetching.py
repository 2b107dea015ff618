"""Published weights from servers that are slow, break off, lie, or send something else."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from netparity.errors import NetparityError, UsageError
from netparity.networks import NETWORKS
from netparity.weights import fetching
from netparity.weights.published import (
    FROM_KERAS,
    FROM_MATCONVNET,
    PUBLISHED,
    Published,
    published,
)

DATA = np.random.default_rng(0).bytes(300_000)
FILE = Published("http://127.0.0.1:9", "w.h5", hashlib.md5(DATA).hexdigest())


class Server:
    """Answers each request with the next of `answers`, and repeats the last one."""

    def __init__(self, answers: list[Callable]) -> None:
        self.answers, self.asked = answers, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.headers.get("Range"))
                answer = server.answers[min(len(server.asked), len(server.answers)) - 1]
                answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/folder"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    monkeypatch.setenv("NETPARITY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(fetching, "_PAUSE_SECONDS", 0.0)
    servers = []

    def start(*answers: Callable) -> Server:
        servers.append(Server(list(answers)))
        return servers[-1]

    yield start
    for server in servers:
        server.http.shutdown()
        server.http.server_close()


def whole(handler: BaseHTTPRequestHandler) -> None:
    """A server that supports ranges."""
    asked = handler.headers.get("Range")
    start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
    if start >= len(DATA):
        handler.send_error(416)
        return
    handler.send_response(206 if asked else 200)
    if asked:
        handler.send_header("Content-Range", f"bytes {start}-{len(DATA) - 1}/{len(DATA)}")
    handler.send_header("Content-Length", str(len(DATA) - start))
    handler.end_headers()
    handler.wfile.write(DATA[start:])


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(DATA)))
    handler.end_headers()
    handler.wfile.write(DATA[:100_000])


def without_ranges(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(DATA)))
    handler.end_headers()
    handler.wfile.write(DATA)


def other_bytes(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"<html>please log in</html>")


def too_short_a_length(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(DATA) - 1000))
    handler.end_headers()
    handler.wfile.write(DATA)


def silent(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(DATA)))
    handler.end_headers()
    handler.wfile.write(DATA[:1000])
    handler.wfile.flush()
    time.sleep(1.5)


def missing(handler: BaseHTTPRequestHandler) -> None:
    handler.send_error(404)


def unwell(handler: BaseHTTPRequestHandler) -> None:
    handler.send_error(503)


def kept(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir() if not file.name.endswith(".lock"))


def test_a_file_is_fetched_once(serve) -> None:
    server = serve(whole)
    path = fetching.fetch(FILE, server.url)
    assert path.read_bytes() == DATA
    assert fetching.fetch(FILE, server.url) == path
    assert fetching.fetch(FILE, server.url, offline=True) == path
    assert server.asked == [None]
    assert kept(path) == ["w.h5"]


@pytest.mark.parametrize("first", [cut_off, unwell, silent])
def test_what_is_cut_off_is_gone_on_with(serve, first) -> None:
    server = serve(first, whole)
    path = fetching.fetch(FILE, server.url, timeout=0.5)
    assert path.read_bytes() == DATA
    assert len(server.asked) == 2
    if first is cut_off:
        assert server.asked == [None, "bytes=100000-"]


def test_a_server_without_ranges_begins_anew(serve) -> None:
    server = serve(cut_off, without_ranges)
    assert fetching.fetch(FILE, server.url).read_bytes() == DATA


def test_a_later_try_goes_on_where_the_first_gave_up(serve) -> None:
    with pytest.raises(NetparityError, match="100,000 bytes are kept"):
        fetching.fetch(FILE, serve(cut_off, missing).url)
    server = serve(whole)
    assert fetching.fetch(FILE, server.url).read_bytes() == DATA
    assert server.asked == ["bytes=100000-"]


@pytest.mark.parametrize("answer", [other_bytes, too_short_a_length])
def test_other_bytes_are_refused_and_kept_aside(serve, answer, tmp_path: Path) -> None:
    with pytest.raises(NetparityError, match=f"MD5 .*{FILE.md5}"):
        fetching.fetch(FILE, serve(answer).url)
    (folder,) = (tmp_path / "cache").glob("**/published")
    assert [name for name in kept(folder / "x") if ".wrong-" in name]
    assert not (folder / "w.h5").exists()
    # The next try begins anew.
    assert fetching.fetch(FILE, serve(whole).url).read_bytes() == DATA


def test_a_missing_file_is_asked_for_once(serve) -> None:
    server = serve(missing)
    with pytest.raises(NetparityError, match="404"):
        fetching.fetch(FILE, server.url)
    assert len(server.asked) == 1


def test_a_damaged_file_in_the_cache_is_fetched_again(serve) -> None:
    server = serve(whole)
    path = fetching.fetch(FILE, server.url)
    path.write_bytes(b"damaged")
    assert fetching.fetch(FILE, server.url).read_bytes() == DATA


def test_offline_asks_nobody(serve) -> None:
    server = serve(whole)
    with pytest.raises(NetparityError, match="--offline"):
        fetching.fetch(FILE, server.url, offline=True)
    assert server.asked == []


@pytest.mark.parametrize("mirror", ["file:///etc", "ftp://x", "/etc", ""])
def test_only_web_addresses_are_mirrors(serve, mirror: str) -> None:
    with pytest.raises(UsageError, match="http"):
        fetching.fetch(FILE, mirror)


def test_what_is_not_published_is_said() -> None:
    with pytest.raises(
        UsageError, match=r"keras.* publishes no .*vgg16-tiny.*vgg19.* from matconvnet"
    ):
        published("vgg16-tiny", "keras")
    with pytest.raises(UsageError, match=r"vgg16, .* from keras"):
        published("vgg16", "nobody")
    assert published("vgg16", "keras").name == "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
    assert published("VGG-16", "Keras") is published("vgg16", "keras")
    with pytest.raises(UsageError, match=r"weights fetch resnet50 --source matconvnet"):
        published("ResNet-50", "keras")


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("vgg16", "imagenet-vgg-verydeep-16.mat"),
        ("alexnet", "imagenet-caffe-alex.mat"),
        ("vgg-f", "imagenet-vgg-f.mat"),
        ("googlenet", "imagenet-googlenet-dag.mat"),
        ("resnet50", "imagenet-resnet-50-dag.mat"),
        ("fcn32s", "pascal-fcn32s-dag.mat"),
        ("imagenet-vgg-m-128", "imagenet-vgg-m-128.mat"),
    ],
)
def test_matconvnets_files_have_the_names_of_the_catalogue(serve, model: str, name: str) -> None:
    """The server sends other bytes, which shows what is asked for and what MD5 is expected."""
    file = published(model, "matconvnet")
    assert (file.folder, file.name) == ("https://www.vlfeat.org/matconvnet/models", name)
    paths = []

    def note_the_path(handler: BaseHTTPRequestHandler) -> None:
        paths.append(handler.path)
        other_bytes(handler)

    with pytest.raises(NetparityError, match=f"the published file has {file.md5}"):
        fetching.fetch(file, serve(note_the_path).url)
    assert paths == [f"/folder/{name}"]


def test_every_published_file_has_an_md5_of_its_own() -> None:
    files = [file for project in PUBLISHED.values() for file in project.values()]
    assert all(re.fullmatch("[0-9a-f]{32}", file.md5) for file in files)
    assert len({file.md5 for file in files}) == len({file.name for file in files}) == len(files)


def test_what_matconvnet_publishes_of_the_catalogue_can_be_fetched() -> None:
    assert {*FROM_KERAS, *FROM_MATCONVNET} <= {*NETWORKS}
    elsewhere = {"squeezenet"}
    tiny = {name for name in NETWORKS if "tiny" in name or name.endswith("-bn")}
    assert {*NETWORKS} - {*FROM_KERAS, *FROM_MATCONVNET} == elsewhere | tiny
