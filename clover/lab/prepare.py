"""Make the lab ready: engine, plugins, cloud and state that belongs to it."""

import sys

from clover.lab.aws import plugin as aws
from clover.lab.azure import plugin as azure
from clover.lab.cloud import client
from clover.lab.cloud.client import Cloud
from clover.lab.engine import install
from clover.lab.folder import LabFolder
from clover.lab.progress import Progress


def prepare(folder: LabFolder, progress: Progress) -> Cloud:
    """Return the running cloud of this checkout, with all that the engine needs beside it."""
    folder.path.mkdir(exist_ok=True)
    install.install(folder.root, folder.bin, progress)
    aws.install(folder.home, sys.executable)
    azure.install(folder.home, sys.executable)
    cloud = running(folder) or _start(folder, progress)
    _match_state(folder, cloud)
    return cloud


def running(folder: LabFolder) -> Cloud | None:
    """The cloud that runs now; one that died is named, and its leavings are cleared."""
    try:
        return client.find(folder.path)
    except client.DeadCloud as dead:
        say(str(dead))
        client.discard(folder.path)
        return None


def _start(folder: LabFolder, progress: Progress) -> Cloud:
    """Start the daemon; it answers when this returns."""
    with progress.step("cloud: start"):
        return client.start(folder.path)


def _match_state(folder: LabFolder, cloud: Cloud) -> None:
    """State describes one incarnation of the cloud; with another it starts afresh, and says so."""
    known = folder.generation.read_text() if folder.generation.exists() else None
    if known not in (None, cloud.generation):
        say(f"the lab's cloud is a new one ({cloud.generation}), the state is of {known}: both start afresh")
        folder.discard_state()
    folder.state.mkdir(parents=True, exist_ok=True)
    folder.generation.write_text(cloud.generation)


def say(text: str) -> None:
    """Tell the person something that is no result."""
    sys.stderr.write(f"{text}\n")
