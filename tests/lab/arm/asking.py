"""The emulator as the official clients ask it."""

import http.client
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import RetryPolicy, SansIOHTTPPolicy
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.dnsresolver import DnsResolverManagementClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.managedservices import ManagedServicesClient
from azure.mgmt.managementgroups import ManagementGroupsMgmtClient
from azure.mgmt.monitor import MonitorManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.privatedns import PrivateDnsManagementClient
from azure.mgmt.resource.locks import ManagementLockClient
from azure.mgmt.resource.policy import PolicyClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient

LOCATION = "norwayeast"
GROUP = "site"
_names = itertools.count(1)


class Bearer(SansIOHTTPPolicy[Any, Any]):
    """Puts the token on each request: the clients' own policy refuses plain HTTP."""

    def __init__(self, token: str) -> None:
        self._token = token

    def on_request(self, request: Any) -> None:
        request.http_request.headers["Authorization"] = f"Bearer {self._token}"


class Credential:
    """The clients want one; the policy above does its work."""

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken("unused", 2**40)


@dataclass(frozen=True)
class Azure:
    """A principal of a tenant in a subscription, with a client for each service."""

    url: str
    tenant: str
    subscription: str
    principal: str
    retries: int = 0
    _tokens: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def token(self) -> str:
        key = f"{self.tenant} {self.principal}"
        if key not in self._tokens:
            form = {"grant_type": "client_credentials", "client_id": self.principal, "client_secret": "x", "scope": "s"}
            with urlopen(f"{self.url}/{self.tenant}/oauth2/v2.0/token", urlencode(form).encode()) as answer:  # noqa: S310
                self._tokens[key] = json.load(answer)["access_token"]
        return self._tokens[key]

    def client(self, kind: Callable[..., Any], **more: Any) -> Any:
        """A client of the kind, which does not repeat refused calls unless told to."""
        retry = cast(Any, RetryPolicy)(retry_total=self.retries, retry_backoff_factor=0)
        return kind(
            Credential(),
            self.subscription,
            base_url=self.url,
            authentication_policy=Bearer(self.token),
            polling_interval=0.01,
            retry_policy=retry,
            **more,
        )

    def other(self, principal: str) -> "Azure":
        """Another principal of the same tenant."""
        return replace(self, principal=principal)

    @property
    def resources(self) -> Any:
        return self.client(ResourceManagementClient)

    @property
    def groups(self) -> Any:
        def made(credential: Any, _: str, **more: Any) -> Any:
            return ManagementGroupsMgmtClient(credential, **more)

        return self.client(made)

    @property
    def policies(self) -> Any:
        return self.client(PolicyClient)

    @property
    def storage(self) -> Any:
        return self.client(StorageManagementClient)

    @property
    def network(self) -> Any:
        return self.client(NetworkManagementClient)

    @property
    def vaults(self) -> Any:
        return self.client(KeyVaultManagementClient)

    @property
    def identities(self) -> Any:
        return self.client(ManagedServiceIdentityClient)

    @property
    def zones(self) -> Any:
        return self.client(PrivateDnsManagementClient)

    @property
    def resolver(self) -> Any:
        return self.client(DnsResolverManagementClient)

    @property
    def roles(self) -> Any:
        return self.client(AuthorizationManagementClient)

    @property
    def locks(self) -> Any:
        return self.client(ManagementLockClient)

    @property
    def monitor(self) -> Any:
        return self.client(MonitorManagementClient)

    @property
    def lighthouse(self) -> Any:
        """The Lighthouse client takes no subscription."""
        return ManagedServicesClient(
            Credential(),
            base_url=self.url,
            authentication_policy=Bearer(self.token),
            polling_interval=0.01,
        )

    @property
    def scope(self) -> str:
        return f"/subscriptions/{self.subscription}"

    @property
    def group(self) -> str:
        """The id of the resource group of the tests."""
        return f"{self.scope}/resourceGroups/{GROUP}"

    def id(self, kind: str, name: str) -> str:
        """The id of a top-level resource in the group of the tests."""
        return f"{self.group}/providers/{kind}/{name}"

    def make_group(self) -> "Azure":
        """Make the resource group; the same caller."""
        self.resources.resource_groups.create_or_update(GROUP, {"location": LOCATION})
        return self

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        version: str | None = "2024-01-01",
    ) -> tuple[int, Any, Mapping[str, str]]:
        """A bare request: status, JSON, headers."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})}
        separator = "&" if "?" in path else "?"
        query = f"{separator}api-version={version}" if version else ""
        text = body if isinstance(body, str | None) else json.dumps(body)
        connection.request(method, path + query, text, sent)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, json.loads(data) if data else None, dict(answer.getheaders())


def refused(call: Callable[..., Any], *args: Any, **more: Any) -> tuple[int, str]:
    """Status and code with which `call` is refused; the test fails when it is not."""
    with pytest.raises(HttpResponseError) as caught:
        result = call(*args, **more)
        if hasattr(result, "result"):
            result.result()
        elif hasattr(result, "by_page"):
            list(result)
    error: Any = caught.value
    return error.status_code, error.error.code if error.error else ""


def name(stem: str) -> str:
    """A name that no other test has, for what is unique in all Azure."""
    return f"{stem}{next(_names)}x"
