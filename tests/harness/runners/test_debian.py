"""System packages are installed where that is allowed; elsewhere the command is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.errors import SetupError
from netparity.runners import debian
from netparity.system.launch import Exit, LaunchError
from tests.support.watches import Messages


def ended(status: int) -> Exit:
    return Exit(status, None, False, 0.0, 1.0, 1)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch):
    """Every command that would have been run; all of them succeed."""
    made: list[list[str]] = []

    def launch(command, folder: Path, log: Path, timeout: float) -> Exit:
        made.append(list(command.arguments))
        return ended(0)

    monkeypatch.setattr(debian, "launch", launch)
    monkeypatch.setattr(debian.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(debian.os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian, "ask", lambda *arguments: (0, ""))
    return made


def test_root_installs_directly(calls) -> None:
    debian.install(["octave", "g++"])
    update, install = calls
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    assert update[:4] == [*quiet, "apt-get", "update"]
    assert install[:4] == [*quiet, "apt-get", "install"]
    assert install[-2:] == ["octave", "g++"]
    assert {"-y", "--no-install-recommends"} <= set(install)
    assert "DPkg::Lock::Timeout=600" in install  # another apt-get may be at work


def test_somebody_else_uses_sudo_where_it_asks_nothing(monkeypatch, calls) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(
        debian, "capture", lambda command, folder: asked.append(list(command.arguments)) or ""
    )
    debian.install(["octave"])
    assert asked == [["sudo", "-n", "true"]]
    # sudo drops the environment, so the variable must stand behind it
    before = ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    assert all(call[:5] == before for call in calls)


def test_without_sudo_the_command_is_named(monkeypatch, calls) -> None:
    def refuse(command, folder) -> str:
        raise LaunchError("sudo: a password is required")

    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(debian, "capture", refuse)
    with pytest.raises(SetupError, match="octave") as caught:
        debian.install(["octave"])
    assert "sudo apt-get install --no-install-recommends octave" in caught.value.fix
    assert calls == []


def test_without_apt_get_the_packages_are_named(monkeypatch, calls) -> None:
    monkeypatch.setattr(debian.shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match="octave, g"):
        debian.install(["octave", "g++"])
    assert calls == []


def test_a_failed_install_names_the_log(monkeypatch, calls, cache: Path) -> None:
    monkeypatch.setattr(debian, "launch", lambda command, *rest: ended(100))
    with pytest.raises(SetupError, match=r"exit status 100 for octave; log: ") as caught:
        debian.install(["octave"])
    assert str(cache / "logs") in str(caught.value)


def test_a_failed_update_alone_is_no_failure(monkeypatch, calls) -> None:
    monkeypatch.setattr(
        debian, "launch", lambda command, *rest: ended(int("update" in command.arguments))
    )
    debian.install(["octave"])


def test_an_apt_get_that_cannot_be_started(monkeypatch, calls) -> None:
    def refuse(*arguments) -> Exit:
        raise LaunchError("apt-get cannot be started: Permission denied")

    monkeypatch.setattr(debian, "launch", refuse)
    with pytest.raises(SetupError):
        debian.install(["octave"])


def test_the_sizes_are_those_that_apt_get_states(monkeypatch, calls) -> None:
    # The words of apt 2.6.1, with a part of the packages already downloaded.
    printed = (
        "0 upgraded, 9 newly installed, 0 to remove and 0 not upgraded.\n"
        "Need to get 12.5 MB/221 MB of archives.\n"
        "After this operation, 941 MB of additional disk space will be used.\nAbort.\n"
    )
    monkeypatch.setattr(debian, "ask", lambda *arguments: (1, printed))
    watch = Messages()
    debian.install(["octave"], watch)
    sizes = "12.5 MB to download, 941 MB on disk"
    assert watch.text == f"system packages, with what they need: {sizes}\n"


@pytest.mark.parametrize(
    ("user", "sudo", "command"),
    [
        (0, True, "apt-get install --no-install-recommends octave"),
        (1000, True, "sudo apt-get install --no-install-recommends octave"),
        (1000, False, "su -c 'apt-get install --no-install-recommends octave'"),
    ],
)
def test_the_command_is_one_that_this_user_can_type(monkeypatch, user, sudo, command) -> None:
    monkeypatch.setattr(debian.os, "geteuid", lambda: user)
    monkeypatch.setattr(debian.shutil, "which", lambda name: "/usr/bin/sudo" if sudo else None)
    assert debian.install_command(["octave"]) == command
