"""The cloud as other programs see it: start, find and stop the daemon, set faults, read the call log."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode
from xml.etree import ElementTree

from clover.lab.cloud.ready import LOG_FILE, READY_FILE, Ready, is_claimed, read_ready

START_SECONDS = 60.0
"""How long a daemon may take to become ready (it takes about two)."""

_ANSWER_SECONDS = 10.0
_STOP_SECONDS = 10.0
_STS_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""Where each partition's first STS endpoint stands; the lab looks at the partition only."""

_children: dict[int, "subprocess.Popen[bytes]"] = {}
"""The daemons that this process started: it has to collect their exit status."""


class CloudError(Exception):
    """The cloud could not do what it was asked; one line."""


class DeadCloud(CloudError):
    """The folder's ready file names a daemon that is not there any more."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """A running daemon. `generation` changes with every start: its memory begins empty."""

    folder: Path
    port: int
    pid: int
    generation: str
    token: str

    @property
    def url(self) -> str:
        """The endpoint for AWS clients (AWS_ENDPOINT_URL)."""
        return f"http://127.0.0.1:{self.port}"

    def status(self) -> dict[str, Any]:
        """What the daemon says of itself; DeadCloud when it does not answer."""
        return cast(dict[str, Any], self._ask("GET", "/_lab/status"))

    def calls(self, after: int = 0) -> list[dict[str, Any]]:
        """The call log's records, those numbered above `after`."""
        return cast(list[dict[str, Any]], self._ask("GET", f"/_lab/calls?after={after}"))

    def set_faults(self, faults: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Replace all faults by `faults` (kept in the folder's faults.json); CloudError where one is wrong."""
        return cast(list[dict[str, Any]], self._ask("PUT", "/_lab/faults", list(faults)))

    def found_organisation(self, organisation: Mapping[str, Any]) -> None:
        """Make the AWS organisation that accounts are to stand in, where it is not there yet.

        `organisation`: `partition`, `account` (the management account), `root`, `unit`, and `accounts`, ids by name.
        """
        self._ask("POST", "/_lab/organisations", dict(organisation))

    def credentials(self, account: str, role_arn: str) -> dict[str, str]:
        """Environment for AWS clients that act as `role_arn` in `account`: STS AssumeRole by the account's root."""
        partition, owner = _role_owner(role_arn)
        if owner != account:
            raise CloudError(f"{role_arn} is not a role of account {account}")
        scope = f"{account}/20000101/{_STS_REGIONS.get(partition, partition)}/sts/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        asked = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": role_arn, "RoleSessionName": "lab"}
        status, body = self._request("POST", "/", headers, urlencode(asked))
        found = {element.tag.rpartition("}")[2]: element.text or "" for element in ElementTree.fromstring(body).iter()}  # noqa: S314 (our own daemon's answer)
        if status != 200:
            raise CloudError(f"AssumeRole {role_arn}: {found.get('Code')}: {found.get('Message')}")
        return {
            "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
            "AWS_SESSION_TOKEN": found["SessionToken"],
        }

    def arm_credentials(self, tenant: str, subscription: str, principal: str) -> dict[str, str]:
        """Environment for Azure clients that act as the principal with the object id `principal`."""
        return {
            "ARM_TENANT_ID": tenant,
            "ARM_SUBSCRIPTION_ID": subscription,
            "ARM_CLIENT_ID": principal,
            "ARM_CLIENT_SECRET": "lab",
            "ARM_METADATA_HOSTNAME": f"127.0.0.1:{self.port}",
        }

    def stop(self) -> None:
        """End the daemon and wait until it is gone, its ready file with it."""
        with suppress(DeadCloud):
            self._ask("POST", "/_lab/stop")
        if not self._is_gone_within(_STOP_SECONDS):
            os.kill(self.pid, signal.SIGKILL)
            self._is_gone_within(_STOP_SECONDS)
        discard(self.folder)

    def _is_gone_within(self, seconds: float) -> bool:
        """Whether the daemon let go of its folder in time; collects its exit status where it is our child."""
        until = time.monotonic() + seconds
        while is_claimed(self.folder):
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        child = _children.pop(self.pid, None)
        if child:
            child.wait(seconds)
        return True

    def _ask(self, method: str, path: str, value: object = None) -> Any:
        body = None if value is None else json.dumps(value)
        try:
            status, answered = self._request(method, path, {"X-Lab-Token": self.token}, body)
        except (OSError, http.client.HTTPException) as error:
            raise DeadCloud(f"the lab's cloud (pid {self.pid}, port {self.port}) does not answer: {error}") from None
        if status != 200:
            raise CloudError(f"{method} {path}: {answered.decode(errors='replace')[:500]}")
        return json.loads(answered)

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: str | None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_ANSWER_SECONDS)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


