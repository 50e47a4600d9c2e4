"""AWS Network Firewall: rule groups, policies, firewalls, logging configurations, tags.

Errors after https://docs.aws.amazon.com/network-firewall/latest/APIReference/ .
"""

from clover.lab.cloud.extensions.networkfirewall import changes, firewalls, logs, policies, rule_groups, tags

OPERATIONS = {
    f"network-firewall.{name}": operation
    for module in (changes, firewalls, logs, policies, rule_groups, tags)
    for name, operation in module.OPERATIONS.items()
}
