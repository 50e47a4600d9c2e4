"""Gates on both clouds: proved as declared, and refuted, with a request that replays, by each single change."""

import copy
import json
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import msgspec
import pytest

from clover.controls.access import aws, azure
from clover.controls.azure_requests import Permissions
from clover.controls.case import Case
from clover.controls.verdict import Answer, Basis, Outcome
from clover.logic.aws import evaluate
from clover.model.resources import Resources
from clover.sources.resource import read_resource
from clover.zones.registers import Approval
from clover.zones.vocabulary import Cloud, DataClass
from clover.zones.zone import Zone
from components.aws import AccessGate as OnAws
from components.azure import AccessGate as OnAzure
from tests.components.answers import created
from tests.components.azure.answers import created as created_on_azure
from tests.data import state
from tests.mutants.site import zone
from tests.recorder import declaring

DAY, UNTIL, CLOSES = date(2026, 11, 24), date(2027, 3, 31), "2027-04-01"
WORKFORCE = {"dublin": "saml-provider/Workforce", "hamar": "00000000-0000-0000-0000-000000000777"}
SITES = tuple(WORKFORCE)
Resource = dict[str, Any]
Made = dict[str, Resource]


@cache
def _own(site: str) -> list[Resource]:
    return state(site)["deployment"]["resources"]


def _deployed(site: str, kind: str) -> list[Resource]:
    return [each for each in _own(site) if each["type"] == kind]


def _stores(site: str) -> dict[str, str]:
    """The restricted stores of user data as the state has them."""
    kind = {"dublin": "aws:s3/bucket:Bucket", "hamar": "azure-native:storage:StorageAccount"}[site]
    wanted = {"clover:data-class": "restricted", "clover:store-role": "user-data"}
    found = [each for each in _deployed(site, kind) if wanted.items() <= each["outputs"]["tags"].items()]
    return {each["urn"].rpartition("::")[2]: each["outputs"].get("arn") or each["id"] for each in found}


def _site(site: str) -> dict[str, str]:
    """What the deployed stack's components were told of their site."""
    component = next(each for each in _own(site) if each["type"].endswith(":index:EncryptionKey"))
    return component["inputs"]["site"]


@cache
def _gate(site: str) -> Made:
    """The gate's resources as the component declares them for the deployed site."""
    told = _site(site)
    on_aws = site == "dublin"
    doors = [
        each["id"]
        for each in _deployed(site, "aws:ec2/vpcEndpoint:VpcEndpoint")
        if each["outputs"]["serviceName"].endswith(".s3")
    ]
    prefix = f"arn:aws:iam::{told['account']}:"
    args: Any = {
        "site": told,
        "name": "support",
        "data_class": DataClass.RESTRICTED,
        "workforce": f"{prefix}{WORKFORCE[site]}" if on_aws else WORKFORCE[site],
        "endpoints": doors if on_aws else ["/subnets/endpoints"],
        "stores": _stores(site),
        "closes": CLOSES,
    }
    with declaring(created if on_aws else created_on_azure, stack_name=site) as world:
        (OnAws if on_aws else OnAzure)("gate-support", args)
    found: Made = {}
    for each in world.all():
        if each.custom:
            arn = {"arn": f"{prefix}role{each.inputs['path']}{each.inputs['name']}"} if "path" in each.inputs else {}
            outputs = {**each.inputs, **arn}
            found[each.name] = {
                "urn": each.urn,
                "custom": True,
                "id": f"/{each.name}",
                "type": each.type,
                "inputs": dict(each.inputs),
                "outputs": outputs,
            }
    return found


def gate(site: str) -> Made:
    """The gate's resources by name, to be spoiled."""
    return copy.deepcopy(_gate(site))


