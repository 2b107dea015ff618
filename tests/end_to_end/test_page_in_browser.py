"""The page as users see it: in a real Chromium, opened from a file.

Screenshots are left in build/screenshots. Debian's `chromium` has to be installed.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from netparity.api import load_run
from netparity.protocol import Run
from netparity.report import Document, html
from tests.support.odd_runs import WORDS, odd_runs, worded_run
from tests.support.page_runs import stored_document, whole_run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
ALONE = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PHONE, DESKTOP = 360, 1400
HIGHEST = 16_384
LAYOUTS = ((PHONE, "light"), (DESKTOP, "dark")), ((PHONE, "dark"), (DESKTOP, "light"))


def in_pairs(names: Sequence[str]) -> list[tuple[str, int, str]]:
    """Every page in every width and every scheme, and every width in every scheme."""
    return [(name, *layout) for number, name in enumerate(names) for layout in LAYOUTS[number % 2]]


def in_turn(names: Sequence[str]) -> list[tuple[str, int, str]]:
    """Every page in one of the widths and schemes, and each of these once for four pages."""
    layouts = [layout for pair in LAYOUTS for layout in pair]
    return [(name, *layouts[number % 4]) for number, name in enumerate(names)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not on the PATH: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=ALONE)
        yield opened
        opened.close()


def reference_run() -> Run:
    """The committed comparison, without the runner that was not available."""
    run = load_run(Path(__file__).parents[2] / "results" / "reference" / "compare")
    kept = [record for record in run.runners if record.status == "ok"]
    assert len(kept) == 4
    return run.model_copy(update={"runners": kept})


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    documents = {
        "whole": stored_document(folder / "run"),
        "wild": Document.of(worded_run(WORDS)),
        "many": Document.of(odd_runs()["forty runners"]),
        "several": Document((whole_run(["a", "b"]), whole_run(["b", "c"]))),
        "four": Document.of(reference_run()),
        "fates": Document.of(odd_runs()["every fate"]),
    }
    for name, document in documents.items():
        (folder / f"{name}.html").write_text(html.render(document), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in documents}


@pytest.fixture
def visit(browser: Browser, pages: dict[str, Path]) -> Iterator[object]:
    """Return visit(name, width, scheme); what the page complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def go(name: str, width: int = DESKTOP, scheme: str = "light", script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        contexts.append(context)
        context.set_default_timeout(300_000)  # milliseconds; the machine may be busy
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        own = pages[name].as_uri()
        page.on(
            "request",
            lambda request: (
                complaints.append(request.url)
                if request.url != own and not request.url.startswith("data:")
                else None
            ),
        )
        page.goto(own)
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize(
    ("name", "width", "scheme"), in_pairs(["whole", "wild", "many", "several", "fates"])
)
def test_every_plot_is_seen_and_nothing_sticks_out(
    visit, name: str, width: int, scheme: str
) -> None:
    page = visit(name, width, scheme)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    # Chromium draws no more than this: the table of forty runners on a phone is fifteen times as
    # high, and takes most of a minute.
    height = min(HIGHEST, page.evaluate("document.documentElement.scrollHeight"))
    page.screenshot(
        path=SCREENSHOTS / f"{name}-{width}-{scheme}.png",
        full_page=True,
        clip={"x": 0, "y": 0, "width": width, "height": height},
    )
    assert page.evaluate("document.documentElement.scrollWidth") == width
    plots = page.locator(".plots svg:visible")
    assert plots.count() >= 2
    for plot in plots.all():
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        assert box is not None and box["width"] >= 200 and box["height"] >= 60
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        shown = plot.screenshot()
        assert len(shown) > 1500  # a PNG of one colour is smaller
    for image in page.locator("img").all():
        assert image.evaluate("e => e.complete && e.naturalWidth > 0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scheme_is_followed(visit, scheme: str) -> None:
    page = visit("whole", scheme=scheme)
    level = page.evaluate(
        "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
    )
    assert (sum(level) > 3 * 128) is (scheme == "light")
    ink = page.locator(".plots svg text").first.evaluate("e => getComputedStyle(e).fill")
    values = [int(value) for value in re.findall(r"\d+", ink)[:3]]
    assert (sum(values) < 3 * 128) is (scheme == "light")


@pytest.mark.parametrize(
    ("name", "width", "scheme"), in_turn(["wild", "whole", "several", "fates"])
)
def test_axe_finds_no_barrier(visit, name: str, width: int, scheme: str) -> None:
    found = Axe().run(visit(name, width, scheme))
    assert found.violations_count == 0, found.generate_report()


def column(page: Page, position: int) -> list[str]:
    cells = page.locator("table").first.locator(f"tbody tr > :nth-child({position})")
    return [text.strip() for text in cells.all_inner_texts()]


def test_a_table_sorts_by_figures_up_and_down(visit) -> None:
    page = visit("fates")
    headers = page.locator("table").first.locator("thead th")
    position = [text.strip().split("\n")[0] for text in headers.all_inner_texts()].index("GiB") + 1
    header = headers.nth(position - 1)
    assert column(page, position) == ["1.00", "2.00", "–", "1.00", "–", "–", "–"]
    header.locator("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert column(page, position) == ["1.00", "1.00", "2.00", "–", "–", "–", "–"]
    header.locator("button").press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert column(page, position) == ["2.00", "1.00", "1.00", "–", "–", "–", "–"]


def test_a_table_sorts_by_words(visit) -> None:
    page = visit("fates")
    before = column(page, 1)
    page.locator("table").first.locator("thead th button").first.click()
    assert column(page, 1) == sorted(before) != before


def test_it_is_whole_without_a_script(visit) -> None:
    page = visit("whole", script=False)
    assert page.locator("table thead button").count() == 0
    assert page.locator("table").first.locator("tbody tr").count() == 3
    assert page.locator(".plots svg:visible").count() == 6
    assert "agree" in page.locator(".answers p").first.inner_text()
    page.locator(".choose label", has_text="load").click()
    shown = page.locator("#run-1-values figure:visible")
    assert shown.count() == 1 and "Load" in shown.locator("figcaption").inner_text()
    assert page.locator(".plots svg:visible").count() == 6


@pytest.mark.parametrize(("width", "height"), [(390, 844), (DESKTOP, 900)])
def test_the_first_screen_has_the_answers_and_every_runner_s_verdict_error_and_speed(
    visit, width: int, height: int
) -> None:
    page = visit("four", width)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=SCREENSHOTS / f"first-screen-{width}.png")
    rows = page.locator("table").first.locator("tbody tr")
    assert page.locator(".answers p").count() == 3 and rows.count() == 4
    headers = [
        text.strip().split("\n")[0].lower()
        for text in page.locator("table").first.locator("thead th").all_inner_texts()
    ]
    decisive = [headers.index(name) for name in ("parity", "error", "predict, s")]
    shown = [
        *page.locator(".answers p").all(),
        *(row.locator(".label") for row in rows.all()),
        *(row.locator("th, td").nth(place) for row in rows.all() for place in decisive),
    ]
    for element in shown:
        box = element.bounding_box()
        assert box is not None and box["x"] >= 0 and box["y"] >= 0
        assert box["y"] + box["height"] <= height
        assert box["x"] + box["width"] <= width


def test_a_warning_leads_to_its_meaning(visit) -> None:
    page = visit("fates")
    page.locator(".warnings a").first.click()
    target = page.evaluate("location.hash.slice(1)")
    assert page.locator(f"#{target}").is_visible()


def test_it_can_be_printed(visit) -> None:
    page = visit("whole", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    assert not page.locator("article nav").first.is_visible()
    data = page.pdf(format="A4")
    assert data.startswith(b"%PDF-")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / "whole-print.pdf").write_bytes(data)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") == 700
