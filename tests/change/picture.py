"""A comment as people see it: `python -m tests.change.picture COMMENT.md PICTURE.png`.

Markdown becomes HTML by markdown-it with tables and inline HTML, as on GitHub; a browser without a window draws it. The
comment comes from previews in the lab: docs/ci.md says how it is made.
"""

import shutil
import sys
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

WIDTH = 1100
"""Pixels."""

STYLE = """
body { font: 14px/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; color: #1f2328; margin: 24px; }
main { border: 1px solid #d1d9e0; border-radius: 6px; padding: 16px; max-width: 1020px; }
table { border-collapse: collapse; } th, td { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; }
tr:nth-child(2n) { background: #f6f8fa; } th { font-weight: 600; }
code, pre { font: 12px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; background: #f0f1f3; border-radius: 6px; }
code { padding: 2px 5px; } pre { padding: 12px; overflow: auto; white-space: pre-wrap; } pre code { padding: 0; }
details { margin: 6px 0; } summary { cursor: pointer; }
"""


def page(comment: str) -> str:
    """The comment as a page; the first collapsed part is shown open, so that a reader sees what is in one."""
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(comment)
    opened = body.replace("<details>", "<details open>", 1)
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><main>{opened}</main>'


def draw(html: str, picture: Path) -> None:
    """Draw the page as high as it is."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        try:
            view = browser.new_page(viewport={"width": WIDTH, "height": 100})
            view.set_content(html)
            view.screenshot(path=picture, full_page=True)
        finally:
            browser.close()


if __name__ == "__main__":
    draw(page(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]))
