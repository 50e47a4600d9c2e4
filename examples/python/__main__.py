"""Orders of a shop: their evidence, their network and one store, all from Clover's package for AWS."""

import pulumi
import pulumi_aws as aws
import pulumi_clover_aws as clover

config = pulumi.Config()
site = config.require_object("site")
networks = config.require_object("auditorNetworks")

provider = aws.Provider("orders", region=site["region"], allowed_account_ids=[site["account"]])
options = pulumi.ResourceOptions(providers=[provider])

evidence_key = clover.EncryptionKey("evidence", site=site, role=clover.StoreRole.EVIDENCE, opts=options)
evidence = clover.RegionLockedStore(
    "logs",
    site=site,
    name="logs",
    data_class=clover.DataClass.RESTRICTED,
    role=clover.StoreRole.EVIDENCE,
    key=evidence_key.key,
    auditor_networks=networks,
    retention_days=30,
    opts=options,
)
trail = clover.AccessTrail("trail", site=site, evidence=evidence.store, key=evidence_key.key, opts=options)
egress = clover.EgressGateway(
    "egress",
    site=site,
    cidr="10.60.0.0/20",
    availability_zones=[f"{site['region']}a", f"{site['region']}b"],
    interface_endpoints=["sts"],
    allowed_domains=[{"name": "payments.example.com", "reason": "charges cards"}],
    evidence=evidence.store,
    protected=True,
    opts=options,
)
orders_key = clover.EncryptionKey("user-data", site=site, role=clover.StoreRole.USER_DATA, opts=options)
orders = clover.RegionLockedStore(
    "orders",
    site=site,
    name="orders",
    data_class=clover.DataClass.RESTRICTED,
    role=clover.StoreRole.USER_DATA,
    key=orders_key.key,
    endpoints=egress.store_endpoints,
    recorded_by=trail.trail,
    opts=options,
)

pulumi.export("store", orders.store)
pulumi.export("evidence", evidence.store)
pulumi.export("subnets", egress.workload_subnet_ids)
pulumi.export("rule_set_digest", egress.rule_set_digest)
