"""The site's program with renamed and moved components and providers; stands in for `infra/__main__.py` of a checkout.

`refactoring.json` beside `Pulumi.yaml` holds `{"provider": NAME | null, "components": {OLD: {"name": NEW, "group":
NAME | null}}}`, where OLD is `Class/name`. Everything keeps an alias to where it was, as in a refactor by hand.
"""

import json
from collections.abc import Callable
from copy import copy
from types import SimpleNamespace
from typing import Any, cast

import pulumi

from clover.zones.admitted import AdmittedSite
from infra import aws_site, azure_site, program, site

COMPONENTS = ("AccessTrail", "AuditorAccess", "EgressGateway", "EncryptionKey", "RegionLockedStore")
PLAN: dict[str, Any] = json.loads((program.ROOT / "refactoring.json").read_text(encoding="utf-8"))
MODULES: dict[str, Any] = {"infra.aws_site": aws_site, "infra.azure_site": azure_site}

_groups: dict[str, pulumi.ComponentResource] = {}


def _group(name: str | None) -> pulumi.ComponentResource | None:
    """The component that others are moved below; made when first asked for."""
    if name is not None and name not in _groups:
        _groups[name] = pulumi.ComponentResource("test:index:Group", name)
    return _groups.get(name or "")


def _placed(kind: str, make: Callable[..., Any]) -> Callable[..., Any]:
    def component(name: str, args: Any, options: pulumi.ResourceOptions) -> Any:
        plan = PLAN["components"].get(f"{kind}/{name}")
        if plan is None:
            return make(name, args, options)
        parent = _group(plan["group"])
        alias = pulumi.Alias(name=name, parent=cast(Any, pulumi.ROOT_STACK_RESOURCE))
        moved = copy(options)  # merging would call each provider by its package, and leave one of two
        moved.parent, moved.aliases = parent, [*(options.aliases or []), alias]
        return make(plan["name"], args, moved)

    return component


def _provider(sdk: Any) -> Any:
    """The cloud's SDK with a provider that takes the plan's name before its own."""

    def provider(name: str, **arguments: Any) -> Any:
        options = pulumi.ResourceOptions(aliases=[pulumi.Alias(name=name)])
        renamed = pulumi.ResourceOptions.merge(arguments["opts"], options)
        return sdk.Provider(f"{PLAN['provider']}-{name}", **{**arguments, "opts": renamed})

    return SimpleNamespace(**{**vars(sdk), "Provider": provider})


def refactor(cloud: Any) -> None:
    """Put renaming constructors in the place of the components that a site's module names."""
    for kind in COMPONENTS:
        setattr(cloud, kind, _placed(kind, getattr(cloud, kind)))
    if PLAN["provider"]:
        sdk = "aws" if cloud is aws_site else "azure"
        setattr(cloud, sdk, _provider(getattr(cloud, sdk)))


def deploy(admitted: AdmittedSite) -> None:
    """Deploy the refactored site."""
    cloud = MODULES[site.CLOUDS[admitted.cloud]]
    refactor(cloud)
    cloud.deploy(admitted)


if __name__ == "__main__":
    site.deploy_on_cloud = deploy
    program.main()
