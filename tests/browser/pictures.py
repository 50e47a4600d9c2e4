"""The pictures of the dossier's pages in docs/dossier: `python -m tests.browser.pictures`.

They show the sample stacks as the lab left them, judged on the day of the tests.
"""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from clover.cli import main
from clover.zones.attestation import OVERLAY_SETTING
from tests.browser.conftest import FLAGS, INSTALLED
from tests.data import STACKS, file_of

FOLDER = Path(__file__).parents[2] / "docs" / "dossier"
PAGES = (
    "cover",
    "summary",
    "promises",
    "access",
    "declared",
    "flows",
    "matrix",
    "RES-P1",
    "exceptions",
    "foundation",
    "changes",
    "not_shown",
)
IN_THE_DARK = ("summary", "flows")
VIEW: ViewportSize = {"width": 1280, "height": 860}


def _made(folder: Path) -> Path:
    words = ["report", *(str(file_of(stack)) for stack in STACKS)]
    before = folder / "before"
    main([*words, "--out", str(before), "--as-of", "2026-10-10"])
    main([*words, "--out", str(folder / "made"), "--as-of", "2026-11-01", "--diff", str(before)])
    return folder / "made" / "index.html"


def _take(browser: Browser, index: Path, scheme: str, names: tuple[str, ...]) -> None:
    page: Page = browser.new_page(viewport=VIEW, color_scheme="dark" if scheme else "light")
    for name in names:
        page.goto(f"{index.as_uri()}#{name}")
        page.screenshot(path=FOLDER / f"{name.lower().replace('_', '-')}{scheme}.png")
    page.close()


def take() -> None:
    """Take every picture anew; no lab of this checkout has a say in them."""
    os.environ[OVERLAY_SETTING] = os.devnull
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        index = _made(Path(made))
        browser = playwright.chromium.launch(executable_path=INSTALLED, args=FLAGS)
        _take(browser, index, "", PAGES)
        _take(browser, index, "-dark", IN_THE_DARK)
        browser.close()


if __name__ == "__main__":
    take()
