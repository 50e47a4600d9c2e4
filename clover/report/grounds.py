"""What a verdict rests on, in its own words: the statements that decide it, and the facts from outside."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from clover.controls.case import Case, Handed
from clover.controls.verdict import Ground, Verdict
from clover.model.aws.policies import statements
from clover.sources.plain import as_list, as_object
from clover.zones.registers import Given


def grounds(verdict: Verdict, case: Case) -> Iterator[str]:
    """A line for each ground, with the statement that it names, and one for each given, with who vouches for it."""
    for ground in verdict.rests_on:
        found = _statement(ground, case)
        told = f": {json.dumps(found)}" if found else ""
        yield f"rests on: {ground.urn}: {ground.statement}{told}"
    known: dict[str, Given | Handed] = {given.id: given for given in case.zone.file.foundation}
    if case.handed:
        known[case.handed.id] = case.handed
    for name in verdict.given:
        given = known[name]
        vouched = f"attested by {given.attested_by} on {given.attested_on}, valid until {given.valid_until}"
        yield f"given: {name}: {given.states} ({given.document}, {vouched})"


def _statement(ground: Ground, case: Case) -> Mapping[str, Any] | None:
    """The policy statement that the ground names, in a given's document or in a resource's properties."""
    signed = case.handed.parts if case.handed else ()
    known = (each.resources.by_urn for each in (case, *case.others, *signed, *case.parts))
    resource = next((found[ground.urn] for found in known if ground.urn in found), None)
    held = case.zone.documents.get(ground.urn) if resource is None else [resource.inputs, resource.outputs]
    for document in _documents(held):
        for index, statement in enumerate(statements(document)):
            if ground.statement in (statement.get("Sid"), f"Statement[{index}]"):
                return statement
    return None


def _documents(found: Any) -> Iterator[Mapping[str, Any]]:
    """Every policy in a value: as an object, or as JSON text."""
    if isinstance(found, str):
        yield from _documents(_read(found)) if found.lstrip().startswith("{") else ()
    elif (members := as_object(found)) is not None:
        listed = members.get("Statement")
        if as_object(listed) is not None or all(as_object(each) is not None for each in as_list(listed) or [None]):
            yield members
        for each in members.values():
            yield from _documents(each)
    else:
        for each in as_list(found) or ():
            yield from _documents(each)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
