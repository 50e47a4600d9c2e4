"""Whether a zone admits a site's stores: their names, classes and roles, and no choice below the zone's floor."""

from clover.zones.geography import ZoneSite
from clover.zones.problems import Problems, nearest, shown
from clover.zones.registers import Floor
from clover.zones.site import Site, Store
from clover.zones.vocabulary import Cloud, Immutability, StoreRole, TlsVersion, Versioning

SITE_ROLES = frozenset({StoreRole.USER_DATA, StoreRole.EVIDENCE, StoreRole.INTAKE})
"""The roles of stores that a site's own stack may hold; the auditor and the state backend are other hands."""

BUCKET_NAME_LENGTH = 63
"""Characters of a bucket name (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)."""

RESERVED_ENDING = "-s3alias"
"""An ending that S3 keeps for itself (same page); its other reserved endings have two hyphens."""

_STRENGTH: tuple[Versioning | Immutability, ...] = (*reversed(Versioning), *Immutability)
"""Each vocabulary's words in order, the weakest first."""


def lock_of(store: Store) -> Immutability:
    """Return the lock of `store`: the one it names, or else compliance for evidence and none for the rest."""
    if store.immutability is not None:
        return store.immutability
    return Immutability.COMPLIANCE if store.role is StoreRole.EVIDENCE else Immutability.NONE


def floor_of(site: Site, store: Store) -> Floor | None:
    """Return the zone's floor for the class and role of `store`; None where the zone allows no such store."""
    floors = (
        floor
        for rules in site.zone.file.data_classes
        if rules.name is store.data_class
        for floor in rules.floors
        if floor.role is store.role
    )
    return next(floors, None)


def retention_of(site: Site, store: Store) -> int | None:
    """Return the days that the lock of `store` holds: those it names, or else the floor's; None without a lock."""
    floor = floor_of(site, store)
    if lock_of(store) is Immutability.NONE or floor is None:
        return None
    return store.retention_days or floor.retention_days


def tls_of(site: Site, store: Store, home: ZoneSite) -> TlsVersion:
    """Return the TLS version that `store` insists on: the one it names, or else the highest that its cloud can."""
    return store.minimum_tls or site.zone.file.highest_tls_floor(home.cloud)


