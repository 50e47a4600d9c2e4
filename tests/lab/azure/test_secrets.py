"""Secrets come back as secrets, in the same places, and appear nowhere else."""

import pytest

from clover.lab.provider.wire import Props, Secrets
from tests.lab.azure.world import World
from tests.lab.provider.engine import Failed

CANARY = "canary-1f8e2"


def hidden(*paths: tuple[str | int, ...]) -> Secrets:
    return Secrets(frozenset(paths))


def test_a_secret_tag_stays_secret_through_every_operation(world: World) -> None:
    token = "azure-native:resources:ResourceGroup"
    inputs: Props = {"tags": {"owner": CANARY, "site": "hamar"}}
    group = world.engine.create(token, world.name("hidden"), inputs, hidden(("tags", "owner")))
    assert group.secrets.paths == {("tags", "owner")}
    assert group["tags"]["owner"] == CANARY
    refreshed = world.engine.refresh(group)
    assert refreshed is not None
    assert refreshed.secrets.paths == {("tags", "owner")}
    assert world.engine.update(group, inputs, hidden(("tags", "owner"))).secrets.paths == {("tags", "owner")}


def test_a_secret_stays_out_of_errors(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    inputs = world.grouped(
        virtualNetworkName=world.name("net"), addressSpace={"addressPrefixes": [f"10.0.0.0/8 {CANARY}"]}
    )
    where = hidden(("addressSpace", "addressPrefixes", 0))
    with pytest.raises(Failed) as failure:
        world.engine.create("azure-native:network:VirtualNetwork", "hidden", inputs, where)
    captured = capfd.readouterr()
    assert CANARY not in str(failure.value) + captured.out + captured.err
