"""The witness that asks the emulator itself: plain HTTP, nothing of the provider."""

import http.client
import json
from typing import Any
from urllib.parse import urlencode

from clover.lab.azure.layout import found, put
from clover.lab.provider.wire import Props

TENANT = "11111111-1111-4111-8111-111111111111"
SUBSCRIPTION = "22222222-2222-4222-8222-222222222222"
DEPLOYER = "33333333-3333-4333-8333-333333333333"
FOREIGN_TENANT = "99999999-9999-4999-8999-999999999999"
AUDITOR = "44444444-4444-4444-8444-444444444444"


class Witness:
    """One principal's view of ARM."""

    def __init__(self, port: int) -> None:
        self._port = port
        form = urlencode({"client_id": DEPLOYER, "client_secret": "lab", "grant_type": "client_credentials"})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        self._token = self._exchange("POST", f"/{TENANT}/oauth2/v2.0/token", form, kind)[1]["access_token"]

    def ask(self, method: str, resource_id: str, version: str, body: Any = None) -> tuple[int, Any]:
        """Return status and JSON of one request."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        text = json.dumps(body) if body is not None else None
        return self._exchange(method, f"{resource_id}?api-version={version}", text, headers)

    def get(self, resource_id: str, version: str) -> Props:
        """Return what is there now."""
        status, body = self.ask("GET", resource_id, version)
        assert status == 200, body
        return body

    def change(self, resource_id: str, version: str, place: str, value: Any) -> None:
        """Change one member behind the provider's back."""
        body: Props = {} if place == "tags" else self.get(resource_id, version)
        put(body, tuple(place.split(".")), value)
        status, answered = self.ask("PATCH" if place == "tags" else "PUT", resource_id, version, body)
        assert status < 300, answered
        while found(self.get(resource_id, version), ("properties", "provisioningState")) in ("Updating", "Creating"):
            pass

    def _exchange(self, method: str, path: str, body: str | None, headers: Props) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        finally:
            connection.close()
