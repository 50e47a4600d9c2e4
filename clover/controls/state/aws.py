"""STA-1 to STA-3 on AWS: the state's store and keys, what its runners may do, and whose tokens they are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clover.controls.aws_callers import NOT_A_SERVICE, SERVICE_LINKED, partition
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, either, nobody, requests
from clover.controls.case import Case, Question
from clover.controls.evidence.readers import ENCRYPTION, KEY_OF_A_STORE
from clover.controls.residency.aws_reading import BECOMING, RUNNERS_PATH, data_actions, known, role_of, stores
from clover.controls.verdict import Answer, Ground, Outcome, proved, refuted, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Document, Guarded
from clover.model.aws.principals import Principal, roles
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list
from clover.zones.parties import Backend
from clover.zones.vocabulary import StoreRole

ISSUER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
READS = ("kms:Decrypt", "s3:GetObject", "s3:ListBucket", "sts:GetCallerIdentity")
"""What a runner needs that only reads: the objects, their names and their keys, and to see who it is."""
WRITES = ("kms:Encrypt", "kms:GenerateDataKey", "s3:DeleteObject", "s3:PutObject")
"""What the other one needs beside that."""
OWN_STATE = ".pulumi/*backend*"
"""Where a store has the state of the backends' own stack, which its deployer alone reaches."""
Condition = Mapping[str, Any]


def backend_of(case: Case) -> Backend:
    """What the zone says of the backend of the case's site."""
    return next(each for each in case.zone.file.backends if each.site == case.site.name)


def runners(case: Case) -> list[Principal]:
    """The runners' roles that the stack declares."""
    return [role for role in roles(case.resources) if value(role.resource, "path") == RUNNERS_PATH]


def deploys(role: Principal) -> bool:
    """Whether a runner's role is that of the runner that brings the site up."""
    return str(value(role.resource, "name")).endswith("-deploys")


def only_runners_reach_the_state(case: Case) -> Iterator[Answer]:
    """STA-1: one answer for each store of state, and one for each key of the stack."""
    found = [store for store in stores(case) if role_of(store.resource) == StoreRole.STATE.value]
    if not found:
        yield _absent(case, "stores", "a store of role state", "no store of role state is declared")
    used = {value(each, KEY_OF_A_STORE) for each in case.resources.of(ENCRYPTION)}
    if all(key.arn in used for key in policies.keys(case.resources)):
        yield _absent(case, "secrets", "a key of their own", "the secrets in the state have no key of their own")
    for each in (*found, *policies.keys(case.resources)):
        yield _reached(case, each, _of_store(case, each) if each in found else _of_key(case, each))


def _reached(case: Case, about: Guarded, question: Document) -> Answer:
    name, urn = about.resource.name, about.resource.urn
    if not known(about) or any(not isinstance(each.arn, str) for each in runners(case)):
        return unknown(f"the policy of {name}, or who the runners are, is not known", resource=urn)
    told = f"nobody but the runners reaches {name}, and only one of them writes"
    return nobody(case, Policies(resource=about.policy), question, told, urn)


def _of_store(case: Case, store: Guarded) -> Document:
    """Reading by others, writing by others, either from elsewhere, and the end of a version by anybody."""
    found, objects = data_actions()["s3"], [f"{store.arn}/*"]
    names, listing = Asked(found["names"], [str(store.arn)]), Asked(found["list"], [str(store.arn)])
    reading, writing = [Asked(found["read"], objects), listing], [Asked(found["write"], objects)]
    elsewhere = {"NotIpAddress": {"aws:SourceIp": list(backend_of(case).networks)}}
    return _any(
        ([*reading, names], _strangers([*_arns(case), *case.trusted])),
        (writing, _strangers([*_arns(case, writing=True), *case.trusted])),
        ([*reading, *writing], {"Bool": {"aws:PrincipalIsAWSService": "true"}}),
        ([*reading, *writing, names], {**elsewhere, **_strangers(list(case.trusted))}),
        ([Asked(["s3:DeleteObjectVersion"], objects)], {}),
        ([Asked([*found["read"], *found["write"]], [f"{store.arn}/{OWN_STATE}"])], _strangers(list(case.trusted))),
    )


def _of_key(case: Case, key: Guarded) -> Document:
    """Use by others than runners beside the store, which has a policy of its own."""
    used, arn = data_actions()["kms"]["use"], [str(key.arn)]
    directly = {"Null": {"kms:ViaService": "true"}}
    writing = [action for action in used if action not in ("kms:Decrypt", "kms:ReEncryptFrom")]
    return _any(
        ([Asked(used, arn)], {**_strangers(_arns(case)), **directly}),
        ([Asked(writing, arn)], {**_strangers(_arns(case, writing=True)), **directly}),
    )


def _arns(case: Case, *, writing: bool = False) -> list[str]:
    return sorted(str(role.arn) for role in runners(case) if deploys(role) or not writing)


def _strangers(inside: Sequence[str]) -> Condition:
    """The condition that whoever calls is none of those, and no service."""
    who = {"StringNotLike": {"aws:PrincipalArn": SERVICE_LINKED}, **NOT_A_SERVICE}
    return {"ArnNotEquals": {"aws:PrincipalArn": sorted(inside)}, **who} if inside else who


def _any(*asked: tuple[Sequence[Asked], Condition]) -> Document:
    """The requests of any of the pairs."""
    found = [each for about, condition in asked for each in requests(about, condition)["Statement"]]
    return {"Version": "2012-10-17", "Statement": found}


