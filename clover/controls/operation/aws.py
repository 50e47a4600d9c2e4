"""OPS-1 on AWS: the deployer, the services that deliver records, and the site's workloads are allowed their calls.

What they need is data (needed.yaml); each call is put to the plain evaluator. What the auditor needs is AUD-1.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from clover.controls.audit.aws import auditor
from clover.controls.aws_callers import partition
from clover.controls.aws_organisation import Above
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import allowed
from clover.controls.backups.aws_copies import REPLICATION
from clover.controls.case import Case, Question
from clover.controls.evidence.keepers import UNREAD, keepers
from clover.controls.network.aws_endpoints import OPEN_TO_ALL
from clover.controls.operation import aws_copies, aws_reach, held
from clover.controls.operation.aws_calls import Call, Guards, context_of, guards_of, key_of, needed, through_the_store
from clover.controls.operation.aws_endpoints import interface_endpoints, reached
from clover.controls.operator.aws_changes import filled
from clover.controls.residency.aws_reading import role_of, site_endpoints, stores
from clover.controls.state.aws import backend_of, deploys, runners
from clover.controls.verdict import Answer, Ground, Outcome, proved, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Guarded
from clover.model.aws.principals import Principal
from clover.model.resources import value
from clover.sources import Unknown
from clover.zones.vocabulary import StackKind, StoreRole


def what_must_be_allowed_is(case: Case) -> Iterator[Answer]:
    """OPS-1: one answer for the deployer, one for each delivery of records, one for each store.

    Stores of user data are used by the site's workloads, those of a vault read by the auditor; a landing is filled by
    its writer, and emptied by workloads.
    """
    guards = guards_of(case)
    yield _all_allowed(case, _of_the_deployer(case, guards), None, "the deployer is allowed to run the site")
    for row in needed()["deliveries"]:
        for resource in case.resources.of(row["type"]):
            told = f"{row['service']} is allowed to write the records of {resource.name}"
            why = OPEN if keepers(case) else UNREAD
            yield _all_allowed(case, _of_a_delivery(case, guards, row, resource), resource.urn, told, why)
    for endpoint in interface_endpoints(case):
        told = f"workloads of the site are allowed to call through {endpoint.resource.name}"
        yield reached(case, endpoint.resource)
        yield _all_allowed(case, _through(case, endpoint), endpoint.resource.urn, told)
    for replication in case.resources.of(REPLICATION):
        told = f"S3 is allowed to make the second copies of {replication.name}"
        yield _all_allowed(case, aws_copies.of_a_copier(case, guards, replication), replication.urn, told)
    for store in stores(case):
        role = role_of(store.resource)
        if case.hand is StackKind.BACKUPS:
            told = f"S3 is allowed to write copies into {store.resource.name}"
            yield _all_allowed(case, aws_copies.into_a_copy(case, guards, store), store.resource.urn, told)
        elif role == "user-data":
            told = f"workloads of the site are allowed to use {store.resource.name}"
            yield _all_allowed(case, _of_workloads(case, guards, store), store.resource.urn, told)
        elif role == "intake":
            told = f"the writer is allowed to fill {store.resource.name}, and workloads to move on what has landed"
            yield _all_allowed(case, _of_a_landing(case, guards, store), store.resource.urn, told)
        elif role == "state":
            told = f"the runners are allowed to use {store.resource.name} as each is meant to"
            yield _all_allowed(case, _of_runners(case, guards, store), store.resource.urn, told)
        elif case.hand is StackKind.AUDITOR:
            told = f"the auditor's person and machine are allowed to use {store.resource.name}"
            yield _all_allowed(case, _of_the_auditor(case, guards, store), store.resource.urn, told)


WORKLOAD = "role/workload"
"""Any role of the site."""
OPEN = "what is asked for is not known"
"""Why it is not known whether a call is allowed."""


def _all_allowed(case: Case, calls: Iterator[Call | None], resource: str | None, told: str, why: str = OPEN) -> Answer:
    """Proved when every call is allowed; else the first that is not, or that is not known."""
    grounds: dict[Ground, None] = {}
    for call in calls:
        if call is None:
            return unknown(f"{why}, so it is not known whether {told}", resource=resource)
        where = call.where or case
        place = {"resource_account": where.site.account, "context": call.context}
        request = {"principal": call.principal, "action": call.action, "resource": call.resource, **place}
        answer = allowed(where, call.policies, request, resource or "")
        if answer.outcome is not Outcome.PROVED:
            return Answer(outcome=answer.outcome, reason=answer.reason, resource=resource, **_example(answer))
        grounds |= dict.fromkeys(answer.rests_on)
    given = Above(case).leaning(grounds)
    held = tuple(ground for ground in grounds if ground.urn.startswith("urn:") or ground.urn in given)
    return proved(told, resource=resource, rests_on=held, given=given)


def _example(answer: Answer) -> dict[str, Any]:
    return {"counterexample": answer.counterexample} if answer.counterexample else {}


def _of_the_deployer(case: Case, guards: Guards) -> Iterator[Call | None]:
    """The calls of the deployer, under its own policies where givens say what they are."""
    identity = Policies.of_the_deployer(case)
    for row in needed()["deployer"]:
        for resource in case.resources.of(row["type"]):
            about = filled(case, resource, row["about"])
            met = identity._replace(resource=guards.get(str(about)))
            context = {**context_of(case), **row.get("context", {})}
            for action in row["actions"]:
                yield Call(case.deployer, action, about, context, met) if about else None


def _of_a_delivery(case: Case, guards: Guards, row: Mapping[str, Any], resource: Any) -> Iterator[Call | None]:
    """What a service asks for: the look at the store, the record, and the key of it."""
    store, source = filled(case, resource, row["store"]), filled(case, resource, row["source"])
    where, guards = _holding(case, guards, store)
    arn = next((arn for arn in guards if store and (store == arn or store.startswith(f"{arn}/"))), None)
    key = key_of(where, arn) if arn else None
    if store is None or source is None or isinstance(key, Unknown) or (arn is None and not keepers(case)):
        yield None
        return
    context = {
        **context_of(case),
        "aws:SourceArn": source,
        "aws:SourceAccount": case.site.account,
        "aws:PrincipalIsAWSService": "true",
    }
    record = {**context, "s3:x-amz-acl": "bucket-owner-full-control"}
    extra = {name: filled(case, resource, text) for name, text in row.get("context", {}).items()}
    held = Policies(resource=guards.get(arn or store))
    file = f"{store.rstrip('/')}/AWSLogs/{case.site.account}/record"
    yield Call(row["service"], "s3:GetBucketAcl", arn or store, context, held, where)
    yield Call(row["service"], "s3:PutObject", file, record, held, where)
    if isinstance(key, str):
        of_key = Policies(resource=guards.get(key))
        for action in row.get("key", ("kms:GenerateDataKey",)):
            yield Call(row["service"], action, key, {**context, **extra}, of_key, where)
        for action in row.get("finding", ()) if where is not case else ():
            found = Policies.of_the_deployer(case)._replace(resource=guards.get(key))
            yield Call(case.deployer, action, key, context_of(case), found, where)


def _holding(case: Case, guards: Guards, store: str | None) -> tuple[Case, Guards]:
    """The case that holds a store, with the policies of its stores and keys: the site, or the vault's keeper."""
    for keeper in keepers(case):
        held = guards if keeper is case else guards_of(keeper)
        if any(store and (store == arn or store.startswith(f"{arn}/")) for arn in held):
            return keeper, held
    return case, guards


