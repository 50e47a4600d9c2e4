"""Network Firewall: firewalls, and where they log."""

from typing import Any

from clover.lab.aws import tagging
from clover.lab.aws.casing import from_aws, to_aws
from clover.lab.aws.cloud import Call
from clover.lab.aws.failure import AwsError
from clover.lab.aws.kind import Kind, Update, given, items, table
from clover.lab.aws.network_firewall import SERVICE, TAGGER, encryption, gone_after, tag_list
from clover.lab.aws.network_firewall_shapes import NAMES
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import Props

#: The switches: the SDK's property, the operation that sets it, and AWS's parameter.
SWITCHES = {
    "deleteProtection": ("update_firewall_delete_protection", "DeleteProtection"),
    "firewallPolicyChangeProtection": (
        "update_firewall_policy_change_protection",
        "FirewallPolicyChangeProtection",
    ),
    "subnetChangeProtection": ("update_subnet_change_protection", "SubnetChangeProtection"),
}
USUAL_ADDRESSES = "IPV4"


def _create(call: Call, inputs: Props) -> str:
    made = call.do(
        SERVICE,
        "create_firewall",
        **given(
            FirewallName=inputs["name"],
            FirewallPolicyArn=inputs["firewallPolicyArn"],
            VpcId=inputs["vpcId"],
            SubnetMappings=to_aws(inputs["subnetMappings"], NAMES),
            Description=inputs.get("description"),
            EnabledAnalysisTypes=inputs.get("enabledAnalysisTypes"),
            EncryptionConfiguration=encryption(inputs),
            Tags=tag_list(inputs),
            **{theirs: inputs.get(ours, False) for ours, (_, theirs) in SWITCHES.items()},
        ),
    )
    return made["Firewall"]["FirewallArn"]


def _complete(call: Call, arn: str, _inputs: Props) -> None:
    call.wait_for(f"firewall {arn} to become ready", lambda: _ready(call, arn))


def _ready(call: Call, arn: str) -> Props | None:
    found = call.find(SERVICE, "describe_firewall", FirewallArn=arn)
    return found if found and table(found, "FirewallStatus").get("Status") == "READY" else None


def _read(call: Call, arn: str, said: Props) -> Props | None:
    found = call.find(SERVICE, "describe_firewall", FirewallArn=arn)
    if found is None or table(found, "FirewallStatus").get("Status") == "DELETING":
        return None
    about: Props = found["Firewall"]
    return {
        "arn": about["FirewallArn"],
        "name": about["FirewallName"],
        "firewallPolicyArn": about["FirewallPolicyArn"],
        "vpcId": about["VpcId"],
        "subnetMappings": _mappings(items(about, "SubnetMappings"), items(said, "subnetMappings")),
        "description": about.get("Description"),
        "enabledAnalysisTypes": about.get("EnabledAnalysisTypes"),
        "encryptionConfiguration": from_aws(about.get("EncryptionConfiguration"), NAMES),
        "firewallStatuses": [{"syncStates": _sync_states(table(found, "FirewallStatus"))}],
        "updateToken": found.get("UpdateToken"),
        "tagsAll": tagging.from_list(about.get("Tags")),
        **{ours: about.get(theirs, False) for ours, (_, theirs) in SWITCHES.items()},
    }


def _mappings(found: list[Any], said: list[Any]) -> list[Props]:
    """Return the subnets, with the kind of addresses only where it is not the usual one or was given."""
    told = any(mapping.get("ipAddressType") for mapping in said)
    kept = [mapping if told or mapping.get("IPAddressType") != USUAL_ADDRESSES else _bare(mapping) for mapping in found]
    return [from_aws(mapping, NAMES) for mapping in kept]


def _bare(mapping: Props) -> Props:
    return {"SubnetId": mapping["SubnetId"]}


def _sync_states(status: Props) -> list[Props]:
    """Return the endpoints by availability zone, in the order of zones."""
    return [
        {
            "availabilityZone": zone,
            "attachments": [
                {
                    "endpointId": table(state, "Attachment").get("EndpointId"),
                    "subnetId": table(state, "Attachment").get("SubnetId"),
                }
            ],
        }
        for zone, state in sorted(table(status, "SyncStates").items())
    ]


def _update(call: Call, update: Update) -> None:
    """Change a firewall: protections that fall come first, those that rise last."""
    new = update.new
    switched = [name for name in SWITCHES if update.touches(name)]
    _switch(call, update, [name for name in switched if not new.get(name)])
    if update.touches("description"):
        call.do(SERVICE, "update_firewall_description", FirewallArn=update.id, Description=new.get("description"))
    if update.touches("encryptionConfiguration") and encryption(new):
        operation = "update_firewall_encryption_configuration"
        call.do(SERVICE, operation, FirewallArn=update.id, EncryptionConfiguration=encryption(new))
    if update.touches("enabledAnalysisTypes") and "enabledAnalysisTypes" in new:
        wanted = new["enabledAnalysisTypes"]
        call.do(SERVICE, "update_firewall_analysis_settings", FirewallArn=update.id, EnabledAnalysisTypes=wanted)
    if update.touches("firewallPolicyArn"):
        policy = new["firewallPolicyArn"]
        call.do(SERVICE, "associate_firewall_policy", FirewallArn=update.id, FirewallPolicyArn=policy)
    if update.touches("subnetMappings"):
        _move(call, update)
    _switch(call, update, [name for name in switched if new.get(name)])


