"""Whether a checkout's state and its cloud hold the same, resource by resource, in both directions."""

from collections import defaultdict

from tests.e2e.checkout import Checkout
from tests.e2e.held_aws import held as held_by_aws
from tests.e2e.held_azure import copied
from tests.e2e.held_azure import held as held_by_azure

Kinds = dict[str, set[str]]


def disagreement(checkout: Checkout) -> tuple[Kinds, Kinds]:
    """Ids by type: what the cloud alone holds (strays), and what the state alone holds."""
    held, known = held_of(checkout), _known(checkout)
    kinds = held.keys() | known.keys()
    strays = {kind: held.get(kind, set()) - known.get(kind, set()) for kind in kinds}
    lost = {kind: known.get(kind, set()) - held.get(kind, set()) for kind in kinds}
    return _filled(strays), _filled(lost)


def assert_agreement(checkout: Checkout) -> None:
    """Nothing is on one side alone, and every resource is in the cloud as the state says."""
    assert disagreement(checkout) == ({}, {})
    checkout.pulumi("preview", "-s", checkout.stack, "--refresh", "--expect-no-changes")


def _filled(kinds: Kinds) -> Kinds:
    return {kind: ids for kind, ids in kinds.items() if ids}


def held_of(checkout: Checkout) -> Kinds:
    """Ids of everything that the cloud holds of the checkout's site, by type; Azure's are of one kind.

    Of what lies with the copies, only what the site's stack makes there.
    """
    if checkout.stack == "dublin":
        return held_by_aws(checkout.client, "dublin")
    own, beyond = checkout.azure(), checkout.beside("backups").azure()
    return {"azure": held_by_azure(own) | copied(beyond, own.subscription)}


def _known(checkout: Checkout) -> Kinds:
    """Ids in the state, by type; Azure's are of one kind, for an id there says its type."""
    found: Kinds = defaultdict(set)
    for resource in checkout.state()["resources"]:
        cloud = resource["type"].partition(":")[0]
        if cloud == "azure-native":
            found["azure"].add(resource["id"].lower())
        elif cloud == "aws":
            found[resource["type"]].add(resource["id"])
    return dict(found)
