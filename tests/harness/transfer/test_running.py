"""netparity transfer: what is refused before anything runs."""

from __future__ import annotations

import pytest

from netparity.errors import InputError, UsageError
from netparity.transfer.request import Request
from netparity.transfer.running import run_transfer


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"test_share": 0.0}, "--test 0: expected a share between 0 and 1"),
        ({"model": "lenet"}, "unknown model 'lenet'"),
        ({"feature": "fc6,fc7"}, "a transfer takes a single layer"),
        ({"runners": ["nonsense"]}, "unknown runner 'nonsense'"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_stored(tmp_path, changes, message):
    request = Request(**{"model": "vgg16-tiny", "results": tmp_path / "results", **changes})
    with pytest.raises(UsageError, match=message):
        run_transfer(request)
    assert not (tmp_path / "results").exists()


def test_a_dataset_that_cannot_be_used_leaves_nothing_behind(tmp_path):
    request = Request(
        dataset=tmp_path / "missing", model="vgg16-tiny", results=tmp_path / "results"
    )
    with pytest.raises(InputError, match="is not a folder"):
        run_transfer(request)
    assert not list((tmp_path / "results").iterdir())


def test_only_a_transfer_can_be_resumed(tmp_path):
    with pytest.raises(InputError, match=r"holds no settings\.json"):
        run_transfer(Request(resume=tmp_path))
    (tmp_path / "settings.json").write_text("{}")
    with pytest.raises(InputError, match="is damaged"):
        run_transfer(Request(resume=tmp_path))
