"""Service control policies bind the principals of the account that they stand above; everybody else is free of them."""

from collections.abc import Mapping
from typing import Any

import pytest

from clover.logic.aws import evaluate
from clover.model.aws.policies import VERSION, Held
from clover.model.aws.service_control import binding
from clover.sources import Unknown

HOME, ELSEWHERE = "111122223333", "444444444444"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1"
FULL = Held("full", {"Version": VERSION, "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def denying(**condition: Mapping[str, Any]) -> Held:
    statement = {"Sid": "No", "Effect": "Deny", "Action": "kms:*", "Resource": "*"}
    return Held("no", {"Version": VERSION, "Statement": [statement | ({"Condition": condition} if condition else {})]})


def allowed(account: str, *held: Held) -> bool:
    """Whether a role of an account may delete a key that lets everybody, below the policies of its own account."""
    everything: Any = {"Version": VERSION, "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    open_to_all = {**everything, "Statement": [{**everything["Statement"][0], "Principal": "*"}]}
    levels: Any = [[each.document for each in level] for level in binding(HOME, (held,))]
    request: Any = {
        "principal": f"arn:aws:iam::{account}:role/any",
        "action": "kms:ScheduleKeyDeletion",
        "resource": KEY,
        "resource_account": HOME,
        "context": {},
    }
    return evaluate(request, {"identity": [everything], "resource": open_to_all, "scp": levels}).decision == "allow"


@pytest.mark.parametrize(
    "denial",
    [
        denying(),
        denying(StringEquals={"aws:PrincipalAccount": [HOME, ELSEWHERE]}),
        denying(StringEquals={"AWS:principalaccount": [HOME, ELSEWHERE]}, StringLike={"aws:PrincipalAccount": "*"}),
        denying(ArnNotEquals={"aws:PrincipalArn": f"arn:aws:iam::{HOME}:role/deployer"}),
    ],
)
def test_a_denial_hits_the_account_s_own_principals_alone(denial: Held):
    assert not allowed(HOME, FULL, denial)
    assert allowed(ELSEWHERE, FULL, denial)


def test_a_list_of_what_is_allowed_limits_the_account_s_own_principals_alone():
    listed = Held("s3", {"Version": VERSION, "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    assert not allowed(HOME, listed)
    assert allowed(ELSEWHERE, listed)


def test_statements_keep_their_names_and_places():
    statements = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
    ]
    ((held, _),) = binding(HOME, ((Held("two", {"Version": VERSION, "Statement": statements}),),))
    assert not isinstance(held.document, Unknown)
    assert [each["Sid"] for each in held.document["Statement"]] == ["Statement[0]", "Statement[1]"]


def test_a_level_without_policies_binds_nobody_and_what_is_not_known_stays_so():
    assert binding(HOME, ()) == ()
    assert binding(HOME, ((),)) == ()
    ((held, _),) = binding(HOME, ((Held("open", Unknown("x")),),))
    assert isinstance(held.document, Unknown)
