"""What is no proper AWS call gets an error for an answer, and the daemon lives on."""

import http.client
import json
import socket
from collections.abc import Iterator

import pytest

from clover.lab.cloud.client import Cloud

SIGNED = "AWS4-HMAC-SHA256 Credential=111122223333/20000101/eu-west-1/{service}/aws4_request, SignedHeaders=host"


@pytest.fixture(autouse=True)
def _daemon_lives(cloud: Cloud) -> Iterator[None]:
    yield
    assert cloud.status()["pid"] == cloud.pid


def ask(
    cloud: Cloud, method: str = "POST", path: str = "/", body: bytes | str = b"", **headers: str
) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=30)
    connection.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: minus\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_bytes_that_are_no_request_get_an_error(cloud: Cloud, garbage: bytes) -> None:
    with socket.create_connection(("127.0.0.1", cloud.port), timeout=30) as connection:
        connection.sendall(garbage)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert b" 200 " not in answer.splitlines()[0] if answer else True
    assert any(code in answer for code in (b"400", b"403", b"404", b"405", b"414", b"500", b"505"))


def test_a_client_that_hangs_up_early_does_no_harm(cloud: Cloud) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", cloud.port)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf")


@pytest.mark.parametrize(
    ("service", "target", "body", "code"),
    [
        ("iam", None, "Action=NoSuchThing&Version=2010-05-08", "InvalidAction"),
        ("ec2", None, "", "InvalidAction"),
        ("kms", "TrentService.NoSuchThing", "{}", "UnknownOperationException"),
        ("kms", "TrentService.CreateKey", "{", "SerializationException"),
        ("kms", "TrentService.CreateKey", "[1]", "SerializationException"),
        ("kms", "TrentService.CreateKey", b"\xff\xfe", "SerializationException"),
        ("route53resolver", "Route53Resolver.GetFirewallConfig", "{}", "ValidationException"),
        ("network-firewall", "NetworkFirewall_20201112.ListFirewallPoliciesV2", "{}", "NotImplemented"),
        ("nosuchservice", None, "", "UnknownService"),
    ],
)
def test_calls_that_cannot_be_are_refused_in_the_services_own_shape(
    cloud: Cloud, service: str, target: str | None, body: bytes | str, code: str
) -> None:
    headers = {"Authorization": SIGNED.format(service=service), "Content_Type": "application/x-www-form-urlencoded"}
    if target:
        headers |= {"X_Amz_Target": target, "Content_Type": "application/x-amz-json-1.1"}
    status, text = ask(cloud, body=body, **headers)
    assert status in {400, 404, 501}
    assert json.loads(text)["__type"].endswith(code) if target else f"<Code>{code}</Code>" in text


def test_a_signature_that_cannot_be_read_is_refused(cloud: Cloud) -> None:
    assert ask(cloud, Authorization="Digest x")[0] == 403
    assert "IncompleteSignature" in ask(cloud, Authorization="AWS4-HMAC-SHA256 Credential=a/b/c")[1]


def test_a_request_that_is_too_large_is_refused(cloud: Cloud) -> None:
    status, text = ask(
        cloud, "PUT", "/bucket/key", b"x" * (64 * 1024 * 1024 + 1), Authorization=SIGNED.format(service="s3")
    )
    assert (status, "RequestEntityTooLarge" in text) == (413, True)


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
@pytest.mark.parametrize("path", ["/", "/_lab/status", "/_lab/stop"])
def test_web_pages_and_other_host_names_are_turned_away(cloud: Cloud, headers: dict[str, str], path: str) -> None:
    assert ask(cloud, path=path, X_Lab_Token=cloud.token, **headers)[0] == 403


@pytest.mark.parametrize("token", ["", "wrong", "ü"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/_lab/status"), ("GET", "/_lab/calls"), ("PUT", "/_lab/faults"), ("POST", "/_lab/stop")],
)
def test_the_labs_own_endpoints_want_the_token(cloud: Cloud, method: str, path: str, token: str) -> None:
    status, text = ask(cloud, method, path, b"[]", X_Lab_Token=token)
    assert (status, json.loads(text)) == (403, {"error": "the token of cloud.json is missing or wrong"})


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/_lab/nothing", b"", 404),
        ("DELETE", "/_lab/status", b"", 404),
        ("GET", "/_lab/calls?after=x", b"", 400),
        ("PUT", "/_lab/faults", b"{", 400),
        ("PUT", "/_lab/faults", b"\xff", 400),
    ],
)
def test_wrong_questions_to_the_lab_get_an_error(
    cloud: Cloud, method: str, path: str, body: bytes, status: int
) -> None:
    got, text = ask(cloud, method, path, body, X_Lab_Token=cloud.token)
    assert got == status
    assert json.loads(text)["error"]


def test_motos_own_endpoints_are_not_served(cloud: Cloud) -> None:
    assert ask(cloud, path="/moto-api/reset")[0] == 404
    assert ask(cloud, "GET", "/latest/meta-data/")[0] == 404
