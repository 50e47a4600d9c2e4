"""Route 53 Resolver: DNS Firewall, which moto lacks, and the rest of query logging.

Errors after https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53_Resolver.html .
"""

from clover.lab.cloud.extensions.resolver import (
    associations,
    domain_lists,
    fail_open,
    query_logs,
    rule_groups,
    rules,
    tags,
)

OPERATIONS = {
    f"route53resolver.{name}": operation
    for module in (associations, domain_lists, fail_open, query_logs, rule_groups, rules, tags)
    for name, operation in module.OPERATIONS.items()
}
CHECKS = query_logs.CHECKS
AFTERWARDS = query_logs.AFTERWARDS