class StoreExaminer:
    """Examines the stores of one site."""

    def __init__(self, site: Site, home: ZoneSite, problems: Problems) -> None:
        self._site = site
        self._home = home
        self._problems = problems

    def examine(self) -> None:
        """Note everything about the stores that the zone forbids."""
        stores = self._site.config.stores
        self._count(len(stores))
        keeps = any(store.role is StoreRole.EVIDENCE for store in stores)
        if not keeps and self._site.zone.file.auditor.vault(self._home.name) is None:
            message = "no store has the role evidence: logs would have nowhere to go"
            self._problems.add(message, self._site.place("clover:stores"))
        for index, store in enumerate(stores):
            self._name(store, index)
            self._class_and_role(store, index)
            self._landing(store, index)
            self._lock(store, index)

    def _count(self, stores: int) -> None:
        """Note more stores than the zone lets a site have, or than its cloud takes."""
        zone = self._site.zone.file
        own, clouds = zone.limits.stores, zone.most_stores(self._home.cloud)
        if stores > own:
            message = f"{stores} stores are more than the zone's limit of {own}"
            self._problems.add(message, self._site.place("clover:stores"))
        if clouds and stores > clouds.count:
            message = f"{stores} stores are more than the limit of {clouds.count} {clouds.counted} ({clouds.source})"
            self._problems.add(message, self._site.place("clover:stores"))

    def _problem(self, message: str, index: int, key: str) -> None:
        self._problems.add(message, self._site.place(f"clover:stores[{index}].{key}"))

    def _name(self, store: Store, index: int) -> None:
        if store.name in (earlier.name for earlier in self._site.config.stores[:index]):
            self._problem(f"store {shown(store.name)} stands twice", index, "name")
        if self._home.cloud is Cloud.AWS:
            self._bucket_name(store, index)

    def _bucket_name(self, store: Store, index: int) -> None:
        """Note a name that no bucket can have; accounts on Azure have short names made from a digest instead."""
        if "--" in store.name or store.name.endswith(RESERVED_ENDING):
            self._problem(f"store {shown(store.name)} has an ending or a double hyphen that S3 reserves", index, "name")
        bucket = f"clover-{self._home.name}-{self._home.account}-{store.role.value}-{store.name}"
        if len(bucket) > BUCKET_NAME_LENGTH:
            message = f"store {shown(store.name)} makes a bucket name of {len(bucket)} characters, {bucket}: "
            self._problem(f"{message}at most {BUCKET_NAME_LENGTH} are allowed", index, "name")

    def _class_and_role(self, store: Store, index: int) -> None:
        name = store.data_class.value
        known = {rules.name.value: rules for rules in self._site.zone.file.data_classes}
        if name not in known:
            self._problem(f"class {shown(name)} is not of this zone; {nearest(name, known)}", index, "class")
        elif store.role not in SITE_ROLES:
            self._problem(f"a store of role {shown(store.role.value)} is not a site's to hold", index, "role")
        elif floor := floor_of(self._site, store):
            self._above(floor, store, index)
        else:
            roles = ", ".join(sorted(floor.role.value for floor in known[name].floors))
            self._problem(
                f"class {name} may not lie in a store of role {store.role.value}, only: {roles}", index, "role"
            )

    def _landing(self, store: Store, index: int) -> None:
        if store.role is StoreRole.INTAKE and self._site.zone.file.migration(self._home.name) is None:
            message = f"a store of role intake takes in a migration, and zone {self._site.zone.name} names none"
            self._problem(f"{message} for {self._home.name}", index, "role")

    def _above(self, floor: Floor, store: Store, index: int) -> None:
        rule = f"the zone's floor for {store.data_class.value} {store.role.value}"
        for key, chosen, least in (
            ("versioning", store.versioning, floor.versioning),
            ("immutability", lock_of(store), floor.immutability),
        ):
            if _STRENGTH.index(chosen) < _STRENGTH.index(least):
                self._problem(f"{key} {chosen.value} is weaker than {least.value}, {rule}", index, key)
        self._tls(floor, store, index, rule)
        if store.retention_days is not None and store.retention_days < (floor.retention_days or 0):
            message = f"retention_days {store.retention_days} is fewer than {floor.retention_days}, {rule}"
            self._problem(message, index, "retention_days")

    def _tls(self, floor: Floor, store: Store, index: int, rule: str) -> None:
        """Note a version below the floor, as far as the cloud can insist on it, and one that it cannot insist on."""
        highest = self._site.zone.file.highest_tls_floor(self._home.cloud)
        chosen, least = tls_of(self._site, store, self._home), min(floor.minimum_tls, highest)
        if chosen < least:
            message = f"minimum_tls {chosen.value} is lower than {least.value}, {rule}"
            self._problem(message, index, "minimum_tls")
        if chosen > highest:
            cloud = self._home.cloud.value
            message = f"minimum_tls {chosen.value} cannot be insisted on: {cloud} takes {highest.value} at most"
            self._problem(message, index, "minimum_tls")

    def _lock(self, store: Store, index: int) -> None:
        locked = lock_of(store) is not Immutability.NONE
        if store.retention_days is not None and not locked:
            self._problem("retention_days needs immutability: governance or compliance", index, "retention_days")
        if locked and retention_of(self._site, store) is None and floor_of(self._site, store):
            self._problem(
                "immutability needs retention_days: the zone has no floor to take them from", index, "immutability"
            )
        if locked and store.versioning is Versioning.SUSPENDED:
            self._problem("a lock needs versioning: enabled", index, "versioning")
