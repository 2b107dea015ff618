"""A device, a pipe, a socket or a folder is never replaced by a file."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from tests.faults.table import Fault, Strike


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "out.h5")


def folder_in_the_way(folder: Path) -> None:
    (folder / "out.h5").mkdir()


def a_socket(folder: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    os.chdir(folder)  # the path of a socket may have 108 bytes
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("out.h5")
    os.fchdir(here)
    os.close(here)


def a_link_to_a_device(folder: Path) -> None:
    (folder / "out.h5").symlink_to("/dev/null")


MAKERS = {
    "a pipe": pipe,
    "a folder": folder_in_the_way,
    "a socket": a_socket,
    "a device": a_link_to_a_device,
}
COMMANDS = {
    "weights make": "weights make --model vgg16-tiny --force out.h5",
    "weights convert": "weights convert synthetic:0 --model vgg16-tiny --force out.h5",
    "network convert": "network convert vgg16-tiny out.h5 --weights synthetic:0 --to keras --force",
}
FAULTS = [
    Fault(f"{command} over {what}", make, words, says=[f"out.h5 is {what}, which is never"])
    for what, make in MAKERS.items()
    for command, words in COMMANDS.items()
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_it_is_refused_and_stays(fault: Fault, strike: Strike):
    strike(fault)


def test_of_a_link_the_file_that_it_leads_to_is_replaced(strike: Strike):
    def link(folder: Path) -> None:
        (folder / "target.h5").write_text("old")
        (folder / "out.h5").symlink_to("target.h5")

    def check(folder: Path) -> None:
        assert (folder / "out.h5").is_symlink()
        assert (folder / "target.h5").read_bytes().startswith(b"\x89HDF")

    words = "weights convert synthetic:0 --model vgg16-tiny --force out.h5"
    strike(Fault("a link", link, words, exit_code=0, leaves=["target.h5"], check=check))
