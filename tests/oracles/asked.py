"""Commands of other scanners: where they are, how they are started, and that they call nobody but the lab."""

import os
import subprocess
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPMessage, parse_headers
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

import pytest

from tests.soak import IS_SOAK

SETTINGS = {"checkov": "CLOVER_CHECKOV", "prowler": "CLOVER_PROWLER"}
"""What names the command of each oracle."""
SECONDS = 840
RELAYED = "lab.test"
"""A name of nobody (RFC 6761): what is asked of names below it is asked of this machine."""


def command(oracle: str) -> str:
    """The command of an oracle; the test is skipped where none is named, or in a usual run."""
    setting = SETTINGS[oracle]
    if not IS_SOAK or setting not in os.environ:
        pytest.skip(f"asked in `make soak` where {setting} names the command of an own environment: docs/oracles.md")
    return os.environ[setting]


def asked(
    words: Sequence[str], folder: Path, shell: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a scanner that reaches this machine alone; fails where it wanted to call anybody else."""
    with _nobody_else() as (settings, wanted):
        environment = {**os.environ, **(shell or {}), **settings}
        told = subprocess.run(
            words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    assert wanted == [], f"{words[0]} wanted to call {wanted}"
    return told


@contextmanager
def _nobody_else() -> Generator[tuple[dict[str, str], list[str]]]:
    """The settings that send all calls but those to this machine to a proxy, and whom it refused to call."""
    wanted: list[str] = []

    class Refusing(StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline().decode(errors="replace").strip()
            method, _, url = line.rpartition(" ")[0].partition(" ")
            if method == "GET" and str(urlsplit(url).hostname).endswith(f".{RELAYED}"):
                self.wfile.write(_relayed(url, parse_headers(self.rfile)))
                return
            wanted.append(line)
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")

    with ThreadingTCPServer(("127.0.0.1", 0), Refusing) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{proxy.server_address[1]}"
        names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
        here = "127.0.0.1,localhost,.localhost"
        try:
            yield {**dict.fromkeys(names, url), "no_proxy": here, "NO_PROXY": here}, wanted
        finally:
            proxy.shutdown()


def _relayed(url: str, headers: HTTPMessage) -> bytes:
    """The answer of this machine to what is asked of a name below `RELAYED`."""
    parts = urlsplit(url)
    to = HTTPConnection("127.0.0.1", parts.port, timeout=60)
    kept = {name: text for name, text in headers.items() if name.lower() not in ("host", "connection")}
    to.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, headers=kept)
    answer = to.getresponse()
    body = answer.read()
    to.close()
    plain = f"HTTP/1.1 {answer.status} {answer.reason}\r\nContent-Type: {answer.getheader('Content-Type')}\r\n"
    return f"{plain}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
