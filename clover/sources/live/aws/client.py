"""The one place of the audit that calls AWS: the auditor's own credentials, from where every AWS tool takes them."""

import ipaddress
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

from clover.errors import BadInput
from clover.sources.live.reading import RefusedCallError

ATTEMPTS = 8
"""How often a call is made before it counts as unanswered; between attempts the SDK waits longer and longer."""

TOKENS = {"ContinuationToken": "NextContinuationToken", "NextToken": "NextToken"}
"""How the listings that the SDK does not page through go on: the parameter, and the member that holds its value."""


class Caller(NamedTuple):
    """Who the credentials are, as STS says."""

    account: str
    arn: str


class Aws:
    """The clients of one account and region."""

    def __init__(self, region: str) -> None:
        """Find credentials; BadInput where the SDK is not installed, finds none, or cannot use what is set."""
        try:
            import boto3
        except ImportError:
            raise BadInput("reading AWS needs boto3: install clover[audit]") from None
        from botocore.config import Config

        self._config: Any = Config(
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"}, connect_timeout=10, read_timeout=60
        )
        with _settings():
            self._session: Any = cast(Any, boto3).Session(region_name=region)
            found = self._session.get_credentials()
        if found is None:
            raise BadInput("no AWS credentials are set: give those of the auditor")
        self._client = cache(self._make)

    def _make(self, service: str) -> Any:
        with _settings():
            client = self._session.client(service, config=self._config)
        client.meta.events.register("request-created.s3-control", _at_one_host)
        return client

    def caller(self) -> Caller:
        """Who calls; BadInput where STS does not say."""
        try:
            answer = self.call("sts.get_caller_identity", {})
        except RefusedCallError as refusal:
            raise BadInput(f"AWS does not accept the credentials: {refusal}") from None
        return Caller(answer["Account"], answer["Arn"])

    @property
    def place(self) -> str:
        """Where STS answers."""
        return str(self._client("sts").meta.endpoint_url)

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine that answers, as the lab does."""
        return _is_loopback(urlsplit(self.place).hostname or "")

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to `service.operation`, all pages of it as one; RefusedCallError where AWS gives none."""
        from botocore.exceptions import BotoCoreError, ClientError

        service, _, name = operation.partition(".")
        client = self._client(service)
        called = f"{service}.{client.meta.method_to_api_mapping[name]}"
        try:
            if client.can_paginate(name):
                return client.get_paginator(name).paginate(**parameters).build_full_result()
            return _all_pages(client, name, parameters)
        except ClientError as error:
            said: Mapping[str, Any] = cast(Any, error).response.get("Error", {})
            raise RefusedCallError(called, str(said.get("Code", "Unknown"))) from None
        except BotoCoreError as error:
            raise RefusedCallError(called, type(error).__name__) from None


@contextmanager
def _settings() -> Generator[None]:
    """BadInput where the SDK cannot use what the environment, or its own files, set: a profile, a key, an endpoint."""
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except (BotoCoreError, ValueError) as error:
        raise BadInput(f"the AWS settings of this machine cannot be used: {error}") from None


def _all_pages(client: Any, name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with the lists of every page joined."""
    joined: dict[str, Any] = {}
    further: dict[str, Any] = {}
    while True:
        page: dict[str, Any] = getattr(client, name)(**parameters, **further)
        for member, value in page.items():
            joined[member] = [*joined.get(member, ()), *value] if isinstance(value, list) else value
        further = {asked: page[told] for asked, told in TOKENS.items() if page.get(told)}
        if not further:
            return joined


def _at_one_host(request: Any, **_context: Any) -> None:
    """Send what goes to an account's own host below this machine to this machine: no name server knows the other."""
    host = urlsplit(str(request.url)).hostname or ""
    account, _dot, rest = host.partition(".")
    if account.isdecimal() and _is_loopback(rest):
        request.url = request.url.replace(f"//{account}.", "//", 1)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
