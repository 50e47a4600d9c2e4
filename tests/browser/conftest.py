"""A headless Chromium, and the dossier of every stack of `make up`, signed by nobody, made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from clover.cli import main
from tests.data import STACKS, file_of

FLAGS = [
    "--no-sandbox",  # continuous integration runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
INSTALLED = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a file: while it runs, no other event loop can run in this process, and other files need theirs."""
    if INSTALLED is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=INSTALLED, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of all of them, with a previous dossier, so that every one of its pages is there."""
    folder = tmp_path_factory.mktemp("browser")
    words = [str(file_of(stack)) for stack in STACKS]
    main(["report", *words, "--out", str(folder / "before"), "--as-of", "2026-10-10"])
    before = str(folder / "before")
    main(["report", *words, "--out", str(folder / "made"), "--as-of", "2026-11-01", "--diff", before])
    return folder / "made" / "index.html"


class Seen(NamedTuple):
    """A page that was opened, every request that it made, and everything that it said on its console."""

    page: Page
    requests: list[str]
    said: list[str]


@pytest.fixture
def opened(browser: Browser, dossier: Path, request: pytest.FixtureRequest) -> Iterator[Seen]:
    """The dossier as opened from a file; a parameter is what the browser's context is to be like."""
    context = browser.new_context(viewport={"width": 1360, "height": 900}, **getattr(request, "param", {}))
    seen = Seen(context.new_page(), [], [])
    watch(seen)
    seen.page.goto(dossier.as_uri())
    yield seen
    context.close()


def watch(seen: Seen) -> None:
    """Note what the page asks for and says."""
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on("console", lambda message: seen.said.append(f"{message.type}: {message.text}"))
    seen.page.on("pageerror", lambda error: seen.said.append(f"error: {error}"))
    seen.page.on("dialog", lambda dialog: seen.said.append(f"dialog: {dialog.message}"))
