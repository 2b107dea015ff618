"""docs/networks.md: its tables are those of the code, and its code works when it is added."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from netparity.networks.ops import OPS
from tests.support.guide import ROOT, Copy, blocks, copied, follow, style
from tests.support.scripts import loaded

GUIDE = ROOT / "docs" / "networks.md"

_MAKE = """
from pathlib import Path
import numpy as np
from netparity.networks.checking import checked
from netparity.networks.graph import Input, Network, Node
from netparity.networks.ops.base import Step, run_step
from netparity.networks.writing import WRITERS
x = np.linspace(-40, 40, 1001).reshape(1, -1)
node = Node("mish", "mish", ("x",))
print(repr(float(abs(run_step(Step(node, (x,), {})) - x * np.tanh(np.log1p(np.exp(x)))).max())))
tensors = {"conv.kernel": np.ones((3, 3, 3, 4), np.float32)}
conv = Node("conv", "conv", ("image",), {}, {"kernel": "conv.kernel"})
nodes = (conv, Node("mish", "mish", ("conv",)))
shapes = {"conv.kernel": (3, 3, 3, 4)}
network = checked(Network("guide", (Input("image", (8, 8, 3)),), nodes, shapes))
WRITERS["npz"].write(Path("guide.npz"), network, tensors)
"""


@pytest.fixture(scope="module")
def page() -> ModuleType:
    return loaded(ROOT / "harness" / "page_tables.py")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = copied(tmp_path_factory.mktemp("guide"))
    follow(GUIDE, made)
    return made


def test_the_tables_of_every_page_are_current(page: ModuleType) -> None:
    for name, tables in page.pages().items():
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert page.with_tables(text, tables) == text, "run `make tables`"


def test_every_operation_is_in_the_table() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [op for op in OPS if f"\n| `{op}` |" not in text] == []


def test_the_code_is_written_as_the_rest(copy: Copy) -> None:
    assert style(copy, GUIDE) == ""
    assert len(list(blocks(GUIDE))) == 6


def test_the_operation_is_computed_written_read_and_shown(copy: Copy) -> None:
    done = copy.run("-c", _MAKE)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1e-12
    shown = copy.netparity("network", "show", "guide.npz", "--json")
    assert shown.returncode == 0, shown.stderr
    nodes = json.loads(shown.stdout)["nodes"]
    assert [(node["name"], node["title"]) for node in nodes][-1] == ("mish", "Mish")
    done = copy.netparity("network", "convert", "guide.npz", "again.npz")
    assert done.returncode == 0, done.stderr
    assert copy.netparity("network", "diff", "guide.npz", "again.npz").returncode == 0
    refused = copy.netparity("network", "convert", "guide.npz", "again.mat")
    assert refused.returncode == 2
    assert "node 'mish' (mish) cannot be written as" in refused.stderr


def test_files_of_other_kinds_are_still_read_by_their_readers(copy: Copy, tmp_path: Path) -> None:
    (tmp_path / "weights.npz").write_bytes(b"PK\5\6" + bytes(18))
    done = copy.netparity("network", "show", str(tmp_path / "weights.npz"))
    assert done.returncode == 2
    assert "tried: " in done.stderr and ".npz with network.json" in done.stderr
