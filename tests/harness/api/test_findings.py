"""Tables and remarks of an experiment, printed and in a notebook."""

from __future__ import annotations

import netparity
from netparity.api import Findings
from netparity.report.cells import Table
from netparity.results.folder import RunFolder
from tests.support.cases import make_run
from tests.support.stored_runs import ok

TABLE = Table("Seconds <of> predict", ("runner", "s"), (("a", "1"), ("b\x1b[2J", "10")))


def test_they_print_as_their_table_and_remarks() -> None:
    found = Findings(None, (TABLE,), ("b is slower",), None)
    assert str(found).splitlines() == [
        "Seconds <of> predict",
        "runner         s",
        "------------  --",
        "a              1",
        "b[U+001B][2J  10",
        "",
        "• b is slower",
    ]


def test_nothing_in_them_is_markup_in_a_notebook() -> None:
    html = Findings(None, (TABLE,), (), None)._repr_html_()
    assert "Seconds &lt;of&gt; predict" in html
    assert html.startswith("<pre ")


def test_two_stored_runs_are_compared(tmp_path) -> None:
    folders = []
    for name in ("earlier", "later"):
        store = RunFolder.create(tmp_path / name)
        store.write_run(make_run([ok("a")], run_id=name))
        folders.append(store.path)
    found = netparity.compare_runs(*folders)
    assert found.result.table is found.tables[0]
    assert "later against earlier" in str(found)
