"""The request context: the keys a request gives, and the principal and resource keys that AWS adds itself.

Source: IAM User Guide, "AWS global condition context keys" (the Availability of each key) and
"IAM policy elements: Variables and tags" (Principal key values).
"""

from collections.abc import Mapping

from clover.logic.aws.callers import Caller, CallerKind
from clover.logic.aws.reading import Malformed, at, quoted, read_object, read_scalars

Context = Mapping[str, tuple[str, ...]]

PRINCIPAL_TYPES = {
    CallerKind.ANONYMOUS: "Anonymous",
    CallerKind.ROOT: "Account",
    CallerKind.USER: "User",
    CallerKind.ROLE: "AssumedRole",
    CallerKind.FEDERATED_USER: "FederatedUser",
}


def is_null(values: tuple[str, ...]) -> bool:
    """Whether a key has no value: it is absent, an empty set, or resolves to empty strings only.

    Source: IAM User Guide, "IAM JSON policy elements: Condition" (an empty string in the request context is null).
    """
    return not any(values)


def read_context(value: object, where: str) -> dict[str, tuple[str, ...]]:
    """The keys a request gives, in lower case: key names are not case-sensitive.

    A key given as JSON null is absent, and nothing is derived in its place.
    Raises Malformed for a key given twice in different capitals.
    """
    context: dict[str, tuple[str, ...]] = {}
    for key, given in read_object(value, where).items():
        if key.lower() in context:
            raise Malformed(f"{where}: the key {quoted(key)} is given twice, in different capitals")
        context[key.lower()] = () if given is None else read_scalars(given, at(where, key))
    return context


def derived_keys(caller: Caller, action: str, resource_account: str | None) -> dict[str, tuple[str, ...]]:
    """The keys that follow from who calls what; a request that gives one of them itself is believed."""
    keys = _caller_keys(caller)
    if caller.kind in PRINCIPAL_TYPES:
        keys["aws:principaltype"] = PRINCIPAL_TYPES[caller.kind]
    service = action.partition(":")[0].lower()
    if service == "kms" and caller.account:
        keys["kms:calleraccount"] = caller.account
    if resource_account:
        keys["aws:resourceaccount"] = resource_account
        if service == "s3":
            keys["s3:resourceaccount"] = resource_account
    return {key: (value,) for key, value in keys.items()}


def _caller_keys(caller: Caller) -> dict[str, str]:
    """The keys about the caller alone; an unsigned call through an identity provider has none."""
    if caller.kind is CallerKind.ANONYMOUS:
        return {"aws:principalaccount": "anonymous", "aws:userid": "anonymous"}
    if caller.kind is CallerKind.SERVICE:
        names = dict.fromkeys(("aws:principalservicename", "aws:principalservicenameslist"), caller.identifier)
        return {"aws:principalisawsservice": "true", **names}
    if caller.account is None or caller.arn is None or not caller.in_an_account:
        return {}
    keys = {"aws:principalarn": caller.arn, "aws:principalaccount": caller.account}
    keys["aws:principalisawsservice"] = "false"
    if caller.kind is CallerKind.ROOT:
        keys["aws:userid"] = caller.account
    if caller.kind is CallerKind.FEDERATED_USER:
        keys["aws:userid"] = f"{caller.account}:{caller.name}"
    if caller.kind is CallerKind.USER:
        keys["aws:username"] = caller.name
    return keys
