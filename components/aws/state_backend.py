"""Where the state of a site's stack lies, and whom the site's runners are to it."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import iam, kms

from clover.zones.vocabulary import DataClass, StoreRole, TlsVersion
from components.aws import site as names
from components.aws.encryption_key import EncryptionKey, declared_key
from components.aws.policies import backend
from components.aws.policies.document import Document, render
from components.aws.region_locked_store import RegionLockedStore
from components.aws.site import SiteArgs
from components.ordering import once_created
from components.stores import Runners, refuse_wide_runners
from components.tags import role_tags, tags

STORE = "pulumi"
"""The name of the store in a backend."""
SESSION_SECONDS = 3600
_INLINE = "iam-role-inline-policies"


class StateBackendArgs(TypedDict):
    """Whose state is kept where, and who the runners are."""

    site: SiteArgs
    """The site whose state is kept, at the backend's own place: its account and its deployer, the site's region."""
    issuer: str
    """Who signs the runners' tokens, without `https://`."""
    audience: str
    """Whom the tokens are for."""
    deploys: str
    """The exact subject of the runner that brings the site up."""
    previews: str
    """The exact subject of the runner that only reads."""
    networks: Sequence[str]
    """The networks (CIDR) that the runners call from."""
    declared_at: NotRequired[str]
    """Where the backend is declared, as `file:line`."""


class StateBackend(pulumi.ComponentResource):
    """A versioned store under a key of its own, a second key for the secrets in the state, and the runners' two roles.

    State reveals the whole topology, and whoever writes it tells the deployer what is there. So both runners read, one
    of them writes, each from the runners' networks, and nobody else does either but the backend's deployer; no version
    ends before its time. The secrets' key is opened by the runners alone, not by who administers it. A runner is one
    exact subject of one issuer's tokens for one audience, and is denied everything beside what it is for, whatever
    anybody grants it. What the runners may do in the site's account is not declared here.
    """

    backend_url: pulumi.Output[str]
    """What `pulumi login` is given, delivered when the store's guards exist."""
    secrets_provider: pulumi.Output[str]
    """What `pulumi stack change-secrets-provider` is given."""
    deploying_identity: pulumi.Output[str]
    """ARN of the role of the runner that brings the site up."""
    previewing_identity: pulumi.Output[str]
    """ARN of the role of the runner that only reads."""

    def __init__(self, name: str, args: StateBackendArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare keys, store, identity provider and roles; Refusal for a subject or an audience that fits several."""
        super().__init__("clover-aws:index:StateBackend", name, dict(args), opts)
        refuse_wide_runners(args)
        site, runners = args["site"], backend.runners(args["site"], args["networks"])
        store, key = self._store(name, site, runners), self._secrets_key(name, site, runners)
        issuer = self._issuer(name, args)
        self.backend_url = store.physical_name.apply(lambda bucket: f"s3://{bucket}?region={site['region']}&awssdk=v2")
        self.secrets_provider = key.arn.apply(lambda arn: f"awskms:///{arn}?region={site['region']}&awssdk=v2")
        self.deploying_identity = self._role(name, args, "deploys", issuer)
        self.previewing_identity = self._role(name, args, "previews", issuer)
        outputs = ("backend_url", "secrets_provider", "deploying_identity", "previewing_identity")
        self.register_outputs({output: getattr(self, output) for output in outputs})

    def _store(self, name: str, site: SiteArgs, runners: Runners) -> RegionLockedStore:
        """The store, under a key that it alone uses."""
        child = pulumi.ResourceOptions(parent=self)
        key = EncryptionKey(f"{name}-key", {"site": site, "role": StoreRole.STATE}, child)
        return RegionLockedStore(
            f"{name}-store",
            {
                "site": site,
                "name": STORE,
                "data_class": DataClass.RESTRICTED,
                "role": StoreRole.STATE,
                "key": key.key,
                "runners": runners,
                "minimum_tls": TlsVersion.TLS_1_2,
            },
            child,
        )

    def _secrets_key(self, name: str, site: SiteArgs, runners: Runners) -> kms.Key:
        """The key that Pulumi calls itself, for the secrets in the state."""
        said = f"Clover {site['name']}: secrets in the state, used by its runners"
        policy = backend.secrets_key(site, runners)
        return declared_key(f"{name}-secrets", said, policy, role_tags(site, StoreRole.STATE), self)

    def _issuer(self, name: str, args: StateBackendArgs) -> iam.OpenIdConnectProvider:
        """That the account trusts the issuer's tokens for one audience.

        AWS checks the issuer's certificate itself, so no thumbprint is declared
        (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html).
        """
        return iam.OpenIdConnectProvider(
            f"{name}-issuer",
            url=f"https://{args['issuer']}",
            client_id_lists=[args["audience"]],
            tags=tags(args["site"]),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _role(self, name: str, args: StateBackendArgs, kind: str, issuer: pulumi.Resource) -> pulumi.Output[str]:
        """A runner's role; its ARN is delivered with its limits in place."""
        site, deploys = args["site"], kind == "deploys"
        subject = args["deploys"] if deploys else args["previews"]
        bucket = names.bucket_name(site, StoreRole.STATE, STORE)
        role = iam.Role(
            f"{name}-{kind}",
            name=backend.role_name(site, kind),
            path=backend.PATH,
            description=f"The runner that {kind} {site['name']}: its state and no more",
            assume_role_policy=render(
                backend.trust(site, args["issuer"], args["audience"], subject), "iam-trust-policy"
            ),
            max_session_duration=SESSION_SECONDS,
            tags=tags(site),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[issuer]),
        )
        limits = self._policy(f"{name}-{kind}-limits", role, backend.limits(deploys=deploys), [role])
        allowed = [self._policy(f"{name}-{kind}-reads", role, backend.reads(site, bucket), [limits])]
        if deploys:
            allowed.append(self._policy(f"{name}-{kind}-writes", role, backend.writes(site, bucket), [limits]))
        return once_created(role.arn, [limits, *allowed])

    def _policy(self, name: str, role: iam.Role, policy: Document, after: list[pulumi.Resource]) -> iam.RolePolicy:
        return iam.RolePolicy(
            name,
            role=role.name,
            policy=render(policy, _INLINE),
            opts=pulumi.ResourceOptions(parent=self, depends_on=after),
        )
