"""The one place of the audit that calls Azure Resource Manager: reading calls, with the auditor's own credentials."""

import ipaddress
import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl, urlsplit

from clover.errors import BadInput
from clover.sources.live.reading import MALFORMED, RefusedCallError
from clover.sources.plain import as_list, as_object

PUBLIC = "https://management.azure.com"
"""Azure's public cloud, and no other: the zone's regions lie there."""

ATTEMPTS = 8
"""How often a call is made before it counts as unanswered; between attempts as long as the service says, or longer."""


class Caller(NamedTuple):
    """Who the credentials are, as their token says: the tenant, and the object id of the principal."""

    tenant: str
    principal: str


class Arm:
    """A connection to one cloud's Resource Manager."""

    def __init__(self) -> None:
        """Find credentials; BadInput where the SDK is not installed or finds none."""
        try:
            from azure.core import PipelineClient
            from azure.core.pipeline import policies
        except ImportError:
            raise BadInput("reading Azure needs azure-core and azure-identity: install clover[audit]") from None
        from clover.sources.live.azure.credentials import Bearer, credential

        host = os.environ.get("ARM_METADATA_HOSTNAME", "")
        self.is_loopback = _is_loopback(host)
        if host and not self.is_loopback:
            raise BadInput("ARM_METADATA_HOSTNAME names another cloud than Azure's public one, which alone is read")
        self.place = f"http://{host}" if self.is_loopback else PUBLIC
        self._bearer = Bearer(credential(self.place if self.is_loopback else None), f"{PUBLIC}/.default")
        again = dict.fromkeys(("retry_total", "retry_status", "retry_connect", "retry_read"), ATTEMPTS - 1)
        retry: Any = cast(Any, policies.RetryPolicy)(**again, retry_backoff_max=30)
        chain: list[Any] = [policies.UserAgentPolicy("clover-audit"), policies.HeadersPolicy(), retry, self._bearer]
        self._client: Any = cast(Any, PipelineClient)(self.place, policies=chain)

    def caller(self) -> Caller:
        """Who calls; BadInput where no token is given out."""
        claims = self._bearer.claims()
        return Caller(str(claims.get("tid", "")).lower(), str(claims.get("oid", "")).lower())

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to the GET of `path`, all pages of it as one; RefusedCallError where Azure gives none."""
        path, query = str(parameters["path"]), {name: text for name, text in parameters.items() if name != "path"}
        answer = self._answer(operation, path, query)
        if "value" not in answer:
            return answer
        pages, further = _values(operation, answer), answer.get("nextLink")
        while further:
            target = urlsplit(str(further))
            if f"{target.scheme}://{target.netloc}" != self.place:
                raise RefusedCallError(operation, "NextLinkLeadsElsewhere")
            page = self._answer(operation, target.path, dict(parse_qsl(target.query)))
            pages, further = [*pages, *_values(operation, page)], page.get("nextLink")
        return {**answer, "value": pages}

    def _answer(self, operation: str, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        from azure.core.exceptions import AzureError
        from azure.core.rest import HttpRequest

        request = HttpRequest("GET", f"{self.place}{path}", params=dict(query), headers={"Accept": "application/json"})
        try:
            answer: Any = self._client.send_request(request)
            body = _json(answer.read())
        except AzureError as error:
            raise RefusedCallError(operation, type(error).__name__) from None
        if answer.status_code >= 300:
            told = as_object((body or {}).get("error")) or body or {}
            raise RefusedCallError(operation, str(told.get("code") or f"HTTP {answer.status_code}"))
        if body is None:
            raise RefusedCallError(operation, MALFORMED)
        return body


def _values(operation: str, page: Mapping[str, Any]) -> list[Any]:
    """The entries of one page of a list."""
    found = as_list(page.get("value"))
    if found is None:
        raise RefusedCallError(operation, MALFORMED)
    return found


def _json(text: bytes) -> dict[str, Any] | None:
    """The object that a body is; None where it is none."""
    try:
        return as_object(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
