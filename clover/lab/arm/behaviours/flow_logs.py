"""Flow logs below a network watcher."""

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.catalog import table
from clover.lab.arm.errors import error
from clover.lab.arm.store import Resource
from clover.lab.arm.values import first

KIND = "Microsoft.Network/networkWatchers/flowLogs"


class FlowLog(Behaviour):
    """A flow log: watcher, target and account lie in one region."""

    def check(self, write: Write, /) -> None:
        """Refuse targets of other kinds or regions, a second log of a target, and retention out of range."""
        watcher = write.store.get(write.parent)
        target = write.store.get(write.properties["targetResourceId"])
        account = write.store.get(write.properties["storageId"])
        if watcher is None or target is None or account is None:
            raise error("invalid_reference", target=write.properties["targetResourceId"], id=write.id)
        if target.kind.type not in table("flow_logs")["targets"]:
            raise error("flow_log_target", type=target.kind.type)
        region = _region(write, target)
        places = {watcher.location, write.body["location"], region, account.location}
        if len(places) > 1:
            raise error("flow_log_region", name=write.name, regions=", ".join(sorted(places)))
        others = [
            by
            for by, path in write.store.referring(target.id)
            if by.kind is write.kind and path.endswith("targetResourceId")
        ]
        if any(one.key != write.id.lower() for one in others):
            raise error("flow_log_taken", target=target.id)
        if not 0 <= first(write.body, "properties.retentionPolicy.days", 0) <= 365:
            raise error("flow_log_retention")
        write.properties["targetResourceGuid"] = target.guid


def _region(write: Write, target: Resource) -> str:
    return write.store.ancestor(target).location


rules(KIND, FlowLog())
