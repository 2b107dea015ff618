"""The ledger shows what each runner says it computed with, and says what is unequal."""

from __future__ import annotations

from netparity.protocol import Machine, Run, RunnerRecord, Settings, Threads
from netparity.report.ledger import ledger, machine_words, matrix_library, unequal
from tests.support.stored_runs import make_run, ok

OCTAVE = "OpenBLAS (config: OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH SkylakeX MAX_THREADS=64)"


def record(label: str, found: int | None = 2, **flags: str) -> RunnerRecord:
    threads = Threads(requested=2, found=found)
    return ok(label, threads=threads, data_format="channels_last", flags=flags)


def run(*records: RunnerRecord) -> Run:
    return make_run(list(records))


def test_one_row_for_each_that_ran() -> None:
    table = ledger(
        run(
            record("a", precision="float32", os_threads="7", compile_cache="warm"),
            record("b", found=None),
        )
    )
    assert table.rows == (
        ("a", "2", "2", "7", "–", "channels_last", "float32", "warm"),
        ("b", "2", "–", "–", "–", "channels_last", "–", "–"),
    )
    assert len(table.headers) == table.words == 8


def test_the_matrix_library_in_few_words() -> None:
    for said, shown in (
        (OCTAVE, "OpenBLAS 0.3.21 SkylakeX"),
        ("openblas 0.3.21 SkylakeX", "openblas 0.3.21 SkylakeX"),
        ("Eigen and oneDNN", "Eigen and oneDNN"),
        (None, None),
    ):
        assert matrix_library(ok("a", blas=said)) == shown


def test_what_is_unequal_is_said_in_words() -> None:
    same = record("a", precision="float32", environment="OMP_NUM_THREADS=2")
    assert list(unequal(run(same, same.model_copy(update={"label": "b"})))) == []
    other = record("b", found=1, precision="float64", environment="OMP_NUM_THREADS=2")
    assert list(unequal(run(same, other, record("c", found=None)))) == [
        "Unequal settings, threads: 2 threads: a; 1 thread: b.",
        "Unequal settings, precision: float32: a; float64: b.",
    ]


def test_the_machine_and_its_limits() -> None:
    machine = Machine(
        cpu="A processor",
        cpus_available=4,
        memory_bytes=8 * 2**30,
        system="A system",
        python="3.11",
        instructions=["avx2", "fma"],
        governors=["powersave"],
        load_average=0.5,
    )
    settings = Settings(
        layers=["fc6"],
        rounds=1,
        repeats=1,
        warmup=0,
        threads=2,
        timeout_seconds=1,
        order_seed=0,
        affinity=[0, 2],
        memory_limit_bytes=8 * 2**30,
    )
    assert list(machine_words(machine, settings)) == [
        "A processor, 4 processors, 8 GiB; A system",
        "instructions avx2 fma; frequency governor powersave; load average 0.50 at the start",
        "2 threads, only processors 0,2, 8 GiB of memory per process",
    ]
