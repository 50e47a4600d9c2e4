"""In a real browser, too, a hostile text is a text."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Seen, watch
from tests.dossier.asking import report
from tests.dossier.hostile import HOSTILE, SPOILED

pytestmark = pytest.mark.xdist_group("browser")
NAMES = ("script", "handler", "closing", "template")
KINDS = ("tags and reasons", "every text", "policies", "a megabyte", "a plan", *(f"a name: {kind}" for kind in NAMES))


ASKED = [
    *((site, kind) for site in ("dublin", "hamar") for kind in KINDS),
    *((stack, "every text") for stack in ("organisation", "auditor", "dublin2")),
]


@pytest.mark.parametrize(("site", "kind"), ASKED)
def test_nothing_executes(browser: Browser, tmp_path: Path, site: str, kind: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(SPOILED[kind](site)), encoding="utf-8")
    report(plan, tmp_path / "made", "2026-11-01", {})
    seen = Seen(browser.new_page(), [], [])
    watch(seen)
    page = tmp_path / "made" / "index.html"
    seen.page.goto(page.as_uri())
    seen.page.get_by_role("searchbox").fill("profiles")
    seen.page.mouse.move(400, 400)
    seen.page.wait_for_timeout(200)
    assert seen.said == []
    assert seen.requests == [page.as_uri()]
    assert seen.page.locator("main section.page").count() == 12
    named = HOSTILE.get(kind.removeprefix("a name: "))
    if named:
        seen.page.get_by_role("searchbox").fill("")
        assert named in seen.page.locator("main").inner_text()
    seen.page.close()
