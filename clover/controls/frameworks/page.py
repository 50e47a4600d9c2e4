"""The page of the frameworks: `python -m clover.controls.frameworks.page` writes docs/frameworks.md."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from clover.controls.frameworks import Framework, Stance, frameworks

PAGE = Path(__file__).parents[3] / "docs" / "frameworks.md"

_HEAD = """# Frameworks

Generated: `python -m clover.controls.frameworks.page`. What the controls are worth to each item of published
frameworks. Items stand by number; their text is in the source. **No item is met by this table alone**: `supports
(part)` says that the controls named bear on it, and the verdicts of a site say whether they hold. `conflict` marks
items that, followed to the letter, would break residency, with the safe way; `clover lint-rules` finds them in the
configuration of other tools.
"""


def page() -> str:
    """The page's text."""
    return "\n".join([_HEAD, *_summary(), *(line for one in frameworks().values() for line in _table(one))]) + "\n"


def _summary() -> Iterator[str]:
    yield f"| framework | version | items | {' | '.join(Stance)} |"
    yield f"|---|---|---|{'---|' * len(Stance)}"
    for name, framework in frameworks().items():
        count = Counter(group.stance for _, group in framework.items())
        told = " | ".join(str(count[stance]) for stance in Stance)
        yield f"| [{name}](#{name.lower().replace(' ', '-')}) | {framework.version} | {framework.count} | {told} |"
    yield ""


def _table(framework: Framework) -> Iterator[str]:
    yield f"## {framework.framework}\n"
    yield f"{framework.source}.\n"
    yield "| items | stance | controls | why |"
    yield "|---|---|---|---|"
    for group in framework.groups:
        yield f"| {', '.join(group.items)} | {group.stance} | {', '.join(group.controls)} | {group.why} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
