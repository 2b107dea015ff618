"""Energy of the processors, from a tree as the kernel's powercap has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from netparity.system.energy import joules_between, read_energy

LARGEST = 262_143_328_850


def make_zone(folder: Path, zone: str, name: str, microjoules: int, largest: int = LARGEST) -> Path:
    made = folder / zone
    made.mkdir(parents=True, exist_ok=True)
    for file, content in (
        ("name", name), ("energy_uj", microjoules), ("max_energy_range_uj", largest)
    ):  # fmt: skip
        (made / file).write_text(f"{content}\n")
    return made


def test_the_packages_are_added_and_their_parts_are_not(tmp_path: Path) -> None:
    readings = []
    for first, second in ((1_000_000, 5_000_000), (3_500_000, 5_500_000)):
        make_zone(tmp_path, "intel-rapl:0", "package-0", first)
        make_zone(tmp_path, "intel-rapl:1", "package-1", second)
        make_zone(tmp_path, "intel-rapl:0:0", "core", 7 * first)
        make_zone(tmp_path, "intel-rapl:2", "psys", 9 * first)
        make_zone(tmp_path, "intel-rapl-mmio:0", "package-0", first)
        make_zone(tmp_path, "dtpm", "dtpm", first)
        readings.append(read_energy(tmp_path))
    assert joules_between(*readings) == pytest.approx(2.5 + 0.5)


def test_a_counter_that_starts_again_is_continued(tmp_path: Path) -> None:
    make_zone(tmp_path, "intel-rapl:0", "package-0", LARGEST - 2_000_000)
    before = read_energy(tmp_path)
    make_zone(tmp_path, "intel-rapl:0", "package-0", 1_000_000)
    assert joules_between(before, read_energy(tmp_path)) == pytest.approx(3.0)


def test_without_counters_there_is_no_energy(tmp_path: Path) -> None:
    assert read_energy(tmp_path) is None
    assert read_energy(tmp_path / "missing") is None
    zone = make_zone(tmp_path, "intel-rapl:0", "package-0", 1)
    reading = read_energy(tmp_path)
    assert joules_between(reading, None) is joules_between(None, reading) is None
    make_zone(tmp_path, "intel-rapl:1", "package-1", 1)
    assert joules_between(reading, read_energy(tmp_path)) is None, "another package"
    (zone / "energy_uj").write_text("nonsense")
    assert read_energy(tmp_path) is None


def test_what_may_not_be_read_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_zone(tmp_path, "intel-rapl:0", "package-0", 1)
    usual = Path.read_text

    def refuse(self: Path, **options: str) -> str:
        if self.name == "energy_uj":
            raise PermissionError(13, "Permission denied")
        return usual(self, **options)

    monkeypatch.setattr(Path, "read_text", refuse)
    assert read_energy(tmp_path) is None
