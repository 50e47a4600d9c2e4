"""The environment in which raw `pulumi` talks to the lab, and to nothing else."""

import os
import shlex
from collections.abc import Iterable

from clover.lab.cloud.client import Cloud
from clover.lab.folder import LabFolder
from clover.lab.stacks import Actor, LabStack
from clover.zones.vocabulary import Cloud as CloudName


def variables(folder: LabFolder, cloud: Cloud, stacks: Iterable[LabStack]) -> dict[str, str]:
    """Settings of engine and SDKs: the lab's own home, backend and cloud, the deployers' credentials in the lab.

    Of several stacks on one cloud the first one's deployer is meant. The passphrase is empty on purpose: a lab's state
    holds no secret.
    """
    actors = {actor.cloud: actor for stack in reversed(list(stacks)) for actor in reversed(stack.actors)}
    found = _of_every_stack(folder)
    for name, actor in actors.items():
        found |= _CREDENTIALS[name](cloud, actor)
    return found


def as_auditor(folder: LabFolder, cloud: Cloud, actor: Actor, access: str) -> dict[str, str]:
    """The same settings as the auditor's tool at a site; `access` is what its stack names as the way in."""
    if actor.cloud is CloudName.AWS:
        return _of_every_stack(folder) | _aws(cloud, actor) | cloud.credentials(actor.account, access)
    return _of_every_stack(folder) | cloud.arm_credentials(actor.tenant or "", actor.account, actor.auditor)


def _of_every_stack(folder: LabFolder) -> dict[str, str]:
    return {
        "PATH": os.pathsep.join((str(folder.bin), os.environ.get("PATH", os.defpath))),
        "PULUMI_HOME": str(folder.home),
        # Without notes beside each file, whose digest costs a sixth of a long `up` (gocloud.dev/blob/fileblob).
        "PULUMI_BACKEND_URL": f"{folder.state.as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_ERROR_OUTPUT_STRING": "1",
    }


def _aws(cloud: Cloud, actor: Actor) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": cloud.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_DEFAULT_REGION": actor.region,
        **cloud.credentials(actor.account, actor.principal),
    }


def _azure(cloud: Cloud, actor: Actor) -> dict[str, str]:
    return cloud.arm_credentials(actor.tenant or "", actor.account, actor.principal)


_CREDENTIALS = {CloudName.AWS: _aws, CloudName.AZURE: _azure}
"""What a deployer needs to be itself on each cloud of the lab."""


def exports(settings: dict[str, str]) -> str:
    """`export NAME=VALUE` lines for a shell; asked for twice, the path is not lengthened twice."""
    path = os.pathsep.join(dict.fromkeys(settings["PATH"].split(os.pathsep)))
    lines = (f"export {name}={shlex.quote(value)}" for name, value in {**settings, "PATH": path}.items())
    return "\n".join(lines)
