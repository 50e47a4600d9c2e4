"""Records of a subscription: the groups are the project's own, all else is from Clover's package for Azure."""

import pulumi
import pulumi_azure_native as azure
import pulumi_clover_azure as clover
from pulumi_azure_native import resources

config = pulumi.Config()
site = config.require_object("site")
networks = config.require_object("auditorNetworks")

provider = azure.Provider("records", subscription_id=site["account"], tenant_id=site["tenant"])
groups = [
    resources.ResourceGroup(
        name, resource_group_name=name, location=site["region"], opts=pulumi.ResourceOptions(provider=provider)
    )
    for name in (f"clover-{site['name']}", f"clover-{site['name']}-evidence")
]
options = pulumi.ResourceOptions(providers=[provider], depends_on=groups)

key = clover.EncryptionKey("evidence", site=site, role=clover.StoreRole.EVIDENCE, opts=options)
logs = clover.RegionLockedStore(
    "logs",
    site=site,
    name="logs",
    data_class=clover.DataClass.RESTRICTED,
    role=clover.StoreRole.EVIDENCE,
    key=key.key,
    auditor_networks=networks,
    retention_days=30,
    opts=options,
)
trail = clover.AccessTrail("trail", site=site, evidence=logs.store, key=key.key, opts=options)

pulumi.export("store", logs.store)
pulumi.export("physical_name", logs.physical_name)
pulumi.export("trail", trail.trail)
