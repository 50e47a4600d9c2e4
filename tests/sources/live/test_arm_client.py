"""The client of Azure Resource Manager against a server on this machine: pages, patience, and what it refuses."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from clover.errors import BadInput
from clover.sources.live.azure.client import Arm
from clover.sources.live.reading import RefusedCallError

Answer = tuple[int, dict[str, str], Any]
LIST = {"path": "/subscriptions/s/things", "api-version": "2024-01-01"}
CLAIMS = "eyJ0aWQiOiJUIiwib2lkIjoiTyJ9"
"""{"tid":"T","oid":"O"}, encoded as a token's middle is."""


class Server:
    """Answers each GET by the next of a script; `seen` are the paths with the authorisation of each."""

    def __init__(self) -> None:
        self.script: list[Answer | Callable[[str], Answer]] = []
        self.seen: list[tuple[str, str | None]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self._answer(200, {}, {"access_token": f"h.{CLAIMS}.s", "expires_in": 3600})

            def do_GET(self) -> None:
                owner.seen.append((self.path, self.headers.get("Authorization")))
                step = owner.script.pop(0)
                self._answer(*(step(self.path) if callable(step) else step))

            def _answer(self, status: int, headers: dict[str, str], body: Any) -> None:
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, text in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server()
    monkeypatch.setenv("ARM_METADATA_HOSTNAME", made.host)
    monkeypatch.setenv("ARM_TENANT_ID", "t")
    monkeypatch.setenv("ARM_CLIENT_ID", "c")
    yield made
    made.http.shutdown()
    made.http.server_close()


def page(value: Any, link: str | None = None) -> Answer:
    return 200, {}, {"value": value, **({"nextLink": link} if link else {})}


def test_the_pages_of_a_list_are_one_answer(server: Server) -> None:
    further = f"http://{server.host}/subscriptions/s/things?api-version=2024-01-01&$skiptoken=2"
    server.script = [page([1, 2], further), page([3])]
    assert Arm().call("Things/read", LIST) == {"value": [1, 2, 3], "nextLink": further}
    assert "skiptoken=2" in server.seen[1][0]
    assert {token for _, token in server.seen} == {f"Bearer h.{CLAIMS}.s"}


@pytest.mark.parametrize("link", ["http://127.0.0.1:1/x", "https://example.com/x", "//example.com/x"])
def test_a_link_that_leads_elsewhere_is_not_followed_with_the_token(server: Server, link: str) -> None:
    server.script = [page([1], link)]
    with pytest.raises(RefusedCallError, match="NextLinkLeadsElsewhere"):
        Arm().call("Things/read", LIST)
    assert len(server.seen) == 1


def test_a_throttled_call_is_made_again_when_the_service_says(server: Server) -> None:
    busy: Answer = (429, {"Retry-After": "0"}, {"error": {"code": "TooManyRequests"}})
    server.script = [busy, (503, {"Retry-After": "0"}, {}), page([1])]
    assert Arm().call("Things/read", LIST)["value"] == [1]
    assert len(server.seen) == 3


def _at_once(*_: object) -> float:
    """Wait for nothing."""
    return 0


def test_a_call_that_stays_throttled_is_refused_by_name(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("azure.core.pipeline.policies.RetryPolicy.get_backoff_time", _at_once)
    server.script = [(429, {"Retry-After": "0"}, {"error": {"code": "TooManyRequests"}})] * 20
    with pytest.raises(RefusedCallError, match="Things/read: TooManyRequests"):
        Arm().call("Things/read", LIST)
    assert len(server.seen) == 8


NO_ANSWERS: list[tuple[Answer, str]] = [
    ((403, {}, {"error": {"code": "AuthorizationFailed", "message": "no"}}), "AuthorizationFailed"),
    ((404, {}, b"<html>"), "HTTP 404"),
    ((404, {}, {"error": "odd"}), "HTTP 404"),
    ((302, {"Location": "http://127.0.0.1:1/"}, {}), "HTTP 302"),
    ((200, {}, b"not json"), "MalformedAnswer"),
    ((200, {}, [1]), "MalformedAnswer"),
    ((200, {}, {"value": {"a": 1}}), "MalformedAnswer"),
]


@pytest.mark.parametrize(("answer", "code"), NO_ANSWERS)
def test_what_is_no_answer_is_a_refusal_with_a_code(server: Server, answer: Answer, code: str) -> None:
    server.script = [answer]
    with pytest.raises(RefusedCallError) as caught:
        Arm().call("Things/read", LIST)
    assert caught.value.code == code


def test_who_calls_is_what_the_token_says(server: Server) -> None:
    assert Arm().caller() == ("t", "o")
    assert Arm().is_loopback
    assert server.seen == []


def test_a_server_that_is_gone_is_a_refusal(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clover.sources.live.azure.client.ATTEMPTS", 1)
    arm = Arm()
    arm.caller()
    server.http.shutdown()
    server.http.server_close()
    with pytest.raises(RefusedCallError, match="Error"):
        arm.call("Things/read", LIST)


def test_another_cloud_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARM_METADATA_HOSTNAME", "management.chinacloudapi.cn")
    with pytest.raises(BadInput, match="another cloud"):
        Arm()
