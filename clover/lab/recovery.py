"""Pick up after an engine that was killed: its lock, the creations whose end nobody knows, and strays."""

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clover.errors import BadInput
from clover.lab.aws import strays
from clover.lab.kept_state import kept, reads
from clover.lab.prepare import say
from clover.lab.provider.journal import created
from clover.zones.vocabulary import Cloud

if TYPE_CHECKING:
    from clover.lab.deploy import Deployment


def recover(deployment: "Deployment") -> None:
    """Release a dead engine's lock, then settle what it never reported the end of; says what it does.

    What the provider had made is imported by the id in its journal. What was made without anybody hearing of it is
    found by the site's tag or name, and deleted. A state whose writing was cut off is replaced by the last whole one.
    """
    name = deployment.stack.name
    restored = restore(deployment.folder.state_file(deployment.stack.project, name))
    if restored:
        say(f"{name}: the state was cut off while it was written; the last whole one takes its place")
    holder = _dead_holder(deployment)
    if holder:
        say(f"{name}: the engine that held the lock (pid {holder}) is dead; releasing it")
        deployment.engine("cancel", "--yes", "--stack", name)
    if _import_pending(deployment) or restored:
        deployment.engine("refresh", "--yes", "--stack", name)
        _remove_strays(deployment)


def _import_pending(deployment: "Deployment") -> bool:
    """Write what of the operations under way succeeded into the state; whether there were any."""
    name = deployment.stack.name
    exported = _exported(deployment)
    pending: list[Any] = exported["deployment"].get("pending_operations") or []
    if not pending:
        return False
    found = settle(exported["deployment"], created(deployment.folder.home))
    say(f"{name}: a run was cut off; of {len(pending)} operations under way {found} were creations that succeeded")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(exported, file)
        file.flush()
        deployment.engine("stack", "import", "--file", file.name, "--stack", name)
    return True


def _remove_strays(deployment: "Deployment") -> None:
    """Delete what the cloud holds of the site and the state does not know; says what, and what stays.

    On Azure there is none: a creation's id is in the journal before ARM hears of it. A policy of replication, whose id
    ARM gives, is found by asking for it anew: a pair of accounts has one.
    """
    site = deployment.stack.site
    if site is None or deployment.stack.actor(Cloud.AWS) is None:
        return
    resources: list[Any] = _exported(deployment)["deployment"].get("resources") or []
    for stray, reason in strays.remove(site, resources, deployment.environment):
        said = f"stays, delete it by hand: {reason}" if reason else "is deleted"
        say(f"{deployment.stack.name}: {stray.type} {stray.id}, which the state does not know, {said}")


def _exported(deployment: "Deployment") -> dict[str, Any]:
    return json.loads(deployment.engine("stack", "export", "--stack", deployment.stack.name))


def restore(state: Path) -> bool:
    """Put the newest of the engine's backup and the kept state in the place of a state that does not read; whether so.

    BadInput when none of them reads.
    """
    if not state.exists() or reads(state):
        return False
    copies = [copy for copy in (kept(state), state.with_name(state.name + ".bak")) if reads(copy)]
    if not copies:
        raise BadInput(f"{state.name} and its backups do not read; `make down` and `make up` start afresh")
    state.write_bytes(max(copies, key=lambda copy: copy.stat().st_mtime_ns).read_bytes())
    return True


def settle(state: dict[str, Any], made: dict[str, str]) -> int:
    """Turn pending creations whose id is known into resources, drop all other pending operations; count the former.

    A dropped update or deletion loses nothing: the refresh that has to follow reads every resource as it is. The
    engine's own `--import-pending-creates` marks such operations and leaves their resources out of the state.
    """
    found = 0
    resources: list[dict[str, Any]] = state.setdefault("resources", [])
    for operation in state.pop("pending_operations"):
        resource = operation["resource"]
        if operation["type"] == "creating" and resource["urn"] in made:
            found += _take_up(resources, {**resource, "id": made[resource["urn"]]})
    return found


def _take_up(resources: list[dict[str, Any]], resource: dict[str, Any]) -> bool:
    """Write a resource into the state, before the one that it was to replace; False where it is there already.

    Of two resources of one name the engine wants the later one marked for deletion (pkg/resource/deploy, snapshot.go).
    """
    same = [index for index, each in enumerate(resources) if each["urn"] == resource["urn"]]
    if any(resources[index].get("id") == resource["id"] for index in same):
        return False
    for index in same:
        resources[index]["delete"] = True
    resources.insert(same[0] if same else len(resources), resource)
    return True


def _dead_holder(deployment: "Deployment") -> int | None:
    """The process id in the stack's lock, if that process is gone (lock file layout of the engine's file backend)."""
    stack = deployment.stack
    locks = deployment.folder.state / ".pulumi" / "locks"
    for path in locks.glob(f"**/{stack.project}/{stack.name}/*.json"):
        holder = int(json.loads(path.read_text())["pid"])
        if not Path(f"/proc/{holder}").exists() if os.name == "posix" else False:
            return holder
    return None
