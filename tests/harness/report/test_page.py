"""report.html is one valid file that asks for nothing, whatever a run holds."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netparity.protocol import Run
from netparity.report import Choice, Document, html
from netparity.report.answers import answers
from netparity.report.plots import Drawing
from netparity.report.visible import visible
from tests.support.markup import attributes, fetches_and_runs_nothing
from tests.support.odd_runs import WORDS, odd_runs, worded_run
from tests.support.page_runs import stored_document, whole_run
from tests.support.stored_runs import entry, failed, ok, timing

ODD = odd_runs()
MOST_BYTES = 3 * 10**6


def parsed(text: str) -> Element:
    """The page by the HTML standard's own rules; any breach of them is an error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(text)


def page(run: Run) -> Element:
    return parsed(html.render(Document.of(run)))


def undrawn_page(run: Run) -> Element:
    """Without what Matplotlib draws, which takes most of the time; test_plots has hostile plots."""
    blank = b'<svg viewBox="0 0 1 1" xmlns="http://www.w3.org/2000/svg"></svg>'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Drawing, "save", lambda drawing, form, fonts: blank)
        return page(run)


@cache
def tame_page() -> Element:
    return undrawn_page(worded_run(["tame", "b"]))


@cache
def odd_text(name: str) -> str:
    return html.render(Document.of(ODD[name]))


@cache
def odd_page(name: str) -> Element:
    return parsed(odd_text(name))


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def tables(root: Element) -> list[list[list[str]]]:
    return [[[words(c) for c in row] for row in table.iter("tr")] for table in root.iter("table")]


def html_tags(root: Element) -> list[str]:
    """But where lines may break, and what Matplotlib drew, which has as many marks as fit."""
    tags = [str(element.tag) for element in root.iter()]
    return [tag for tag in tags if tag != "wbr" and not tag.startswith("{")]


def harmless(root: Element) -> None:
    """Nothing runs but the script that sorts, and nothing is fetched."""
    fetches_and_runs_nothing(root)
    [script] = list(root.iter("script"))
    digest = base64.b64encode(hashlib.sha256((script.text or "").encode()).digest()).decode()
    [policy] = [e for e in root.iter("meta") if e.get("http-equiv")]
    assert f"script-src 'sha256-{digest}'" in policy.get("content", "")
    assert policy.get("content", "").startswith("default-src 'none'; img-src data:;")
    for tag in ("iframe", "object", "embed", "form", "base", "link"):
        assert [e for e in root.iter(tag) if e.get("href") != "data:,"] == []


def consistent(root: Element) -> None:
    """Every id is there once, and every reference leads to one."""
    ids = [value for _, name, value in attributes(root) if name == "id"]
    assert len(ids) == len(set(ids))
    for _, name, value in attributes(root):
        targets = [value[1:]] if name == "href" and value.startswith("#") else []
        targets += value.split() if name == "aria-labelledby" else []
        targets += re.findall(r"url\(#([^)]+)\)", value)
        assert set(targets) <= set(ids), (name, value)


def test_the_page_of_a_run_with_all_its_files(tmp_path: Path) -> None:
    text = html.render(stored_document(tmp_path))
    root = parsed(text)
    harmless(root)
    consistent(root)
    assert len(text.encode()) < MOST_BYTES
    assert [words(e) for e in root.iter("h1")] == [
        "vgg16-tiny: do the features agree, and how fast is each tool?"
    ]
    figures = list(root.iter("figure"))
    plots = [e for e in root.iter("div") if e.get("class") == "plot"]
    assert [words(next(plot.iter("h4"))) for plot in plots] == [
        "Error of each runner",
        "Seconds of each phase",
        "Every timed value",
        "Error of each layer against the noise floor",
        "Differences from the reference, value by value",
        "Share of the hardware limit",
    ]
    # The image, the shared input, what two tools made alike and its difference, and the third's.
    assert len([f for f in figures if f.find("img") is not None]) == 6


@pytest.mark.parametrize(
    "drawn", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["undrawn", "drawn"]
)
@pytest.mark.parametrize("name", ODD)
def test_every_odd_run_has_a_page(name: str, drawn: bool) -> None:
    run = ODD[name]
    root = odd_page(name) if drawn else undrawn_page(run)
    harmless(root)
    consistent(root)
    labels = [row[0] for row in tables(root)[0][1:]]
    assert labels == [visible(record.label) for record in run.runners]


@pytest.mark.parametrize("text", WORDS)
def test_what_a_run_holds_stays_text(text: str) -> None:
    tame, wild = tame_page(), undrawn_page(worded_run([text, "b"]))
    harmless(wild)
    consistent(wild)
    assert html_tags(wild) == html_tags(tame)
    assert [len(row) for table in tables(wild) for row in table] == [
        len(row) for table in tables(tame) for row in table
    ]