def under(site: str, until: date | None = UNTIL, data_class: DataClass = DataClass.RESTRICTED) -> Zone:
    """The sample zone with an approval for the site."""
    workforce = WORKFORCE[site]
    approval = Approval(
        site=site, name="support", data_class=data_class, workforce=workforce, until=until or UNTIL, why="Complaints"
    )
    approvals = (approval,) if until else ()
    return msgspec.structs.replace(zone(), file=msgspec.structs.replace(zone().file, approvals=approvals))


def case(site: str, resources: Made, within: Zone | None = None, day: date = DAY) -> Case:
    found = within or under(site)
    about = next(each for each in found.file.sites if each.name == site)
    read = [read_resource(each, each["outputs"], True, each["urn"]) for each in resources.values()]
    own = [read_resource(each, each.get("outputs"), True, each["urn"]) for each in _own(site)]
    return Case(stack=site, basis=Basis.LAB, resources=Resources([*own, *read]), zone=found, site=about, day=day)


def ends(asked: Case) -> Answer:
    """What ACC-1 says of the gate."""
    found = list((aws if asked.site.cloud is Cloud.AWS else azure).QUESTIONS["ACC-1"](asked))
    decided = [each for each in found if each.outcome is not Outcome.ASSUMED]
    (answer,) = decided
    return answer


def stands(asked: Case) -> list[Answer]:
    """What ACC-2 says."""
    return list((aws if asked.site.cloud is Cloud.AWS else azure).QUESTIONS["ACC-2"](asked))


@pytest.mark.parametrize("site", SITES)
def test_a_gate_is_proved_until_its_day_and_the_factor_is_assumed(site: str):
    asked = case(site, gate(site))
    answer = ends(asked)
    assert answer.outcome is Outcome.PROVED, answer.reason
    assert str(UNTIL) in answer.reason
    assert answer.rests_on
    module = aws if site == "dublin" else azure
    assert [each.outcome for each in module.QUESTIONS["ACC-1"](asked)][-1] is Outcome.ASSUMED
    assert {each.outcome for each in stands(asked)} == {Outcome.PROVED}


@pytest.mark.parametrize("site", SITES)
def test_without_an_approval_a_gate_is_refuted_and_none_is_proved(site: str):
    assert ends(case(site, gate(site), under(site, None))).outcome is Outcome.REFUTED
    assert ends(case(site, {}, under(site, None))).outcome is Outcome.PROVED
    assert ends(case(site, {})).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("site", SITES)
def test_another_day_or_class_of_the_zone_refutes_the_gate_of_before(site: str):
    assert ends(case(site, gate(site), under(site, date(2027, 3, 30)))).outcome is Outcome.REFUTED
    other = under(site, UNTIL, DataClass.CONTROLLED)
    assert ends(case(site, gate(site), other)).outcome is Outcome.REFUTED


Edit = Callable[[dict[str, Any]], None]


def statement(policy: dict[str, Any], sid: str) -> dict[str, Any]:
    return next(each for each in policy["Statement"] if each["Sid"] == sid)


def edited(name: str, member: str, change: Edit) -> Made:
    """Dublin's gate with another policy."""
    found = gate("dublin")
    for held in (found[name]["inputs"], found[name]["outputs"]):
        policy = json.loads(held[member])
        change(policy)
        held[member] = json.dumps(policy)
    return found


def _without(sid: str, operator: str, key: str = "") -> Edit:
    def change(policy: dict[str, Any]) -> None:
        condition = statement(policy, sid)["Condition"]
        if key:
            del condition[operator][key]
        else:
            del condition[operator]

    return change


ENTRY, TAGS = "ProviderWithTicketAndFactor", "TagsOfTheProvider"


def _another(policy: dict[str, Any]) -> None:
    statement(policy, ENTRY)["Principal"] = {"Federated": "arn:aws:iam::111122223333:saml-provider/Other"}


def _role(policy: dict[str, Any]) -> None:
    more = {
        "Sid": "More",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:role/workload"},
        "Action": "sts:AssumeRole",
    }
    policy["Statement"].append(more)


