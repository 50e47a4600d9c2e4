"""Clover's CrossGuard pack: one mandatory policy a control, each telling what the prover says of the whole stack.

`pulumi preview --policy-pack policy`; docs/policy-pack.md.
"""

from collections.abc import Iterator

from judgement import JUDGED, Judgement, of_control, of_trouble, of_waiting
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
)
from service import Service, serve
from settings import SCHEMA

from clover.controls.catalogue import Control, controls


def service() -> Service:
    """The pack as the engine calls it, with nothing seen yet."""
    judgement = Judgement()
    return Service(judgement, policies(judgement))


def policies(judgement: Judgement) -> list[Policy]:
    """The pack's policies: what makes the stack judgeable first, then the controls in the catalogue's order."""
    return [
        *_around(judgement),
        *(_policy(judgement, control) for control in controls().values()),
    ]


def _around(judgement: Judgement) -> Iterator[Policy]:
    """What the controls need: inputs, zone and site; and what may wait for a first update."""
    yield ResourceValidationPolicy(
        name="inputs-are-seen",
        description="Notes what each resource declares; it reports and changes nothing.",
        validate=judgement.see,
        remediate=judgement.see_secretly,
        enforcement_level=EnforcementLevel.REMEDIATE,
    )
    yield StackValidationPolicy(
        name=JUDGED,
        description="The stack has a zone and a site, and what it declares can be read.",
        validate=judgement.tells(of_trouble),
        enforcement_level=EnforcementLevel.MANDATORY,
        config_schema=PolicyConfigSchema(dict(SCHEMA)),
        severity=Severity.CRITICAL,
        remediation_steps="Name the zone, and where need be the site, in this policy's configuration or in "
        "CLOVER_ZONE and CLOVER_SITE.",
    )
    yield StackValidationPolicy(
        name="unknown-until-made",
        description="What nobody can know before the first update; see firstPreview of stack-is-judged.",
        validate=judgement.tells(of_waiting),
        enforcement_level=EnforcementLevel.ADVISORY,
    )


def _policy(judgement: Judgement, control: Control) -> Policy:
    """The policy of one control."""
    on_azure = f" On Azure: {control.fix_on_azure}" if control.fix_on_azure else ""
    named = [f"{name}:{item}" for name, items in control.frameworks.items() for item in items]
    return StackValidationPolicy(
        name=control.id,
        display_name=control.title,
        description=control.statement,
        validate=judgement.tells(of_control(control.id)),
        enforcement_level=EnforcementLevel.MANDATORY,
        severity=Severity.HIGH,
        framework=_framework(control),
        tags=["clover", control.id.partition("-")[0], *named],
        remediation_steps=f"{control.fix}{on_azure}",
    )


def _framework(control: Control) -> PolicyComplianceFramework | None:
    """The first framework that the control supports in part; the others are among the tags."""
    for name, items in control.frameworks.items():
        return PolicyComplianceFramework(
            name=name, reference=", ".join(items), specification=f"Supported in part, not met: {control.statement}"
        )
    return None


if __name__ == "__main__":
    serve(service())