def runners_do_no_more(case: Case) -> Iterator[Answer]:
    """STA-2: one answer for each runner: its own policies allow what it is for and nothing else."""
    if len(runners(case)) != 2:
        told = f"the stack declares {len(runners(case))} roles of runners, not two"
        yield _absent(case, "roles", RUNNERS_PATH, told)
    for role in runners(case):
        if isinstance(role.arn, str):
            yield _no_more(case, role, str(role.arn))
        else:
            yield unknown(f"the ARN of {role.resource.name} is not known", resource=role.resource.urn)


def _no_more(case: Case, role: Principal, arn: str) -> Answer:
    """Whether the runner may do more with anything: with what has a policy of its own, under that too."""
    listed = sorted((*READS, *WRITES) if deploys(role) else READS)
    told = f"{role.resource.name} may do nothing but {', '.join(listed)}"
    guarded = [each for each in (*stores(case), *policies.keys(case.resources)) if isinstance(each.arn, str)]
    places = [(each.policy, [str(each.arn), f"{each.arn}/*"]) for each in guarded]
    elsewhere = {"NotResource": [place for _, held in places for place in held]}
    grounds: dict[Ground, None] = {}
    for policy, where in ((None, elsewhere), *((policy, {"Resource": held}) for policy, held in places)):
        beside = {"Effect": "Allow", "Principal": "*", "NotAction": listed, **where}
        question = {**_any(), "Statement": [{**beside, "Condition": {"ArnEquals": {"aws:PrincipalArn": arn}}}]}
        held = Policies(identity=role.identity, boundary=role.boundary, resource=policy)
        answer = nobody(case, held, question, told, role.resource.urn)
        if answer.outcome is not Outcome.PROVED:
            return answer
        grounds |= dict.fromkeys(answer.rests_on)
    return proved(told, resource=role.resource.urn, rests_on=tuple(grounds))


def a_runner_is_one_subject(case: Case) -> Iterator[Answer]:
    """STA-3: one answer for each identity provider, and one for each runner's role."""
    issuers = case.resources.of(ISSUER)
    if not issuers:
        yield _absent(case, "issuer", backend_of(case).issuer, "no identity provider is declared")
    for issuer in issuers:
        yield _of_issuer(case, issuer)
    for role in runners(case):
        yield _of_trust(case, role)


def _of_issuer(case: Case, issuer: Resource) -> Answer:
    """The provider trusts the zone's issuer, for the zone's audience alone."""
    backend = backend_of(case)
    for name, wanted in (("url", f"https://{backend.issuer}"), ("clientIdLists", [backend.audience])):
        found = value(issuer, name)
        if isinstance(found, Unknown) or any(isinstance(each, Unknown) for each in as_list(found) or ()):
            return unknown(f"{name} of {issuer.name} is not known", resource=issuer.urn)
        if found not in (wanted, backend.issuer):
            example = _property(issuer.urn, name, found, str(wanted))
            return refuted(
                f"{issuer.name}: {name} is {found!r}, and the zone says {wanted!r}", example, resource=issuer.urn
            )
    grounds = (Ground(issuer.urn, f"url={backend.issuer}"), Ground(issuer.urn, f"clientIdLists={backend.audience}"))
    told = f"{issuer.name} trusts {backend.issuer} for {backend.audience} alone"
    return proved(told, resource=issuer.urn, rests_on=grounds)


def _of_trust(case: Case, role: Principal) -> Answer:
    """Nobody becomes the role but by a token of the exact subject, for the exact audience, of the exact issuer."""
    backend, urn, name = backend_of(case), role.resource.urn, role.resource.name
    if not isinstance(role.arn, str) or role.trust is None or isinstance(role.trust.document, Unknown):
        return unknown(f"the ARN of {name}, or whom it trusts, is not known", resource=urn)
    subject = backend.deploys if deploys(role) else backend.previews
    provider = f"arn:{partition(case)}:iam::{case.site.account}:oidc-provider/{backend.issuer}"
    exact = {f"{backend.issuer}:sub": subject, f"{backend.issuer}:aud": backend.audience}
    by_token = [Asked(["sts:AssumeRoleWithWebIdentity"], [role.arn])]
    otherwise = [Asked([each for each in BECOMING if each != "sts:AssumeRoleWithWebIdentity"], [role.arn])]
    others = [(by_token, {"StringNotEquals": {key: told}}) for key, told in exact.items()]
    told = f"only a token of {subject} for {backend.audience} becomes {name}"
    question = either(_any((otherwise, {}), *others), _but(provider, requests(by_token, {})))
    return nobody(case, Policies(resource=role.trust), question, told, urn)


def _but(provider: str, question: Document) -> Document:
    """The same requests, by whoever does not sign in with the provider."""
    (asked,) = question["Statement"]
    kept = {name: held for name, held in asked.items() if name != "Principal"}
    return {**question, "Statement": [{**kept, "NotPrincipal": {"Federated": provider}}]}


def _absent(case: Case, what: str, allowed: str, told: str) -> Answer:
    return refuted(told, _property(case.stack, what, None, allowed))


def _property(urn: str, name: str, found: Any, allowed: str) -> dict[str, Any]:
    return {"kind": "property", "urn": urn, "property": name, "value": found, "allowed": allowed}


QUESTIONS: Mapping[str, Question] = {
    "STA-1": only_runners_reach_the_state,
    "STA-2": runners_do_no_more,
    "STA-3": a_runner_is_one_subject,
}
