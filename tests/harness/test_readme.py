"""README.md shows what its commands make from the committed reference run."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from netparity.api import load_run
from netparity.protocol import PHASES
from netparity.report import EXPORTERS, exporter
from netparity.report.columns import COLUMNS
from netparity.report.plots import KINDS
from tests.support.scripts import loaded

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"-?\d+\.\d+")


@pytest.fixture(scope="module")
def readme() -> ModuleType:
    return loaded(ROOT / "harness" / "readme.py")


def test_the_tables_are_current(readme: ModuleType) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text == readme.with_results(text, load_run(readme.REFERENCE)), "run `make readme`"


def test_the_tables_beside_the_runs_are_current(readme: ModuleType) -> None:
    made = readme.tables()
    assert len(made) == 5
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run `make readme`"


def test_the_plots_are_current(readme: ModuleType) -> None:
    made = readme.plots(load_run(readme.REFERENCE))
    assert len(made) == 2
    for path, data in made.items():
        stored, drawn = path.read_text(encoding="utf-8"), data.decode()
        assert NUMBER.sub("#", stored) == NUMBER.sub("#", drawn), "run `make readme`"
        # Another processor may round a coordinate otherwise.
        numbers = [np.array(NUMBER.findall(text), dtype=float) for text in (stored, drawn)]
        np.testing.assert_allclose(*numbers, atol=1e-3, err_msg="run `make readme`")
        assert str(path.relative_to(ROOT)) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_change_would_be_seen(readme: ModuleType) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    run = load_run(readme.REFERENCE)
    other = run.model_copy(update={"timing": run.timing[:-1]})
    assert readme.with_results(text, other) != text
    assert readme.plots(other) != readme.plots(run)


def test_a_readme_without_the_marks_is_refused(readme: ModuleType) -> None:
    with pytest.raises(ValueError, match="lacks the line <!-- made by"):
        readme.with_results("# netparity\n", load_run(readme.REFERENCE))


def test_every_kind_of_plot_is_documented() -> None:
    text = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    assert all(f"| `{kind}` |" in text for kind in KINDS)


def test_every_format_is_documented_as_it_declares_itself() -> None:
    text = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    columns = {"table": "of the first table", "rows": "its headers", None: ""}
    for name in EXPORTERS:
        made = exporter(name)
        cells = f"`{name}`", f"`{made.SUFFIX}`", made.HELP, columns[made.COLUMNS_OF]
        assert f"| {' | '.join(cells)} |".replace("  ", " ") in text, name


def test_every_column_is_documented() -> None:
    text = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    assert [name for name in COLUMNS if name not in PHASES and f"`{name}`" not in text] == []


def test_every_link_between_the_pages_leads_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(
            r'(?:src|srcset)="([^"]+)"', text
        )
        for target in targets:
            if not target.startswith(("http", "#")):
                assert (page.parent / target.partition("#")[0]).exists(), (page.name, target)