def _switch(call: Call, update: Update, names: list[str]) -> None:
    for name in names:
        operation, parameter = SWITCHES[name]
        call.do(SERVICE, operation, FirewallArn=update.id, **{parameter: bool(update.new.get(name))})


def _move(call: Call, update: Update) -> None:
    """Enter new subnets before leaving old ones, so that a zone with both keeps a way through the firewall."""
    old = {mapping["subnetId"] for mapping in items(update.state, "subnetMappings")}
    new = {mapping["subnetId"]: mapping for mapping in items(update.new, "subnetMappings")}
    entered = [to_aws(mapping, NAMES) for subnet, mapping in new.items() if subnet not in old]
    if entered:
        call.do(SERVICE, "associate_subnets", FirewallArn=update.id, SubnetMappings=entered)
    if left := sorted(old - new.keys()):
        call.do(SERVICE, "disassociate_subnets", FirewallArn=update.id, SubnetIds=left)
    _complete(call, update.id, update.new)


def _delete(call: Call, arn: str, state: Props) -> None:
    try:
        call.remove(SERVICE, "delete_firewall", FirewallArn=arn)
    except AwsError as error:
        if state.get("deleteProtection"):
            raise Refusal(f"firewall {arn} is protected: set deleteProtection to false before it goes") from error
        raise
    gone_after(call, arn, "describe_firewall", FirewallArn=arn)


def _configs(props: Props) -> list[Any]:
    return items(table(props, "loggingConfiguration"), "logDestinationConfigs")


def _create_logging(_call: Call, inputs: Props) -> str:
    """Return the id alone: destinations are written one by one, and what is half written must not be forgotten."""
    return inputs["firewallArn"]


def _write_logging(call: Call, arn: str, inputs: Props) -> None:
    """Reach the wanted destinations one by one: AWS takes one change in a call."""
    wanted = {config["logType"]: config for config in _configs(inputs)}
    present = {config["logType"]: config for config in _configs(_read_logging(call, arn, {}) or {})}
    for log_type in sorted(present):
        kept = wanted.get(log_type)
        if kept is None or kept["logDestinationType"] != present[log_type]["logDestinationType"]:
            del present[log_type]
            _put_logging(call, arn, inputs, list(present.values()))
    for log_type, config in wanted.items():
        if present.get(log_type) != config:
            present[log_type] = config
            _put_logging(call, arn, inputs, list(present.values()))


def _put_logging(call: Call, arn: str, inputs: Props, configs: list[Any]) -> None:
    written = [
        {
            "LogType": config["logType"],
            "LogDestinationType": config["logDestinationType"],
            "LogDestination": config["logDestination"],
        }
        for config in configs
    ]
    call.do(
        SERVICE,
        "update_logging_configuration",
        FirewallArn=arn,
        LoggingConfiguration={"LogDestinationConfigs": written},
        EnableMonitoringDashboard=inputs.get("enableMonitoringDashboard"),
    )


def _read_logging(call: Call, arn: str, _said: Props) -> Props | None:
    found = call.find(SERVICE, "describe_logging_configuration", FirewallArn=arn)
    configs = items(table(found or {}, "LoggingConfiguration"), "LogDestinationConfigs")
    if found is None or not configs:
        return None
    read = [
        {
            "logType": config["LogType"],
            "logDestinationType": config["LogDestinationType"],
            "logDestination": dict(config["LogDestination"]),
        }
        for config in configs
    ]
    dashboard = found.get("EnableMonitoringDashboard", False)
    return {
        "firewallArn": arn,
        "loggingConfiguration": {"logDestinationConfigs": read},
        "enableMonitoringDashboard": dashboard,
    }


def _update_logging(call: Call, update: Update) -> None:
    if update.touches("loggingConfiguration"):
        _write_logging(call, update.id, update.new)
    elif update.touches("enableMonitoringDashboard"):
        _put_logging(call, update.id, update.new, _configs(update.new))


def _delete_logging(call: Call, arn: str, _state: Props) -> None:
    if _read_logging(call, arn, {}) is not None:
        _write_logging(call, arn, {})


KINDS = {
    "aws:networkfirewall/firewall:Firewall": Kind(
        tagger=TAGGER, create=_create, complete=_complete, read=_read, update=_update, delete=_delete
    ),
    "aws:networkfirewall/loggingConfiguration:LoggingConfiguration": Kind(
        create=_create_logging,
        complete=_write_logging,
        read=_read_logging,
        update=_update_logging,
        delete=_delete_logging,
    ),
}
