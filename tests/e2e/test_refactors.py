"""Random refactors of a deployed site: renamed, moved, reordered, under another provider name; nothing is lost."""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from tests.e2e.agreement import held_of
from tests.e2e.checkout import Checkout
from tests.soak import soaked

pytestmark = pytest.mark.e2e

MAIN = "infra/__main__.py"
PROGRAM = Path(__file__).with_name("refactored_main.py")
REFACTORS = 8
"""How many refactors one preview holds."""

PREVIEWS = soaked(1, 25)
KINDS = (
    "AccessTrail/trail",
    "AuditorAccess/auditor",
    "EgressGateway/egress",
)
UNCHANGED = {"same", "update"}
PROVIDERS = "pulumi:providers:"
"""How the types of providers begin: they are in the state, and not in the cloud."""

QUIET = {"read", "action"}
"""Last words of Azure's operations that declare nothing."""

RULES = ("RuleGroup", "Domains", "properties")
"""Where calls of either cloud carry the rules of a control."""


@pytest.fixture(params=[pytest.param(site, marks=pytest.mark.xdist_group(site)) for site in ("dublin", "hamar")])
def site(request: pytest.FixtureRequest) -> Iterator[Checkout]:
    """A deployed site whose program may be refactored; afterwards program and state stand as before."""
    checkout: Checkout = request.getfixturevalue(request.param)
    files = (MAIN, f"Pulumi.{checkout.stack}.yaml")
    before = {file: (checkout.root / file).read_bytes() for file in files}
    (checkout.root / "state.json").write_text(
        checkout.pulumi("stack", "export", "-s", checkout.stack).stdout, encoding="utf-8"
    )
    (checkout.root / MAIN).write_bytes(PROGRAM.read_bytes())
    try:
        yield checkout
    finally:
        for file, content in before.items():
            (checkout.root / file).write_bytes(content)
        checkout.pulumi("stack", "import", "-s", checkout.stack, "--file", "state.json")
        checkout.pulumi("up", "-s", checkout.stack, "--refresh", "--yes", "--skip-preview")


def _refactor(chance: random.Random, checkout: Checkout) -> list[str]:
    """Write down random refactors, so many that each preview has its share; says which."""
    path = checkout.root / f"Pulumi.{checkout.stack}.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    stores, domains = config["config"]["clover:stores"], config["config"]["clover:network"]["allowed_domains"]
    keys = sorted({store.get("role", "user-data") for store in stores})
    named = (*(f"EncryptionKey/{role}" for role in keys), *(f"RegionLockedStore/{store['name']}" for store in stores))
    components = [*KINDS, *named]
    plan: dict[str, Any] = {"provider": None, "components": {}}
    done: list[str] = []
    while len(done) < REFACTORS:
        match chance.choice(["rename", "move", "provider", "reorder"]):
            case "provider":
                plan["provider"] = f"provider-{chance.randrange(1000)}"
                done.append(f"provider {plan['provider']}")
            case "reorder":
                for listed in (stores, domains):
                    chance.shuffle(listed)
                done.append(f"stores {[store['name'] for store in stores]}")
            case change:
                chosen = chance.choice(components)
                known = plan["components"].setdefault(chosen, {"name": chosen.partition("/")[2], "group": None})
                known.update(
                    {"name": f"new-{chance.randrange(1000)}"}
                    if change == "rename"
                    else {"group": f"g{chance.randrange(3)}"}
                )
                done.append(f"{chosen} {known}")
    (checkout.root / "refactoring.json").write_text(json.dumps(plan), encoding="utf-8")
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return done


@pytest.mark.parametrize("seed", range(PREVIEWS))
def test_a_refactored_site_loses_and_replaces_nothing(
    site: Checkout, seed: int, record_property: Callable[[str, object], None]
) -> None:
    done = _refactor(random.Random(f"{site.stack}/{seed}"), site)  # noqa: S311 (no secret depends on it)
    steps = site.preview()["steps"]
    touched = [(step["op"], step["urn"]) for step in steps if step["op"] not in UNCHANGED and _is_custom(step)]
    assert touched == [], "\n".join(done)
    before, held, known = len(site.calls()), held_of(site), _custom(site)
    providers = sum(each["type"].startswith(PROVIDERS) for each in site.state()["resources"])
    assert len([step for step in steps if _is_custom(step)]) == len(known) + providers, "more than providers"
    site.pulumi("up", "-s", site.stack, "--yes", "--skip-preview")
    calls = [call for call in site.calls()[before:] if _declares(call["operation"])]
    assert [call for call in calls if not _covers(call, _written(site, call, before))] == [], "\n".join(done)
    assert (held_of(site), _custom(site)) == (held, known), "\n".join(done)
    record_property("refactors", json.dumps({"site": site.stack, "done": len(done), "calls": len(calls)}))


def _is_custom(step: dict[str, Any]) -> bool:
    return (step.get("newState") or step["oldState"])["custom"]


def _custom(checkout: Checkout) -> set[tuple[str, str]]:
    """Type and id of everything in the state that is in the cloud: names and parents may change, these may not."""
    return {
        (each["type"], each["id"])
        for each in checkout.state()["resources"]
        if each["custom"] and not each["type"].startswith(PROVIDERS)
    }


def _declares(operation: str) -> bool:
    """Whether a call changes anything, by its name on either cloud."""
    if "/" in operation:
        return operation.rpartition("/")[2] not in QUIET
    return not operation.startswith(("Get", "Describe", "List", "Head", "AssumeRole"))


def _written(checkout: Checkout, call: dict[str, Any], before: int) -> dict[str, Any] | None:
    """The last call before the `up` that wrote the same resource."""
    same = (
        each
        for each in reversed(checkout.calls()[:before])
        if each.get("resource") == call.get("resource") and _declares(each["operation"]) and each["status"] < 300
    )
    return next(same, None)


def _covers(call: dict[str, Any], last: dict[str, Any] | None) -> bool:
    """Whether a call leaves a control as strong as it was: it writes what was written before, in another order.

    Which rule stands first among those that allow a host each says nothing about what leaves.
    """
    return last is not None and _rules(call) == _rules(last) != Counter()


def _rules(call: dict[str, Any]) -> Counter[str]:
    """Every leaf of the rules that a call hands over, with how often it stands there; they number themselves on AWS."""
    parts = [call["parameters"].get(name) for name in RULES]
    lines = (line for part in parts for leaf in _leaves(part, "") for line in leaf.splitlines())
    return Counter(re.sub(r"\bsid:\d+;", "", line) for line in lines)


def _leaves(value: Any, under: str) -> Iterator[str]:
    """What stands at the leaves, each under the name of its member."""
    if isinstance(value, dict):
        for name, inner in cast(dict[str, Any], value).items():
            yield from _leaves(inner, name)
    elif isinstance(value, list):
        for inner in cast(list[Any], value):
            yield from _leaves(inner, under)
    elif value is not None:
        yield f"{under}: {value}"
