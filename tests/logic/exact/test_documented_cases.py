"""Every documented case of the plain evaluator's tests is one of the sets, too."""

from typing import Any

import pytest

from clover.logic.aws_sets import World
from clover.logic.aws_sets.points import point
from clover.logic.aws_sets.reading import read_document
from clover.logic.aws_sets.space import Space
from tests.logic import test_simulate_language as language
from tests.logic.evaluator_cases import ACCOUNT, ALLOW, Json, allowing, denying, document, request, statement
from tests.logic.exact.strategies import context_of
from tests.logic.test_simulate_composition import combined_cases
from tests.logic.test_simulate_conditions import ABSENT, TABLE
from tests.logic.test_simulate_principals import NAMED


def _applies(found: Json, asked: Json) -> bool:
    """Whether a document's only statement applies to the request."""
    read = read_document(found, "document")
    space = Space([read])
    at = point(space, asked, context_of(asked))
    assert at is not None
    return space.allows(read).union(space.denies(read)).holds(at)


@pytest.mark.parametrize(("operator", "policy", "given", "expected", "source"), TABLE)
def test_conditions(operator: str, policy: Any, given: Any, expected: bool, source: str) -> None:
    context = {} if given is ABSENT else {"k:x": given}
    several = isinstance(given, list) and len(given) > 1  # pyright: ignore[reportUnknownArgumentType]
    multivalued = [{"ForAnyValue:StringEquals": {"k:x": "of a multivalued key"}}] if several else []
    read = read_document(document(statement(Condition={operator: {"k:x": policy}})), "document")
    others = [read_document(document(statement(Condition=each)), "other") for each in multivalued]
    space = Space([read, *others])
    asked = request(context=context)
    at = point(space, asked, context_of(asked))
    assert at is not None
    assert space.allows(read).holds(at) is expected, source


@pytest.mark.parametrize(("pattern", "covered", "source"), language.ACTIONS)
def test_actions(pattern: Any, covered: bool, source: str) -> None:
    assert _applies(allowing(Action=pattern), request()) is covered, source
    if pattern:
        assert _applies(document(statement(Action=None, NotAction=pattern)), request()) is not covered, source


@pytest.mark.parametrize(("pattern", "resource", "covered", "source"), language.RESOURCES)
def test_resources(pattern: Any, resource: str, covered: bool, source: str) -> None:
    asked = request(resource=resource)
    assert _applies(allowing(Resource=pattern), asked) is covered, source
    if pattern:
        assert _applies(document(statement(Resource=None, NotResource=pattern)), asked) is not covered, source


@pytest.mark.parametrize(("pattern", "resource", "context", "covered"), language.VARIABLE_RESOURCES)
def test_variables_in_a_resource(pattern: str, resource: str, context: Json, covered: bool) -> None:
    assert _applies(allowing(Resource=pattern), request(resource=resource, context=context)) is covered


@pytest.mark.parametrize(("operator", "value", "given", "holds"), language.VARIABLE_CONDITIONS)
def test_variables_in_a_condition(operator: str, value: str, given: Any, holds: bool) -> None:
    asked = request(context={"k:x": given, **language.TEAM})
    assert _applies(allowing(Condition={operator: {"k:x": value}}), asked) is holds


@pytest.mark.parametrize(("element", "caller", "named"), [row for row in NAMED if "aws-cn" not in str(row[0])])
def test_principals(element: Any, caller: str, named: bool) -> None:
    assert _applies(denying(element), request(caller)) is named
    if element not in ({}, {"AWS": []}):
        assert _applies(document(statement("Deny", NotPrincipal=element)), request(caller)) is not named


@pytest.mark.parametrize(("policies", "asked", "expected", "source"), combined_cases())
def test_policies_combine_as_documented(policies: Json, asked: Json, expected: str, source: str) -> None:
    if ":assumed-role/" in asked["principal"]:  # in a world the path of a session's role is known
        account = asked["principal"].split(":")[4]
        asked["context"] = {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/reader"}
    allowed = World(ACCOUNT, [policies]).effective(policies)
    assert allowed.holds(asked, context_of(asked)) is (expected == ALLOW), source
