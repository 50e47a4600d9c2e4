"""The provider's own configuration, and the guard that keeps it inside the lab."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from clover.lab.aws.partitions import regions_beside
from clover.lab.provider.failure import Refusal
from clover.lab.provider.loopback import is_loopback_url
from clover.lab.provider.wire import UNKNOWN, Props

#: Who is asked and as whom is the lab's to say (`clover lab env`); these would say it anew.
REFUSED = frozenset(
    {
        "assumeRoleWithWebIdentity",
        "assumeRoles",
        "customCaBundle",
        "ec2MetadataServiceEndpoint",
        "ec2MetadataServiceEndpointMode",
        "endpoints",
        "httpProxy",
        "httpsProxy",
        "noProxy",
        "profile",
        "sharedConfigFiles",
        "sharedCredentialsFiles",
        "useDualstackEndpoint",
        "useFipsEndpoint",
    }
)


@dataclass(frozen=True)
class Credentials:
    """Keys for signing requests; the lab's cloud reads the account from them."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(repr=False, default=None)


@dataclass(frozen=True)
class Settings:
    """The configuration of one provider instance. Empty `allowed_accounts` allows every account."""

    region: str
    credentials: Credentials
    endpoint: str
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()
    default_tags: Mapping[str, str] = field(default_factory=dict[str, str])
    ignored_tags: tuple[str, ...] = ()
    ignored_tag_prefixes: tuple[str, ...] = ()
    skips_account: bool = False

    def ignores(self, tag: str) -> bool:
        """Whether a tag is nobody's business here: AWS's own, or on the provider's list."""
        return tag.startswith("aws:") or tag in self.ignored_tags or tag.startswith(self.ignored_tag_prefixes)


def lab_endpoint(environment: Mapping[str, str]) -> str:
    """Return the lab's endpoint; Refusal unless AWS_ENDPOINT_URL is on this machine's loopback."""
    url = environment.get("AWS_ENDPOINT_URL", "")
    if not is_loopback_url(url):
        raise Refusal(
            "this provider is the lab's and speaks to the embedded cloud only: AWS_ENDPOINT_URL has to name a port of "
            f"this machine (127.0.0.1), and is {repr(url) if url else 'not set'}; run inside `clover lab env`"
        )
    return url


def expand(inputs: Props) -> Props:
    """Return provider inputs with nested values as data: the SDK hands everything but text over as JSON text."""
    return {name: _expand(name, value) for name, value in inputs.items() if name != "version"}


def read_settings(inputs: Props, environment: Mapping[str, str]) -> Settings:
    """Return the configuration of `inputs` (expanded, with nothing unknown) within `environment`; Refusal if wrong."""
    ignored: Props = inputs.get("ignoreTags") or {}
    default_tags: Props = inputs.get("defaultTags") or {}
    region = inputs.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if not region:
        raise Refusal("the AWS provider has no region: set `region` on the provider or AWS_REGION")
    return Settings(
        region=region,
        credentials=_credentials(inputs, environment),
        endpoint=lab_endpoint(environment),
        allowed_accounts=tuple(inputs.get("allowedAccountIds") or ()),
        forbidden_accounts=tuple(inputs.get("forbiddenAccountIds") or ()),
        default_tags=default_tags.get("tags") or {},
        ignored_tags=tuple(ignored.get("keys") or ()),
        ignored_tag_prefixes=tuple(ignored.get("keyPrefixes") or ()),
        skips_account=bool(inputs.get("skipRequestingAccountId") or inputs.get("skipCredentialsValidation")),
    )


def check_account(settings: Settings, account: str) -> None:
    """Refuse an account that the configuration forbids or does not allow."""
    if account in settings.forbidden_accounts:
        raise Refusal(f"AWS account {account} is forbidden by the provider's forbiddenAccountIds")
    if settings.allowed_accounts and account not in settings.allowed_accounts:
        allowed = ", ".join(settings.allowed_accounts)
        raise Refusal(f"AWS account {account} is none of the provider's allowedAccountIds ({allowed})")


def region_problems(region: str, settings: Settings) -> Iterator[str]:
    """Yield why a region is none: AWS has no such region in the partition of the provider's own region."""
    if region not in regions_beside(settings.region):
        yield f"{region!r} is no region of the partition of {settings.region}"


def _credentials(inputs: Props, environment: Mapping[str, str]) -> Credentials:
    access_key = inputs.get("accessKey") or environment.get("AWS_ACCESS_KEY_ID")
    secret_key = inputs.get("secretKey") or environment.get("AWS_SECRET_ACCESS_KEY")
    if not access_key or not secret_key:
        raise Refusal("the AWS provider has no credentials: run inside `clover lab env`")
    token = inputs.get("token") if inputs.get("accessKey") else environment.get("AWS_SESSION_TOKEN")
    return Credentials(access_key, secret_key, token)


def _expand(name: str, value: Any) -> Any:
    """Parse JSON text of a property that is not text itself."""
    if not isinstance(value, str) or value is UNKNOWN or not _is_structured(name):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _is_structured(name: str) -> bool:
    from clover.lab.aws.model import schema

    return schema()["provider"]["inputs"].get(name, "string") != "string"
