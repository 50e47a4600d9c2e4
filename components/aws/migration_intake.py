"""A landing for historic data."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi

from clover.zones.vocabulary import DataClass, Immutability, TlsVersion, Versioning
from components.aws.region_locked_store import RegionLockedStore
from components.aws.site import SiteArgs
from components.migration import store_args


class MigrationIntakeArgs(TypedDict):
    """What lands, by whom, and until when."""

    site: SiteArgs
    """The site that takes the data in."""
    name: str
    """The store's name within site and role."""
    data_class: DataClass
    """How closely the data is held."""
    key: pulumi.Input[str]
    """ARN of the key of the site's intake stores."""
    endpoints: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Ids of the site's endpoints to S3: the only way to the data."""
    recorded_by: pulumi.Input[str]
    """ARN of the trail that records every call on the data; the store is made after it."""
    writer: str
    """ARN of the one role or user that writes."""
    closes: str
    """The first day on which nothing lands any more, in UTC, such as `2027-01-01`."""
    versioning: NotRequired[Versioning]
    """Whether older versions are kept; default enabled."""
    immutability: NotRequired[Immutability]
    """Who can delete a version early; default none."""
    retention_days: NotRequired[int | None]
    """How long a version is locked; needed where it is locked."""
    minimum_tls: NotRequired[TlsVersion]
    """The lowest TLS version answered; default the highest that the cloud can insist on."""
    declared_at: NotRequired[str]
    """Where the landing is declared, as `file:line`."""


class MigrationIntake(pulumi.ComponentResource):
    """A store of role intake that one writer fills until a day, and that closes by itself.

    The writer writes and reads nothing back, nobody else writes, and after the last day nobody does: the store's own
    policy says so, whatever anybody grants. What lands is what was sent: unsigned content is refused. The site's
    workloads move the data on and delete it here, through the site's endpoints alone. Extending the deadline changes
    the policy, which only the deployer does.
    """

    store: pulumi.Output[str]
    """The store's ARN."""
    physical_name: pulumi.Output[str]
    """The bucket's name."""

    def __init__(self, name: str, args: MigrationIntakeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the landing; Refusal when it closes on no day, or an input contradicts another."""
        super().__init__("clover-aws:index:MigrationIntake", name, dict(args), opts)
        store = RegionLockedStore(f"{name}-store", store_args(args), pulumi.ResourceOptions(parent=self))
        self.store, self.physical_name = store.store, store.physical_name
        self.register_outputs({"store": self.store, "physical_name": self.physical_name})
