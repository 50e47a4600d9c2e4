"""EVD-1 on Azure: calls, reads of stores, use of keys, flows, firewall decisions and look-ups end in the evidence."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from clover.controls.case import Case
from clover.controls.evidence.azure_stores import EvidenceAccounts
from clover.controls.network.azure_networks import network_of
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, Outcome, assumed, proved, refuted, unknown
from clover.model.aws.network_links import known, last
from clover.model.azure import stores
from clover.model.azure.network import FIREWALL
from clover.model.azure.network_dns import Resolver
from clover.model.azure.network_places import by_arm_id, lower
from clover.model.azure.records import (
    FLOW_LOG,
    SETTING,
    Recording,
    grouped,
    missing,
    recordings,
    services,
    unclear_endpoint,
)
from clover.model.azure.stores import Store
from clover.model.resources import value
from clover.sources import Resource


class _Source(NamedTuple):
    """Something that has to be on record: its kind, its id, the resource (None: the site), and its name for people."""

    kind: str
    place: str | None
    resource: Resource | None
    called: str

    @property
    def urn(self) -> str | None:
        """The resource's URN."""
        return self.resource.urn if self.resource else None


def on_record(case: Case) -> Iterator[Answer]:
    """Answer for the site's control plane, and for every store, vault, firewall and network."""
    record = _Record(case)
    account = case.site.account
    yield record.of(_Source("activity", f"/subscriptions/{account}".lower(), None, "the site's control plane"))
    for store in stores.stores(case.resources, account):
        yield _store(record, store)
    for kind, type_ in (("vault", stores.VAULT), ("firewall", FIREWALL)):
        for resource in case.resources.of(type_):
            place = next(
                (at for at, each in by_arm_id(case.resources, account, type_).items() if each is resource), None
            )
            yield record.of(_Source(kind, place, resource, last(resource.urn)))
    for place, network in network_of(case).networks.items():
        yield _flows(record, network, place)
        yield _look_ups(record, network, place)


