"""The controls of the auditor's workspace on AWS."""

from collections.abc import Iterator, Mapping
from typing import Any

from clover.controls.assessment.published import is_let_out
from clover.controls.assessment.standing import ALONE, in_another_account, of_the_operator, without_a_store
from clover.controls.audit.aws import auditor
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, nobody, requests
from clover.controls.case import Case, Question
from clover.controls.evidence.readers import ENCRYPTION, KEY_OF_A_STORE, Readers, any_of, others, strangers
from clover.controls.network.attested import deployed_on_aws
from clover.controls.network.counterexample import wrong
from clover.controls.residency.aws_reading import data_actions, data_of, known, role_of, stores
from clover.controls.verdict import Answer, refuted, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Guarded
from clover.model.resources import value
from clover.sources import Unknown
from clover.zones.vocabulary import StackKind, StoreRole


def is_the_auditors_alone(case: Case) -> Iterator[Answer]:
    """ASM-1: nobody but the auditor's two, from its networks, works in a store of its own or with its key."""
    every = list(stores(case))
    yield from (_of_no_role(store) for store in every if isinstance(_role(store), Unknown))
    found = [store for store in every if role_of(store.resource) == StoreRole.AUDITOR_OWNED.value]
    if not found:
        yield without_a_store(case)
    keys = {key.arn: key for key in policies.keys(case.resources) if isinstance(key.arn, str)}
    for store in found:
        if case.hand is StackKind.SITE:
            yield of_the_operator(case, store.resource)
        elif misplaced := in_another_account(case, store.resource):
            yield misplaced
        else:
            yield from _of_the_auditor(case, store, keys)


def _role(store: Guarded) -> Any:
    tags = value(store.resource, "tags")
    return tags if isinstance(tags, Unknown) else role_of(store.resource)


def _of_no_role(store: Guarded) -> Answer:
    return unknown(f"whether {store.resource.name} is the auditor's own is not known", resource=store.resource.urn)


def _of_the_auditor(case: Case, store: Guarded, keys: Mapping[str, Guarded]) -> Iterator[Answer]:
    """One answer on the store, one on its key."""
    urn, name = store.resource.urn, store.resource.name
    settings = case.resources.having(ENCRYPTION, "bucket", value(store.resource, "bucket"))
    named = value(settings, KEY_OF_A_STORE) if settings else None
    if not known(store) or isinstance(named, Unknown):
        yield unknown(f"the policy of {name}, or its key, is not known", resource=urn)
        return
    readers, asked = _readers(case), data_of(store.arn, names=False)
    told = ALONE.format(name)
    yield nobody(case, Policies(resource=store.policy), any_of(asked, others(case, readers)), told, urn)
    if named in keys:
        yield _of_key(case, keys[str(named)], readers)
    else:
        holder = settings.urn if settings else urn
        example = wrong(holder, KEY_OF_A_STORE, named, "a key that the auditor's own stack declares")
        yield refuted(f"{name} lies under no key of the auditor's", example, resource=urn)


def _of_key(case: Case, key: Guarded, readers: Readers) -> Answer:
    if not known(key) or key.policy is None:
        return unknown(f"the policy of {key.resource.name} is not known", resource=key.resource.urn)
    question = requests([Asked(data_actions()["kms"]["use"], [key.arn])], strangers(readers))
    told = f"nobody but the auditor uses {key.resource.name}"
    return nobody(case, Policies(resource=key.policy), question, told, key.resource.urn)


def _readers(case: Case) -> Readers:
    named = auditor(case)
    return Readers((named.person, named.machine), named.person)


def what_is_published_is_let_out(case: Case) -> Iterator[Answer]:
    """ASM-2 on AWS."""
    return is_let_out(case, deployed_on_aws)


QUESTIONS: Mapping[str, Question] = {"ASM-1": is_the_auditors_alone, "ASM-2": what_is_published_is_let_out}
"""Each control's question on whether it holds."""
