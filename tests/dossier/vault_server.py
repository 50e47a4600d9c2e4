"""A key vault's data plane as far as signing asks it: get a key, sign a digest. It answers in place of the network.

Form: https://learn.microsoft.com/rest/api/keyvault/keys/get-key/get-key and …/sign/sign.
"""

import base64
import json
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

CURVES = {"P-256": (ec.SECP256R1(), SHA256(), 32), "P-384": (ec.SECP384R1(), SHA384(), 48)}


def _text(number: int, size: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(size, "big")).decode().rstrip("=")


def _read(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)


class Vault:
    """One vault with one key."""

    def __init__(self, curve: str) -> None:
        self._name = curve
        self._curve, self._hash, self._size = CURVES[curve]
        self.private = ec.generate_private_key(self._curve)
        self.id = f"https://sample.vault.azure.net/keys/evidence/{'0' * 32}"
        self.calls: list[str] = []

    def answer(self, request: PreparedRequest) -> Response:
        """The response to one request; without a token it says which one is wanted."""
        self.calls.append(f"{request.method} {str(request.url).split('?')[0]}")
        if "Authorization" not in request.headers:
            return self._response(request, 401, {}, self._challenge())
        if str(request.url).split("?")[0].endswith("/sign"):
            return self._response(request, 200, self._signed(json.loads(_read(request.body))))
        return self._response(request, 200, {"key": self._key(), "attributes": {"enabled": True}})

    @staticmethod
    def _challenge() -> dict[str, str]:
        tenant = "https://login.microsoftonline.com/00000000-0000-0000-0000-000000000100"
        return {"WWW-Authenticate": f'Bearer authorization="{tenant}", resource="https://vault.azure.net"'}

    def _key(self) -> dict[str, Any]:
        numbers = self.private.public_key().public_numbers()
        place = {"x": _text(numbers.x, self._size), "y": _text(numbers.y, self._size)}
        return {"kid": self.id, "kty": "EC-HSM", "crv": self._name, "key_ops": ["sign", "verify"], **place}

    def _signed(self, asked: dict[str, str]) -> dict[str, str]:
        found = base64.urlsafe_b64decode(asked["value"] + "==")
        r, s = decode_dss_signature(self.private.sign(found, ec.ECDSA(Prehashed(self._hash))))
        raw = r.to_bytes(self._size, "big") + s.to_bytes(self._size, "big")
        return {"kid": self.id, "value": base64.urlsafe_b64encode(raw).decode().rstrip("=")}

    @staticmethod
    def _response(request: PreparedRequest, status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
        given = {"Content-Type": "application/json", **(headers or {})}
        raw = HTTPResponse(BytesIO(json.dumps(body).encode()), given, status, preload_content=False)
        return HTTPAdapter().build_response(request, raw)