def _of_workloads(case: Case, guards: Guards, store: Guarded) -> Iterator[Call | None]:
    """What workloads of the site ask for of a store of user data."""
    return _of_the_site(case, guards, store, WORKLOAD, needed()["workloads"])


def _of_a_landing(case: Case, guards: Guards, store: Guarded) -> Iterator[Call | None]:
    """What workloads ask for of what has landed, and until the last day, on that day, the writer."""
    rows, migration = needed()["landing"], case.zone.file.migration(case.site.name)
    yield from _of_the_site(case, guards, store, WORKLOAD, rows["workloads"])
    if migration is not None and case.day <= migration.deadline:
        on_the_day = {**rows["signed"], "aws:CurrentTime": f"{migration.deadline}T00:00:00Z"}
        yield from _of_the_site(case, guards, store, migration.writer, rows["writer"], on_the_day)


def _of_the_site(  # noqa: PLR0913, PLR0917 (who asks for what, of what, and how)
    case: Case,
    guards: Guards,
    store: Guarded,
    name: str,
    rows: Mapping[str, Any],
    more: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Call | None]:
    """What a role of the site asks for through the site's endpoint to the store."""
    doors = site_endpoints(case)
    key = key_of(case, store.arn) if isinstance(store.arn, str) else None
    if not isinstance(store.arn, str) or any(isinstance(each, Unknown) for each in (*doors, key)):
        yield None
        return
    account, role = case.site.account, f"arn:{partition(case)}:iam::{case.site.account}:{name}"
    through = {"aws:SourceVpce": doors[0], "aws:VpceAccount": account} if doors else {}
    context = {**context_of(case), **through, **more}
    ends = [each.policy for each in policies.endpoints(case.resources) if doors and each.resource.id == doors[0]]
    held = Policies(resource=store.policy, vpc_endpoint=tuple(each for each in ends if each))
    for action in rows["store"]:
        yield Call(role, action, store.arn, context, held)
    for action in rows["objects"]:
        yield Call(role, action, f"{store.arn}/object", context, held)
    for action in rows["key"] if isinstance(key, str) else ():
        behalf = {**context_of(case), **through_the_store(case, store)}
        yield Call(role, action, str(key), behalf, Policies(resource=guards.get(str(key))))


