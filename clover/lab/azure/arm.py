"""ARM's verbs with patience: throttling, faults that pass, and long-running operations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote

from clover.lab.azure.failure import ArmError, FailedOperation
from clover.lab.azure.model import read_data
from clover.lab.azure.transport import ANSWER_SECONDS, Answer, Transport
from clover.lab.provider.deadline import FIRST_WAIT_SECONDS, Deadline, longer, spread, until
from clover.lab.provider.failure import NoAnswer, Refusal
from clover.lab.provider.wire import Props, as_map

T = TypeVar("T")
#: How long a fault that should pass is borne, and a fresh thing may stay invisible.
PASSING_SECONDS = 20.0
POLL_SECONDS = 0.2
ENDED = frozenset({"succeeded", "failed", "canceled", "cancelled"})


@dataclass(frozen=True)
class Call:
    """One operation on one resource: through what, and until when."""

    transport: Transport
    deadline: Deadline

    def get(self, resource_id: str, version: str) -> Props | None:
        """Return a resource's JSON, None when there is none of that id."""
        answer = self.send("GET", resource_id, version)
        return None if answer.status in (204, 404) else _accepted(answer).props or None

    def put(self, resource_id: str, version: str, body: Props) -> Props:
        """Create or replace a resource and wait until it is done; FailedOperation when that ends badly."""
        answer = _accepted(self.send("PUT", resource_id, version, body))
        self._follow(answer)
        ended = self._until_provisioned(resource_id, version, answer)
        return ended or answer.props

    def delete(self, resource_id: str, version: str) -> None:
        """Remove a resource and wait until it is gone; that it is gone already is as good."""
        answer = self.send("DELETE", resource_id, version)
        try:
            self._follow(_accepted(answer))
        except ArmError as error:
            if error.status != 404:
                raise

    def listed(self, path: str, version: str, wanted: str) -> list[Props]:
        """Return what a filter leaves of the list at `path`, page after page."""
        found: list[Props] = []
        link: str | None = f"{path}?api-version={version}&$filter={quote(wanted)}"
        while link:
            answer = _accepted(self._persistently("GET", link))
            found += answer.props.get("value", [])
            link = answer.props.get("nextLink")
        return found

    def send(self, method: str, path: str, version: str, body: Props | None = None) -> Answer:
        """Send a request to `path`, again and again while ARM is busy; return the answer, whatever its status."""
        return self._persistently(method, f"{path}?api-version={version}", body)

    def wait_until_visible(self, what: str, attempt: Callable[[], T | None]) -> T:
        """Return a thing made a moment ago once ARM shows it."""
        found = until(self.deadline.sooner(PASSING_SECONDS), attempt)
        if found is None:
            raise Refusal(f"waited in vain for {what} to become visible")
        return found

    def _persistently(self, method: str, url: str, body: Props | None = None) -> Answer:
        pause, passes_by = FIRST_WAIT_SECONDS, self.deadline.sooner(PASSING_SECONDS)
        while True:
            answer = self._twice(method, url, body)
            limit = self.deadline if _is_busy(answer) else passes_by if _is_transient(answer) else None
            if limit is None or not limit.waits(_advised(answer.headers) or spread(pause)):
                return answer
            pause = longer(pause)

    def _twice(self, method: str, url: str, body: Props | None) -> Answer:
        """Send a request that stayed unanswered once more: all of ARM's verbs in use may be repeated."""
        try:
            return self.transport.exchange(method, url, body, self._seconds())
        except NoAnswer:
            return self.transport.exchange(method, url, body, self._seconds())

    def _seconds(self) -> float:
        return min(ANSWER_SECONDS, self.deadline.left())

    def _follow(self, answer: Answer) -> None:
        """Follow the links with which ARM announces a long-running operation (ARM RPC, «Asynchronous operations»)."""
        status_link = answer.headers.get("Azure-AsyncOperation")
        result_link = answer.headers.get("Location") if answer.status in (201, 202) else None
        link = status_link or result_link
        while link and not self._has_ended(link, by_status=status_link is not None):
            pass

    def _has_ended(self, link: str, *, by_status: bool) -> bool:
        """Wait, then ask how the operation stands; FailedOperation when it failed."""
        answer = self._persistently("GET", link)
        if answer.status >= 400:
            raise _error(answer, FailedOperation)
        state = str(answer.props.get("status", "")).lower() if by_status else ""
        if state in ENDED - {"succeeded"}:
            raise _error(answer, FailedOperation)
        if state == "succeeded" or (not by_status and answer.status != 202):
            return True
        self._pause(answer)
        return False

    def _until_provisioned(self, resource_id: str, version: str, answer: Answer) -> Props | None:
        """Wait for a resource whose own body says how far it is; None when ARM does not show it yet."""
        state = _state(answer.props)
        found: Props | None = answer.props
        while state and state not in ENDED:
            self._pause(answer)
            found = self.get(resource_id, version)
            state = _state(found or {})
        if state in ENDED - {"succeeded"}:
            raise FailedOperation(200, "", f"the resource's provisioning has {state}")
        return found

    def _pause(self, answer: Answer) -> None:
        if not self.deadline.waits(_advised(answer.headers) or POLL_SECONDS):
            raise FailedOperation(answer.status, "", "operation timed out")


def _accepted(answer: Answer) -> Answer:
    if answer.status >= 400:
        raise _error(answer, ArmError)
    return answer


def _error(answer: Answer, kind: type[ArmError]) -> ArmError:
    said = _said(answer)
    code = str(said.get("code", ""))
    details: list[Any] = said.get("details") or []
    message = " ".join([str(said.get("message", "")), *(str(detail.get("message", "")) for detail in details)])
    return kind(answer.status, code, message)


def _said(answer: Answer) -> Props:
    said = answer.props.get("error")
    return as_map(said) if isinstance(said, dict) else answer.props


def _is_busy(answer: Answer) -> bool:
    rule = _patience()["busy"]
    return answer.status in rule["statuses"] or (answer.status >= 400 and _said(answer).get("code") in rule["codes"])


def _is_transient(answer: Answer) -> bool:
    return answer.status in _patience()["transient"]["statuses"]


def _advised(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that ARM asks to wait: `Retry-After`, or the finer headers that azcore knows as well."""
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        if name in headers:
            return float(headers[name]) / 1000
    said = headers.get("Retry-After", "")
    return float(said) if said.isdigit() else None


def _state(body: Props) -> str:
    properties: Props = body.get("properties") or {}
    return str(properties.get("provisioningState", "")).lower()


@cache
def _patience() -> dict[str, Any]:
    return read_data("patience.json")
