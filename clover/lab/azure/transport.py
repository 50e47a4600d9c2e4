"""HTTP to the lab's ARM and to nobody else: tokens, JSON, and one exchange at a time."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3

from clover.lab.azure.failure import ArmError
from clover.lab.azure.settings import Settings
from clover.lab.clock import WAITED
from clover.lab.provider.deadline import CLOCK
from clover.lab.provider.failure import NoAnswer, Refusal
from clover.lab.provider.wire import Props, as_map

CONNECTIONS = 64
#: How long one call may stay unanswered; ARM itself answers in a few seconds, or says 202.
ANSWER_SECONDS = 30.0
#: A token is renewed so many seconds before it ends.
TOKEN_MARGIN_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What ARM answered: HTTP status, headers and JSON (empty where it is no map)."""

    status: int
    headers: Mapping[str, str]
    props: Props


class Transport:
    """The connections of one configured provider; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        """Make no call yet."""
        self.settings = settings
        self._base = f"http://{settings.host}"
        parts = urlsplit(self._base)
        self._pool = urllib3.HTTPConnectionPool(parts.hostname or "", parts.port, maxsize=CONNECTIONS, retries=False)
        self._lock = threading.Lock()
        self._token, self._token_ends = "", 0.0

    def exchange(self, method: str, url: str, body: Props | None, seconds: float) -> Answer:
        """Send one request (`url`: a path, or a link that ARM gave) and return the answer, whatever its status.

        NoAnswer when none comes in time, Refusal when the request cannot be sent, or the link leads out of the lab.
        """
        answer = self._sent(method, url, body, seconds)
        if answer.status == 401:
            with self._lock:
                self._token_ends = 0.0
            answer = self._sent(method, url, body, seconds)
        return answer

    def _sent(self, method: str, url: str, body: Props | None, seconds: float) -> Answer:
        headers = {"Authorization": f"Bearer {self._bearer(seconds)}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        return self._request(
            method, self._inside(url), headers, json.dumps(body) if body is not None else None, seconds
        )

    def _inside(self, url: str) -> str:
        """Return path and query of a link; Refusal when it is another host's."""
        parts = urlsplit(url)
        if parts.netloc and parts.netloc != self.settings.host:
            raise Refusal(f"ARM's answer leads out of the lab, to {parts.netloc}")
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def _bearer(self, seconds: float) -> str:
        """Return a token, asking for one where there is none that lasts."""
        with self._lock:
            if time.monotonic() > self._token_ends:
                self._token, lasts = self._asked_token(seconds)
                self._token_ends = time.monotonic() + lasts - TOKEN_MARGIN_SECONDS
            return self._token

    def _asked_token(self, seconds: float) -> tuple[str, float]:
        settings = self.settings
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.client,
            "client_secret": settings.secret,
            "scope": f"{self._base}/.default",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._request("POST", f"/{settings.tenant}/oauth2/v2.0/token", headers, urlencode(form), seconds)
        if answer.status != 200:
            raise ArmError(answer.status, answer.props.get("error", ""), answer.props.get("error_description", ""))
        return answer.props["access_token"], float(answer.props["expires_in"])

    def _request(self, method: str, path: str, headers: dict[str, str], body: str | None, seconds: float) -> Answer:
        headers[WAITED] = str(CLOCK.untold())
        timeout = urllib3.Timeout(connect=5, read=max(0.1, min(ANSWER_SECONDS, seconds)))
        try:
            response = self._pool.urlopen(method, path, body, headers, redirect=False, timeout=timeout)
        except (urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.ProtocolError):
            raise NoAnswer(f"{method} {path} stayed unanswered; it may have taken effect") from None
        except urllib3.exceptions.HTTPError as error:
            raise Refusal(f"{method} {path} could not be sent: {' '.join(str(error).split())}") from None
        return Answer(response.status, response.headers, _json(response.data))


def _json(data: bytes) -> Props:
    try:
        found: Any = json.loads(data) if data else None
        return as_map(found) if isinstance(found, dict) else {}
    except ValueError:
        return {"error": {"code": "", "message": data[:500].decode(errors="replace")}}
