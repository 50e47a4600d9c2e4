"""The page asks nobody for anything, everybody can read it, and paper loses nothing of it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import Seen
from tests.data import STACKS

pytestmark = pytest.mark.xdist_group("browser")
SCHEMES: list[Any] = [{"color_scheme": "light"}, {"color_scheme": "dark"}]
A4 = {"width": 688, "height": 996}
"""The printed area of the page's own margins (14 and 16 to 18 mm), in CSS pixels."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def test_no_request_and_not_a_word_on_the_console(opened: Seen, dossier: Path) -> None:
    opened.page.get_by_role("searchbox").fill("profiles")
    opened.page.wait_for_timeout(200)
    assert opened.requests == [dossier.as_uri()]
    assert opened.said == []


@pytest.mark.parametrize("opened", SCHEMES, indirect=True)
def test_axe_finds_no_violation(opened: Seen) -> None:
    axe: Any = Axe()
    found: list[Any] = axe.run(opened.page, options={"runOnly": RULES}).response["violations"]
    told = [(one["id"], one["impact"], [node["target"] for node in one["nodes"]][:3]) for one in found]
    assert not [one for one in told if one[1] in ("serious", "critical")], told
    assert told == []


@pytest.mark.parametrize("opened", [{"java_script_enabled": False}], indirect=True)
def test_all_of_it_is_there_without_script(opened: Seen) -> None:
    assert opened.page.locator("main section.page").count() == 13
    assert not opened.page.get_by_role("searchbox").is_visible()
    hidden = opened.page.locator("main [hidden]").count()
    assert hidden == 0
    assert opened.page.locator("#RES-P1").is_visible()


def test_a_store_that_is_searched_for_is_what_is_left(opened: Seen) -> None:
    opened.page.get_by_role("searchbox").fill("usage-bucket")
    shown = opened.page.locator("article.control:visible h3").all_inner_texts()
    assert any(text.startswith("RES-P1") for text in shown)
    assert not any(text.startswith("NET-2") for text in shown)
    opened.page.get_by_role("searchbox").fill("nobody would say this")
    assert "Nothing on these pages says that." in opened.page.locator("output").inner_text()
    opened.page.get_by_role("searchbox").fill("")
    assert opened.page.locator("main tbody tr:visible").count() == opened.page.locator("main tbody tr").count()


def test_three_clicks_to_who_reads_and_why_not(opened: Seen) -> None:
    """The newcomer's path of docs/tutorial.md."""
    page = opened.page
    page.get_by_role("link", name="Summary").click()
    page.locator("#site-dublin .ask").get_by_role("link", name="the register").click()
    page.locator("#access .register").first.get_by_role("row", name="anybody else, with or").get_by_role(
        "link", name="RES-P1"
    ).click()
    assert page.url.endswith("#dublin-RES-P1")
    row = page.locator("#dublin-RES-P1 tr").filter(has_text="profiles-bucket").first
    assert row.is_visible()
    assert "whoever asks, the data of profiles-bucket is reached through" in row.inner_text()


def test_the_summary_of_each_site_fits_one_screen(opened: Seen) -> None:
    heights = opened.page.locator("article.site").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert len(heights) == len(STACKS)
    assert max(heights) <= 1080, "a screen of 1080 lines"


def test_the_page_of_all_stacks_is_small(dossier: Path) -> None:
    assert dossier.stat().st_size <= 750_000


def test_no_cell_runs_into_the_next_one(opened: Seen) -> None:
    """Every word of a verdict stands inside its own cell."""
    over = opened.page.evaluate(
        """() => [...document.querySelectorAll('main td, main th')].filter(cell => cell.offsetWidth > 0 &&
          [...cell.children].some(one => one.getBoundingClientRect().right > cell.getBoundingClientRect().right + 1))
          .map(cell => cell.textContent.slice(0, 60))"""
    )
    assert over == []


def test_a_narrow_screen_scrolls_downwards_only(browser: Browser, dossier: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(dossier.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


MEASURE = """
() => [...document.querySelectorAll('main table')].map(table => ({
  name: table.caption.textContent,
  over: table.scrollWidth - table.closest('.scroll').clientWidth,
  rows: [...table.rows].map(row => row.offsetHeight),
  cut: [...table.querySelectorAll('td, th')].filter(cell => cell.scrollWidth > cell.clientWidth + 1).length,
}))
"""


def test_paper_keeps_every_table_whole(browser: Browser, dossier: Path) -> None:
    page = browser.new_page(viewport={"width": A4["width"], "height": A4["height"]})
    page.goto(dossier.as_uri())
    page.emulate_media(media="print")
    tables: list[Any] = page.evaluate(MEASURE)
    page.close()
    assert len(tables) > 30
    assert [one["name"] for one in tables if one["over"] > 1 or one["cut"]] == []
    taller = [one["name"] for one in tables for height in one["rows"] if height > A4["height"]]
    assert taller == [], "a row that no page holds is cut in two"


@pytest.fixture(scope="module")
def printed(browser: Browser, dossier: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The text of each printed page."""
    path = tmp_path_factory.mktemp("print") / "dossier.pdf"
    page = browser.new_page(color_scheme="dark")
    page.goto(dossier.as_uri())
    page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    page.close()
    try:
        text = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("no pdftotext is installed: apt-get install poppler-utils")
    return text.stdout.decode().split("\f")[:-1]


def test_every_printed_page_says_what_it_is_worth_and_its_number(printed: list[str]) -> None:
    assert len(printed) > 30
    for number, text in enumerate(printed, 1):
        assert "lab, not evidence" in text, number
        assert "modelling choice" in text, number
        assert f"{number} / {len(printed)}" in text


def test_no_row_is_lost_or_split_on_paper(printed: list[str], browser: Browser, dossier: Path) -> None:
    """Every verdict's row is on one page: its id, and after it the last words of its last cell."""
    page = browser.new_page()
    page.goto(dossier.as_uri())
    rows: list[list[str]] = page.evaluate(ROWS)
    page.close()
    assert len(rows) > 100
    pages = ["".join(text.split()) for text in printed]
    lost = [name for name, end in rows if not any(_holds(text, name, end) for text in pages)]
    assert lost == []


ROWS = """
() => [...document.querySelectorAll('.claims tbody tr:not(.at)')].map(row => [
  row.querySelector('th code').textContent, row.lastElementChild.textContent.replace(/\\s/g, '').slice(-24)])
"""


def _holds(page: str, name: str, end: str) -> bool:
    """Whether a page, without its spaces, has the name and behind it the end."""
    _, found, after = page.partition(name)
    return bool(found) and end in after
