"""The same in other words is no change: not for the declarations, not for the verdicts, and nothing is told of it."""

import json
import random
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from clover.change.difference import Change, change
from clover.controls.run import prove
from clover.sources import read_world
from tests.data import preview_of, state

Document = dict[str, Any]
DAY = date(2026, 11, 24)


def compared(folder: Path, before: Any, after: Any) -> Change:
    """The change as the command sees it."""
    files = [folder / name for name in ("before.json", "after.json")]
    for file, data in zip(files, (before, after), strict=True):
        file.write_text(json.dumps(data), encoding="utf-8")
    return change(read_world(files[:1]), read_world(files[1:]), partial(prove, zone=None, day=DAY))


def in_halves(document: Document) -> None:
    """Every statement of several actions as two statements."""
    written: list[Document] = []
    for each in document["Statement"]:
        actions = cast("list[str]", each["Action"] if isinstance(each.get("Action"), list) else [])
        parts = [{**each, "Sid": f"{each['Sid']}{part}", "Action": actions[part::2]} for part in (0, 1)]
        written += parts if len(actions) > 1 else [each]
    document["Statement"] = written


def in_capitals(document: Document) -> None:
    """Actions in capitals, which IAM does not tell apart."""
    for each in document["Statement"]:
        for name in {"Action", "NotAction"} & each.keys():
            actions = each[name]
            each[name] = actions.upper() if isinstance(actions, str) else [action.upper() for action in actions]


def as_lists(document: Document) -> None:
    """Every single value as a list, every list in another order."""
    for each in document["Statement"]:
        for name in ("Action", "NotAction", "Resource"):
            if name in each:
                each[name] = [each[name]] if isinstance(each[name], str) else each[name][::-1]
        for tested in each.get("Condition", {}).values():
            for key, held in tested.items():
                tested[key] = held[::-1] if isinstance(held, list) else [held]


def without_names(document: Document) -> None:
    """Statements without their names."""
    for each in document["Statement"]:
        each.pop("Sid", None)


def everybody_otherwise(document: Document) -> None:
    """The other way to say everybody."""
    for each in document["Statement"]:
        if each.get("Principal") in ("*", {"AWS": "*"}):
            each["Principal"] = {"AWS": "*"} if each["Principal"] == "*" else "*"


REWRITES = (in_halves, in_capitals, as_lists, without_names, everybody_otherwise)


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda each: each.__name__)
@pytest.mark.parametrize("name", ["profiles-policy", "user-data-key"])
def test_a_policy_in_other_words_is_neutral(tmp_path: Path, name: str, rewrite: Callable[[Document], None]) -> None:
    after = state()
    resource = next(each for each in after["deployment"]["resources"] if each["urn"].endswith(f"::{name}"))
    for side in ("inputs", "outputs"):
        document = json.loads(resource[side]["policy"])
        before = json.dumps(document)
        rewrite(document)
        if name == "profiles-policy" or rewrite is not in_halves:
            assert json.dumps(document) != before
        resource[side]["policy"] = json.dumps(document, indent=2)
    quiet(compared(tmp_path, state(), after))


def in_another_order(export: Any) -> Any:
    """Components first, as the engine has it, then all else in any order."""
    listed = export["deployment"]["resources"]
    made = [each for each in listed if each.get("custom")]
    random.Random(1).shuffle(made)  # noqa: S311 (an order, no secret)
    export["deployment"]["resources"] = [each for each in listed if not each.get("custom")] + made
    return export


def renamed(export: Any) -> Any:
    """A component and all below it under another name."""
    return json.loads(json.dumps(export).replace("::profiles", "::people"))


def moved(export: Any) -> Any:
    """A component of another type around the same things."""
    return json.loads(json.dumps(export).replace(":index:RegionLockedStore", ":index:LockedStore"))


@pytest.mark.parametrize("rewrite", [in_another_order, renamed, moved, preview_of], ids=lambda each: each.__name__)
@pytest.mark.parametrize("site", ["dublin", "hamar"])
def test_a_stack_in_other_words_is_neutral(tmp_path: Path, site: str, rewrite: Callable[[Any], Any]) -> None:
    quiet(compared(tmp_path, state(site), rewrite(state(site))))


def quiet(found: Change) -> None:
    """Nothing is told."""
    assert [(each.control, each.why) for each in found.findings] == []
    assert found.risks == ()
    assert (found.direction.value, found.exit_code) == ("neutral", 0)