def _through(case: Case, endpoint: Guarded) -> Iterator[Call | None]:
    """What a role of the site asks for through an interface endpoint."""
    service = str(value(endpoint.resource, "serviceName")).rpartition(".")[2]
    row = needed()["through"].get(service, {"actions": ()})
    role = f"arn:{partition(case)}:iam::{case.site.account}:{WORKLOAD}"
    context = {**context_of(case), "aws:SourceVpce": endpoint.resource.id, "aws:ResourceAccount": case.site.account}
    met = Policies(resource=OPEN_TO_ALL, vpc_endpoint=(endpoint.policy,) if endpoint.policy else ())
    for action in row["actions"]:
        about = filled(case, endpoint.resource, row["about"])
        yield Call(role, action, about, context, met) if about and isinstance(endpoint.resource.id, str) else None


def _of_the_auditor(case: Case, guards: Guards, store: Guarded) -> Iterator[Call | None]:
    """What the auditor's person, with a second factor, and its machine ask for from one of its networks."""
    known, key = auditor(case), key_of(case, store.arn) if isinstance(store.arn, str) else None
    if not isinstance(key, str):
        yield None
        return
    context = {**context_of(case), "aws:SourceIp": known.network, "aws:MultiFactorAuthPresent": "true"}
    owned = role_of(store.resource) == StoreRole.AUDITOR_OWNED.value
    rows = needed()["owner" if owned else "auditor"]
    written = [through_the_store(case, store), *(() if owned else _of_its_trails(case, store))]
    for who in (known.person, known.machine):
        for action in rows["objects"]:
            yield Call(who, action, f"{store.arn}/AWSLogs/record", context, Policies(resource=store.policy))
        for behalf in written:
            held = Policies(resource=guards.get(key))
            yield from (Call(who, action, key, {**context, **behalf}, held) for action in rows["key"])


def _of_its_trails(case: Case, store: Guarded) -> Iterator[Mapping[str, str]]:
    """What a key sees where a trail wrote what is read: CloudTrail encrypts with its own context.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    through = {**through_the_store(case, store)}
    del through["kms:EncryptionContext:aws:s3:arn"]
    for trail in case.resources.of("aws:cloudtrail/trail:Trail"):
        if value(trail, "s3BucketName") == value(store.resource, "bucket"):
            yield {**through, "kms:EncryptionContext:aws:cloudtrail:arn": str(value(trail, "arn"))}


def _of_runners(case: Case, guards: Guards, store: Guarded) -> Iterator[Call | None]:
    """What each runner asks for by its own policies: of the state, of its key, and of the key of its secrets."""
    key = key_of(case, store.arn) if isinstance(store.arn, str) else None
    known = runners(case)
    if not isinstance(key, str) or not all(isinstance(role.arn, str) for role in known):
        yield None
        return
    address = backend_of(case).networks[0].partition("/")[0]
    context = {**context_of(case), "aws:ResourceAccount": case.site.account, "aws:SourceIp": address}
    behalf = {**context, **through_the_store(case, store)}
    secrets = [str(each.arn) for each in policies.keys(case.resources) if each.arn != key]
    yield from (_signing_in(case, role, context) for role in known)
    for role in known:
        rows = needed()["runners"]["deploys" if deploys(role) else "previews"]
        own = Policies(identity=role.identity, boundary=role.boundary)
        places = [("store", str(store.arn), context), ("objects", f"{store.arn}/state", context), ("key", key, behalf)]
        for name, arn, said in [*places, *(("secrets", arn, context) for arn in secrets)]:
            held = own._replace(resource=guards.get(arn, store.policy))
            yield from (Call(str(role.arn), action, arn, said, held) for action in rows[name])


def _signing_in(case: Case, role: Principal, context: Mapping[str, Any]) -> Call | None:
    """What a runner asks for first: to become its role, with a token of the zone's subject and audience."""
    backend, trust = backend_of(case), Policies(identity=(), resource=role.trust)
    provider = f"arn:{partition(case)}:iam::{case.site.account}:oidc-provider/{backend.issuer}"
    subject = backend.deploys if deploys(role) else backend.previews
    token = {f"{backend.issuer}:sub": subject, f"{backend.issuer}:aud": backend.audience}
    return Call(provider, "sts:AssumeRoleWithWebIdentity", str(role.arn), {**context, **token}, trust)


QUESTIONS: Mapping[str, Question] = {
    "OPS-1": what_must_be_allowed_is,
    "OPS-2": aws_reach.declared_hosts_are_reached,
    "OPS-3": held.what_is_said_is_there,
}
"""Each control's question on whether it holds."""