class _Record:
    """The diagnostic settings of a stack that deliver to an account; those that do not keep no record.

    What the auditor's monitor looks at is told, and gone after a while.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.accounts = EvidenceAccounts(case)
        self.settings = tuple(each for each in recordings(case.resources) if each.account is not None)
        self.root = next((each.urn for each in case.resources.of("pulumi:pulumi:Stack")), "")

    def of(self, source: _Source) -> Answer:
        """The verdict on one source: every category is delivered to an evidence store."""
        if source.place is None:
            return unknown(f"the id of {source.called} is not known", resource=source.urn)
        about = [each for each in self.settings if each.about == source.place]
        sound = [each for each in about if known(each.account) and self.accounts.named(each.account)]
        lacking = missing(source.kind, [each.setting for each in sound])
        if sound and not lacking:
            return self._proof(source, sound)
        doubt = self._doubt(about) or (
            grouped([each.setting for each in sound]) and "which categories a group has is not known"
        )
        if doubt:
            return unknown(f"whether {source.called} is recorded: {doubt}", resource=source.urn)
        return self._refuted(source, about, sound, lacking)

    def _doubt(self, about: Sequence[Recording]) -> str | None:
        """A setting that may be the one that records."""
        for each in self.settings:
            if not known(each.about) or (each in about and (not each.known or self.accounts.perhaps(each.account))):
                return self.accounts.doubt(f"{last(each.setting.urn)}, or the store that it delivers to,")
        return None

    def _refuted(
        self, source: _Source, about: Sequence[Recording], sound: Sequence[Recording], lacking: Sequence[str]
    ) -> Answer:
        if sound:
            holder = sound[0].setting
            told = f"{last(holder.urn)} does not record {', '.join(lacking)} of {source.called}"
            example = wrong(holder.urn, "logs", value(holder, "logs"), f"{', '.join(lacking)} enabled")
        elif about:
            holder = about[0].setting
            told = f"{last(holder.urn)} delivers the records of {source.called} to no evidence store"
            example = wrong(holder.urn, "storageAccountId", value(holder, "storageAccountId"), self.accounts.names)
        else:
            told = f"nothing records {source.called}"
            example = wrong(source.urn or self.root, SETTING, None, "a setting")
        return refuted(told, example, resource=source.urn)

    def _proof(self, source: _Source, sound: Sequence[Recording]) -> Answer:
        rests = {Ground(each.setting.urn, "logs") for each in sound}
        for each in sound:
            account = self.accounts.named(each.account)
            rests |= {Ground(each.setting.urn, f"storageAccountId={last(account.urn)}")} if account else set()
            rests |= {Ground(account.urn, f"{stores.ROLE_TAG}=evidence")} if account else set()
        told = f"every record of {source.called} is delivered to an evidence store"
        return proved(told, resource=source.urn, rests_on=tuple(sorted(rests)))


def _store(record: _Record, store: Store) -> Answer:
    """The verdict on one account: each service that can be reached is on record.

    Azure delivers no record of an account into the account itself: where no other evidence store takes it, nobody
    records who reads the evidence.
    """
    urn = store.resource.urn
    if store.id is None or not known(value(store.resource, "publicNetworkAccess")):
        return unknown(f"the id of {last(urn)}, or from where it is reached, is not known", resource=urn)
    if store.resource in record.accounts.doubtful:
        return unknown(f"the role of {last(urn)} is not known", resource=urn)
    if (unclear := unclear_endpoint(record.case.resources)) is not None:
        return unknown(f"to which services {last(unclear.urn)} leads is not known", resource=urn)
    place = store.id.lower()
    sources = [
        _Source("service", f"{place}/{name}services/default", store.resource, f"the {name} service of {last(urn)}")
        for name in services(store)
    ]
    elsewhere = [each for each in record.settings if each.about == sources[0].place and each.account != place]
    if record.accounts.named(store.id) and not elsewhere:
        told = (
            "who reads the evidence is not on record: Azure delivers no record of a store into the store itself; "
            "the auditor, whose networks alone reach it, attests who read it"
        )
        return assumed(told, resource=urn)
    answers = [record.of(source) for source in sources]
    worst = min(answers, key=lambda answer: list(Outcome).index(answer.outcome))
    return _whole(store, answers) if worst.outcome is Outcome.PROVED else worst


def _whole(store: Store, answers: Sequence[Answer]) -> Answer:
    """The proofs of every service as one."""
    grounds = {ground for answer in answers for ground in answer.rests_on}
    grounds |= {Ground(store.resource.urn, f"publicNetworkAccess={value(store.resource, 'publicNetworkAccess')}")}
    grounds |= {Ground(endpoint.urn, "groupIds") for endpoint, _ in store.endpoints}
    told = f"every call on the data of {last(store.resource.urn)} is delivered to an evidence store"
    return proved(told, resource=store.resource.urn, rests_on=tuple(sorted(grounds)))


def _flows(record: _Record, network: Resource, place: str) -> Answer:
    """A record of all traffic of a network."""
    urn = network.urn
    logs = record.case.resources.of(FLOW_LOG)
    about = [log for log in logs if lower(value(log, "targetResourceId")) == place]
    found = [_flow_log(record, network, log) for log in about]
    for log, problem in zip(about, found, strict=True):
        account = record.accounts.named(value(log, "storageId"))
        if problem is None and account:
            target = Ground(log.urn, f"targetResourceId={last(urn)}, storageId={last(account.urn)}, enabled=True")
            rests = (target, Ground(account.urn, f"{stores.ROLE_TAG}=evidence"))
            return proved(f"the flows of {last(urn)} are recorded", resource=urn, rests_on=tuple(sorted(rests)))
    if any(not known(value(log, "targetResourceId")) for log in logs):
        return unknown(f"whether the flows of {last(urn)} are recorded is not known", resource=urn)
    nothing = refuted(f"nothing records the flows of {last(urn)}", wrong(urn, FLOW_LOG, None, "one"), resource=urn)
    return next((problem for problem in found if problem), nothing)


def _flow_log(record: _Record, network: Resource, log: Resource) -> Answer | None:
    """What is wrong with a flow log."""
    checks: tuple[tuple[str, Any, str], ...] = (
        ("enabled", value(log, "enabled") is True, "true"),
        ("storageId", record.accounts.named(value(log, "storageId")), record.accounts.names),
    )
    for name, fine, allowed in checks:
        found = value(log, name)
        if not known(found) or (name == "storageId" and record.accounts.perhaps(found)):
            return unknown(record.accounts.doubt(f"{name} of {last(log.urn)}"), resource=network.urn)
        if not fine:
            told = f"{last(log.urn)} has {name}={found}"
            return refuted(told, wrong(log.urn, name, found, allowed), resource=network.urn)
    return None


def _look_ups(record: _Record, network: Resource, place: str) -> Answer:
    """A record of what a network's resolver was asked: that of the policy that is linked to it."""
    resolver = Resolver(record.case.resources, record.case.site.account, network, place)
    called = f"what the resolver of {last(network.urn)} was asked"
    for link, (policy, _) in zip(resolver.links, resolver.policies, strict=True):
        answer = record.of(_Source("resolver", policy, network, called))
        if not answer.rests_on:
            return answer
        return proved(
            answer.reason, resource=network.urn, rests_on=(*answer.rests_on, Ground(link.urn, "virtualNetwork"))
        )
    for each, what in resolver.unknown():
        return unknown(f"{what} of {last(each.urn)} is not known", resource=network.urn)
    example = wrong(network.urn, "azure-native:dnsresolver:DnsResolverPolicyVirtualNetworkLink", None, "one")
    return refuted(f"nothing records {called}", example, resource=network.urn)
