"""An entry that BibTeX reads: one for each version, naming the runs that it made."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netparity.protocol import Run
from netparity.report import Document, bibtex
from tests.support.cases import make_run
from tests.support.odd_runs import WORDS, odd_runs


def entries(*runs: Run) -> dict[str, dict[str, str]]:
    """Key to field to value, as BibTeX reads them: it counts every brace, escaped ones too."""
    text = bibtex.render(Document(runs))
    found = {}
    while text.strip():
        head = re.match(r"\s*@software\{([^\s,{}\"#%'()=~\\]+),\n", text)
        assert head is not None, text
        text = text[head.end() :]
        fields = {}
        while name := re.match(r"  (\w+) *= \{", text):
            depth, end = 1, name.end()
            while depth:
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            fields[name[1]] = text[name.end() : end - 1]
            assert text[end : end + 2] == ",\n"
            text = text[end + 2 :]
        assert text.startswith("}\n")
        text = text[2:]
        assert head[1] not in found, "a key that is there twice is refused"
        found[head[1]] = fields
    return found


def run_of(version: str = "0.1.0", run_id: str = "a-run", started: str = "2026-01-02") -> Run:
    return make_run([], netparity_version=version, run_id=run_id, started=started)


def test_an_entry_names_the_software_its_version_and_the_run() -> None:
    [(key, fields)] = entries(run_of()).items()
    assert key == "netparity-0.1.0"
    assert fields == {
        "author": "{The netparity authors}",
        "title": "{netparity}: parity and timing of one network in several tools",
        "version": "0.1.0",
        "year": "2026",
        "note": "Run a-run",
    }


def test_runs_of_one_version_share_an_entry() -> None:
    found = entries(run_of(), run_of(run_id="another", started="2027-05-06"), run_of("0.2.0"))
    assert list(found) == ["netparity-0.1.0", "netparity-0.2.0"]
    assert found["netparity-0.1.0"]["note"] == "Runs a-run, another"
    assert found["netparity-0.1.0"]["year"] == "2027"


def test_versions_that_look_alike_have_keys_of_their_own() -> None:
    versions = ["0.1.0+x", "0.1.0-x", "0.1.0 x", "0.1.0x"]
    assert len(entries(*map(run_of, versions))) == len(versions)


@pytest.mark.parametrize("name", odd_runs())
def test_every_run_has_an_entry(name: str) -> None:
    assert len(entries(odd_runs()[name])) == 1


@pytest.mark.parametrize("word", [*WORDS, "{", "}", "\\{", "a}, note = {b"])
def test_no_word_ends_a_field(word: str) -> None:
    [fields] = entries(run_of(word, word, word)).values()
    assert list(fields) == ["author", "title", "version", "year", "note"]


@given(st.text(), st.text(), st.text())
def test_no_text_ends_a_field(version: str, run_id: str, started: str) -> None:
    [fields] = entries(run_of(version, run_id, started)).values()
    assert list(fields) == ["author", "title", "version", "year", "note"]