def _later(sid: str) -> Edit:
    def change(policy: dict[str, Any]) -> None:
        statement(policy, sid)["Condition"]["DateLessThan"]["aws:CurrentTime"] = "2027-05-01T00:00:00Z"

    return change


TRUST: dict[str, Edit] = {
    "no ticket to enter": _without(ENTRY, "StringLike"),
    "no factor to enter": _without(ENTRY, "StringEquals", "aws:RequestTag/clover:mfa"),
    "entered after its day": _without(ENTRY, "DateLessThan"),
    "entered a month late": _later(ENTRY),
    "other tags come along": _without(TAGS, "ForAllValues:StringEquals"),
    "another provider": _another,
    "another role": _role,
}
READS: dict[str, Edit] = {
    **{f"{sid} after its day": _without(sid, "DateLessThan") for sid in ("Objects", "Names", "Decrypt")},
    **{f"{sid} a month late": _later(sid) for sid in ("Objects", "Names", "Decrypt")},
    **{f"{sid} from anywhere": _without(sid, "StringEquals", "aws:SourceVpce") for sid in ("Objects", "Names")},
    **{
        f"{sid} without a ticket": _without(sid, "StringLike", "aws:PrincipalTag/clover:ticket")
        for sid in ("Objects", "Names", "Decrypt")
    },
    "keys of other stores": _without("Decrypt", "StringLike", "kms:EncryptionContext:aws:s3:arn"),
    "writing": lambda policy: statement(policy, "Objects")["Action"].append("s3:PutObject"),
    "every bucket": lambda policy: statement(policy, "Objects")["Resource"].append("arn:aws:s3:::clover-*"),
}


def _gone(sid: str) -> Edit:
    return lambda policy: policy["Statement"].remove(statement(policy, sid))


GONE: dict[str, Edit] = {f"no {sid}": _gone(sid) for sid in ("Objects", "Names", "Decrypt")}


def _replays(spoiled: Made, kind: str) -> None:
    answer = ends(case("dublin", spoiled))
    assert answer.outcome is Outcome.REFUTED, answer.reason
    assert answer.counterexample
    request = answer.counterexample["request"]
    name, member = ("gate-support-role", "assumeRolePolicy") if kind == "resource" else ("gate-support-reads", "policy")

    def decision(made: Made) -> str:
        document = json.loads(made[name]["inputs"][member])
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        keys = {each["outputs"]["arn"]: each["inputs"]["policy"] for each in _deployed("dublin", "aws:kms/key:Key")}
        held: dict[str, Any] = {"identity": [everything if kind == "resource" else document]}
        own = document if kind == "resource" else keys.get(request["resource"])
        held |= {"resource": json.loads(own) if isinstance(own, str) else own} if own else {}
        return evaluate(request, held).decision

    assert decision(spoiled) == "allow"
    assert decision(gate("dublin")) == "implicit_deny"


@pytest.mark.parametrize("change", TRUST.values(), ids=TRUST)
def test_on_aws_each_change_of_who_enters_is_refuted_by_a_request_that_replays(change: Edit):
    _replays(edited("gate-support-role", "assumeRolePolicy", change), "resource")


@pytest.mark.parametrize("change", READS.values(), ids=READS)
def test_on_aws_each_change_of_what_is_read_is_refuted_by_a_request_that_replays(change: Edit):
    _replays(edited("gate-support-reads", "policy", change), "identity")


@pytest.mark.parametrize("change", GONE.values(), ids=GONE)
def test_on_aws_a_gate_that_opens_nothing_is_refuted(change: Edit):
    assert ends(case("dublin", edited("gate-support-reads", "policy", change))).outcome is Outcome.REFUTED


