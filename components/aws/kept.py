"""Keys and stores that somebody else than their site keeps: the auditor, in an account of its own."""

import pulumi

from components.aws.encryption_key import EncryptionKey, EncryptionKeyArgs
from components.aws.records import Records
from components.aws.region_locked_store import RegionLockedStore, RegionLockedStoreArgs
from components.aws.site import SiteArgs


class KeptKey(EncryptionKey):
    """A key of stores whose records, and whose readers, are told."""

    def __init__(self, name: str, records: Records, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions) -> None:
        """Declare the key for records that are not its own site's."""
        self._kept = records
        super().__init__(name, args, opts)

    def _records(self, site: SiteArgs) -> Records:  # noqa: ARG002  whoever's place this is, the records are told
        return self._kept


class KeptStore(RegionLockedStore):
    """A store whose records, and whose readers, are told."""

    def __init__(self, name: str, records: Records, args: RegionLockedStoreArgs, opts: pulumi.ResourceOptions) -> None:
        """Declare the store for records that are not its own site's."""
        self._kept = records
        super().__init__(name, args, opts)

    def _records(self, site: SiteArgs) -> Records:  # noqa: ARG002  whoever's place this is, the records are told
        return self._kept
