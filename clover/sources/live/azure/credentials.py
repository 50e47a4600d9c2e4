"""Tokens for Azure Resource Manager: those of the auditor's own sign-in, or of the lab for whoever the shell is there.

Nothing of a credential is ever part of a message.
"""

import base64
import json
import logging
import os
import time
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple, cast
from urllib.error import URLError
from urllib.parse import urlencode

from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.core.pipeline.policies import SansIOHTTPPolicy

from clover.errors import BadInput

MARGIN = 300
"""Seconds before a token's end at which another one is asked for."""


class Token(NamedTuple):
    """A token, and when it ends (seconds since 1970)."""

    token: str
    expires_on: float


class LabCredential:
    """The lab's own: it hands a token to whoever asks, for the principal that ARM_CLIENT_ID names."""

    def __init__(self, base: str) -> None:
        """Hold the lab's address; BadInput where the environment names no principal."""
        self._base = base
        names = ("ARM_TENANT_ID", "ARM_CLIENT_ID")
        self._tenant, self._principal = (os.environ.get(name, "") for name in names)
        if not self._tenant or not self._principal:
            raise BadInput('no Azure credentials are set: eval "$(clover lab env --as auditor)" gives those of the lab')

    def get_token(self, *_scopes: str, **_more: Any) -> Token:
        """A token for the principal; ClientAuthenticationError where the lab gives none."""
        form = {"grant_type": "client_credentials", "client_id": self._principal, "client_secret": "lab", "scope": "x"}
        url = f"{self._base}/{self._tenant}/oauth2/v2.0/token"
        try:
            with urllib.request.urlopen(url, urlencode(form).encode(), timeout=30) as answer:  # noqa: S310 (loopback)
                said = json.load(answer)
        except (URLError, OSError, ValueError) as error:
            raise ClientAuthenticationError(f"the lab gives no token: {type(error).__name__}") from None
        return Token(said["access_token"], time.time() + float(said["expires_in"]))


def credential(lab: str | None) -> Any:
    """The lab's credential at its address, else whatever azure-identity finds; BadInput where it is not installed."""
    if lab:
        return LabCredential(lab)
    try:
        from azure.identity import (  # pyright: ignore[reportMissingImports]
            DefaultAzureCredential,  # pyright: ignore[reportUnknownVariableType]
        )
    except ImportError:
        raise BadInput("reading Azure needs azure-identity: install clover[audit]") from None
    logging.getLogger("azure").addHandler(logging.NullHandler())  # what it tried is told in one line, or not at all
    return cast(Any, DefaultAzureCredential)()


class Bearer(SansIOHTTPPolicy[Any, Any]):
    """Puts the token on each request. The SDK's own policy refuses plain HTTP, which is how the lab answers."""

    def __init__(self, source: Any, scope: str) -> None:
        """Hold where tokens come from, and what they are for."""
        self._source, self._scope = source, scope
        self._held: Any = None

    def on_request(self, request: Any) -> None:
        """Add the header; a token that is about to end is replaced first."""
        if self._held is None or self._held.expires_on < time.time() + MARGIN:
            self._held = self._source.get_token(self._scope)
        request.http_request.headers["Authorization"] = f"Bearer {self._held.token}"

    def claims(self) -> Mapping[str, Any]:
        """What the token says of whom it is for (it is not checked: Azure does that); BadInput where there is none."""
        try:
            self._held = self._source.get_token(self._scope)
            middle = self._held.token.split(".")[1]
            return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        except AzureError as error:
            raise BadInput(f"Azure gives no token ({type(error).__name__}): sign in as the auditor") from None
        except (ValueError, IndexError):
            raise BadInput("Azure's token cannot be read: sign in as the auditor") from None