@settings(max_examples=12, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_no_text_changes_the_page(text: str) -> None:
    harmless(undrawn_page(worded_run([text, "b"])))


def test_what_is_not_seen_is_named() -> None:
    texts = ["\u202eevil", "a\u2066b", "\x07bell", "\u200bgone"]
    raw = html.render(Document.of(worded_run(texts)))
    for text in texts:
        hidden = next(c for c in text if not c.isprintable() or c == "\u200b")
        assert hidden not in raw
        assert f"[U+{ord(hidden):04X}]" in raw


def test_every_warning_leads_to_what_it_means() -> None:
    run = ODD["every fate"].model_copy(
        update={
            "cautions": [
                "Too few rounds: 2 cannot show a difference between 3 runners, 5 can.",
                "The machine was unsteady: between the processes, the same copies took long.",
            ]
        }
    )
    root = page(run)
    [warnings] = [e for e in root.iter("div") if e.get("class") == "warnings"]
    items = list(warnings.find("ul"))
    assert len(list(warnings.iter("li"))) >= 6
    meanings = {e.get("id"): words(e) for e in root.iter("dt")}
    leads = {words(item): meanings[item.find("a").get("href")[1:]] for item in items}
    assert leads[next(text for text in leads if "Too few rounds: 2 cannot" in text)] == (
        "Too few rounds"
    )
    assert leads[next(text for text in leads if "wrong failed parity" in text)] == "Not ranked"
    linked = [item.find("a").get("href") for item in items]
    assert len(linked) == len(set(linked)), "each explanation is linked to once"


def test_a_wrong_answer_is_marked_and_has_no_rank() -> None:
    root = odd_page("every fate")
    table = next(root.iter("table"))
    row = next(row for row in table.iter("tr") if words(row[0]) == "wrong")
    assert [words(cell) for cell in row if cell.get("class", "").endswith("bad")] == [
        "DIVERGES",
        "5.0e-01 ≠",
    ]
    assert "unranked" in [words(cell) for cell in row]


def test_cells_sort_by_their_figures() -> None:
    root = odd_page("every fate")
    header, *rows = next(root.iter("table")).iter("tr")
    column = [words(cell) for cell in header].index("predict, s")
    sorts = {words(row[0]): row[column].get("data-sort") for row in rows}
    assert float(sorts["fast"]) < float(sorts["wrong"]) < float(sorts["nan"])
    assert sorts["crashed"] is None


def test_plots_say_what_they_show() -> None:
    root = page(whole_run(["first tool", "second tool"]))
    said = [e.get("aria-label") for e in root.iter("div") if e.get("role") == "img"]
    assert len(said) == 3 + 1 + 5 + 1 + 1  # three features, five phases, and three that are single
    for words_ in said:
        assert "first tool" in words_ and "second tool" in words_
        assert re.search(r"\d", words_)


def test_what_cannot_be_drawn_is_said() -> None:
    root = odd_page("no timing")
    said = " ".join(words(e) for e in root.iter("p") if e.get("class") == "missing")
    assert "“Share of the hardware limit”: the hardware limit was not measured" in said
    assert "“Seconds of each phase”: no runner was timed." in said
    assert (
        "“Differences from the reference, value by value”: the run does not hold the reference's "
        "fc6." in said
    )


def test_pictures_of_a_run_whose_files_are_gone_or_damaged(tmp_path: Path) -> None:
    document = stored_document(tmp_path)
    folder = document.folder(0).path
    (folder / "input" / "image-1.png").write_bytes(b"no image")
    (folder / "input" / "shared.npy").unlink()
    for file in folder.glob("features/reference/fc6.npy"):
        file.write_bytes(b"no array")
    root = parsed(html.render(document))
    consistent(root)
    assert len(list(root.iter("img"))) == 2  # what two tools made, without anything to compare
    said = " ".join(words(e) for e in root.iter("p") if e.get("class") == "missing")
    assert "features/reference/fc6.npy, the reference's fc6, is missing or was changed" in said


def test_a_picture_outside_the_run_is_not_shown(tmp_path: Path) -> None:
    document = stored_document(tmp_path / "results")
    secret = document.folder(0).path / "input" / "image-1.png"
    secret.rename(tmp_path / "secret.png")
    [run] = document.runs
    image = run.image.model_copy(update={"decoded": "../../secret.png"})
    moved = run.model_copy(update={"images": [image]})
    before = len(list(parsed(html.render(document)).iter("img")))
    shown = dataclasses.replace(document, runs=(moved,))
    assert len(list(parsed(html.render(shown)).iter("img"))) == before


def test_every_row_has_one_look_in_all_tables_and_plots() -> None:
    records = [ok("a", "keras2-theano"), ok("b", "matconvnet-octave"), ok("c", "keras2-theano")]
    run = whole_run(["a", "b", "c"]).model_copy(update={"runners": records})
    root = page(run)
    found: dict[str, set[tuple[str, str]]] = {}
    for row in root.iter("tr"):
        for path in row.findall(".//{*}svg/{*}path"):
            label = re.sub(r"^\d+ ", "", words(row[0]))
            found.setdefault(label, set()).add((path.get("fill"), path.get("d")))
    assert set(found) == {"a", "b", "c"}
    assert all(len(looked) == 1 for looked in found.values())
    shades = {label: next(iter(looked))[0] for label, looked in found.items()}
    outlines = {next(iter(looked))[1] for looked in found.values()}
    assert len(set(shades.values())) == len(outlines) == 3
    for shade in shades.values():
        drawn = [e for e in root.iter("figure") if shade in html5lib.serialize(e)]
        assert len(drawn) >= 3


def test_phases_and_features_can_be_chosen_without_a_script() -> None:
    root = page(whole_run(["a"]))
    groups = {e.get("id"): e for e in root.iter("fieldset")}
    options = {
        name: [(words(label), radio.get("checked") is not None)
               for label, radio in zip(group.iter("label"), group.iter("input"), strict=True)]
        for name, group in groups.items()
    }  # fmt: skip
    assert options == {
        "run-1-errors": [("conv1_1", False), ("fc6", True), ("fc7", False)],
        "run-1-values": [
            *(("start-up", False), ("load", False), ("preprocess", False)),
            *(("first predict", False), ("predict", True)),
        ],
    }
    for name, group in groups.items():
        assert len(list(group.iter("figure"))) == len(options[name])
        assert {radio.get("name") for radio in group.iter("input")} == {name}


def test_the_phase_and_the_feature_asked_for_are_the_ones_shown() -> None:
    choice = Choice(phase="load", feature="fc7")
    root = parsed(html.render(Document((whole_run(["a"]),), choice=choice)))
    checked = {e.get("id") for e in root.iter("input") if e.get("checked") is not None}
    labels = [words(e) for e in root.iter("label") if e.get("for") in checked]
    assert labels == ["fc7", "load"]


def test_of_many_features_those_that_agree_worst_can_be_chosen() -> None:
    layers = [f"layer{number}" for number in range(1, 21)]
    run = whole_run(["a"], layers).model_copy(
        update={
            "parity": [
                entry("a", layer, 1e-7 * (number % 7 + 1), "pass")
                for number, layer in enumerate(layers)
            ]
        }
    )
    [group] = [e for e in page(run).iter("fieldset") if e.get("id") == "run-1-errors"]
    # Errors of 6 or 7 times 1e-7, and the last feature, which is the one shown at first.
    assert [words(label) for label in group.iter("label")] == [
        *("layer6", "layer7", "layer13", "layer14", "layer20"),
    ]


def test_plots_of_a_few_points_are_left_out_and_this_is_said() -> None:
    run = whole_run(["a"], ["fc6", "fc7"])
    first = run.runners[0].rounds[:1]
    rounds = [
        r.model_copy(update={"phases": {n: v[:2] for n, v in r.phases.items()}}) for r in first
    ]
    few = run.model_copy(update={"runners": [run.runners[0].model_copy(update={"rounds": rounds})]})
    missing = " ".join(words(e) for e in page(few).iter("p") if e.get("class") == "missing")
    assert "“Error of each layer against the noise floor”: it needs 3 layers" in missing
    assert "“Every timed value”: no runner has 3 values of a phase" in missing


def test_the_three_answers_and_the_table_at_a_glance_come_first() -> None:
    run = whole_run(["a", "b"])
    root = page(run)
    [box] = [e for e in root.iter("div") if e.get("class") == "answers"]
    given = answers(run)
    assert [words(p) for p in box] == [
        f"Given the same tensor. {given.network}",
        f"Given the same file. {given.images}",
        f"Cost. {given.cost}",
    ]
    header, first, _ = tables(root)[0]
    assert header[:5] == ["runner", "parity", "error", "predict, s", "ratio"]
    assert header[-2:] == ["images/s", "what ran"]
    [timed_] = [e for e in run.timing if (e.label, e.phase) == ("a", "predict")]
    assert first[-2].startswith(f"{1 / timed_.median_seconds:.1f}")


def test_the_page_links_to_the_files_beside_it(tmp_path: Path) -> None:
    document = stored_document(tmp_path)
    folder = document.folder(0).path
    for name in ("run.json", "table.csv", "parity.csv"):
        (folder / name).write_text("x")
    log = folder / document.runs[0].runners[0].rounds[-1].log
    log.parent.mkdir(parents=True)
    log.write_text("x")

    def linked(where: Path | None) -> list[str]:
        root = parsed(html.render(dataclasses.replace(document, page=where)))
        harmless(root)
        return [e.get("href") for e in root.iter("a") if not e.get("href", "").startswith("#")]

    assert linked(None) == []
    beside = linked(folder)
    assert beside[:3] == ["./run.json", "./table.csv", "./parity.csv"]
    assert f"./{log.relative_to(folder).as_posix()}" in beside
    assert all((folder / address).is_file() for address in beside)
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    assert all((elsewhere / unquote(address)).is_file() for address in linked(elsewhere))


def test_a_log_outside_the_run_is_not_linked(tmp_path: Path) -> None:
    document = stored_document(tmp_path / "results")
    (tmp_path / "secret.txt").write_text("x")
    [run] = document.runs
    runners = [
        record.model_copy(
            update={
                "rounds": [r.model_copy(update={"log": "../../secret.txt"}) for r in record.rounds]
            }
        )
        for record in run.runners
    ]
    moved = dataclasses.replace(
        document,
        runs=(run.model_copy(update={"runners": runners}),),
        page=document.folder(0).path,
    )
    assert "secret" not in html.render(moved)


def test_runs_side_by_side() -> None:
    first = whole_run(["a", "b"])
    second = whole_run(["b", "c"]).model_copy(
        update={"run_id": "another", "machine": first.machine.model_copy(update={"cpu": "Faster"})}
    )
    root = parsed(html.render(Document((first, second), remarks=("They differ.",))))
    harmless(root)
    consistent(root)
    assert len(list(root.iter("article"))) == 2
    overview, seconds, errors = tables(root)[:3]
    assert [row[1] for row in overview[1:]] == [first.run_id, "another"]
    assert seconds[0] == ["runner", "run 1", "run 2"]
    assert [row[0] for row in seconds[1:]] == ["a", "b", "c"] == [row[0] for row in errors[1:]]
    assert "They differ." in words(root)


def test_what_is_asked_for_is_shown() -> None:
    run = whole_run(["a"])
    choice = Choice(phase="load", feature="fc7", columns=("runner", "error", "seconds"))
    root = parsed(html.render(Document((run,), choice=choice)))
    assert tables(root)[0][0] == ["runner", "error, fc7", "load, s"]


def test_logs_of_failed_runners_are_shown_as_they_are() -> None:
    run = whole_run(["a"])
    broken = failed("b", "it crashed", ["Traceback", "  <b>bold</b>"])
    root = page(run.model_copy(update={"runners": [*run.runners, broken]}))
    assert any("Traceback\n  <b>bold</b>" in "".join(pre.itertext()) for pre in root.iter("pre"))


def test_forty_runners_stay_within_bounds() -> None:
    assert len(odd_text("forty runners").encode()) < MOST_BYTES
    assert len(list(next(odd_page("forty runners").iter("table")).iter("tr"))) == 40 + 1


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    document = stored_document(tmp_path)
    assert html.render(document) == html.render(document)


def test_a_reduced_precision_is_explained() -> None:
    bad = entry("a", "fc6", 1e-3, "reduced-precision", arithmetic="tf32")
    run = whole_run(["a"]).model_copy(
        update={"parity": [bad], "timing": [timing("a", "predict", [1.0], None)]}
    )
    root = page(run)
    assert "Reduced precision" in [words(e) for e in root.iter("dt")]
    assert "has the pattern of TF32" in words(root)


@pytest.mark.skipif(
    "NETPARITY_VNU_JAR" not in os.environ, reason="NETPARITY_VNU_JAR names no Nu Html Checker"
)
@pytest.mark.parametrize("name", ["whole", "wild", "forty runners"])
def test_the_w3cs_checker_finds_no_error(name: str, tmp_path: Path) -> None:
    documents = {
        "whole": lambda: stored_document(tmp_path / "run"),
        "wild": lambda: Document.of(worded_run(WORDS)),
        "forty runners": lambda: Document.of(ODD["forty runners"]),
    }
    file = tmp_path / "page.html"
    file.write_text(html.render(documents[name]()), encoding="utf-8")
    command = ["java", "-jar", os.environ["NETPARITY_VNU_JAR"], "--errors-only", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
