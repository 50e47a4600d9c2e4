"""Bearer tokens: who asks, out of which tenant. Anybody on this machine gets one; no secret is checked or kept."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from clover.lab.arm.errors import error

LIFETIME = 3600
"""Seconds for which a token holds."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The object id of the principal that asks, and its tenant."""

    principal: str
    tenant: str


class Tokens:
    """The tokens of one daemon: those of another are not taken."""

    def __init__(self) -> None:
        """Begin with a key of one's own."""
        self._key = secrets.token_bytes(32)

    def issue(self, tenant: str, form: Mapping[str, str]) -> dict[str, Any]:
        """What the token endpoint of `tenant` answers to `form`; ArmError where it names no principal."""
        principal = form.get("client_id", "")
        if not is_guid(tenant) or not is_guid(principal):
            raise error("unknown_principal", principal=principal, tenant=tenant)
        now = int(time.time())
        claims = {
            "aud": form.get("resource") or form.get("scope", "").removesuffix("/.default"),
            "iss": f"https://sts.windows.net/{tenant.lower()}/",
            "iat": now,
            "exp": now + LIFETIME,
            "oid": principal.lower(),
            "appid": principal.lower(),
            "tid": tenant.lower(),
        }
        token = self._signed(f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(claims)}")
        return {
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "ext_expires_in": LIFETIME,
            "expires_on": str(now + LIFETIME),
            "access_token": token,
        }

    def caller(self, authorization: str) -> Caller:
        """Who sent this `Authorization` header; ArmError where the token is none of ours or has expired."""
        token = authorization[len("Bearer ") :].strip()
        signed, _, _ = token.rpartition(".")
        if not hmac.compare_digest(self._signed(signed).encode(), token.encode()):
            raise error("invalid_token")
        claims = json.loads(base64.urlsafe_b64decode(signed.partition(".")[2] + "=="))
        if claims["exp"] < time.time():
            raise error("expired_token")
        return Caller(claims["oid"], claims["tid"])

    def _signed(self, text: str) -> str:
        digest = hmac.new(self._key, text.encode(), hashlib.sha256).digest()
        return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def is_guid(text: str) -> bool:
    """Whether `text` is a GUID, written with hyphens."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _encoded(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def endpoints(host: str) -> dict[str, Any]:
    """What the metadata host answers: everything is served at `host`."""
    base = f"http://{host}/"
    return {
        "name": "AzureCloud",
        "portal": base,
        "resourceManager": base,
        "authentication": {
            "loginEndpoint": base,
            "audiences": [base, "https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "microsoftGraphResourceId": base,
        "graph": base,
        "graphAudience": base,
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "batch": "https://batch.core.windows.net/",
        "media": "https://rest.media.azure.net",
        "gallery": base,
        "sqlManagement": base,
        "vmImageAliasDoc": base,
        "suffixes": {
            "storage": "core.windows.net",
            "keyVaultDns": "vault.azure.net",
            "acrLoginServer": "azurecr.io",
            "mhsmDns": "managedhsm.azure.net",
        },
    }
