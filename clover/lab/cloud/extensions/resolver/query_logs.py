"""Query log configurations: what moto lacks of them, and their tags."""

from collections.abc import Mapping
from typing import Any

from moto.route53resolver.models import ResolverQueryLogConfig, Route53ResolverBackend, route53resolver_backends

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.delivery import logs_are_kept_out
from clover.lab.cloud.extensions.resolver.state import STATE, not_found


def delete(call: Call) -> Mapping[str, Any]:
    """DeleteResolverQueryLogConfig: refused while a VPC is associated with it."""
    config = _config(call)
    if config.association_count:
        message = f"Resolver query log config '{config.id}' has associations: disassociate them first"
        raise Refusal("InvalidRequestException", message)
    del _backend(call).resolver_query_log_configs[config.id]
    STATE.of(call).tags.pop(config.arn, None)
    return {"ResolverQueryLogConfig": {**config.description(), "Status": "DELETING"}}


def disassociate(call: Call) -> Mapping[str, Any]:
    """DisassociateResolverQueryLogConfig."""
    config, backend = _config(call), _backend(call)
    for association in backend.resolver_query_log_config_associations.values():
        wanted = (config.id, call.parameters["ResourceId"])
        if (association.resolver_query_log_config_id, association.resource_id) == wanted:
            del backend.resolver_query_log_config_associations[association.id]
            config.association_count -= 1
            return {"ResolverQueryLogConfigAssociation": {**association.description(), "Status": "DELETING"}}
    raise not_found("Resolver query log config association of", call.parameters["ResourceId"])


def keep_tags(call: Call) -> None:
    """CreateResolverQueryLogConfig, afterwards: its tags are kept where ListTagsForResource looks."""
    config = list(_backend(call).resolver_query_log_configs.values())[-1]
    STATE.of(call).tags[config.arn] = {row["Key"]: row["Value"] for row in call.parameters.get("Tags", ())}


def check_destination(call: Call) -> None:
    """CreateResolverQueryLogConfig: a bucket of another account has to let the log services in."""
    service, name = call.parameters["DestinationArn"].split(":")[2::3]
    if service == "s3" and logs_are_kept_out(call, name.partition("/")[0]):
        raise Refusal("AccessDeniedException", f"The destination {call.parameters['DestinationArn']} denies access")


def check_one_for_vpc(call: Call) -> None:
    """AssociateResolverQueryLogConfig: a VPC logs to one destination of each kind (S3, logs, Firehose)."""
    config, vpc, backend = _config(call), call.parameters["ResourceId"], _backend(call)
    for association in backend.resolver_query_log_config_associations.values():
        other = backend.resolver_query_log_configs[association.resolver_query_log_config_id]
        if association.resource_id == vpc and other.id != config.id and _kind(other) == _kind(config):
            message = f"VPC '{vpc}' is associated with a query log config of the same destination type already"
            raise Refusal("InvalidRequestException", message)


def _kind(config: ResolverQueryLogConfig) -> str:
    return config.destination_arn.split(":")[2]


def _backend(call: Call) -> Route53ResolverBackend:
    return route53resolver_backends[call.account][call.region]


def _config(call: Call) -> ResolverQueryLogConfig:
    config = call.parameters["ResolverQueryLogConfigId"]
    configs = _backend(call).resolver_query_log_configs
    if config not in configs:
        raise not_found("Resolver query log config", config)
    return configs[config]


OPERATIONS = {"DeleteResolverQueryLogConfig": delete, "DisassociateResolverQueryLogConfig": disassociate}
CHECKS = {
    "route53resolver.AssociateResolverQueryLogConfig": [check_one_for_vpc],
    "route53resolver.CreateResolverQueryLogConfig": [check_destination],
}
AFTERWARDS = {"route53resolver.CreateResolverQueryLogConfig": keep_tags}
