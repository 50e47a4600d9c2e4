"""Pick up after an engine that was killed: its lock, and the creations whose end nobody knows."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clover.lab.prepare import say

if TYPE_CHECKING:
    from clover.lab.deploy import Deployment


def recover(deployment: "Deployment") -> None:
    """Release a dead engine's lock, then settle pending creations by asking the cloud; says what it did."""
    holder = _dead_holder(deployment)
    if holder:
        say(f"{deployment.stack.name}: the engine that held the lock (pid {holder}) is dead; releasing it")
        deployment.engine("cancel", "--yes", "--stack", deployment.stack.name)
    if _pending(deployment):
        say(f"{deployment.stack.name}: a run was cut off; asking the cloud what it had done")
        deployment.engine("refresh", "--yes", "--clear-pending-creates", "--stack", deployment.stack.name)


def _dead_holder(deployment: "Deployment") -> int | None:
    """The process id in the stack's lock, if that process is gone (lock file layout of the engine's file backend)."""
    stack = deployment.stack
    locks = deployment.folder.state / ".pulumi" / "locks"
    for path in locks.glob(f"**/{stack.project}/{stack.name}/*.json"):
        holder = int(json.loads(path.read_text())["pid"])
        if not Path(f"/proc/{holder}").exists() if os.name == "posix" else False:
            return holder
    return None


def _pending(deployment: "Deployment") -> list[dict[str, Any]]:
    """Operations that the last engine began and never reported the end of."""
    exported = json.loads(deployment.engine("stack", "export", "--stack", deployment.stack.name))
    return exported["deployment"].get("pending_operations") or []