def find(folder: Path) -> Cloud | None:
    """The cloud that serves `folder`; None where none was started, DeadCloud where it died."""
    folder = folder.resolve()
    try:
        ready = read_ready(folder)
    except ValueError as error:
        raise DeadCloud(f"{error}; remove it and start afresh") from None
    if ready is None:
        return None
    cloud = _cloud(folder, ready)
    dead = f"the lab's cloud of {folder} (pid {ready.pid}, started {ready.started}) is dead"
    try:
        generation = cloud.status()["generation"]
    except CloudError as error:
        if _left_within(folder, _STOP_SECONDS):
            return None
        reason = "it does not answer" if is_claimed(folder) else "its process is gone"
        raise DeadCloud(f"{dead}: {reason} ({error})") from None
    if generation != ready.generation:
        raise DeadCloud(f"{dead}: port {ready.port} is another program's")
    return cloud


def _left_within(folder: Path, seconds: float) -> bool:
    """Whether a daemon that stopped answering was just leaving, and took its ready file away in time."""
    until = time.monotonic() + seconds
    while is_claimed(folder) and (folder / READY_FILE).exists() and time.monotonic() < until:
        time.sleep(0.02)
    return not (folder / READY_FILE).exists()


def discard(folder: Path) -> None:
    """Remove the ready file of a dead daemon; CloudError where a daemon still serves `folder`."""
    if is_claimed(folder):
        raise CloudError(f"{folder} is still served: stop its cloud first")
    (folder / READY_FILE).unlink(missing_ok=True)


def start(folder: Path, idle_hours: float | None = None) -> Cloud:
    """Start a detached daemon for `folder` and wait until it answers.

    CloudError where one runs already (naming its pid) or the new one fails (with the end of its log).
    """
    folder = folder.resolve()
    command = [sys.executable, "-m", "clover.lab.cloud", "--folder", str(folder)]
    if idle_hours is not None:
        command += ["--idle-hours", str(idle_hours)]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    _children[child.pid] = child
    return _cloud(folder, _awaited(folder, child))


def _awaited(folder: Path, child: "subprocess.Popen[bytes]") -> Ready:
    until = time.monotonic() + START_SECONDS
    while child.poll() is None:
        with suppress(ValueError):
            ready = read_ready(folder)
            if ready and ready.pid == child.pid:
                _close(child)
                return ready
        if time.monotonic() > until:
            child.kill()
        time.sleep(0.01)
    del _children[child.pid]
    said = child.stderr.read().decode(errors="replace").strip() if child.stderr else ""
    _close(child)
    raise CloudError(said or f"the lab's cloud did not start: {_tail(folder / LOG_FILE)}")


def _close(child: "subprocess.Popen[bytes]") -> None:
    """Close our end of the child's stderr: from now on it writes to its log."""
    if child.stderr:
        child.stderr.close()


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return " | ".join(lines[-5:]) or "it said nothing"


def _cloud(folder: Path, ready: Ready) -> Cloud:
    return Cloud(folder, ready.port, ready.pid, ready.generation, ready.token)


def _role_owner(role_arn: str) -> tuple[str, str]:
    parts = role_arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
        raise CloudError(f"{role_arn!r} is not the ARN of a role")
    return parts[1], parts[4]
