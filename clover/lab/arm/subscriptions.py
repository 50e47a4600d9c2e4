"""What is asked of subscriptions and tenants rather than of a resource: lists, providers, operations, names."""

import re
from collections.abc import Callable
from typing import Any

from clover.lab.arm import operations
from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.catalog import kinds, namespaces, table
from clover.lab.arm.errors import error
from clover.lab.arm.reads import page, resources
from clover.lab.arm.rendering import rendered
from clover.lab.arm.schema import schema
from clover.lab.arm.tokens import Caller
from clover.lab.arm.world import World

Endpoint = Callable[[World, ArmCall], Reply]

_ENDPOINTS: list[tuple[str, str, Endpoint]] = []
"""Method, pattern of the path in lower case, and who answers."""


def serves(method: str, pattern: str) -> Callable[[Endpoint], Endpoint]:
    """Say that a function answers `method` at paths of the `pattern`, in which `*` is one segment."""

    def noted(answer: Endpoint) -> Endpoint:
        _ENDPOINTS.append((method, pattern.lower().replace("*", "[^/]+"), answer))
        return answer

    return noted


def endpoint(call: ArmCall) -> Endpoint | None:
    """Who answers `call`, where it is one of these."""
    path = str(call.extra["path"]).lower().rstrip("/")
    for method, pattern, answer in _ENDPOINTS:
        if method == call.method and re.fullmatch(pattern, path):
            return answer
    return None


def _subscription(subscription: str, caller: Caller) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{subscription}",
        "subscriptionId": subscription,
        "displayName": f"lab {subscription[:8]}",
        "state": "Enabled",
        "tenantId": caller.tenant,
        "subscriptionPolicies": {"spendingLimit": "Off"},
    }


@serves("GET", "/subscriptions")
def list_subscriptions(world: World, call: ArmCall) -> Reply:
    """The subscriptions of the caller's tenant that somebody has used."""
    return page(call, [_subscription(one, call.caller) for one in world.subscriptions(call.caller.tenant)])


@serves("GET", "/subscriptions/*")
def get_subscription(_: World, call: ArmCall) -> Reply:
    """One subscription: any GUID is one."""
    return Reply(200, _subscription(call.address.subscription, call.caller))


@serves("GET", "/tenants")
def list_tenants(_: World, call: ArmCall) -> Reply:
    """The caller's tenant."""
    return page(call, [{"id": f"/tenants/{call.caller.tenant}", "tenantId": call.caller.tenant}])


@serves("GET", "/subscriptions/*/locations")
def list_locations(_: World, call: ArmCall) -> Reply:
    """The regions."""
    above = f"/subscriptions/{call.address.subscription}/locations"
    return page(call, [{"id": f"{above}/{name}", "name": name} for name in table("regions")["regions"]])


@serves("GET", "/subscriptions/*/resourcegroups")
def list_groups(world: World, call: ArmCall) -> Reply:
    """The resource groups of a subscription."""
    found = [one for one in world.store.below(call.address.root) if one.kind.type.endswith("/resourceGroups")]
    return page(call, [rendered(world, one) for one in found])


@serves("GET", "/subscriptions/*/resources")
@serves("GET", "/subscriptions/*/resourcegroups/*/resources")
def list_resources(world: World, call: ArmCall) -> Reply:
    """The resources of a subscription or group."""
    if call.address.group and world.store.get(call.address.root) is None:
        raise error("group_not_found", name=call.address.group)
    return resources(world, call)


def _provider(namespace: str, subscription: str) -> dict[str, Any]:
    types = [
        {
            "resourceType": "/".join(kind.path),
            "locations": table("regions")["regions"],
            "apiVersions": schema()["versions"][kind.type],
        }
        for kind in kinds().values()
        if kind.namespace == namespace
    ]
    provider_id = f"/subscriptions/{subscription}/providers/{namespace}"
    return {"id": provider_id, "namespace": namespace, "registrationState": "Registered", "resourceTypes": types}


@serves("GET", "/subscriptions/*/providers")
def list_providers(_: World, call: ArmCall) -> Reply:
    """The namespaces that the lab serves."""
    return page(call, [_provider(name, call.address.subscription) for name in sorted(namespaces().values())])


@serves("GET", "/subscriptions/*/providers/*")
@serves("POST", "/subscriptions/*/providers/*/register")
def get_provider(_: World, call: ArmCall) -> Reply:
    """One namespace; all are registered."""
    segments = str(call.extra["path"]).split("/")
    namespace = namespaces().get(segments[4].lower())
    if namespace is None:
        raise error("invalid_namespace", namespace=segments[4])
    return Reply(200, _provider(namespace, call.address.subscription))


@serves("GET", "/providers/*/locations/*/operations/*")
@serves("GET", "/subscriptions/*/providers/*/locations/*/operations/*")
def get_operation(world: World, call: ArmCall) -> Reply:
    """The state of a long-running operation."""
    return operations.status(world, call, call.address.name, shows_result=False)


@serves("GET", "/providers/*/locations/*/operationresults/*")
@serves("GET", "/subscriptions/*/providers/*/locations/*/operationresults/*")
def get_result(world: World, call: ArmCall) -> Reply:
    """The result of a long-running operation, or word that there is none yet."""
    return operations.status(world, call, call.address.name, shows_result=True)
