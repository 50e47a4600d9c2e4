"""Network Firewall: rule groups and policies in the SDK's words and in AWS's.

They differ in some names, and in sets of variables: a list of entries with a `key` here, a map there.
"""

from typing import Any

from clover.lab.aws.casing import from_aws, to_aws
from clover.lab.aws.kind import table
from clover.lab.provider.wire import Props, as_list

NAMES = {
    "definitions": "Definition",
    "enableTlsSessionHolding": "EnableTLSSessionHolding",
    "ipAddressType": "IPAddressType",
    "ipSet": "IPSet",
    "ipSetReferences": "IPSetReferences",
    "ipSets": "IPSets",
    "tcpFlags": "TCPFlags",
    "tlsInspectionConfigurationArn": "TLSInspectionConfigurationArn",
}
#: Where a set of variables stands in AWS's words, and how the SDK calls the value of an entry.
KEYED = (
    ("RuleVariables", "IPSets", "IPSet"),
    ("RuleVariables", "PortSets", "PortSet"),
    ("ReferenceSets", "IPSetReferences", "IPSetReferences"),
    ("PolicyVariables", "RuleVariables", "IPSet"),
)


def group_to_aws(props: Any) -> Any:
    """Return a rule group or a policy as AWS takes it."""
    written: Props = to_aws(props, NAMES)
    for section, name, member in KEYED:
        if name in table(written, section):
            written[section][name] = {entry["Key"]: _single(entry[member]) for entry in written[section][name]}
    return written


def group_from_aws(answer: Any) -> Props:
    """Return AWS's rule group or policy in the SDK's words."""
    read: Props = {**answer}
    for section, name, member in KEYED:
        if name in table(read, section):
            entries: Props = read[section][name]
            listed = [{"Key": key, member: _listed(member, entries[key])} for key in sorted(entries)]
            read[section] = {**read[section], name: listed}
    return from_aws(read, NAMES)


def _single(value: Any) -> Any:
    return as_list(value)[0] if isinstance(value, list) else value


def _listed(member: str, value: Any) -> Any:
    return [value] if member == "IPSetReferences" else value
