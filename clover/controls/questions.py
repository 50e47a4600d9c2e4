"""Which question decides each control on each cloud."""

from collections.abc import Mapping
from functools import cache

from clover.controls.case import Question
from clover.controls.catalogue import controls
from clover.zones.vocabulary import Cloud, StackKind


@cache
def questions(cloud: Cloud, hand: StackKind = StackKind.SITE) -> Mapping[str, Question]:
    """The question of each control of a cloud that is asked of a hand's stacks, in the catalogue's order."""
    known = _aws() if cloud is Cloud.AWS else _azure()
    asked = (control for control, about in controls().items() if hand in about.hands)
    return {control: known[control] for control in asked if control in known}


def _aws() -> Mapping[str, Question]:
    from clover.controls.access import aws as access
    from clover.controls.assessment import aws as assessment
    from clover.controls.audit import aws as audit
    from clover.controls.backups import aws as backups
    from clover.controls.encryption import aws_form, aws_use
    from clover.controls.evidence import aws as evidence
    from clover.controls.guardrails import aws as guardrails
    from clover.controls.guardrails import aws_standing
    from clover.controls.incidents import aws as incidents
    from clover.controls.migration import aws as migration
    from clover.controls.network import aws as network
    from clover.controls.network import aws_endpoints
    from clover.controls.operation import aws as operation
    from clover.controls.operation import aws_reach, held
    from clover.controls.operator import aws_escalation
    from clover.controls.residency import attested, aws_floors, aws_places, aws_reading, aws_relays
    from clover.controls.state import aws as state

    return {
        "RES-1": aws_places.locations_lie_in_the_zone,
        "RES-2": aws_places.copies_stay_in_the_zone,
        "RES-3": aws_reading.nobody_outside_reads,
        "RES-P1": aws_reading.data_is_read_from_the_site,
        "RES-P2": aws_relays.no_relay_reads,
        "RES-4": aws_floors.stores_keep_the_floor,
        "RES-5": aws_places.types_are_understood,
        "RES-P4": attested.people_are_in_the_zone,
        "RES-6": attested.metadata_leaves_as_disclosed,
        "KEY-1": aws_form.stores_lie_under_keys_of_the_site,
        "KEY-2": aws_form.keys_stay_in_their_region,
        "KEY-3": aws_use.no_key_is_used_from_outside,
        "KEY-4": aws_use.keys_are_used_through_their_service,
        "KEY-5": aws_use.keys_are_administered_by_the_trusted_base,
        "KEY-6": aws_use.no_key_is_locked_out,
        "NET-4": aws_endpoints.endpoints_pin_both_sides,
        "AUD-1": audit.reads_every_control,
        "AUD-2": audit.reads_no_user_data,
        "AUD-3": audit.nobody_else_becomes_the_auditor,
        **network.QUESTIONS,
        **evidence.QUESTIONS,
        **incidents.QUESTIONS,
        **migration.QUESTIONS,
        **assessment.QUESTIONS,
        **backups.QUESTIONS,
        "GRD-1": aws_standing.every_account_is_bound,
        "GRD-2": guardrails.only_its_region,
        "GRD-3": guardrails.no_hole_in_the_region,
        "GRD-4": guardrails.no_relay_is_worked,
        "GRD-5": guardrails.nobody_leaves,
        "GRD-6": guardrails.trusted_roles_stay,
        "GRD-7": guardrails.perimeter_holds,
        "GRD-8": aws_standing.only_the_controller_writes,
        "GRD-9": aws_standing.what_is_attested_is_declared,
        **access.QUESTIONS,
        "OPS-1": operation.what_must_be_allowed_is,
        "OPS-2": aws_reach.declared_hosts_are_reached,
        "OPS-3": held.what_is_said_is_there,
        "OPR-1": aws_escalation.nobody_becomes_more,
        **state.QUESTIONS,
    }


def _azure() -> Mapping[str, Question]:
    from clover.controls.access import azure as access
    from clover.controls.assessment import azure as assessment
    from clover.controls.audit import azure as audit
    from clover.controls.backups import azure as backups
    from clover.controls.encryption import azure_form, azure_use
    from clover.controls.evidence import azure as evidence
    from clover.controls.guardrails import azure as guardrails
    from clover.controls.guardrails import azure_standing
    from clover.controls.incidents import azure as incidents
    from clover.controls.migration import azure as migration
    from clover.controls.network import azure as network
    from clover.controls.operation import azure as operation
    from clover.controls.operation import azure_reach, held
    from clover.controls.operator import azure_escalation
    from clover.controls.residency import (
        attested,
        azure_copies,
        azure_floors,
        azure_places,
        azure_reading,
        azure_relays,
    )
    from clover.controls.state import azure as state

    return {
        "RES-1": azure_places.locations_lie_in_the_zone,
        "RES-2": azure_copies.copies_stay_in_the_zone,
        "RES-3": azure_reading.nobody_outside_reads,
        "RES-P1": azure_reading.data_is_read_from_the_site,
        "RES-P2": azure_relays.no_relay_reads_for_a_caller_outside,
        "RES-4": azure_floors.stores_keep_the_floor,
        "RES-5": azure_copies.types_are_understood,
        "RES-P4": attested.people_are_in_the_zone,
        "RES-6": attested.metadata_leaves_as_disclosed,
        "KEY-1": azure_form.stores_lie_under_keys_of_the_site,
        "KEY-2": azure_form.keys_stay_in_their_region,
        "KEY-3": azure_use.no_key_is_used_from_outside,
        "KEY-4": azure_use.keys_are_used_through_their_service,
        "KEY-5": azure_use.keys_are_administered_by_the_trusted_base,
        "KEY-6": azure_use.no_key_is_locked_out,
        "OPS-1": operation.what_must_be_allowed_is,
        "OPS-2": azure_reach.declared_hosts_are_reached,
        "OPS-3": held.what_is_said_is_there,
        "OPR-1": azure_escalation.nobody_becomes_more,
        "GRD-1": azure_standing.every_account_is_bound,
        "GRD-2": guardrails.only_its_region,
        "GRD-3": guardrails.no_hole_in_the_region,
        "GRD-4": guardrails.no_relay_is_worked,
        "GRD-5": guardrails.nobody_leaves,
        "GRD-6": guardrails.trusted_roles_stay,
        "GRD-7": guardrails.perimeter_holds,
        "GRD-8": azure_standing.only_the_controller_writes,
        "GRD-9": azure_standing.what_is_attested_is_declared,
        "AUD-1": audit.reads_every_control,
        "AUD-2": audit.reads_no_user_data,
        "AUD-3": audit.nobody_else_becomes_the_auditor,
        **network.QUESTIONS,
        **evidence.QUESTIONS,
        **incidents.QUESTIONS,
        **migration.QUESTIONS,
        **state.QUESTIONS,
        **assessment.QUESTIONS,
        **backups.QUESTIONS,
        **access.QUESTIONS,
    }
