"""How tasks of a cluster end, with a scheduler that is lost at any moment."""

from __future__ import annotations

from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import Any

import pytest

from netparity.run.cluster import Cluster


@dataclass
class Future:
    """As Dask's: ended at once, with a value, or with an error when the value is asked for."""

    key: int
    value: Any
    status: str = "finished"
    cancelled: bool = False

    def add_done_callback(self, call) -> None:
        call(self)

    def result(self) -> Any:
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value

    def exception(self) -> Any:
        return self.value

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Client:
    """Its tasks do nothing; `statuses` has what is not "finished"."""

    statuses: dict[int, str] = field(default_factory=dict)
    status: str = "running"
    made: list[Future] = field(default_factory=list)

    def submit(self, do, value, **settings) -> Future:
        number = len(self.made)
        self.made.append(Future(number, value, self.statuses.get(number, "finished")))
        return self.made[-1]


def outcomes(client: Client, values: list[Any]) -> list[tuple[int, Any]]:
    return list(Cluster(client, "a cluster").each(print, [(value,) for value in values]))


def test_values_and_the_errors_of_tasks_are_given_back() -> None:
    error = OSError("of the task itself")
    assert outcomes(Client({1: "error"}), ["a", error, "c"]) == [(0, "a"), (1, error), (2, "c")]


@pytest.mark.parametrize("lost", [OSError("Stream is closed"), CancelledError(), TimeoutError()])
def test_a_scheduler_that_is_lost_while_it_sends_a_result_ends_it_early(lost) -> None:
    client = Client()
    assert outcomes(client, ["a", lost, "c"]) == [(0, "a")]
    assert [future.cancelled for future in client.made] == [False, False, True]


def test_a_scheduler_that_is_lost_before_a_task_has_ended_ends_it_early() -> None:
    assert outcomes(Client({1: "cancelled"}), ["a", "b", "c"]) == [(0, "a")]
