"""Random refactors of a deployed site: renamed, moved, reordered, under another provider name; nothing is replaced."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

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
    "EncryptionKey/evidence",
    "EncryptionKey/user-data",
)
UNCHANGED = {"same", "update"}


@pytest.fixture(params=[pytest.param(site, marks=pytest.mark.xdist_group(site)) for site in ("dublin", "hamar")])
def site(request: pytest.FixtureRequest) -> Iterator[Checkout]:
    """A deployed site whose program may be refactored; afterwards everything stands as before."""
    checkout: Checkout = request.getfixturevalue(request.param)
    files = (MAIN, f"Pulumi.{checkout.stack}.yaml")
    before = {file: (checkout.root / file).read_bytes() for file in files}
    (checkout.root / MAIN).write_bytes(PROGRAM.read_bytes())
    try:
        yield checkout
    finally:
        for file, content in before.items():
            (checkout.root / file).write_bytes(content)


def _refactor(chance: random.Random, checkout: Checkout) -> list[str]:
    """Write down random refactors, so many that each preview has its share; says which."""
    path = checkout.root / f"Pulumi.{checkout.stack}.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    stores, domains = config["config"]["clover:stores"], config["config"]["clover:network"]["allowed_domains"]
    components = [*KINDS, *(f"RegionLockedStore/{store['name']}" for store in stores)]
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
def test_a_refactored_site_loses_and_replaces_nothing(site: Checkout, seed: int) -> None:
    done = _refactor(random.Random(f"{site.stack}/{seed}"), site)  # noqa: S311 (no secret depends on it)
    steps = site.preview()["steps"]
    touched = [(step["op"], step["urn"]) for step in steps if step["op"] not in UNCHANGED and _is_custom(step)]
    assert touched == [], "\n".join(done)
    assert len([step for step in steps if _is_custom(step)]) == len(
        [one for one in site.state()["resources"] if one["custom"]]
    )


def _is_custom(step: dict[str, Any]) -> bool:
    return (step.get("newState") or step["oldState"])["custom"]
