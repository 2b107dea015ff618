"""Tasks on a cluster that others made: Dask's `distributed`, an optional dependency.

`local:N` starts N workers on this machine, `tcp://HOST:PORT` uses a scheduler that runs already,
and a YAML file describes a queue that workers are asked of:

    queue: slurm          # slurm, pbs, sge, lsf, htcondor, oar or moab
    workers: 8
    cores: 4              # all other keys go to dask-jobqueue
    memory: 16GB
    walltime: "02:00:00"
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from netparity.errors import InputError, SetupError, UsageError
from netparity.watch import Watch

T = TypeVar("T")

QUEUES = {
    "slurm": "SLURMCluster",
    "pbs": "PBSCluster",
    "sge": "SGECluster",
    "lsf": "LSFCluster",
    "htcondor": "HTCondorCluster",
    "oar": "OARCluster",
    "moab": "MoabCluster",
}
MOST_WORKERS = 10_000
_TRIES_AFTER_LOSS = 2
"""How often a task is begun again whose worker was lost."""

_CONNECT_SECONDS = 30
_ASK_SECONDS = 1.0
_MAX_FILE_BYTES = 2**20


class Cluster:
    """Workers that do tasks. Made by `open_cluster`.

    Attributes:
        words: what it is, in a few words.
    """

    def __init__(self, client: Any, words: str) -> None:
        self._client, self.words = client, words

    def count(self) -> int:
        """How many workers there are now."""
        return len(self._client.scheduler_info()["workers"])

    def each(
        self, do: Callable[..., T], orders: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[int, T | BaseException]]:
        """Do a task for each order, in any order.

        A worker that is lost costs what it had under way, which is begun again on another one.

        Yields:
            The number of an order (from 0) with what its task returned, or the error that it
            raised. Ends early if the scheduler is lost.
        """
        killed = _module("distributed.scheduler").KilledWorker
        ended: SimpleQueue[Any] = SimpleQueue()
        futures = {}
        for number, order in enumerate(orders):
            future = self._client.submit(do, *order, pure=False, retries=1)
            future.add_done_callback(ended.put)
            futures[future.key] = number, future
        try:
            while futures:
                future = self._next(ended)
                if future is None or future.status not in ("finished", "error"):
                    return  # the scheduler is gone
                number, _ = futures.pop(future.key)
                if future.status == "finished":
                    try:
                        value = future.result()
                    except (OSError, CancelledError):  # lost while it sent the result
                        return
                    yield number, value
                elif isinstance(error := future.exception(), killed):
                    yield (
                        number,
                        RuntimeError(f"{_TRIES_AFTER_LOSS + 1} workers were lost doing it"),
                    )
                else:
                    yield number, error
        finally:
            for _, future in futures.values():
                future.cancel()

    def _next(self, ended: SimpleQueue[Any]) -> Any:
        """The next future that has ended; None if the scheduler is lost."""
        while True:
            try:
                return ended.get(timeout=_ASK_SECONDS)
            except Empty:
                if self._client.status not in ("running", "connecting"):
                    return None


@contextmanager
def open_cluster(spec: str, watch: Watch) -> Iterator[Cluster]:
    """Connect to what `--cluster` names, and wait for the first worker.

    Raises:
        UsageError: if it is neither of the three.
        InputError: if the file is not what it should be, or no scheduler answers.
        SetupError: if Dask is not installed.
    """
    _need("distributed", "dask")
    _need("threadpoolctl", "threadpoolctl")
    dask, distributed = _module("dask"), _module("distributed")
    settings = {
        "distributed.scheduler.allowed-failures": _TRIES_AFTER_LOSS,
        # As in a run without a cluster: the threads of the harness are its own matter.
        "distributed.nanny.pre-spawn-environ": {},
    }
    with dask.config.set(settings), _address(spec, watch) as (address, words):
        try:
            client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise InputError(f"--cluster {spec}: no scheduler answers there: {error}") from error
        try:
            try:
                with watch.task(f"waiting for a worker of {words}"):
                    client.wait_for_workers(1)
            except (OSError, CancelledError) as error:
                raise InputError(
                    f"--cluster {spec}: the scheduler was lost before it had a worker: {error}"
                ) from error
            yield Cluster(client, words)
        finally:
            client.close(timeout=2)


@contextmanager
def _address(spec: str, watch: Watch) -> Iterator[tuple[Any, str]]:
    """What a client connects to: an address, or a cluster that ends with the block."""
    if match := re.fullmatch(r"local:([0-9]{1,5})", spec):
        count = int(match[1])
        if not 1 <= count <= MOST_WORKERS:
            raise UsageError(f"--cluster {spec}: expected 1 to {MOST_WORKERS} workers")
        local = _module("distributed").LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=50,
        )
        with local:
            yield local, f"{count} workers on this machine"
    elif re.match(r"(tcp|tls)://", spec):
        yield spec, f"the cluster at {spec}"
    elif spec.endswith((".yaml", ".yml")):
        with _queue(Path(spec)) as (cluster, words):
            watch.detail(cluster.job_script())
            yield cluster, words
    else:
        raise UsageError(
            f"--cluster {spec!r}: expected local:N, tcp://HOST:PORT, or a file such as slurm.yaml"
        )


@contextmanager
def _queue(path: Path) -> Iterator[tuple[Any, str]]:
    """Workers that a queue starts, as a file describes them."""
    _need("dask_jobqueue", "dask-jobqueue")
    yaml = _module("yaml")
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise InputError(f"{path} is larger than {_MAX_FILE_BYTES:,} bytes")
        stated = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if not isinstance(stated, dict) or stated.get("queue") not in QUEUES:
        raise InputError(f"{path}: expected a key 'queue' with one of {', '.join(QUEUES)}")
    queue, count = stated.pop("queue"), stated.pop("workers", 1)
    if not isinstance(count, int) or not 1 <= count <= MOST_WORKERS:
        raise InputError(f"{path}: workers is {count!r}, expected 1 to {MOST_WORKERS}")
    stated.setdefault("processes", 1)
    stated.setdefault("python", sys.executable)
    kind = getattr(_module("dask_jobqueue"), QUEUES[queue])
    try:
        cluster = kind(**stated)
    except (TypeError, ValueError, OSError) as error:
        raise InputError(f"{path}: {error}") from error
    with cluster:
        cluster.scale(count)
        yield cluster, f"{count} workers of {queue}"


def blas_threads() -> int:
    """How many threads NumPy's BLAS has in this process."""
    found = _module("threadpoolctl").threadpool_info()
    return max((each["num_threads"] for each in found if each["user_api"] == "blas"), default=1)


def with_blas_threads(count: int) -> AbstractContextManager[object]:
    """Within it NumPy's BLAS has so many threads.

    Their number changes the last bits of a product, and Dask starts its workers with one thread.
    """
    limits: AbstractContextManager[object] = _module("threadpoolctl").threadpool_limits(
        count, user_api="blas"
    )
    return limits


def worker_folder() -> str | None:
    """On a worker: a folder that is removed when the worker ends; else None."""
    try:
        return str(_module("distributed").get_worker().local_directory)
    except ValueError:
        return None


def _module(name: str) -> Any:
    """A module without types, and imported only where it is needed."""
    return import_module(name)


def _need(module: str, package: str) -> None:
    if find_spec(module) is None:
        raise SetupError(
            f"--cluster needs {package}, which is not installed; install it with: "
            "pip install 'netparity[cluster]'"
        )
