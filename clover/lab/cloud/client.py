"""The cloud as other programs see it: start, find and stop the daemon, set faults, read the call log."""

import http.client
import json
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from clover.lab.cloud.ready import LOG_FILE, READY_FILE, Ready, is_running, read_ready

START_SECONDS = 60.0
"""How long a daemon may take to become ready (it takes about two)."""

_ANSWER_SECONDS = 10.0
_STOP_SECONDS = 10.0
_STS_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1", "aws-eusc": "eusc-de-east-1"}
"""Where each partition's first STS endpoint stands: only the partition matters to the lab."""


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

    def credentials(self, account: str, role_arn: str) -> dict[str, str]:
        """Environment for AWS clients that act as `role_arn` in `account`: STS AssumeRole by the account's root."""
        _, partition, *_, owner, _ = role_arn.split(":")
        if owner != account:
            raise CloudError(f"{role_arn} is not a role of account {account}")
        signed = f"AWS4-HMAC-SHA256 Credential={account}/20000101/{_STS_REGIONS[partition]}/sts/aws4_request"
        headers = {"Authorization": signed, "Content-Type": "application/x-www-form-urlencoded"}
        asked = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": role_arn, "RoleSessionName": "lab"}
        status, body = _request(self.port, "POST", "/", headers, urlencode(asked | {"DurationSeconds": "43200"}))
        found = {tag.rpartition("}")[2]: text for tag, text in _texts(body)}
        if status != 200:
            raise CloudError(f"AssumeRole {role_arn}: {found.get('Code')}: {found.get('Message')}")
        return {
            "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
            "AWS_SESSION_TOKEN": found["SessionToken"],
        }

    def stop(self) -> None:
        """End the daemon and wait until it is gone, its ready file with it; CloudError if it stays."""
        self._ask("POST", "/_lab/stop")
        until = time.monotonic() + _STOP_SECONDS
        while _alive(self.pid):
            if time.monotonic() > until:
                raise CloudError(f"the lab's cloud (pid {self.pid}) does not end")
            time.sleep(0.02)

    def _ask(self, method: str, path: str, value: object = None) -> Any:
        body = None if value is None else json.dumps(value)
        try:
            status, answered = _request(self.port, method, path, {"X-Lab-Token": self.token}, body)
        except OSError as error:
            raise DeadCloud(f"the lab's cloud (pid {self.pid}, port {self.port}) does not answer: {error}") from None
        if status != 200:
            raise CloudError(f"{method} {path}: {answered.decode(errors='replace')[:500]}")
        return json.loads(answered)