def test_on_aws_a_role_that_reads_and_a_user_stand_inside():
    found = gate("dublin")
    for name, held in found.items():
        for part in (held["inputs"], held["outputs"]):
            if name == "gate-support-role":
                part["path"] = "/"
                part["assumeRolePolicy"] = '{"Version":"2012-10-17","Statement":[]}'
    answer = next(each for each in stands(case("dublin", found)) if each.outcome is Outcome.REFUTED)
    assert answer.counterexample
    assert answer.counterexample["request"]["action"].startswith("s3:")
    user = {"urn": "urn:pulumi:dublin::clover::aws:iam/user:User::somebody", "type": "aws:iam/user:User"}
    made = {"user": {**user, "custom": True, "id": "somebody", "inputs": {}, "outputs": {}}}
    assert Outcome.REFUTED in {each.outcome for each in stands(case("dublin", made))}


def _eligible(change: dict[str, Any]) -> Made:
    found = gate("hamar")
    for held in (found["gate-support-eligible"]["inputs"], found["gate-support-eligible"]["outputs"]):
        held.update(change)
    return found


def _condition(old: str, new: str) -> Made:
    text = gate("hamar")["gate-support-eligible"]["inputs"]["condition"]
    assert old in text
    return _eligible({"condition": text.replace(old, new)})


def _permitting(*actions: str) -> Made:
    found = gate("hamar")
    for held in (found["gate-support-reading"]["inputs"], found["gate-support-reading"]["outputs"]):
        held["permissions"][0]["dataActions"] = list(actions)
    return found


BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
ON_AZURE: dict[str, Callable[[], Made]] = {
    "activated for ever": lambda: _condition("2027-04-01T00:00:00.000Z", "2099-04-01T00:00:00.000Z"),
    "a month late": lambda: _condition("2027-04-01T00:00:00.000Z", "2027-05-01T00:00:00.000Z"),
    "through any endpoint": lambda: _condition("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    "any account": lambda: _condition("StringEquals '", "StringNotEquals '"),
    "writing": lambda: _permitting(f"{BLOBS}/read", f"{BLOBS}/write"),
    "no condition": lambda: _eligible({"condition": None, "conditionVersion": None}),
}


@pytest.mark.parametrize("spoiled", ON_AZURE.values(), ids=ON_AZURE)
def test_on_azure_each_change_is_refuted_by_a_request_that_replays(spoiled: Callable[[], Made]):
    asked = case("hamar", spoiled())
    answer = ends(asked)
    assert answer.outcome is Outcome.REFUTED, answer.reason
    assert answer.counterexample
    request = answer.counterexample["request"]
    assert Permissions(asked).allows(request)
    assert not Permissions(case("hamar", gate("hamar"))).allows(request)


def test_on_azure_eligibility_without_an_end_and_other_conditions_are_not_proved():
    assert ends(case("hamar", _eligible({"scheduleInfo": {"expiration": {"type": "NoExpiration"}}}))).outcome is (
        Outcome.REFUTED
    )
    strange = _condition("(@Environment[UtcNow]", "(@Principal[department] StringEquals 'x') AND (@Environment[UtcNow]")
    assert ends(case("hamar", strange)).outcome is Outcome.UNKNOWN
    assert ends(case("hamar", _permitting())).outcome is Outcome.REFUTED


def test_on_azure_a_standing_assignment_and_an_unapproved_group_stand_inside():
    found = gate("hamar")
    found["gate-support-eligible"]["type"] = "azure-native:authorization:RoleAssignment"
    urn = found["gate-support-eligible"]["urn"]
    found["gate-support-eligible"]["urn"] = urn.replace("PimRoleEligibilitySchedule", "RoleAssignment")
    assert Outcome.PROVED not in {each.outcome for each in stands(case("hamar", found)) if "profiles" in each.reason}
    for held in (found["gate-support-eligible"]["inputs"], found["gate-support-eligible"]["outputs"]):
        del held["condition"], held["conditionVersion"]
    assert Outcome.REFUTED in {each.outcome for each in stands(case("hamar", found))}
    strange = stands(case("hamar", gate("hamar"), under("hamar", None)))
    assert Outcome.UNKNOWN in {each.outcome for each in strange}
